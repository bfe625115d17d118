/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watchdog's clock is whoever calls watchdog_tick(). */
#include "sim.h"

#include "hv/watchdog.h"

unsigned int sim_watchdog_hz;
uint64_t sim_watchdog_bites;

unsigned int arch_watchdog_start(void)
{
    return sim_watchdog_hz;
}

void arch_watchdog_bite(unsigned int cpu)
{
    sim_watchdog_bites++;
}
