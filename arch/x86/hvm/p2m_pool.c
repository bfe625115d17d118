/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pool that a container's tables come from. Its size is the toolstack's to choose (XEN_DOMCTL_set_paging_mempool_
 * size), so a guest that makes its memory as ragged as it can runs out of its own pool, and of nothing else.
 */
#include "hv/hypercall.h"
#include "hv/log.h"
#include "hvm/p2m_private.h"

#define POOL_START   256u /* what a domain has until its toolstack says otherwise, as with the ABI's other servers */
#define POOL_STEP    64u  /* pages between two looks whether there is something better to do */

static uint64_t *table_map(void *opaque, uint64_t table) { return mfn_to_virt(mfn(table)); }

static bool table_alloc(void *opaque, uint64_t *table)
{
    struct p2m *p = opaque;
    struct frame *f = frame_list_first(&p->free);

    if (!f)
        return false;
    frame_list_del(&p->free, f);
    *table = frame_to_mfn(f).nr;
    memset(mfn_to_virt(frame_to_mfn(f)), 0, PAGE_SIZE);
    return true;
}

static void table_retire(void *opaque, uint64_t table)
{
    struct p2m *p = opaque;

    frame_list_add_tail(&p->retired, mfn_to_frame(mfn(table)));
}

void p2m_pool_reclaim(struct p2m *p)
{
    for (struct frame *f; (f = frame_list_first(&p->retired));) {
        frame_list_del(&p->retired, f);
        frame_list_add_tail(&p->free, f);
    }
}

static bool pool_grow(struct p2m *p)
{
    mfn_t m = heap_alloc(0, 0);

    if (mfn_eq(m, MFN_NONE))
        return false;
    frame_list_add_tail(&p->free, mfn_to_frame(m));
    p->pool_pages++;
    return true;
}

static bool pool_shrink(struct p2m *p)
{
    struct frame *f = frame_list_first(&p->free);

    if (!f)
        return false;
    frame_list_del(&p->free, f);
    p->pool_pages--;
    heap_free(frame_to_mfn(f), 0, true);
    return true;
}

int p2m_pool_create(struct p2m *p)
{
    p->tree = (struct p2m_tree){ .format = &p2m_npt, .order_max = hvm_p2m_order_max(), .map = table_map,
                                 .alloc = table_alloc, .retire = table_retire, .opaque = p };
    p->free = p->retired = p->pod.chunks = p->pod.single = (struct frame_list)FRAME_LIST_EMPTY;
    while (p->pool_pages < POOL_START)
        if (!pool_grow(p))
            return -ENOMEM;
    (void)table_alloc(p, &p->tree.root);
    return 0;
}

bool p2m_pool_free_some(struct p2m *p, unsigned int pages)
{
    while (pages--)
        if (!pool_shrink(p))
            return true;
    return !frame_list_first(&p->free);
}

/* 0; -ENOMEM: there is no more, or what is too much is in use; -ERESTART. */
static int pool_resize(struct p2m *p, uint64_t pages)
{
    int rc = 0;

    spin_lock(&p->lock);
    for (unsigned int i = 1; !rc && p->pool_pages != pages; i++) {
        if (p->dead || !(p->pool_pages < pages ? pool_grow(p) : pool_shrink(p)))
            rc = p->dead ? -EINVAL : -ENOMEM;
        else if (i % POOL_STEP == 0 && hypercall_preempt_check())
            rc = -ERESTART;
    }
    spin_unlock(&p->lock);
    return rc;
}

int hvm_pool_set(struct domain *d, uint64_t bytes)
{
    uint64_t pages = bytes >> PAGE_SHIFT, now = READ_ONCE(p2m_of(d)->pool_pages);

    if (bytes % PAGE_SIZE)
        return -EINVAL;
    int rc = pages > now && pages - now > heap_free_frames() ? -ENOMEM : pool_resize(p2m_of(d), pages);
    if (rc == -ENOMEM)
        log_warning("d%u: a pool of %lu KiB for the tables of its memory is wanted, it has %lu: %s", d->id,
                    (unsigned long)(bytes >> 10), (unsigned long)(p2m_of(d)->pool_pages << (PAGE_SHIFT - 10)),
                    p2m_of(d)->pool_pages << PAGE_SHIFT > bytes ? "the rest is in use" : "no memory is free");
    return rc;
}

uint64_t hvm_pool_get(const struct domain *d) { return READ_ONCE(p2m_of(d)->pool_pages) << PAGE_SHIFT; }
