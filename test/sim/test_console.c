/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: its ring against a model, levels and rates, and where input goes. */
#include "sim_test.h"

#include "guest.h"
#include "hv/console.h"
#include "hv/log.h"

static char shown[1 << 20];
static size_t shown_len;

static void show(const char *text, size_t len)
{
    assert_true(shown_len + len < sizeof(shown));
    memcpy(shown + shown_len, text, len);
    shown_len += len;
    shown[shown_len] = 0;
}
static const struct console_driver driver = { .name = "test", .write = show };

static void start(const struct console_options *o)
{
    sim_start(&(struct sim_config){ .frames = 8192, .cpus = 1 });
    sim_guest_window(box, sizeof(box));
    console_configure(o);
    console_add(&driver);
    shown_len = 0;
}

/* Whoever reads on from where it stopped gets every byte once, or, when it was too slow, a gap and then every byte. */
static void ring_model(void **state)
{
    start(&(struct console_options){ .ring_size = 4096, .to_ring = true });
    struct domain *d = sim_domain(1, 1);
    d->is_hardware = true;
    assert_int_equal(console_ring_size(), 4096);
    static char all[1 << 20], buf[8192];
    size_t written = 0, read = 0;
    uint32_t index = 0;
    uint64_t r = 3;
    console_read_ring(buf, sizeof(buf), true, false, &index);
    uint32_t base = index;
    for (unsigned int step = 0; step < 5000; step++) {
        char piece[128];
        size_t n = sim_random(&r) % sizeof(piece);
        for (size_t i = 0; i < n; i++)
            piece[i] = all[written++] = 'a' + (char)(sim_random(&r) % 26);
        console_guest_write(d, piece, n);
        if (sim_random(&r) % 40)
            continue;
        size_t want = sim_random(&r) % sizeof(buf), start_at = written - read > 4096 ? written - 4096 : read;
        size_t got = console_read_ring(buf, want, false, true, &index);
        assert_int_equal(got, MIN(want, written - start_at));
        assert_memory_equal(buf, all + start_at, got);
        read = start_at + got;
        assert_int_equal(index - base, read);
    }
    size_t got = console_read_ring(buf, sizeof(buf), true, false, &index);
    assert_int_equal(got, 4096);
    assert_memory_equal(buf, all + written - 4096, 4096);
    assert_int_equal(console_read_ring(buf, sizeof(buf), false, false, &index), 0);
}

static void levels(void **state)
{
    static const struct { const char *text; int rc; uint8_t level, limit;
    } t[] = {
        { "none", 0, 0, 0 },
        { "all", 0, 4, 4 },
        { "error", 0, 1, 1 },
        { "warning/debug", 0, 2, 4 },
        { "none/error", 0, 0, 1 },
        { "info/error", 0, 3, 3 },
        { "", -EINVAL, 9, 9 },
        { "err", -EINVAL, 9, 9 },
        { "error/", -EINVAL, 9, 9 },
        { "/error", -EINVAL, 9, 9 },
        { "error/all/all", -EINVAL, 9, 9 },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        uint8_t level = 9, limit = 9;
        if (console_parse_level(t[i].text, &level, &limit) != t[i].rc || level != t[i].level || limit != t[i].limit)
            fail_msg("%s", t[i].text);
    }
}

static unsigned int lines(void)
{
    unsigned int n = 0;
    for (size_t i = 0; i < shown_len; i++)
        n += shown[i] == '\n';
    return n;
}

static void rates(void **state)
{
    start(&(struct console_options){ .level = 1, .limit_level = 2, .guest_limit_level = 2 });
    struct domain *a = sim_domain(1, 1), *b = sim_domain(2, 1);
    log_info("not shown");
    assert_int_equal(lines(), 0);
    log_error("shown");
    assert_int_equal(lines(), 1);
    assert_string_equal(shown, "(XEN) shown\n");
    sim_pass(100 * NS_PER_SEC);
    shown_len = 0;
    for (unsigned int i = 0; i < 1000; i++)
        guest_log(a->vcpu[0], LOG_ERROR, "flood");
    assert_in_range(lines(), 10, 30);
    shown_len = 0;
    guest_log(b->vcpu[0], LOG_WARNING, "heard");
    assert_string_equal(shown, "(XEN) d2v0 heard\n"); /* one guest does not silence another */
    shown_len = 0;
    sim_pass(NS_PER_SEC);
    guest_log(a->vcpu[0], LOG_ERROR, "again");
    assert_non_null(strstr(shown, "messages suppressed"));
    assert_non_null(strstr(shown, "(XEN) d1v0 again\n"));

    char longer[2000];
    memset(longer, 'x', sizeof(longer));
    longer[1999] = 0;
    shown_len = 0;
    log_error("%s", longer);
    assert_int_equal(lines(), 1);
    assert_true(shown_len <= 256 && shown[shown_len - 1] == '\n');
}

static unsigned int key_ran;
static void key(char c) { key_ran++; }

