/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before and after: what a refused operation must leave alone. */
#include "snapshot.h"

#include "law.h"
#include "pv/mm/entry.h"
#include "world.h"

/* Refused operations change nothing: contents of frames, counts, and what the vCPUs hold. */
struct snapshot {
    _Alignas(8) uint8_t ram[WORLD_FRAMES * PAGE_SIZE];
    struct frame frames[WORLD_FRAMES];
    struct pv_vcpu pv[DOMAINS];
};
static struct snapshot snapshot;

void snapshot_take(void)
{
    memcpy(snapshot.frames, frame_table, sizeof(snapshot.frames));
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++)
        if (frame_is_guests(mfn_to_frame(mfn(nr))))
            memcpy(snapshot.ram + nr * PAGE_SIZE, mfn_to_virt(mfn(nr)), PAGE_SIZE);
    for (unsigned int i = 0; i < DOMAINS; i++)
        snapshot.pv[i] = world.dom[i]->vcpu[0]->arch.pv;
}

/** A table that was valid for a moment, below one that was refused, keeps the flags that we force on its entries. */
static bool same_but_for_forced_flags(const uint64_t *a, const uint64_t *b)
{
    for (unsigned int i = 0; i < PTE_ENTRIES; i++) {
        uint64_t forced = PTE_US | PTE_GUEST_KERNEL | PTE_G;

        if (!mfn_valid(pte_mfn(a[i])))
            forced |= PTE_CACHE_MASK | PTE_RW;
        if ((a[i] ^ b[i]) & (a[i] & PTE_P ? ~forced : ~0ULL))
            return false;
    }
    return true;
}

void snapshot_compare(void)
{
    for (uint64_t nr = 0; nr < WORLD_FRAMES; nr++) {
        const struct frame *f = mfn_to_frame(mfn(nr)), *was = &snapshot.frames[nr];

        if (!frame_is_guests(f) || (f->count & FRAME_HV))
            continue;
        LAW(f->count == was->count, "refused, but frame %lu had count %lx and has %lx", nr, was->count, f->count);
        LAW(ftw_count(f->type) == ftw_count(was->type) && (f->type & FTW_PINNED) == (was->type & FTW_PINNED),
            "refused, but frame %lu had word %lx and has %lx", nr, was->type, f->type);
        LAW(same_but_for_forced_flags(mfn_to_virt(mfn(nr)), (void *)(snapshot.ram + nr * PAGE_SIZE)),
            "refused, but frame %lu has changed", nr);
    }
    for (unsigned int i = 0; i < DOMAINS; i++)
        LAW(!memcmp(&snapshot.pv[i], &world.dom[i]->vcpu[0]->arch.pv, sizeof(snapshot.pv[i])),
            "refused, but vCPU %u changed", i);
}
