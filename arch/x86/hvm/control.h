/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control registers, EFER, debug registers and XCR0, as the guest may write them. */
#ifndef HVM_CONTROL_H
#define HVM_CONTROL_H

#include "hv/domain.h"
#include "x86/control/control.h"
#include "x86/emulate/emulate.h"

/** What @d's CPU policy lets be set in CR4 and EFER, and how wide an address is: a whole state is judged by it. */
struct control_limits hvm_control_limits(const struct domain *d);

/* False: #GP, and nothing has changed. @v is current. */
bool hvm_cr0_write(struct vcpu *v, uint64_t value);
bool hvm_cr4_write(struct vcpu *v, uint64_t value);
bool hvm_efer_write(struct vcpu *v, uint64_t value);

/** #DB, with @reason of DR6. */
void hvm_debug_trap(struct vcpu *v, uint64_t reason);

/** What the emulator leaves to its caller of all these. */
enum emulate_end hvm_control_special(struct vcpu *v, struct emulate_state *s, struct emulate_request *r);
/** The rest of it, in debugreg.c. */
enum emulate_end hvm_debugreg_special(struct vcpu *v, struct emulate_state *s, struct emulate_request *r);
/** DR0 to DR3 of @v into the CPU, where the guest has breakpoints; interrupts are off. */
void hvm_debugregs_load(const struct vcpu *v);

#endif
