/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding domains, and the references that keep them.
 *
 * A table in two levels from id to domain; a leaf is made for its first domain and goes with its last. The lock is a
 * leaf of the lock order and held for a few instructions, so that domains can be found from any context. Who knows that
 * a domain exists, because one of its frames has a reference, looks without it: that domain's leaf stays. A domain with
 * no reference is never found, and is taken out of the table and freed by a tasklet, because the last reference may be
 * dropped anywhere.
 */
#include "core/domain/domain.h"
#include "hv/heap.h"

#define LEAF_SIZE 512u

struct domain *hardware_domain, *domain_xen, *domain_io;

static struct domain **leaves[(DOMID_FIRST_RESERVED + LEAF_SIZE - 1) / LEAF_SIZE];
static uint16_t leaf_used[ARRAY_SIZE(leaves)]; /* domains in it */
static uint64_t leaf_any; /* bit i: leaf i has one */
_Static_assert(ARRAY_SIZE(leaves) <= 64, "a bit for each");
static uint64_t leaf_present[ARRAY_SIZE(leaves)][LEAF_SIZE / 64]; /* which of its slots have one */
static spinlock_t table_lock = SPINLOCK_INIT(LOCK_LEAF);

static uint64_t *present_word(unsigned int id)
{
    return &leaf_present[id / LEAF_SIZE][id % LEAF_SIZE / 64];
}

static struct domain **table_slot(unsigned int id)
{
    struct domain **leaf =
        id < DOMID_FIRST_RESERVED ? __atomic_load_n(&leaves[id / LEAF_SIZE], __ATOMIC_ACQUIRE) : NULL;
    return leaf ? &leaf[id % LEAF_SIZE] : NULL;
}

/* table_lock held. Puts @d into its leaf, which is @*spare if there was none: -EAGAIN without either. */
static int table_put(struct domain *d, struct domain ***spare)
{
    struct domain **slot;
    if (!leaves[d->id / LEAF_SIZE]) {
        if (!*spare)
            return -EAGAIN;
        __atomic_store_n(&leaves[d->id / LEAF_SIZE], *spare, __ATOMIC_RELEASE);
        *spare = NULL;
    }
    slot = table_slot(d->id);
    if (*slot)
        return -EEXIST;
    *slot = d;
    *present_word(d->id) |= 1ULL << d->id % 64;
    leaf_used[d->id / LEAF_SIZE]++;
    leaf_any |= BIT(d->id / LEAF_SIZE);
    return 0;
}

int domain_table_add(struct domain *d)
{
    struct domain **spare = NULL;
    int rc;
    do {
        if (!spare && !table_slot(d->id) && !(spare = hv_zalloc_array(LEAF_SIZE, sizeof(*spare))))
            return -ENOMEM;
        irqflags_t flags = spin_lock_irqsave(&table_lock);
        rc = table_put(d, &spare);
        spin_unlock_irqrestore(&table_lock, flags);
    } while (rc == -EAGAIN);
    hv_free(spare);
    return rc;
}

void domain_table_remove(struct domain *d)
{
    struct domain **empty = NULL;
    irqflags_t flags = spin_lock_irqsave(&table_lock);
    struct domain **slot = table_slot(d->id);
    if (slot && *slot == d) {
        *slot = NULL;
        *present_word(d->id) &= ~(1ULL << d->id % 64);
        if (!--leaf_used[d->id / LEAF_SIZE]) {
            empty = leaves[d->id / LEAF_SIZE];
            leaves[d->id / LEAF_SIZE] = NULL;
            leaf_any &= ~BIT(d->id / LEAF_SIZE);
        }
    }
    spin_unlock_irqrestore(&table_lock, flags);
    hv_free(empty);
}

uint64_t domain_table_present(unsigned int word)
{
    irqflags_t flags = spin_lock_irqsave(&table_lock);
    uint64_t present = *present_word(word * 64);
    spin_unlock_irqrestore(&table_lock, flags);
    return present;
}

bool domain_get(struct domain *d)
{
    uint32_t refs = __atomic_load_n(&d->refs, __ATOMIC_RELAXED);
    do {
        if (!refs)
            return false;
    } while (!__atomic_compare_exchange_n(&d->refs, &refs, refs + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    return true;
}

void domain_put(struct domain *d)
{
    uint32_t before = __atomic_fetch_sub(&d->refs, 1, __ATOMIC_ACQ_REL);
    BUG_ON(!before);
    if (before == 1)
        tasklet_schedule(&d->destroy);
}

struct domain *domain_get_by_id(domid_t id)
{
    irqflags_t flags = spin_lock_irqsave(&table_lock);
    struct domain **slot = table_slot(id), *d = slot ? *slot : NULL;
    if (d && !domain_get(d))
        d = NULL;
    spin_unlock_irqrestore(&table_lock, flags);
    return d;
}

struct domain *domain_get_by_any_id(domid_t id)
{
    struct domain *self = current_vcpu()->domain;
    if (id != DOMID_SELF && id != self->id)
        return domain_get_by_id(id);
    return domain_get(self) ? self : NULL;
}

/* table_lock held. Moves *@id on to the first one of its leaf that has a domain, or to the leaf's end: false. */
static bool leaf_next(unsigned int *id)
{
    const uint64_t *present = leaf_present[*id / LEAF_SIZE];
    unsigned int word = *id % LEAF_SIZE / 64, first = *id - *id % LEAF_SIZE;
    uint64_t bits = present[word] & ~0ULL << *id % 64;

    while (!bits && ++word < LEAF_SIZE / 64)
        bits = present[word];
    *id = bits ? first + word * 64 + (unsigned int)__builtin_ctzll(bits) : first + LEAF_SIZE;
    return bits;
}

/* table_lock held. The first id from @id on that has a domain; DOMID_FIRST_RESERVED if there is none. */
static unsigned int table_next(unsigned int id)
{
    while (id < DOMID_FIRST_RESERVED) {
        uint64_t from = leaf_any >> id / LEAF_SIZE;
        if (!from)
            return DOMID_FIRST_RESERVED;
        if (!(from & 1))
            id = (id / LEAF_SIZE + (unsigned int)__builtin_ctzll(from)) * LEAF_SIZE;
        if (leaf_next(&id))
            return id;
    }
    return DOMID_FIRST_RESERVED;
}

struct domain *domain_get_next(domid_t id)
{
    struct domain *found = NULL;
    irqflags_t flags = spin_lock_irqsave(&table_lock);
    for (unsigned int i = id; !found && (i = table_next(i)) < DOMID_FIRST_RESERVED; i++) {
        struct domain *d = *table_slot(i);
        if (domain_get(d))
            found = d;
    }
    spin_unlock_irqrestore(&table_lock, flags);
    return found;
}

struct domain *domain_by_owner_id(unsigned int owner_id)
{
    if (owner_id == DOMID_IO)
        return domain_io;
    if (owner_id == DOMID_XEN)
        return domain_xen;
    struct domain **slot = table_slot(owner_id);
    return slot ? READ_ONCE(*slot) : NULL;
}
