/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading. The description is copied and judged as a whole first; then contents are taken over, some pages at a time,
 * with the progress in `pending`; then what the architecture needs is made; and only then is the image installed.
 *
 * A default image is kept in pages that lie in no destination, and a program that brings them there. A crash image is
 * put where it belongs at once, because later there may be nobody to do it. What lies there may be the crash image
 * before it, so all buffers are read once for nothing beforehand: a description that cannot be carried out leaves that
 * image alone.
 */
#include "core/kexec/kexec.h"

#include "base/format.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/log.h"
#include "kexec/checksum.h"
#include "kexec/program.h"

#include <arch/current.h>

#define BATCH 64u /* pages between two looks at the clock */

enum stage { STAGE_PROBE, STAGE_COPY, STAGE_SUM };

/* The one load that is going on, under kexec_lock. */
static struct {
    struct kexec_image *image; /* NULL: none */
    struct kexec_pages pages;
    struct kexec_program program;
    domid_t domain;
    uint32_t vcpu;
    enum stage stage;
    uint32_t segment;
    uint64_t done;             /* bytes of the segment */
} pending;

/** Says in the log why a description was refused; returns the error. */
static long kexec_report(unsigned int type, const struct kexec_refusal *why, long rc)
{
    char text[200];

    log_warning("kexec: %s image refused: %s", kexec_type_name(type), kexec_refusal_text(why, text, sizeof(text)));
    return rc;
}

static uint64_t page_for_program(void *image)
{
    struct kexec_image *im = image;
    return kexec_image_page(im, &im->pages);
}

static void *page_at(void *unused, uint64_t paddr)
{
    return paddr_to_virt(paddr);
}

static void pending_drop(void)
{
    kexec_image_drop(pending.image);
    pending.image = NULL;
}

static bool pending_is_mine(void)
{
    const struct vcpu *v = current_vcpu();
    return pending.domain == v->domain->id && pending.vcpu == v->id;
}

/* A domain that died in the middle of a load will not come back to it. */
static bool pending_is_orphan(void)
{
    struct domain *d = domain_get_by_id(pending.domain);
    bool orphan = !d || d->life >= DOMAIN_DYING;
    if (d)
        domain_put(d);
    return orphan;
}

static int read_description(uint64_t arg, struct kexec_load *load, struct kexec_refusal *why)
{
    struct xen_kexec_load head;
    struct xen_kexec_segment segment;

    if (copy_from_guest_va(&head, arg))
        return kexec_refuse(why, KEXEC_RULE_FAULT, KEXEC_NO_SEGMENT, 0);
    load->type = head.type;
    int rc = kexec_load_head(&head, load, why);
    for (uint32_t i = 0; !rc && i < load->count; i++) {
        if (copy_from_handle(&segment, head.segments.h, i))
            return kexec_refuse(why, KEXEC_RULE_FAULT, i, 0);
        rc = kexec_load_segment(&segment, i, load, why);
    }
    return rc;
}

static int load_begin(const struct kexec_load *load, struct kexec_refusal *why)
{
    const struct kexec_machine machine = {
        .crash_area = kexec_crash_area, .is_ram = arch_kexec_is_ram,
        .max_pages = load->type == KEXEC_TYPE_CRASH ? UINT64_MAX : heap_free_frames(),
    };
    int rc = kexec_load_check(load, &machine, why);
    if (rc)
        return rc;
    pending.image = kexec_image_create(load);
    if (!pending.image)
        return kexec_refuse(why, KEXEC_RULE_MEMORY, KEXEC_NO_SEGMENT, 0);
    pending.domain = current_vcpu()->domain->id;
    pending.vcpu = current_vcpu()->id;
    pending.stage = load->type == KEXEC_TYPE_CRASH ? STAGE_PROBE : STAGE_COPY;
    pending.segment = 0;
    pending.done = 0;
    pending.pages = (struct kexec_pages){ page_for_program, page_at, pending.image };
    if (kexec_program_begin(&pending.program, &pending.pages))
        return kexec_refuse(why, KEXEC_RULE_MEMORY, KEXEC_NO_SEGMENT, 0);
    pending.image->program = pending.program.first;
    pending.image->checksum = KEXEC_CHECKSUM_START;
    return 0;
}

/* How many bytes of the page at pending.done come from the caller. */
static size_t bytes_here(const struct kexec_segment *s)
{
    return pending.done < s->source_size ? MIN(s->source_size - pending.done, (uint64_t)PAGE_SIZE) : 0;
}

static int page_probe(const struct kexec_segment *s)
{
    static uint8_t nowhere[PAGE_SIZE]; /* under kexec_lock */

    if (arch_copy_from_guest(nowhere, s->source + pending.done, bytes_here(s)))
        return -EFAULT;
    return pending.done + PAGE_SIZE >= s->source_size ? 1 : 0; /* the rest has no source */
}

