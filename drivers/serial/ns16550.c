/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output waits for the transmitter: a log that is lost explains nothing. Input is polled by a timer, 50 times a second
 * and more often while it comes; a UART's interrupt line is often shared or wrong, a timer never is.
 */
#include "drivers/serial/ns16550.h"

#include "base/format.h"
#include "base/parse.h"
#include "hv/console.h"
#include "hv/log.h"
#include "hv/time.h"

#include <arch/io.h>
#include <arch/irqflags.h>

/* Registers (PC16550D data sheet, table II). */
enum { REG_DATA = 0, REG_IER = 1, REG_FCR = 2, REG_LCR = 3, REG_MCR = 4, REG_LSR = 5, REG_SCRATCH = 7 };
#define LCR_DLAB         0x80
#define LSR_DATA         0x01
#define LSR_THR_EMPTY    0x20
#define FCR_ENABLE_CLEAR 0x07
#define MCR_DTR_RTS_OUT2 0x0b
#define CLOCK_HZ         1843200u
#define PATIENCE         4000000u /* looks at a transmitter that stands still, some seconds in all */
#define POLL_PERIOD      (20 * NS_PER_MS)
#define POLL_BUSY        (1 * NS_PER_MS) /* while input comes: a FIFO of 16 bytes at 115200 baud fills in 1.4 ms */
#define POLL_BURST       256u

struct uart {
    uint16_t io;
    uint8_t irq;
    bool present;
    unsigned int patience; /* looks that are left; full again when it takes a byte */
};
static struct uart ports[2] = {
    {.io = 0x3f8, .irq = 4},
    {.io = 0x2f8, .irq = 3},
};
static struct timer poll_timer;

/* One that never empties must not stop us: when it has been waited for long enough, bytes are lost until it goes on. */
static void put(struct uart *u, char c)
{
    unsigned int left = u->patience;
    bool ready = inb(u->io + REG_LSR) & LSR_THR_EMPTY;

    for (; !ready && left; left--) {
        cpu_relax();
        ready = inb(u->io + REG_LSR) & LSR_THR_EMPTY;
    }
    u->patience = ready ? PATIENCE : left;
    if (ready)
        outb((uint8_t)c, u->io + REG_DATA);
}

static void write_port(struct uart *u, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n')
            put(u, '\r');
        put(u, text[i]);
    }
}

static void com1_write(const char *text, size_t len)
{
    write_port(&ports[0], text, len);
}
static void com2_write(const char *text, size_t len)
{
    write_port(&ports[1], text, len);
}
static const struct console_driver drivers[2] = {
    {.name = "com1", .write = com1_write},
    {.name = "com2", .write = com2_write},
};

static bool poll_port(const struct uart *u)
{
    char buf[POLL_BURST];
    size_t n = 0;

    while (n < sizeof(buf) && (inb(u->io + REG_LSR) & LSR_DATA))
        buf[n++] = (char)inb(u->io + REG_DATA);
    if (n)
        console_input(buf, n);
    return n;
}

bool ns16550_poll(void)
{
    bool any = false;

    for (unsigned int i = 0; i < ARRAY_SIZE(ports); i++)
        if (ports[i].present)
            any |= poll_port(&ports[i]);
    return any;
}

static void poll_again(void *data)
{
    timer_set(&poll_timer, now_ns() + (ns16550_poll() ? POLL_BUSY : POLL_PERIOD));
}

__init void ns16550_start_polling(void)
{
    if (!ports[0].present && !ports[1].present)
        return;
    timer_init(&poll_timer, poll_again, NULL, 0);
    timer_set(&poll_timer, now_ns() + POLL_PERIOD);
}

uint16_t ns16550_io(unsigned int index)
{
    return index < 2 && ports[index].present ? ports[index].io : 0;
}

unsigned int ns16550_irq(unsigned int index)
{
    return index < 2 && ports[index].present ? ports[index].irq : 0;
}

