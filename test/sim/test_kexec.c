/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kexec_op on the simulated machine: every command's answers, that a refused load leaves what is loaded alone, and that
 * an image which is started lies byte by byte where it was wanted, with nothing else changed.
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/heap.h"
#include "hv/kexec.h"
#include "hv/options.h"
#include "hv/softirq.h"
#include "hv/version.h"
#include "kexec/notes.h"

#define FRAMES 16384u
#define P      PAGE_SIZE
#define AREA   8192u /* frame where the crash area begins */
#define AREA_N 256u
#define FREE   10000u /* frames from here on belong to nobody */

static struct domain *d0, *d1;

static void start(bool area)
{
    sim_start(&(struct sim_config){ .frames = FRAMES, .cpus = 2, .first_heap = area ? AREA + AREA_N : 1 });
    sim_guest_window(box, sizeof(box));
    d0 = sim_domain(1, 2);
    d1 = sim_domain(2, 1);
    d0->is_privileged = d0->is_hardware = true;
    if (area)
        kexec_crash_area = (struct range){ AREA * P, (AREA + AREA_N) * P };
    hv_options.crashinfo_maxaddr = 1ULL << 32;
    kexec_init();
    sim_settle();
}

static long op(uint64_t cmd, const void *arg, size_t len)
{
    memcpy(box, arg, len);
    return guest_call(d0->vcpu[0], hypercall_kexec_op, cmd, BOX, 0);
}

static long type_op(uint64_t cmd, uint8_t type) { return op(cmd, &type, 1); }
static long status(uint8_t type) { return type_op(KEXEC_CMD_kexec_status, type); }
static long unload(uint8_t type) { return type_op(KEXEC_CMD_kexec_unload, type); }

struct seg { uint64_t buf, buf_size, dest, size; };

static long load_from(struct vcpu *v, uint8_t type, uint64_t entry, const struct seg *s, uint32_t n)
{
    struct xen_kexec_load head = { .type = type, .arch = 62, .nr_segments = n, .entry_maddr = entry };
    struct xen_kexec_segment *list = (void *)(box + 64);

    head.segments._pad = BOX + 64;
    memcpy(box, &head, sizeof(head));
    for (uint32_t i = 0; i < n; i++)
        list[i] = (struct xen_kexec_segment){ { ._pad = s[i].buf }, s[i].buf_size, s[i].dest, s[i].size };
    return guest_call(v, hypercall_kexec_op, KEXEC_CMD_kexec_load, BOX, 0);
}

static long load(uint8_t type, uint64_t entry, const struct seg *s, uint32_t n)
{
    return load_from(d0->vcpu[0], type, entry, s, n);
}

/* Contents that lie in the caller's memory. */
#define CONTENTS      (BOX + 8192)
#define CONTENTS_SIZE 40000u

static void contents_fill(unsigned int seed)
{
    for (unsigned int i = 0; i < CONTENTS_SIZE; i++)
        box[8192 + i] = (char)(i * 31 + seed + i / 251);
}

static long start_default(void)
{
    struct xen_kexec_exec exec = { KEXEC_TYPE_DEFAULT };
    return op(KEXEC_CMD_kexec, &exec, sizeof(exec));
}

static void answers(void **state)
{
    static const struct { const char *name; uint64_t cmd; uint8_t type; long rc; } t[] = {
        { "old load", 1, 0, -EOPNOTSUPP },   { "old unload", 2, 0, -EOPNOTSUPP },     { "7", 7, 0, -EOPNOTSUPP },
        { "64 bits", 1ULL << 32 | 6, 0, -EOPNOTSUPP }, { "continued status", 0x80000006, 0, -EOPNOTSUPP },
        { "status", 6, 0, 0 },               { "status, crash", 6, 1, 0 },            { "status, 2", 6, 2, -EINVAL },
        { "status, 255", 6, 255, -EINVAL },  { "unload", 5, 0, 0 },                   { "unload, crash", 5, 1, 0 },
        { "unload, 2", 5, 2, -EINVAL },      { "continued load without a load", 0x80000004, 0, -EINVAL },
    };
    start(true);
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        memset(box, 0, 64);
        box[0] = (char)t[i].type;
        long rc = guest_call(d0->vcpu[0], hypercall_kexec_op, t[i].cmd, BOX, 0);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
    }
    for (uint64_t cmd = 0; cmd <= 6; cmd++)
        if (cmd != 1 && cmd != 2)
            assert_int_equal(guest_call(d0->vcpu[0], hypercall_kexec_op, cmd, 0x1000, 0), -EFAULT);
    assert_int_equal(start_default(), -ENOENT);
    for (int type = -1; type <= 3; type++) {
        struct xen_kexec_exec exec = { type };
        assert_int_equal(op(KEXEC_CMD_kexec, &exec, sizeof(exec)), type == 0 || type == 1 ? -ENOENT : -EINVAL);
    }
}

