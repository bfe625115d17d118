/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules that a VMCB must keep, each broken alone; exits taken apart, with values that a processor gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "x86/svm/check.h"
#include "x86/svm/exit.h"

static const struct vmcb_limits limits = { .phys_bits = 40, .asids = 16, .cr4 = 0x1506f0, .efer = 0x1d01 };

static struct vmcb good(void)
{
    return (struct vmcb){
        .intercepts = VMCB_MSR | VMCB_IOIO, .intercepts2 = VMCB2_VMRUN, .iopm = 0x10000, .msrpm = 0x20000, .asid = 1,
        .nested = VMCB_NESTED_PAGING, .nested_cr3 = 0x30000, .efer = 0x1d01, .cr0 = 0x80050033, .cr4 = 0x20,
        .cr3 = 0x1000, .cs = { .attr = 0xa9b }, .dr6 = 0xffff0ff0, .dr7 = 0x400, .rflags = 2,
    };
}

#define BREAK(field, value, says)                                                                                      \
    { #field " " #value, offsetof(struct vmcb, field), sizeof(((struct vmcb *)0)->field), value, says }

static void test_rules(void **state)
{
    static const struct {
        const char *name;
        size_t offset, size;
        uint64_t value;
        const char *says; /* NULL: VMRUN takes it */
    } t[] = {
        BREAK(efer, 0xd01, "VMCB: EFER is 0xd01: SVME (bit 12) must be set"),
        BREAK(cr0, 0xa0050033, "VMCB: CR0 is 0xa0050033: NW needs CD"),
        BREAK(cr0, 0xe0050033, NULL),
        BREAK(cr0, 0x180050033, "VMCB: CR0 is 0x180050033: bits 32 to 63 must be 0"),
        BREAK(cr0, 0x80050032, "VMCB: CR0 is 0x80050032: long mode needs PE"),
        BREAK(cr0, 0x10, "VMCB: EFER is 0x1d01: LMA (bit 10) must be LME and CR0.PG"),
        BREAK(efer, 0x1901, "VMCB: EFER is 0x1901: LMA (bit 10) must be LME and CR0.PG"),
        BREAK(efer, 0x1c01, "VMCB: EFER is 0x1c01: LMA (bit 10) must be LME and CR0.PG"),
        BREAK(efer, 0x1801, NULL), /* paging without long mode */
        BREAK(cr3, 0x10000000000, "VMCB: CR3 is 0x10000000000: it reaches beyond the physical addresses"),
        BREAK(cr4, 0x80000020, "VMCB: CR4 is 0x80000020: a reserved bit is set"),
        BREAK(cr4, 0, "VMCB: CR4 is 0: long mode needs PAE"),
        BREAK(dr6, 0x100000000, "VMCB: DR6 is 0x100000000: bits 32 to 63 must be 0"),
        BREAK(dr7, 0x100000400, "VMCB: DR7 is 0x100000400: bits 32 to 63 must be 0"),
        BREAK(efer, 0x1d03, "VMCB: EFER is 0x1d03: a reserved bit is set"),
        BREAK(cs.attr, 0xe9b, "VMCB: CS attributes is 0xe9b: L and D exclude each other in long mode"),
        BREAK(cs.attr, 0xc9b, NULL), /* compatibility mode */
        BREAK(intercepts2, 0, "VMCB: intercepts is 0: VMRUN (bit 0) must be intercepted"),
        BREAK(iopm, 0xfffffff000, "VMCB: I/O bitmap is 0xfffffff000: it reaches beyond the physical addresses"),
        BREAK(msrpm, 0xfffffff000, "VMCB: MSR bitmap is 0xfffffff000: it reaches beyond the physical addresses"),
        BREAK(msrpm, 0xffffffe000, NULL),
        BREAK(asid, 0, "VMCB: ASID is 0: 0 is the host's, and there are no more than CPUID says"),
        BREAK(asid, 16, "VMCB: ASID is 0x10: 0 is the host's, and there are no more than CPUID says"),
        BREAK(nested_cr3, 0x30001, "VMCB: nested CR3 is 0x30001: it must be a page of physical memory"),
        BREAK(event, 0x80000114, "VMCB: event is 0x80000114: no such type, or no such exception"),
        BREAK(event, 0x80000302, "VMCB: event is 0x80000302: no such type, or no such exception"),
        BREAK(event, 0x800003c8, "VMCB: event is 0x800003c8: no such type, or no such exception"),
        BREAK(event, 0x00000114, NULL), /* not valid, so not looked at */
        BREAK(event, 0x80000b0d, NULL),
        BREAK(event, 0x80000051, NULL),
    };
    char text[VMCB_CHECK_TEXT];
    struct vmcb v = good();

    assert_true(vmcb_check(&v, &limits, text));
    v.cr0 = 0x10; /* real mode */
    v.efer = 0x1901;
    assert_true(vmcb_check(&v, &limits, text));
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        bool taken;

        v = good();
        memcpy((uint8_t *)&v + t[i].offset, &t[i].value, t[i].size);
        taken = vmcb_check(&v, &limits, text);
        if (taken != !t[i].says)
            fail_msg("%s: %s", t[i].name, taken ? "taken" : text);
        if (!taken)
            assert_string_equal(text, t[i].says);
    }
}

static void test_io(void **state)
{
    static const struct {
        uint64_t info1;
        struct svm_io io;
    } t[] = {
        { 0x12340010, { .port = 0x1234, .bytes = 1 } },
        { 0x12340041, { .port = 0x1234, .bytes = 4, .in = true } },
        { 0x1234001c, { .port = 0x1234, .bytes = 1, .string = true, .repeat = true } },
        { 0x00700020, { .port = 0x70, .bytes = 2 } },
    };

    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        struct vmcb v = { .exit_info1 = t[i].info1, .exit_info2 = 0x1054e2 };
        struct svm_io io;

        assert_true(svm_exit_io(&v, &io));
        assert_int_equal(io.port, t[i].io.port);
        assert_int_equal(io.bytes, t[i].io.bytes);
        assert_true(io.in == t[i].io.in && io.string == t[i].io.string && io.repeat == t[i].io.repeat);
        assert_int_equal(io.next_rip, 0x1054e2);
    }
    struct vmcb v = { .exit_info1 = 0x12340001 };
    struct svm_io io;

    assert_false(svm_exit_io(&v, &io));
}

static void test_nested_faults(void **state)
{
    struct vmcb v = { .exit_info1 = 0x100000006, .exit_info2 = 0x40000003 };
    struct svm_nested_fault f = svm_exit_nested_fault(&v);

    assert_true(f.write && !f.present && !f.fetch && !f.reserved && !f.in_tables);
    assert_int_equal(f.address, 0x40000003);
    v.exit_info1 = 0x200000007;
    f = svm_exit_nested_fault(&v);
    assert_true(f.write && f.present && f.in_tables);
    v.exit_info1 = 0x100000015;
    f = svm_exit_nested_fault(&v);
    assert_true(f.fetch && f.present && !f.write);
}

static void test_texts(void **state)
{
    assert_string_equal(svm_exit_text(SVM_EXIT_NPF), "nested page fault");
    assert_string_equal(svm_exit_text(0xffffffff), "invalid VMCB");
    assert_string_equal(svm_exit_text(~0ULL), "invalid VMCB");
    assert_string_equal(svm_exit_text(0x14), "control register write");
    assert_string_equal(svm_exit_text(0x4e), "exception");
    assert_string_equal(svm_exit_text(0x12345), "unknown exit");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules), cmocka_unit_test(test_io), cmocka_unit_test(test_nested_faults),
        cmocka_unit_test(test_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
