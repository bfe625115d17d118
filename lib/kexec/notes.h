/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a crash kernel finds in /proc/vmcore about the system that crashed: ELF notes, one run of them for each physical
 * CPU and one for the hypervisor. Their addresses are reported in advance (KEXEC_RANGE_MA_CPU,
 * KEXEC_RANGE_MA_VMCOREINFO), their contents come when the machine crashes. A reader stops at a note whose name is
 * empty, so what is not used stays zero.
 *
 * A CPU's run: "CORE" NT_PRSTATUS, the registers as Linux's struct elf_prstatus of x86-64 has them; "Xen" 0x1000002,
 * the control registers; and on CPU 0 "Xen" 0x1000001, facts about the hypervisor.
 */
#ifndef LIB_KEXEC_NOTES_H
#define LIB_KEXEC_NOTES_H

#include "public.h"
#include "port.h"

#define KEXEC_NOTE_PRSTATUS   1u
#define KEXEC_NOTE_XEN_INFO   0x01000001u
#define KEXEC_NOTE_XEN_REGS   0x01000002u
#define KEXEC_NOTE_VMCOREINFO 0u

/* struct elf_prstatus of x86-64 (Linux uapi/linux/elfcore.h), as words of the size that their place has. */
struct kexec_prstatus {
    int32_t signo, code, error;
    int16_t cursig;
    uint64_t sigpend, sighold;
    int32_t pid, ppid, pgrp, sid;
    uint64_t times[8]; /* user, system, of children: seconds and microseconds */
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    uint64_t orig_rax, rip, cs, rflags, rsp, ss, fs_base, gs_base, ds, es, fs, gs;
    int32_t fpvalid;
};
_Static_assert(sizeof(struct kexec_prstatus) == 336, "struct elf_prstatus of x86-64");
_Static_assert(offsetof(struct kexec_prstatus, r15) == 112, "struct elf_prstatus of x86-64");

struct kexec_xen_regs {
    uint64_t cr0, cr2, cr3, cr4;
};

/* Addresses are machine addresses of strings. */
struct kexec_xen_info {
    uint64_t major, minor, extra_version, changeset, compiler, compile_date, compile_time, tainted, image_start,
        dom0_frame_lists;
};
_Static_assert(sizeof(struct kexec_xen_info) == 80, "ten words");

/* ELF-64 object file format, note section: sizes, type, then name and contents, each padded to 4 bytes. */
struct kexec_note_head {
    uint32_t name_size, size, type;
};

struct kexec_cpu_notes {
    struct kexec_note_head status_head;
    char status_name[8];
    struct kexec_prstatus status;
    struct kexec_note_head regs_head;
    char regs_name[4];
    struct kexec_xen_regs regs;
    struct kexec_note_head info_head;
    char info_name[4];
    struct kexec_xen_info info;
} __attribute__((packed, aligned(4)));
_Static_assert(offsetof(struct kexec_cpu_notes, regs_head) == 356 && sizeof(struct kexec_cpu_notes) == 500, "no gaps");

/** Bytes of a CPU's run; only CPU 0 has kexec_xen_info. */
static inline size_t kexec_cpu_notes_size(unsigned int cpu)
{
    return cpu ? offsetof(struct kexec_cpu_notes, info_head) : sizeof(struct kexec_cpu_notes);
}

/** Fills in names, sizes and types; the rest becomes zero, and is not touched beyond the run's size. */
void kexec_cpu_notes_init(struct kexec_cpu_notes *n, unsigned int cpu);
/** The registers of the ABI's frame into the status note, as CPU @cpu's. Bases of FS and GS are the caller's. */
void kexec_cpu_notes_regs(struct kexec_cpu_notes *n, unsigned int cpu, const struct cpu_user_regs *regs);

/** Writes one note whose contents are text. Returns the bytes used, padding included; 0 if it does not fit @cap. */
size_t kexec_text_note(void *buf, size_t cap, const char *name, uint32_t type, const char *text);
/** Checks that a note called @name begins at @buf and ends within @size. Returns its bytes with padding; 0 if not. */
size_t kexec_note_find(const void *buf, size_t size, const char *name);

#endif
