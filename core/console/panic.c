/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last rung: say why, show where, stop. Two CPUs that panic at once must not mix their lines. */
#include "base/format.h"
#include "base/text.h"
#include "core/console/console.h"
#include "hv/kexec.h"

#include <arch/current.h>

void panic(const char *fmt, ...)
{
    static uint32_t winner; /* CPU + 1 */
    uint32_t nobody = 0, me = this_cpu_id() + 1;
    irq_disable();
    bool first = __atomic_compare_exchange_n(&winner, &nobody, me, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    if (!first && nobody != me)
        arch_panic_halt(); /* the other CPU reports */
    console_enter_panic();

    char text[LOG_LINE], line[LOG_LINE + 64];
    va_list args;
    va_start(args, fmt);
    vformat(text, sizeof(text), fmt, args);
    va_end(args);
    text[text_clean(text, strlen(text))] = '\0';
    int len = format(line, sizeof(line), "(XEN) Panic on CPU %u: %s\n", me - 1, text);
    console_write(line, MIN((size_t)len, sizeof(line) - 1), true);
    if (first)
        arch_panic_report();
    else
        kexec_crash(NULL); /* it may know how to go on where it fell */
    arch_panic_halt();
}
