/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where execution goes on: conditions, jumps, calls, returns. A target is checked before anything is pushed. */
#include "x86/emulate/private.h"
#include "x86/pte/pte.h"

bool flags_meet(const struct work *w, unsigned int number)
{
    uint64_t f = w->s.rflags;
    bool less = !!(f & RFLAGS_SF) != !!(f & RFLAGS_OF), holds;

    switch (number >> 1) {
    case 0: holds = f & RFLAGS_OF; break;
    case 1: holds = f & RFLAGS_CF; break;
    case 2: holds = f & RFLAGS_ZF; break;
    case 3: holds = f & (RFLAGS_CF | RFLAGS_ZF); break;
    case 4: holds = f & RFLAGS_SF; break;
    case 5: holds = f & RFLAGS_PF; break;
    case 6: holds = less; break;
    default: holds = less || (f & RFLAGS_ZF); break;
    }
    return number & 1 ? !holds : holds;
}

enum emulate_end emulate_jump(struct work *w, uint64_t target)
{
    if (in_64bit(w)) {
        if (!va_is_canonical(target))
            return emulate_gp(w);
    } else {
        target &= size_mask(w->operand_bytes);
        if (target > w->s.seg[EMU_CS].limit)
            return emulate_gp(w);
    }
    w->s.rip = target;
    return EMULATE_OK;
}

static enum emulate_end jump_relative(struct work *w)
{
    return emulate_jump(w, w->s.rip + sign_extend(w->src.value, w->src.bytes));
}

enum emulate_end op_jcc(struct work *w)
{
    return flags_meet(w, w->opcode & 15) ? jump_relative(w) : EMULATE_OK;
}

enum emulate_end op_jmp(struct work *w)
{
    return jump_relative(w);
}

enum emulate_end op_jmp_near(struct work *w)
{
    return emulate_jump(w, w->src.value);
}

static enum emulate_end call_to(struct work *w, uint64_t target)
{
    uint64_t back = w->s.rip;
    enum emulate_end end = emulate_jump(w, target);

    return end == EMULATE_OK ? stack_push(w, w->operand_bytes, back) : end;
}

enum emulate_end op_call(struct work *w)
{
    return call_to(w, w->s.rip + sign_extend(w->src.value, w->src.bytes));
}

enum emulate_end op_call_near(struct work *w)
{
    return call_to(w, w->src.value);
}

enum emulate_end op_ret(struct work *w)
{
    uint64_t target;
    enum emulate_end end = stack_pop(w, w->operand_bytes, &target);

    if (end == EMULATE_OK)
        end = emulate_jump(w, target);
    if (end == EMULATE_OK)
        register_put(w, EMU_RSP, stack_bytes(w), false, w->s.reg[EMU_RSP] + (uint16_t)w->src.value);
    return end;
}

enum emulate_end op_loop(struct work *w)
{
    uint64_t count = (w->s.reg[EMU_RCX] - 1) & size_mask(w->address_bytes);
    bool zero = w->s.rflags & RFLAGS_ZF, go = count;

    if (w->opcode == 0xe0)
        go &= !zero;
    if (w->opcode == 0xe1)
        go &= zero;
    register_put(w, EMU_RCX, w->address_bytes, false, count);
    return go ? jump_relative(w) : EMULATE_OK;
}

enum emulate_end op_jcxz(struct work *w)
{
    return w->s.reg[EMU_RCX] & size_mask(w->address_bytes) ? EMULATE_OK : jump_relative(w);
}

/* The caller knows the guest's interrupt table; RIP, which it pushes, is behind the instruction. */
enum emulate_end op_int(struct work *w)
{
    return emulate_special_op(w, EMU_INT, (unsigned int)w->src.value & 0xff, NULL);
}

enum emulate_end op_int3(struct work *w)
{
    return emulate_special_op(w, EMU_INT, 3, NULL);
}

enum emulate_end op_into(struct work *w)
{
    return w->s.rflags & RFLAGS_OF ? emulate_special_op(w, EMU_INT, 4, NULL) : EMULATE_OK;
}

enum emulate_end op_bound(struct work *w)
{
    unsigned int bytes = w->operand_bytes;
    uint64_t limits = 0;
    int64_t index = (int64_t)sign_extend(register_get(w, modrm_reg(w), bytes, false), bytes), lower, upper;
    enum emulate_end end = memory_read(w, w->dst.seg, w->dst.offset, bytes * 2, false, &limits);

    if (end != EMULATE_OK)
        return end;
    lower = (int64_t)sign_extend(limits, bytes);
    upper = (int64_t)sign_extend(limits >> (bytes * 8), bytes);
    return index < lower || index > upper ? emulate_raise(w, TRAP_BR, 0) : EMULATE_OK;
}

