/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags: from results (APM volume 1, 3.1.4), and the instructions that set them one by one. */
#include "x86/emulate/private.h"

static bool even_parity(uint64_t result)
{
    return !__builtin_parity((uint8_t)result);
}

void flags_result(struct work *w, uint64_t result, unsigned int bytes)
{
    result &= size_mask(bytes);
    flag_set(w, RFLAGS_ZF, !result);
    flag_set(w, RFLAGS_SF, result & sign_bit(bytes));
    flag_set(w, RFLAGS_PF, even_parity(result));
}

uint64_t flags_logic(struct work *w, uint64_t result, unsigned int bytes)
{
    w->s.rflags &= ~FLAGS_ARITHMETIC; /* AF is undefined: cleared */
    flags_result(w, result, bytes);
    return result;
}

uint64_t flags_add(struct work *w, uint64_t a, uint64_t b, unsigned int carry, unsigned int bytes)
{
    uint64_t r = a + b + carry, sign = sign_bit(bytes);

    flags_result(w, r, bytes);
    flag_set(w, RFLAGS_CF, ((a & b) | ((a | b) & ~r)) & sign);
    flag_set(w, RFLAGS_OF, (a ^ r) & (b ^ r) & sign);
    flag_set(w, RFLAGS_AF, (a ^ b ^ r) & 0x10);
    return r & size_mask(bytes);
}

uint64_t flags_sub(struct work *w, uint64_t a, uint64_t b, unsigned int borrow, unsigned int bytes)
{
    uint64_t r = a - b - borrow, sign = sign_bit(bytes);

    flags_result(w, r, bytes);
    flag_set(w, RFLAGS_CF, ((~a & b) | ((~a | b) & r)) & sign);
    flag_set(w, RFLAGS_OF, (a ^ b) & (a ^ r) & sign);
    flag_set(w, RFLAGS_AF, (a ^ b ^ r) & 0x10);
    return r & size_mask(bytes);
}

enum emulate_end op_clc(struct work *w)
{
    flag_set(w, RFLAGS_CF, false);
    return EMULATE_OK;
}

enum emulate_end op_stc(struct work *w)
{
    flag_set(w, RFLAGS_CF, true);
    return EMULATE_OK;
}

enum emulate_end op_cmc(struct work *w)
{
    w->s.rflags ^= RFLAGS_CF;
    return EMULATE_OK;
}

enum emulate_end op_cld(struct work *w)
{
    flag_set(w, RFLAGS_DF, false);
    return EMULATE_OK;
}

enum emulate_end op_std(struct work *w)
{
    flag_set(w, RFLAGS_DF, true);
    return EMULATE_OK;
}

static bool may_change_if(const struct work *w)
{
    return in_real_mode(w) || w->s.cpl <= (w->s.rflags & RFLAGS_IOPL) >> 12;
}

/* Without the right to IF: the virtual one, where CR4 says so (PVI at CPL 3, VME in virtual-8086 mode). */
static bool has_virtual_if(const struct work *w)
{
    return in_vm86(w) ? w->s.cr4 & BIT(0) : w->s.cpl == 3 && (w->s.cr4 & BIT(1));
}

enum emulate_end op_cli(struct work *w)
{
    if (may_change_if(w))
        flag_set(w, RFLAGS_IF, false);
    else if (has_virtual_if(w))
        flag_set(w, RFLAGS_VIF, false);
    else
        return emulate_gp(w);
    return EMULATE_OK;
}

enum emulate_end op_sti(struct work *w)
{
    if (may_change_if(w)) {
        w->s.shadow = !(w->s.rflags & RFLAGS_IF);
        flag_set(w, RFLAGS_IF, true);
    } else if (has_virtual_if(w) && !(w->s.rflags & RFLAGS_VIP)) {
        flag_set(w, RFLAGS_VIF, true);
    } else {
        return emulate_gp(w);
    }
    return EMULATE_OK;
}

#define LAHF_FLAGS (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF)

enum emulate_end op_lahf(struct work *w)
{
    register_put(w, EMU_RAX, 1, true, (w->s.rflags & LAHF_FLAGS) | 2);
    return EMULATE_OK;
}

enum emulate_end op_sahf(struct work *w)
{
    w->s.rflags = (w->s.rflags & ~LAHF_FLAGS) | (register_get(w, EMU_RAX, 1, true) & LAHF_FLAGS);
    return EMULATE_OK;
}

enum emulate_end op_salc(struct work *w)
{
    register_put(w, EMU_RAX, 1, false, w->s.rflags & RFLAGS_CF ? 0xff : 0);
    return EMULATE_OK;
}
