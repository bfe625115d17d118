/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU plugin that counts executed instructions by address:
 *   -plugin profile.so,out=FILE,split=ADDRESS
 * Each block of translated code has a counter that QEMU bumps itself, by the block's number of instructions. When the
 * block at ADDRESS (dom0's first instruction) runs for the first time, the counts so far go to FILE.before and begin
 * anew; at QEMU's end the rest goes to FILE.after. A line is "address instructions", in hexadecimal and decimal. One
 * CPU only.
 *
 * Software in the machine can end a phase too: the instruction of bench/mark.h with number N sends the counts so far to
 * FILE.I.N, where I counts the marks from 0.
 *
 * A block that a fault leaves early is counted whole; that is well under a percent.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* QEMU's plugin interface, version 1: what is used of it. Debian ships no header. */
typedef uint64_t plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;
enum plugin_flags { PLUGIN_NO_REGISTERS = 0 };
enum plugin_op { PLUGIN_ADD_U64 = 0 };
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, void (*f)(unsigned int, void *),
                                                   enum plugin_flags flags, void *opaque);
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id_t id, void (*f)(plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum plugin_op op, void *counter,
                                                     uint64_t add);
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, void (*f)(unsigned int, void *),
                                                 enum plugin_flags flags, void *opaque);
extern void qemu_plugin_register_atexit_cb(plugin_id_t id, void (*f)(plugin_id_t, void *), void *opaque);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id_t id, const struct qemu_info_t *info,
                                                               int argc, char **argv);

#include "bench/mark.h"

#define BUCKETS (1u << 16)

struct block {
    struct block *next;
    uint64_t vaddr, instructions;
};

static struct block *bucket[BUCKETS];
static const char *out = "profile";
static uint64_t split;
static bool split_done;

static struct block *block_at(uint64_t vaddr)
{
    struct block **head = &bucket[(vaddr ^ vaddr >> 16) % BUCKETS], *b;

    for (b = *head; b; b = b->next)
        if (b->vaddr == vaddr)
            return b;
    b = calloc(1, sizeof(*b));
    if (!b)
        abort();
    b->vaddr = vaddr;
    b->next = *head;
    return *head = b;
}

/* Writes all counts to the file named @out with @suffix, and clears them. */
static void flush(const char *suffix)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s.%s", out, suffix);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        return;
    }
    for (unsigned int i = 0; i < BUCKETS; i++)
        for (struct block *b = bucket[i]; b; b = b->next) {
            if (b->instructions)
                fprintf(file, "%" PRIx64 " %" PRIu64 "\n", b->vaddr, b->instructions);
            b->instructions = 0;
        }
    fclose(file);
}

static void at_split(unsigned int cpu, void *opaque)
{
    (void)cpu, (void)opaque;
    if (split_done)
        return;
    split_done = true;
    flush("before");
}

static void at_mark(unsigned int cpu, void *opaque)
{
    static unsigned int marks;
    char suffix[32];

    (void)cpu;
    snprintf(suffix, sizeof(suffix), "%u.%u", marks++, (unsigned int)(uintptr_t)opaque);
    flush(suffix);
}

/* Watches the marks among a block's instructions. */
static void watch_marks(const struct qemu_plugin_tb *tb)
{
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        const uint8_t *bytes = qemu_plugin_insn_data(insn);
        uint32_t number;

        if (qemu_plugin_insn_size(insn) != MARK_BYTES || bytes[0] != MARK_BYTE0 || bytes[1] != MARK_BYTE1 ||
            bytes[2] != MARK_BYTE2)
            continue;
        memcpy(&number, bytes + 3, sizeof(number));
        number -= MARK_BASE;
        if (number < MARKS)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, at_mark, PLUGIN_NO_REGISTERS, (void *)(uintptr_t)number);
    }
}

static void at_translation(plugin_id_t id, struct qemu_plugin_tb *tb)
{
    uint64_t vaddr = qemu_plugin_tb_vaddr(tb);

    (void)id;
    if (vaddr == split)
        qemu_plugin_register_vcpu_tb_exec_cb(tb, at_split, PLUGIN_NO_REGISTERS, NULL);
    watch_marks(tb);
    qemu_plugin_register_vcpu_tb_exec_inline(tb, PLUGIN_ADD_U64, &block_at(vaddr)->instructions,
                                             qemu_plugin_tb_n_insns(tb));
}

static void at_end(plugin_id_t id, void *opaque)
{
    (void)id, (void)opaque;
    flush("after");
}

int qemu_plugin_install(plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (!strncmp(argv[i], "out=", 4))
            out = strdup(argv[i] + 4);
        else if (!strncmp(argv[i], "split=", 6))
            split = strtoull(argv[i] + 6, NULL, 0);
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, at_translation);
    qemu_plugin_register_atexit_cb(id, at_end, NULL);
    return 0;
}
