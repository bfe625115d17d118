/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output. While booting, with sync_console, under a debug key and when the machine is about to stop, each text waits
 * for the transmitter: a log that is lost explains nothing. Otherwise a text goes into a ring, of which the transmitter
 * takes a FIFO at a time: at once, and then by a timer. Nobody waits at the line's rate with a lock held; dom0, which
 * can wait, is asked to (console_room()).
 */
#include "drivers/serial/ns16550_private.h"
#include "hv/console.h"
#include "hv/time.h"

#include <arch/irqflags.h>

#define STUCK_NS     (2 * NS_PER_SEC) /* a ring that did not move so long is waited for no more */
#define DRAIN_PERIOD (1 * NS_PER_MS)  /* at 115200 baud a FIFO of 16 bytes is empty after 1.4 ms */
#define PUSH_MAX     256u             /* bytes at once, if the transmitter takes them as fast as we give (emulated) */

static bool buffered, last_words;
static struct timer drain_timer;

/* One that never empties must not stop us: when it has been waited for long enough, bytes are lost until it goes on. */
static void put(struct uart *u, char c)
{
    unsigned int left = u->patience;
    bool ready = uart_read(u, REG_LSR) & LSR_THR_EMPTY;

    for (; !ready && left; left--) {
        cpu_relax();
        ready = uart_read(u, REG_LSR) & LSR_THR_EMPTY;
    }
    u->patience = ready ? UART_PATIENCE : left;
    if (ready)
        uart_write(u, REG_DATA, (uint8_t)c);
}

/* What the transmitter takes now, without waiting. The ring's lock held. */
static void push(struct uart *u)
{
    char piece[32];

    for (unsigned int done = 0; done < PUSH_MAX && (uart_read(u, REG_LSR) & LSR_THR_EMPTY);) {
        size_t n = tx_ring_take(&u->ring, piece, MIN((size_t)u->fifo, sizeof(piece)));
        if (!n)
            break;
        for (size_t i = 0; i < n; i++)
            uart_write(u, REG_DATA, (uint8_t)piece[i]);
        done += (unsigned int)n;
        u->moved = now_ns();
    }
}

/* All that waits, at the line's rate. */
static void flush(struct uart *u)
{
    char c;

    while (tx_ring_take(&u->ring, &c, 1))
        put(u, c);
}

static void write_now(struct uart *u, const char *text, size_t len)
{
    flush(u);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n')
            put(u, '\r');
        put(u, text[i]);
    }
}

static irqflags_t ring_lock(struct uart *u)
{
    irqflags_t flags = irq_save();

    if (!READ_ONCE(last_words)) /* whoever holds it then may never go on */
        spin_lock(&u->lock);
    return flags;
}

static void ring_unlock(struct uart *u, irqflags_t flags)
{
    if (!READ_ONCE(last_words))
        spin_unlock(&u->lock);
    irq_restore(flags);
}

static void write_port(struct uart *u, const char *text, size_t len)
{
    irqflags_t flags = ring_lock(u);

    if (!buffered || last_words || console_is_synchronous()) {
        write_now(u, text, len);
    } else {
        if (tx_ring_empty(&u->ring))
            u->moved = now_ns();
        tx_ring_put(&u->ring, text, len);
        push(u);
    }
    ring_unlock(u, flags);
}

/* True for a line that stands still, too: then what is written is lost, and counted, instead of stopping dom0. */
static bool port_room(struct uart *u, size_t len)
{
    if (!u->present || !buffered)
        return true;
    irqflags_t flags = ring_lock(u);
    push(u);
    bool room = tx_ring_has_room(&u->ring, len) || now_ns() - u->moved > STUCK_NS;
    ring_unlock(u, flags);
    return room;
}

static void flush_port(struct uart *u)
{
    irqflags_t flags = ring_lock(u);

    flush(u);
    ring_unlock(u, flags);
}

static bool still_waiting(void)
{
    return !tx_ring_empty(&uarts[0].ring) || !tx_ring_empty(&uarts[1].ring);
}

static void drain(void *data)
{
    for (unsigned int i = 0; i < NS16550_PORTS; i++) {
        irqflags_t flags = ring_lock(&uarts[i]);
        if (uarts[i].present)
            push(&uarts[i]);
        ring_unlock(&uarts[i], flags);
    }
    if (still_waiting())
        timer_set(&drain_timer, now_ns() + DRAIN_PERIOD);
}

/* For both ports: whatever context wrote could not arm a timer. */
static void service(void)
{
    if (buffered && still_waiting() && !timer_active(&drain_timer))
        timer_set(&drain_timer, now_ns() + DRAIN_PERIOD);
}

static void panic_now(void)
{
    WRITE_ONCE(last_words, true);
    for (unsigned int i = 0; i < NS16550_PORTS; i++)
        if (uarts[i].present)
            flush(&uarts[i]);
}

__init void uart_buffer_start(void)
{
    timer_init(&drain_timer, drain, NULL, 0);
    buffered = true;
}

static void com1_write(const char *text, size_t len)
{
    write_port(&uarts[0], text, len);
}
static void com2_write(const char *text, size_t len)
{
    write_port(&uarts[1], text, len);
}
static bool com1_room(size_t len)
{
    return port_room(&uarts[0], len);
}
static bool com2_room(size_t len)
{
    return port_room(&uarts[1], len);
}
static void com1_flush(void)
{
    flush_port(&uarts[0]);
}
static void com2_flush(void)
{
    flush_port(&uarts[1]);
}
const struct console_driver uart_console[NS16550_PORTS] = {
    {.name = "com1", .write = com1_write, .room = com1_room, .flush = com1_flush, .service = service,
     .panic = panic_now},
    {.name = "com2", .write = com2_write, .room = com2_room, .flush = com2_flush, .service = service,
     .panic = panic_now},
};
