/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks of a load: head, then each segment as it is copied in, then all of them together against the machine. */
#include "kexec/load.h"

/* The description is read as it lies in the caller's memory. */
_Static_assert(sizeof(struct xen_kexec_load) == 24, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_load, arch) == 2, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_load, nr_segments) == 4, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_load, segments) == 8, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_load, entry_maddr) == 16, "xen/kexec.h");
_Static_assert(sizeof(struct xen_kexec_segment) == 32, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_segment, buf_size) == 8, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_segment, dest_maddr) == 16, "xen/kexec.h");
_Static_assert(offsetof(struct xen_kexec_segment, dest_size) == 24, "xen/kexec.h");

#define FOUR_GIB (1ULL << 32)

static int error_of(enum kexec_rule rule)
{
    switch (rule) {
    case KEXEC_ACCEPTED:
        return 0;
    case KEXEC_RULE_ALIGNED:
    case KEXEC_RULE_WRAPS:
    case KEXEC_RULE_NO_AREA:
    case KEXEC_RULE_OUTSIDE:
    case KEXEC_RULE_NOT_RAM:
    case KEXEC_RULE_ABOVE_4G:
    case KEXEC_RULE_ENTRY:
        return -EADDRNOTAVAIL;
    case KEXEC_RULE_SIZE:
    case KEXEC_RULE_MEMORY:
        return -ENOMEM;
    case KEXEC_RULE_FAULT:
        return -EFAULT;
    case KEXEC_RULE_BUSY:
        return -EBUSY;
    default:
        return -EINVAL;
    }
}

int kexec_refuse(struct kexec_refusal *why, enum kexec_rule rule, uint32_t segment, uint64_t value)
{
    *why = (struct kexec_refusal){ .rule = rule, .segment = segment, .value = value };
    return error_of(rule);
}

static int refuse_segment(struct kexec_refusal *why, enum kexec_rule rule, const struct kexec_load *load, uint32_t i,
                          uint64_t value)
{
    int rc = kexec_refuse(why, rule, i, value);

    why->dest = load->segment[i].dest;
    return rc;
}

int kexec_load_head(const struct xen_kexec_load *head, struct kexec_load *out, struct kexec_refusal *why)
{
    out->count = 0;
    if (head->type >= KEXEC_TYPES)
        return kexec_refuse(why, KEXEC_RULE_TYPE, KEXEC_NO_SEGMENT, head->type);
    if (head->_pad)
        return kexec_refuse(why, KEXEC_RULE_PAD, KEXEC_NO_SEGMENT, head->_pad);
    if (head->arch != KEXEC_ARCH_386 && head->arch != KEXEC_ARCH_X86_64)
        return kexec_refuse(why, KEXEC_RULE_ARCH, KEXEC_NO_SEGMENT, head->arch);
    if (!head->nr_segments || head->nr_segments > KEXEC_SEGMENTS_MAX)
        return kexec_refuse(why, KEXEC_RULE_COUNT, KEXEC_NO_SEGMENT, head->nr_segments);
    out->type = head->type;
    out->arch = head->arch;
    out->count = head->nr_segments;
    out->entry = head->entry_maddr;
    return kexec_refuse(why, KEXEC_ACCEPTED, KEXEC_NO_SEGMENT, 0);
}

int kexec_load_segment(const struct xen_kexec_segment *from, uint32_t i, struct kexec_load *out,
                       struct kexec_refusal *why)
{
    struct kexec_segment *s = &out->segment[i];

    s->source = from->buf._pad;
    s->has_source = s->source;
    s->source_size = from->buf_size;
    s->dest = (struct range){ from->dest_maddr, from->dest_maddr };
    if (from->dest_maddr % KEXEC_PAGE)
        return refuse_segment(why, KEXEC_RULE_ALIGNED, out, i, from->dest_maddr);
    if (!range_from_size(from->dest_maddr, from->dest_size, &s->dest)) {
        s->dest.end = s->dest.start;
        return refuse_segment(why, KEXEC_RULE_WRAPS, out, i, from->dest_size);
    }
    if (s->dest.end % KEXEC_PAGE)
        return refuse_segment(why, KEXEC_RULE_ALIGNED, out, i, s->dest.end);
    if (s->source_size && !s->has_source)
        return refuse_segment(why, KEXEC_RULE_NO_SOURCE, out, i, s->source_size);
    if (s->source_size > from->dest_size)
        return refuse_segment(why, KEXEC_RULE_SOURCE_SIZE, out, i, s->source_size);
    return kexec_refuse(why, KEXEC_ACCEPTED, KEXEC_NO_SEGMENT, 0);
}

