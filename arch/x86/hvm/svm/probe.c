/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest of a dozen instructions (enter.S) tells what CPUID does not: whether the PAT that it reads is its own, and
 * whether XSETBV can be intercepted. An emulator may lack either. It runs on this CPU's own page table, with all of
 * memory at its place in nested pages of 1 GiB. Where that cannot be, the answer is no: that is always right, and slow.
 */
#include "cpu/features.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "hvm/svm/svm.h"
#include "hw/native/cpu.h"
#include "x86/cpu/debugreg.h"
#include "x86/cpu/segment.h"
#include "x86/msr/index.h"

#include <arch/page.h>

#define LEAF_1G   0xe7ULL /* present, writable, user, accessed, dirty, large */
#define TABLE     0x67ULL
#define OTHER_PAT 0x0606060606060606ULL
#define TRIES     8u
#define CODE64    0x29b   /* attributes: present, code, readable, long */
#define DATA      0xc93

struct pages { struct vmcb *vmcb; uint64_t *l4, *l3; void *iopm, *msrpm; };

static void pages_free(struct pages *p)
{
    void *one[] = { p->vmcb, p->l4, p->l3 };

    for (size_t i = 0; i < ARRAY_SIZE(one); i++)
        if (one[i])
            hv_free_pages(one[i], 0);
}

static bool pages_alloc(struct pages *p)
{
    *p = (struct pages){ .vmcb = hv_alloc_pages(0), .l4 = hv_alloc_pages(0), .l3 = hv_alloc_pages(0) };
    if (p->vmcb && p->l4 && p->l3)
        return true;
    pages_free(p);
    return false;
}

static void fill(struct pages *p)
{
    struct vmcb *b = p->vmcb;

    for (uint64_t i = 0; i < 512; i++)
        p->l3[i] = i << 30 | LEAF_1G;
    p->l4[0] = virt_to_paddr(p->l3) | TABLE;
    *b = (struct vmcb){
        .exceptions = ~0u, .intercepts = VMCB_INTR | VMCB_NMI | VMCB_SHUTDOWN | VMCB_INIT,
        .intercepts2 = VMCB2_VMRUN | VMCB2_VMMCALL | VMCB2_XSETBV, .asid = 1, .tlb_control = 1,
        .nested = VMCB_NESTED_PAGING, .nested_cr3 = virt_to_paddr(p->l4), .v_interrupt = VMCB_V_MASKING,
        .cs = { .selector = 8, .attr = CODE64, .limit = ~0u }, .ss = { .selector = 16, .attr = DATA, .limit = ~0u },
        .ds = { .attr = DATA, .limit = ~0u }, .es = { .attr = DATA, .limit = ~0u },
        .tr = { .attr = SEG_TSS_BUSY, .limit = 0x67 }, .efer = rdmsr(MSR_EFER), .cr0 = read_cr0(), .cr3 = read_cr3(),
        .cr4 = read_cr4(), .dr6 = DR6_FIXED, .dr7 = DR7_FIXED, .rflags = RFLAGS_FIXED,
        .rip = (uint64_t)svm_probe_guest, .g_pat = OTHER_PAT,
    };
}

/* True: it came to one of its two ends. */
static bool finished(const struct vmcb *b)
{
    if (b->exit_code == SVM_EXIT_VMMCALL)
        return b->rip == (uint64_t)svm_probe_end;
    return b->exit_code == SVM_EXIT_XSETBV && b->rip == (uint64_t)svm_probe_xsetbv;
}

void svm_probe(struct svm_features *f)
{
    struct cpu_user_regs regs;
    struct pages p;

    if (!cpu_has_1g_pages || !pages_alloc(&p))
        return;
    for (unsigned int i = 0; i < TRIES; i++) {
        fill(&p);
        regs = (struct cpu_user_regs){ .r8 = (read_cr4() & CR4_OSXSAVE) != 0 };
        svm_enter(&regs, virt_to_paddr(p.vmcb), svm_host_vmcb());
        irq_disable();
        if (p.vmcb->exit_code != SVM_EXIT_INTR && p.vmcb->exit_code != SVM_EXIT_NMI)
            break;
    }
    if (finished(p.vmcb)) {
        f->pat_isolated = regs.rbx == OTHER_PAT;
        f->xsetbv_seen = p.vmcb->exit_code == SVM_EXIT_XSETBV;
        f->next_rip = f->next_rip && p.vmcb->next_rip == p.vmcb->rip + 3;
    } else {
        log_warning("svm: the trial guest ended by %s (%#lx) at %#lx: nothing is believed of this processor's SVM",
                    svm_exit_text(p.vmcb->exit_code), (unsigned long)p.vmcb->exit_code, (unsigned long)p.vmcb->rip);
        f->next_rip = false;
    }
    pages_free(&p);
}
