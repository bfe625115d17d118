/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wall clock: one number, UTC at system time 0. Guests add their system time to what shared_info
 * says (xen/xen.h, wc_sec).
 */
#include "hv/compiler.h"
#include "hv/domain.h"
#include "hv/lock.h"
#include "hv/time.h"

#include <narrow_layout.h>

static spinlock_t wallclock_lock = SPINLOCK_INIT(LOCK_TIME);
static uint64_t base_ns;

uint64_t wallclock_base_ns(void) { return __atomic_load_n(&base_ns, __ATOMIC_RELAXED); }

/* Where the guest looks for it. */
struct wallclock {
    uint32_t *version, *sec, *nsec, *sec_hi;
};

static uint32_t *narrow_word(shared_info_t *s, size_t at) { return (uint32_t *)((char *)s + at); }

static struct wallclock wallclock_of(const struct domain *d)
{
    shared_info_t *s = d->shared_info;

    if (!READ_ONCE(d->narrow))
        return (struct wallclock){ &s->wc_version, &s->wc_sec, &s->wc_nsec, &s->xen_wc_sec_hi };
    return (struct wallclock){ narrow_word(s, NARROW_SHARED_INFO_WC_VERSION), narrow_word(s, NARROW_SHARED_INFO_WC_SEC),
                               narrow_word(s, NARROW_SHARED_INFO_WC_NSEC),
                               narrow_word(s, NARROW_SHARED_INFO_WC_SEC_HI) };
}

/* The page is the guest's to scribble on: the version is made odd and even again whatever it was. */
void domain_update_wallclock(struct domain *d)
{
    if (!d->shared_info)
        return;
    const struct wallclock at = wallclock_of(d);
    spin_lock(&wallclock_lock);
    uint64_t ns = base_ns + (uint64_t)d->time_offset_ns;
    if (d->time_offset_ns < 0 && ns > base_ns)
        ns = 0; /* before 1970 */
    uint64_t sec = ns / NS_PER_SEC;
    uint32_t version = READ_ONCE(*at.version) | 1;

    WRITE_ONCE(*at.version, version);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    WRITE_ONCE(*at.sec, (uint32_t)sec);
    WRITE_ONCE(*at.sec_hi, (uint32_t)(sec >> 32));
    WRITE_ONCE(*at.nsec, (uint32_t)(ns % NS_PER_SEC));
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    WRITE_ONCE(*at.version, version + 1);
    spin_unlock(&wallclock_lock);
}

void domain_set_narrow(struct domain *d, bool narrow)
{
    if (READ_ONCE(d->narrow) == narrow)
        return;
    WRITE_ONCE(d->narrow, narrow);
    domain_update_wallclock(d);
}

void wallclock_set(uint64_t ns)
{
    spin_lock(&wallclock_lock);
    __atomic_store_n(&base_ns, ns, __ATOMIC_RELAXED);
    spin_unlock(&wallclock_lock);

    struct domain *d;
    for_each_domain(d) domain_update_wallclock(d);
}