static enum kexec_rule place_rule(const struct kexec_load *load, const struct kexec_segment *s,
                                  const struct kexec_machine *m)
{
    if (range_empty(s->dest))
        return KEXEC_ACCEPTED;
    if (load->arch == KEXEC_ARCH_386 && s->dest.end > FOUR_GIB)
        return KEXEC_RULE_ABOVE_4G;
    if (s->has_source && load->type == KEXEC_TYPE_CRASH)
        return range_contains(m->crash_area, s->dest) ? KEXEC_ACCEPTED : KEXEC_RULE_OUTSIDE;
    if (!s->has_source && s->dest.end <= KEXEC_LOW_END)
        return KEXEC_ACCEPTED;
    return m->is_ram(m->opaque, s->dest) ? KEXEC_ACCEPTED : KEXEC_RULE_NOT_RAM;
}

static int check_places(const struct kexec_load *load, const struct kexec_machine *m, struct kexec_refusal *why)
{
    for (uint32_t i = 0; i < load->count; i++) {
        enum kexec_rule rule = place_rule(load, &load->segment[i], m);

        if (rule != KEXEC_ACCEPTED)
            return refuse_segment(why, rule, load, i, load->segment[i].dest.end);
        for (uint32_t j = 0; j < i; j++)
            if (range_overlaps(load->segment[i].dest, load->segment[j].dest))
                return refuse_segment(why, KEXEC_RULE_OVERLAP, load, i, j);
    }
    return 0;
}

static int check_entry(const struct kexec_load *load, struct kexec_refusal *why)
{
    if (load->arch == KEXEC_ARCH_386 && load->entry >= FOUR_GIB)
        return kexec_refuse(why, KEXEC_RULE_ABOVE_4G, KEXEC_NO_SEGMENT, load->entry);
    for (uint32_t i = 0; i < load->count; i++)
        if (load->segment[i].has_source && range_has(load->segment[i].dest, load->entry))
            return 0;
    return kexec_refuse(why, KEXEC_RULE_ENTRY, KEXEC_NO_SEGMENT, load->entry);
}

/*
 * What is not zero has to be kept. The destinations do not overlap and no source is larger than its own: the sum fits.
 */
static int check_size(const struct kexec_load *load, const struct kexec_machine *m, struct kexec_refusal *why)
{
    uint64_t pages = 0;

    for (uint32_t i = 0; i < load->count; i++)
        pages += load->segment[i].source_size / KEXEC_PAGE + (load->segment[i].source_size % KEXEC_PAGE != 0);
    return pages > m->max_pages ? kexec_refuse(why, KEXEC_RULE_SIZE, KEXEC_NO_SEGMENT, pages) : 0;
}

int kexec_load_check(const struct kexec_load *load, const struct kexec_machine *machine, struct kexec_refusal *why)
{
    int rc = kexec_refuse(why, KEXEC_ACCEPTED, KEXEC_NO_SEGMENT, 0);

    if (load->type == KEXEC_TYPE_CRASH && range_empty(machine->crash_area))
        return kexec_refuse(why, KEXEC_RULE_NO_AREA, KEXEC_NO_SEGMENT, 0);
    rc = check_places(load, machine, why);
    if (!rc)
        rc = check_entry(load, why);
    return rc ? rc : check_size(load, machine, why);
}

bool kexec_load_covers(const struct kexec_load *load, uint64_t paddr)
{
    for (uint32_t i = 0; i < load->count; i++)
        if (range_has(load->segment[i].dest, paddr))
            return true;
    return false;
}

bool kexec_load_collides(const struct kexec_load *a, const struct kexec_load *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        for (uint32_t j = 0; j < b->count && a->segment[i].has_source; j++)
            if (b->segment[j].has_source && range_overlaps(a->segment[i].dest, b->segment[j].dest))
                return true;
    return false;
}
