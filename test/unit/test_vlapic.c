/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual local APIC: modes, registers, priorities, commands, destinations, the timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "x86/vlapic/vlapic.h"

static struct vlapic v;
static struct vlapic_effect effect;

static void fresh(uint32_t id, bool x2)
{
    vlapic_reset(&v, id, id == 0);
    if (x2)
        assert_true(vlapic_base_write(&v, v.base | VLAPIC_BASE_X2APIC, true));
}

static void put(unsigned int reg, uint32_t value)
{
    vlapic_mmio_write(&v, reg, 4, value, 0, &effect);
}

static uint32_t get(unsigned int reg)
{
    return (uint32_t)vlapic_mmio_read(&v, reg, 4, 0);
}

static void test_reset(void **state)
{
    static const struct {
        unsigned int reg;
        uint32_t value;
    } t[] = {
        { VLAPIC_ID, 2u << 24 },    { VLAPIC_LVR, 0x50014 },      { VLAPIC_TPR, 0 },          { VLAPIC_SVR, 0xff },
        { VLAPIC_DFR, ~0u },        { VLAPIC_LDR, 0 },            { VLAPIC_LVTT, 0x10000 },   { VLAPIC_LVT0, 0x10000 },
        { VLAPIC_LVT1, 0x10000 },   { VLAPIC_LVT_ERROR, 0x10000 }, { VLAPIC_LVT_PC, 0x10000 }, { VLAPIC_TDCR, 0 },
        { VLAPIC_TMICT, 0 },        { VLAPIC_TMCCT, 0 },          { VLAPIC_ESR, 0 },          { VLAPIC_ICR, 0 },
    };

    fresh(2, false);
    assert_int_equal(v.base, 0xfee00800);
    for (size_t i = 0; i < ARRAY_SIZE(t); i++)
        assert_int_equal(get(t[i].reg), t[i].value);
    fresh(0, false);
    assert_int_equal(v.base, 0xfee00900);
}

#define OFF 0xfee00100ULL
#define XAPIC 0xfee00900ULL
#define X2APIC 0xfee00d00ULL

