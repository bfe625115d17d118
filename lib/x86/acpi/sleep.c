/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Power-off needs the two sleep types that the object \_S5 holds. It is, in every firmware known, a constant
 *
 *     Name (\_S5, Package () { a, b, ... })       08 [5c] '_S5_' 12 PkgLength count a b ...
 *
 * so looking for that pattern does without an AML interpreter. A text that looks alike by accident would need nine
 * bytes to agree, and can give no worse than a wrong value in a three-bit field that is used only to power off.
 *
 * \_S1 to \_S4 look the same. A kernel that finds one offers that state; where nobody can enter it, the name goes.
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

/* The number of the state whose object begins at @c, which moves behind the op; *@name: its letters. 0: none. */
static char match_state(struct cursor *c, const uint8_t **name)
{
    if (next_byte(c) != 0x08)
        return 0;
    if (c->at < c->end && *c->at == '\\')
        c->at++;
    if (c->end - c->at < 4 || c->at[0] != '_' || c->at[1] != 'S' || c->at[3] != '_')
        return 0;
    *name = c->at;
    c->at += 4;
    return next_byte(c) == 0x12 ? (char)(*name)[2] : 0;
}

/* What follows the op of \_S5's package. */
static bool read_s5(struct cursor c, struct acpi_s5 *s5)
{
    int lead, count, a, b;

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

static void keep_sleep(struct acpi_sleeps *list, uint64_t table, uint64_t name, char state)
{
    if (list->count == ACPI_SLEEPS_MAX)
        return;
    list->at[list->count].table = table;
    list->at[list->count].name = name;
    list->at[list->count++].state = state;
}

void acpi_scan_sleep(const struct acpi *a, const struct acpi_table *table)
{
    uint8_t piece[PIECE + PATTERN_MAX];

    for (uint32_t at = (uint32_t)sizeof(struct acpi_header); at < table->length; at += PIECE) {
        size_t len = MIN(sizeof(piece), (size_t)(table->length - at));

        if (!acpi_table_read(a, table, at, piece, len))
            return;
        for (size_t i = 0; i < MIN(len, PIECE); i++) {
            struct cursor c = { piece + i, piece + len };
            const uint8_t *name;
            char state = match_state(&c, &name);

            if (state == '5' && !a->out->s5.present)
                read_s5(c, &a->out->s5);
            else if (state >= '1' && state <= '4')
                keep_sleep(&a->out->sleeps, table->paddr, table->paddr + at + (uint64_t)(name - piece), state);
        }
    }
}

bool acpi_hide_sleep(const struct acpi_sleeps *list, uint32_t i, const struct phys_reader *mem, uint8_t *letter,
                     uint8_t *checksum)
{
    char name[4];

    if (!phys_read(mem, list->at[i].name, name, sizeof(name)) ||
        !phys_read(mem, list->at[i].table + offsetof(struct acpi_header, checksum), checksum, sizeof(*checksum)) ||
        name[0] != '_' || name[1] != 'S' || name[2] != list->at[i].state)
        return false;
    *letter = 'X';
    *checksum = (uint8_t)(*checksum + '_' - 'X');
    return true;
}
