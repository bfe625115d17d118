/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second vCPU: how it is started, and that it does what it is told to. */
#include "selftest/selftest.h"

#define VCPU 1

static uint8_t stack[16384] __attribute__((aligned(16)));
static struct vcpu_guest_context context;
static void (*volatile job)(void);
static volatile bool running;
static volatile uint64_t resume, faults;
static uint64_t root[512] __attribute__((aligned(4096))), upper[512] __attribute__((aligned(4096)));
static uint64_t lower[4][512] __attribute__((aligned(4096)));
volatile uint64_t second_nmis;

static long vcpu_op(unsigned int cmd, const void *arg)
{
    return hypercall3(__HYPERVISOR_vcpu_op, cmd, VCPU, PTR(arg));
}

static void yield(void)
{
    hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

static bool second_trap(struct trap_frame *f)
{
    if (PTR(f) - PTR(stack) >= sizeof(stack))
        return false; /* the first one's */
    if (f->vector == 2) {
        second_nmis++;
    } else if (f->vector == 14 && resume) {
        faults++;
        f->rip = resume;
    } else {
        printk("FAIL unexpected exception %lu of the second vCPU at %#lx, error %#lx", f->vector, f->rip, f->error);
        guest_shutdown(SHUTDOWN_crash);
    }
    return true;
}

bool second_store_faults(volatile uint64_t *p, uint64_t value)
{
    uint64_t before = faults;

    __asm__ volatile("movq $78f, resume(%%rip)\nmovq %1, (%0)\n78: movq $0, resume(%%rip)"
                     :
                     : "r"(p), "r"(value)
                     : "memory");
    return faults != before;
}

bool second_load_faults(volatile uint64_t *p)
{
    uint64_t before = faults, got;

    __asm__ volatile("movq $79f, resume(%%rip)\nmovq (%1), %0\n79: movq $0, resume(%%rip)"
                     : "=&r"(got)
                     : "r"(p)
                     : "memory");
    return faults != before;
}

static void second_main(void)
{
    for (;;) {
        if (job) {
            job();
            job = NULL;
        }
        running = true;
        yield();
    }
}

void second_run(void (*fn)(void))
{
    job = fn;
}

void second_wait(void)
{
    while (job)
        yield();
}

static void context_good(void)
{
    vcpu_prepare(&context, second_main, stack + sizeof(stack));
    traps_context(&context);
}

static void refused(const char *name)
{
    check_true(name, vcpu_op(VCPUOP_initialise, &context) < 0);
    context_good();
}

/* A context that cannot be has no effect: neither on the vCPU nor on the frames that it names. */
static void bad_contexts(void)
{
    context_good();
    check_rc("a vCPU that was not initialised does not start", -EINVAL, vcpu_op(VCPUOP_up, NULL));
    check_rc("a context at the hypervisor's address", -EFAULT,
             vcpu_op(VCPUOP_initialise, (void *)0xffff830000000000ul));
    context.ctrlreg[3] = va_to_mfn(page_a) << 12;
    refused("a context whose page table is data");
    context.ctrlreg[3] = va_to_mfn((void *)pte_of(page_a, 1)) << 12;
    refused("... is a level 1 table");
    context.ctrlreg[3] = ~0ul;
    refused("... does not exist");
    context.flags = 0;
    refused("a context in user mode that has no page table for it (1)");
    context.gdt_ents = FIRST_RESERVED_GDT_ENTRY + 1;
    refused("a context with too many descriptors");
    context.gdt_ents = 512;
    context.gdt_frames[0] = va_to_mfn((void *)start_info->pt_base);
    refused("a context whose GDT is a page table");
    context.ldt_ents = 8193;
    refused("a context with too long an LDT");
    context.gs_base_kernel = 1ul << 47;
    refused("a context with a base that is not canonical");
    context.event_callback_eip = 1ul << 47;
    refused("a context with a callback that is not canonical");
    context.user_regs.rip = 1ul << 47;
    refused("... whose RIP is not (7)");
    context.user_regs.rsp = 1ul << 63;
    refused("... whose RSP is not");
    context.kernel_sp = 1ul << 47;
    refused("... whose kernel stack is not");
    context.trap_ctxt[200].address = 1ul << 47;
    refused("... whose handler of vector 200 is not");
    context.fs_base = 1ul << 63;
    refused("... whose FS is not (193)");
    context.ldt_base = 1ul << 47;
    context.ldt_ents = 16;
    refused("... whose LDT is not");
    check_rc("... still it does not start", -EINVAL, vcpu_op(VCPUOP_up, NULL));
}

/* Tables that nobody has looked at yet: with an event waiting that takes more than one part (296). */
static void fresh_tables(void)
{
    memcpy(root, (const void *)start_info->pt_base, sizeof(root));
    for (unsigned int i = 256; i < 272; i++)
        root[i] = 0; /* the hypervisor's */
    root[5] = va_to_mfn(upper) * PAGE_SIZE | PTE_P | PTE_RW | PTE_US | PTE_A;
    for (unsigned int i = 0; i < ARRAY_SIZE(lower); i++)
        upper[i] = va_to_mfn(lower[i]) * PAGE_SIZE | PTE_P | PTE_RW | PTE_US | PTE_A;
    map_at(root, va_to_mfn(root), PTE_KERNEL_RO);
    map_at(upper, va_to_mfn(upper), PTE_KERNEL_RO);
    for (unsigned int i = 0; i < ARRAY_SIZE(lower); i++)
        map_at(lower[i], va_to_mfn(lower[i]), PTE_KERNEL_RO);
    context.ctrlreg[3] = va_to_mfn(root) << 12;
}

/* Extended state that no processor stores is made one that it loads (53). */
static void odd_extended_state(void)
{
    memset(&context.fpu_ctxt, 0xff, sizeof(context.fpu_ctxt));
    context.flags |= VGCF_i387_valid;
}

static long initialise_in_parts(void)
{
    uint64_t before = events_seen;
    long rc;

    fresh_tables();
    odd_extended_state();
    shared_info->vcpu_info[0].evtchn_upcall_mask = 0;
    shared_info->vcpu_info[0].evtchn_upcall_pending = 1;
    rc = vcpu_op(VCPUOP_initialise, &context);
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    check_rc("a context with new page tables, while an event waits (296)", 0, rc);
    check_true("... which came", events_seen > before);
    return rc;
}

bool second_start(void)
{
    if (vcpu_op(VCPUOP_is_up, NULL) < 0)
        return false;
    if (vcpu_op(VCPUOP_is_up, NULL))
        return running;
    trap_hook = second_trap;
    context_good();
    if (initialise_in_parts() || vcpu_op(VCPUOP_up, NULL))
        return false;
    while (!running)
        yield();
    return true;
}

static void interrupts(void)
{
    volatile struct vcpu_info *info = &shared_info->vcpu_info[VCPU];
    struct evtchn_bind_ipi b = { .vcpu = VCPU };
    struct evtchn_send s;

    info->evtchn_upcall_pending = 0;
    check_rc("an event channel to it", 0, hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_bind_ipi, PTR(&b)));
    s.port = b.port;
    check_rc("an event", 0, hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, PTR(&s)));
    check("... is pending there", 1, info->evtchn_upcall_pending);
    check_rc("the channel closed", 0,
             hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, PTR(&(struct evtchn_close){ b.port })));
    check_rc("an NMI", 0, vcpu_op(VCPUOP_send_nmi, NULL));
    while (!second_nmis)
        yield();
    check("... strikes there", 1, second_nmis);
}

void test_second_vcpu(void)
{
    if (vcpu_op(VCPUOP_is_up, NULL) < 0) {
        printk("SKIP there is no second vCPU");
        return;
    }
    bad_contexts();
    check_true("it runs", second_start());
    check_rc("its context, a second time", -EEXIST, vcpu_op(VCPUOP_initialise, &context));
    check_rc("it is up", 1, vcpu_op(VCPUOP_is_up, NULL));
    interrupts();
}
