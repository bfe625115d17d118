/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The architecture's part of crash notes. */
#include "base/format.h"
#include "cpu/features.h"
#include "entry/entry.h"
#include "hv/kexec.h"
#include "hw/native/cpu.h"
#include "hw/native/segment.h"
#include "kexec/notes.h"
#include "mm/map.h"
#include "x86/msr/index.h"

#include <arch/current.h>

/* Roughly where the caller is: enough for a call trace to begin. */
static void registers_here(struct cpu_user_regs *r)
{
    *r = (struct cpu_user_regs){ .cs = HV_CS, .ss = HV_DS, .rflags = RFLAGS_FIXED };
    r->rip = (uint64_t)__builtin_return_address(0);
    r->rbp = (uint64_t)__builtin_frame_address(0);
    r->rsp = r->rbp;
}

void arch_kexec_save_regs(struct kexec_cpu_notes *n, const struct cpu_user_regs *regs)
{
    const struct kexec_xen_regs control = { read_cr0(), read_cr2(), read_cr3(), read_cr4() };
    uint64_t fs = rdmsr(MSR_FS_BASE), gs = rdmsr(MSR_GS_BASE);
    struct cpu_user_regs r;

    if (regs) {
        r = (struct cpu_user_regs){ 0 };
        memcpy(&r, regs, offsetof(struct cpu_user_regs, es)); /* of our own context nothing lies beyond SS */
        r.ds = read_ds();
        r.es = read_es();
        r.fs = read_fs();
        r.gs = read_gs();
    } else {
        registers_here(&r);
    }
    kexec_cpu_notes_regs(n, this_cpu_id(), &r);
    memcpy(&n->status.fs_base, &fs, sizeof(fs));
    memcpy(&n->status.gs_base, &gs, sizeof(gs));
    memcpy(&n->regs, &control, sizeof(control));
}

/* The top page table by its address in the direct map: whoever has it can follow every other address. */
size_t arch_kexec_vmcoreinfo(char *buf, size_t cap)
{
    if (cap)
        *buf = 0;
    return format_append(buf, cap, "SYMBOL(pgd_l4)=%lx\n", (unsigned long)paddr_to_virt(hv_l4_paddr));
}
