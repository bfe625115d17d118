/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The recordings, and the machines that they make: see cpuid_profiles.h. */
#include "cpuid_profiles.h"
#include "x86/msr/index.h"

const struct recording intel_server = {
    "intel-server",
    {
        { 0x0, NOSUB, 0x16, 0x756e6547, 0x6c65746e, 0x49656e69 },
        { 0x1, NOSUB, 0x50654, 0x05100800, 0xfffebbff, 0xbfebfbff },
        { 0x2, NOSUB, 0x76036301, 0xf0b5ff, 0, 0xc30000 },
        { 0x4, 0, 0x1c004121, 0x1c0003f, 0x3f, 0 },
        { 0x5, NOSUB, 0x40, 0x40, 0x3, 0x2020 },
        { 0x6, NOSUB, 0x77, 2, 9, 0 },
        { 0x7, 0, 0, 0xd39ffffb, 0x00000018, 0xbc000600 },
        { 0xa, NOSUB, 0x07300404, 0, 0, 0x603 },
        { 0xb, 0, 1, 2, 0x100, 5 },
        { 0xb, 1, 5, 0x20, 0x201, 5 },
        { 0xd, 0, 0x2ff, 0xa88, 0xa88, 0 },
        { 0xd, 1, 0xf, 0xa08, 0x100, 0 },
        { 0xd, 2, 0x100, 0x240, 0, 0 },
        { 0xd, 3, 0x40, 0x3c0, 0, 0 },
        { 0xd, 4, 0x40, 0x400, 0, 0 },
        { 0xd, 5, 0x40, 0x440, 0, 0 },
        { 0xd, 6, 0x200, 0x480, 0, 0 },
        { 0xd, 7, 0x400, 0x680, 0, 0 },
        { 0xd, 8, 0x80, 0, 1, 0 },
        { 0xd, 9, 0x8, 0xa80, 0, 0 },
        { 0x80000000, NOSUB, 0x80000008, 0, 0, 0 },
        { 0x80000001, NOSUB, 0, 0, 0x121, 0x2c100800 },
        { 0x80000006, NOSUB, 0, 0, 0x01006040, 0 },
        { 0x80000007, NOSUB, 0, 0, 0, 0x100 },
        { 0x80000008, NOSUB, 0x302e, 0, 0, 0 },
    },
    PLATFORM_INFO_CPUID_FAULTING, 0x2b,
};

const struct recording intel_old = {
    "intel-old",
    {
        { 0x0, NOSUB, 0xb, 0x756e6547, 0x6c65746e, 0x49656e69 },
        { 0x1, NOSUB, 0x206c2, 0x00200800, 0x02bee3ff, 0xbfebfbff },
        { 0x4, 0, 0x1c004121, 0x1c0003f, 0x3f, 0 },
        { 0xb, 0, 1, 2, 0x100, 0 },
        { 0x80000000, NOSUB, 0x80000008, 0, 0, 0 },
        { 0x80000001, NOSUB, 0, 0, 0x1, 0x2c100800 },
        { 0x80000008, NOSUB, 0x3028, 0, 0, 0 },
    },
    0, 0,
};

const struct recording amd_server = {
    "amd-server",
    {
        { 0x0, NOSUB, 0x10, 0x68747541, 0x444d4163, 0x69746e65 },
        { 0x1, NOSUB, 0xa00f11, 0x05100800, 0x7ef8320b, 0x178bfbff },
        { 0x5, NOSUB, 0x40, 0x40, 0x3, 0x11 },
        { 0x7, 0, 0, 0x219c97a9, 0x40069c, 0x10 },
        { 0xd, 0, 0x207, 0x988, 0x988, 0 },
        { 0xd, 1, 0xf, 0x348, 0x1800, 0 },
        { 0xd, 2, 0x100, 0x240, 0, 0 },
        { 0xd, 9, 0x8, 0x340, 0, 0 },
        { 0xd, 11, 0x10, 0, 1, 0 },
        { 0xd, 12, 0x18, 0, 1, 0 },
        { 0x80000000, NOSUB, 0x80000023, 0x68747541, 0x444d4163, 0x69746e65 },
        { 0x80000001, NOSUB, 0xa00f11, 0x40000000, 0x75c237ff, 0x2fd3fbff },
        { 0x80000005, NOSUB, 0xff40ff40, 0xff40ff40, 0x20080140, 0x20080140 },
        { 0x80000007, NOSUB, 0, 0x3b, 0, 0x6799 },
        { 0x80000008, NOSUB, 0x3030, 0x111ef657, 0x707f, 0x10000 },
        { 0x8000000a, NOSUB, 1, 0x8000, 0, 0x101bbcff },
        { 0x8000001f, NOSUB, 0x1780f, 0x173, 0x1fd, 1 },
        { 0x80000021, NOSUB, 0x45, 0, 0x6, 0 },
        { 0x80000023, NOSUB, 0xffffffff, 0, 0, 0 },
    },
    0, 0,
};

static void recording_cpuid(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out)
{
    const struct recording *r = opaque;

    *out = (union cpuid_leaf){ { 0 } };
    for (size_t i = 0; i < ARRAY_SIZE(r->rows); i++) {
        const xen_cpuid_leaf_t *row = &r->rows[i];

        bool unused = !(row->a | row->b | row->c | row->d);

        if (!unused && row->leaf == leaf && (row->subleaf == subleaf || row->subleaf == NOSUB))
            *out = (union cpuid_leaf){ { row->a, row->b, row->c, row->d } };
    }
}

static int recording_rdmsr(void *opaque, uint32_t msr, uint64_t *value)
{
    const struct recording *r = opaque;

    *value = msr == MSR_PLATFORM_INFO ? r->platform_info : r->arch_caps;
    return 0;
}

void machine_from(const struct recording *r, struct machine *m)
{
    struct cpuid_source source = { recording_cpuid, recording_rdmsr, (void *)r };

    cpuid_policy_raw(&source, &m->raw);
    cpuid_policy_host(&m->raw, NULL, NULL, &m->host);
    cpuid_policy_pv_max(&m->host, &m->pv_max);
    cpuid_policy_hvm_max(&m->host, true, &m->hvm_max);
    cpuid_policy_pv_default(&m->host, &m->pv_max, &m->pv_default);
    cpuid_policy_hvm_default(&m->host, &m->hvm_max, true, &m->hvm_default);
}
const struct recording *const recordings[RECORDINGS] = { &intel_server, &intel_old, &amd_server };
