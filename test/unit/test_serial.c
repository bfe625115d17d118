/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of com1=, and the ring of what waits to be sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "serial/setting.h"
#include "serial/tx_ring.h"

static char reported[4096];

static void report(void *opaque, enum lib_log_level level, const char *text)
{
    strcat(strcat(reported, text), "\n");
}
static const struct lib_log log_to = { report, NULL };

    static const struct {
        const char *text;
        struct serial_setting want;
        const char *says; /* of each part that is refused, some words; NULL: nothing is */
    } t[] = {
#define USUAL .clock_hz = SERIAL_CLOCK_HZ, .lcr = 3, .reg_width = 1, .address = 0x3f8, .irq = 4
#define AT(a) .clock_hz = SERIAL_CLOCK_HZ, .lcr = 3, .reg_width = 1, .has_address = true, .address = a
        { "", { .baud = 115200, USUAL } },
        { "auto", { .baud = 0, USUAL } },
        { "57600,7e2", { .baud = 57600, .clock_hz = SERIAL_CLOCK_HZ, .lcr = 0x1e, .reg_width = 1, .address = 0x3f8,
                         .irq = 4 } },
        { "115200,8n1,0x2f8,3", { .baud = 115200, AT(0x2f8), .irq = 3 } },
        { "115200,8n1,0xd000,120", { .baud = 115200, AT(0xd000), .irq = 120 } },
        { ",,0xd000,msi", { .baud = 115200, AT(0xd000), .irq = 0 } },
        { "115200,8n1,0xfe042000,0,reg-shift=2,reg-width=4",
          { .baud = 115200, .clock_hz = SERIAL_CLOCK_HZ, .lcr = 3, .reg_width = 4, .reg_shift = 2, .has_address = true,
            .address = 0xfe042000 } },
        { "115200,8n1,0x4000000000", { .baud = 115200, AT(0x4000000000), .irq = 4 } },
        { "115200,8n1,pci", { .baud = 115200, USUAL, .where = SERIAL_PCI } },
        { "115200,8n1,amt", { .baud = 115200, USUAL, .where = SERIAL_AMT } },
        { "115200,8n1,pci,0,02:1f.7", { .baud = 115200, .clock_hz = SERIAL_CLOCK_HZ, .lcr = 3, .reg_width = 1,
                                        .address = 0x3f8, .where = SERIAL_PCI, .has_port = true, .port = 0x2ff } },
        { "115200,8n1,0xc000,0,0:2:3.0,00:8.0", { .baud = 115200, AT(0xc000), .has_port = true, .port = 0x218,
                                                  .has_bridge = true, .bridge = 0x40 } },
        { "921600/921600,8n1,pci", { .baud = 921600, .clock_hz = 14745600, .lcr = 3, .reg_width = 1, .address = 0x3f8,
                                     .irq = 4, .where = SERIAL_PCI } },
        { "clock-hz=14745600,baud=460800,data-bits=7,parity=o,stop-bits=2,dev=amt,irq=0,port=1:0.0,bridge=0:1.0",
          { .baud = 460800, .clock_hz = 14745600, .lcr = 0x0e, .reg_width = 1, .address = 0x3f8, .where = SERIAL_AMT,
            .has_port = true, .port = 0x100, .has_bridge = true, .bridge = 8 } },
        { "io-base=0x3e8", { .baud = 115200, AT(0x3e8), .irq = 4 } },
        /* What can be read is kept. */
        { "9600,8n1,pcx,7", { .baud = 9600, .clock_hz = SERIAL_CLOCK_HZ, .lcr = 3, .reg_width = 1, .address = 0x3f8,
                              .irq = 7 }, "option com1: \"pcx\" should be an address, pci or amt: ignored\n" },
        { "fast,9n1,0x2f8", { .baud = 115200, AT(0x2f8), .irq = 4 }, "\"fast\" should be auto or a rate" },
        { "230400", { .baud = 115200, USUAL }, "\"230400\" should be" },
        { "0", { .baud = 115200, USUAL }, "\"0\" should be" },
        { "115200,8n1,0x3f8,4,1:2.3,4:5.6,7", { .baud = 115200, AT(0x3f8), .irq = 4, .has_port = true, .port = 0x113,
                                                .has_bridge = true, .bridge = 0x42e }, "\"7\" is one part too many" },
        { "colour=red", { .baud = 115200, USUAL }, "\"colour=red\" is a name that it does not have" },
        { "reg-width=2", { .baud = 115200, USUAL }, "\"reg-width=2\" should be 1 or 4" },
        { "port=100:0.0", { .baud = 115200, USUAL }, "\"port=100:0.0\" should be BUS" },
        { "port=1:20.0", { .baud = 115200, USUAL }, "should be BUS" },
        { "port=1:0.8", { .baud = 115200, USUAL }, "should be BUS" },
        { "port=1:0.", { .baud = 115200, USUAL }, "should be BUS" },
        { "port=1:0", { .baud = 115200, USUAL }, "should be BUS" },
        { "port=1:2.3,bridge=4:5.6,port=1:0,bridge=x", { .baud = 115200, USUAL, .has_port = true, .port = 0x113,
                                                         .has_bridge = true, .bridge = 0x42e }, "\"port=1:0\"" },
        { "port=1:0:0.0", { .baud = 115200, USUAL }, "should be BUS" },
        { "io-base=0xffff", { .baud = 115200, USUAL }, "should be an address" },
        { "io-base=0xff00,reg-shift=5", { .baud = 115200, AT(0xff00), .irq = 4, .reg_shift = 5 } },
        { "io-base=0xff00,reg-shift=6", { .baud = 115200, AT(0xff00), .irq = 4 },
          "registers from I/O port 0xff00 that are 64 bytes apart go beyond the last port, 0xffff" },
        { "io-base=0", { .baud = 115200, USUAL }, "should be an address" },
    };

