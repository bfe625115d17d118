/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each bit of CR4 and EFER that we want is written once with a fixup in place; the first CPU decides for all the
 * others.
 */
#include "cpu/control.h"

#include "cpu/features.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/copy.h"
#include "hw/native/cpu.h"
#include "hw/native/fpu.h"
#include "x86/cpuid/features.h"
#include "x86/msr/index.h"
#include "x86/msr/memory_types.h"

#define CR0_WANTED  (CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE | CR0_AM)
/* Long mode comes with all of them. */
#define CR4_ALWAYS  (CR4_PAE | CR4_PGE | CR4_MCE | CR4_DE | CR4_OSFXSR | CR4_OSXMMEXCPT)
#define EFER_ALWAYS (EFER_LME | EFER_SCE)

#define GIB_PAGE  0x83ULL     /* present, writable, large: physical address 0 */
#define TRIAL_AT  (4UL << 30) /* behind head.S's identity map */
#define TRIAL_OFFSET 0x1000UL

uint64_t hv_cr4 __ro_after_init;

extern uint64_t boot_l3_identity[];

/* Some machines ignore what others refuse. */
static bool cr4_takes(uint64_t value)
{
    return write_cr4_safe(value) && read_cr4() == value;
}

/* LMA cannot change while paging is on, and AMD refuses a value that lacks it. */
static bool efer_takes(uint64_t value)
{
    uint64_t now;

    return wrmsr_safe(MSR_EFER, value | EFER_LMA) && rdmsr_safe(MSR_EFER, &now) && (now & value) == value;
}

/*
 * SMAP comes with instructions, which show it without a write to CR4: QEMU's emulation (at least up to version 10) does
 * not fault at a bit that it has not, it leaves a guest that is not there and executes the write again, for ever.
 */
static bool may_try(uint64_t bit)
{
    return bit != CR4_SMAP || stac_safe();
}

/*
 * FSGSBASE is the guests'; the others the hypervisor keeps. UMIP restrains CPL 3 alone, where only PV guests are, and
 * their CPUID has none: nobody would gain by it.
 */
static __init void try_cr4(void)
{
    static const __initconst struct {
        uint64_t bit;
        uint16_t feature;
        bool *has;
    } rows[] = {
        { CR4_SMAP, CPUFEAT_SMAP, &cpu_has_smap }, { CR4_SMEP, CPUFEAT_SMEP, &cpu_has_smep },
        { CR4_FSGSBASE, CPUFEAT_FSGSBASE, &cpu_has_fsgsbase },
    };

    hv_cr4 = CR4_ALWAYS;
    write_cr4(hv_cr4);
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        if (!*rows[i].has)
            continue;
        *rows[i].has = may_try(rows[i].bit) && cr4_takes(hv_cr4 | rows[i].bit);
        if (!*rows[i].has)
            cpu_feature_refused(rows[i].feature,
                                rows[i].bit == CR4_SMAP ? "it is not there" : "CR4 does not take its bit");
        else if (rows[i].bit != CR4_FSGSBASE)
            hv_cr4 |= rows[i].bit;
    }
    write_cr4(hv_cr4);
}

/* The rest of EFER, which is never advertised to guests, is cleared. */
static __init void try_efer(void)
{
    if (!efer_takes(EFER_ALWAYS))
        panic("cpu: EFER does not take SCE: 64-bit guests need SYSCALL, and this processor has none");
    if (cpu_has_nx && !efer_takes(EFER_ALWAYS | EFER_NXE)) {
        cpu_has_nx = false;
        cpu_feature_refused(CPUFEAT_NX, "EFER does not take NXE");
        efer_takes(EFER_ALWAYS);
    }
}

static void load_pat(void)
{
    if (!wrmsr_safe(MSR_PAT, PAT_PV_ABI))
        log_warning("CPU %u: the PAT cannot be written: memory types that guests choose are not what they get",
                    this_cpu_id());
}

/*
 * AMD's LFENCE waits for what is before it only with this bit, which firmware often leaves clear. We and guests, whose
 * kernels cannot set it, rely on that against speculation. Processors without the MSR always wait.
 */
static void load_lfence(void)
{
    uint64_t config;

    if (cpu_is_amd && rdmsr_safe(MSR_AMD_DE_CFG, &config))
        wrmsr_safe(MSR_AMD_DE_CFG, config | DE_CFG_LFENCE_SERIALISE);
}

/* Long mode comes with them, and so nobody asks: compilers, guests and we use them. */
static __init void need_sse2(void)
{
    static uint8_t area[512] __aligned_to(16) __initdata;

    if (!sse2_safe(area))
        panic("cpu: FXSAVE, LDMXCSR or MFENCE faults: 64-bit code needs FXSR, SSE and SSE2, and this processor lacks "
              "one. In a virtual machine, choose a CPU model that has them");
}

__init void cpu_control_boot(void)
{
    write_cr0(CR0_WANTED);
    write_cr4(CR4_ALWAYS);
    need_sse2();
    try_cr4();
    try_efer();
    load_pat();
    load_lfence();
}

int cpu_control_init(void)
{
    uint64_t efer = EFER_ALWAYS | (cpu_has_nx ? EFER_NXE : 0);

    write_cr0(CR0_WANTED);
    if (!cr4_takes(hv_cr4) || !efer_takes(efer)) {
        log_error("CPU %u: does not take CR4=%#lx and EFER=%#lx, which the first CPU has",
                  this_cpu_id(), (unsigned long)hv_cr4, (unsigned long)efer);
        return -ENODEV;
    }
    load_pat();
    load_lfence();
    return 0;
}

/* The first GiB once more, as one page. */
__init void cpu_control_try_1g_pages(void)
{
    uint64_t seen = 0, wanted = 0;
    bool good;

    if (!cpu_has_1g_pages)
        return;
    boot_l3_identity[TRIAL_AT >> 30] = GIB_PAGE;
    write_cr3(read_cr3()); /* before the reads, for the compiler as well */
    good = hw_read_u64_safe((const void *)(TRIAL_AT + TRIAL_OFFSET), &seen) &&
           hw_read_u64_safe((const void *)TRIAL_OFFSET, &wanted) && seen == wanted;
    boot_l3_identity[TRIAL_AT >> 30] = 0;
    write_cr3(read_cr3());
    if (good)
        return;
    cpu_has_1g_pages = false;
    cpu_feature_refused(CPUFEAT_PAGE1GB, "a page of 1 GiB cannot be read");
}

__init void cpu_control_try_tsc_aux(void)
{
    if (cpu_has_rdtscp && !(wrmsr_safe(MSR_TSC_AUX, 0) && rdtscp_safe())) {
        cpu_has_rdtscp = false;
        cpu_feature_refused(CPUFEAT_RDTSCP, "TSC_AUX or the instruction faults");
    }
    if (cpu_has_rdpid && !(wrmsr_safe(MSR_TSC_AUX, 0) && rdpid_safe())) {
        cpu_has_rdpid = false;
        cpu_feature_refused(CPUFEAT_RDPID, "TSC_AUX or the instruction faults");
    }
}