/* In real and virtual-8086 mode a selector is an address; elsewhere descriptors decide, which are the caller's. */
static void load_real(struct work *w, enum emulate_segment seg, uint16_t selector)
{
    w->s.seg[seg].selector = selector;
    w->s.seg[seg].base = (uint64_t)selector << 4;
}

static bool selectors_are_addresses(const struct work *w)
{
    return in_real_mode(w) || in_vm86(w);
}

static enum emulate_end far_jump(struct work *w, uint16_t selector, uint64_t offset)
{
    enum emulate_end end;

    if (!selectors_are_addresses(w))
        return emulate_special_op(w, EMU_FAR_JUMP, selector, &offset);
    end = emulate_jump(w, offset);
    if (end == EMULATE_OK)
        load_real(w, EMU_CS, selector);
    return end;
}

static enum emulate_end far_call(struct work *w, uint16_t selector, uint64_t offset)
{
    uint64_t back = w->s.rip;
    enum emulate_end end;

    if (!selectors_are_addresses(w))
        return emulate_special_op(w, EMU_FAR_CALL, selector, &offset);
    end = emulate_jump(w, offset);
    if (end == EMULATE_OK)
        end = stack_push(w, w->operand_bytes, w->s.seg[EMU_CS].selector);
    if (end == EMULATE_OK)
        end = stack_push(w, w->operand_bytes, back);
    if (end == EMULATE_OK)
        load_real(w, EMU_CS, selector);
    return end;
}

enum emulate_end op_jmp_far(struct work *w)
{
    return far_jump(w, (uint16_t)w->imm, w->src.value);
}

enum emulate_end op_call_far(struct work *w)
{
    return far_call(w, (uint16_t)w->imm, w->src.value);
}

static enum emulate_end far_pointer(struct work *w, uint64_t *offset, uint16_t *selector)
{
    unsigned int bytes = w->operand_bytes;
    uint8_t data[10] = { 0 };
    enum emulate_end end = memory_read(w, w->dst.seg, w->dst.offset, bytes + 2, false, data);

    *offset = 0;
    memcpy(offset, data, bytes);
    memcpy(selector, data + bytes, sizeof(*selector));
    return end;
}

enum emulate_end op_jmp_far_memory(struct work *w)
{
    uint16_t selector;
    uint64_t offset;
    enum emulate_end end = far_pointer(w, &offset, &selector);

    return end == EMULATE_OK ? far_jump(w, selector, offset) : end;
}

enum emulate_end op_call_far_memory(struct work *w)
{
    uint16_t selector;
    uint64_t offset;
    enum emulate_end end = far_pointer(w, &offset, &selector);

    return end == EMULATE_OK ? far_call(w, selector, offset) : end;
}

enum emulate_end op_ret_far(struct work *w)
{
    uint64_t target, selector, drop = (uint16_t)w->src.value;
    enum emulate_end end;

    if (!selectors_are_addresses(w))
        return emulate_special_op(w, EMU_FAR_RET, w->operand_bytes, &drop);
    end = stack_pop(w, w->operand_bytes, &target);
    if (end == EMULATE_OK)
        end = stack_pop(w, w->operand_bytes, &selector);
    if (end == EMULATE_OK)
        end = emulate_jump(w, target);
    if (end != EMULATE_OK)
        return end;
    load_real(w, EMU_CS, (uint16_t)selector);
    register_put(w, EMU_RSP, stack_bytes(w), false, w->s.reg[EMU_RSP] + drop);
    return EMULATE_OK;
}

enum emulate_end op_iret(struct work *w)
{
    uint64_t may = FLAGS_ARITHMETIC | RFLAGS_TF | RFLAGS_IF | RFLAGS_DF | RFLAGS_IOPL | RFLAGS_NT | RFLAGS_AC |
                   RFLAGS_ID;
    uint64_t target, selector, flags;
    enum emulate_end end;

    if (!in_real_mode(w))
        return emulate_special_op(w, EMU_IRET, w->operand_bytes, NULL);
    end = stack_pop(w, w->operand_bytes, &target);
    if (end == EMULATE_OK)
        end = stack_pop(w, w->operand_bytes, &selector);
    if (end == EMULATE_OK)
        end = stack_pop(w, w->operand_bytes, &flags);
    if (end == EMULATE_OK)
        end = emulate_jump(w, target);
    if (end != EMULATE_OK)
        return end;
    load_real(w, EMU_CS, (uint16_t)selector);
    may &= size_mask(w->operand_bytes);
    w->s.rflags = (w->s.rflags & ~(may | RFLAGS_RF)) | (flags & may);
    return EMULATE_OK;
}
