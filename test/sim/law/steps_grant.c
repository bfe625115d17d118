/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps: grant entries of both versions, mapping, unmapping, copying, and everything about the table itself. */
#include "steps.h"

#include "core/grant/grant.h"
#include "hv/log.h"
#include "pv/mm/types.h"

#include <hypercall_handlers.h>

/* Most of the time only a few entries are used, so that those who grant and those who map meet. */
static uint32_t pick_ref(void) { return one_in(4) ? pick(REFS) : 4 + pick(8); }
static domid_t pick_user(void) { return one_in(6) ? any_id() : someone()->d->id; }

void *entry_at(struct being *b, uint32_t ref)
{
    size_t size = b->d->grants->version == 2 ? sizeof(union grant_entry_v2) : sizeof(struct grant_entry_v1);
    return (char *)b->d->grants->shared[0] + ref * size;
}

static void entry_write_v2(union grant_entry_v2 *e, uint16_t flags, domid_t to, uint64_t frame)
{
    e->hdr.domid = to;
    if (one_in(5)) {
        flags |= GTF_sub_page;
        e->sub_page.page_off = (uint16_t)pick(4200);
        e->sub_page.length = (uint16_t)pick(4200);
        e->sub_page.frame = frame;
    } else if (one_in(4)) {
        flags = (uint16_t)((flags & ~GTF_type_mask) | GTF_transitive);
        e->transitive.trans_domid = any_id();
        e->transitive.gref = pick_ref();
    } else {
        e->full_page.frame = frame;
    }
    e->hdr.flags = flags;
}

void step_entry(void)
{
    struct being *b = someone();
    uint32_t ref = pick_ref();
    const struct grant_active *a = grant_active_of(b->d->grants, ref);
    uint16_t flags = (uint16_t)((one_in(8) ? pick(4) : GTF_permit_access) | (one_in(5) ? GTF_readonly : 0));
    uint64_t frame = any_frame(b);
    void *e = entry_at(b, ref);
    b->scribbled[ref] = a->readers || a->writers;
    diary_note("entry: d%u %u, frame %lu, flags %#x", b->d->id, ref, frame, flags);
    if (one_in(30)) {
        *(uint64_t *)e = sim_random(&chance_state);
        b->scribbled[ref] = true;
    } else if (b->d->grants->version == 2) {
        entry_write_v2(e, flags, pick_user(), frame);
    } else {
        *(struct grant_entry_v1 *)e = (struct grant_entry_v1){ flags, pick_user(), (uint32_t)frame };
    }
}

static void note_add(struct being *b, const struct gnttab_map_grant_ref *op)
{
    struct note *n = &b->note[pick(NOTES)];
    if (n->used) /* forgotten: the mapping stays until the guest ends */
        return;
    *n = (struct note){ true, op->handle, op->flags & GNTMAP_host_map ? op->host_addr : 0,
                        op->flags & GNTMAP_device_map ? op->dev_bus_addr : 0, op->dom };
}

void step_map(void)
{
    struct being *b = someone();
    struct gnttab_map_grant_ref *op = args_op(sizeof(*op));
    *op = (struct gnttab_map_grant_ref){
        .host_addr = slot_va(b->dying ? 0 : one_in(20) && b != &being[0] ? pick_slot(b) : pick_free_slot(b)),
        .flags = one_in(6) ? pick(16) : GNTMAP_host_map | (one_in(2) ? GNTMAP_readonly : 0),
        .ref = one_in(30) ? pick(5000) | 1u << 12 : pick_ref(),
        .dom = pick_user(),
    };
    op->flags &= ~GNTMAP_contains_pte;
    diary_note("map: d%u entry %u of d%u, flags %#x", b->d->id, op->ref, op->dom, op->flags);
    if (b->dying)
        return; /* its vCPUs do not run */
    if (call_op(b, hypercall_grant_table_op, GNTTABOP_map_grant_ref, op) || op->status)
        return;
    seen[SEEN_MAP]++;
    note_add(b, op);
}

