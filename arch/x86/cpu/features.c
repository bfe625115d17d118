/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One flag for each feature that we use: set from CPUID, and taken back by cpuid= or where a trial finds it missing. */
#include "cpu/features.h"

#include "cpu/cpuid_boot.h"
#include "hv/log.h"
#include "hw/native/cpu.h"

#include <arch/page.h>

bool cpu_has_nx __ro_after_init, cpu_has_1g_pages __ro_after_init, cpu_has_smep __ro_after_init,
    cpu_has_smap __ro_after_init, cpu_has_xsave __ro_after_init,
    cpu_has_fsgsbase __ro_after_init, cpu_has_x2apic __ro_after_init, cpu_has_tsc_deadline __ro_after_init,
    cpu_has_rdtscp __ro_after_init, cpu_has_invariant_tsc __ro_after_init, cpu_is_amd __ro_after_init,
    cpu_is_intel __ro_after_init, cpu_has_arat __ro_after_init, cpu_has_rdpid __ro_after_init;
uint8_t cpu_paddr_bits __ro_after_init = 36;
char cpu_model_name[49] __ro_after_init;

static uint32_t refused[CPUFEAT_WORDS] __initdata;

static __init uint32_t bit(uint32_t reg, unsigned int n)
{
    return (reg >> n) & 1;
}

static __init void detect_basic(uint32_t max)
{
    struct cpuid_regs r;

    hw_cpuid(1, 0, &r);
    cpu_has_x2apic = bit(r.ecx, 21);
    cpu_has_tsc_deadline = bit(r.ecx, 24);
    cpu_has_xsave = bit(r.ecx, 26);
    if (max >= 6) {
        hw_cpuid(6, 0, &r);
        cpu_has_arat = bit(r.eax, 2);
    }
    if (max >= 7) {
        hw_cpuid(7, 0, &r);
        cpu_has_fsgsbase = bit(r.ebx, 0);
        cpu_has_smep = bit(r.ebx, 7);
        cpu_has_smap = bit(r.ebx, 20);
        cpu_has_rdpid = bit(r.ecx, 22);
    }
}

static __init void detect_extended(void)
{
    struct cpuid_regs r;

    hw_cpuid(0x80000000, 0, &r);
    uint32_t max = r.eax;
    if (max >= 0x80000001) {
        hw_cpuid(0x80000001, 0, &r);
        cpu_has_nx = bit(r.edx, 20);
        cpu_has_1g_pages = bit(r.edx, 26);
        cpu_has_rdtscp = bit(r.edx, 27);
    }
    for (uint32_t i = 0; max >= 0x80000004 && i < 3; i++) {
        hw_cpuid(0x80000002 + i, 0, &r);
        memcpy(cpu_model_name + 16 * i, &r, 16);
    }
    if (max >= 0x80000007) {
        hw_cpuid(0x80000007, 0, &r);
        cpu_has_invariant_tsc = bit(r.edx, 8);
    }
    if (max >= 0x80000008) {
        hw_cpuid(0x80000008, 0, &r);
        cpu_paddr_bits = (uint8_t)cpuid_physical_width(r.eax & 0xff);
    }
}

/* What cpuid= takes away is not used here either. */
static __init void obey_cpuid_option(void)
{
    static const __initconst struct {
        uint16_t feature;
        bool *has;
    } rows[] = {
        { CPUFEAT_NX, &cpu_has_nx }, { CPUFEAT_PAGE1GB, &cpu_has_1g_pages }, { CPUFEAT_SMEP, &cpu_has_smep },
        { CPUFEAT_SMAP, &cpu_has_smap }, { CPUFEAT_FSGSBASE, &cpu_has_fsgsbase },
        { CPUFEAT_X2APIC, &cpu_has_x2apic }, { CPUFEAT_TSC_DEADLINE, &cpu_has_tsc_deadline },
        { CPUFEAT_RDTSCP, &cpu_has_rdtscp }, { CPUFEAT_RDPID, &cpu_has_rdpid },
        { CPUFEAT_ITSC, &cpu_has_invariant_tsc },
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
        if (cpuid_boot_switched_off(rows[i].feature))
            *rows[i].has = false;
}

__init void cpu_features_detect(void)
{
    struct cpuid_regs r;

    hw_cpuid(0, 0, &r);
    cpu_is_intel = r.ebx == 0x756e6547;
    cpu_is_amd = r.ebx == 0x68747541 || r.ebx == 0x6f677948; /* AuthenticAMD, HygonGenuine */
    detect_basic(r.eax);
    detect_extended();
    obey_cpuid_option();
}

__init void cpu_feature_refused(unsigned int feature, const char *how)
{
    cpufeat_set(refused, feature);
    log_warning("cpu: CPUID claims %s, but %s: it is not used, and no guest is told of it", cpufeat_name(feature), how);
}

__init void cpu_features_refused(uint32_t off[CPUFEAT_WORDS])
{
    for (unsigned int i = 0; i < CPUFEAT_WORDS; i++)
        off[i] |= refused[i];
}

extern const uint64_t clac_sites_start[], clac_sites_end[];
extern const char image_start[];
extern uint64_t image_paddr;

/* The text is read-only; the direct map is not. */
__init void cpu_patch_clac(void)
{
    static const uint8_t clac_insn[3] = { 0x0f, 0x01, 0xca };

    if (!cpu_has_smap)
        return;
    for (const uint64_t *site = clac_sites_start; site < clac_sites_end; site++)
        memcpy(paddr_to_virt(image_paddr + (*site - (uint64_t)image_start)), clac_insn, sizeof(clac_insn));
}

bool cpu_is_tcg(void)
{
    struct cpuid_regs r;

    hw_cpuid(1, 0, &r);
    if (!(r.ecx >> 31)) /* nobody answers at 0x40000000 */
        return false;
    hw_cpuid(0x40000000, 0, &r);
    return r.ebx == 0x54474354 && r.ecx == 0x43544743 && r.edx == 0x47435447; /* TCGTCGTCGTCG */
}
