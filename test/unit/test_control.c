/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States of registers as a whole: those that processors are in, and each rule broken alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/control/control.h"

static const struct control_limits limits = { .cr4 = 0x370ff0 | 0x20000, .efer = 0xd01, .phys_bits = 40 };

#define LONG .cr0 = 0x80050033, .cr4 = 0x20, .cr3 = 0x1000, .efer = 0xd00, .dr6 = 0xffff0ff0, .dr7 = 0x400, .rflags = 2
#define FLAT .cr0 = 0x11, .dr6 = 0xffff0ff0, .dr7 = 0x400, .rflags = 2, .cs_attr = 0xc9b

static const struct {
    struct control_state s;
    const char *says; /* the beginning; NULL: it is good */
} cases[] = {
    { { FLAT, .rip = 0xffffffff }, NULL },
    { { .cr0 = 0x60000010, .rflags = 2, .rip = 0xfff0 }, NULL },                           /* after a reset */
    { { FLAT, .efer = 0x100 }, NULL },                                                     /* LME before paging */
    { { .cr0 = 0x80000011, .cr3 = 0xfff000, .cs_attr = 0xc9b }, NULL },                    /* 32-bit tables */
    { { .cr0 = 0x80000011, .cr4 = 0x20, .cs_attr = 0xc9b, .rflags = 0x20002 }, NULL },     /* virtual-8086 mode */
    { { LONG, .cs_attr = 0xa9b, .rip = 0xffffffff81000000 }, NULL },
    { { LONG, .cs_attr = 0xc9b, .rip = 0xffffffff }, NULL },                               /* compatibility mode */
    { { .cr0 = 0x80000011, .cr4 = 0x20020, .efer = 0x500, .cs_attr = 0xa9b }, NULL },      /* PCIDE */
    { { .cr0 = 0x80000010 }, "CR0" },
    { { .cr0 = 0x20000011 }, "CR0" },
    { { .cr0 = 1ULL << 32 | 0x11 }, "CR0" },
    { { FLAT, .cr4 = 1u << 13 }, "CR4 has" },
    { { FLAT, .efer = 0x1000 }, "EFER has" },
    { { FLAT, .efer = 0x500 }, "EFER.LMA" },                                               /* LMA without PG */
    { { .cr0 = 0x80000011, .cr4 = 0x20, .efer = 0x400 }, "EFER.LMA" },                     /* LMA without LME */
    { { .cr0 = 0x80000011, .cr4 = 0x20, .efer = 0x100 }, "EFER.LMA" },                     /* LME and PG without LMA */
    { { .cr0 = 0x80000011, .efer = 0x500 }, "long mode needs" },
    { { FLAT, .cr4 = 0x20000 }, "CR4.PCIDE" },
    { { .cr0 = 0x80000011, .cr4 = 0x20020 }, "CR4.PCIDE" },
    { { FLAT, .cr4 = 0x20000, .efer = 0x100 }, "CR4.PCIDE" },
    { { LONG, .cs_attr = 0xe9b }, "L and D" },
    { { .cr0 = 0x10, .rflags = 0x20002 }, "RFLAGS.VM" },
    { { .cr0 = 0x80000011, .cr4 = 0x20, .efer = 0x500, .rflags = 0x20002 }, "RFLAGS.VM" },
    { { FLAT, .cr3 = 1ULL << 40 }, "CR3" },
    { { FLAT, .rip = 1ULL << 32 }, "RIP" },
    { { LONG, .cs_attr = 0xc9b, .rip = 1ULL << 32 }, "RIP" },
    { { LONG, .cs_attr = 0xa9b, .rip = 1ULL << 47 }, "RIP" },
    { { .cr0 = 0x11, .dr6 = 1ULL << 32 }, "DR6" },
    { { .cr0 = 0x11, .dr7 = 1ULL << 32 }, "DR6" },
    { { FLAT, .address[0] = 1ULL << 47 }, "a base" },
    { { FLAT, .address[7] = 1ULL << 63 }, "a base" },
};

static void test_states(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *why = control_wrong(&cases[i].s, &limits);

        if (!cases[i].says != !why || (why && strncmp(why, cases[i].says, strlen(cases[i].says))))
            fail_msg("case %zu: %s, not %s", i, why ? why : "good", cases[i].says ? cases[i].says : "good");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_states) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
