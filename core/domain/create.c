/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The birth of a domain. What it holds is in parts.c, its further life in life.c. */
#include "base/bitmap.h"
#include "core/domain/domain.h"
#include "core/domain/parts.h"
#include "hv/heap.h"
#include "hv/trace.h"

#define VCPUS_MAX 8192u

static uint64_t domains_made;

struct domain *domain_alloc(domid_t id, enum domain_type type, uint32_t max_vcpus)
{
    struct domain *d = hv_zalloc(sizeof(*d));
    struct vcpu **vcpus = max_vcpus ? hv_zalloc_array(max_vcpus, sizeof(*vcpus)) : NULL;
    unsigned long *polling = max_vcpus ? hv_zalloc_array(BITMAP_WORDS(max_vcpus), sizeof(*polling)) : NULL;
    if (!d || (max_vcpus && (!vcpus || !polling))) {
        hv_free(polling);
        hv_free(vcpus);
        hv_free(d);
        return NULL;
    }
    d->id = id;
    d->unique_id = __atomic_add_fetch(&domains_made, 1, __ATOMIC_RELAXED);
    d->type = type;
    d->refs = 1;
    d->vcpu = vcpus;
    d->polling = polling;
    d->max_vcpus = max_vcpus;
    d->frames = (struct frame_list)FRAME_LIST_EMPTY;
    d->shutdown_code = ~0u;
    sched_domain_init(d);
    spin_lock_init(&d->lock, LOCK_DOMAIN);
    spin_lock_init(&d->frames_lock, LOCK_FRAMES);
    domain_shutdown_init(d);
    tasklet_init(&d->destroy, domain_gone, d);
    domain_watchdogs_init(d);
    return d;
}

void domain_free(struct domain *d)
{
    hv_free(d->polling);
    hv_free(d->vcpu);
    hv_free(d);
}

int domain_create(domid_t id, const struct domain_config *config, struct domain **out)
{
    if (id >= DOMID_FIRST_RESERVED || !config->max_vcpus || config->max_vcpus > VCPUS_MAX)
        return -EINVAL;
    struct domain *d = domain_alloc(id, config->flags & XEN_DOMCTL_CDF_hvm ? DOMAIN_HVM : DOMAIN_PV, config->max_vcpus);
    if (!d)
        return -ENOMEM;
    d->is_privileged = config->privileged;
    d->is_hardware = config->hardware;
    d->is_xenstore = config->flags & XEN_DOMCTL_CDF_xs_domain;
    d->pause_count = d->controller_pauses = 1;

    int rc = domain_parts_create(d, config);
    if (rc)
        goto free;
    rc = domain_table_add(d);
    if (rc)
        goto undo;
    TRACE(TRC_SCHED_DOM_ADD, id);
    TRACE(TRC_DOM0_DOM_ADD, id);
    domain_changed(id);
    domain_update_wallclock(d);
    if (d->is_hardware)
        hardware_domain = d;
    domain_get(d);
    *out = d;
    return 0;
undo:
    domain_parts_destroy(d); /* nobody has ever found it */
free:
    domain_free(d);
    return rc;
}
