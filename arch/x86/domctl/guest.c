/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building and saving a PV guest: its hypercall page, its width, what its frames are,
 * and the log-dirty mode that PV lacks.
 */
#include "hv/guest_access.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/toolstack.h"
#include "pv/hypercall_page.h"
#include "pv/mm/types.h"

#include <toolstack_handlers.h>

#define FRAMES_MAX 1024u /* of one getpageframeinfo3 */

long domctl_hypercall_init(struct domctl_call *c)
{
    struct frame *f = arch_guest_frame_get(c->d, gfn(c->op.u.hypercall_init.gmfn), true);

    if (!f)
        return -EINVAL;
    pv_hypercall_page_fill(mfn_to_virt(frame_to_mfn(f)));
    arch_guest_frame_put(f, true);
    return 0;
}

long domctl_set_address_size(struct domctl_call *c)
{
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
        pfn = frame_info(c->d, mfn(pfn));
        if (copy_to_handle(op->array, i, &pfn))
            return -EFAULT;
    }
    return 0;
}

/*
 * Shadow page tables are how others log what a PV guest writes; here a PV guest runs on its own tables only. Log-dirty
 * mode is refused as not supported; the rest makes no sense without it, nor does turning off what is not on.
 */
long domctl_shadow_op(struct domctl_call *c)
{
    const struct xen_domctl_shadow_op *op = &c->op.u.shadow_op;

    c->copy_back = true;
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