static void test_modes(void **state)
{
    static const struct {
        uint64_t from, to;
        bool taken;
    } t[] = {
        { XAPIC, XAPIC, true },   { XAPIC, OFF, true },    { XAPIC, X2APIC, true }, { XAPIC, OFF | 0x400, false },
        { OFF, XAPIC, true },     { OFF, X2APIC, false },  { OFF, OFF | 0x400, false },
        { X2APIC, OFF, true },    { X2APIC, XAPIC, false }, { X2APIC, X2APIC, true },
        { XAPIC, XAPIC + 0x1000, false }, { XAPIC, XAPIC | 1, false }, { XAPIC, XAPIC | 1ULL << 40, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        fresh(0, false);
        if (t[i].from != XAPIC)
            assert_true(vlapic_base_write(&v, t[i].from, true));
        assert_int_equal(vlapic_base_write(&v, t[i].to, true), t[i].taken);
        assert_int_equal(v.base, t[i].taken ? t[i].to : t[i].from);
    }
    fresh(0, false);
    assert_false(vlapic_base_write(&v, X2APIC, false)); /* not in its CPUID */
    fresh(0x26, true);
    assert_int_equal(v.reg[VLAPIC_ID / 4], 0x26);
    assert_int_equal(v.reg[VLAPIC_LDR / 4], 0x20000 | 1 << 6);
}

/* Each x2APIC MSR: read, write of 0, and each bit that may be set. */
static void test_x2apic_msrs(void **state)
{
    static const struct {
        uint32_t msr;
        bool read, write;
        uint64_t mask;
    } t[] = {
        { 0x802, true, false, 0 },       { 0x803, true, false, 0 },       { 0x808, true, true, 0xff },
        { 0x809, false, false, 0 },      { 0x80a, true, false, 0 },       { 0x80b, false, true, 0 },
        { 0x80c, false, false, 0 },      { 0x80d, true, false, 0 },       { 0x80e, false, false, 0 },
        { 0x80f, true, true, 0x3ff },    { 0x810, true, false, 0 },       { 0x827, true, false, 0 },
        { 0x828, true, true, 0 },        { 0x829, false, false, 0 },      { 0x82f, true, true, 0x117ff },
        { 0x830, true, true, 0xffffffff000ccfff },                        { 0x831, false, false, 0 },
        { 0x832, true, true, 0x710ff },  { 0x833, true, true, 0x117ff },  { 0x834, true, true, 0x117ff },
        { 0x835, true, true, 0x1f7ff },  { 0x836, true, true, 0x1f7ff },  { 0x837, true, true, 0x110ff },
        { 0x838, true, true, 0xffffffff },                                { 0x839, true, false, 0 },
        { 0x83e, true, true, 0xb },      { 0x83f, false, true, 0xff },    { 0x840, false, false, 0 },
        { 0x8ff, false, false, 0 },      { 0x7ff, false, false, 0 },
    };
    uint64_t value;

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        fresh(0, true);
        if (vlapic_msr_read(&v, t[i].msr, 0, &value) != t[i].read ||
            vlapic_msr_write(&v, t[i].msr, 0, 0, &effect) != t[i].write)
            fail_msg("MSR %#x", t[i].msr);
        for (unsigned int bit = 0; bit < 64; bit++)
            if (vlapic_msr_write(&v, t[i].msr, BIT(bit), 0, &effect) != !!(t[i].mask & BIT(bit)))
                fail_msg("MSR %#x, bit %u", t[i].msr, bit);
    }
    fresh(0, false);
    assert_false(vlapic_msr_read(&v, 0x802, 0, &value)); /* none of them in xAPIC mode */
    assert_false(vlapic_msr_write(&v, 0x80b, 0, 0, &effect));
}

static void test_mmio_sizes(void **state)
{
    fresh(0, false);
    put(VLAPIC_LVT0, 0x1f712);
    assert_int_equal(vlapic_mmio_read(&v, VLAPIC_LVT0 + 1, 1, 0), 0xf7);
    assert_int_equal(vlapic_mmio_read(&v, VLAPIC_LVT0, 2, 0), 0xf712);
    assert_int_equal(vlapic_mmio_read(&v, VLAPIC_LVT0 + 3, 2, 0), 0); /* over the register's end */
    assert_int_equal(vlapic_mmio_read(&v, VLAPIC_LVT0 + 4, 4, 0), 0); /* between registers */
    assert_int_equal(vlapic_mmio_read(&v, VLAPIC_LVR, 8, 0), 0);
    assert_int_equal(vlapic_mmio_read(&v, 0x3f0, 4, 0), 0);
    assert_int_equal(vlapic_mmio_read(&v, 0xffc, 4, 0), 0);
    vlapic_mmio_write(&v, VLAPIC_TPR, 1, 0x45, 0, &effect);
    assert_int_equal(get(VLAPIC_TPR), 0x45);
}

static void test_software_disabled(void **state)
{
    fresh(0, false);
    put(VLAPIC_LVTT, 0x30);
    assert_int_equal(get(VLAPIC_LVTT), 0x10030); /* masked while the APIC is */
    put(VLAPIC_SVR, 0x1ff);
    assert_true(effect.enabled);
    put(VLAPIC_LVTT, 0x30);
    assert_int_equal(get(VLAPIC_LVTT), 0x30);
    put(VLAPIC_SVR, 0x1ff);
    assert_false(effect.enabled);
    vlapic_accept(&v, 0x40, false);
    assert_int_equal(vlapic_next(&v), 0x40);
    put(VLAPIC_SVR, 0xff);
    assert_int_equal(get(VLAPIC_LVTT), 0x10030);
    assert_int_equal(vlapic_next(&v), -1);
}

