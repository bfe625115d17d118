/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power-off needs the two sleep types that the object \_S5 holds. It is, in every firmware known, a constant
 *
 *     Name (\_S5, Package () { a, b, ... })       08 [5c] '_S5_' 12 PkgLength count a b ...
 *
 * so looking for that pattern does without an AML interpreter. A text that looks alike by accident would need nine
 * bytes to agree, and can give no worse than a wrong value in a three-bit field that is used only to power off.
 */
#include "x86/acpi/acpi_private.h"

/* The longest pattern: op, root, name, op, length 1 + 3, count, two integers of at most 9 bytes. */
#define PATTERN_MAX 30U
#define PIECE       256U

struct cursor {
    const uint8_t *at, *end;
};

static int next_byte(struct cursor *c)
{
    return c->at < c->end ? *c->at++ : -1;
}

/* ACPI 6.4, 20.2.3: the value of a constant, whose low byte is all that we want. -1 if it is none. */
static int next_integer(struct cursor *c)
{
    int op = next_byte(c), low;

    switch (op) {
    case 0x00:
    case 0x01: return op;
    case 0xff: return 0xff; /* Ones */
    case 0x0a: return next_byte(c);
    case 0x0b:
    case 0x0c:
    case 0x0e:
        low = next_byte(c);
        for (int i = 1; i < (op == 0x0b ? 2 : op == 0x0c ? 4 : 8); i++) {
            if (next_byte(c) < 0)
                return -1;
        }
        return low;
    default: return -1;
    }
}

static bool match(const uint8_t *bytes, size_t len, struct acpi_s5 *s5)
{
    struct cursor c = { bytes, bytes + len };
    int lead, count, a, b;

    if (next_byte(&c) != 0x08)
        return false;
    if (c.at < c.end && *c.at == '\\')
        c.at++;
    if (c.end - c.at < 4 || memcmp(c.at, "_S5_", 4))
        return false;
    c.at += 4;
    if (next_byte(&c) != 0x12)
        return false;
    lead = next_byte(&c); /* of a length: its top two bits count the bytes that follow */
    if (lead < 0 || c.end - c.at < lead >> 6)
        return false;
    c.at += lead >> 6;
    count = next_byte(&c);
    if (count < 1)
        return false;
    a = next_integer(&c);
    b = count > 1 ? next_integer(&c) : 0;
    if (a < 0 || b < 0)
        return false;
    *s5 = (struct acpi_s5){ true, (uint8_t)(a & 7), (uint8_t)(b & 7) };
    return true;
}

bool acpi_scan_s5(const struct acpi *a, const struct acpi_table *table)
{
    uint8_t piece[PIECE + PATTERN_MAX];

    for (uint32_t at = (uint32_t)sizeof(struct acpi_header); at < table->length; at += PIECE) {
        size_t len = MIN(sizeof(piece), (size_t)(table->length - at));

        if (!acpi_table_read(a, table, at, piece, len))
            return false;
        for (size_t i = 0; i < MIN(len, PIECE); i++) {
            if (piece[i] == 0x08 && match(piece + i, len - i, &a->out->s5))
                return true;
        }
    }
    return false;
}
