/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the kernel module to an ELF image that may be started: unpack, judge, and say why if not. */
#include "boot/dom0/dom0.h"
#include "boot/unpack/unpack.h"
#include "elf/bzimage.h"
#include "elf/image_words.h"
#include "hv/options.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hw/native/cpu.h"
#include "x86/msr/index.h"

#include <arch/irqflags.h>
#include <arch/page.h>

#define UNPACKED_MAX (512u << 20)
#define CANARY_AREA  64

static __init unsigned int order_of(uint64_t bytes)
{
    unsigned int order = 0;
    while (((uint64_t)PAGE_SIZE << order) < bytes)
        order++;
    return order;
}

/* The libraries are process code: they want an FS base, and the red zone below the stack pointer. */
static __init irqflags_t library_enter(void)
{
    static uint8_t canary[CANARY_AREA] __initdata = { 0 };
    irqflags_t flags = irq_save();

    wrmsr(MSR_FS_BASE, (uint64_t)canary);
    return flags;
}

static __init void library_leave(irqflags_t flags)
{
    wrmsr(MSR_FS_BASE, 0);
    irq_restore(flags);
}

/* Two pieces of memory of such a size each: a kernel's claim, or its damaged header's, may be any number. */
static __init void unpack_memory(struct dom0_builder *b, const struct bzimage *bz, void **arena,
                                 unsigned int arena_order)
{
    if (bz->unpacked_size > UNPACKED_MAX)
        panic("dom0 kernel claims to unpack to %u MiB, more than %u: is the file damaged?", bz->unpacked_size >> 20,
              UNPACKED_MAX >> 20);
    b->image_order = order_of(bz->unpacked_size);
    b->image_buffer = hv_alloc_pages(b->image_order);
    *arena = hv_alloc_pages(arena_order);
    if (!b->image_buffer || !*arena)
        panic("too little memory to unpack the dom0 kernel: %lu MiB wanted in one piece and %lu MiB in another. "
              "Give the machine more memory; if the kernel is not that large, the file is damaged",
              (unsigned long)(PAGE_SIZE << b->image_order) >> 20, (unsigned long)(PAGE_SIZE << arena_order) >> 20);
}

static __init void unpack_payload(struct dom0_builder *b, const struct bzimage *bz, const uint8_t *in)
{
    irqflags_t flags = library_enter();
    size_t arena_len = unpack_arena_size(bz->kind, in, bz->payload_len), len = 0;
    library_leave(flags);
    unsigned int arena_order = order_of(arena_len);
    void *arena;

    unpack_memory(b, bz, &arena, arena_order);
    log_info("dom0: unpacking the kernel, %s, %u KiB", pack_kind_name(bz->kind), bz->unpacked_size >> 10);
    flags = library_enter();
    int rc = unpack(bz->kind, in, bz->payload_len, b->image_buffer, bz->unpacked_size, &len, arena,
                    PAGE_SIZE << arena_order, &hv_lib_log);
    library_leave(flags);
    hv_free_pages(arena, arena_order);
    if (rc)
        panic("dom0 kernel cannot be unpacked (%s, error %d): is the file complete and undamaged?",
              pack_kind_name(bz->kind), rc);
    if (len != bz->unpacked_size)
        panic("dom0 kernel announces %u bytes and unpacks to %lu (%s): is the file complete and undamaged?",
              bz->unpacked_size, (unsigned long)len, pack_kind_name(bz->kind));
    b->image = b->image_buffer;
    b->image_size = len;
}

/* An ELF image, or one that was packed with gzip, whose last four bytes say how large it is; other methods' do not. */
static __init void find_bare_image(struct dom0_builder *b, const uint8_t *file, uint64_t size)
{
    struct bzimage bz = { .kind = pack_kind_of(file, size), .payload_len = size };

    if (bz.kind == PACK_GZIP && size > sizeof(bz.unpacked_size)) {
        memcpy(&bz.unpacked_size, file + size - sizeof(bz.unpacked_size), sizeof(bz.unpacked_size));
        unpack_payload(b, &bz, file);
    } else if (bz.kind == PACK_NONE || bz.kind == PACK_UNKNOWN) {
        b->image = file;
        b->image_size = size;
    } else {
        panic("dom0 kernel is packed with %s and is no bzImage, so nothing says how large it is: unpack it first, "
              "or pack it with gzip", pack_kind_name(bz.kind));
    }
}

static __init void find_image(struct dom0_builder *b, const uint8_t *file, uint64_t size)
{
    struct bzimage bz;
    char words[256];

    enum bzimage_error error = bzimage_parse(file, size, &bz);
    if (error == BZIMAGE_OK && bz.kind != PACK_NONE) {
        unpack_payload(b, &bz, file + bz.payload_offset);
    } else if (error == BZIMAGE_OK) {
        b->image = file + bz.payload_offset;
        b->image_size = bz.payload_len;
    } else if (error == BZIMAGE_NOT) {
        find_bare_image(b, file, size);
    } else {
        panic("dom0 kernel: %s", bzimage_words(error, &bz, size, words, sizeof(words)));
    }
}

__init void dom0_image_load(struct dom0_builder *b)
{
    const struct image_ask ask = { .can_run = IMAGE_BIT(IMAGE_PV64), .dom0 = true,
                                   .ignore_required = hv_options.dom0.ignore_required };
    char words[512];

    find_image(b, paddr_to_virt(b->kernel->at.start), b->kernel->at.end - b->kernel->at.start);
    int rc = image_judge(b->image, b->image_size, &ask, &b->verdict);
    image_words_summary(&b->verdict, &ask, words, sizeof(words));
    if (rc || b->verdict.best != IMAGE_PV64)
        panic("dom0 kernel %s", words);
    log_info("dom0 kernel %s", words);
    if (image_words_symbols(&b->verdict.pv, words, sizeof(words))[0])
        log_info("dom0 kernel: %s", words);
    for (unsigned int i = 0; i < b->verdict.notes.nr_findings; i++)
        log_info("dom0 kernel: %s", image_words_finding(&b->verdict, i, words, sizeof(words)));
}
