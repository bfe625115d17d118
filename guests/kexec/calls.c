/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that must be refused: what was loaded before stays loaded, and no frame is lost. */
#include "kexec/kexec.h"
#include "kexec/payload/payload.h"

#define BAD_POINTER 0x10000ul
#define SEGMENTS    66

static unsigned int passed, failed;
static struct xen_kexec_segment segment[SEGMENTS];
static uint8_t buffer[4 * PAGE_SIZE] __attribute__((aligned(4096)));

static void expect(const char *what, long wanted, long got)
{
    if (wanted == got)
        passed++;
    else
        failed++;
    if (wanted != got)
        printk("FAIL %s: wanted %ld, got %ld", what, wanted, got);
}

static uint64_t range_of(int range, uint64_t *size)
{
    struct xen_kexec_range r = { .range = range };

    if (kexec_op(KEXEC_CMD_kexec_get_range, &r))
        return 0;
    *size = r.size;
    return r.start;
}

static uint64_t free_pages(void)
{
    static struct xen_sysctl op;

    op.cmd = XEN_SYSCTL_physinfo;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hypercall1(__HYPERVISOR_sysctl, PTR(&op)) ? 0 : op.u.physinfo.free_pages;
}

static long status(uint8_t type)
{
    struct xen_kexec_status s = { .type = type };
    return kexec_op(KEXEC_CMD_kexec_status, &s);
}

static long unload(uint8_t type)
{
    struct xen_kexec_unload u = { .type = type };
    return kexec_op(KEXEC_CMD_kexec_unload, &u);
}

static long exec(int type)
{
    struct xen_kexec_exec e = { .type = type };
    return kexec_op(KEXEC_CMD_kexec, &e);
}

static void no_pointer(void)
{
    for (unsigned int cmd = 0; cmd <= 6; cmd++)
        expect("an argument that cannot be read", cmd == 1 || cmd == 2 ? -EOPNOTSUPP : -EFAULT,
               hypercall2(__HYPERVISOR_kexec_op, cmd, BAD_POINTER));
    for (unsigned int cmd = 7; cmd < 64; cmd++)
        expect("a command that does not exist", -EOPNOTSUPP, kexec_op(cmd, buffer));
}

static void types(void)
{
    for (unsigned int type = 2; type < 256; type++) {
        expect("status of an unknown type", -EINVAL, status((uint8_t)type));
        expect("unload of an unknown type", -EINVAL, unload((uint8_t)type));
        expect("start of an unknown type", -EINVAL, exec((int)type));
    }
    expect("start of type -1", -EINVAL, exec(-1));
    expect("start of nothing", -ENOENT, exec(KEXEC_TYPE_DEFAULT));
    expect("crash without an image", -ENOENT, exec(KEXEC_TYPE_CRASH));
    expect("unload of nothing", 0, unload(KEXEC_TYPE_DEFAULT));
    expect("unload of nothing", 0, unload(KEXEC_TYPE_CRASH));
}

struct load_row {
    const char *name;
    uint8_t type, pad;
    uint16_t arch;
    uint32_t count;
    uint64_t list, buf, buf_size, dest, size, entry;
    long rc;
};

static long load_row(const struct load_row *r)
{
    struct xen_kexec_load load = {
        .type = r->type, ._pad = r->pad, .arch = r->arch, .nr_segments = r->count, .entry_maddr = r->entry,
    };

    for (unsigned int i = 0; i < SEGMENTS; i++) { /* all alike, one behind the other */
        segment[i] = (struct xen_kexec_segment){ .buf_size = r->buf_size, .dest_maddr = r->dest + i * r->size,
                                                 .dest_size = r->size };
        segment[i].buf._pad = r->buf;
    }
    load.segments._pad = r->list ? r->list : PTR(segment);
    return kexec_op(KEXEC_CMD_kexec_load, &load);
}

