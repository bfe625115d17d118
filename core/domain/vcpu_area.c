/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a vCPU's run state and time are written, by guest frame address (VCPUOP_register_*_phys_area): mapped by us for
 * as long as they are registered, so that they can be written whatever address space is loaded. Each holds a counted
 * reference and a writable type of its frame. While there is one, the area by virtual address isn't served.
 *
 * Only a CPU that runs the vCPU writes, as it switches to it; who changes the place has the vCPU stopped, or is it. Two
 * may have it stopped at once. So the first contents are written before the place is there for others to take away, and
 * not after. Nothing is read back from there: it is the guest's memory.
 */
#include "core/domain/domain.h"

static const size_t area_size[VCPU_AREAS] = {
    [VCPU_AREA_RUNSTATE] = sizeof(struct vcpu_runstate_info),
    [VCPU_AREA_TIME] = sizeof(vcpu_time_info_t),
};

static void area_put(void *at)
{
    if (at)
        arch_guest_frame_put(mfn_to_frame(virt_to_mfn((void *)((uintptr_t)at & ~(PAGE_SIZE - 1)))), true);
}

static void runstate_fill(const struct vcpu *v, void *at, bool narrow)
{
    struct vcpu_runstate_info info;
    struct runstate_image image;

    vcpu_runstate_get(v, &info);
    vcpu_runstate_image(narrow, &info, &image);
    memcpy(at, image.bytes, image.size);
}

/* What is known: the clock goes on when the vCPU runs. The caller holds a reference on the frame of @at. */
static void area_fill(const struct vcpu *v, enum vcpu_area area, void *at, bool narrow)
{
    if (area == VCPU_AREA_RUNSTATE)
        runstate_fill(v, at, narrow);
    else
        *(vcpu_time_info_t *)at = v->info->time;
}

int vcpu_map_area(struct vcpu *v, enum vcpu_area area, uint64_t gaddr)
{
    struct domain *d = v->domain;
    uint64_t offset = gaddr % PAGE_SIZE;
    bool narrow = arch_caller_is_narrow();
    void *new = NULL;

    ASSERT(v == current_vcpu() || !READ_ONCE(v->is_running));
    if (gaddr != ~0ULL) {
        if (offset + area_size[area] > PAGE_SIZE || offset % (narrow ? 4 : 8))
            return -ENXIO;
        struct frame *f = arch_guest_frame_get(d, gfn(gaddr / PAGE_SIZE), true);
        if (!f)
            return -EINVAL;
        new = (char *)mfn_to_virt(frame_to_mfn(f)) + offset;
        area_fill(v, area, new, narrow);
    }
    spin_lock(&d->lock);
    void *old = v->area[area];
    if (area == VCPU_AREA_RUNSTATE)
        v->runstate_narrow = narrow;
    WRITE_ONCE(v->area[area], new);
    spin_unlock(&d->lock);
    area_put(old);
    return 0;
}

void vcpu_unmap_areas(struct vcpu *v)
{
    for (unsigned int i = 0; i < VCPU_AREAS; i++) {
        void *old = v->area[i];
        v->area[i] = NULL;
        area_put(old);
    }
}
