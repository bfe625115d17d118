/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds the tables from pages that the caller gives, one at a time and zeroed; -ENOMEM when there are no more. */
#include "kexec/tables.h"

#include "x86/pte/pte.h"

#define PTE_ACCESSED (PTE_A | PTE_D) /* both: the processor need not write to the tables */
#define SMALL        4096ULL
#define LARGE        0x200000ULL

static uint64_t *table_at(const struct kexec_tables *t, uint64_t paddr)
{
    return t->pages->at(t->pages->opaque, paddr);
}

int kexec_tables_begin(struct kexec_tables *t, const struct kexec_pages *pages)
{
    *t = (struct kexec_tables){ pages, pages->alloc(pages->opaque) };
    return t->root ? 0 : -ENOMEM;
}

/* The entry for @va at @level, or a large page's on the way; NULL: no memory. */
static uint64_t *entry_for(struct kexec_tables *t, uint64_t va, unsigned int level)
{
    uint64_t *table = table_at(t, t->root);

    for (unsigned int l = 4;; l--) {
        uint64_t *e = &table[pte_index(va, l)];

        if (l == level || (*e & PTE_PS))
            return e;
        if (!(*e & PTE_P)) {
            uint64_t next = t->pages->alloc(t->pages->opaque);

            if (!next)
                return NULL;
            *e = next | PTE_P | PTE_RW | PTE_ACCESSED;
        }
        table = table_at(t, *e & PTE_ADDR_MASK);
    }
}

static int map_large(struct kexec_tables *t, uint64_t va, bool *done)
{
    uint64_t *e = entry_for(t, va, 2);

    if (!e)
        return -ENOMEM;
    if (!(*e & PTE_P))
        *e = va | PTE_P | PTE_RW | PTE_ACCESSED | PTE_PS;
    *done = *e & PTE_PS; /* else small pages of it are mapped: the others are added to them */
    return 0;
}

static int map_small(struct kexec_tables *t, uint64_t va)
{
    uint64_t *e = entry_for(t, va, 1);

    if (!e)
        return -ENOMEM;
    if (!(*e & PTE_P))
        *e = va | PTE_P | PTE_RW | PTE_ACCESSED;
    return 0;
}

int kexec_tables_map(struct kexec_tables *t, struct range r)
{
    if (r.end > KEXEC_TABLES_TOP)
        return -EADDRNOTAVAIL;
    for (uint64_t va = r.start; va < r.end;) {
        bool large = false;
        int rc = va % LARGE || r.end - va < LARGE ? 0 : map_large(t, va, &large);

        if (!rc && !large)
            rc = map_small(t, va);
        if (rc)
            return rc;
        va += large ? LARGE : SMALL;
    }
    return 0;
}

uint64_t kexec_tables_lookup(const struct kexec_tables *t, uint64_t va)
{
    const uint64_t *table = table_at(t, t->root);

    for (unsigned int l = va < KEXEC_TABLES_TOP ? 4 : 0; l; l--) {
        uint64_t e = table[pte_index(va, l)];

        if (!(e & PTE_P))
            break;
        if (l == 1)
            return (e & PTE_ADDR_MASK) | va % SMALL;
        if (e & PTE_PS)
            return (e & PTE_ADDR_MASK) | va % LARGE;
        table = table_at(t, e & PTE_ADDR_MASK);
    }
    return UINT64_MAX;
}
