/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial port's driver against a model of a 16550: its registers in ports or in memory, with gaps between them and
 * accesses of a byte or a word; what happens to output while the line stands still, and to input while dom0 does.
 */
#include "sim_test.h"

#include "guest.h"
#include "drivers/serial/ns16550.h"
#include "hv/console.h"
#include "hv/log.h"
#include "hv/time.h"

#include <arch/io.h>

#define DLAB 0x80u
#define RTS  0x02u

/* Where the registers are. */
struct place {
    bool mmio;
    uint64_t at;
    uint8_t shift, width;
};

static struct place where;
static struct {
    bool present, stuck;
    uint8_t lcr, mcr, ier, fcr, divisor[2];
    char out[1 << 16];
    size_t sent, arrives, taken; /* of input: how many bytes, of which the n-th is n modulo 251 */
} uart;

static unsigned int reg_of(bool mmio, uint64_t at, unsigned int width)
{
    assert_int_equal(mmio, where.mmio);
    assert_int_equal(width, where.width);
    assert_true(at >= where.at && (at - where.at) % (1u << where.shift) == 0 && (at - where.at) >> where.shift < 8);
    return (unsigned int)((at - where.at) >> where.shift);
}

static uint32_t model_read(bool mmio, uint64_t at, unsigned int width)
{
    unsigned int reg = reg_of(mmio, at, width);

    if (!uart.present)
        return ~0u;
    switch (reg) {
    case 0: return uart.lcr & DLAB ? uart.divisor[0] : uart.taken++ % 251;
    case 1: return uart.lcr & DLAB ? uart.divisor[1] : uart.ier;
    case 2: return 0xc1; /* FIFOs on, no interrupt */
    case 3: return uart.lcr;
    case 4: return uart.mcr & 0x1f;
    case 5: return (uart.taken < uart.arrives) | (uart.stuck ? 0 : 0x60);
    default: return 0;
    }
}

static void model_write(bool mmio, uint64_t at, unsigned int width, uint32_t value)
{
    unsigned int reg = reg_of(mmio, at, width);

    assert_true(value <= 0xff);
    switch (reg) {
    case 0 ... 1:
        if (uart.lcr & DLAB)
            uart.divisor[reg] = (uint8_t)value;
        else if (reg)
            uart.ier = (uint8_t)value;
        else if (uart.sent < sizeof(uart.out) - 1)
            uart.out[uart.sent++] = (char)value;
        break;
    case 2: uart.fcr = (uint8_t)value; break;
    case 3: uart.lcr = (uint8_t)value; break;
    case 4: uart.mcr = (uint8_t)value; break;
    }
}

static int open_at(const struct place *p, bool mapped)
{
    struct serial_setting set;

    sim_start(&(struct sim_config){ .frames = 8192, .cpus = 2 });
    sim_guest_window(box, sizeof(box));
    console_configure(&(struct console_options){ .level = LOG_DEBUG + 1, .limit_level = LOG_DEBUG + 1 });
    where = *p;
    sim_io_read = model_read;
    sim_io_write = model_write;
    serial_setting_default(&set, 0x3f8, 4);
    set.reg_shift = p->shift;
    set.reg_width = p->width;
    return ns16550_open(0, &set, &(struct ns16550_place){ .mmio = p->mmio, .address = p->at,
                                                          .regs = mapped ? (uint8_t *)p->at : NULL });
}

static void opens_and_writes(const struct place *p)
{
    uart.present = true;
    assert_int_equal(open_at(p, true), 0);
    assert_int_equal(uart.divisor[0] | uart.divisor[1] << 8, 1); /* 115200 */
    assert_int_equal(uart.lcr, 0x03);
    assert_int_equal(uart.ier, 0);
    assert_int_equal(uart.mcr & RTS, RTS);
    log_error("over the wire");
    assert_non_null(strstr(uart.out, "(XEN) over the wire\r\n"));
}

static const struct place ports = { false, 0x3f8, 0, 1 }, spread_ports = { false, 0x9000, 2, 1 },
                          bytes = { true, 0xfe000000, 0, 1 }, words = { true, 0xfe000000, 2, 4 },
                          far = { true, 0x8000001000, 8, 4 };

