/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One call after the other, and one line of output for each field. */
#include "matrix/matrix.h"

#include "base/format.h"

#define LINE 200

static char line[256], head[96];
static struct {
    uint64_t reg[5];
    uint8_t *at;
} call;

static void line_end(void)
{
    if (line[0])
        printk("%s", line);
    line[0] = 0;
}

static void line_add(const char *text)
{
    if (strlen(line) + strlen(text) > LINE)
        line_end();
    if (!line[0])
        format(line, sizeof(line), "= %s:", head);
    format_append(line, sizeof(line), " %s", text);
}

static uint64_t resolve(uint64_t value)
{
    return IS_TOKEN(value) ? world_token(value) : value;
}

static void put(const struct field *f, uint64_t value)
{
    if (f->at & REGISTER)
        call.reg[f->at & ~REGISTER] = value;
    else
        memcpy(call.at + f->at, &value, f->size);
}

static uint64_t base_of(const struct op *op, const struct field *f)
{
    return f->kind == STRUCT || f->kind == COPIED ? PTR(world_struct(op->size)) : resolve(f->base);
}

static void prepare(const struct op *op)
{
    memset(&call, 0, sizeof(call));
    world_fill();
    call.at = world_struct(op->size);
    memset(call.at, 0, op->size);
    if (op->before)
        op->before();
    for (const struct field *f = op->field; f->name; f++)
        put(f, base_of(op, f));
}

static int64_t shown(const struct field *f)
{
    uint64_t v = 0;

    memcpy(&v, call.at + f->at, f->size);
    return f->size == 8 ? (int64_t)v : (int64_t)(v << (64 - 8 * f->size)) >> (64 - 8 * f->size);
}

static void perform(const struct op *op, const char *label)
{
    char text[128];
    long rc = HYPERCALL_ASM(op->nr, call.reg[0], call.reg[1], call.reg[2], call.reg[3], call.reg[4]);

    format(text, sizeof(text), "%s=%ld", label, op->flags & AMOUNT && rc > 0 ? 1 : rc);
    for (const struct field *f = op->field; f->name; f++)
        if (f->kind == SHOWN)
            format_append(text, sizeof(text), "/%ld", (long)shown(f));
    line_add(text);
    if (op->after)
        op->after();
}

/* Whether a value would make a call work that must not. */
static bool forbidden(const struct op *op, const struct field *f, const char *label)
{
    if (f->kind == STRUCT || f->kind == COPIED)
        return op->flags & NO_BASE && is_dom0() && !strcmp(label, "readonly");
    bool self = !strcmp(label, "self") || !strcmp(label, "own"), other = !strcmp(label, "other");

    if (f->kind != DOMAIN)
        return false;
    return (self && op->flags & (NO_SELF | NO_BASE)) || (other && op->flags & (NO_OTHER | NO_BASE) && is_dom0());
}

static bool fits(const struct field *f, uint64_t value)
{
    return f->size == 8 || !(value >> (8 * f->size)) || (f->size == 4 && value == (uint32_t)value);
}

static void try_field(const struct op *op, const struct field *f)
{
    const char *label;
    uint64_t value;

    format(head, sizeof(head), "%s %s", op->name, f->name);
    for (unsigned int n = 0; value_get(f->kind, n, f->base, &label, &value); n++) {
        if (forbidden(op, f, label))
            continue;
        value = resolve(value);
        if (!fits(f, value) && value != ~0ul)
            continue;
        prepare(op);
        if (f->kind == STRUCT || f->kind == COPIED) {
            if (!strcmp(label, "readonly"))
                value = PTR(world_struct_readonly(op->size));
            if (!strcmp(label, "split"))
                value = PTR(call.at) + op->size / 2 + 1;
        }
        put(f, value);
        perform(op, label);
    }
    line_end();
}

static void run_op(const struct op *op)
{
    if (op->flags & DOMU && is_dom0())
        return;
    if (!(op->flags & NO_BASE) || !is_dom0()) {
        format(head, sizeof(head), "%s", op->name);
        prepare(op);
        perform(op, "base");
        line_end();
    }
    for (const struct field *f = op->field; f->name; f++)
        try_field(op, f);
}

void run_table(const struct op *ops)
{
    for (; ops->name; ops++) {
        if (guest_option(ops->name, 1))
            run_op(ops);
        else
            printk("matrix: left out: %s", ops->name);
    }
}

void run_numbers(void)
{
    static const uint64_t number[] = {
        11, 16, 19, 27, 31, 38, 39, 43, 44, 45, 46, 47, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64,
        65, 127, 128, 255, 256, 4095, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000011, 0xffffffff00000011,
            ~0ul,
        ~0ul << 63,
    };
    char text[64];

    format(head, sizeof(head), "hypercall number");
    for (unsigned int i = 0; i < ARRAY_SIZE(number); i++) {
        world_fill();
        long rc = HYPERCALL_ASM(number[i], 0, world_token(T_DATA), 0, 0, 0);
        format(text, sizeof(text), "%#lx=%ld", number[i], number[i] > 0xffffffff && rc > 0 ? 1 : rc);
        line_add(text);
    }
    line_end();
}
