/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What CPUID and MSR accesses answer to a vCPU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cpuid_profiles.h"
#include "x86/cpuid/guest_view.h"
#include "x86/msr/index.h"
#include "x86/msr/pv.h"

static const struct cpuid_time_info clock_info = {
    .vtsc = false, .host_tsc_safe = true, .tsc_mode = 0, .guest_khz = 2000000, .host_khz = 2100000, .incarnation = 3,
    .offset = 0x123456789aULL, .mul = 0x80000000, .shift = -1,
};

enum { PV_USER, PV_KERNEL, PV_KERNEL_NATIVE, PV_DOMU_KERNEL, HVM, HVM_APIC_OFF, HVM_32BIT };

static struct cpuid_vcpu_context context_of(int kind, const struct machine *m)
{
    static struct cpuid_machine machine;
    static struct cpuid_hvm_context hvm;
    struct cpuid_vcpu_context ctx = {
        .machine = &machine, .time = &clock_info, .hvm = kind >= HVM ? &hvm : NULL, .xcr0 = 7,
        .kernel = kind >= PV_KERNEL && kind < HVM, .native = kind == PV_KERNEL_NATIVE,
        .hardware_domain = kind <= PV_KERNEL_NATIVE,
    };

    machine = (struct cpuid_machine){
        .host = &m->host, .osxsave = true, .hv_version = 4 << 16 | 17, .maddr_bits = 46, .preserve_ad = true,
    };
    hvm = (struct cpuid_hvm_context){
        .vcpu_id = 3, .domid = 5, .ospke = true, .long_mode = kind != HVM_32BIT, .apic_enabled = kind != HVM_APIC_OFF,
        .flags = XEN_HVM_CPUID_VCPU_ID_PRESENT | XEN_HVM_CPUID_DOMID_PRESENT,
    };
    return ctx;
}

