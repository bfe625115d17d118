/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk: down the tables by copies of their entries, then the rights, then the accessed and dirty bits. */
#include "x86/guest_walk/format.h"
#include "x86/guest_walk/rights.h"
#include "x86/pte/pte.h"

#define LEVELS_MAX 4u

/* The entries that were read, from the top. Those of PAE's top level that were loaded by MOV to CR3 are not in it. */
struct path {
    unsigned int length;
    struct step {
        uint64_t paddr, entry;
    } step[LEVELS_MAX];
};

struct descent {
    const struct guest_paging *paging;
    enum paging_kind kind;
    uint64_t va;
    unsigned int access;
    struct path path;
};

static enum guest_walk_end fault(const struct descent *d, uint32_t error, struct guest_walk *out)
{
    out->error = error | access_error(d->paging, d->kind, d->access);
    return GUEST_WALK_FAULT;
}

static uint64_t top_table(const struct guest_paging *p, enum paging_kind kind)
{
    switch (kind) {
    case PAGING_32:
        return p->cr3 & 0xfffff000;
    case PAGING_PAE:
        return p->cr3 & 0xffffffe0;
    default:
        return p->cr3 & PTE_ADDR_MASK;
    }
}

/* Of PAE's top level: not in memory any more, and without accessed bit and rights. */
static bool is_loaded(const struct descent *d, unsigned int level)
{
    return d->kind == PAGING_PAE && level == 3 && d->paging->pdptes_loaded;
}

static bool read_entry(struct descent *d, const struct guest_walk_memory *memory, uint64_t table, unsigned int level,
                       struct step *now)
{
    unsigned int index = paging_index(d->kind, level, d->va), bytes = paging_entry_bytes(d->kind);

    if (is_loaded(d, level)) {
        *now = (struct step){ .entry = d->paging->pdpte[index] };
        return true;
    }
    now->paddr = table + index * bytes;
    return memory->read(memory->opaque, now->paddr, bytes, &now->entry);
}

static void narrow(const struct descent *d, unsigned int level, uint64_t entry, struct guest_walk *out)
{
    if (d->kind == PAGING_PAE && level == 3)
        return;
    out->user &= !!(entry & PTE_US);
    out->writable &= !!(entry & PTE_RW);
    if (paging_has_nx(d->paging, d->kind))
        out->executable &= !(entry & PTE_NX);
}

/* Down to the leaf. */
static enum guest_walk_end descend(struct descent *d, const struct guest_walk_memory *memory, struct guest_walk *out)
{
    uint64_t table = top_table(d->paging, d->kind);

    for (unsigned int level = paging_levels(d->kind); level; level--) {
        struct step now;
        bool leaf;

        if (!read_entry(d, memory, table, level, &now)) {
            out->paddr = now.paddr;
            return GUEST_WALK_ABSENT;
        }
        if (!(now.entry & PTE_P))
            return fault(d, 0, out);
        leaf = paging_is_leaf(d->paging, d->kind, level, now.entry);
        if (now.entry & paging_reserved(d->paging, d->kind, level, leaf))
            return fault(d, PF_PRESENT | PF_RESERVED, out);
        narrow(d, level, now.entry, out);
        if (!(d->kind == PAGING_PAE && level == 3))
            d->path.step[d->path.length++] = now;
        table = paging_target(d->kind, level, now.entry, leaf);
        if (leaf) {
            out->shift = paging_shift(d->kind, level);
            out->leaf = now.entry;
            out->paddr = table | (d->va & (BIT(out->shift) - 1));
            return GUEST_WALK_DONE;
        }
    }
    return fault(d, PF_PRESENT | PF_RESERVED, out); /* not reached: level 1 is always a leaf */
}

/* From the top, as the CPU does: a table that is marked accessed leads to where it led when it was read. */
static enum guest_walk_end mark(const struct descent *d, const struct guest_walk_memory *memory)
{
    for (unsigned int i = 0; i < d->path.length; i++) {
        const struct step *s = &d->path.step[i];
        bool dirty = i == d->path.length - 1 && (d->access & GUEST_WALK_WRITE);
        uint64_t next = s->entry | PTE_A | (dirty ? PTE_D : 0);

        if (next != s->entry &&
            !memory->exchange(memory->opaque, s->paddr, paging_entry_bytes(d->kind), s->entry, next))
            return GUEST_WALK_CHANGED;
    }
    return GUEST_WALK_DONE;
}

enum guest_walk_end guest_walk(const struct guest_paging *paging, const struct guest_walk_memory *memory, uint64_t va,
                               unsigned int access, struct guest_walk *out)
{
    struct descent d = { .paging = paging, .kind = paging_kind(paging), .va = va, .access = access };
    enum guest_walk_end end;
    uint32_t denied;

    *out = (struct guest_walk){ .user = true, .writable = true, .executable = true, .shift = 12 };
    if (d.kind != PAGING_LONG)
        d.va = (uint32_t)va;
    if (d.kind == PAGING_NONE) {
        out->paddr = d.va;
        return GUEST_WALK_DONE;
    }
    end = descend(&d, memory, out);
    if (end != GUEST_WALK_DONE)
        return end;
    denied = access_denied(paging, d.kind, out, access);
    return denied ? fault(&d, denied, out) : mark(&d, memory);
}
