/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest's GDT: up to 14 frames of its own, referenced as FT_SEG_DESC, which the CPU reaches through its GDT window.
 * The pages after them in the window are the hypervisor's.
 */
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/percpu.h"
#include "pv/mm/descriptor.h"
#include "pv/mm/finish.h"
#include "pv/mm/machine.h"
#include "pv/mm/mm.h"
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
