/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Input: to dom0 through a small ring and VIRQ_CONSOLE, or to the debug keys. Ctrl-A, or with another letter of
 * conswitch=, three times in a row switches between the two; the first two also go to whoever listens.
 *
 * Nothing is lost: a driver asks how much there is room for and leaves the rest in its device, whose full FIFO or
 * lowered RTS holds the sender back until dom0 has read.
 */
#include "core/console/console.h"
#include "hv/event.h"
#include "hv/softirq.h"

#define SWITCH_COUNT 3
#define INPUT_SIZE   4096u

static spinlock_t input_lock = SPINLOCK_INIT(LOCK_LEAF);
static char input[INPUT_SIZE];
static uint32_t input_read, input_written; /* counters; under input_lock */
static unsigned int switch_seen;
static bool toggled; /* input goes elsewhere than the option says */
static bool switched;

static bool to_hypervisor(void) { return console_options.input_to_hv != READ_ONCE(toggled); }

static char switch_letter(void)
{
    return console_options.switch_letter ? console_options.switch_letter : 'a';
}

/* As a tasklet: an interrupt handler neither prints long lines nor raises events under locks that it does not know. */
static void input_deliver(void *unused)
{
    if (__atomic_exchange_n(&switched, false, __ATOMIC_SEQ_CST))
        log_error("*** Serial input to %s (type CTRL-%c three times to switch)",
                  to_hypervisor() ? "the hypervisor" : "dom0", switch_letter() & ~0x20);
    if (READ_ONCE(input_read) != READ_ONCE(input_written))
        virq_raise_global(VIRQ_CONSOLE);
}
static struct tasklet input_tasklet = TASKLET_INIT(input_deliver, NULL);

/* True if @c was the last of the switching sequence. */
static bool input_switches(char c)
{
    switch_seen = c == (switch_letter() & 0x1f) ? switch_seen + 1 : 0;
    if (switch_seen < SWITCH_COUNT)
        return false;
    switch_seen = 0;
    toggled = !toggled;
    switched = true;
    return true;
}

static void input_char(char c)
{
    irqflags_t flags = spin_lock_irqsave(&input_lock);
    bool consumed = input_switches(c), is_key = !consumed && to_hypervisor();
    if (!consumed && !is_key && input_written - input_read < INPUT_SIZE)
        input[input_written++ % INPUT_SIZE] = c;
    spin_unlock_irqrestore(&input_lock, flags);
    if (is_key)
        debug_key_handle(c);
}

/* Debug keys need no room, but the next byte may end a switch to dom0: one at a time when its ring is full. */
size_t console_input_room(void)
{
    irqflags_t flags = spin_lock_irqsave(&input_lock);
    size_t room = INPUT_SIZE - (input_written - input_read);
    if (!room && to_hypervisor())
        room = 1;
    spin_unlock_irqrestore(&input_lock, flags);
    return room;
}

void console_input(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        input_char(text[i]);
    tasklet_schedule(&input_tasklet);
}

size_t console_guest_read(char *buf, size_t cap)
{
    if (READ_ONCE(input_read) == READ_ONCE(input_written))
        return 0; /* what comes now is told of afterwards */
    irqflags_t flags = spin_lock_irqsave(&input_lock);
    size_t n = MIN(cap, (size_t)(input_written - input_read));
    for (size_t i = 0; i < n; i++)
        buf[i] = input[input_read++ % INPUT_SIZE];
    spin_unlock_irqrestore(&input_lock, flags);
    return n;
}
