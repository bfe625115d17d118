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
    return ctx->vcpu_id * 2;
}

/* A dom0 kernel reads what it must know to manage the machine: MTRRs, and C-state entry by MWAIT. */
static bool shows_machine(context_t *ctx)
{
    return !ctx->hvm && ctx->hardware_domain && ctx->kernel && ctx->host;
}

static void view_features(policy_t *p, context_t *ctx, union cpuid_leaf *out)
{
    out->b &= 0x00ffffff;
    if (ctx->hvm)
        out->b |= apic_id(ctx) << 24;

    if (out->c & BIT_OF(XSAVE) && (ctx->osxsave || (!ctx->hvm && ctx->kernel && ctx->host_osxsave)))
        out->c |= BIT_OF(OSXSAVE);
    if (ctx->hvm && !ctx->apic_enabled)
        out->d &= ~BIT_OF(APIC);
    if (!shows_machine(ctx))
        return;
    out->d |= ctx->host->basic[1].d & BIT_OF(MTRR);
    if (ctx->native)
        out->c |= ctx->host->basic[1].c & BIT_OF(MONITOR);
}

static void view_monitor(context_t *ctx, union cpuid_leaf *out)
{
    if (shows_machine(ctx) && ctx->native)
        *out = ctx->host->basic[5];
}

static void view_structured(context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    if (subleaf == 0 && ctx->hvm && ctx->ospke && out->c & BIT_OF(PKU))
        out->c |= BIT_OF(OSPKE);
}

static void view_topology(policy_t *p, context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    if (!cpuid_policy_has(p, CPUFEAT_X2APIC)) {
        *out = (union cpuid_leaf){ { 0 } };
        return;
    }
    out->c = (out->c & ~0xffu) | (subleaf & 0xff);
    out->d = apic_id(ctx);
}

static void view_xstate(policy_t *p, context_t *ctx, uint32_t subleaf, union cpuid_leaf *out)
{
    if (!cpuid_policy_xcr0(p))
        return;
    if (subleaf == 0)
        out->b = xstate_size_std(p->xcomp, ctx->xcr0);
    else if (subleaf == 1 && out->a & (BIT_OF(XSAVEC) | BIT_OF(XSAVES)))
        out->b = xstate_size_compact(p->xcomp, ctx->xcr0 | ctx->xss);
}

/* Intel's CPUID shows SYSCALL to 64-bit code only. */
static void view_extended(policy_t *p, context_t *ctx, union cpuid_leaf *out)
{
    if (ctx->hvm && !ctx->long_mode && cpuid_policy_vendor(p) == CPUID_VENDOR_INTEL)
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
        *out = (union cpuid_leaf){ { t->offset, t->offset >> 32, t->mul, (uint8_t)t->shift } };
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
    out->a = ctx->hvm_flags;
    if (ctx->hvm_flags & XEN_HVM_CPUID_VCPU_ID_PRESENT)
        out->b = ctx->vcpu_id;
    if (ctx->hvm_flags & XEN_HVM_CPUID_DOMID_PRESENT)
        out->c = ctx->domid;
}

/* The leaves by which a guest learns that it runs on a Xen ABI: see arch-x86/cpuid.h. */
static void view_hypervisor(policy_t *p, context_t *ctx, uint32_t base, uint32_t leaf, uint32_t subleaf,
                            union cpuid_leaf *out)
{
    uint32_t chosen = p->hv[base != XEN_CPUID_FIRST_LEAF].a & 0xff;
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
        out->a = ctx->hv_version;
        break;
    case 2:
        out->a = 1;
        out->b = base == XEN_CPUID_FIRST_LEAF ? 0x40000000 : 0x40000200; /* MSR that fills the hypercall page */
        out->c = !ctx->hvm && ctx->preserve_ad ? XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD : 0;
        break;
    case 3:
        view_time(p, ctx, subleaf, out);
        break;
    case 4:
        view_hvm_features(ctx, subleaf, out);
        break;
    case 5:
        out->b = !ctx->hvm && !subleaf ? ctx->maddr_bits : 0;
        break;
    }
}

void cpuid_guest_view(const struct cpuid_policy *p, const struct cpuid_vcpu_context *ctx, uint32_t leaf,
                      uint32_t subleaf, union cpuid_leaf *out)
{
    uint32_t base = ctx->hv_base ? ctx->hv_base : XEN_CPUID_FIRST_LEAF;
    const union cpuid_leaf *slot;

    if (leaf >= base && leaf - base < 0x100) {
        view_hypervisor(p, ctx, base, leaf, subleaf, out);
        return;
    }
    *out = (union cpuid_leaf){ { 0 } };
    if (!cpuid_policy_within(p, leaf, subleaf) || (leaf >= XEN_CPUID_FIRST_LEAF && leaf < 0x80000000))
        return;
    slot = cpuid_policy_look_up(p, leaf, subleaf);
    if (slot)
        *out = *slot;
    switch (leaf) {
    case 0x1:
        view_features(p, ctx, out);
        break;
    case 0x5:
        view_monitor(ctx, out);
        break;
    case 0x7:
        view_structured(ctx, subleaf, out);
        break;
    case 0xb:
        view_topology(p, ctx, subleaf, out);
        break;
    case 0xd:
        view_xstate(p, ctx, subleaf, out);
        break;
    case 0x80000001:
        view_extended(p, ctx, out);
        break;
    }
}