static void input(void **state)
{
    start(&(struct console_options){ .level = 4, .limit_level = 4 });
    struct domain *d = sim_domain(1, 1);
    hardware_domain = d;
    int port = evtchn_bind_virq(d, VIRQ_CONSOLE, 0);
    assert_true(debug_key_register('z', key, "the test's"));
    assert_false(debug_key_register('z', key, "twice"));
    char buf[256];
    console_input("z\1\1z", 4);
    sim_settle();
    assert_true(evtchn_port_pending(d, port));
    assert_int_equal(key_ran, 0);
    assert_int_equal(console_guest_read(buf, sizeof(buf)), 4);
    console_input("\1\1\1zzh", 6);
    sim_settle();
    assert_int_equal(key_ran, 1); /* twice before it ran is once */
    assert_non_null(strstr(shown, "'z' => the test's"));
    assert_non_null(strstr(shown, "'h' => "));
    assert_int_equal(console_guest_read(buf, sizeof(buf)), 2);
    console_input("\1\1\1q", 4);
    sim_settle();
    assert_int_equal(console_guest_read(buf, sizeof(buf)), 1);
    hardware_domain = NULL;
}

/* conswitch=bx: Ctrl-B moves input, Ctrl-A does not, and the hypervisor has it first. */
static void another_letter(void **state)
{
    start(&(struct console_options){ .level = 4, .limit_level = 4, .input_to_hv = true, .switch_letter = 'b' });
    char buf[16];

    key_ran = 0;
    assert_true(debug_key_register('y', key, "the other test's"));
    console_input("y\1\1\1", 4);
    sim_settle();
    assert_int_equal(key_ran, 1);
    console_input("\2\2\2y", 4);
    sim_settle();
    assert_non_null(strstr(shown, "(type CTRL-B three times to switch)"));
    assert_int_equal(key_ran, 1);
    assert_int_equal(console_guest_read(buf, sizeof(buf)), 1);
}

/* A driver that asks for room loses nothing, however long the text and however seldom dom0 reads; keys go on. */
static void pasted(void **state)
{
    static char in[20000], out[20000];
    uint64_t r = 5;
    size_t given = 0, got = 0;

    start(&(struct console_options){ .level = 1, .limit_level = 1 });
    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = ' ' + (char)(sim_random(&r) % 90);
    assert_int_equal(console_input_room(), 4096);
    while (got < sizeof(in)) {
        size_t n = MIN(MIN(1 + sim_random(&r) % 256, console_input_room()), sizeof(in) - given);
        console_input(in + given, n);
        given += n;
        if (!n || !(sim_random(&r) % 20))
            got += console_guest_read(out + got, 1 + sim_random(&r) % 3000);
    }
    assert_memory_equal(in, out, sizeof(in));

    memset(out, 'x', 4093);
    console_input(out, 4093);
    console_input("\1\1\1", console_input_room());
    assert_int_equal(console_input_room(), 1); /* the hypervisor listens now, and dom0's ring has one byte left */
    console_input("h", 1);
    sim_settle();
    assert_non_null(strstr(shown, "show this message"));
    console_guest_read(out, 1);
    console_input("\1", 1);
    console_input("\1", 1);
    console_input("\1", 1);
    sim_settle();
    assert_int_equal(console_guest_read(out, sizeof(out)), 4094);
}

/* No byte that a terminal obeys comes from a guest, a name or a note to a console or to the ring. */
static void terminals_are_safe(void **state)
{
    static const char all[] = "all bytes: ";
    char text[256 + sizeof(all)], ring[8192];
    uint32_t index = 0;

    start(&(struct console_options){ .ring_size = 4096, .level = 4, .limit_level = 4, .guest_level = 4,
                                     .guest_limit_level = 4, .to_ring = true });
    struct domain *d = sim_domain(1, 1), *dom0 = sim_domain(2, 1);
    dom0->is_hardware = true;
    memcpy(text, all, sizeof(all));
    for (unsigned int c = 1; c < 256; c++)
        text[sizeof(all) + c - 2] = (char)c;
    text[sizeof(all) + 254] = 0;
    size_t len = sizeof(all) + 254;
    console_guest_write(d, text, len);
    console_guest_write(d, "\n\x9b" "31m\xc3\xa9\x7f\x1b[2J\xff\n", 14);
    guest_log(d->vcpu[0], LOG_ERROR, "%s", text);
    log_error("a name: \"%s\"", text);
    for (size_t i = 0; i < shown_len; i++)
        if (shown[i] != '\n' && shown[i] != '\t' && (shown[i] < ' ' || shown[i] > '~'))
            fail_msg("byte %#x at %zu", (unsigned char)shown[i], i);
    assert_non_null(strstr(shown, "(XEN) d1v0 31m??[2J?\n"));
    assert_non_null(strstr(shown, "a name: \"all bytes: \t !\"#$%&'()*+"));
    shown_len = 0;
    console_guest_write(dom0, text, len); /* dom0's terminal is its own; the ring is others' */
    assert_int_equal(shown_len, len);
    len = console_read_ring(ring, sizeof(ring), false, false, &index);
    for (size_t i = 0; i < len; i++)
        if (ring[i] != '\n' && ring[i] != '\t' && (ring[i] < ' ' || ring[i] > '~'))
            fail_msg("byte %#x at %zu of the ring", (unsigned char)ring[i], i);
}

SIM_TESTS(cmocka_unit_test(ring_model), cmocka_unit_test(levels), cmocka_unit_test(rates), cmocka_unit_test(input),
          cmocka_unit_test(pasted), cmocka_unit_test(terminals_are_safe), cmocka_unit_test(another_letter))
