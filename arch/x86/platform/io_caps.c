/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted, separate ranges in a small array for each kind; changed by the toolstack only, read at every access. */
#include "platform/io_caps.h"

#include "cpu/features.h"
#include "drivers/serial/ns16550.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/lock.h"
#include "irq/ioapic.h"
#include "irq/irq.h"
#include "irq/pirq.h"
#include "mm/mmio.h"
#include "platform/acpi.h"

#define RANGES_MAX 64u

struct io_set {
    uint32_t count;
    struct {
        uint64_t first, last;
    } range[RANGES_MAX];
};
struct io_caps {
    rwlock_t lock;
    struct io_set set[IO_CAP_KINDS];
};

static int io_caps_create(struct domain *d)
{
    if (d->arch.io)
        return 0;
    struct io_caps *caps = hv_zalloc(sizeof(*caps));
    if (!caps)
        return -ENOMEM;
    rw_lock_init(&caps->lock, LOCK_LEAF);
    d->arch.io = caps;
    return 0;
}

void io_caps_destroy(struct domain *d)
{
    hv_free(d->arch.io);
    d->arch.io = NULL;
}

bool io_caps_allowed(const struct domain *d, enum io_cap kind, uint64_t first, uint64_t last)
{
    struct io_caps *caps = d->arch.io;
    bool allowed = false;

    if (!caps)
        return false;
    read_lock(&caps->lock);
    const struct io_set *s = &caps->set[kind];
    for (uint32_t i = 0; i < s->count && !allowed; i++)
        allowed = first >= s->range[i].first && last <= s->range[i].last;
    read_unlock(&caps->lock);
    return allowed;
}

static void remove_at(struct io_set *s, uint32_t i)
{
    for (s->count--; i < s->count; i++)
        s->range[i] = s->range[i + 1];
}

static void insert_at(struct io_set *s, uint32_t i, uint64_t first, uint64_t last)
{
    for (uint32_t k = s->count++; k > i; k--)
        s->range[k] = s->range[k - 1];
    s->range[i].first = first;
    s->range[i].last = last;
}

/* Swallows every range that touches the new one, then puts the union in its place. */
static int set_add(struct io_set *s, uint64_t first, uint64_t last)
{
    uint32_t i = 0;

    while (i < s->count) {
        if (s->range[i].last < first && s->range[i].last + 1 != first) {
            i++;
        } else if (s->range[i].first > last && last + 1 != s->range[i].first) {
            break;
        } else {
            first = MIN(first, s->range[i].first);
            last = MAX(last, s->range[i].last);
            remove_at(s, i);
        }
    }
    if (s->count == RANGES_MAX)
        return -ENOSPC;
    insert_at(s, i, first, last);
    return 0;
}

static int set_remove(struct io_set *s, uint64_t first, uint64_t last)
{
    for (uint32_t i = 0; i < s->count;) {
        uint64_t f = s->range[i].first, l = s->range[i].last;
        if (l < first || f > last) {
            i++;
            continue;
        }
        if (f < first && l > last && s->count == RANGES_MAX)
            return -ENOSPC;
        remove_at(s, i);
        if (l > last)
            insert_at(s, i, last + 1, l);
        if (f < first)
            insert_at(s, i, f, first - 1);
        i += (f < first) + (l > last);
    }
    return 0;
}

int io_caps_grant(struct domain *d, enum io_cap kind, uint64_t first, uint64_t last)
{
    int rc = first > last ? -EINVAL : io_caps_create(d);

    if (rc)
        return rc;
    write_lock(&d->arch.io->lock);
    rc = set_add(&d->arch.io->set[kind], first, last);
    write_unlock(&d->arch.io->lock);
    return rc;
}

int io_caps_revoke(struct domain *d, enum io_cap kind, uint64_t first, uint64_t last)
{
    int rc;

    if (first > last)
        return -EINVAL;
    if (!d->arch.io)
        return 0;
    write_lock(&d->arch.io->lock);
    rc = set_remove(&d->arch.io->set[kind], first, last);
    write_unlock(&d->arch.io->lock);
    return rc;
}

static int keep_serial_port(struct domain *d, unsigned int index)
{
    struct ns16550_place p;
    uint32_t len;

    if (!ns16550_place(index, &p, &len))
        return 0;
    if (!p.mmio)
        return io_caps_revoke(d, IO_CAP_PORT, p.address, p.address + len - 1);
    return io_caps_revoke(d, IO_CAP_MMIO, p.address >> PAGE_SHIFT, (p.address + len - 1) >> PAGE_SHIFT);
}

/* What the hypervisor drives itself: interrupt controllers, timers, PCI address ports (emulated), its own power-off. */
int io_caps_grant_hardware(struct domain *d)
{
    static const struct {
        enum io_cap kind;
        uint64_t first, last;
    } kept[] = {
        {IO_CAP_PORT, 0x20,    0x21   },
        {IO_CAP_PORT, 0xa0,    0xa1   },
        {IO_CAP_PORT, 0x40,    0x43   },
        {IO_CAP_PORT, 0x61,    0x61   },
        {IO_CAP_PORT, 0x70,    0x71   },
        {IO_CAP_PORT, 0xcf8,   0xcff  },
        {IO_CAP_MMIO, 0xfee00, 0xfeeff},
        {IO_CAP_IRQ,  0,       0      },
    };
    int rc = io_caps_grant(d, IO_CAP_PORT, 0, 0xffff);

    rc = rc ? rc : io_caps_grant(d, IO_CAP_MMIO, 0, (1ULL << (cpu_paddr_bits - PAGE_SHIFT)) - 1);
    rc = rc ? rc : io_caps_grant(d, IO_CAP_IRQ, 0, irq_gsi_count ? irq_gsi_count - 1 : 0);
    for (unsigned int i = 0; !rc && i < ARRAY_SIZE(kept); i++)
        rc = io_caps_revoke(d, kept[i].kind, kept[i].first, kept[i].last);
    for (unsigned int i = 0; !rc && i < NS16550_PORTS; i++)
        rc = keep_serial_port(d, i);
    uint16_t pm_timer = acpi_pm_timer_port();
    if (!rc && pm_timer)
        rc = io_caps_revoke(d, IO_CAP_PORT, pm_timer, pm_timer + 3u);
    for (unsigned int i = 0; !rc && ioapic_frame(i); i++)
        rc = io_caps_revoke(d, IO_CAP_MMIO, ioapic_frame(i), ioapic_frame(i));
    return rc;
}

bool arch_gsi_allowed(const struct domain *d, uint32_t gsi) { return io_caps_allowed(d, IO_CAP_IRQ, gsi, gsi); }

/* pv/mm's duties. */

enum mmio_access arch_mmio_access(const struct domain *d, mfn_t m)
{
    return io_caps_allowed(d, IO_CAP_MMIO, m.nr, m.nr) ? MMIO_READ_WRITE : MMIO_NONE;
}

bool arch_mmio_ro_store(struct vcpu *v, paddr_t addr, uint64_t value, unsigned int len)
{
    return false;
}
