/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What domains write by CONSOLEIO_write. The hardware domain's text passes as it is: it is the machine's console. Any
 * other domain's is collected into lines, printable characters only, and shown as a guest's message at the guest level
 * and rate.
 */
#include "base/text.h"
#include "core/console/console.h"
#include "hv/domain.h"
#include "hv/heap.h"

#define GUEST_LINE 200

struct console_line { uint32_t len; char text[GUEST_LINE + 1]; };

static void guest_line_flush(struct domain *d, struct console_line *l)
{
    l->text[l->len] = '\0';
    if (d->vcpu[0])
        guest_log(d->vcpu[0], LOG_WARNING, "%s", l->text);
    l->len = 0;
}

static void guest_line_add(struct domain *d, struct console_line *l, char c)
{
    char shown = text_shown(c);

    if (c == '\n')
        guest_line_flush(d, l);
    else if (shown)
        l->text[l->len++] = shown;
    if (l->len == GUEST_LINE)
        guest_line_flush(d, l);
}

void console_guest_write(struct domain *d, const char *text, size_t len)
{
    if (d->is_hardware) {
        console_write(text, len, console_options.to_ring);
        return;
    }
    spin_lock(&d->lock);
    if (!d->console_line)
        d->console_line = hv_zalloc(sizeof(struct console_line));
    for (size_t i = 0; d->console_line && i < len; i++)
        guest_line_add(d, d->console_line, text[i]);
    spin_unlock(&d->lock);
}

void console_guest_forget(struct domain *d)
{
    hv_free(d->console_line);
    d->console_line = NULL;
}
