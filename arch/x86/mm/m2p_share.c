/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of the M2P become DOMID_XEN's, readable, when a tool asks for them first.
 * They stay so: they are never freed.
 */
#include "mm/m2p_share.h"

#include "hv/domain.h"
#include "hv/errno.h"
#include "hv/guest_access.h"
#include "hv/lock.h"
#include "hv/percpu.h"
#include "mm/frametable.h"

static spinlock_t share_lock = SPINLOCK_INIT(LOCK_M2P_SHARE);
static uint64_t shared_end; /* pieces below this are shared */

static void share_frame(struct frame *f)
{
    /* Boot memory: in use by the hypervisor, with a reference that counts for nothing. */
    __atomic_store_n(&f->count, (uint64_t)FRAME_OWNER_NONE << FRAME_OWNER_SHIFT, __ATOMIC_RELEASE);
    frame_share_with(mfn_to_virt(frame_to_mfn(f)), domain_xen, true);
}

static void share_pieces(uint64_t end)
{
    spin_lock(&share_lock);
    for (; shared_end < end; shared_end++) {
        uint64_t first = m2p_chunk_mfn(shared_end);
        for (uint64_t i = 0; first && i < M2P_CHUNK / PAGE_SIZE; i++)
            share_frame(mfn_to_frame(mfn(first + i)));
    }
    spin_unlock(&share_lock);
}

/*
 * A hole in the machine's memory has no piece; the last one before it is named again,
 * which does no harm to who only looks at RAM.
 */
long m2p_share_list(struct memory_call *m)
{
    struct xen_machphys_mfn_list *op = &m->op.mfn_list;
    uint64_t pieces = (frame_table_end * 8 + M2P_CHUNK - 1) / M2P_CHUNK, last = m2p_chunk_mfn(0);
    uint32_t i;

    if (!last)
        return -ENOSYS;
    share_pieces(pieces);
    for (i = 0; i < op->max_extents && i < pieces; i++) {
        xen_pfn_t first = m2p_chunk_mfn(i);
        first = last = first ? first : last;
        if (copy_to_handle(op->extent_start, i, &first))
            return -EFAULT;
    }
    op->nr_extents = i;
    m->answer = true;
    return 0;
}