static void unprivileged(void **state)
{
    start(true);
    for (uint64_t cmd = 0; cmd <= 7; cmd++) {
        struct hypercall call = { .nr = __HYPERVISOR_kexec_op, .arg = { cmd, BOX } };
        sim_this->current = d1->vcpu[0];
        assert_int_equal(hypercall_invoke(&call), -EPERM);
    }
}

static void ranges(void **state)
{
    static const struct { const char *name; int range, nr; long rc, none; uint64_t size; } t[] = {
        { "crash area", 0, 0, 0, -ENOENT, AREA_N * P }, { "image", 1, 0, 0, 0, P },
        { "CPU 0", 2, 0, 0, -EINVAL, 500 },             { "CPU 1", 2, 1, 0, -EINVAL, 404 },
        { "CPU 2", 2, 2, -ERANGE, -ERANGE },            { "CPU -1", 2, -1, -ERANGE, -ERANGE },
        { "xenheap", 3, 0, -EINVAL, -EINVAL },          { "boot parameters", 4, 0, -EINVAL, -EINVAL },
        { "EFI", 5, 0, -EINVAL, -EINVAL },              { "vmcoreinfo", 6, 0, 0, -EINVAL, 2 * P },
        { "7", 7, 0, -EINVAL, -EINVAL },                { "-1", -1, 0, -EINVAL, -EINVAL },
    };
    for (unsigned int area = 0; area < 2; area++) {
        if (fork()) { /* one machine in the life of a process */
            int end;
            assert_true(wait(&end) > 0 && end == 0);
            continue;
        }
        start(area);
        for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
            struct xen_kexec_range r = { t[i].range, t[i].nr, 77, 77 };
            long want = area ? t[i].rc : t[i].none, rc = guest_op(d0->vcpu[0], hypercall_kexec_op, 3, &r);
            if (rc != want || (!rc && r.size != t[i].size) || (rc && r.size != 77))
                fail_msg("%s: %ld, size %lu", t[i].name, rc, r.size);
        }
        if (area) {
            struct xen_kexec_range r = { 2, 1, 77, 77 };
            cpumask_clear(&cpu_online, 1);
            assert_int_equal(guest_op(d0->vcpu[0], hypercall_kexec_op, 3, &r), 0);
            assert_true(r.size == 0 && r.start == 0);
        }
        exit(0);
    }
}

static struct xen_kexec_exec crash_now = { KEXEC_TYPE_CRASH };

static __attribute__((noinline)) bool settling_panics(void) { return sim_panics(sim_settle()); }
static __attribute__((noinline)) bool crash_panics(void) { return sim_panics(kexec_crash(NULL)); }
static __attribute__((noinline)) bool crash_call_panics(void)
{
    return sim_panics(op(KEXEC_CMD_kexec, &crash_now, sizeof(crash_now)));
}

/* All of memory outside the destinations stays, destinations are what the contents say. */
static void started_lands(const struct seg *s, uint32_t n, uint64_t entry, const uint8_t *before)
{
    char text[64];

    snprintf(text, sizeof(text), "entered at %#lx", (unsigned long)entry);
    assert_string_equal(sim_panic_text, text);
    for (uint64_t a = 0; a < (uint64_t)FRAMES * P; a += P) {
        const struct seg *in = NULL;
        for (uint32_t i = 0; i < n; i++)
            if (s[i].buf && a >= s[i].dest && a < s[i].dest + s[i].size)
                in = &s[i];
        if (!in) {
            assert_memory_equal(sim_ram + a, before + a, P);
            continue;
        }
        for (uint64_t i = 0; i < P; i++) {
            uint64_t off = a - in->dest + i;
            assert_int_equal(sim_ram[a + i], off < in->buf_size ? ((uint8_t *)in->buf)[off] : 0);
        }
    }
}

