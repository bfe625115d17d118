/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls that do little: the way in and out, copies of arguments, a register. */
#include "bench/bench.h"

static long unknown(void)
{
    return hypercall1(63, 0) == -ENOSYS ? 0 : -1;
}
static long version(void)
{
    return hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0);
}
static long extraversion(void)
{
    char text[16];
    return hypercall2(__HYPERVISOR_xen_version, XENVER_extraversion, PTR(text));
}
static long capabilities(void)
{
    char text[1024];
    return hypercall2(__HYPERVISOR_xen_version, XENVER_capabilities, PTR(text));
}
static long features(void)
{
    struct xen_feature_info info = { .submap_idx = 0 };
    return hypercall2(__HYPERVISOR_xen_version, XENVER_get_features, PTR(&info));
}

static long multicall(unsigned int count)
{
    static struct multicall_entry e[32];

    for (unsigned int i = 0; i < count; i++) {
        e[i].op = __HYPERVISOR_xen_version;
        e[i].args[0] = XENVER_version;
        e[i].args[1] = 0;
    }
    long rc = hypercall2(__HYPERVISOR_multicall, PTR(e), count);
    return rc ?: (long)e[count - 1].result;
}
static long multicall_1(void)
{
    return multicall(1);
}
static long multicall_4(void)
{
    return multicall(4);
}
static long multicall_32(void)
{
    return multicall(32);
}

static long fs_base(void)
{
    return hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_FS, 0);
}
static long gs_user(void)
{
    return hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER, 0);
}
static long gs_kernel(void)
{
    return hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_KERNEL, 0);
}
static long gs_selector(void)
{
    return hypercall2(__HYPERVISOR_set_segment_base, SEGBASE_GS_USER_SEL, 0);
}

static long stack_switch(void)
{
    return hypercall2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, PTR(entry_stack_top));
}
static long fpu_set(void)
{
    return hypercall1(__HYPERVISOR_fpu_taskswitch, 1);
}
static long fpu_clear(void)
{
    return hypercall1(__HYPERVISOR_fpu_taskswitch, 0);
}
static void fpu_end(void)
{
    fpu_clear();
}
static long debugreg_set(void)
{
    return hypercall2(__HYPERVISOR_set_debugreg, 0, 0);
}
static long debugreg_get(void)
{
    return hypercall1(__HYPERVISOR_get_debugreg, 7);
}

static long trap_table(void)
{
    static struct trap_info t[2] = { {.vector = 200, .flags = 3, .cs = FLAT_KERNEL_CS, .address = 0x1000} };
    return hypercall1(__HYPERVISOR_set_trap_table, PTR(t));
}

static uint64_t gdt[512] __attribute__((aligned(4096)));
static unsigned long gdt_frame;

static long gdt_begin(void)
{
    gdt_frame = va_to_mfn(gdt);
    long rc = map_at(gdt, gdt_frame, PTE_KERNEL_RO);
    return rc ?: hypercall2(__HYPERVISOR_set_gdt, PTR(&gdt_frame), 512);
}
static void gdt_end(void)
{
    hypercall2(__HYPERVISOR_set_gdt, PTR(&gdt_frame), 0);
    map_at(gdt, gdt_frame, PTE_KERNEL_RW);
}
static long set_gdt(void)
{
    return hypercall2(__HYPERVISOR_set_gdt, PTR(&gdt_frame), 512);
}
static long descriptor(void)
{
    return hypercall2(__HYPERVISOR_update_descriptor, gdt_frame << 12 | 16, 0x00affb000000fffful);
}

static long write_text(unsigned int len)
{
    static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz1234567\n";
    return hypercall3(__HYPERVISOR_console_io, CONSOLEIO_write, len, PTR(text) + sizeof(text) - 1 - len);
}
static long console_line(void)
{
    return write_text(80);
}
static long console_nothing(void)
{
    return write_text(0);
}
static long console_read(void)
{
    return hypercall3(__HYPERVISOR_console_io, CONSOLEIO_read, 1, PTR(page_a));
}

static long yield(void)
{
    return sched_op(SCHEDOP_yield, NULL);
}
static long vm_assist(void)
{
    return hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_architectural_iopl);
}
static long iopl(void)
{
    struct physdev_set_iopl set = { .iopl = 1 };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&set));
}

static const struct bench_op ops[] = {
    {.name = "hypercall, unknown number", .run = unknown},
    {.name = "xen_version, version", .run = version},
    {.name = "xen_version, extraversion", .run = extraversion},
    {.name = "xen_version, capabilities", .run = capabilities},
    {.name = "xen_version, get_features", .run = features},
    {.name = "multicall of 1", .run = multicall_1},
    {.name = "multicall of 4", .run = multicall_4},
    {.name = "multicall of 32", .run = multicall_32},
    {.name = "set_segment_base, FS", .run = fs_base},
    {.name = "set_segment_base, GS user", .run = gs_user},
    {.name = "set_segment_base, GS kernel", .run = gs_kernel},
    {.name = "set_segment_base, GS selector", .run = gs_selector},
    {.name = "stack_switch", .run = stack_switch},
    {.name = "fpu_taskswitch, set", .run = fpu_set, .end = fpu_end},
    {.name = "fpu_taskswitch, clear", .run = fpu_clear},
    {.name = "set_debugreg", .run = debugreg_set},
    {.name = "get_debugreg", .run = debugreg_get},
    {.name = "set_trap_table of 1", .run = trap_table},
    {.name = "set_gdt of a page", .begin = gdt_begin, .run = set_gdt},
    {.name = "update_descriptor", .run = descriptor, .end = gdt_end},
    {.name = "console_io, write 80 bytes", .run = console_line, .rounds = 32},
    {.name = "console_io, write nothing", .run = console_nothing},
    {.name = "console_io, read", .run = console_read},
    {.name = "sched_op, yield", .run = yield},
    {.name = "vm_assist", .run = vm_assist},
    {.name = "physdev_op, set_iopl", .run = iopl},
};
BENCH_TABLE(calls)
