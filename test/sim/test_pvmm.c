/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pv/mm: its law under random operations of two hostile guests. PVMM_STEPS=n: how long each of the three seeds goes on.
 */
#include "pvmm/guest.h"

#include "hv/tlb_clock.h"
#include "sim_test.h"

static uint64_t seed;

static uint32_t chance(void) { return (uint32_t)(sim_random(&seed) >> 20); }

static void random_run(uint64_t with_seed)
{
    const char *text = getenv("PVMM_STEPS");
    unsigned long steps = text ? strtoul(text, NULL, 0) : 7000;
    seed = with_seed;
    world_start(chance);
    tlb_clock = 3 * (1ULL << FTW_STAMP_BITS) - 100; /* what a frame keeps of it wraps on the way */
    law_check();
    for (unsigned long i = 0; i < steps; i++)
        guest_step();
    world_end();
    printf("seed %lx: %u calls, %u refused, %u restarts, %u abandoned\n", with_seed, world.calls, world.refused,
           world.restarts, world.abandoned);
    assert_true(tlb_clock > 3 * (1ULL << FTW_STAMP_BITS) + 100);
    for (unsigned int i = 0; i < SEEN_KINDS; i++)
        assert_true(world.seen[i] || i == SEEN_PTWR_AGAIN || i == SEEN_MMIO_STORE); /* else the run says little */
}

static void law_holds_1(void **state) { random_run(1); }
static void law_holds_2(void **state) { random_run(0x123456789); }
static void law_holds_3(void **state) { random_run(0xfeedface); }

SIM_TESTS(cmocka_unit_test(law_holds_1), cmocka_unit_test(law_holds_2), cmocka_unit_test(law_holds_3))
