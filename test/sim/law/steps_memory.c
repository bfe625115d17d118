/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps: growing, shrinking, exchanging memory; limits and claims; what the control domain maps of a guest. */
#include "steps.h"

#include "hv/log.h"

#include <hypercall_handlers.h>

#define ORDER_MAX 2u
static unsigned int pick_order(void) { return one_in(3) ? pick(ORDER_MAX + 1) : 0; }

/* A guest's memory is changed by itself or by the control domain. */
static struct being *actor_for(struct being *b) { return one_in(3) ? &being[0] : b; }

static void adopt(struct being *b, uint64_t first, unsigned int order, unsigned int bits)
{
    for (uint64_t n = 0; n < 1ULL << order; n++) {
        if (bits && (first + n) >> (bits - PAGE_SHIFT))
            panic("d%u asked for %u address bits and got frame %lu", b->d->id, bits, first + n);
        own_add(b, mfn(first + n));
    }
}

void step_populate(void)
{
    struct being *b = someone_free();
    if (!b)
        return;
    unsigned int order = pick_order(), bits = one_in(4) ? 21 + pick(4) : 0;
    bool increase = one_in(2);
    struct xen_memory_reservation *op = args_op(sizeof(*op));
    uint64_t *list = args[depth].list[0];
    *op = (struct xen_memory_reservation){ .nr_extents = 1 + pick(8), .extent_order = order, .domid = b->d->id,
                                           .mem_flags = XENMEMF_address_bits(bits) };
    set_xen_guest_handle(op->extent_start, (xen_pfn_t *)list);
    for (unsigned int i = 0; i < op->nr_extents; i++)
        list[i] = pick(1000);
    uint32_t nr = (uint32_t)op->nr_extents;
    diary_note("%s: d%u, %u extents of order %u", increase ? "increase" : "populate", b->d->id, nr, order);
    b->busy = true;
    long done = call_op(actor_for(b), hypercall_memory_op, increase ? XENMEM_increase_reservation :
                                                                      XENMEM_populate_physmap, op);
    b->busy = false;
    if (done == CALL_ABANDONED)
        return;
    if (done < -1)
        panic("populate: %ld", done);
    seen[done == nr ? SEEN_POPULATE : SEEN_NO_MEMORY]++;
    for (long i = 0; i < done && !b->dying; i++)
        adopt(b, list[i], order, bits);
}

/* Leaves out what the domain does not have: the call ends there. */
static long expect_decrease(const struct being *b, const uint64_t *list, uint32_t nr, unsigned int order,
                            uint64_t *gone, unsigned int *gone_nr)
{
    for (uint32_t i = 0; i < nr; i++)
        for (uint64_t n = 0; n < 1ULL << order; n++) {
            uint64_t frame = list[i] + n;
            bool again = false;
            for (unsigned int k = 0; k < *gone_nr; k++)
                again |= gone[k] == frame;
            if (again || own_index(b, frame) < 0)
                return (long)i;
            gone[(*gone_nr)++] = frame;
        }
    return (long)nr;
}

/* The first of so many frames, none of which is a page table. */
static uint64_t any_extent(const struct being *b, unsigned int order)
{
    uint64_t nr = any_frame(b);
    for (uint64_t i = nr; i < RAM && i < nr + (1ULL << order); i++)
        if (is_page_table(&frame_table[i]))
            return 0;
    return nr;
}

void step_decrease(void)
{
    struct being *b = someone_free();
    if (!b)
        return;
    unsigned int order = one_in(4) ? 1 : 0, gone_nr = 0;
    uint64_t *list = args[depth].list[0], gone[32];
    struct xen_memory_reservation *op = args_op(sizeof(*op));
    *op = (struct xen_memory_reservation){ .nr_extents = 1 + pick(8), .extent_order = order, .domid = b->d->id };
    set_xen_guest_handle(op->extent_start, (xen_pfn_t *)list);
    for (unsigned int i = 0; i < op->nr_extents; i++)
        list[i] = any_extent(b, order);
    diary_note("decrease: d%u, %lu extents of order %u from %lu", b->d->id, op->nr_extents, order, list[0]);
    long want = expect_decrease(b, list, (uint32_t)op->nr_extents, order, gone, &gone_nr);
    b->busy = true;
    long done = call_op(actor_for(b), hypercall_memory_op, XENMEM_decrease_reservation, op);
    b->busy = false;
    if (b->dying || done == CALL_ABANDONED)
        return;
    if (done != want)
        panic("decrease: %ld instead of %ld", done, want);
    seen[SEEN_DECREASE] += done > 0;
    for (unsigned int i = 0; i < gone_nr; i++)
        own_remove(b, gone[i]);
}

static void exchange_list(const struct being *b, uint64_t *in, uint64_t nr, unsigned int order)
{
    for (uint64_t i = 0; i < nr; i++) {
        in[i] = any_frame(b);
        if (!one_in(8))
            in[i] &= ~((1ULL << order) - 1);
    }
}

