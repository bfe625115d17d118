/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A container's map from birth to end, and what is found in it. See p2m_private.h. */
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hvm/hvm.h"
#include "hvm/p2m_private.h"

int hvm_p2m_create(struct domain *d)
{
    struct p2m *p = hv_zalloc(sizeof(*p));

    if (!p)
        return -ENOMEM;
    d->arch.hvm.p2m = p;
    p->d = d;
    spin_lock_init(&p->lock, LOCK_P2M);
    return p2m_pool_create(p);
}

void hvm_p2m_destroy(struct domain *d)
{
    struct p2m *p = p2m_of(d);

    if (!p)
        return;
    p2m_dirty_free(p);
    if (p->tree.root) { /* never used, if the domain was never found; else empty */
        BUG_ON(p2m_tear_down(&p->tree, ~0u));
        frame_list_add_tail(&p->retired, mfn_to_frame(mfn(p->tree.root)));
    }
    p2m_pool_reclaim(p);
    BUG_ON(!p2m_pool_free_some(p, ~0u) || p->pool_pages);
    hv_free(p);
    d->arch.hvm.p2m = NULL;
}

paddr_t hvm_p2m_root(const struct domain *d) { return mfn_to_paddr(mfn(p2m_of(d)->tree.root)); }

/* The end. */

#define RELEASE_STEP 64u /* entries, tables or pages between two looks whether there is something better to do */
#define CURSOR_TABLES BIT(62)

/* RAM stays on the domain's list, which core gives up. What belongs to others, or is shared, goes now. */
static enum p2m_type release_entry(void *opaque, uint64_t gfn, struct p2m_entry e)
{
    if (p2m_type_is_ram(e.type))
        return e.type;
    p2m_entry_put(opaque, &e, NULL);
    return P2M_ABSENT;
}

static int release_entries(struct p2m *p, uint64_t *cursor)
{
    bool flush = false;

    spin_lock(&p->lock);
    if (!p->dead)
        p2m_flush(p); /* its vCPUs never run again */
    p->dead = true;
    p2m_dirty_free(p);
    int rc = p2m_visit(&p->tree, cursor, P2M_GFN_END, RELEASE_STEP, release_entry, p, &flush);
    spin_unlock(&p->lock);
    return rc;
}

static int release_tables(struct p2m *p)
{
    spin_lock(&p->lock);
    int rc = p2m_tear_down(&p->tree, RELEASE_STEP);
    p2m_pool_reclaim(p);
    if (!rc && !(p2m_pod_free_some(p, RELEASE_STEP) && p2m_pool_free_some(p, RELEASE_STEP)))
        rc = -ERESTART;
    spin_unlock(&p->lock);
    return rc;
}

int hvm_p2m_relinquish(struct domain *d)
{
    uint64_t *cursor = &d->teardown.cursor;
    struct p2m *p = p2m_of(d);
    int rc = 0;

    while (!(*cursor & CURSOR_TABLES)) {
        rc = release_entries(p, cursor);
        if (!rc)
            *cursor = CURSOR_TABLES;
        else if (hypercall_preempt_check())
            return rc;
    }
    while ((rc = release_tables(p)) && !hypercall_preempt_check())
        ;
    return rc;
}

/* Looking. */

/* The lock is held. */
static struct p2m_entry find(struct p2m *p, gfn_t g)
{
    return p->dead ? (struct p2m_entry){ .mfn = P2M_NO_MFN, .type = P2M_ABSENT } : p2m_lookup(&p->tree, g.nr);
}

/* The same for who is about to use what is there: it comes to be if it is not yet. */
static struct p2m_entry find_used(struct p2m *p, gfn_t g)
{
    struct p2m_entry e = find(p, g);

    return e.type == P2M_POD && p2m_pod_demand(p, g.nr) ? find(p, g) : e;
}

struct frame *hvm_frame_get(struct domain *d, gfn_t g, bool write)
{
    struct p2m *p = p2m_of(d);
    struct frame *f = NULL;

    spin_lock(&p->lock);
    struct p2m_entry e = find_used(p, g);
    if (p2m_type_is_own(e.type) && !(write && e.type == P2M_RAM_RO) && frame_get(mfn_to_frame(mfn(e.mfn)), d))
        f = mfn_to_frame(mfn(e.mfn));
    spin_unlock(&p->lock);
    if (unlikely(e.type == P2M_POD))
        p2m_pod_refuse(d);
    return f;
}

struct frame *hvm_frame_access(struct domain *d, gfn_t g, bool write, enum p2m_type *kind)
{
    struct p2m *p = p2m_of(d);
    struct frame *f = NULL;

    spin_lock(&p->lock);
    struct p2m_entry e = find_used(p, g);
    /* Of another's frame a plain reference would not keep him from making it a page table once the entry is gone. */
    bool writable = p2m_type_is_own(e.type) && e.type != P2M_RAM_RO;
    if (p2m_type_has_frame(e.type) && e.type != P2M_DIRECT && (!write || writable)) {
        f = mfn_to_frame(mfn(e.mfn));
        frame_get_again(f); /* the entry, or the domain, has one as long as we have the lock */
        if (write)
            p2m_dirty_mark(p, g.nr, 1);
    }
    spin_unlock(&p->lock);
    if (unlikely(e.type == P2M_POD))
        p2m_pod_refuse(d);
    if (kind)
        *kind = e.type;
    return f;
}

mfn_t hvm_p2m_lookup(struct domain *d, gfn_t g, enum p2m_type *kind)
{
    struct p2m *p = p2m_of(d);

    spin_lock(&p->lock);
    struct p2m_entry e = find(p, g);
    spin_unlock(&p->lock);
    *kind = e.type;
    return p2m_type_has_frame(e.type) ? mfn(e.mfn) : MFN_NONE;
}

/*
 * Another vCPU may have changed the entry since the CPU looked: what is there now decides. What may only be read is
 * left to the emulator if it is RAM, for the write is to be dropped; a grant or a foreign frame is no place to write.
 */
static enum hvm_p2m_answer answer(enum p2m_type type, unsigned int access)
{
    bool write = access & HVM_P2M_WRITE;

    switch (type) {
    case P2M_RAM:
    case P2M_RAM_LOGDIRTY: /* of a write, it was made RAM */
        return HVM_P2M_RETRY;
    case P2M_RAM_RO:
        return write ? HVM_P2M_EMULATE : HVM_P2M_RETRY;
    case P2M_SPECIAL:
    case P2M_GRANT_RW:
    case P2M_FOREIGN_RW:
    case P2M_DIRECT:
        return access & HVM_P2M_FETCH ? HVM_P2M_EMULATE : HVM_P2M_RETRY;
    case P2M_GRANT_RO:
    case P2M_FOREIGN_RO:
        return write ? HVM_P2M_PROTECTED : access & HVM_P2M_FETCH ? HVM_P2M_EMULATE : HVM_P2M_RETRY;
    case P2M_POD:
        return HVM_P2M_REFUSED;
    default:
        return HVM_P2M_EMULATE;
    }
}

enum hvm_p2m_answer hvm_p2m_fault(struct vcpu *v, uint64_t gpa, unsigned int access)
{
    struct p2m *p = p2m_of(v->domain);

    spin_lock(&p->lock);
    struct p2m_entry e = find_used(p, gfn(gpa >> PAGE_SHIFT));
    if (access & HVM_P2M_WRITE)
        p2m_dirty_write(p, gpa >> PAGE_SHIFT, &e);
    spin_unlock(&p->lock);
    return answer(e.type, access);
}
