/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Streams of records: their frame. See save.h. */
#include "hvm/save.h"

#include "cpu/cpuid_boot.h"
#include "hv/errno.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hv/time.h"
#include "hvm/hvm.h"
#include "hvm/time.h"
#include "public.h"
#include "time/tsc.h"

typedef struct hvm_save_descriptor descriptor_t;

/* In the order of the stream: by code. */
static const struct hvm_record *const rows[] = {
    &hvm_record_cpu, &hvm_record_lapic, &hvm_record_lapic_regs, &hvm_record_pci_irq, &hvm_record_isa_irq,
    &hvm_record_pci_link, &hvm_record_mtrr, &hvm_record_xsave, &hvm_record_vmce, &hvm_record_tsc_adjust,
    &hvm_record_msr,
};

/* Of devices that a domain of ours never has. */
static const uint16_t devices[] = {
    HVM_SAVE_CODE(PIC), HVM_SAVE_CODE(IOAPIC), HVM_SAVE_CODE(PIT), HVM_SAVE_CODE(RTC), HVM_SAVE_CODE(HPET),
    HVM_SAVE_CODE(PMTIMER), HVM_SAVE_CODE(VIRIDIAN_DOMAIN), HVM_SAVE_CODE(VIRIDIAN_VCPU),
};

static uint32_t row_size(const struct hvm_record *row, const struct domain *d)
{
    return row->size_max ? row->size_max(d) : row->size;
}

uint32_t hvm_context_size(const struct domain *d)
{
    uint64_t size = sizeof(descriptor_t) * 2 + sizeof(struct hvm_save_header);

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        size += (sizeof(descriptor_t) + row_size(rows[i], d)) * (rows[i]->per_vcpu ? d->max_vcpus : 1);
    return (uint32_t)size; /* 128 vCPUs of some KiB */
}

static uint8_t *put_descriptor(uint8_t *at, uint16_t code, uint16_t instance, uint32_t length)
{
    const descriptor_t desc = { .typecode = code, .instance = instance, .length = length };

    memcpy(at, &desc, sizeof(desc));
    return at + sizeof(desc);
}

static uint8_t *put_header(uint8_t *at)
{
    const struct hvm_save_header header = {
        .magic = HVM_FILE_MAGIC,
        .version = HVM_FILE_VERSION,
        .changeset = ~0ULL,
        .cpuid = arch_cpuid_policies.raw.basic[1].a,
        .gtsc_khz = (uint32_t)tsc_khz(),
    };

    at = put_descriptor(at, HVM_SAVE_CODE(HEADER), 0, sizeof(header));
    memcpy(at, &header, sizeof(header));
    return at + sizeof(header);
}

static uint8_t *put_row(uint8_t *at, const struct hvm_record *row, struct domain *d)
{
    uint32_t count = row->per_vcpu ? d->max_vcpus : 1;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = d->vcpu[i] ? row->save(d->vcpu[i], at + sizeof(descriptor_t)) : 0;

        if (length)
            at = put_descriptor(at, row->code, (uint16_t)i, length) + length;
    }
    return at;
}

uint32_t hvm_context_get(struct domain *d, void *out)
{
    uint8_t *at = put_header(out);

    d->arch.hvm.sync_tsc = hvm_tsc_base(d, now_ns());
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        at = put_row(at, rows[i], d);
    at = put_descriptor(at, HVM_SAVE_CODE(END), 0, 0);
    return (uint32_t)(at - (uint8_t *)out);
}

static const struct hvm_record *row_of(uint16_t code)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i]->code == code)
            return rows[i];
    return NULL;
}

int hvm_context_get_one(struct domain *d, uint16_t code, uint16_t instance, void *out, uint32_t *length)
{
    const struct hvm_record *row = row_of(code);
    struct vcpu *v = row && row->per_vcpu ? domain_vcpu(d, instance) : row && !instance ? domain_vcpu(d, 0) : NULL;

    if (!row)
        return -EINVAL;
    d->arch.hvm.sync_tsc = hvm_tsc_base(d, now_ns());
    *length = v ? row->save(v, out) : 0;
    return *length ? 0 : -ENOENT;
}

/* One record of a stream: @data is NULL at its end. */
struct record {
    descriptor_t desc;
    const uint8_t *data;
};

