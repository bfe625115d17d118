/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what the boot CPU says and derives the policies from it, once. */
#include "cpu/cpuid_boot.h"

#include "cpu/control.h"
#include "cpu/cpuid_fault.h"
#include "cpu/features.h"
#include "cpu/xstate_boot.h"
#include "hv/frame.h"
#include "hv/log.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/version.h"
#include "hw/native/cpu.h"
#include "x86/cpuid/feature_list.h"
#include "x86/cpuid/leaks.h"

#define NAMES_SHOWN 8u

struct arch_cpuid_policies arch_cpuid_policies __ro_after_init;
struct cpuid_machine arch_cpuid_machine __ro_after_init;

static struct cpufeat_list cmdline __initdata;
static bool cmdline_read __initdata;

static __init void bad_item(void *opaque, const char *item, size_t size)
{
    char text[160];

    cpufeat_list_bad_text(item, size, text, sizeof(text));
    log_warning("cpuid=: %s", text);
}

static __init const struct cpufeat_list *cmdline_list(void)
{
    if (cmdline_read)
        return &cmdline;
    cmdline_read = true;
    cpufeat_list_parse(hv_options.cpuid, strlen(hv_options.cpuid), &cmdline, bad_item, NULL);
    for (unsigned int f = 0; f < CPUFEAT_WORDS * 32; f++)
        if (cpufeat_test(cmdline.on, f))
            log_warning("cpuid=: %s can be switched off here, not on; ignored", cpufeat_name(f));
    return &cmdline;
}

__init bool cpuid_boot_switched_off(unsigned int feature)
{
    return cpufeat_test(cmdline_list()->off, feature);
}

static __init void features_off(uint32_t off[CPUFEAT_WORDS])
{
    memcpy(off, cmdline_list()->off, sizeof(cmdline.off));
    cpuid_features_not_kept(off);
    cpu_features_refused(off);
}

static void source_cpuid(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out)
{
    struct cpuid_regs r;

    hw_cpuid(leaf, subleaf, &r);
    *out = (union cpuid_leaf){ { r.eax, r.ebx, r.ecx, r.edx } };
}

static int source_rdmsr(void *opaque, uint32_t msr, uint64_t *value)
{
    return rdmsr_safe(msr, value) ? 0 : -EFAULT;
}

const struct cpuid_source cpuid_this_processor = { source_cpuid, source_rdmsr, NULL };

/* A guest is not kept from what its processor gives away: whoever runs guests must know. */
static __init void log_leaks(const struct cpuid_policy *raw)
{
    uint32_t leaks = cpu_leaks(raw);

    for (unsigned int i = 0; i < CPU_LEAKS; i++)
        if (leaks & BIT(i))
            log_warning("CPU leaks (%s): %s", cpu_leak_name(i), cpu_leak_text(i));
    if (leaks)
        log_warning("CPU leaks: nothing is done about them yet: guests here can learn each other's data");
}

__init void cpuid_boot_init(void)
{
    struct arch_cpuid_policies *p = &arch_cpuid_policies;
    uint32_t off[CPUFEAT_WORDS];

    cpuid_fault_init();
    features_off(off);
    cpuid_policy_raw(&cpuid_this_processor, &p->raw);
    cpuid_policy_host(&p->raw, &xstate_active, off, &p->host);
    cpuid_policy_pv_max(&p->host, &p->pv_max);
    cpuid_policy_pv_default(&p->host, &p->pv_max, &p->pv_default);
    cpuid_policy_hvm_max(&p->host, true, &p->hvm_max);
    cpuid_policy_hvm_default(&p->host, &p->hvm_max, true, &p->hvm_default);
    cpuid_policy_features(&p->host, p->host_features);
    arch_cpuid_machine = (struct cpuid_machine){
        .host = &p->host,
        .hv_version = (uint32_t)HV_VERSION_MAJOR << 16 | hv_version_minor(),
        .maddr_bits = (uint8_t)(64 - __builtin_clzll(frame_table_end - 1) + PAGE_SHIFT),
        .osxsave = hv_cr4 & CR4_OSXSAVE,
        .preserve_ad = true,
    };
    log_leaks(&p->raw);
    log_debug("cpuid: highest leaves %#x and %#x, XCR0 %#lx for PV guests", p->host.basic[0].a, p->host.extd[0].a,
              (unsigned long)cpuid_policy_xcr0(&p->pv_max));
}

/* What the first CPU has and guests may see, and @its has not. */
static unsigned int features_missing(const struct cpuid_policy *its, uint32_t missing[CPUFEAT_WORDS])
{
    uint32_t pv[CPUFEAT_WORDS], hvm[CPUFEAT_WORDS], host[CPUFEAT_WORDS], own[CPUFEAT_WORDS];
    unsigned int nr = 0;

    cpuid_policy_features(&arch_cpuid_policies.pv_max, pv);
    cpuid_policy_features(&arch_cpuid_policies.hvm_max, hvm);
    cpuid_policy_features(&arch_cpuid_policies.host, host);
    cpuid_policy_features(its, own);
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++) {
        missing[i] = host[i] & (pv[i] | hvm[i]) & ~own[i];
        nr += (unsigned int)__builtin_popcount(missing[i]);
    }
    return nr;
}

static void log_missing(const uint32_t missing[CPUFEAT_WORDS], unsigned int nr)
{
    unsigned int shown = 0;

    for (unsigned int f = 0; f < CPUFEAT_WORDS * 32 && shown < NAMES_SHOWN; f++)
        if (cpufeat_test(missing, f) && cpufeat_name(f)) {
            log_error("CPU %u: cpuid: lacks %s, which the first CPU has", this_cpu_id(), cpufeat_name(f));
            shown++;
        }
    if (nr > shown)
        log_error("CPU %u: cpuid: lacks %u more", this_cpu_id(), nr - shown);
}

int cpuid_check_cpu(void)
{
    static struct cpuid_policy its; /* CPUs are started one after the other */
    uint32_t missing[CPUFEAT_WORDS];

    cpuid_policy_raw(&cpuid_this_processor, &its);
    unsigned int nr = features_missing(&its, missing);
    log_missing(missing, nr);
    return nr ? -ENODEV : 0;
}
