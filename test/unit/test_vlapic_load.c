/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A saved register page: what a guest wrote comes back, and what none can have written does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x86/vlapic/vlapic.h"

#define X2APIC (VLAPIC_BASE_DEFAULT | VLAPIC_BASE_ENABLE | VLAPIC_BASE_X2APIC)

static struct vlapic fresh(uint64_t base)
{
    struct vlapic v;

    vlapic_reset(&v, 6, false);
    v.base = base;
    return v;
}

static void test_round_trip(void **state)
{
    struct vlapic v = fresh(VLAPIC_BASE_DEFAULT | VLAPIC_BASE_ENABLE), w = fresh(v.base);
    struct vlapic_effect effect = { 0 };

    vlapic_mmio_write(&v, VLAPIC_SVR, 4, 0x1ff, 0, &effect);
    vlapic_mmio_write(&v, VLAPIC_LVT_ERROR, 4, 0xfe, 0, &effect);
    vlapic_mmio_write(&v, VLAPIC_LVTT, 4, 0x200ec, 0, &effect);
    vlapic_mmio_write(&v, VLAPIC_TDCR, 4, 0xb, 0, &effect);
    vlapic_mmio_write(&v, VLAPIC_TMICT, 4, 1000, 0, &effect);
    assert_true(vlapic_accept(&v, 0x51, false));
    vlapic_take(&v, 0x51);
    assert_true(vlapic_accept(&v, 0xf3, false));
    vlapic_load(&w, v.reg, 5000);
    for (unsigned int at = 0; at < sizeof(v.reg); at += 16)
        assert_int_equal(vlapic_get(&w, (enum vlapic_reg)at), vlapic_get(&v, (enum vlapic_reg)at));
    assert_int_equal(vlapic_next(&w), 0xf3);
    uint64_t when;
    assert_int_equal(vlapic_timer_next(&w, 5000, &when), VLAPIC_TIMER_NS);
    assert_int_equal(when, 5000 + 1000 * VLAPIC_BUS_NS); /* its whole count again */
}

/* Any page at all: a guest reads what it could have written, and no vector below 16 is ever delivered. */
static void test_any_page(void **state)
{
    static const uint8_t fill[] = { 0xff, 0x5a, 0xa5, 0x01, 0x80 };

    for (size_t i = 0; i < ARRAY_SIZE(fill); i++)
        for (unsigned int mode = 0; mode < 2; mode++) {
            struct vlapic v = fresh(mode ? X2APIC : VLAPIC_BASE_DEFAULT | VLAPIC_BASE_ENABLE);
            uint8_t page[sizeof(v.reg)];

            memset(page, fill[i], sizeof(page));
            vlapic_load(&v, page, 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_LVR), VLAPIC_VERSION);
            assert_int_equal(vlapic_get(&v, VLAPIC_TPR) & ~0xffu, 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_SVR) & ~0x3ffu, 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_LVTT) & ~0x710ffu, 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_TDCR) & ~0xbu, 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_ICR) & BIT(12), 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_IRR) & 0xffff, 0);
            assert_int_equal(vlapic_get(&v, VLAPIC_ISR) & 0xffff, 0);
            if (mode) {
                assert_int_equal(vlapic_get(&v, VLAPIC_ID), 6);
                assert_int_equal(vlapic_get(&v, VLAPIC_LDR), 1u << 6);
            }
            int next = vlapic_next(&v);
            assert_true(next == -1 || next >= 16);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip), cmocka_unit_test(test_any_page) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
