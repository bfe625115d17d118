/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which domains' lives have taken a turn (made, shut down, resumed, dying, dead, gone) since the one who listens was
 * told: a bit for each id that a domain can have. The listener is the domain that VIRQ_DOM_EXC goes to, once it has
 * bound it; it is then first notified of every domain that exists. A bit is set after what it announces has happened,
 * and taken before that is looked at, so nothing is missed; what changed twice may be reported once.
 */
#include "core/domain/domain.h"

static uint64_t changed[(DOMID_FIRST_RESERVED + 63) / 64];

void domain_changed(domid_t id)
{
    if (id < DOMID_FIRST_RESERVED)
        __atomic_fetch_or(&changed[id / 64], 1ULL << id % 64, __ATOMIC_SEQ_CST);
}

bool domain_changed_take(domid_t *id)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(changed); i++) {
        uint64_t word = __atomic_load_n(&changed[i], __ATOMIC_SEQ_CST);
        while (word) {
            unsigned int bit = (unsigned int)__builtin_ctzll(word);
            word = __atomic_fetch_and(&changed[i], ~(1ULL << bit), __ATOMIC_SEQ_CST);
            if (word & 1ULL << bit) {
                *id = (domid_t)(i * 64 + bit);
                return true;
            }
        }
    }
    return false;
}

/* Who is made meanwhile is in the table before its bit is set: cleared first, looked for afterwards. */
void domain_changed_restart(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(changed); i++)
        __atomic_store_n(&changed[i], 0, __ATOMIC_SEQ_CST);
    for (unsigned int i = 0; i < ARRAY_SIZE(changed); i++)
        __atomic_fetch_or(&changed[i], domain_table_present(i), __ATOMIC_SEQ_CST);
}