static __init bool program(const struct uart *u, unsigned int divisor, uint8_t lcr)
{
    outb(0x5a, u->io + REG_SCRATCH);
    if (inb(u->io + REG_SCRATCH) != 0x5a)
        return false;
    outb(0, u->io + REG_IER);
    outb(LCR_DLAB | lcr, u->io + REG_LCR);
    outb((uint8_t)divisor, u->io + REG_DATA);
    outb((uint8_t)(divisor >> 8), u->io + REG_IER);
    outb(lcr, u->io + REG_LCR);
    outb(FCR_ENABLE_CLEAR, u->io + REG_FCR);
    outb(MCR_DTR_RTS_OUT2, u->io + REG_MCR);
    return true;
}

/* "8n1" and its kin as a line control register. */
static __init bool parse_frame(const char *s, size_t len, uint8_t *lcr)
{
    if (len != 3 || s[0] < '5' || s[0] > '8' || (s[2] != '1' && s[2] != '2'))
        return false;
    uint8_t parity = s[1] == 'n'   ? 0
                     : s[1] == 'o' ? 0x08
                     : s[1] == 'e' ? 0x18
                     : s[1] == 'm' ? 0x28
                     : s[1] == 's' ? 0x38
                                   : 0xff;
    if (parity == 0xff)
        return false;
    *lcr = (uint8_t)((s[0] - '5') | (s[2] == '2' ? 4 : 0) | parity);
    return true;
}

static __init size_t field_length(const char *s)
{
    size_t n = 0;
    while (s[n] && s[n] != ',')
        n++;
    return n;
}

/* The leading number of a field, at most nine digits, decimal or 0x. */
static __init bool parse_number(const char *s, size_t len, unsigned int *out)
{
    unsigned int base = 10, v = 0, digits = 0;

    if (len > 2 && s[0] == '0' && s[1] == 'x') {
        base = 16;
        s += 2;
        len -= 2;
    }
    for (; digits < len && s[digits] != '/'; digits++) {
        char c = (char)(s[digits] | 0x20);
        unsigned int d = c >= '0' && c <= '9'   ? (unsigned int)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a' + 10)
                                                : 99;
        if (d >= base || digits == 9)
            return false;
        v = v * base + d;
    }
    *out = v;
    return digits > 0;
}

struct uart_setting {
    unsigned int baud, io, irq;
    uint8_t lcr;
};

static __init bool parse_setting(const char *s, struct uart_setting *set)
{
    for (unsigned int field = 0; *s && field < 4; field++) {
        size_t len = field_length(s);
        bool ok = len == 0 || (field == 0 && len == 4 && !memcmp(s, "auto", 4)) ||
                  (field == 1 ? parse_frame(s, len, &set->lcr)
                              : parse_number(s, len,
                                             field == 0   ? &set->baud
                                             : field == 2 ? &set->io
                                                          : &set->irq));
        if (!ok)
            return false;
        s += len + (s[len] == ',');
    }
    return !*s && set->baud >= 50 && set->baud <= 115200 && set->io < 0x10000 && set->irq < 16;
}

__init int ns16550_init(unsigned int index, const char *option, const struct lib_log *log)
{
    struct uart *u = &ports[index];
    struct uart_setting set = {115200, u->io, u->irq, 0x03};

    if (option && *option && !parse_setting(option, &set)) {
        set = (struct uart_setting){115200, u->io, u->irq, 0x03};
        lib_report(log, LIB_LOG_WARNING,
                   "com%u: setting \"%s\" not understood, wanted BAUD[,8n1[,IO[,IRQ]]]; using 115200,8n1", index + 1,
                   option);
    }
    u->io = (uint16_t)set.io;
    u->irq = (uint8_t)set.irq;
    if (!program(u, CLOCK_HZ / 16 / set.baud, set.lcr))
        return -ENODEV;
    u->present = true;
    u->patience = PATIENCE;
    console_add(&drivers[index]);
    return 0;
}
