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
    for (unsigned int i = 0; i < 1000; i++)
        console_input("x", 1);
    assert_int_equal(console_guest_read(buf, sizeof(buf)), 128);
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

SIM_TESTS(cmocka_unit_test(ring_model), cmocka_unit_test(levels), cmocka_unit_test(rates), cmocka_unit_test(input),
          cmocka_unit_test(another_letter))