static int record_refuse(const struct domain *d, const struct record *r, const char *why, int rc)
{
    const struct hvm_record *row = row_of(r->desc.typecode);

    guest_log(current_vcpu(), LOG_WARNING, "sethvmcontext of d%u: record %u (%s) of vCPU %u, %u bytes: %s", d->id,
              r->desc.typecode, row ? row->name : "unknown", r->desc.instance, r->desc.length, why);
    return rc;
}

/* The record at @at, which is moved on. False: it is cut short. */
static bool record_next(const uint8_t *in, uint32_t size, uint32_t *at, struct record *r)
{
    if (size - *at < sizeof(r->desc))
        return false;
    memcpy(&r->desc, in + *at, sizeof(r->desc));
    *at += (uint32_t)sizeof(r->desc);
    if (size - *at < r->desc.length)
        return false;
    r->data = in + *at;
    *at += r->desc.length;
    return true;
}

static int header_check(const struct domain *d, const struct record *r)
{
    struct hvm_save_header header;

    if (r->desc.typecode != HVM_SAVE_CODE(HEADER) || r->desc.length != sizeof(header))
        return record_refuse(d, r, "a stream begins with its header", -EINVAL);
    memcpy(&header, r->data, sizeof(header));
    if (header.magic != HVM_FILE_MAGIC || header.version != HVM_FILE_VERSION)
        return record_refuse(d, r, "not the header of such a stream", -EINVAL);
    if (header.cpuid != arch_cpuid_policies.raw.basic[1].a)
        log_info("d%u: its state was saved on a processor of signature %#x, this one has %#x", d->id, header.cpuid,
                 arch_cpuid_policies.raw.basic[1].a);
    return 0;
}

static struct vcpu *record_vcpu(const struct domain *d, const struct hvm_record *row, const struct record *r)
{
    return row->per_vcpu || !r->desc.instance ? domain_vcpu(d, r->desc.instance) : NULL;
}

static int record_check(const struct domain *d, const struct record *r)
{
    const struct hvm_record *row = row_of(r->desc.typecode);

    for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
        if (r->desc.typecode == devices[i])
            return record_refuse(d, r, "this domain has no such device", -ENODEV);
    if (!row)
        return record_refuse(d, r, "there are no such records", -EINVAL);
    const struct vcpu *v = record_vcpu(d, row, r);
    if (!v)
        return record_refuse(d, r, "there is no such instance", -EINVAL);
    if (row->size_max ? r->desc.length < row->size : r->desc.length != row->size)
        return record_refuse(d, r, "wrong length", -EINVAL);
    const char *why = row->check ? row->check(v, r->data, r->desc.length) : NULL;
    return why ? record_refuse(d, r, why, -EINVAL) : 0;
}

static int stream_check(const struct domain *d, const uint8_t *in, uint32_t size)
{
    struct record r = { .data = NULL };
    uint32_t at = 0;

    for (bool first = true;; first = false) {
        if (!record_next(in, size, &at, &r))
            return record_refuse(d, &r, "the stream is cut short after this one", -EINVAL);
        if (!first && r.desc.typecode == HVM_SAVE_CODE(END))
            return 0;
        int rc = first ? header_check(d, &r) : record_check(d, &r);
        if (rc)
            return rc;
    }
}

static void stream_load(struct domain *d, const uint8_t *in, uint32_t size)
{
    uint64_t now = now_ns();
    struct record r;

    d->arch.hvm.sync_tsc = hvm_tsc_base(d, now);
    uint32_t at = 0;

    record_next(in, size, &at, &r);
    while (record_next(in, size, &at, &r) && r.desc.typecode != HVM_SAVE_CODE(END)) {
        const struct hvm_record *row = row_of(r.desc.typecode);

        row->load(record_vcpu(d, row, &r), r.data, r.desc.length, now);
    }
}

int hvm_context_set(struct domain *d, const void *in, uint32_t size)
{
    struct vcpu *v;
    int rc = domain_vcpu(d, 0) ? stream_check(d, in, size) : -EINVAL;

    if (rc)
        return rc;
    for_each_vcpu(d, v) {
        vcpu_down(v);
        arch_sync_vcpu(v);
    }
    stream_load(d, in, size);
    return 0;
}
