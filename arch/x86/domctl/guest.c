/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building and saving a guest: its hypercall page, its width, what its frames are, and who logs what it writes. */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "hvm/dirty.h"
#include "hvm/hypercall.h"
#include "hvm/p2m.h"
#include "pv/hypercall_page.h"
#include "pv/mm/types.h"

#include <toolstack_handlers.h>

#define FRAMES_MAX   1024u /* of one getpageframeinfo3 */
#define BYTES_PER_MB (1ull << 20)

long domctl_hypercall_init(struct domctl_call *c)
{
    struct frame *f = arch_guest_frame_get(c->d, gfn(c->op.u.hypercall_init.gmfn), true);

    if (!f)
        return -EINVAL;
    if (c->d->type == DOMAIN_HVM)
        hvm_hypercall_page_fill(mfn_to_virt(frame_to_mfn(f)));
    else
        pv_hypercall_page_fill(mfn_to_virt(frame_to_mfn(f)));
    arch_guest_frame_put(f, true);
    return 0;
}

long domctl_set_address_size(struct domctl_call *c)
{
    if (c->d->type != DOMAIN_PV)
        return -EINVAL;
    if (c->op.u.address_size.size == 64)
        return 0;
    if (c->op.u.address_size.size != 32)
        return -EINVAL;
    guest_log(current_vcpu(), LOG_WARNING, "d%u: 32-bit PV guests cannot run here; use a 64-bit kernel", c->d->id);
    return -EOPNOTSUPP;
}

long domctl_get_address_size(struct domctl_call *c)
{
    c->op.u.address_size.size = 64;
    c->copy_back = true;
    return 0;
}

/* Of a container what is its own and to be saved: RAM, whether or not it has come to be already. */
static uint32_t container_frame_info(struct domain *d, gfn_t g)
{
    enum p2m_type kind;

    (void)hvm_p2m_lookup(d, g, &kind);
    return p2m_type_is_ram(kind) || kind == P2M_POD ? XEN_DOMCTL_PFINFO_NOTAB : XEN_DOMCTL_PFINFO_XTAB;
}

static uint32_t frame_info(const struct domain *d, mfn_t m)
{
    struct frame *f = frame_get_mfn(m, d);
    if (!f)
        return XEN_DOMCTL_PFINFO_XTAB;
    uint64_t word = ftw_load(f);
    frame_put(f);
    enum frame_type type = ftw_type(word);
    if (!ft_is_table(type) || !(word & FTW_VALID))
        return XEN_DOMCTL_PFINFO_NOTAB;
    return (uint32_t)type << XEN_DOMCTL_PFINFO_LTAB_SHIFT | (word & FTW_PINNED ? XEN_DOMCTL_PFINFO_LPINTAB : 0);
}
_Static_assert(FT_L1 == 1 && FT_L4 == 4, "the ABI's table types are the levels");

long domctl_getpageframeinfo3(struct domctl_call *c)
{
    const struct xen_domctl_getpageframeinfo3 *op = &c->op.u.getpageframeinfo3;

    if (op->num > FRAMES_MAX)
        return -E2BIG;
    for (uint32_t i = 0; i < op->num; i++) {
        xen_pfn_t pfn;
        if (copy_from_handle(&pfn, op->array, i))
            return -EFAULT;
        pfn = c->d->type == DOMAIN_HVM ? container_frame_info(c->d, gfn(pfn)) : frame_info(c->d, mfn(pfn));
        if (copy_to_handle(op->array, i, &pfn))
            return -EFAULT;
    }
    return 0;
}

/*
 * Shadow page tables are how others log what a PV guest writes; here a PV guest runs on its own tables only. Log-dirty
 * mode is refused as not supported; the rest makes no sense without it, nor does turning off what is not on.
 */
static long pv_shadow_op(const struct domctl_call *c)
{
    const struct xen_domctl_shadow_op *op = &c->op.u.shadow_op;

    switch (op->op) {
    case XEN_DOMCTL_SHADOW_OP_ENABLE:
        if (op->mode != XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY)
            return -EINVAL;
        break;
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
        break;
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
    case XEN_DOMCTL_SHADOW_OP_PEEK:
        return -EOPNOTSUPP;
    default:
        return -EINVAL;
    }
    guest_log(current_vcpu(), LOG_WARNING, "d%u: live migration needs log-dirty mode, which PV guests do not have "
              "here: save and restore it instead; it runs on", c->d->id);
    return -EOPNOTSUPP;
}

/* What others hold for writing is marked in every round, so the last one asks for no more than the others. */
static long dirty_give(struct domain *d, struct xen_domctl_shadow_op *op)
{
    struct hvm_dirty_read r = { .to = guest_handle_va(op->dirty_bitmap), .gfns = op->pages,
                                .clean = op->op == XEN_DOMCTL_SHADOW_OP_CLEAN };

    if (op->mode & ~(uint32_t)XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL)
        return -EINVAL;
    int rc = hvm_dirty_read(d, &r);
    op->stats = (struct xen_domctl_shadow_op_stats){ .dirty_count = (uint32_t)MIN(r.count, 0xffffffffULL) };
    return rc;
}

static long container_shadow_op(struct domain *d, struct xen_domctl_shadow_op *op)
{
    if (d->life >= DOMAIN_DYING)
        return 0;
    switch (op->op) {
    case XEN_DOMCTL_SHADOW_OP_OFF:
        return hvm_dirty_disable(d);
    case XEN_DOMCTL_SHADOW_OP_ENABLE:
        return op->mode & XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY ? hvm_dirty_enable(d) : -EINVAL;
    case XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY:
        return hvm_dirty_enable(d);
    case XEN_DOMCTL_SHADOW_OP_CLEAN:
    case XEN_DOMCTL_SHADOW_OP_PEEK:
        return dirty_give(d, op);
    case XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION:
        op->mb = (uint32_t)(ROUND_UP(hvm_pool_get(d), BYTES_PER_MB) / BYTES_PER_MB);
        return 0;
    case XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION:
        return hvm_pool_set(d, (uint64_t)op->mb * BYTES_PER_MB);
    default:
        return -EINVAL;
    }
}

long domctl_shadow_op(struct domctl_call *c)
{
    c->copy_back = true;
    return c->d->type == DOMAIN_HVM ? container_shadow_op(c->d, &c->op.u.shadow_op) : pv_shadow_op(c);
}

long domctl_get_paging_mempool_size(struct domctl_call *c)
{
    if (c->d->type != DOMAIN_HVM)
        return -EOPNOTSUPP;
    c->op.u.paging_mempool.size = hvm_pool_get(c->d);
    c->copy_back = true;
    return 0;
}

long domctl_set_paging_mempool_size(struct domctl_call *c)
{
    return c->d->type == DOMAIN_HVM ? hvm_pool_set(c->d, c->op.u.paging_mempool.size) : -EOPNOTSUPP;
}
