/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each CPU remembers what it wrote last, because writing SPEC_CTRL is slow and most guests never change either. */
#include "cpu/guest_msr.h"

#include "cpu/features.h"
#include "hv/percpu.h"
#include "hw/native/cpu.h"
#include "x86/msr/index.h"


static DEFINE_PER_CPU(uint32_t, aux_loaded);
static DEFINE_PER_CPU(uint64_t, spec_loaded);

void guest_msr_load_tsc_aux(uint32_t value)
{
    if (!cpu_has_rdtscp || this_cpu(aux_loaded) == value)
        return;
    wrmsr(MSR_TSC_AUX, value);
    this_cpu(aux_loaded) = value;
}

bool guest_msr_load_spec_ctrl(uint64_t value)
{
    if (this_cpu(spec_loaded) == value)
        return true;
    if (!wrmsr_safe(MSR_SPEC_CTRL, value))
        return false;
    this_cpu(spec_loaded) = value;
    return true;
}