static void in_ports(void **state) { opens_and_writes(&ports); }
static void in_ports_with_gaps(void **state) { opens_and_writes(&spread_ports); }
static void in_memory(void **state) { opens_and_writes(&bytes); }
static void in_words_of_memory(void **state) { opens_and_writes(&words); }

/* Memory that cannot be reached yet: nothing is touched before it is mapped, and then all goes on there. */
static void mapped_later(void **state)
{
    struct ns16550_place p;
    uint32_t len;

    uart.present = true;
    sim_io_read = NULL;
    assert_int_equal(open_at(&far, false), -EAGAIN);
    log_error("too early");
    assert_int_equal(uart.sent, 0);
    assert_true(ns16550_place(0, &p, &len));
    assert_int_equal(len, 8 << 8);
    assert_int_equal(ns16550_mapped(0, (uint8_t *)far.at), 0);
    assert_non_null(strstr(uart.out, "too early")); /* from the log's ring */
    assert_false(ns16550_place(1, &p, &len));
}

static void nothing_there(void **state)
{
    struct ns16550_place p;
    uint32_t len;

    assert_int_equal(open_at(&ports, true), -ENODEV);
    log_error("to nobody");
    assert_int_equal(uart.sent, 0);
    assert_false(ns16550_place(0, &p, &len));
    assert_int_equal(ns16550_irq(0), 0);
}

/* A line that stands still stops nobody; dom0 waits two seconds for it. What was lost is counted, and told in place. */
static void line_stands_still(void **state)
{
    uart.present = true;
    assert_int_equal(open_at(&ports, true), 0);
    ns16550_start(false);
    uart.stuck = true;
    uart.sent = 0;
    for (unsigned int i = 0; i < 400; i++)
        log_error("line %3u, long enough that all of them together are more than what a ring has room for", i);
    assert_int_equal(uart.sent, 0);
    assert_false(console_room(100));
    sim_run_until(now_ns() + 3 * NS_PER_SEC);
    assert_true(console_room(100));
    uart.stuck = false;
    sim_run_until(now_ns() + 3 * NS_PER_SEC);
    assert_non_null(strstr(uart.out, "line   0,"));
    assert_non_null(strstr(uart.out, "bytes lost here"));
    assert_null(strstr(uart.out, "line 399,"));
    log_error("afterwards");
    assert_non_null(strstr(uart.out, "bytes lost here"));
    assert_true(strstr(uart.out, "afterwards") > strstr(uart.out, "bytes lost here"));
    assert_true(console_room(100));
}

/* sync_console, debug keys and the end of the machine: all that waits goes out first, then each text at once. */
static void synchronous(void **state)
{
    uart.present = true;
    assert_int_equal(open_at(&ports, true), 0);
    ns16550_start(false);
    uart.stuck = true;
    log_error("waits");
    uart.stuck = false;
    assert_null(strstr(uart.out, "waits"));
    console_sync_begin();
    assert_non_null(strstr(uart.out, "waits"));
    log_error("at once");
    assert_non_null(strstr(uart.out, "at once"));
    console_sync_end();
}

/* Input that dom0 has no room for stays in the UART, whose RTS asks the sender to wait; nothing is lost. */
static void dom0_does_not_read(void **state)
{
    static char got[10000];
    size_t n;

    uart.present = true;
    assert_int_equal(open_at(&words, true), 0);
    ns16550_start(false);
    uart.arrives = 6000;
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_in_range(uart.taken, 4000, 5999);
    assert_int_equal(uart.mcr & RTS, 0);
    n = console_guest_read(got, sizeof(got));
    assert_int_equal(n, uart.taken);
    sim_run_until(now_ns() + NS_PER_SEC);
    assert_int_equal(uart.taken, 6000);
    assert_int_equal(uart.mcr & RTS, RTS);
    n += console_guest_read(got + n, sizeof(got) - n);
    assert_int_equal(n, 6000);
    for (size_t i = 0; i < n; i++)
        assert_int_equal((uint8_t)got[i], i % 251);
}

SIM_TESTS(cmocka_unit_test(in_ports), cmocka_unit_test(in_ports_with_gaps), cmocka_unit_test(in_memory),
          cmocka_unit_test(in_words_of_memory), cmocka_unit_test(mapped_later), cmocka_unit_test(nothing_there),
          cmocka_unit_test(line_stands_still), cmocka_unit_test(synchronous), cmocka_unit_test(dom0_does_not_read))