static const struct view_row {
    const char *name;
    const struct recording *machine;
    int kind;
    uint32_t leaf, subleaf;
    union cpuid_leaf mask, expected;
} view_rows[] = {
    { "dom0 kernel: OSXSAVE, MTRR", &intel_server, PV_KERNEL, 1, 0, { { 0, 0xff000000, 1u << 27 | 1u << 3, 1u << 12 } },
      { { 0, 0, 1u << 27, 1u << 12 } } },
    { "dom0 kernel, plain instruction: MONITOR", &intel_server, PV_KERNEL_NATIVE, 1, 0, { { 0, 0, 1u << 3, 0 } },
      { { 0, 0, 1u << 3, 0 } } },
    { "dom0 kernel: MTRR in AMD's copy, too", &amd_server, PV_KERNEL, 0x80000001, 0, { { 0, 0, 0, 1u << 12 } },
      { { 0, 0, 0, 1u << 12 } } },
    { "domU kernel: not there", &amd_server, PV_DOMU_KERNEL, 0x80000001, 0, { { 0, 0, 0, 1u << 12 } }, { { 0 } } },
    { "PV on AMD: no SYSENTER", &amd_server, PV_KERNEL, 1, 0, { { 0, 0, 0, 1u << 11 } }, { { 0 } } },
    { "HVM on AMD: SYSENTER", &amd_server, HVM, 1, 0, { { 0, 0, 0, 1u << 11 } }, { { 0, 0, 0, 1u << 11 } } },
    { "PV on Intel: SYSENTER", &intel_server, PV_KERNEL, 1, 0, { { 0, 0, 0, 1u << 11 } }, { { 0, 0, 0, 1u << 11 } } },
    { "dom0 user: no OSXSAVE without CR4, no MTRR", &intel_server, PV_USER, 1, 0, { { 0, 0, 1u << 27, 1u << 12 } },
      { { 0 } } },
    { "domU kernel: no MTRR", &intel_server, PV_DOMU_KERNEL, 1, 0, { { 0, 0, 1u << 3, 1u << 12 } }, { { 0 } } },
    { "PV: no VME PSE PGE PSE36, MCE and APIC shown", &intel_server, PV_KERNEL, 1, 0,
      { { 0, 0, 0, 1u << 1 | 1u << 3 | 1u << 13 | 1u << 17 | 1u << 7 | 1u << 9 } },
      { { 0, 0, 0, 1u << 7 | 1u << 9 } } },
    { "PV: no x2APIC, PCID, MONITOR", &intel_server, PV_KERNEL, 1, 0, { { 0, 0, 1u << 21 | 1u << 17 | 1u << 3, 0 } },
      { { 0 } } },
    { "no XSAVE, no OSXSAVE", &intel_old, PV_KERNEL, 1, 0, { { 0, 0, 3u << 26, 0 } }, { { 0 } } },
    { "HVM: APIC id", &intel_server, HVM, 1, 0, { { 0, 0xff000000, 1u << 27, 1u << 9 } },
      { { 0, 6u << 24, 0, 1u << 9 } } },
    { "HVM: APIC switched off", &intel_server, HVM_APIC_OFF, 1, 0, { { 0, 0, 0, 1u << 9 } }, { { 0 } } },
    { "leaf 5 is MWAIT's, for dom0's plain instruction", &intel_server, PV_KERNEL_NATIVE, 5, 0,
      { { ~0u, ~0u, ~0u, ~0u } }, { { 0x40, 0x40, 0x3, 0x2020 } } },
    { "leaf 5 otherwise", &intel_server, PV_KERNEL, 5, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "leaf 6", &intel_server, HVM, 6, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "HVM: OSPKE", &intel_server, HVM, 7, 0, { { 0, 0, 0x18, 0 } }, { { 0, 0, 0x18, 0 } } },
    { "leaf 7 beyond its limit", &intel_server, HVM, 7, 1, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "PV: no topology leaf", &intel_server, PV_KERNEL, 0xb, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "HVM: x2APIC id", &intel_server, HVM, 0xb, 1, { { 0, 0, 0xff, ~0u } }, { { 0, 0, 1, 6 } } },
    { "HVM: level beyond the last", &intel_server, HVM, 0xb, 0x107, { { ~0u, ~0u, ~0u, ~0u } }, { { 0, 0, 7, 6 } } },
    { "XSTATE for this XCR0", &intel_server, PV_KERNEL, 0xd, 0, { { ~0u, ~0u, ~0u, ~0u } },
      { { 0xe7, 0x340, 0xa80, 0 } } },
    { "compacted XSTATE", &intel_server, PV_KERNEL, 0xd, 1, { { ~0u, ~0u, ~0u, ~0u } }, { { 7, 0x340, 0, 0 } } },
    { "AVX component", &intel_server, PV_KERNEL, 0xd, 2, { { ~0u, ~0u, ~0u, ~0u } }, { { 0x100, 0x240, 0, 0 } } },
    { "hidden component", &intel_server, PV_KERNEL, 0xd, 9, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "no such component", &intel_server, PV_KERNEL, 0xd, 63, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "basic leaf beyond the limit is not the last one", &intel_server, HVM, 0xe, 0, { { ~0u, ~0u, ~0u, ~0u } },
      { { 0 } } },
    { "extended leaf beyond the limit", &intel_server, HVM, 0x80000009, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "PV: LM NX SYSCALL", &amd_server, PV_KERNEL, 0x80000001, 0, { { 0, 0, 0, 1u << 29 | 1u << 20 | 1u << 11 } },
      { { 0, 0, 0, 1u << 29 | 1u << 20 | 1u << 11 } } },
    { "Intel HVM in 32-bit mode: no SYSCALL", &intel_server, HVM_32BIT, 0x80000001, 0, { { 0, 0, 0, 1u << 11 } },
      { { 0 } } },
    { "address widths", &amd_server, PV_KERNEL, 0x80000008, 0, { { ~0u, 0, 0, 0 } }, { { 0x3030, 0, 0, 0 } } },
    { "signature", &amd_server, PV_USER, 0x40000000, 0, { { ~0u, ~0u, ~0u, ~0u } },
      { { 0x40000005, 0x566e6558, 0x65584d4d, 0x4d4d566e } } },
    { "version", &amd_server, HVM, 0x40000001, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0x40011, 0, 0, 0 } } },
    { "hypercall page, preserve A/D", &amd_server, PV_KERNEL, 0x40000002, 0, { { ~0u, ~0u, ~0u, ~0u } },
      { { 1, 0x40000000, 1, 0 } } },
    { "hypercall page, HVM", &amd_server, HVM, 0x40000002, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 1, 0x40000000, 0, 0 } } },
    { "time", &amd_server, PV_KERNEL, 0x40000003, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 6, 0, 2000000, 3 } } },
    { "time: offset and scale", &amd_server, PV_KERNEL, 0x40000003, 1, { { ~0u, ~0u, ~0u, ~0u } },
      { { 0x3456789a, 0x12, 0x80000000, ~0u } } },
    { "time: host", &amd_server, PV_KERNEL, 0x40000003, 2, { { ~0u, ~0u, ~0u, ~0u } }, { { 2100000, 0, 0, 0 } } },
    { "time: no more", &amd_server, PV_KERNEL, 0x40000003, 3, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "HVM features", &amd_server, HVM, 0x40000004, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0x18, 3, 5, 0 } } },
    { "HVM features for PV", &amd_server, PV_KERNEL, 0x40000004, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "machine address width", &amd_server, PV_KERNEL, 0x40000005, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0, 46, 0, 0 } } },
    { "beyond the hypervisor leaves", &amd_server, PV_KERNEL, 0x40000006, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
    { "another hypervisor's place", &amd_server, PV_KERNEL, 0x40000100, 0, { { ~0u, ~0u, ~0u, ~0u } }, { { 0 } } },
};

