/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See setting.h. Every part has one reader, which takes it whole or refuses it. */
#include "serial/setting.h"

#include "base/format.h"
#include "base/parse.h"

#define BAUD_MIN      50u
#define BAUD_MAX      4000000u
#define REG_SHIFT_MAX 8u
#define PORTS         0x10000u
#define LCR_STOP_2    0x04u
#define LCR_PARITY    0x38u
#define LCR_BITS      0x03u

struct part {
    const char *text;
    size_t len;
};
/* True if it could be read. */
typedef bool reader(struct serial_setting *set, struct part p);

static bool number(struct part p, uint64_t min, uint64_t max, uint64_t *v)
{
    return !parse_uint(p.text, p.len, NULL, v) && *v >= min && *v <= max;
}

static bool read_baud(struct serial_setting *set, struct part p)
{
    const char *slash = memchr(p.text, '/', p.len);
    struct part rate = { p.text, slash ? (size_t)(slash - p.text) : p.len };
    uint64_t baud = 0, base = set->clock_hz / 16;

    if (slash && !number((struct part){ slash + 1, p.len - rate.len - 1 }, BAUD_MIN, BAUD_MAX, &base))
        return false;
    if (!parse_is(rate.text, rate.len, "auto") && !number(rate, BAUD_MIN, base, &baud))
        return false;
    set->baud = (uint32_t)baud;
    set->clock_hz = slash ? (uint32_t)base * 16 : set->clock_hz;
    return true;
}

static bool read_clock(struct serial_setting *set, struct part p)
{
    uint64_t hz;

    if (!number(p, BAUD_MIN * 16, BAUD_MAX * 16, &hz) || hz / 16 < set->baud)
        return false;
    set->clock_hz = (uint32_t)hz;
    return true;
}

static bool read_data_bits(struct serial_setting *set, struct part p)
{
    if (p.len != 1 || p.text[0] < '5' || p.text[0] > '8')
        return false;
    set->lcr = (uint8_t)((set->lcr & ~LCR_BITS) | (unsigned int)(p.text[0] - '5'));
    return true;
}

