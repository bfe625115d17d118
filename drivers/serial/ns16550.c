/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Setting up, and input, which is polled by a timer, 50 times a second and more often while it comes: a UART's
 * interrupt line is often shared or wrong, a timer never is. What dom0 has no room for stays in the UART, and RTS asks
 * the other side to wait.
 */
#include "drivers/serial/ns16550_private.h"
#include "hv/console.h"
#include "hv/time.h"

#define LCR_DLAB         0x80u
#define FCR_ENABLE_CLEAR 0x07u
#define IIR_FIFOS        0xc0u
#define MCR_LOOP         0x10u
#define MCR_ALL          0x1fu
#define FIFO_SIZE        16u
#define POLL_PERIOD      (20 * NS_PER_MS)
#define POLL_BUSY        (1 * NS_PER_MS) /* while input comes: a FIFO of 16 bytes at 115200 baud fills in 1.4 ms */
#define POLL_BURST       256u

struct uart uarts[NS16550_PORTS] = { {.lock = SPINLOCK_INIT(LOCK_SERIAL)}, {.lock = SPINLOCK_INIT(LOCK_SERIAL)} };
static struct timer poll_timer;

static void hold_sender(struct uart *u, bool hold)
{
    if (hold != u->holding)
        uart_write(u, REG_MCR, hold ? MCR_DTR_OUT2 : MCR_DTR_OUT2 | MCR_RTS);
    u->holding = hold;
}

/* Some of what has arrived, as far as dom0 has room. True if there was anything, taken or not. */
static bool poll_port(struct uart *u)
{
    char buf[POLL_BURST];
    size_t n = 0, room = MIN(sizeof(buf), console_input_room());
    bool more = uart_read(u, REG_LSR) & LSR_DATA;

    hold_sender(u, more && !room);
    for (; more && n < room; more = uart_read(u, REG_LSR) & LSR_DATA)
        buf[n++] = (char)uart_read(u, REG_DATA);
    if (n)
        console_input(buf, n);
    return n || more;
}

bool ns16550_poll(void)
{
    bool any = false;

    for (unsigned int i = 0; i < NS16550_PORTS; i++)
        if (uarts[i].present)
            any |= poll_port(&uarts[i]);
    return any;
}

static void poll_again(void *data)
{
    timer_set(&poll_timer, now_ns() + (ns16550_poll() ? POLL_BUSY : POLL_PERIOD));
}

__init void ns16550_start(bool synchronous)
{
    if (!uarts[0].present && !uarts[1].present)
        return;
    timer_init(&poll_timer, poll_again, NULL, 0);
    timer_set(&poll_timer, now_ns() + POLL_PERIOD);
    if (!synchronous)
        uart_buffer_start();
}

bool ns16550_place(unsigned int index, struct ns16550_place *place, uint32_t *len)
{
    const struct uart *u = &uarts[index];

    if (!u->present && !u->waits)
        return false;
    *place = u->place;
    *len = 8u << u->set.reg_shift;
    return true;
}

unsigned int ns16550_irq(unsigned int index)
{
    return index < NS16550_PORTS && uarts[index].present && uarts[index].set.irq < 16 ? uarts[index].set.irq : 0;
}

/*
 * A UART keeps the lower five bits of its modem control register (later kinds more of them), and its line control
 * register. There are some without the scratch register that is often asked. Looped back, so that no modem sees it.
 */
static __init bool answers(const struct uart *u)
{
    uint8_t before = uart_read(u, REG_MCR), mcr, lcr;

    uart_write(u, REG_MCR, MCR_LOOP | 0xea);
    mcr = uart_read(u, REG_MCR);
    uart_write(u, REG_MCR, before);
    if ((mcr & MCR_ALL) != (MCR_LOOP | 0x0a))
        return false;
    before = uart_read(u, REG_LCR);
    uart_write(u, REG_LCR, 0x1b);
    lcr = uart_read(u, REG_LCR);
    uart_write(u, REG_LCR, before);
    return lcr == 0x1b;
}

static __init bool program(struct uart *u)
{
    if (!answers(u))
        return false;
    uart_write(u, REG_IER, 0);
    if (u->set.baud) {
        uint16_t divisor = serial_divisor(&u->set);
        uart_write(u, REG_LCR, (uint8_t)(LCR_DLAB | u->set.lcr));
        uart_write(u, REG_DATA, (uint8_t)divisor);
        uart_write(u, REG_IER, (uint8_t)(divisor >> 8));
    }
    uart_write(u, REG_LCR, u->set.lcr);
    uart_write(u, REG_FCR, FCR_ENABLE_CLEAR);
    uart_write(u, REG_MCR, MCR_DTR_OUT2 | MCR_RTS);
    u->fifo = (uart_read(u, REG_IIR) & IIR_FIFOS) == IIR_FIFOS ? FIFO_SIZE : 1;
    return true;
}

static __init int start_port(unsigned int index)
{
    struct uart *u = &uarts[index];

    u->waits = false;
    u->patience = UART_PATIENCE;
    u->present = program(u);
    if (!u->present)
        return -ENODEV;
    console_add(&uart_console[index]);
    return 0;
}

__init int ns16550_open(unsigned int index, const struct serial_setting *set, const struct ns16550_place *place)
{
    struct uart *u = &uarts[index];

    u->set = *set;
    u->place = *place;
    u->waits = place->mmio && !place->regs;
    return u->waits ? -EAGAIN : start_port(index);
}

__init int ns16550_mapped(unsigned int index, volatile uint8_t *regs)
{
    uarts[index].place.regs = regs;
    return uarts[index].waits ? start_port(index) : 0;
}
