/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a vCPU's registers to the emulator's and back. What it leaves to us is in control.c, debugreg.c and port.c.
 * Memory is reached as the CPU would reach it; where a guest-physical address has no frame, a device may answer, and
 * if there is none, reads give all ones and writes vanish.
 */
#include "hvm/insn.h"

#include "hv/log.h"
#include "hvm/control.h"
#include "hvm/hvm.h"
#include "hvm/lapic.h"
#include "hvm/p2m.h"
#include "hvm/port.h"
#include "hvm/vendor.h"
#include "hvm/walk.h"
#include "hw/native/cpu.h"
#include "hw/native/exception.h"
#include "x86/cpu/debugreg.h"

#define REPEAT_MAX 1024u

struct insn {
    struct vcpu *v;
    unsigned int kinds;
    struct guest_paging paging;
};

static const uint16_t register_at[EMU_REGISTERS] = {
#define AT(emu, reg) [emu] = offsetof(struct cpu_user_regs, reg)
    AT(EMU_RAX, rax), AT(EMU_RCX, rcx), AT(EMU_RDX, rdx), AT(EMU_RBX, rbx), AT(EMU_RSP, rsp), AT(EMU_RBP, rbp),
    AT(EMU_RSI, rsi), AT(EMU_RDI, rdi), AT(EMU_R8, r8), AT(EMU_R9, r9), AT(EMU_R10, r10), AT(EMU_R11, r11),
    AT(EMU_R12, r12), AT(EMU_R13, r13), AT(EMU_R14, r14), AT(EMU_R15, r15),
#undef AT
};

static void state_load(const struct vcpu *v, const struct cpu_user_regs *regs, struct emulate_state *e)
{
    struct hvm_state s;

    hvm_vendor->state_get(v, &s);
    *e = (struct emulate_state){ .rip = regs->rip, .rflags = regs->rflags, .cr0 = s.cr0, .cr4 = s.cr4, .efer = s.efer,
                                 .cpl = hvm_vendor->cpl(v) };
    for (unsigned int i = 0; i < EMU_REGISTERS; i++)
        e->reg[i] = *(const uint64_t *)((const char *)regs + register_at[i]);
    memcpy(e->seg, s.seg, sizeof(e->seg));
}

/* Nothing that is done here changes segments. */
static void state_store(struct vcpu *v, struct cpu_user_regs *regs, const struct emulate_state *e)
{
    uint64_t flags = e->rflags;

    for (unsigned int i = 0; i < EMU_REGISTERS; i++)
        *(uint64_t *)((char *)regs + register_at[i]) = e->reg[i];
    if (e->repeat) {
        regs->rflags = flags;
        hvm_vendor->shadow_set(v, false);
        if (flags & RFLAGS_TF)
            hvm_debug_trap(v, DR6_BS);
        return;
    }
    hvm_advance(v, regs, e->rip);
    regs->rflags = flags;
    if (e->shadow)
        hvm_vendor->shadow_set(v, true);
}

void hvm_advance(struct vcpu *v, struct cpu_user_regs *regs, uint64_t next)
{
    bool step = regs->rflags & RFLAGS_TF;

    regs->rip = hvm_vendor->in_64bit(v) ? next : (uint32_t)next;
    regs->rflags &= ~RFLAGS_RF;
    hvm_vendor->shadow_set(v, false);
    if (step)
        hvm_debug_trap(v, DR6_BS);
}

static enum emulate_end page_fault(struct emulate_state *s, uint64_t address, uint32_t error)
{
    s->fault = (struct emulate_fault){ .vector = TRAP_PF, .error = error, .address = address };
    return EMULATE_FAULT;
}

/* Where @address lies. Memory that is not there at all has no frame: a device's, or nobody's. */
static enum emulate_end locate(struct insn *i, struct emulate_state *s, uint64_t address, bool write, uint64_t *gpa,
                               struct frame **f)
{
    struct guest_walk w;