static int page_fill(uint8_t *page, const struct kexec_segment *s)
{
    size_t n = bytes_here(s);

    if (n && arch_copy_from_guest(page, s->source + pending.done, n))
        return -EFAULT;
    memset(page + n, 0, PAGE_SIZE - n);
    return 0;
}

static int page_keep(const struct kexec_segment *s)
{
    struct kexec_image *im = pending.image;
    uint64_t to = s->dest.start + pending.done;

    if (im->load.type == KEXEC_TYPE_CRASH)
        return page_fill(paddr_to_virt(to), s);
    if (!bytes_here(s)) /* from here on nothing but zeros */
        return kexec_program_zero(&pending.program, (struct range){ to, s->dest.end }) ?: 1;
    uint64_t page = kexec_image_page(im, &im->pages);
    if (!page)
        return -ENOMEM;
    int rc = page_fill(paddr_to_virt(page), s);
    return rc ? rc : kexec_program_copy(&pending.program, to, page);
}

static int page_sum(const struct kexec_segment *s)
{
    struct kexec_image *im = pending.image;
    im->checksum = kexec_checksum(im->checksum, paddr_to_virt(s->dest.start + pending.done), PAGE_SIZE);
    return 0;
}

/* One page in the present stage. 1: the rest of the segment needs nothing. */
static int page_do(const struct kexec_segment *s)
{
    return pending.stage == STAGE_PROBE ? page_probe(s) : pending.stage == STAGE_COPY ? page_keep(s) : page_sum(s);
}

/* All segments in the present stage, from where it stands. 0, -ERESTART or an error. */
static int stage_run(struct kexec_refusal *why)
{
    struct kexec_image *im = pending.image;

    for (uint64_t n = 1; pending.segment < im->load.count; pending.segment++, pending.done = 0) {
        const struct kexec_segment *s = &im->load.segment[pending.segment];
        uint64_t size = s->has_source ? range_size(s->dest) : 0;
        while (pending.done < size) {
            int rc = page_do(s);
            if (rc < 0)
                return kexec_refuse(why, rc == -EFAULT ? KEXEC_RULE_FAULT : KEXEC_RULE_MEMORY, pending.segment, 0);
            pending.done = rc ? size : pending.done + PAGE_SIZE;
            if (n++ % BATCH == 0 && hypercall_preempt_check())
                return -ERESTART;
        }
    }
    return 0;
}

/* The crash image that lies where this one goes can be used no longer. */
static void stage_next(void)
{
    const struct kexec_image *old = kexec_loaded(pending.image->load.type);

    if (pending.stage == STAGE_PROBE && old && kexec_load_collides(&pending.image->load, &old->load))
        kexec_install(pending.image->load.type, NULL);
    pending.stage++;
    pending.segment = 0;
    pending.done = 0;
}

static int load_finish(struct kexec_refusal *why)
{
    struct kexec_image *im = pending.image;

    if (kexec_program_end(&pending.program) || arch_kexec_prepare(im))
        return kexec_refuse(why, KEXEC_RULE_MEMORY, KEXEC_NO_SEGMENT, 0);
    pending.image = NULL;
    kexec_install(im->load.type, im);
    log_info("kexec: %s image loaded, %u segments, entry %#lx (%s)", kexec_type_name(im->load.type), im->load.count,
             (unsigned long)im->load.entry, im->load.arch == KEXEC_ARCH_386 ? "32-bit" : "64-bit");
    return 0;
}

static int load_go_on(struct kexec_refusal *why)
{
    enum stage last = pending.image->load.type == KEXEC_TYPE_CRASH ? STAGE_SUM : STAGE_COPY;

    for (;;) {
        int rc = stage_run(why);
        if (rc)
            return rc;
        if (pending.stage == last)
            return load_finish(why);
        stage_next();
    }
}

long kexec_load(uint64_t arg, bool again)
{
    static struct kexec_load load; /* under kexec_lock */
    struct kexec_refusal why = { .segment = KEXEC_NO_SEGMENT };
    int rc = 0;

    if (pending.image && !pending_is_mine() && !pending_is_orphan()) {
        rc = kexec_refuse(&why, KEXEC_RULE_BUSY, KEXEC_NO_SEGMENT, 0);
        return kexec_report(pending.image->load.type, &why, rc);
    }
    if (!again || !pending.image || !pending_is_mine()) {
        pending_drop();
        rc = read_description(arg, &load, &why);
        if (!rc)
            rc = load_begin(&load, &why);
        if (rc) {
            pending_drop();
            return kexec_report(load.type, &why, rc);
        }
    }
    unsigned int type = pending.image->load.type;
    rc = load_go_on(&why);
    if (rc && rc != -ERESTART) {
        pending_drop();
        return kexec_report(type, &why, rc);
    }
    return rc;
}