/* What a part of the exchange gave may be among what a later one takes. */
static bool fresh_remove(uint64_t *fresh, unsigned int *nr, uint64_t frame)
{
    for (unsigned int i = 0; i < *nr; i++)
        if (fresh[i] == frame) {
            fresh[i] = fresh[--*nr];
            return true;
        }
    return false;
}

static void exchange_result(struct being *b, const struct xen_memory_exchange *op, unsigned int bits)
{
    const uint64_t *in = args[depth].list[0], *out = args[depth].list[1];
    unsigned int order = MAX(op->in.extent_order, op->out.extent_order), nr = 0;
    uint64_t fresh[64], frames = op->nr_exchanged << op->in.extent_order;
    for (uint64_t done = 0; done < frames; done += 1ULL << order) {
        for (uint64_t i = done; i < done + (1ULL << order); i++) {
            uint64_t frame = in[i >> op->in.extent_order] + i % (1ULL << op->in.extent_order);
            if (!fresh_remove(fresh, &nr, frame))
                own_remove(b, frame);
        }
        for (uint64_t i = done; i < done + (1ULL << order); i++)
            fresh[nr++] = out[i >> op->out.extent_order] + i % (1ULL << op->out.extent_order);
    }
    for (unsigned int i = 0; i < nr; i++)
        adopt(b, fresh[i], 0, bits);
}

void step_exchange(void)
{
    struct being *b = someone_free();
    if (!b)
        return;
    unsigned int in_order = pick_order(), out_order = pick_order(), big = MAX(in_order, out_order);
    unsigned int bits = one_in(3) ? 21 + pick(4) : 0;
    uint64_t frames = (uint64_t)(1 + pick(3)) << big;
    struct xen_memory_exchange *op = args_op(sizeof(*op));
    *op = (struct xen_memory_exchange){
        .in = { .nr_extents = frames >> in_order, .extent_order = in_order, .domid = b->d->id },
        .out = { .nr_extents = frames >> out_order, .extent_order = out_order, .domid = b->d->id,
                 .mem_flags = XENMEMF_address_bits(bits) },
    };
    set_xen_guest_handle(op->in.extent_start, (xen_pfn_t *)args[depth].list[0]);
    set_xen_guest_handle(op->out.extent_start, (xen_pfn_t *)args[depth].list[1]);
    exchange_list(b, args[depth].list[0], op->in.nr_extents, in_order);
    for (unsigned int i = 0; i < op->out.nr_extents; i++)
        args[depth].list[1][i] = pick(1000);
    diary_note("exchange: d%u, %lu frames, order %u for %u, from %lu", b->d->id, frames, in_order, out_order,
               args[depth].list[0][0]);
    b->busy = true;
    long rc = call_op(actor_for(b), hypercall_memory_op, XENMEM_exchange, op);
    b->busy = false;
    if (rc == CALL_ABANDONED)
        return;
    seen[SEEN_EXCHANGE] += op->nr_exchanged != 0;
    if (!b->dying)
        exchange_result(b, op, bits);
}

void step_limit(void)
{
    struct being *b = someone();
    struct xen_domctl *op = args_op(sizeof(*op));
    *op = (struct xen_domctl){ .cmd = XEN_DOMCTL_max_mem, .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
                               .domain = b->d->id, .u.max_mem.max_memkb = pick(OWN_MAX - 8) * 4 };
    diary_note("max_mem: d%u, %lu KiB", b->d->id, op->u.max_mem.max_memkb);
    struct hypercall c = { .arg = { VA(op) } };
    call_as(&being[0], hypercall_domctl, &c);
}

void step_claim(void)
{
    struct xen_memory_reservation *op = args_op(sizeof(*op));
    *op = (struct xen_memory_reservation){ .domid = any_id(), .nr_extents = one_in(3) ? 0 : pick(200) };
    diary_note("claim: d%u, %lu frames", op->domid, op->nr_extents);
    long rc = call_op(one_in(5) ? someone() : &being[0], hypercall_memory_op, XENMEM_claim_pages, op);
    seen[SEEN_CLAIM] += !rc && op->nr_extents;
}

void step_foreign(void)
{
    const struct being *b = someone();
    unsigned int slot = pick(SLOTS / 2);
    if (slot_entry(&being[0], slot))
        return;
    uint64_t nr = one_in(8) ? pick(RAM) : any_frame(b);
    uint64_t e = pte_make(mfn(nr & 0xffffffff), PTE_P | PTE_US);
    struct hypercall c = { .arg = { slot_va(slot), e, UVMF_NONE, b->d->id } };
    diary_note("foreign map: d%u frame %lu", b->d->id, nr);
    exact = true; /* another address may be where a grant is mapped */
    call_as(&being[0], hypercall_update_va_mapping_otherdomain, &c);
    exact = false;
}

void step_foreign_drop(void)
{
    unsigned int slot = pick(SLOTS / 2);
    struct hypercall c = { .arg = { slot_va(slot), 0, UVMF_NONE } };
    if (!slot_entry(&being[0], slot))
        return;
    diary_note("foreign unmap: slot %u", slot);
    exact = true;
    call_as(&being[0], hypercall_update_va_mapping, &c);
    exact = false;
}