static void test_view(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(view_rows); i++) {
        const struct view_row *r = &view_rows[i];
        struct cpuid_vcpu_context ctx;
        struct machine m;
        union cpuid_leaf out;

        machine_from(r->machine, &m);
        ctx = context_of(r->kind, &m);
        cpuid_guest_view(ctx.hvm ? &m.hvm_default : &m.pv_default, &ctx, r->leaf, r->subleaf, &out);
        for (unsigned int reg = 0; reg < 4; reg++)
            if ((out.reg[reg] & r->mask.reg[reg]) != r->expected.reg[reg])
                fail_msg("%s: register %u is 0x%x", r->name, reg, out.reg[reg]);
    }
}

/* The outer hypervisor's static total never reaches a guest: EBX follows XCR0. */
static void test_xstate_total_follows_xcr0(void **state)
{
    static const uint64_t xcr0[] = { 0x1, 0x3, 0x7, 0xe7 };
    struct cpuid_vcpu_context ctx;
    struct machine m;
    union cpuid_leaf out;

    machine_from(&intel_server, &m);
    ctx = context_of(PV_KERNEL, &m);
    for (size_t i = 0; i < ARRAY_SIZE(xcr0); i++) {
        ctx.xcr0 = xcr0[i];
        cpuid_guest_view(&m.pv_default, &ctx, 0xd, 0, &out);
        assert_int_equal(out.b, xstate_size_std(m.raw.xcomp, xcr0[i]));
    }
}

