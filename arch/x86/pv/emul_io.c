/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IN and OUT: first whether this code may execute them at all, then what the port gives. */
#include "hv/guest_access.h"
#include "pv/emulate.h"

/* The bitmap is in the kernel's memory, which user mode's page table may not have. */
static bool bitmap_read(struct vcpu *v, unsigned int port, uint16_t *bits)
{
    bool from_user = !v->arch.pv.kernel_mode;
    uint64_t at = v->arch.pv.io_bitmap + port / 8;
    bool two_bytes = port / 8 + 1 < v->arch.pv.io_bitmap_ports / 8;
    int rc;

    *bits = 0xffff;
    if (from_user)
        pv_toggle_mode(v);
    rc = arch_copy_from_guest(bits, at, two_bytes ? 2 : 1);
    if (from_user)
        pv_toggle_mode(v);
    return !rc;
}

bool emul_port_allowed_to_mode(struct vcpu *v, unsigned int port, unsigned int size)
{
    uint16_t bits;

    if (pv_iopl_ok(v))
        return true;
    if (port + size > v->arch.pv.io_bitmap_ports || !bitmap_read(v, port, &bits))
        return false;
    return !(bits >> (port & 7) & ((1u << size) - 1));
}

static void result_merge(struct cpu_user_regs *regs, unsigned int size, uint32_t value)
{
    switch (size) {
    case 1: regs->al = (uint8_t)value; break;
    case 2: regs->ax = (uint16_t)value; break;
    default: regs->rax = value; break;
    }
}

enum emul_result emul_io(struct cpu_user_regs *regs, const struct priv_insn *insn)
{
    struct vcpu *v = current_vcpu();
    unsigned int port = insn->immediate_port ? insn->port : regs->dx;
    unsigned int size = insn->operand_size;

    if (port + size > 0x10000 || !emul_port_allowed_to_mode(v, port, size))
        return EMUL_FAULT;
    if (insn->op == PRIV_IN)
        result_merge(regs, size, emul_port_read(v->domain, port, size));
    else
        emul_port_write(v->domain, port, size, size == 4 ? regs->eax : size == 2 ? regs->ax : regs->al);
    return EMUL_DONE;
}
