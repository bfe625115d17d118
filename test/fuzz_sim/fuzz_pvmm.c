/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law of page types with the fuzzer as the guests' will: the input is the stream of choices that two hostile guests
 * make. After every operation the counts are recomputed (../sim/pvmm/law.c); after every input both guests let go of
 * everything, and each frame must be back to its owner's one reference. The machine stays from one input to the next.
 */
#include "../sim/pvmm/guest.h"

#define STEPS_MAX 200

static const uint8_t *input;
static size_t input_left;

static uint32_t chance(void)
{
    uint32_t v = 0;

    for (unsigned int i = 0; i < 2 && input_left; i++, input_left--)
        v = v << 8 | *input++;
    return v;
}

static void guests_let_go(void)
{
    sim_this->current = sim_cpu(1)->current;
    for (unsigned int i = 0; i < DOMAINS; i++) {
        while (pv_mm_relinquish(world.dom[i]))
            law_check();
        world.dom[i]->vcpu[0]->arch.pv.ldt_entries = 0;
    }
    for (unsigned int i = 0; i < GRANTS; i++) {
        if (grants[i].active && !grants[i].in_entry)
            grant_drop(&grants[i]);
        grants[i].active = false;
    }
    for (unsigned int i = 0; i < DOMAINS; i++)
        for (unsigned int k = 0; k < POOL; k++) {
            struct frame *f = mfn_to_frame(world.pool[i][k]);

            LAW(frame_refs(f) == 1 && !ftw_count(ftw_load(f)), "frame %lu is left with %lx, %lx", world.pool[i][k].nr,
                f->count, f->type);
            memset(mfn_to_virt(world.pool[i][k]), 0, PAGE_SIZE);
            f->type = 0;
        }
    memset(world.tlb, 0, sizeof(world.tlb));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!world.dom[0])
        world_start(chance);
    input = data;
    input_left = size;
    for (unsigned int steps = 0; input_left && steps < STEPS_MAX; steps++)
        guest_step();
    guests_let_go();
    return 0;
}
