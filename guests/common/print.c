/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line to the hypervisor's log, and to the console of a guest that has one. */
#include "guest.h"

#include "base/format.h"

void printk(const char *fmt, ...)
{
    char line[256];
    va_list ap;

    va_start(ap, fmt);
    vformat(line, sizeof(line) - 1, fmt, ap);
    va_end(ap);
    size_t len = strlen(line);
    line[len++] = '\n';
    hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, len, PTR(line));
    console_write(line, len);
}
