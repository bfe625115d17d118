/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decode, load, do, store, commit. */
#include "x86/emulate/private.h"

#define LOCK_TRIES 16u

enum emulate_end emulate_raise(struct work *w, unsigned int vector, uint32_t error)
{
    w->s.fault = (struct emulate_fault){ .vector = (uint8_t)vector, .error = error };
    return EMULATE_FAULT;
}

static unsigned int code_bytes(const struct emulate_state *s)
{
    uint16_t cs = s->seg[EMU_CS].attr;

    if ((s->efer & BIT(10)) && (cs & EMU_SEG_L))
        return 8;
    return cs & EMU_SEG_D && (s->cr0 & 1) && !(s->rflags & RFLAGS_VM) ? 4 : 2;
}

static struct work begin(const struct emulate_state *state, const uint8_t *code, unsigned int count)
{
    struct work w = { .s = *state, .code = code, .count = MIN(count, EMULATE_BYTES_MAX) };

    w.code_bytes = code_bytes(state);
    w.s.shadow = w.s.repeat = false;
    return w;
}

static enum emulate_end execute(struct work *w)
{
    unsigned int flags = w->flags;
    uint64_t old, old_high;
    enum emulate_end end = EMULATE_OK;

    w->s.rip += w->at;
    if (!in_64bit(w))
        w->s.rip = (uint32_t)w->s.rip;
    if (w->op->src)
        end = operand_load(w, &w->src, false);
    if (end == EMULATE_OK && (flags & F_LOAD))
        end = operand_load(w, &w->dst, flags & F_STORE);
    if (end != EMULATE_OK)
        return end;
    old = w->dst.value;
    old_high = w->dst.value_high;
    end = w->op->step(w);
    if (end != EMULATE_OK || !(flags & F_STORE))
        return end;
    return operand_store(w, &w->dst, old, old_high);
}

enum emulate_end emulate(struct emulate_state *state, const uint8_t *code, unsigned int count, unsigned int repeat_max,
                         const struct emulate_ops *ops, void *opaque)
{
    enum emulate_end end = EMULATE_RETRY;
    struct work w;

    for (unsigned int i = 0; i < LOCK_TRIES && end == EMULATE_RETRY; i++) {
        w = begin(state, code, count);
        w.ops = ops;
        w.opaque = opaque;
        w.repeat_max = repeat_max;
        end = emulate_decode(&w);
        if (end == EMULATE_OK)
            end = execute(&w);
        if (!w.lock && !(w.flags & F_ATOMIC))
            break; /* an op that is to be asked again later, not a location that changed */
    }
    if (end == EMULATE_OK)
        *state = w.s;
    else if (end == EMULATE_FAULT)
        state->fault = w.s.fault;
    return end;
}

unsigned int emulate_length(const struct emulate_state *state, const uint8_t *code, unsigned int count)
{
    struct work w = begin(state, code, count);

    return emulate_decode(&w) == EMULATE_OK ? w.at : 0;
}
