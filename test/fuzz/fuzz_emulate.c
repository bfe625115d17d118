/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the instruction emulator, for any bytes in any mode: it reads no further than it was given; what does not end
 * well leaves every register as it was; the same instruction on the same state and memory does the same; memory and
 * ports are asked for in sizes that exist, and never without end; the length is what decoding alone says.
 */
#include <stdlib.h>
#include <string.h>

#include "x86/emulate/emulate.h"

#include "law.h"

#define ROUNDS 8u

static unsigned int asked;
static uint64_t written; /* a sum over what was written, and where */
static uint8_t answers;  /* which answers the ops give */

static enum emulate_end answer(struct emulate_state *s)
{
    require(++asked < 8 * ROUNDS + 64);
    switch ((unsigned int)(answers + asked) % 16) {
    case 3:
        s->fault = (struct emulate_fault){ .vector = 14, .error = 2, .address = 0x1000 };
        return EMULATE_FAULT;
    case 7:
        return answers & 0x80 ? EMULATE_RETRY : EMULATE_OK;
    default:
        return EMULATE_OK;
    }
}

static void note(uint64_t address, unsigned int bytes, const void *data)
{
    const uint8_t *byte = data;

    for (unsigned int i = 0; i < bytes; i++)
        written = written * 31 + (address + i) * 7 + byte[i];
}

static enum emulate_end op_read(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes, void *data,
                                bool write)
{
    require(bytes && bytes <= 16);
    for (unsigned int i = 0; i < bytes; i++)
        ((uint8_t *)data)[i] = (uint8_t)((address + i) * 0x9d >> 3);
    return answer(s);
}

static enum emulate_end op_write(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                 const void *data)
{
    require(bytes && bytes <= 16);
    note(address, bytes, data);
    return answer(s);
}

static enum emulate_end op_exchange(void *opaque, struct emulate_state *s, uint64_t address, unsigned int bytes,
                                    const void *old, const void *data, bool *changed)
{
    require(bytes && bytes <= 16);
    *changed = asked % 5 == 4;
    note(address, bytes, data);
    return answer(s);
}

static enum emulate_end op_in(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes, uint32_t *value)
{
    require(bytes == 1 || bytes == 2 || bytes == 4);
    *value = port * 0x10001u;
    return answer(s);
}

static enum emulate_end op_out(void *opaque, struct emulate_state *s, uint16_t port, unsigned int bytes, uint32_t value)
{
    require(bytes == 1 || bytes == 2 || bytes == 4);
    note(port, bytes, &value);
    return answer(s);
}

static enum emulate_end op_special(void *opaque, struct emulate_state *s, struct emulate_request *request)
{
    request->value = request->value * 3 + request->what;
    return answer(s);
}

static const struct emulate_ops ops = { op_read, op_write, op_exchange, op_in, op_out, op_special };

/* Registers, then mode, CPL, flags and answers, then the instruction. */
#define FIXED (16 * 8 + 8)

static struct emulate_state a_state(const uint8_t *data)
{
    static const struct { uint64_t cr0, efer; uint16_t cs; } modes[] = {
        { 0x80050033, 0xd01, 0xa9b }, { 0x80050033, 0xd01, 0xc9b }, { 0x11, 0, 0xc9b }, { 0x11, 0, 0x09b },
        { 0x10, 0, 0x9b },
    };
    unsigned int mode = data[128] % ARRAY_SIZE(modes);
    struct emulate_state s = { .cr0 = modes[mode].cr0, .efer = modes[mode].efer, .cr4 = 0x20, .cpl = data[129] & 3,
                               .rip = data[130] };

    memcpy(s.reg, data, sizeof(s.reg));
    memcpy(&s.rflags, data + 131, 3);
    s.rflags = (s.rflags & 0x277fd7) | 2; /* no virtual-8086 mode */
    for (unsigned int i = 0; i < EMU_SEGMENTS; i++)
        s.seg[i] = (struct emulate_seg){ .base = i * 0x1000, .limit = data[134] & 1 << i ? 0xffff : ~0u,
                                         .selector = (uint16_t)(8 * i), .attr = data[134] & 0x40 ? 0xc97 : 0xc93 };
    s.seg[EMU_CS].attr = modes[mode].cs;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct emulate_state before, after, again;
    enum emulate_end end, end_again;
    uint64_t first_written;
    unsigned int count;
    uint8_t *code;

    if (size < FIXED)
        return 0;
    before = a_state(data);
    count = (unsigned int)MIN(size - FIXED, EMULATE_BYTES_MAX);
    code = malloc(count + !count); /* exactly as long, so that the sanitizer sees a byte too far */
    memcpy(code, data + FIXED, count);

    answers = data[135];
    asked = 0;
    written = 0;
    after = before;
    end = emulate(&after, code, count, ROUNDS, &ops, NULL);
    first_written = written;
    if (end != EMULATE_OK) {
        after.fault = before.fault;
        require(!memcmp(&after, &before, sizeof(after)));
    } else {
        require(after.length == emulate_length(&before, code, count) && after.length <= count);
        require(!after.repeat || after.rip == before.rip);
    }
    asked = 0;
    written = 0;
    again = before;
    end_again = emulate(&again, code, count, ROUNDS, &ops, NULL);
    require(end_again == end && written == first_written);
    require(end != EMULATE_OK || !memcmp(&again, &after, sizeof(after)));
    free(code);
    return 0;
}
