/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the simulated machine lacks: every duty of the architecture that it does not do, with the reason. Whatever is
 * not here is done: by the product's own code (SIM_X86 in mk/sim.mk, arch/x86/pv/mm), or by the simulator in its own
 * way (CPUs, time, RAM, kexec, hypfs, what tools and guests are told: one file each).
 */
#include "hv/domain.h"
#include "hv/hypercall.h"
#include "hv/kexec.h"
#include "hv/log.h"
#include "hv/toolstack.h"
#include "hv/version.h"
#include "hvm/hvm.h"

/* No processor: a domain has no CPU policy, and a vCPU neither registers that count nor a state that a CPU holds. */
void arch_sync_vcpu(struct vcpu *v) { }
void arch_vcpu_update_time(struct vcpu *v) { }
int arch_vcpu_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx) { return 0; }
int arch_vcpu_initialise(struct vcpu *v, uint64_t arg) { return 0; }
int arch_vcpu_reset(struct vcpu *v) { return 0; }
long arch_vcpu_op(uint32_t cmd, struct vcpu *v, uint64_t arg) { return -ENOSYS; }
void arch_dump_vcpu(const struct vcpu *v) { }
void arch_kexec_save_regs(struct kexec_cpu_notes *n, const struct cpu_user_regs *regs) { }

/* No code: addresses have no names. */
const char *arch_code_name(uintptr_t address) { return "?"; }

/* No devices: nothing raises an interrupt, and there is nothing to stop before another kernel takes over. */
int arch_pirq_bind(struct vcpu *v, uint32_t pirq, bool share) { return 0; }
void arch_pirq_unbind(struct domain *d, uint32_t pirq) { }
void arch_pirq_eoi(struct domain *d, uint32_t pirq) { }
void arch_pirq_set_affinity(struct domain *d, uint32_t pirq, const struct vcpu *v) { }
void arch_kexec_quiesce_devices(void) { }
bool arch_pci_known(const struct physdev_pci_device *dev) { return false; }

/* One thread: other CPUs stand still while one acts. */
void arch_kexec_stop_cpus(void) { }

/* No dump tools read the simulated memory. */
size_t arch_kexec_vmcoreinfo(char *buf, size_t cap) { return 0; }

/* No processor runs a container: it has no address space of its own. */
bool hvm_linear_to_gfn(const struct vcpu *v, uint64_t va, gfn_t *g) { return false; }