static void test_priorities(void **state)
{
    fresh(0, false);
    put(VLAPIC_SVR, 0x1ff);
    assert_true(vlapic_accept(&v, 0x51, false));
    assert_false(vlapic_accept(&v, 0x51, false)); /* it was */
    assert_true(vlapic_accept(&v, 0x5f, true));
    assert_true(vlapic_accept(&v, 0x31, false));
    assert_false(vlapic_accept(&v, 0x0f, false));
    assert_int_equal(vlapic_next(&v), 0x5f);
    put(VLAPIC_TPR, 0x50);
    assert_int_equal(vlapic_next(&v), -1);
    vlapic_set_cr8(&v, 4);
    assert_int_equal(vlapic_cr8(&v), 4);
    assert_int_equal(vlapic_next(&v), 0x5f);
    vlapic_take(&v, 0x5f);
    assert_int_equal(vlapic_next(&v), -1); /* 0x51 is of the same class */
    assert_int_equal(get(VLAPIC_PPR), 0x50);
    vlapic_accept(&v, 0x61, false);
    assert_int_equal(vlapic_next(&v), 0x61);
    vlapic_take(&v, 0x61);
    put(VLAPIC_EOI, 0);
    assert_true(effect.ended && effect.vector == 0x61 && !effect.level);
    put(VLAPIC_EOI, 0);
    assert_true(effect.ended && effect.vector == 0x5f && effect.level);
    put(VLAPIC_EOI, 0);
    assert_false(effect.ended);
    assert_int_equal(vlapic_next(&v), 0x51);
    vlapic_set_cr8(&v, 0);
    vlapic_take(&v, 0x51);
    assert_int_equal(vlapic_next(&v), -1); /* 0x31 waits for 0x51's end */
    put(VLAPIC_EOI, 0);
    assert_int_equal(vlapic_next(&v), 0x31);
}

static void test_commands(void **state)
{
    uint64_t icr;

    fresh(0, true);
    /* What Linux sends to start the second CPU: INIT, its end, and the start-up vector. */
    assert_true(vlapic_msr_write(&v, 0x830, 0x20000c500, 0, &effect));
    assert_true(effect.ipi && effect.command.delivery == VLAPIC_INIT && effect.command.level && effect.command.assert);
    assert_int_equal(effect.command.dest, 2);
    assert_true(vlapic_msr_write(&v, 0x830, 0x200008500, 0, &effect));
    assert_true(effect.command.delivery == VLAPIC_INIT && effect.command.level && !effect.command.assert);
    assert_true(vlapic_msr_write(&v, 0x830, 0x200000699, 0, &effect));
    assert_true(effect.command.delivery == VLAPIC_STARTUP && effect.command.vector == 0x99);
    assert_true(vlapic_msr_read(&v, 0x830, 0, &icr));
    assert_int_equal(icr, 0x200000699);
    assert_true(vlapic_msr_write(&v, 0x83f, 0x77, 0, &effect));
    assert_true(effect.ipi && effect.command.shorthand == VLAPIC_TO_SELF && effect.command.vector == 0x77);
    assert_true(vlapic_msr_write(&v, 0x830, 0x0f, 0, &effect)); /* an illegal vector */
    assert_false(effect.ipi);
    assert_true(effect.error);
    assert_int_equal(v.reg[VLAPIC_ESR / 4], VLAPIC_ESR_SEND_ILLEGAL);

    fresh(0, false);
    put(VLAPIC_ICR2, 0x03abcdef);
    assert_int_equal(get(VLAPIC_ICR2), 0x03000000);
    put(VLAPIC_ICR, 0xc1031);
    assert_true(effect.ipi && effect.command.shorthand == VLAPIC_TO_OTHERS && effect.command.dest == 3);
    assert_int_equal(get(VLAPIC_ICR), 0xc0031); /* never busy */
}