/* The short way says the same as the long one, whoever asks. */
static void test_simple_leaves(void **state)
{
    static const uint64_t xcr0[] = { 0x1, 0x7, 0xe7 };
    struct machine m;
    unsigned int simple = 0;

    for (size_t i = 0; i < ARRAY_SIZE(recordings) * ARRAY_SIZE(xcr0); i++) {
        machine_from(recordings[i / ARRAY_SIZE(xcr0)], &m);
        for (int kind = PV_USER; kind < HVM; kind++)
            for (uint32_t leaf = 0; leaf < 0x20; leaf++)
                for (uint32_t subleaf = 0; subleaf < 70 && cpuid_pv_is_simple(leaf); subleaf++, simple++) {
                    struct cpuid_vcpu_context ctx = context_of(kind, &m);
                    union cpuid_leaf full, fast;

                    ctx.xcr0 = xcr0[i % ARRAY_SIZE(xcr0)];
                    cpuid_guest_view(&m.pv_default, &ctx, leaf, subleaf, &full);
                    cpuid_pv_view_simple(&m.pv_default, ctx.xcr0, ctx.xss, leaf, subleaf, &fast);
                    assert_memory_equal(&full, &fast, sizeof(full));
                }
    }
    assert_true(simple > 0);
}

static int fake_host_read(void *opaque, uint32_t msr, uint64_t *value)
{
    *value = 0x1000 + msr;
    return msr == MSR_AMD_TOM2; /* which faults */
}

