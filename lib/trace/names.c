/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names for what records hold as numbers: the ABI's, in small letters. */
#include "trace/timeline.h"

#include "base/format.h"
#include "public.h"

const char *trace_hypercall_name(uint32_t nr)
{
#define NAME(name) [__HYPERVISOR_##name] = #name
    static const char *const names[] = {
        NAME(set_trap_table), NAME(mmu_update), NAME(set_gdt), NAME(stack_switch), NAME(set_callbacks),
        NAME(fpu_taskswitch), NAME(sched_op_compat), NAME(platform_op), NAME(set_debugreg), NAME(get_debugreg),
        NAME(update_descriptor), NAME(memory_op), NAME(multicall), NAME(update_va_mapping), NAME(set_timer_op),
        NAME(event_channel_op_compat), NAME(xen_version), NAME(console_io), NAME(physdev_op_compat),
        NAME(grant_table_op), NAME(vm_assist), NAME(update_va_mapping_otherdomain), NAME(iret), NAME(vcpu_op),
        NAME(set_segment_base), NAME(mmuext_op), NAME(xsm_op), NAME(nmi_op), NAME(sched_op), NAME(callback_op),
        NAME(xenoprof_op), NAME(event_channel_op), NAME(physdev_op), NAME(hvm_op), NAME(sysctl), NAME(domctl),
        NAME(kexec_op), NAME(tmem_op), NAME(argo_op), NAME(xenpmu_op), NAME(dm_op), NAME(hypfs_op),
        [__HYPERVISOR_arch_0] = "mca",
    };
#undef NAME

    return nr < ARRAY_SIZE(names) ? names[nr] : NULL;
}

struct op_names { uint32_t hypercall, nr; const char *const *name; };

const char *trace_hypercall_op(uint32_t nr, uint32_t op)
{
    static const char *const sched[] = { "yield", "block", "shutdown", "poll", "remote_shutdown", "shutdown_code",
                                         "watchdog", "pin_override" };
    static const char *const event[] = { "bind_interdomain", "bind_virq", "bind_pirq", "close", "send", "status",
                                         "alloc_unbound", "bind_ipi", "bind_vcpu", "unmask", "reset", "init_control",
                                         "expand_array", "set_priority" };
    static const char *const grant[] = { "map_grant_ref", "unmap_grant_ref", "setup_table", "dump_table", "transfer",
                                         "copy", "query_size", "unmap_and_replace", "set_version", "get_status_frames",
                                         "get_version", "swap_grant_ref", "cache_flush" };
    static const char *const vcpu[] = { "initialise", "up", "down", "is_up", "get_runstate_info",
                                        "register_runstate_memory_area", "set_periodic_timer", "stop_periodic_timer",
                                        "set_singleshot_timer", "stop_singleshot_timer", "register_vcpu_info",
                                        "send_nmi", "get_physid", "register_vcpu_time_memory_area" };
    static const struct op_names all[] = {
        { __HYPERVISOR_sched_op, ARRAY_SIZE(sched), sched },
        { __HYPERVISOR_event_channel_op, ARRAY_SIZE(event), event },
        { __HYPERVISOR_grant_table_op, ARRAY_SIZE(grant), grant }, { __HYPERVISOR_vcpu_op, ARRAY_SIZE(vcpu), vcpu },
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(all); i++)
        if (all[i].hypercall == nr)
            return op < all[i].nr ? all[i].name[op] : NULL;
    return NULL;
}

const char *trace_event_name(const struct trace_event *e)
{
    static const struct { uint32_t event; const char *name; } names[] = {
        { TRC_LOST_RECORDS, "lost records" }, { TRC_PV_HYPERCALL_V2, "hypercall" },
        { TRC_PV_HYPERCALL_SUBCALL, "hypercall in a multicall" }, { TRC_PV_TRAP, "trap" },
        { TRC_PV_PAGE_FAULT, "page_fault" }, { TRC_PV_FORCED_INVALID_OP, "forced_invalid_op" },
        { TRC_PV_EMULATE_PRIVOP, "emulate_privop" }, { TRC_PV_MATH_STATE_RESTORE, "math_state_restore" },
        { TRC_PV_PAGING_FIXUP, "paging_fixup" }, { TRC_PV_GDT_LDT_MAPPING_FAULT, "gdt_ldt_mapping_fault" },
        { TRC_PV_PTWR_EMULATION, "ptwr_emulation" }, { TRC_MEM_PAGE_GRANT_MAP, "grant_map" },
        { TRC_MEM_PAGE_GRANT_UNMAP, "grant_unmap" }, { TRC_MEM_PAGE_GRANT_TRANSFER, "grant_transfer" },
        { TRC_MEM_DECREASE_RESERVATION, "decrease_reservation" }, { TRC_DOM0_DOM_ADD, "domain created" },
        { TRC_DOM0_DOM_REM, "domain destroyed" }, { TRC_SCHED_SLEEP, "sleep" }, { TRC_SCHED_WAKE, "wake" },
        { TRC_SCHED_YIELD, "yield" }, { TRC_SCHED_BLOCK, "block" }, { TRC_SCHED_SHUTDOWN, "shutdown" },
        { TRC_SCHED_SHUTDOWN_CODE, "shutdown_code" }, { TRC_SCHED_ADJDOM, "scheduler parameters" },
        { TRC_SCHED_DOM_TIMER_FN, "timer" }, { TRC_HW_IRQ_HANDLED, "interrupt" },
    };
    uint32_t event = (e->event & 0x0ff00000) == (TRC_PV & 0x0ff00000) ? e->event & ~(uint32_t)TRC_64_FLAG : e->event;

    if ((e->event & TRC_GUEST & 0x0fff0000) == (TRC_GUEST & 0x0fff0000))
        return "guest";
    for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].event == event)
            return names[i].name;
    return NULL;
}

static void hypercall_text(const struct trace_cause *c, char *buf, size_t size)
{
    const char *name = trace_hypercall_name(c->number), *op = trace_hypercall_op(c->number, c->op);

    format_append(buf, size, "by d%uv%u: %s", c->who.domain, c->who.vcpu, name ?: "hypercall");
    if (!name)
        format_append(buf, size, " %u", c->number);
    if (op)
        format_append(buf, size, " %s", op);
}

void trace_cause_text(const struct trace_cause *c, char *buf, size_t size)
{
    buf[0] = '\0';
    if (c->kind == TRACE_CAUSE_HYPERCALL)
        hypercall_text(c, buf, size);
    else if (c->kind == TRACE_CAUSE_TIMER)
        format_append(buf, size, "by its timer");
    else if (c->kind == TRACE_CAUSE_IRQ)
        format_append(buf, size, "by interrupt %u", c->number);
}