static void test_destinations(void **state)
{
    static const struct {
        const char *name;
        uint32_t id, ldr, dfr, dest;
        bool x2, logical, wide, matches;
    } t[] = {
        { "physical", 4, 0, ~0u, 4, false, false, false, true },
        { "physical, another", 4, 0, ~0u, 5, false, false, false, false },
        { "broadcast", 4, 0, ~0u, 0xff, false, false, false, true },
        { "0xff is an id to an x2APIC sender", 4, 0, ~0u, 0xff, false, false, true, false },
        { "flat", 4, 0x04000000, ~0u, 0x06, false, true, false, true },
        { "flat, another", 4, 0x04000000, ~0u, 0x03, false, true, false, false },
        { "cluster", 4, 0x24000000, 0x0fffffff, 0x26, false, true, false, true },
        { "cluster, another cluster", 4, 0x24000000, 0x0fffffff, 0x16, false, true, false, false },
        { "cluster, another member", 4, 0x24000000, 0x0fffffff, 0x22, false, true, false, false },
        { "no such model", 4, 0xff000000, 0x5fffffff, 0x22, false, true, false, false },
        { "logical broadcast", 4, 0, ~0u, 0xff, false, true, false, true },
        { "x2APIC, physical", 0x104, 0, 0, 0x104, true, false, true, true },
        { "x2APIC, broadcast", 0x104, 0, 0, ~0u, true, false, true, true },
        { "x2APIC, logical", 0x104, 0, 0, 0x100010, true, true, true, true },
        { "x2APIC, logical, another cluster", 0x104, 0, 0, 0x110010, true, true, true, false },
        { "x2APIC, logical, another member", 0x104, 0, 0, 0x100020, true, true, true, false },
    };
    struct vlapic sender = { 0 };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct vlapic_command c = { .dest = t[i].dest, .logical = t[i].logical, .wide = t[i].wide };

        fresh(t[i].id, t[i].x2);
        if (!t[i].x2) {
            put(VLAPIC_LDR, t[i].ldr);
            v.reg[VLAPIC_DFR / 4] = t[i].dfr;
        }
        if (vlapic_matches(&v, &c, &sender) != t[i].matches)
            fail_msg("%s", t[i].name);
    }
    for (int self = 0; self < 2; self++) {
        struct vlapic_command c = { .shorthand = VLAPIC_TO_SELF };

        assert_int_equal(vlapic_matches(&v, &c, self ? &v : &sender), self);
        c.shorthand = VLAPIC_TO_OTHERS;
        assert_int_equal(vlapic_matches(&v, &c, self ? &v : &sender), !self);
        c.shorthand = VLAPIC_TO_ALL;
        assert_true(vlapic_matches(&v, &c, self ? &v : &sender));
    }
}

static void test_timer(void **state)
{
    static const uint8_t by[] = { 2, 4, 8, 16, 32, 64, 128, 1 };
    static const uint8_t tdcr[] = { 0, 1, 2, 3, 8, 9, 0xa, 0xb };
    uint64_t when;

    for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
        fresh(0, false);
        put(VLAPIC_SVR, 0x1ff);
        put(VLAPIC_LVTT, 0x35);
        put(VLAPIC_TDCR, tdcr[i]);
        vlapic_mmio_write(&v, VLAPIC_TMICT, 4, 1000, 5000, &effect);
        assert_true(effect.timer);
        assert_int_equal(vlapic_timer_next(&v, 5000, &when), VLAPIC_TIMER_NS);
        assert_int_equal(when, 5000 + 10000ULL * by[i]);
        assert_int_equal(vlapic_mmio_read(&v, VLAPIC_TMCCT, 4, 5000 + 4000ULL * by[i]), 600);
        assert_int_equal(vlapic_timer_end(&v, when), 0x35);
        assert_int_equal(vlapic_timer_next(&v, when, &when), VLAPIC_TIMER_OFF);
        assert_int_equal(vlapic_mmio_read(&v, VLAPIC_TMCCT, 4, when), 0);
        assert_int_equal(get(VLAPIC_TMICT), 1000);
    }
}

