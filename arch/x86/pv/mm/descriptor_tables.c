/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The descriptor tables of a vCPU, as its CPU reaches them.
 *
 * A guest's GDT: up to 14 frames of its own, referenced as FT_SEG_DESC, which the CPU reaches through its GDT window.
 * The pages after them in the window are the hypervisor's.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/percpu.h"
#include "pv/mm/finish.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"
#include "pv/mm/pt_walk.h"
#include "pv/mm/types.h"

#include <hypercall_handlers.h>

#define DESC_PER_FRAME 512u

/** Pages of this CPU's window that show a guest's frame. */
static DEFINE_PER_CPU(unsigned int, gdt_shown);

static unsigned int gdt_frames(uint32_t entries)
{
    return (entries + DESC_PER_FRAME - 1) / DESC_PER_FRAME;
}

void pv_load_gdt(const struct vcpu *v)
{
    unsigned int nr = gdt_frames(v->arch.pv.gdt_entries), shown = this_cpu(gdt_shown);

    for (unsigned int i = 0; i < nr; i++)
        machine_gdt_page(i, mfn(v->arch.pv.gdt_frame[i]));
    for (unsigned int i = nr; i < shown; i++)
        machine_gdt_page(i, MFN_NONE);
    this_cpu(gdt_shown) = nr;
}

static void gdt_frames_put(const uint64_t *frames, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++)
        frame_put_typed(mfn_to_frame(mfn(frames[i])));
}

/** The window must not show a frame that is no longer held. */
static void gdt_reload_if_current(const struct vcpu *v)
{
    if (v != current_vcpu())
        return;
    pv_load_gdt(v);
    machine_flush_tlb_local();
}

void gdt_release(struct vcpu *v)
{
    unsigned int nr = gdt_frames(v->arch.pv.gdt_entries);

    v->arch.pv.gdt_entries = 0;
    if (!nr)
        return;
    gdt_reload_if_current(v);
    gdt_frames_put(v->arch.pv.gdt_frame, nr);
}

int pv_set_gdt(struct vcpu *v, const uint64_t *frames, uint32_t entries)
{
    unsigned int nr = gdt_frames(entries);

    if (entries > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    for (unsigned int i = 0; i < nr; i++) {
        int rc = frame_get_typed(mfn(frames[i]), v->domain, FT_SEG_DESC);
        if (rc) {
            gdt_frames_put(frames, i);
            return rc;
        }
    }
    gdt_release(v);
    memcpy(v->arch.pv.gdt_frame, frames, nr * sizeof(*frames));
    v->arch.pv.gdt_entries = entries;
    gdt_reload_if_current(v);
    return 0;
}

/** Arguments: list of frame numbers, count of descriptors. */
long hypercall_set_gdt(struct hypercall *call)
{
    uint32_t entries = (uint32_t)call->arg[1];
    uint64_t frames[PV_GDT_FRAMES];
    long rc = pv_mm_enter();

    if (rc)
        return rc;
    if (entries > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    if (copy_array_from_guest(frames, call->arg[0], gdt_frames(entries)))
        return -EFAULT;
    return pv_set_gdt(current_vcpu(), frames, entries);
}

/*
 * A guest's LDT is a range of its virtual addresses. Its pages come into the CPU's LDT window one by one, when the
 * processor faults on them, and are then held as FT_SEG_DESC; they leave when the guest sets another LDT or other page
 * tables.
 */

/** Bit i: page i of this CPU's window shows a guest's frame. */
static DEFINE_PER_CPU(uint32_t, ldt_shown);

void pv_load_ldt(const struct vcpu *v)
{
    uint32_t shown = this_cpu(ldt_shown), now = 0;

    for (unsigned int i = 0; i < PV_LDT_FRAMES; i++) {
        uint64_t nr = v->arch.pv.ldt_frame[i]; /* + 1 */

        if (nr)
            now |= 1u << i;
        if (nr || (shown & 1u << i))
            machine_ldt_page(i, nr ? mfn(nr - 1) : MFN_NONE);
    }
    this_cpu(ldt_shown) = now;
    machine_load_ldtr(v->arch.pv.ldt_entries);
}

void ldt_forget_pages(struct vcpu *v)
{
    uint64_t held[PV_LDT_FRAMES];
    bool any = false;

    if (!v->arch.pv.ldt_entries)
        return; /* pages come for its entries alone, and go before it changes */
    for (unsigned int i = 0; i < PV_LDT_FRAMES; i++) {
        held[i] = v->arch.pv.ldt_frame[i];
        v->arch.pv.ldt_frame[i] = 0;
        any |= held[i] != 0;
    }
    if (!any)
        return;
    if (v == current_vcpu()) {
        pv_load_ldt(v);
        machine_flush_tlb_local();
    }
    for (unsigned int i = 0; i < PV_LDT_FRAMES; i++)
        if (held[i])
            frame_put_typed(mfn_to_frame(mfn(held[i] - 1)));
}

void pv_set_ldt(struct vcpu *v, vaddr_t base, uint32_t entries)
{
    if (!(entries | v->arch.pv.ldt_entries))
        return; /* none before, none now */
    ldt_forget_pages(v);
    v->arch.pv.ldt_base = entries ? base : 0;
    v->arch.pv.ldt_entries = entries;
    if (v == current_vcpu())
        machine_load_ldtr(entries);
}

/**
 * With interrupts off, and perhaps a run queue locked, nobody may be waited for: then only a frame that is a descriptor
 * page already will do. It may cease to be one and to be the domain's between our two references; then ours is the
 * last, and this CPU drops it on its way out.
 */
static int ldt_frame_get_live(const struct domain *d, mfn_t m)
{
    struct frame *f;

    if (!mfn_valid(m) || !frame_put_later_ready())
        return -EINVAL;
    f = mfn_to_frame(m);
    if (!ftw_is_live(ftw_load(f), FT_SEG_DESC) || !frame_get(f, d))
        return -EINVAL;
    if (frame_type_get_live(f, FT_SEG_DESC))
        return 0;
    frame_put_later(f);
    return -EINVAL;
}

bool pv_ldt_fault(struct vcpu *v, uint32_t offset)
{
    struct pv_vcpu *pv = &v->arch.pv;
    unsigned int page = offset >> PAGE_SHIFT;
    uint64_t e;
    int rc;

    if (offset >= pv->ldt_entries * sizeof(uint64_t) || page >= PV_LDT_FRAMES || pv->ldt_frame[page])
        return false;
    if (irqs_enabled() && pv_mm_finish(v))
        return true; /* the guest repeats its instruction */
    e = pt_walk_l1e(v, pv->ldt_base + (vaddr_t)page * PAGE_SIZE);
    if (!(e & PTE_P))
        return false;
    rc = irqs_enabled() ? frame_get_typed(pte_mfn(e), v->domain, FT_SEG_DESC)
                        : ldt_frame_get_live(v->domain, pte_mfn(e));
    if (rc)
        return rc == -ERESTART;
    pv->ldt_frame[page] = pte_mfn(e).nr + 1;
    pv_load_ldt(v);
    return true;
}