static bool read_parity(struct serial_setting *set, struct part p)
{
    static const struct { const char *name; uint8_t lcr; } t[] = {
        { "n", 0x00 }, { "o", 0x08 }, { "e", 0x18 }, { "m", 0x28 }, { "s", 0x38 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        if (!parse_is(p.text, p.len, t[i].name))
            continue;
        set->lcr = (uint8_t)((set->lcr & ~LCR_PARITY) | t[i].lcr);
        return true;
    }
    return false;
}

static bool read_stop_bits(struct serial_setting *set, struct part p)
{
    if (!parse_is(p.text, p.len, "1") && !parse_is(p.text, p.len, "2"))
        return false;
    set->lcr = (uint8_t)((set->lcr & ~LCR_STOP_2) | (p.text[0] == '2' ? LCR_STOP_2 : 0));
    return true;
}

static bool read_frame(struct serial_setting *set, struct part p)
{
    struct serial_setting s = *set;

    if (p.len != 3 || !read_data_bits(&s, (struct part){ p.text, 1 }) ||
        !read_parity(&s, (struct part){ p.text + 1, 1 }) || !read_stop_bits(&s, (struct part){ p.text + 2, 1 }))
        return false;
    set->lcr = s.lcr;
    return true;
}

static bool read_device(struct serial_setting *set, struct part p)
{
    bool pci = parse_is(p.text, p.len, "pci");

    if (!pci && !parse_is(p.text, p.len, "amt"))
        return false;
    set->where = pci ? SERIAL_PCI : SERIAL_AMT;
    return true;
}

static bool read_address(struct serial_setting *set, struct part p)
{
    uint64_t v;

    if (!number(p, 1, (1ULL << 52) - 1, &v) || (v < PORTS && v > PORTS - 8))
        return false;
    set->where = SERIAL_AT_ADDRESS;
    set->has_address = true;
    set->address = v;
    return true;
}

static bool read_place(struct serial_setting *set, struct part p)
{
    return read_device(set, p) || read_address(set, p);
}

/* We ask the port by a timer; the line is only kept from others. A message-signalled one belongs to nobody else. */
static bool read_irq(struct serial_setting *set, struct part p)
{
    uint64_t v = 0;

    if (!parse_is(p.text, p.len, "msi") && !number(p, 0, UINT32_MAX, &v))
        return false;
    set->irq = (uint32_t)v;
    return true;
}

/* Hexadecimal digits up to @end, or up to the end if it is 0; p moves behind. */
static bool hex_field(struct part *p, char end, unsigned int max, unsigned int *v)
{
    size_t i = 0;

    for (*v = 0; i < p->len && p->text[i] != end; i++) {
        unsigned int digit = parse_digit(p->text[i]);
        if (digit > 15 || i > 3)
            return false;
        *v = *v * 16 + digit;
    }
    if (!i || (end && i == p->len) || *v > max)
        return false;
    *p = (struct part){ p->text + i + (end != 0), p->len - i - (end != 0) };
    return true;
}

/* [0:]BUS:DEVICE.FUNCTION */
static bool bdf(struct part p, uint16_t *out)
{
    const char *first = memchr(p.text, ':', p.len);
    unsigned int segment = 0, bus, device, function;

    if (first && memchr(first + 1, ':', p.len - (size_t)(first + 1 - p.text)) && !hex_field(&p, ':', 0, &segment))
        return false;
    if (!hex_field(&p, ':', 255, &bus) || !hex_field(&p, '.', 31, &device) || !hex_field(&p, 0, 7, &function))
        return false;
    *out = (uint16_t)(bus << 8 | device << 3 | function);
    return true;
}

static bool read_port(struct serial_setting *set, struct part p)
{
    bool read = bdf(p, &set->port);

    set->has_port |= read;
    return read;
}

static bool read_bridge(struct serial_setting *set, struct part p)
{
    bool read = bdf(p, &set->bridge);

    set->has_bridge |= read;
    return read;
}

static bool read_reg_shift(struct serial_setting *set, struct part p)
{
    uint64_t v;

    if (!number(p, 0, REG_SHIFT_MAX, &v))
        return false;
    set->reg_shift = (uint8_t)v;
    return true;
}

static bool read_reg_width(struct serial_setting *set, struct part p)
{
    if (!parse_is(p.text, p.len, "1") && !parse_is(p.text, p.len, "4"))
        return false;
    set->reg_width = (uint8_t)(p.text[0] - '0');
    return true;
}

static const struct {
    const char *name, *wanted;
    reader *read;
} parts[] = {
    { "baud", "auto or a rate from 50 to the UART's highest, as RATE or RATE/HIGHEST", read_baud },
    { NULL, "data bits, parity (n, o, e, m, s) and stop bits, as 8n1", read_frame },
    { NULL, "an address, pci or amt", read_place },
    { "irq", "the number of an interrupt or msi", read_irq },
    { "port", "BUS:DEVICE.FUNCTION in hexadecimal", read_port },
    { "bridge", "BUS:DEVICE.FUNCTION in hexadecimal", read_bridge },
#define POSITIONS 6u
    { "clock-hz", "a frequency of at least 16 times the rate", read_clock },
    { "data-bits", "5 to 8", read_data_bits },
    { "parity", "n, o, e, m or s", read_parity },
    { "stop-bits", "1 or 2", read_stop_bits },
    { "io-base", "an address", read_address },
    { "dev", "pci or amt", read_device },
    { "reg-shift", "0 to 8", read_reg_shift },
    { "reg-width", "1 or 4", read_reg_width },
};

void serial_setting_default(struct serial_setting *set, uint16_t io, uint32_t irq)
{
    *set = (struct serial_setting){ .baud = 115200, .clock_hz = SERIAL_CLOCK_HZ, .lcr = 0x03, .reg_width = 1,
                                    .address = io, .irq = irq };
}

/* One part between commas. @position counts those without a name. True if it could be read. */
static bool read_part(struct serial_setting *set, struct part p, unsigned int *position, const char *option,
                      const struct lib_log *log)
{
    const char *equals = memchr(p.text, '=', p.len);
    struct part value = equals ? (struct part){ equals + 1, p.len - (size_t)(equals + 1 - p.text) } : p;
    unsigned int i = equals ? 0 : (*position)++;

    if (equals)
        while (i < ARRAY_SIZE(parts) &&
               !(parts[i].name && parse_is(p.text, (size_t)(equals - p.text), parts[i].name)))
            i++;
    if (i >= (equals ? ARRAY_SIZE(parts) : POSITIONS)) {
        lib_report(log, LIB_LOG_WARNING, "option %s: \"%.*s\" is %s: ignored", option, (int)p.len, p.text,
                   equals ? "a name that it does not have" : "one part too many");
        return false;
    }
    if ((!equals && !value.len) || parts[i].read(set, value))
        return true;
    lib_report(log, LIB_LOG_WARNING, "option %s: \"%.*s\" should be %s: ignored", option, (int)p.len, p.text,
               parts[i].wanted);
    return false;
}

unsigned int serial_setting_parse(struct serial_setting *set, const char *name, const char *text,
                                  const struct lib_log *log)
{
    unsigned int position = 0, refused = 0;

    while (*text) {
        const char *comma = strchr(text, ',');
        size_t len = comma ? (size_t)(comma - text) : strlen(text);
        refused += !read_part(set, (struct part){ text, len }, &position, name, log);
        text += len + (comma != NULL);
    }
    if (set->address < PORTS && set->address + (8u << set->reg_shift) > PORTS) {
        lib_report(log, LIB_LOG_WARNING,
                   "option %s: registers from I/O port 0x%x that are %u bytes apart go beyond the last port, 0xffff: "
                   "reg-shift is ignored", name, (unsigned int)set->address, 1u << set->reg_shift);
        set->reg_shift = 0;
        refused++;
    }
    return refused;
}

uint16_t serial_divisor(const struct serial_setting *set)
{
    uint32_t divisor = (set->clock_hz / 16 + set->baud / 2) / set->baud;

    return (uint16_t)MIN(MAX(divisor, 1u), (uint32_t)UINT16_MAX);
}