static void start_and_compare(uint8_t type, const struct seg *s, uint32_t n, uint64_t entry)
{
    uint8_t *before = malloc((size_t)FRAMES * P);
    assert_non_null(before);
    if (type == KEXEC_TYPE_DEFAULT) {
        assert_int_equal(start_default(), 0);
        assert_int_equal(start_default(), -EBUSY);
        sim_on_cpu(1); /* the CPU of the caller has nothing to do with it */
        memcpy(before, sim_ram, (size_t)FRAMES * P);
        assert_true(settling_panics());
    } else {
        memcpy(before, sim_ram, (size_t)FRAMES * P);
        assert_true(crash_panics());
    }
    started_lands(s, n, entry, before);
    free(before);
}

/* Destinations where the heap gives pages from: some of what it gives cannot be used. */
static void default_starts(void **state)
{
    start(false);
    contents_fill(1);
    uint64_t there = heap_alloc(0, 0).nr;
    const struct seg s[] = {
        { CONTENTS, 30000, (there - 9) * P, 16 * P }, { CONTENTS + 5, 10, (there + 20) * P, P },
        { CONTENTS, 0, (there + 30) * P, 3 * P },     { 0, 0, 0, 0x100000 },
    };
    assert_int_equal(load(KEXEC_TYPE_DEFAULT, s[0].dest + 123, s, 4), 0);
    assert_int_equal(status(KEXEC_TYPE_DEFAULT), 1);
    start_and_compare(KEXEC_TYPE_DEFAULT, s, 4, s[0].dest + 123);
}

static void crash_starts(void **state)
{
    start(true);
    contents_fill(2);
    const struct seg s[] = {
        { CONTENTS, 40000, AREA * P, 10 * P },
        { CONTENTS + 1, 4096, (AREA + 20) * P, 2 * P },
        { 0, 0, 0, 0x100000 },
    };
    assert_int_equal(load(KEXEC_TYPE_CRASH, AREA * P, s, 3), 0);
    assert_int_equal(status(KEXEC_TYPE_CRASH), 1);
    assert_int_equal(status(KEXEC_TYPE_DEFAULT), 0);
    start_and_compare(KEXEC_TYPE_CRASH, s, 3, AREA * P);
}

static void damaged_crash_image(void **state)
{
    start(true);
    const struct seg s[] = { { CONTENTS, 40000, AREA * P, 10 * P } };

    assert_int_equal(load(KEXEC_TYPE_CRASH, AREA * P, s, 1), 0);
    sim_ram[(AREA + 9) * P + 4095] ^= 1;
    assert_int_equal(op(KEXEC_CMD_kexec, &crash_now, sizeof(crash_now)), -EIO);
    sim_ram[(AREA + 9) * P + 4095] ^= 1;
    assert_true(crash_call_panics());
}

static void refused_keeps(void **state)
{
    start(true);
    contents_fill(3);
    const struct seg good[] = { { CONTENTS, 40000, AREA * P, 10 * P } };
    static const struct { const char *name; struct seg s; uint64_t entry; long rc; } t[] = {
        { "outside", { 1, 1, (AREA - 1) * P, P }, (AREA - 1) * P, -EADDRNOTAVAIL },
        { "entry at the end", { 1, 1, AREA * P, P }, (AREA + 1) * P, -EADDRNOTAVAIL },
        { "unreadable", { 0x1000, 4096, AREA * P, P }, AREA * P, -EFAULT },
        { "larger than its place", { 1, 4097, AREA * P, P }, AREA * P, -EINVAL },
    };
    assert_int_equal(load(KEXEC_TYPE_CRASH, AREA * P, good, 1), 0);
    for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
        long rc = load(KEXEC_TYPE_CRASH, t[i].entry, &t[i].s, 1);
        if (rc != t[i].rc)
            fail_msg("%s: %ld", t[i].name, rc);
        assert_int_equal(status(KEXEC_TYPE_CRASH), 1);
    }
    /* The first part is readable, the last is not. */
    const struct seg half[] = { { CONTENTS, 4096, AREA * P, P }, { 0x1000, 1, (AREA + 5) * P, P } };
    assert_int_equal(load(KEXEC_TYPE_CRASH, AREA * P, half, 2), -EFAULT);
    start_and_compare(KEXEC_TYPE_CRASH, good, 1, AREA * P);
}