static void loads(uint8_t type, uint64_t at)
{
    const uint64_t b = PTR(buffer), p = PAGE_SIZE;
    const struct load_row row[] = {
        { "no segment", type, 0, 62, 0, 0, b, 1, at, p, at, -EINVAL },
        { "16 segments", type, 0, 62, 16, 0, b, 1, at, p, at, 0 },
        { "64 segments", type, 0, 62, 64, 0, b, 1, at, p, at, 0 },
        { "65 segments", type, 0, 62, 65, 0, b, 1, at, p, at, -EINVAL },
        { "as many as can be said", type, 0, 62, ~0u, 0, b, 1, at, p, at, -EINVAL },
        { "a list that cannot be read", type, 0, 62, 1, BAD_POINTER, b, 1, at, p, at, -EFAULT },
        { "a list in the hypervisor's memory", type, 0, 62, 1, 0xffff810000000000, b, 1, at, p, at, -EFAULT },
        { "a list not canonical", type, 0, 62, 1, 1ull << 63, b, 1, at, p, at, -EFAULT },
        { "contents that cannot be read", type, 0, 62, 2, 0, BAD_POINTER, 1, at, p, at, -EFAULT },
        { "contents in the hypervisor's memory", type, 0, 62, 1, 0, 0xffff810000000000, p, at, p, at, -EFAULT },
        { "contents beyond the last address", type, 0, 62, 1, 0, ~0xffful, 2 * p, at, 2 * p, at, -EFAULT },
        { "reserved byte", type, 1, 62, 1, 0, b, 1, at, p, at, -EINVAL },
        { "type 2", 2, 0, 62, 1, 0, b, 1, at, p, at, -EINVAL },
        { "machine 40", type, 0, 40, 1, 0, b, 1, at, p, at, -EINVAL },
        { "unaligned", type, 0, 62, 1, 0, b, 1, at + 1, p, at + 1, -EADDRNOTAVAIL },
        { "end unaligned", type, 0, 62, 1, 0, b, 1, at, p + 1, at, -EADDRNOTAVAIL },
        { "wraps", type, 0, 62, 1, 0, b, 1, ~0xffful, 2 * p, ~0xffful, -EADDRNOTAVAIL },
        { "no RAM", type, 0, 62, 1, 0, b, 1, 0xfee00000, p, 0xfee00000, -EADDRNOTAVAIL },
        { "all on one place", type, 0, 62, 2, 0, b, 0, at, 0, at, -EADDRNOTAVAIL },
        { "entry at the end", type, 0, 62, 1, 0, b, 1, at, p, at + p, -EADDRNOTAVAIL },
        { "more bytes than fit", type, 0, 62, 1, 0, b, p + 1, at, p, at, -EINVAL },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
        long before = status(type), rc = load_row(&row[i]);
        expect(row[i].name, row[i].rc, rc);
        expect("... and what is loaded afterwards", rc ? before : 1, status(type));
    }
}

/* It reads the same few pages again and again, for more memory than there is. */
static void exhaust(void)
{
    uint64_t half = free_pages() / 2 * PAGE_SIZE;
    const struct load_row row = { "", 0, 0, 62, 1, 0, PTR(buffer), half * 3, 0x100000, half * 3, 0x100000, 0 };

    expect("more than there is memory", true, load_row(&row) < 0);
}

/* Over the hypervisor, over the crash area, over what is free: a default image may go anywhere, once it is started. */
static void anywhere(uint64_t crash)
{
    uint64_t size = 0, hypervisor = range_of(KEXEC_RANGE_MA_XEN, &size) & ~(PAGE_SIZE - 1);
    const uint64_t at[] = { hypervisor, crash, 0x100000, 0x8000 };

    for (unsigned int i = 0; i < ARRAY_SIZE(at); i++) {
        const struct load_row row = { "", 0, 0, 62, 3, 0, PTR(buffer), 100, at[i], PAGE_SIZE, at[i] };
        expect("a default image anywhere", 0, load_row(&row));
    }
    expect("unload", 0, unload(KEXEC_TYPE_DEFAULT));
}

static void frames_are_back(uint64_t before)
{
    for (int i = 0; i < 1000000 && free_pages() != before; i++)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    expect("free frames", (long)before, (long)free_pages());
}

void test_calls(void)
{
    uint64_t size = 0, area = range_of(KEXEC_RANGE_MA_CRASH, &size), before;

    for (int round = 0; round < 2; round++) { /* the first may make tables that stay */
        before = free_pages();
        no_pointer();
        types();
        loads(KEXEC_TYPE_DEFAULT, 0x2000000);
        if (area)
            loads(KEXEC_TYPE_CRASH, area);
        exhaust();
        anywhere(area ? area : 0x3000000);
        for (int i = 0; i < 100; i++)
            expect("load again", 0, payload_load(KEXEC_TYPE_DEFAULT, 64));
        expect("unload", 0, unload(KEXEC_TYPE_DEFAULT));
        expect("unload", 0, unload(KEXEC_TYPE_CRASH));
    }
    frames_are_back(before);
    printk("kexec guest: %u passed, %u failed", passed, failed);
}

void test_unprivileged(void)
{
    for (unsigned int cmd = 0; cmd < 16; cmd++)
        expect("without privilege", -EPERM, kexec_op(cmd, buffer));
    expect("without privilege, no argument", -EPERM,
           hypercall2(__HYPERVISOR_kexec_op, KEXEC_CMD_kexec_load, BAD_POINTER));
    expect("a load", -EPERM, payload_load(KEXEC_TYPE_CRASH, 64));
    printk("kexec guest: %u passed, %u failed", passed, failed);
}
