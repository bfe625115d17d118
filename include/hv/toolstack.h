/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a toolstack asks: domctl and sysctl, one function a sub-operation, found by gen/privileges.tbl. Which releases'
 * toolstacks, and where their structures differ, says gen/layouts.tbl.
 *
 * The caller's structure is copied in once, whole; a function works on the copy, checks everything before it changes
 * anything, and says with copy_back that the structure has answers. The lock of the family is held, so that there is
 * one toolstack operation at a time. -ERESTART: not done yet, the progress is kept in what the operation is about; it
 * will be called again.
 */
#ifndef HV_TOOLSTACK_H
#define HV_TOOLSTACK_H

#include "hv/domain.h"
#include "hv/errno.h"
#include "hv/hypercall.h"
#include "hv/string.h"
#include "public.h"

#include <layout_codec.h>

struct domctl_call {
    struct xen_domctl op;
    struct domain *d;   /* the one that op.domain names, referenced; NULL where the table says "none" */
    uint64_t arg;       /* where `op` lies in the caller's memory */
    bool copy_back;
};

struct sysctl_call {
    struct xen_sysctl op;
    uint64_t arg;
    bool copy_back;
};

enum domctl_target { DOMCTL_TARGET_NONE, DOMCTL_TARGET_ANY, DOMCTL_TARGET_OTHER };

struct domctl_row {
    long (*fn)(struct domctl_call *call); /* NULL: not in this build */
    const char *name;
    uint16_t nr;
    uint16_t refused;   /* the error that this operation always gives; 0: none */
    uint8_t target;     /* enum domctl_target */
};
struct sysctl_row {
    long (*fn)(struct sysctl_call *call);
    const char *name;
    uint16_t nr, refused;
};
extern const struct domctl_row domctl_rows[]; /* ascending by nr */
extern const struct sysctl_row sysctl_rows[];
extern const unsigned int domctl_row_count, sysctl_row_count;

/** The vCPU @id of @call's domain: 0, -EINVAL (beyond max_vcpus), -ESRCH (not made yet). */
int domctl_vcpu(const struct domctl_call *call, uint32_t id, struct vcpu **out);
/** The same for what one may not do to oneself: -EINVAL also for the vCPU that calls. */
int domctl_other_vcpu(const struct domctl_call *call, uint32_t id, struct vcpu **out);

/**
 * Bit maps of the ABI: bytes, of a length that the caller chooses. Reading gives zeros for bits that it has not, and
 * drops those beyond @nr; writing gives it zeros for bits that we have not. 0 or -EFAULT.
 */
int toolstack_bitmap_read(uint64_t *bits, uint32_t nr, const struct xenctl_bitmap *from);
int toolstack_bitmap_write(const struct xenctl_bitmap *to, const uint64_t *bits, uint32_t nr);

/** What getdomaininfo says about @d. */
void domain_info_fill(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* Arch duties. */

/** Whether createdomain's flags, options and arch part make sense here: 0, -EINVAL, -EOPNOTSUPP. */
int arch_createdomain_check(const struct layout_createdomain *config);
/**
 * Fills what only the architecture knows: gpaddr_bits and arch_config;
 * the host's capabilities, frequency and CPUID words.
 */
void arch_domain_info(const struct domain *d, struct xen_domctl_getdomaininfo *info);
void arch_physinfo(struct xen_sysctl_physinfo *info);
/** Frames of RAM that the machine has, as its firmware says, whether we can give them to domains or not. */
uint64_t arch_ram_frames(void);
/** Core and socket of online CPU @cpu. */
void arch_cpu_topology(unsigned int cpu, struct xen_sysctl_cputopo *topo);
/** True if there is such a PCI function. */
bool arch_pci_known(const struct physdev_pci_device *dev);

#endif