enum { FAULTS = -EPERM };
static const struct msr_row {
    const char *name;
    const struct recording *machine;
    bool hwdom;
    uint32_t msr;
    int read;
    uint64_t value;
    uint64_t written;
    int write;
    enum msr_effect effect;
} msr_rows[] = {
    { "FS base", &amd_server, false, MSR_FS_BASE, 0, 0x1111, 0x7fff00000000, 0, MSR_EFFECT_FS_BASE },
    { "GS base", &amd_server, false, MSR_GS_BASE, 0, 0x2222, 0xffff888000000000, 0, MSR_EFFECT_GS_BASE },
    { "user GS base", &amd_server, false, MSR_KERNEL_GS_BASE, 0, 0x3333, 0, 0, MSR_EFFECT_GS_BASE_USER },
    { "not canonical", &amd_server, false, MSR_GS_BASE, 0, 0x2222, 0x800000000000, FAULTS, MSR_EFFECT_NONE },
    { "EFER, SVME hidden", &amd_server, true, MSR_EFER, 0, 0xd01, 0xd01, 0, MSR_EFFECT_NONE },
    { "EFER is not the guest's to change", &amd_server, true, MSR_EFER, 0, 0xd01, 0x501, FAULTS, MSR_EFFECT_NONE },
    { "APIC base", &amd_server, true, MSR_APIC_BASE, 0, 0xfee00800, 0, FAULTS, MSR_EFFECT_NONE },
    { "PAT", &amd_server, true, MSR_PAT, 0, 0x050100070406, 0x050100070406, FAULTS, MSR_EFFECT_NONE },
    { "another PAT", &amd_server, true, MSR_PAT, 0, 0x050100070406, 0x0007040600070406, FAULTS, MSR_EFFECT_NONE },
    { "TSC", &amd_server, false, MSR_TSC, 0, 0x4444, 1, FAULTS, MSR_EFFECT_NONE },
    { "TSC_AUX", &amd_server, false, MSR_TSC_AUX, 0, 0x5, 0xffffffff, 0, MSR_EFFECT_TSC_AUX },
    { "TSC_AUX, reserved half", &amd_server, false, MSR_TSC_AUX, 0, 0x5, 1ULL << 32, FAULTS, MSR_EFFECT_NONE },
    { "PLATFORM_INFO with faulting", &intel_server, true, MSR_PLATFORM_INFO, 0, 1ULL << 31, 0, FAULTS, 0 },
    { "faulting on", &intel_server, true, MSR_MISC_FEATURES, 0, 0, 1, 0, MSR_EFFECT_MISC_FEATURES },
    { "hypercall page", &intel_server, false, MSR_HYPERCALL_PAGE, 0, 0, 0x1234000, 0,
      MSR_EFFECT_HYPERCALL_PAGE },
    { "hypercall page number 1", &intel_server, false, MSR_HYPERCALL_PAGE, 0, 0, 0x1234001, FAULTS, 0 },
    { "faulting on without the processor's help", &amd_server, true, MSR_MISC_FEATURES, 0, 0, 1, FAULTS, 0 },
    { "ARCH_CAPS", &intel_server, true, MSR_ARCH_CAPS, 0, 0x23, 0, FAULTS, MSR_EFFECT_NONE },
    { "ARCH_CAPS without the feature", &amd_server, true, MSR_ARCH_CAPS, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "microcode, AMD", &amd_server, true, MSR_UCODE_REVISION, 0, 0xa001, 0, FAULTS, MSR_EFFECT_NONE },
    { "microcode, Intel", &intel_server, true, MSR_UCODE_REVISION, 0, 0xa00100000000, 0, 0, MSR_EFFECT_NONE },
    { "PRED_CMD", &intel_server, false, MSR_PRED_CMD, FAULTS, 0, 1, 0, MSR_EFFECT_PRED_CMD },
    { "PRED_CMD, unknown bit", &intel_server, false, MSR_PRED_CMD, FAULTS, 0, 2, FAULTS, MSR_EFFECT_NONE },
    { "SPEC_CTRL", &intel_server, false, MSR_SPEC_CTRL, 0, 0, 7, 0, MSR_EFFECT_SPEC_CTRL },
    { "SPEC_CTRL, unknown bit", &intel_server, false, MSR_SPEC_CTRL, 0, 0, 8, FAULTS, MSR_EFFECT_NONE },
    { "TOM for dom0", &amd_server, true, MSR_AMD_TOM, 0, 0xc001101a, 0, FAULTS, MSR_EFFECT_NONE },
    { "TOM for domU", &amd_server, false, MSR_AMD_TOM, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "TOM2 that faults", &amd_server, true, MSR_AMD_TOM2, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "NB_CFG by dom0", &amd_server, true, MSR_AMD_NB_CFG, 0, 0xc001101f, 5, 0, MSR_EFFECT_HOST },
    { "NB_CFG by domU", &amd_server, false, MSR_AMD_NB_CFG, 0, 0, 5, 0, MSR_EFFECT_NONE },
    { "HWCR", &amd_server, true, MSR_AMD_HWCR, 0, 0, 1, 0, MSR_EFFECT_NONE },
    { "HWCR on Intel", &intel_server, true, MSR_AMD_HWCR, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "XSS is HVM's", &intel_server, true, MSR_XSS, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "DEBUGCTL", &intel_server, true, MSR_DEBUGCTL, 0, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "DEBUGCTL, AMD", &amd_server, false, MSR_DEBUGCTL, 0, 0, 1, FAULTS, MSR_EFFECT_NONE },
    { "PERF_CAPABILITIES", &intel_server, true, MSR_PERF_CAPS, 0, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "PERF_CAPABILITIES, AMD", &amd_server, false, MSR_PERF_CAPS, 0, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "MCG_CAP, AMD", &amd_server, false, MSR_MCG_CAP, 0, 2, 5, 0, MSR_EFFECT_NONE },
    { "MCG_CAP, Intel", &intel_server, false, MSR_MCG_CAP, 0, 0x1000c02, 5, 0, MSR_EFFECT_NONE },
    { "MC1_CTL", &intel_server, false, 0x404, 0, ~0ULL, 5, 0, MSR_EFFECT_NONE },
    { "MC1_STATUS, cleared", &intel_server, false, 0x405, 0, 0, 0, 0, MSR_EFFECT_NONE },
    { "MC1_STATUS, set", &intel_server, false, 0x405, 0, 0, 1, FAULTS, MSR_EFFECT_NONE },
    { "a bank that there is not", &amd_server, false, 0x47f, 0, 0, 1, 0, MSR_EFFECT_NONE },
    { "beyond the banks", &amd_server, false, 0x480, FAULTS, 0, 1, FAULTS, MSR_EFFECT_NONE },
    { "MISC_ENABLE", &intel_server, false, MSR_MISC_ENABLE, 0, 0x801920, 1, 0, MSR_EFFECT_NONE },
    { "FEATURE_CONTROL", &intel_server, false, MSR_FEATURE_CONTROL, 0, 1, 1, FAULTS, MSR_EFFECT_NONE },
    { "FEATURE_CONTROL, AMD", &amd_server, false, MSR_FEATURE_CONTROL, FAULTS, 0, 1, FAULTS, MSR_EFFECT_NONE },
    { "a performance counter", &intel_server, false, MSR_PMC0, 0, 0, 1, 0, MSR_EFFECT_NONE },
    { "a performance counter, AMD", &amd_server, false, MSR_AMD_PERFCTR3, 0, 0, 1, 0, MSR_EFFECT_NONE },
    { "LSTAR", &amd_server, true, 0xc0000082, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
    { "MTRR", &amd_server, true, 0x2ff, FAULTS, 0, 0, FAULTS, MSR_EFFECT_NONE },
};

static void test_msrs(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(msr_rows); i++) {
        const struct msr_row *r = &msr_rows[i];
        struct machine m;
        struct msr_write w;
        uint64_t value;
        int rc;
        struct msr_pv_context ctx = {
            .policy = &m.pv_default, .hardware_domain = r->hwdom, .vcpu_id = 1, .fs_base = 0x1111, .gs_base = 0x2222,
            .gs_base_user = 0x3333, .guest_tsc = 0x4444, .tsc_aux = 5, .efer = 0x1d01, .pat = 0x050100070406,
            .microcode = 0xa001, .host_read = fake_host_read,
        };

        machine_from(r->machine, &m);
        rc = msr_pv_read(&ctx, r->msr, &value);
        if (rc != r->read || (!rc && value != r->value))
            fail_msg("%s: read %d, 0x%llx", r->name, rc, (unsigned long long)value);
        rc = msr_pv_write(&ctx, r->msr, r->written, &w);
        if (rc != r->write || w.effect != (rc ? MSR_EFFECT_NONE : r->effect))
            fail_msg("%s: write %d, effect %d", r->name, rc, w.effect);
        if (w.effect != MSR_EFFECT_NONE)
            assert_int_equal(w.value, r->written);
    }
}