    *f = NULL;
    switch (hvm_walk(i->v, &i->paging, address, write ? GUEST_WALK_WRITE : 0, &w)) {
    case GUEST_WALK_DONE:
        break;
    case GUEST_WALK_FAULT:
        return page_fault(s, address, w.error);
    default:
        return EMULATE_UNHANDLED;
    }
    *gpa = w.paddr;
    if (!hvm_lapic_is_at(i->v, w.paddr))
        *f = hvm_frame_access(i->v->domain, gfn(w.paddr >> PAGE_SHIFT), write, NULL);
    return EMULATE_OK;
}

static enum emulate_end read_piece(struct insn *i, struct emulate_state *s, uint64_t address, unsigned int n,
                                   uint8_t *data, bool write)
{
    struct frame *f;
    uint64_t gpa, value = ~0ULL;
    enum emulate_end end = locate(i, s, address, write, &gpa, &f);

    if (end != EMULATE_OK)
        return end;
    if (f) {
        memcpy(data, (const char *)mfn_to_virt(frame_to_mfn(f)) + (gpa & (PAGE_SIZE - 1)), n);
        frame_put(f);
        return EMULATE_OK;
    }
    if (n <= 8 && hvm_lapic_is_at(i->v, gpa))
        value = hvm_lapic_read(i->v, gpa & (PAGE_SIZE - 1), n);
    if (n <= 8)
        memcpy(data, &value, n);
    else
        memset(data, 0xff, n);
    return EMULATE_OK;
}

static enum emulate_end write_piece(struct insn *i, struct emulate_state *s, uint64_t address, unsigned int n,
                                    const uint8_t *data)
{
    struct frame *f;
    uint64_t gpa, value = 0;
    enum emulate_end end = locate(i, s, address, true, &gpa, &f);

    if (end != EMULATE_OK)
        return end;
    if (f) {
        memcpy((char *)mfn_to_virt(frame_to_mfn(f)) + (gpa & (PAGE_SIZE - 1)), data, n);
        frame_put(f);
    } else if (n <= 8 && hvm_lapic_is_at(i->v, gpa)) {
        memcpy(&value, data, n);
        hvm_lapic_write(i->v, gpa & (PAGE_SIZE - 1), n, value);
    }
    return EMULATE_OK;
}

/* How much of an access to @address lies in its page. */
static unsigned int in_page(uint64_t address, unsigned int bytes)
{
    return MIN(bytes, (unsigned int)(PAGE_SIZE - (address & (PAGE_SIZE - 1))));
}

static enum emulate_end op_read(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                void *data, bool write)
{
    unsigned int n = in_page(address, bytes);
    enum emulate_end end = read_piece(opaque, s, address, n, data, write);

    if (end == EMULATE_OK && n < bytes)
        end = read_piece(opaque, s, address + n, bytes - n, (uint8_t *)data + n, write);
    return end;
}

/* Over the edge of a page: both are looked at before the first is written. */
static enum emulate_end op_write(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                 const void *data)
{
    unsigned int n = in_page(address, bytes);
    enum emulate_end end = EMULATE_OK;
    struct frame *f;
    uint64_t gpa;

    if (n < bytes) {
        end = locate(opaque, s, address + n, true, &gpa, &f);
        if (f)
            frame_put(f);
    }
    if (end == EMULATE_OK)
        end = write_piece(opaque, s, address, n, data);
    if (end == EMULATE_OK && n < bytes)
        end = write_piece(opaque, s, address + n, bytes - n, (const uint8_t *)data + n);
    return end;
}