void unmap_note(struct being *b, struct note *n)
{
    struct gnttab_unmap_grant_ref *op = args_op(sizeof(*op));
    *op = (struct gnttab_unmap_grant_ref){ n->host, n->dev, n->handle, 0 };
    diary_note("unmap: d%u handle %u", b->d->id, n->handle);
    /* A slot that was replaced meanwhile holds another frame. */
    if (call_op(b, hypercall_grant_table_op, GNTTABOP_unmap_grant_ref, op) || op->status)
        return;
    seen[SEEN_UNMAP]++;
    n->used = false;
}

/*
 * Where @b maps what @handle is about; else, since a mapping was overwritten, it maps the frame again, as the control
 * domain may, and unmaps that.
 */
static bool slot_of_handle(struct being *b, const struct maptrack_entry *e, mfn_t m, unsigned int *slot)
{
    bool writable = !(e->flags & GNTMAP_readonly);
    unsigned int free = SLOTS;

    for (*slot = 0; *slot < SLOTS; ++*slot) {
        uint64_t entry = slot_entry(b, *slot);
        if ((entry & PTE_P) && mfn_eq(pte_mfn(entry), m) && !(entry & PTE_RW) == !writable)
            return true;
        if (!entry)
            free = *slot;
    }
    *slot = free;
    return free < SLOTS && !guest_tables_map(b->d->vcpu[0], slot_va(free), m, writable,
                                          e->domid == b->d->id ? DOMID_SELF : e->domid);
}

void unmap_by_force(struct being *b, uint32_t handle)
{
    struct grant_table *gt = b->d->grants;
    const struct maptrack_entry *e = &gt->maptrack[handle / MAPTRACK_PER_PAGE][handle % MAPTRACK_PER_PAGE];
    mfn_t m = frame_to_mfn(grant_active_of(domain_by_owner_id(e->domid)->grants, e->ref)->frame);
    bool host = e->flags & GNTMAP_host_map, device = e->flags & GNTMAP_device_map;
    unsigned int slot = 0;

    if (host && !slot_of_handle(b, e, m, &slot))
        return;
    struct note n = { true, handle, host ? slot_va(slot) : 0, device ? mfn_to_paddr(m) : 0, e->domid };
    unmap_note(b, &n);
}

void step_unmap(void)
{
    struct being *b = someone();
    struct note *n = &b->note[pick(NOTES)];
    if (n->used && !b->dying)
        unmap_note(b, n);
}

void step_map_list(void)
{
    struct being *b = someone();
    struct gnttab_map_grant_ref *op = args_op(sizeof(args[0].op));
    enum { LIST = 6 };
    if (b->dying)
        return;
    for (unsigned int i = 0; i < LIST; i++)
        op[i] = (struct gnttab_map_grant_ref){
            .host_addr = slot_va(pick_free_slot(b)),
            .flags = GNTMAP_host_map | (one_in(2) ? GNTMAP_readonly : 0), .ref = pick_ref(), .dom = pick_user(),
            .status = GNTST_eagain,
        };
    struct hypercall c = { .arg = { GNTTABOP_map_grant_ref, VA(op), LIST } };
    uint32_t serial = b->serial;
    diary_note("map list: d%u", b->d->id);
    call_as(b, hypercall_grant_table_op, &c);
    for (unsigned int i = 0; i < LIST && b->serial == serial && !b->dying; i++)
        if (op[i].status == GNTST_okay)
            note_add(b, &op[i]);
}

void step_unmap_list(void)
{
    struct being *b = someone();
    struct gnttab_unmap_grant_ref *op = args_op(sizeof(args[0].op));
    struct note *n[6];
    if (b->dying)
        return;
    for (unsigned int i = 0; i < ARRAY_SIZE(n); i++) {
        n[i] = &b->note[pick(NOTES)];
        op[i] = (struct gnttab_unmap_grant_ref){ n[i]->host, n[i]->dev, n[i]->handle, GNTST_eagain };
    }
    struct hypercall c = { .arg = { GNTTABOP_unmap_grant_ref, VA(op), ARRAY_SIZE(n) } };
    uint32_t serial = b->serial;
    diary_note("unmap list: d%u", b->d->id);
    long rc = call_as(b, hypercall_grant_table_op, &c);
    for (unsigned int i = 0; i < ARRAY_SIZE(n) && !rc && b->serial == serial && !b->dying; i++)
        if (op[i].status == GNTST_okay)
            n[i]->used = false;
}