static void test_timer_periodic(void **state)
{
    uint64_t when;

    fresh(0, false);
    put(VLAPIC_SVR, 0x1ff);
    put(VLAPIC_TDCR, 0xb);
    put(VLAPIC_LVTT, 0x20035);
    vlapic_mmio_write(&v, VLAPIC_TMICT, 4, 100, 0, &effect);
    assert_int_equal(vlapic_timer_next(&v, 999, &when), VLAPIC_TIMER_NS);
    assert_int_equal(when, 1000);
    assert_int_equal(vlapic_timer_end(&v, 5500), 0x35); /* late by four periods: they are one interrupt */
    assert_int_equal(vlapic_timer_next(&v, 5500, &when), VLAPIC_TIMER_NS);
    assert_int_equal(when, 6000);
    put(VLAPIC_LVTT, 0x30035);
    assert_int_equal(vlapic_timer_end(&v, 6000), -1); /* masked, and running on */
    assert_int_equal(vlapic_timer_next(&v, 6000, &when), VLAPIC_TIMER_NS);
    put(VLAPIC_LVTT, 0x2000f);
    assert_int_equal(vlapic_timer_end(&v, 7000), -1);
}

/* The divisor changes half way: the count that is left stays. */
static void test_timer_rescaled(void **state)
{
    uint64_t when;

    fresh(0, false);
    put(VLAPIC_SVR, 0x1ff);
    put(VLAPIC_TDCR, 0xb);
    put(VLAPIC_LVTT, 0x35);
    vlapic_mmio_write(&v, VLAPIC_TMICT, 4, 1000, 0, &effect);
    vlapic_mmio_write(&v, VLAPIC_TDCR, 4, 0, 5000, &effect);
    assert_true(effect.timer);
    assert_int_equal(vlapic_mmio_read(&v, VLAPIC_TMCCT, 4, 5000), 500);
    assert_int_equal(vlapic_timer_next(&v, 5000, &when), VLAPIC_TIMER_NS);
    assert_int_equal(when, 5000 + 500 * 20);
}

static void test_deadline(void **state)
{
    uint64_t when;

    fresh(0, false);
    put(VLAPIC_SVR, 0x1ff);
    vlapic_deadline_write(&v, 1234, &effect);
    assert_int_equal(vlapic_deadline_read(&v), 0); /* not in this mode */
    put(VLAPIC_LVTT, 0x40041);
    vlapic_mmio_write(&v, VLAPIC_TMICT, 4, 1000, 0, &effect);
    assert_int_equal(get(VLAPIC_TMICT), 0);
    vlapic_deadline_write(&v, 1234, &effect);
    assert_true(effect.timer);
    assert_int_equal(vlapic_deadline_read(&v), 1234);
    assert_int_equal(vlapic_timer_next(&v, 0, &when), VLAPIC_TIMER_TSC);
    assert_int_equal(when, 1234);
    assert_int_equal(vlapic_timer_end(&v, 0), 0x41);
    assert_int_equal(vlapic_deadline_read(&v), 0);
    assert_int_equal(vlapic_timer_next(&v, 0, &when), VLAPIC_TIMER_OFF);
    vlapic_deadline_write(&v, 99, &effect);
    put(VLAPIC_LVTT, 0x41);
    put(VLAPIC_LVTT, 0x40041);
    assert_int_equal(vlapic_deadline_read(&v), 0); /* leaving the mode disarms it */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reset),          cmocka_unit_test(test_modes),
        cmocka_unit_test(test_x2apic_msrs),    cmocka_unit_test(test_mmio_sizes),
        cmocka_unit_test(test_software_disabled), cmocka_unit_test(test_priorities),
        cmocka_unit_test(test_commands),       cmocka_unit_test(test_destinations),
        cmocka_unit_test(test_timer),          cmocka_unit_test(test_timer_periodic),
        cmocka_unit_test(test_timer_rescaled), cmocka_unit_test(test_deadline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
