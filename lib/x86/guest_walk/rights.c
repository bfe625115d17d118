/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Page rights: user and supervisor, writing, execution, SMEP, SMAP and protection keys. */
#include "x86/guest_walk/rights.h"

static bool by_user(const struct guest_paging *p, unsigned int access)
{
    return p->user && !(access & GUEST_WALK_IMPLICIT);
}

uint32_t access_error(const struct guest_paging *p, enum paging_kind kind, unsigned int access)
{
    uint32_t error = 0;

    if (access & GUEST_WALK_WRITE)
        error |= PF_WRITE;
    if (by_user(p, access))
        error |= PF_USER;
    if ((access & GUEST_WALK_FETCH) && (paging_has_nx(p, kind) || (p->cr4 & CR4_SMEP)))
        error |= PF_INSN;
    return error;
}

/* RFLAGS.AC lets a supervisor's explicit data accesses through; implicit ones never. */
static bool smap_forbids(const struct guest_paging *p, unsigned int access)
{
    return (p->cr4 & CR4_SMAP) && !(p->ac && !(access & GUEST_WALK_IMPLICIT));
}

static bool user_may(const struct guest_walk *w, unsigned int access)
{
    return w->user && (w->writable || !(access & GUEST_WALK_WRITE)) && (w->executable || !(access & GUEST_WALK_FETCH));
}

static bool supervisor_may(const struct guest_paging *p, const struct guest_walk *w, unsigned int access)
{
    if (access & GUEST_WALK_FETCH)
        return w->executable && !(w->user && (p->cr4 & CR4_SMEP));
    if (w->user && smap_forbids(p, access))
        return false;
    return w->writable || !(access & GUEST_WALK_WRITE) || !(p->cr0 & CR0_WP);
}

/* Protection keys: data accesses to user pages in long mode. Two bits a key: access disabled, writing disabled. */
static bool key_forbids(const struct guest_paging *p, enum paging_kind kind, const struct guest_walk *w,
                        unsigned int access)
{
    unsigned int key = (unsigned int)(w->leaf >> 59) & 15;
    uint32_t key_rights = p->pkru >> (2 * key);

    if (kind != PAGING_LONG || !(p->cr4 & CR4_PKE) || !w->user || (access & GUEST_WALK_FETCH))
        return false;
    if (key_rights & 1)
        return true;
    return (access & GUEST_WALK_WRITE) && (key_rights & 2) && (by_user(p, access) || (p->cr0 & CR0_WP));
}

uint32_t access_denied(const struct guest_paging *p, enum paging_kind kind, const struct guest_walk *w,
                       unsigned int access)
{
    bool may = by_user(p, access) ? user_may(w, access) : supervisor_may(p, w, access);

    if (!may)
        return PF_PRESENT | (key_forbids(p, kind, w, access) ? PF_KEY : 0);
    return key_forbids(p, kind, w, access) ? PF_PRESENT | PF_KEY : 0;
}
