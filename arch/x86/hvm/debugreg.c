/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug registers (APM volume 2, 13.1). DR0 to DR3 are in the vCPU and are loaded while DR7 arms one of them; DR6 and
 * DR7 are in the control block. A breakpoint of the guest's can only hit in the guest: leaving it disarms DR7.
 */
#include "hvm/control.h"
#include "hvm/hvm.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "x86/cpu/debugreg.h"
#include "x86/cpuid/policy.h"
#include "x86/pte/pte.h"

#define HIGH_HALF    0xffffffff00000000ULL

static enum emulate_end fault(struct emulate_state *s, unsigned int vector)
{
    s->fault = (struct emulate_fault){ .vector = (uint8_t)vector };
    return EMULATE_FAULT;
}

void hvm_debug_trap(struct vcpu *v, uint64_t reason)
{
    struct hvm_state s;

    hvm_vendor->state_get(v, &s);
    hvm_vendor->dr7_write(v, s.dr6 | reason, s.dr7 & ~DR7_GD);
    hvm_inject_fault(v, TRAP_DB, 0);
}

/* With CR4.DE there are no DR4 and DR5, else they are DR6 and DR7. */
static bool number_ok(const struct emulate_state *s, unsigned int *number)
{
    if (*number == 4 || *number == 5) {
        if (s->cr4 & CR4_DE)
            return false;
        *number += 2;
    }
    return true;
}

static void load_now(const struct vcpu *v)
{
    irqflags_t flags = irq_save();

    hvm_debugregs_load(v);
    irq_restore(flags);
}

static enum emulate_end write(struct vcpu *v, struct emulate_state *s, unsigned int number, uint64_t value)
{
    struct hvm_state now;

    if (number < 4) {
        if ((s->efer & EFER_LMA) && !va_is_canonical(value) && !cpuid_policy_has(v->domain->arch.policy, CPUFEAT_DBEXT))
            return fault(s, TRAP_GP);
        v->arch.debugreg[number] = value;
        load_now(v);
        return EMULATE_OK;
    }
    if (value & HIGH_HALF)
        return fault(s, TRAP_GP);
    hvm_vendor->state_get(v, &now);
    if (number == 6)
        hvm_vendor->dr7_write(v, (value & DR6_STATUS) | DR6_FIXED, now.dr7);
    else
        hvm_vendor->dr7_write(v, now.dr6, (value & ~DR7_ZERO) | DR7_FIXED);
    load_now(v);
    return EMULATE_OK;
}

enum emulate_end hvm_debugreg_special(struct vcpu *v, struct emulate_state *s, struct emulate_request *r)
{
    unsigned int number = r->number;
    struct hvm_state now;

    if (!number_ok(s, &number))
        return fault(s, TRAP_UD);
    hvm_vendor->state_get(v, &now);
    if (now.dr7 & DR7_GD) {
        hvm_vendor->dr7_write(v, now.dr6 | DR6_BD, now.dr7 & ~DR7_GD);
        return fault(s, TRAP_DB);
    }
    if (r->what == EMU_DR_WRITE)
        return write(v, s, number, r->value);
    r->value = number == 6 ? now.dr6 : number == 7 ? now.dr7 : v->arch.debugreg[number];
    return EMULATE_OK;
}

void hvm_debugregs_load(const struct vcpu *v)
{
    struct hvm_state s;

    hvm_vendor->state_get(v, &s);
    if (!(s.dr7 & DR7_ENABLES))
        return;
    write_dr0(v->arch.debugreg[0]);
    write_dr1(v->arch.debugreg[1]);
    write_dr2(v->arch.debugreg[2]);
    write_dr3(v->arch.debugreg[3]);
}