/* XEN_X86_MSR_RELAXED: what the table does not name and the machine has reads as 0 and ignores writes. */
static void test_msrs_relaxed(void **state)
{
    static const struct {
        const char *name;
        uint32_t msr;
        int rc;
    } rows[] = {
        { "LSTAR", 0xc0000082, 0 },
        { "MTRR", 0x2ff, 0 },
        { "hidden by the table: ARCH_CAPS", MSR_ARCH_CAPS, FAULTS },
        { "hidden by the table: TOM for domU", MSR_AMD_TOM, FAULTS },
    };
    struct machine m;

    machine_from(&amd_server, &m);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct msr_pv_context ctx = { .policy = &m.pv_default, .relaxed = true, .host_read = fake_host_read };
        uint64_t value = 1;
        struct msr_write w;

        if (msr_pv_read(&ctx, rows[i].msr, &value) != rows[i].rc || value)
            fail_msg("%s: read 0x%llx", rows[i].name, (unsigned long long)value);
        if (msr_pv_write(&ctx, rows[i].msr, 5, &w) != rows[i].rc || w.effect != MSR_EFFECT_NONE)
            fail_msg("%s: write, effect %d", rows[i].name, w.effect);
        ctx.host_read = NULL; /* the machine has no such MSR */
        assert_int_equal(msr_pv_read(&ctx, rows[i].msr, &value), FAULTS);
        assert_int_equal(msr_pv_write(&ctx, rows[i].msr, 5, &w), FAULTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_msrs_relaxed),
        cmocka_unit_test(test_view),
        cmocka_unit_test(test_xstate_total_follows_xcr0),
        cmocka_unit_test(test_simple_leaves),
        cmocka_unit_test(test_msrs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
