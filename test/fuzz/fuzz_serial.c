/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of com1=: any. Laws: what comes out is within the limits that serial/setting.h names, a part that is refused
 * has changed nothing, and a setting that was parsed stays as it is when the same text comes once more.
 */
#include "serial/setting.h"

#include "law.h"

static unsigned int lines;

static void log_count(void *opaque, enum lib_log_level level, const char *text) { lines++; }

static void limits(const struct serial_setting *s)
{
    require(!s->baud || (s->baud >= 50 && s->baud <= s->clock_hz / 16));
    require(s->clock_hz / 16 >= 50 && s->clock_hz / 16 <= 4000000);
    require(!(s->lcr & 0xc0) && s->reg_shift <= 8 && (s->reg_width == 1 || s->reg_width == 4));
    require(s->where <= SERIAL_AMT && s->address && s->address < 1ull << 52);
    require(s->address >= 0x10000 || s->address + (8u << s->reg_shift) <= 0x10000);
    if (s->baud)
        require(serial_divisor(s));
}

static bool same(const struct serial_setting *a, const struct serial_setting *b)
{
    return a->baud == b->baud && a->clock_hz == b->clock_hz && a->lcr == b->lcr && a->reg_shift == b->reg_shift &&
           a->reg_width == b->reg_width && a->where == b->where && a->has_address == b->has_address &&
           a->address == b->address && a->irq == b->irq && a->has_port == b->has_port && a->port == b->port &&
           a->has_bridge == b->has_bridge && a->bridge == b->bridge;
}

/*
 * Part by part: one that is refused has changed nothing. Distances between registers are another matter: whether they
 * can be depends on the address.
 */
static void part_by_part(char *text)
{
    const struct lib_log log = { log_count, NULL };
    struct serial_setting s, before;

    serial_setting_default(&s, 0x3f8, 4);
    for (char *part = text, *next; part; part = next) {
        next = strchr(part, ',');
        if (next)
            *next++ = 0;
        before = s;
        unsigned int refused = serial_setting_parse(&s, "com1", part, &log);
        require(!refused || before.reg_shift || !strncmp(part, "reg-shift", 9) || same(&s, &before));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lib_log log = { log_count, NULL };
    struct serial_setting s;
    char text[512];
    size_t len = MIN(size, sizeof(text) - 1);

    memcpy(text, data, len);
    text[len] = 0;
    serial_setting_default(&s, 0x3f8, 4);
    lines = 0;
    unsigned int refused = serial_setting_parse(&s, "com1", text, &log);
    require(refused == lines);
    limits(&s);
    part_by_part(text);
    return 0;
}
