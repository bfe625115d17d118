/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of what SVM does for hvm/. */
#include "hvm/svm/svm.h"

static uint8_t svm_cpl(const struct vcpu *v) { return svm_vmcb(v)->cpl & 3; }

static bool svm_in_64bit(const struct vcpu *v)
{
    return (v->arch.hvm.efer & BIT(10)) && (svm_vmcb(v)->cs.attr & EMU_SEG_L);
}

static bool svm_xcr0_unseen(void) { return !svm_features.xsetbv_seen; }

const struct hvm_vendor hvm_svm = {
    .name = "SVM", .cpu_on = svm_host_cpu_on, .vcpu_create = svm_vcpu_create, .vcpu_destroy = svm_vcpu_destroy,
    .state_get = svm_state_get, .state_put = svm_state_put, .paging_get = svm_paging_get,
    .control_changed = svm_control_changed, .cr_write = svm_cr_write, .dr7_write = svm_dr7_write, .cpl = svm_cpl,
    .in_64bit = svm_in_64bit, .tsc_changed = svm_tsc_changed, .msr_get = svm_msr_get, .msr_put = svm_msr_put,
    .interruptible = svm_interruptible, .shadowed = svm_shadowed, .shadow_set = svm_shadow_set, .inject = svm_inject,
    .window = svm_window, .tpr_watch = svm_tpr_watch, .nmi_watch = svm_nmi_watch, .tpr_load = svm_tpr_load,
    .tpr_get = svm_tpr_get,
    .run = svm_run, .exit = svm_exit, .xcr0_unseen = svm_xcr0_unseen, .exit_text = svm_last_exit,
};