static void settings(void **state)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        struct serial_setting got;
        const struct serial_setting *w = &t[i].want;

        reported[0] = 0;
        serial_setting_default(&got, 0x3f8, 4);
        unsigned int refused = serial_setting_parse(&got, "com1", t[i].text, &log_to);
        if (t[i].says ? !strstr(reported, t[i].says) || !refused : refused || *reported)
            fail_msg("%s: %u refused: %s", t[i].text, refused, reported);
        if (got.baud != w->baud || got.clock_hz != w->clock_hz || got.lcr != w->lcr || got.where != w->where ||
            got.has_address != w->has_address || got.address != w->address || got.irq != w->irq ||
            got.has_port != w->has_port || got.has_bridge != w->has_bridge || (got.has_port && got.port != w->port) ||
            (got.has_bridge && got.bridge != w->bridge) || got.reg_shift != w->reg_shift ||
            got.reg_width != w->reg_width)
            fail_msg("%s: read as something else", t[i].text);
    }
}

static void divisors(void **state)
{
    struct serial_setting set;

    serial_setting_default(&set, 0x3f8, 4);
    assert_int_equal(serial_divisor(&set), 1);
    set.baud = 9600;
    assert_int_equal(serial_divisor(&set), 12);
    set.baud = 50;
    set.clock_hz = 64000000;
    assert_int_equal(serial_divisor(&set), 65535);
}

/* Whatever is written and taken: what arrives is what was written, in order, and lines say how much is missing. */
static void ring(void **state)
{
    static struct tx_ring r;
    static char in[1 << 20], out[1 << 20];
    size_t in_len = 0, out_len = 0;
    unsigned int number = 0;

    srand(1);
    for (unsigned int step = 0; step < 20000; step++) {
        bool storm = step / 1000 % 2;
        if (storm ? rand() % 4 : !(rand() % 8)) {
            char line[64];
            int n = snprintf(line, sizeof(line), "%06u%.*s\n", number++, rand() % 40,
                             "........................................");
            bool room = tx_ring_has_room(&r, (size_t)n);
            uint32_t lost = r.lost;
            tx_ring_put(&r, line, (size_t)n);
            if (room)
                assert_int_equal(r.lost, lost);
            in_len += (size_t)n;
        }
        out_len += tx_ring_take(&r, out + out_len, (size_t)rand() % 17);
    }
    while (!tx_ring_empty(&r))
        out_len += tx_ring_take(&r, out + out_len, 16);
    out[out_len] = 0;
    assert_true(in_len < sizeof(in));
    size_t seen = 0, lost = 0, losses = 0;
    int last = -1;
    for (char *line = strtok(out, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        unsigned int bytes;
        if (sscanf(line, "(XEN) *** %u bytes lost here", &bytes) == 1) {
            lost += bytes;
            losses++;
            continue;
        }
        assert_true(atoi(line) > last);
        last = atoi(line);
        seen += strlen(line) + 1;
    }
    assert_int_equal(seen + lost, in_len);
    assert_in_range(losses, 1, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(settings), cmocka_unit_test(divisors),
                                        cmocka_unit_test(ring) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