void step_many_maps(void)
{
    struct being *b = someone();
    domid_t of = pick_user();
    uint32_t ref = pick_ref();
    if (b->dying || b == &being[0])
        return;
    diary_note("many maps: d%u entry %u of d%u", b->d->id, ref, of);
    for (unsigned int i = 0; i < 200; i++) {
        struct gnttab_map_grant_ref *op = args_op(sizeof(*op));
        *op = (struct gnttab_map_grant_ref){ .flags = GNTMAP_device_map | GNTMAP_readonly, .ref = ref, .dom = of };
        struct hypercall c = { .arg = { GNTTABOP_map_grant_ref, VA(op), 1 } };
        if (call_part(b, hypercall_grant_table_op, &c) || op->status)
            return;
        seen[SEEN_MANY_MAPS] += i == 199;
    }
}

void step_unmap_badly(void)
{
    struct being *b = someone();
    struct note *n = &b->note[pick(NOTES)], *other = &b->note[pick(NOTES)];
    if (b->dying || !n->used)
        return;
    uint64_t va = slot_va(pick_slot(b));
    bool replace = one_in(3);
    struct gnttab_unmap_grant_ref *op = args_op(sizeof(*op));
    *op = (struct gnttab_unmap_grant_ref){ .host_addr = one_in(2) ? n->host : va,
                                           .dev_bus_addr = replace ? va : one_in(2) ? n->dev : pick(RAM) * PAGE_SIZE,
                                           .handle = one_in(2) ? n->handle : one_in(2) ? other->handle : pick(2000) };
    diary_note("unmap badly: d%u handle %u of %u at %lx, %lx", b->d->id, op->handle, n->handle, op->host_addr,
               op->dev_bus_addr);
    call_op(b, hypercall_grant_table_op, replace ? GNTTABOP_unmap_and_replace : GNTTABOP_unmap_grant_ref, op);
}

static void copy_side(const struct being *b, struct gnttab_copy_ptr *p, uint16_t len, bool grant)
{
    p->offset = (uint16_t)(one_in(10) ? pick(PAGE_SIZE) : pick(STAMP_AT - len));
    p->domid = grant ? pick_user() : one_in(12) ? any_id() : DOMID_SELF;
    if (grant)
        p->u.ref = pick_ref();
    else
        p->u.gmfn = any_frame(b);
}

void step_copy(void)
{
    struct being *b = someone();
    struct gnttab_copy *op = args_op(sizeof(*op));
    uint16_t len = (uint16_t)pick(one_in(4) ? 4000 : 64);
    op->len = len;
    op->flags = (uint16_t)pick(4);
    copy_side(b, &op->source, len, op->flags & GNTCOPY_source_gref);
    copy_side(b, &op->dest, len, op->flags & GNTCOPY_dest_gref);
    if (op->dest.offset + len > STAMP_AT)
        op->dest.offset = (uint16_t)PAGE_SIZE; /* refused; a right one would write over the stamp */
    diary_note("copy: d%u, %u bytes, d%u %lu to d%u %lu, flags %u", b->d->id, len, op->source.domid, op->source.u.gmfn,
               op->dest.domid, op->dest.u.gmfn, op->flags);
    exact = true;
    if (!b->dying && !call_op(b, hypercall_grant_table_op, GNTTABOP_copy, op))
        seen[SEEN_COPY] += op->status == GNTST_okay;
    exact = false;
}

void step_transfer(void)
{
    struct being *b = someone();
    struct gnttab_transfer *op = args_op(sizeof(*op));
    *op = (struct gnttab_transfer){ .mfn = any_frame(b), .domid = any_id(), .ref = pick(REFS) };
    if (!call_op(b, hypercall_grant_table_op, GNTTABOP_transfer, op) && op->status >= 0)
        panic("a transfer was done");
}