static void replaced(void **state)
{
    start(false);
    sim_settle();
    uint64_t before = heap_free_frames();
    const struct seg s[] = { { CONTENTS, 40000, FREE * P, 10 * P } }, other[] = { { CONTENTS + 8, 4096, FREE * P, P } };

    contents_fill(4);
    for (unsigned int i = 0; i < 5; i++)
        assert_int_equal(load(KEXEC_TYPE_DEFAULT, FREE * P, s, 1), 0);
    assert_int_equal(load(KEXEC_TYPE_DEFAULT, FREE * P, other, 1), 0);
    assert_int_equal(unload(KEXEC_TYPE_DEFAULT), 0);
    assert_int_equal(unload(KEXEC_TYPE_DEFAULT), 0);
    assert_int_equal(status(KEXEC_TYPE_DEFAULT), 0);
    assert_int_equal(load(KEXEC_TYPE_DEFAULT, FREE * P, &(struct seg){ 0x1000, 5, FREE * P, P }, 1), -EFAULT);
    sim_settle();
    while (heap_scrub_some())
        ;
    /* Slabs keep their pages; there is room for an image in what is left. */
    assert_int_equal(heap_free_frames(), before);
}

static void too_large(void **state)
{
    start(false);
    const struct seg s[] = { { CONTENTS, (FRAMES - 1) * P, P, (FRAMES - 1) * P } };
    uint64_t before = heap_free_frames();

    assert_int_equal(load(KEXEC_TYPE_DEFAULT, P, s, 1), -ENOMEM);
    sim_settle();
    assert_int_equal(heap_free_frames(), before);
}

/* One vCPU is in the middle of a load: another is told so, and its own second attempt begins anew. */
static void interrupted(void **state)
{
    static uint8_t large[100 * PAGE_SIZE];
    struct hypercall call = { .arg = { KEXEC_CMD_kexec_load, BOX } };

    start(false);
    sim_guest_window(large, sizeof(large));
    memset(large, 0x77, sizeof(large));
    const struct seg s[] = { { (uint64_t)large, sizeof(large), FREE * P, 100 * P } };
    const struct seg small[] = { { CONTENTS, 5, FREE * P, P } };
    assert_int_equal(load(KEXEC_TYPE_DEFAULT, FREE * P, s, 1), 0); /* leaves the description in box */
    sim_this->current = d0->vcpu[0];
    softirq_raise(SOFTIRQ_RCU);
    assert_int_equal(hypercall_kexec_op(&call), -ERESTART);
    assert_int_equal(status(KEXEC_TYPE_DEFAULT), 1);
    assert_int_equal(load_from(d0->vcpu[1], KEXEC_TYPE_DEFAULT, FREE * P, small, 1), -EBUSY);
    assert_int_equal(hypercall_kexec_op(&call), 0);
    assert_int_equal(load(KEXEC_TYPE_DEFAULT, FREE * P, s, 1), 0);
    softirq_raise(SOFTIRQ_RCU);
    call.arg[0] = KEXEC_CMD_kexec_load;
    assert_int_equal(hypercall_kexec_op(&call), -ERESTART);
    assert_int_equal(load(KEXEC_TYPE_DEFAULT, FREE * P, small, 1), 0); /* it was abandoned */
    sim_settle(); /* the abandoned image's frames go back, scrubbed */
    start_and_compare(KEXEC_TYPE_DEFAULT, small, 1, FREE * P);
}

SIM_TESTS(cmocka_unit_test(answers), cmocka_unit_test(unprivileged), cmocka_unit_test(ranges),
          cmocka_unit_test(default_starts), cmocka_unit_test(crash_starts), cmocka_unit_test(damaged_crash_image),
          cmocka_unit_test(refused_keeps), cmocka_unit_test(replaced), cmocka_unit_test(too_large),
          cmocka_unit_test(interrupted))
