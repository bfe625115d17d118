/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dom0 of a page that uses the console as the worst of kernels would. read=N: it looks away while somebody types,
 * then takes N bytes and says their sum. write=N: it writes N numbered lines as fast as it can. Then it stays.
 */
#include "common/guest.h"

#define AWAY_NS 2000000000ull
#define FNV     0x01000193u

static uint64_t tsc_now(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static long console_read(char *buf, size_t len)
{
    return hypercall3(__HYPERVISOR_console_io, CONSOLEIO_read, len, PTR(buf));
}

/* As long as @ns of the machine's time, by the TSC's rate that the hypervisor tells. */
static void look_away(uint64_t ns)
{
    const volatile struct vcpu_time_info *t = &shared_info->vcpu_info[0].time;
    int shift = t->tsc_shift;
    uint64_t start = tsc_now(), ticks;

    do {
        ticks = tsc_now() - start;
        ticks = shift < 0 ? ticks >> -shift : ticks << shift;
    } while ((uint64_t)((__uint128_t)ticks * t->tsc_to_system_mul >> 32) < ns);
}

static void read_late(uint64_t wanted)
{
    char buf[100];
    uint32_t sum = 0x811c9dc5u;
    uint64_t got = 0;

    printk("console: waiting for %lu bytes", (unsigned long)wanted);
    while (got < wanted) {
        long n = console_read(buf, got ? sizeof(buf) : 1);
        for (long i = 0; i < n; i++)
            sum = (sum ^ (uint8_t)buf[i]) * FNV;
        if (n > 0 && !got)
            look_away(AWAY_NS);
        got += n > 0 ? (uint64_t)n : 0;
    }
    printk("console: %lu bytes, sum %08x", (unsigned long)got, sum);
}

void guest_main(void)
{
    uint64_t lines = guest_option("write", 0), bytes = guest_option("read", 0);

    if (bytes)
        read_late(bytes);
    for (uint64_t i = 0; i < lines; i++)
        printk("line %06lu of %lu, as long as lines of a log are wont to be", (unsigned long)i, (unsigned long)lines);
    printk("console: stays");
    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_block, 0);
}
