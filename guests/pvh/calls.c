/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls: what a container may ask, what it is refused, and the pages that it maps. */
#include "pvh/pvh.h"

static uint8_t page[4096] __attribute__((aligned(4096)));

static void check_version(void)
{
    struct xen_feature_info f = { .submap_idx = 0 };
    char caps[1024];
    long rc = HYPERCALL2(xen_version, XENVER_version, 0);

    check(rc == 0x40011, "version %lx", rc);
    rc = HYPERCALL2(xen_version, XENVER_get_features, &f);
    check(!rc && (f.submap & 0x12305) == 0x12305, "features %#x, error %ld", f.submap, rc);
    rc = HYPERCALL2(xen_version, XENVER_capabilities, caps);
    check(!rc && strlen(caps) > 40, "capabilities %s, error %ld", caps, rc);
}

static void check_refused(void)
{
    check(HYPERCALL2(mmu_update, 0, 0) == -38, "mmu_update: %ld", HYPERCALL2(mmu_update, 0, 0));
    check(HYPERCALL2(set_trap_table, 0, 0) == -38, "set_trap_table: %ld", HYPERCALL2(set_trap_table, 0, 0));
    check(hypercall(63, 0, 0, 0) == -38, "call 63: %ld", hypercall(63, 0, 0, 0));
    check(hypercall(64, 0, 0, 0) == -38, "call 64: %ld", hypercall(64, 0, 0, 0));
    check(hypercall(~0ul, 0, 0, 0) == -38, "call ~0: %ld", hypercall(~0ul, 0, 0, 0));
    check(HYPERCALL2(xen_version, XENVER_get_features, 1ul << 60) == -14, "an address that is none");
    check(HYPERCALL2(xen_version, XENVER_get_features, 8ul << 30) == -14, "an address that is not mapped");
    check(HYPERCALL2(xen_version, XENVER_get_features, 0xf0000000) == -14, "an address without memory");
}

static void check_page(void)
{
    static const uint8_t stub[] = { 0xb8, 17, 0, 0, 0, 0x0f, 0x01, 0xd9, 0xc3 };
    long rc = __HYPERVISOR_xen_version;

    msr_write(0x40000000, (uint64_t)page);
    check(trap_vector == NO_TRAP && !memcmp(page + 17 * 32, stub, sizeof(stub)), "the hypercall page");
    if (memcmp(page + 17 * 32, stub, sizeof(stub)))
        return;
    __asm__ volatile("call *%1" : "=a"(rc) : "r"(page + 17 * 32), "D"(0ul), "S"(0ul) : "memory", "r8", "r9", "r10",
                     "r11");
    check(rc == 0x40011, "version by the hypercall page: %lx", rc);
    msr_write(0x40000000, 0xf0000000);
    check(trap_vector == NO_TRAP, "a hypercall page where there is no memory: %u", trap_vector);
}

/* The frame that was there goes, and the shared page takes its place. */
static void map_shared(void)
{
    struct xen_add_to_physmap add = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info,
                                      .gpfn = (uint64_t)&shared_page >> 12 };

    check(!HYPERCALL2(memory_op, XENMEM_add_to_physmap, &add), "mapping shared_info");
    check(shared.vcpu_info[0].time.version && !(shared.vcpu_info[0].time.version & 1), "time version %u",
          shared.vcpu_info[0].time.version);
    check(shared.vcpu_info[0].time.tsc_to_system_mul, "no scale in the time info");
}

static uint64_t system_time(void)
{
    const volatile struct vcpu_time_info *t = &shared.vcpu_info[0].time;
    uint64_t delta = read_tsc() - t->tsc_timestamp;

    delta = t->tsc_shift < 0 ? delta >> -t->tsc_shift : delta << t->tsc_shift;
    return t->system_time + (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
}

static void check_time(void)
{
    struct xen_hvm_get_time now;
    uint64_t before = system_time(), after;

    check(!HYPERCALL2(hvm_op, HVMOP_get_time, &now), "HVMOP_get_time");
    after = system_time();
    check(before <= now.now && now.now <= after, "time %lu is not between %lu and %lu", (unsigned long)now.now,
          (unsigned long)before, (unsigned long)after);
}

void check_hypercalls(void)
{
    check_version();
    check_refused();
    check_page();
    map_shared();
    check_time();
}