#define EXCHANGE(type)                                                                                        \
    do {                                                                                                      \
        type was, next;                                                                                       \
        memcpy(&was, old, sizeof(was));                                                                       \
        memcpy(&next, data, sizeof(next));                                                                    \
        *changed = !__atomic_compare_exchange_n((type *)at, &was, next, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    } while (0)

static bool exchange_in(char *at, unsigned int bytes, const void *old, const void *data, bool *changed)
{
    switch (bytes) {
    case 1: EXCHANGE(uint8_t); return true;
    case 2: EXCHANGE(uint16_t); return true;
    case 4: EXCHANGE(uint32_t); return true;
    case 8: EXCHANGE(uint64_t); return true;
    default: return false;
    }
}

/* In memory, and inside a page: what else LOCK is put before is not done. On a device it is a write. */
static enum emulate_end op_exchange(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                    const void *old, const void *data, bool *changed)
{
    struct insn *i = opaque;
    struct frame *f;
    uint64_t gpa;
    enum emulate_end end;

    *changed = false;
    if (in_page(address, bytes) < bytes)
        return EMULATE_UNHANDLED;
    end = locate(i, s, address, true, &gpa, &f);
    if (end != EMULATE_OK)
        return end;
    if (!f)
        return write_piece(i, s, address, bytes, data);
    bool done = exchange_in((char *)mfn_to_virt(frame_to_mfn(f)) + (gpa & (PAGE_SIZE - 1)), bytes, old, data, changed);
    frame_put(f);
    return done ? EMULATE_OK : EMULATE_UNHANDLED;
}

static enum emulate_end op_in(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes,
                              uint32_t *value)
{
    struct insn *i = opaque;

    if (!(i->kinds & HVM_INSN_PORT))
        return EMULATE_UNHANDLED;
    *value = hvm_port_in(i->v, port, bytes);
    return EMULATE_OK;
}

static enum emulate_end op_out(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes,
                               uint32_t value)
{
    struct insn *i = opaque;

    if (!(i->kinds & HVM_INSN_PORT))
        return EMULATE_UNHANDLED;
    hvm_port_out(i->v, port, bytes, value);
    return EMULATE_OK;
}

static unsigned int kind_of(enum emulate_special what)
{
    switch (what) {
    case EMU_CR_READ: case EMU_CR_WRITE: case EMU_CLTS: case EMU_LMSW: case EMU_SMSW:
        return HVM_INSN_CONTROL;
    case EMU_DR_READ: case EMU_DR_WRITE:
        return HVM_INSN_DEBUG;
    case EMU_XSETBV:
        return HVM_INSN_XCR;
    default:
        return 0;
    }
}

static enum emulate_end op_special(void *opaque, struct emulate_state *s, struct emulate_request *r)
{
    struct insn *i = opaque;

    if (!(i->kinds & kind_of(r->what)))
        return EMULATE_UNHANDLED;
    return hvm_control_special(i->v, s, r);
}

static const struct emulate_ops ops = { op_read, op_write, op_exchange, op_in, op_out, op_special };

static unsigned int fetch(struct vcpu *v, const struct emulate_state *s, uint8_t code[EMULATE_BYTES_MAX])
{
    struct guest_walk last;

    return hvm_fetch(v, s->seg[EMU_CS].base + s->rip, code, EMULATE_BYTES_MAX, &last);
}

bool hvm_instruction(struct vcpu *v, struct cpu_user_regs *regs, unsigned int kinds)
{
    struct insn i = { .v = v, .kinds = kinds };
    uint8_t code[EMULATE_BYTES_MAX];
    struct emulate_state s;

    state_load(v, regs, &s);
    hvm_paging(v, &i.paging);
    /* A step is one round of REP. */
    switch (emulate(&s, code, fetch(v, &s, code), s.rflags & RFLAGS_TF ? 1 : REPEAT_MAX, &ops, &i)) {
    case EMULATE_OK:
        state_store(v, regs, &s);
        return true;
    case EMULATE_FAULT:
        if (s.fault.vector == TRAP_PF)
            hvm_inject_page_fault(v, s.fault.error, s.fault.address);
        else
            hvm_inject_fault(v, s.fault.vector, s.fault.error);
        return true;
    case EMULATE_RETRY: /* a location that kept changing: the guest tries again */
        return true;
    default:
        return false;
    }
}

unsigned int hvm_instruction_length(struct vcpu *v, const struct cpu_user_regs *regs)
{
    uint8_t code[EMULATE_BYTES_MAX];
    struct emulate_state s;

    state_load(v, regs, &s);
    return emulate_length(&s, code, fetch(v, &s, code));
}
