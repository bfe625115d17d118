/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy's words are the beginning; each function here adds to one leaf what follows the vCPU's registers or
 * identity. XSTATE totals are computed from components and this vCPU's XCR0, so an outer hypervisor's wrong total ends
 * here.
 */
#include "x86/cpuid/guest_view.h"

typedef const struct cpuid_policy policy_t;
typedef const struct cpuid_vcpu_context context_t;

#define BIT_OF(feature) (1u << (CPUFEAT_##feature % 32))

/* APIC ids are even: an older convention that leaves room for a hyperthread beside every vCPU. */
static uint32_t apic_id(context_t *ctx)
{
    return ctx->hvm->vcpu_id * 2;
}

/* A dom0 kernel reads what it must know to manage the machine: MTRRs, and C-state entry by MWAIT. */
static bool shows_machine(context_t *ctx)
{
    return ctx->hardware_domain && ctx->kernel && !ctx->hvm;
}

/* Bits of leaf 1 ECX and EDX that a PV vCPU sees besides its policy's. */
static void view_features_pv(context_t *ctx, union cpuid_leaf *out)
{
    if (out->c & BIT_OF(XSAVE) && (ctx->osxsave || (ctx->kernel && ctx->machine->osxsave)))
        out->c |= BIT_OF(OSXSAVE);
    if (!shows_machine(ctx))
        return;
    out->d |= ctx->machine->host->basic[1].d & BIT_OF(MTRR);
    if (ctx->native)
        out->c |= ctx->machine->host->basic[1].c & BIT_OF(MONITOR);
}

static void view_features_hvm(context_t *ctx, union cpuid_leaf *out)
{
    out->b |= apic_id(ctx) << 24;
    if (out->c & BIT_OF(XSAVE) && ctx->osxsave)
        out->c |= BIT_OF(OSXSAVE);
    if (!ctx->hvm->apic_enabled)
        out->d &= ~BIT_OF(APIC);
}

static void view_features(context_t *ctx, union cpuid_leaf *out)
{
    out->b &= 0x00ffffff;
    if (ctx->hvm)
        view_features_hvm(ctx, out);
    else
        view_features_pv(ctx, out);
}

static void view_monitor(context_t *ctx, union cpuid_leaf *out)
{
    if (shows_machine(ctx) && ctx->native)
        *out = ctx->machine->host->basic[5];
}

static void view_structured(context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    if (subleaf == 0 && ctx->hvm && ctx->hvm->ospke && out->c & BIT_OF(PKU))
        out->c |= BIT_OF(OSPKE);
}

static void view_topology(policy_t *p, context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    if (!ctx->hvm || p->basic[0].a < 0xb || !cpuid_policy_has(p, CPUFEAT_X2APIC)) {
        *out = (union cpuid_leaf){ { 0 } };
        return;
    }
    out->c = (out->c & ~0xffu) | (subleaf & 0xff);
    out->d = apic_id(ctx);
}

static void view_xstate(policy_t *p, uint64_t xcr0, uint64_t xss, uint32_t subleaf, union cpuid_leaf *out)
{
    if (p->basic[0].a < 0xd || !cpuid_policy_xcr0(p))
        return;
    if (subleaf == 0)
        out->b = xstate_size_std(p->xcomp, xcr0);
    else if (subleaf == 1 && out->a & (BIT_OF(XSAVEC) | BIT_OF(XSAVES)))
        out->b = xstate_size_compact(p->xcomp, xcr0 | xss);
}

/* AMD repeats much of leaf 1 here. Intel's CPUID shows SYSCALL to 64-bit code only. */
static void view_extended(policy_t *p, context_t *ctx, union cpuid_leaf *out)
{
    if (shows_machine(ctx) && cpuid_policy_vendor(p) != CPUID_VENDOR_INTEL)
        out->d |= ctx->machine->host->extd[1].d & BIT_OF(MTRR);
    if (ctx->hvm && !ctx->hvm->long_mode && cpuid_policy_vendor(p) == CPUID_VENDOR_INTEL)
        out->d &= ~BIT_OF(SYSCALL);
}

static void view_time(policy_t *p, context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    const struct cpuid_time_info *t = ctx->time;

    if (!t)
        return;
    switch (subleaf) {
    case 0:
        out->a = t->vtsc | t->host_tsc_safe << 1 | cpuid_policy_has(p, CPUFEAT_RDTSCP) << 2;
        out->b = t->tsc_mode;
        out->c = t->guest_khz;
        out->d = t->incarnation;
        break;
    case 1:
        *out = (union cpuid_leaf){ { t->offset, t->offset >> 32, t->mul, (uint32_t)(int32_t)t->shift } };
        break;
    case 2:
        out->a = t->host_khz;
        break;
    }
}

static void view_hvm_features(context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    if (!ctx->hvm || subleaf)
        return;
    out->a = ctx->hvm->flags;
    if (ctx->hvm->flags & XEN_HVM_CPUID_VCPU_ID_PRESENT)
        out->b = ctx->hvm->vcpu_id;
    if (ctx->hvm->flags & XEN_HVM_CPUID_DOMID_PRESENT)
        out->c = ctx->hvm->domid;
}