static bool has_pins(struct being *b)
{
    for (uint32_t ref = GNTTAB_NR_RESERVED_ENTRIES; ref < REFS; ref++) {
        const struct grant_active *a = grant_active_of(b->d->grants, ref);
        if (a->readers || a->writers)
            return true;
    }
    return false;
}

/* Whether a reserved entry says what version 1 cannot. */
static bool says_too_much(struct being *b)
{
    const union grant_entry_v2 *e = entry_at(b, 0);
    bool found = false;
    for (unsigned int i = 0; i < GNTTAB_NR_RESERVED_ENTRIES && b->d->grants->version == 2; i++) {
        uint16_t type = e[i].hdr.flags & GTF_type_mask;
        found |= type == GTF_transitive || (type == GTF_permit_access && e[i].full_page.frame >> 32);
    }
    return found;
}

/* Somebody maps a page that version 1 lacks. */
static bool status_is_mapped(const struct being *b)
{
    const struct grant_table *gt = b->d->grants;
    bool found = false;
    for (uint32_t i = 0; i < gt->nr_status; i++)
        found |= frame_refs(mfn_to_frame(virt_to_mfn(gt->status[i]))) > 1;
    return found;
}

void step_version(void)
{
    struct being *b = someone();
    struct gnttab_set_version *op = args_op(sizeof(*op));
    op->version = 1 + pick(2);
    diary_note("set_version: d%u, %u", b->d->id, op->version);
    bool change = op->version != b->d->grants->version, busy = change && has_pins(b);
    bool unknown = op->version > b->d->grants->max_version;
    long due = unknown ? -ENOSYS : busy ? -EBUSY : change && says_too_much(b) ? -ERANGE : 0;
    if (!due && change && status_is_mapped(b))
        due = -EBUSY;
    long rc = call_op(b, hypercall_grant_table_op, GNTTABOP_set_version, op);
    if (rc == CALL_ABANDONED)
        return;
    if (rc != due && rc != -ENOMEM)
        panic("set_version: %ld", rc);
    seen[SEEN_VERSION] += !rc && change;
    if (rc || !change)
        return;
    memset(b->scribbled, 0, sizeof(b->scribbled));
    b->overwritten = events_in_tables(b->d);
}

void step_table(void)
{
    struct being *b = someone(), *by = one_in(3) ? someone() : b;
    if (one_in(2)) {
        struct gnttab_setup_table *op = args_op(sizeof(*op));
        *op = (struct gnttab_setup_table){ .dom = b->d->id, .nr_frames = pick(5) };
        set_xen_guest_handle(op->frame_list, (xen_pfn_t *)args[depth].list[0]);
        diary_note("setup_table: d%u by d%u, %u frames", b->d->id, by->d->id, op->nr_frames);
        call_op(by, hypercall_grant_table_op, GNTTABOP_setup_table, op);
    } else {
        struct gnttab_get_status_frames *op = args_op(sizeof(*op));
        *op = (struct gnttab_get_status_frames){ .dom = b->d->id, .nr_frames = pick(3) };
        set_xen_guest_handle(op->frame_list, (uint64_t *)args[depth].list[0]);
        call_op(by, hypercall_grant_table_op, GNTTABOP_get_status_frames, op);
    }
}

void step_swap(void)
{
    struct being *b = someone();
    struct gnttab_swap_grant_ref *op = args_op(sizeof(*op));
    *op = (struct gnttab_swap_grant_ref){ .ref_a = pick(REFS), .ref_b = pick(REFS) };
    diary_note("swap: d%u %u and %u", b->d->id, op->ref_a, op->ref_b);
    uint32_t a = op->ref_a, c = op->ref_b;
    if (call_op(b, hypercall_grant_table_op, GNTTABOP_swap_grant_ref, op) || op->status)
        return;
    seen[SEEN_SWAP]++;
    bool was = b->scribbled[a];
    b->scribbled[a] = b->scribbled[c];
    b->scribbled[c] = was;
}
