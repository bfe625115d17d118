/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a container but for its memory, as records (xen/hvm/save.h): a descriptor, then a structure of the ABI.
 * A row says how one kind is made and taken back. Everything of a stream is checked before anything of it is loaded.
 */
#ifndef HVM_SAVE_H
#define HVM_SAVE_H

#include "hv/domain.h"

struct hvm_record {
    uint16_t code;
    const char *name;
    bool per_vcpu;   /* an instance for each vCPU; else one */
    uint32_t size;   /* of the structure; where it varies, without what varies */
    /** Bytes that it can have at most; NULL: @size. */
    uint32_t (*size_max)(const struct domain *d);
    /** Writes the structure at @out, which is zeroed, and returns its length; 0: nothing to be saved of @v. */
    uint32_t (*save)(struct vcpu *v, void *out);
    /** Why the @length bytes at @in cannot be loaded into @v; NULL: they can. Changes nothing. */
    const char *(*check)(const struct vcpu *v, const void *in, uint32_t length);
    /** Does what was checked. @now: the system time of the whole stream. */
    void (*load)(struct vcpu *v, const void *in, uint32_t length, uint64_t now);
};

/* The rows, where what they are about is. One vCPU at least exists; none of the domain's runs. */
extern const struct hvm_record hvm_record_cpu, hvm_record_lapic, hvm_record_lapic_regs, hvm_record_mtrr,
    hvm_record_pci_irq, hvm_record_isa_irq, hvm_record_pci_link, hvm_record_vmce, hvm_record_tsc_adjust,
    hvm_record_xsave, hvm_record_msr;

/** Bytes that hvm_context_get() writes at most. */
uint32_t hvm_context_size(const struct domain *d);
/** Writes the whole context to @out, of hvm_context_size() zeroed bytes, and returns its length. @d is paused. */
uint32_t hvm_context_get(struct domain *d, void *out);
/**
 * Loads @size bytes at @in. All vCPUs are down first, and those that a CPU record is about are up then. @d is paused.
 * 0; -EINVAL, -ENODEV, with a line in the log that says which record and why, and nothing has changed.
 */
int hvm_context_set(struct domain *d, const void *in, uint32_t size);
/**
 * One record: its structure at @out, of hvm_context_size() zeroed bytes; *@length of it. @d is paused. 0; -EINVAL:
 * there are no such records; -ENOENT: not of this instance.
 */
int hvm_context_get_one(struct domain *d, uint16_t code, uint16_t instance, void *out, uint32_t *length);

#endif
