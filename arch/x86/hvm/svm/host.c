/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SVM of this machine. It is off until the first container is created: no PV guest can use it, and with EFER.SVME its
 * instructions fault in another way. From then on it stays on, on every CPU.
 */
#include "cpu/features.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hvm/svm/svm.h"
#include "hw/native/cpu.h"
#include "hw/native/svm.h"
#include "x86/msr/index.h"

#include <arch/page.h>

#define CPUID_SVM        0x8000000au
#define ECX_SVM          BIT(2) /* of leaf 0x80000001 */
#define EDX_NESTED       BIT(0)
#define EDX_NEXT_RIP     BIT(3)
#define EDX_CLEAN        BIT(5)
#define EDX_FLUSH_ASID   BIT(6)
#define IOPM_ORDER       2u
#define MSRPM_ORDER      1u

struct svm_features svm_features;
paddr_t svm_iopm, svm_msrpm;
static bool probed;

struct svm_cpu { paddr_t save, host; };
static DEFINE_PER_CPU(struct svm_cpu, svm_cpu);

paddr_t svm_host_vmcb(void) { return this_cpu(svm_cpu).host; }

/* Two bits an MSR, reads and writes, from each of three numbers on (APM volume 2, 15.11). */
static void msr_open(uint8_t *map, uint32_t msr)
{
    unsigned int at = msr < 0xc0000000 ? 0 : 0x800, bit = (msr & 0x1fff) * 2;

    map[at + bit / 8] &= (uint8_t)~(3u << bit % 8);
}

/* What VMLOAD and VMSAVE switch anyway is the guest's to change. */
static void maps_fill(void *iopm, void *msrpm)
{
    static const uint32_t open[] = {
        MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP, MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SYSCALL_MASK,
        MSR_FS_BASE, MSR_GS_BASE, MSR_KERNEL_GS_BASE,
    };

    memset(iopm, 0xff, PAGE_SIZE << IOPM_ORDER);
    memset(msrpm, 0xff, PAGE_SIZE << MSRPM_ORDER);
    for (size_t i = 0; i < ARRAY_SIZE(open); i++)
        msr_open(msrpm, open[i]);
    if (svm_features.pat_isolated)
        msr_open(msrpm, MSR_PAT);
}

static bool maps_create(void)
{
    void *iopm = hv_alloc_pages(IOPM_ORDER), *msrpm = hv_alloc_pages(MSRPM_ORDER);

    if (!iopm || !msrpm) {
        if (iopm)
            hv_free_pages(iopm, IOPM_ORDER);
        if (msrpm)
            hv_free_pages(msrpm, MSRPM_ORDER);
        return false;
    }
    maps_fill(iopm, msrpm);
    svm_iopm = virt_to_paddr(iopm);
    svm_msrpm = virt_to_paddr(msrpm);
    return true;
}

static paddr_t page(void)
{
    void *p = hv_alloc_pages(0);

    return p ? virt_to_paddr(p) : 0;
}

/* What was allocated stays for the next try. */
static bool cpu_pages(struct svm_cpu *c)
{
    c->save = c->save ?: page();
    c->host = c->host ?: page();
    return c->save && c->host;
}

static void report(const struct svm_features *f)
{
    log_info("svm: %u ASIDs; next RIP %s, flush by ASID %s, clean bits %s", f->asids,
             f->next_rip ? "yes" : "no", f->flush_by_asid ? "yes" : "no",
             f->clean_bits ? "yes" : "no");
    if (!f->pat_isolated)
        log_info("svm: guests' PAT is not kept apart by this processor: kept in software, without effect");
    if (cpu_has_xsave && !f->xsetbv_seen)
        log_info("svm: XSETBV is not intercepted by this processor: XCR0 is looked at after each exit");
    if (f->repeats_interrupts)
        log_info("svm: this emulator can deliver an injected interrupt twice: guests stop once more after each");
}

static void features_read(struct svm_features *f)
{
    struct cpuid_regs r;

    hw_cpuid(CPUID_SVM, 0, &r);
    *f = (struct svm_features){
        .asids = r.ebx, .next_rip = r.edx & EDX_NEXT_RIP, .flush_by_asid = r.edx & EDX_FLUSH_ASID,
        .clean_bits = r.edx & EDX_CLEAN,
        .loses_interrupts = cpu_is_tcg(), .repeats_interrupts = cpu_is_tcg() && cpumask_weight(&cpu_online) > 1,
    };
}

/* On the first CPU that gets here. All the others are alike: cpuid_check_cpu(). */
static bool probe_once(void)
{
    if (probed)
        return true;
    features_read(&svm_features);
    svm_probe(&svm_features);
    if (!maps_create())
        return false;
    report(&svm_features);
    probed = true;
    return true;
}

bool svm_host_cpu_on(void)
{
    struct svm_cpu *c = &this_cpu(svm_cpu);
    uint64_t efer = rdmsr(MSR_EFER);

    if (efer & EFER_SVME)
        return true;
    if (!cpu_pages(c) || !wrmsr_safe(MSR_EFER, efer | EFER_SVME))
        return false;
    wrmsr(MSR_VM_HSAVE, c->save);
    vmsave(c->host);
    if (probe_once())
        return true;
    wrmsr(MSR_EFER, efer);
    return false;
}

/* In words, what is missing; NULL: nothing. */
static const char *missing(void)
{
    struct cpuid_regs r;
    uint64_t vm_cr;

    hw_cpuid(0x80000000, 0, &r);
    uint32_t max = r.eax;
    hw_cpuid(0x80000001, 0, &r);
    if (!cpu_is_amd || max < CPUID_SVM || !(r.ecx & ECX_SVM))
        return "the processor has no SVM";
    if (rdmsr_safe(MSR_VM_CR, &vm_cr) && (vm_cr & VM_CR_SVMDIS))
        return "firmware has switched SVM off";
    hw_cpuid(CPUID_SVM, 0, &r);
    if (!(r.edx & EDX_NESTED))
        return "the processor's SVM has no nested paging";
    if (r.ebx < 2)
        return "the processor's SVM has no ASIDs";
    return cpu_has_nx ? NULL : "the processor has no NX";
}

__init void hvm_svm_detect(void)
{
    const char *why = missing();

    if (why) {
        log_info("hvm: no PVH and HVM guests on this machine: %s", why);
        return;
    }
    hvm_vendor = &hvm_svm;
    log_info("hvm: PVH guests by SVM with nested paging");
}
