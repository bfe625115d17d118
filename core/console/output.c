/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where characters go: the drivers, under one lock that a panic ignores. */
#include "core/console/console.h"

struct console_options console_options = {
    .level = LOG_INFO + 1, .limit_level = LOG_INFO + 1, .guest_limit_level = LOG_WARNING + 1,
};

static spinlock_t console_spin = SPINLOCK_INIT(LOCK_CONSOLE);
static const struct console_driver *drivers[CONSOLE_DRIVERS];
static bool in_panic;
static uint32_t synchronous; /* how many want it */

irqflags_t console_lock(void)
{
    irqflags_t flags = irq_save();
    if (!READ_ONCE(in_panic))
        spin_lock(&console_spin);
    return flags;
}

void console_unlock(irqflags_t flags)
{
    if (!READ_ONCE(in_panic))
        spin_unlock(&console_spin);
    irq_restore(flags);
}

void console_enter_panic(void)
{
    if (__atomic_exchange_n(&in_panic, true, __ATOMIC_SEQ_CST))
        return;
    for (unsigned int i = 0; i < CONSOLE_DRIVERS; i++)
        if (drivers[i] && drivers[i]->panic)
            drivers[i]->panic();
}

void console_sync_begin(void)
{
    __atomic_fetch_add(&synchronous, 1, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < CONSOLE_DRIVERS; i++)
        if (drivers[i] && drivers[i]->flush)
            drivers[i]->flush();
}

void console_sync_end(void)
{
    __atomic_fetch_sub(&synchronous, 1, __ATOMIC_SEQ_CST);
}

bool console_is_synchronous(void)
{
    return READ_ONCE(synchronous);
}

bool console_room(size_t len)
{
    bool room = true;

    for (unsigned int i = 0; i < CONSOLE_DRIVERS; i++)
        if (drivers[i] && drivers[i]->room)
            room &= drivers[i]->room(len);
    return room;
}

void console_service(void)
{
    for (unsigned int i = 0; i < CONSOLE_DRIVERS; i++)
        if (drivers[i] && drivers[i]->service)
            drivers[i]->service();
}

/** To every driver. Lock held. */
static void console_emit(const char *text, size_t len)
{
    for (unsigned int i = 0; i < CONSOLE_DRIVERS; i++)
        if (drivers[i])
            drivers[i]->write(text, len);
}

void console_write(const char *text, size_t len, bool to_ring)
{
    irqflags_t flags = console_lock();
    if (to_ring)
        ring_append(text, len);
    console_emit(text, len);
    console_unlock(flags);
    ring_notify(to_ring);
}

/*
 * Shows a new driver what was logged before it existed. Its write is safe to call in pieces without the lock's
 * protection of the ring, because the pieces are copied out first.
 */
static void console_replay(const struct console_driver *drv)
{
    char piece[128];
    uint32_t index = 0;
    size_t len, left = console_ring_size();
    for (bool more = false; left && (len = console_read_ring(piece, sizeof(piece), false, more, &index)); more = true) {
        irqflags_t flags = console_lock();
        drv->write(piece, len);
        console_unlock(flags);
        left -= MIN(left, len);
    }
}

void console_add(const struct console_driver *drv)
{
    console_replay(drv);
    irqflags_t flags = console_lock();
    for (unsigned int i = 0; i < CONSOLE_DRIVERS; i++) {
        if (drivers[i])
            continue;
        drivers[i] = drv;
        break;
    }
    console_unlock(flags);
}