/* The leaves by which a guest learns that it runs on a Xen ABI: see arch-x86/cpuid.h. */
static void view_hypervisor(policy_t *p, context_t *ctx, uint32_t base, uint32_t leaf, uint32_t subleaf,
                            union cpuid_leaf *out)
{
    uint32_t chosen = p->hv[base != XEN_CPUID_FIRST_LEAF].a & CPUID_HV_LIMIT;
    uint32_t limit = !chosen ? XEN_CPUID_MAX_NUM_LEAVES : MIN(MAX(chosen, 2u), XEN_CPUID_MAX_NUM_LEAVES);

    *out = (union cpuid_leaf){ { 0 } };
    if (leaf - base > limit)
        return;
    switch (leaf - base) {
    case 0:
        *out = (union cpuid_leaf){ { base + limit, XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX,
                                     XEN_CPUID_SIGNATURE_EDX } };
        break;
    case 1:
        out->a = ctx->machine->hv_version;
        break;
    case 2:
        out->a = 1;
        out->b = base == XEN_CPUID_FIRST_LEAF ? 0x40000000 : 0x40000200; /* MSR that fills the hypercall page */
        out->c = !ctx->hvm && ctx->machine->preserve_ad ? XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD : 0;
        break;
    case 3:
        view_time(p, ctx, subleaf, out);
        break;
    case 4:
        view_hvm_features(ctx, subleaf, out);
        break;
    case 5:
        out->b = !ctx->hvm && !subleaf ? ctx->machine->maddr_bits : 0;
        break;
    }
}

/* Basic leaf -> its first slot of the policy, and its number of sub-leaves; 0: sub-leaves mean nothing to it. */
#define AT(member, first) (offsetof(struct cpuid_policy, member) / sizeof(union cpuid_leaf) + (first))
static const struct place {
    uint16_t at, subleaves;
} basic_places[CPUID_NR_BASIC] = {
    [0x0] = { AT(basic, 0x0), 0 }, [0x1] = { AT(basic, 0x1), 0 },
    [0x2] = { AT(basic, 0x2), 0 }, [0x3] = { AT(basic, 0x3), 0 },
    [0x4] = { AT(leaf4, 0), CPUID_NR_CACHE },
    [0x5] = { AT(basic, 0x5), 0 }, [0x6] = { AT(basic, 0x6), 0 },
    [0x7] = { AT(leaf7, 0), CPUID_NR_FEAT },
    [0x8] = { AT(basic, 0x8), 0 }, [0x9] = { AT(basic, 0x9), 0 }, [0xa] = { AT(basic, 0xa), 0 },
    [0xb] = { AT(leafb, 0), CPUID_NR_TOPO },
    [0xc] = { AT(basic, 0xc), 0 },
    [0xd] = { AT(xstate, 0), CPUID_NR_XSTATE },
};
#undef AT

/* The slot that answers, without a search; NULL beyond the policy's limits and where it holds nothing. */
static const union cpuid_leaf *slot_of(policy_t *p, uint32_t leaf, uint32_t subleaf)
{
    const struct place *place;
    uint32_t extended = leaf - 0x80000000;

    if (leaf >= 0x80000000) {
        bool has = extended < CPUID_NR_EXTD && (!extended || leaf <= p->extd[0].a);
        return has ? &p->extd[extended] : NULL;
    }
    if (leaf >= CPUID_NR_BASIC || leaf > p->basic[0].a)
        return NULL;
    place = &basic_places[leaf];
    if (!place->subleaves)
        return (const union cpuid_leaf *)p + place->at;
    if (subleaf >= place->subleaves || (leaf == 7 && subleaf > p->leaf7[0].a))
        return NULL;
    return (const union cpuid_leaf *)p + place->at + subleaf;
}

void cpuid_pv_view_simple(const struct cpuid_policy *p, uint64_t xcr0, uint64_t xss, uint32_t leaf, uint32_t subleaf,
                          union cpuid_leaf *out)
{
    const union cpuid_leaf *slot = slot_of(p, leaf, subleaf);

    *out = slot ? *slot : (union cpuid_leaf){ { 0 } };
    if (leaf == 0xd)
        view_xstate(p, xcr0, xss, subleaf, out);
}

void cpuid_guest_view(const struct cpuid_policy *p, const struct cpuid_vcpu_context *ctx, uint32_t leaf,
                      uint32_t subleaf, union cpuid_leaf *out)
{
    uint32_t base = ctx->hvm && ctx->hvm->hv_base ? ctx->hvm->hv_base : XEN_CPUID_FIRST_LEAF;
    const union cpuid_leaf *slot;

    if (leaf - base < 0x100) {
        view_hypervisor(p, ctx, base, leaf, subleaf, out);
        return;
    }
    slot = slot_of(p, leaf, subleaf);
    *out = slot ? *slot : (union cpuid_leaf){ { 0 } };
    switch (leaf) {
    case 0x1:
        view_features(ctx, out);
        break;
    case 0x5:
        if (slot)
            view_monitor(ctx, out);
        break;
    case 0x7:
        view_structured(ctx, subleaf, out);
        break;
    case 0xb:
        view_topology(p, ctx, subleaf, out);
        break;
    case 0xd:
        view_xstate(p, ctx->xcr0, ctx->xss, subleaf, out);
        break;
    case 0x80000001:
        view_extended(p, ctx, out);
        break;
    }
}
