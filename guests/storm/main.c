/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run: steps on each vCPU until the first has done its number. */
#include "storm/storm.h"

#define FAULTS_A_STEP 64u

struct hostile hostile[STORM_VCPUS];
uint8_t storm_stacks[STORM_VCPUS][STACK_SIZE] __attribute__((aligned(16384)));
uint8_t pool[POOL_PAGES][PAGE_SIZE] __attribute__((aligned(2 << 20)));
static uint8_t own_pages[STORM_VCPUS][3][PAGE_SIZE] __attribute__((aligned(4096)));
static uint8_t grant_page[PAGE_SIZE] __attribute__((aligned(4096)));
unsigned int storm_vcpus;
uint64_t storm_root, storm_self, grant_frame_va;
static uint64_t steps, only, trace;
static volatile bool over;

static const struct {
    void (*run)(struct hostile *);
    unsigned int weight;
    const char *name;
} subject[] = {
    {step_hypercall,    10, "hypercall"   },
    {step_tables,       12, "tables"      },
    {step_table_writes, 5,  "table writes"},
    {step_instruction,  2,  "instruction" },
    {step_user,         8,  "user"        },
    {step_descriptors,  3,  "descriptors" },
    {step_entry_points, 1,  "entry points"},
    {step_vcpus,        2,  "vCPUs"       },
    {step_touch,        4,  "touch"       },
};

static __attribute__((noinline)) unsigned int subject_pick(struct hostile *h)
{
    unsigned int sum = 0;

    for (unsigned int i = 0; i < ARRAY_SIZE(subject); i++)
        sum += !only || only >> i & 1 ? subject[i].weight : 0;
    uint64_t at = pick(h, sum);
    for (unsigned int i = 0;; i++) {
        unsigned int weight = !only || only >> i & 1 ? subject[i].weight : 0;
        if (at < weight)
            return i;
        at -= weight;
    }
}

static struct hostile *who(uint64_t rsp)
{
    uint64_t i = (rsp - PTR(storm_stacks)) / STACK_SIZE;

    return i < STORM_VCPUS ? &hostile[i] : NULL;
}

static void events_clear(void)
{
    for (unsigned int i = 0; i < STORM_VCPUS; i++) {
        shared_info->vcpu_info[i].evtchn_upcall_pending = 0;
        shared_info->vcpu_info[i].evtchn_pending_sel = 0;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(shared_info->evtchn_pending); i++)
        __atomic_exchange_n(&shared_info->evtchn_pending[i], 0, __ATOMIC_SEQ_CST);
}

/*
 * Two vCPUs may come to share a stack, or one may lose it: then each fault leads to the next, and no step begins. Many
 * of them in one step count as another one, so that there is an end.
 */
static void fault_count(struct hostile *h)
{
    if (h->faulted != h->step)
        h->faults = 0;
    h->faulted = h->step;
    if (++h->faults % FAULTS_A_STEP)
        return;
    h->step++;
    if (h->step > steps + 1)
        guest_shutdown(SHUTDOWN_crash);
}

/* Every fault ends its step. An event ends it as well, out of an endless loop too, or is returned from; then another
 * one is due, for the loop's sake. */
static bool on_trap(struct trap_frame *f)
{
    struct hostile *h = who(PTR(f));

    if (!h && storm_vcpus > 1)
        guest_shutdown(SHUTDOWN_crash);
    h = h ?: &hostile[0];
    h->last_vector = f->vector;
    h->last_error = f->error;
    fault_count(h);
    events_clear();
    if (f->vector == VECTOR_EVENT && one_in(h, 2)) {
        timer_soon(h);
        return true;
    }
    shared_info->vcpu_info[h->id].evtchn_upcall_mask = 0;
    storm_longjmp(&h->recover);
}

static void step(struct hostile *h)
{
    unsigned int i = subject_pick(h);

    h->step++;
    if (trace && h->step >= trace)
        printk("storm: %u: step %lu: %s", h->id, h->step, subject[i].name);
    subject[i].run(h);
}

/* Tried once for each step: what it needs may be lost for good. */
static void mend(struct hostile *h)
{
    if (!h->dirty || h->mended == h->step)
        return;
    h->mended = h->step;
    entry_mend(h);
    h->dirty = false;
}

/**
 * A fault goes on with the next step wherever it was, in the mending and between two steps as well: this frame lives as
 * long as the vCPU. In one that is gone it would fault for ever.
 */
static __attribute__((noinline)) void steps_do(struct hostile *h)
{
    storm_setjmp(&h->recover);
    while (!over && h->step < steps) {
        mend(h);
        step(h);
    }
}

void storm_run(struct hostile *h)
{
    h->dirty = true;
    h->mended = ~0ul;
    steps_do(h);
    over = true;
    if (h->id == 0) {
        printk("storm: %lu steps", h->step);
        guest_shutdown(SHUTDOWN_poweroff);
    }
    for (;;)
        hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_down, h->id, 0);
}

static void others_start(void)
{
    static struct vcpu_guest_context context;

    for (unsigned int i = 1; i < storm_vcpus; i++) {
        vcpu_context(&hostile[i], &context);
        context.user_regs.rip = PTR(storm_secondary);
        context.user_regs.rdi = PTR(&hostile[i]);
        if (hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_initialise, i, PTR(&context)) ||
            hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_up, i, 0))
            printk("storm: vCPU %u does not start", i);
    }
}

static void grants_start(void)
{
    uint64_t frame = 0;
    struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = 1 };

    setup.frame_list.p = &frame;
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, PTR(&setup), 1);
    if (setup.status || map_at(grant_page, frame, PTE_KERNEL_RW))
        printk("storm: no grant table");
    grant_frame_va = PTR(grant_page);
}

void guest_main(void)
{
    uint64_t seed = guest_option("seed", 1);

    steps = guest_option("steps", 2000);
    only = guest_option("only", 0);
    trace = guest_option("trace", 0);
    storm_vcpus = (unsigned int)MIN(guest_option("vcpus", 1), STORM_VCPUS);
    storm_self = guest_option("self", 0);
    storm_root = va_to_mfn((void *)start_info->pt_base);
    for (unsigned int i = 0; i < STORM_VCPUS; i++) {
        struct hostile *h = &hostile[i];
        *h = (struct hostile){ .id = i,
                               .random = (seed * STORM_VCPUS + i + 1) * 0x9e3779b97f4a7c15ul,
                               .data = own_pages[i][0],
                               .code = own_pages[i][2] };
    }
    grants_start();
    trap_hook = on_trap;
    others_start();
    struct registers r = { .rsp = stack_top(&hostile[0]), .rdi = PTR(&hostile[0]) };
    storm_execute(&r, PTR(storm_secondary));
}
