/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls. Each row is one operation: its number, the value of the register that says which (or none), and the
 * layout of the structure that another register points to, a letter for each field. What is written by the layout is
 * then damaged now and then, as is the pointer.
 *
 *   Q any 64 bits   F frame    A address of data   L address of a list of frames   N count, 64 bits   M machine address
 *   W any 32 bits   C count    P port     R grant reference      S small    H any 16 bits    D domain   Z 16 bits of 0
 *   E page-table entry         V canonical entry point           T system time, soon
 */
#include "storm/storm.h"

struct shape {
    uint8_t nr;
    int32_t cmd;        /* in rdi; -1: any */
    uint8_t list;       /* how many registers before the pointer; the pointer is followed by a count */
    const char *fields; /* NULL: no structure */
};
#define CMD(nr, cmd, fields) \
    {                        \
        nr, cmd, 1, fields   \
    }
#define LIST(nr, fields)  \
    {                     \
        nr, -1, 0, fields \
    }
#define MEM(cmd, fields) CMD(__HYPERVISOR_memory_op, cmd, fields)
#define EVT(cmd, fields) CMD(__HYPERVISOR_event_channel_op, cmd, fields)
#define GNT(cmd, fields) CMD(__HYPERVISOR_grant_table_op, cmd, fields)
#define RESERVATION      "LNSSDZZZ"

static const struct shape shape[] = {
    MEM(XENMEM_increase_reservation, RESERVATION),
    MEM(XENMEM_decrease_reservation, RESERVATION),
    MEM(XENMEM_populate_physmap, RESERVATION),
    MEM(XENMEM_populate_physmap, RESERVATION),
    MEM(XENMEM_exchange, RESERVATION RESERVATION "Q"),
    MEM(XENMEM_exchange, RESERVATION RESERVATION "Q"),
    MEM(XENMEM_current_reservation, "D"),
    MEM(XENMEM_maximum_reservation, "D"),
    MEM(XENMEM_maximum_ram_page, "Q"),
    MEM(XENMEM_machphys_mfn_list, "CZZAC"),
    MEM(XENMEM_add_to_physmap, "DHSQF"),
    MEM(XENMEM_memory_map, "CZZA"),
    MEM(XENMEM_machine_memory_map, "CZZA"),
    MEM(XENMEM_machphys_mapping, "QQQ"),
    MEM(XENMEM_set_memory_map, "DZZZCZZA"),
    MEM(XENMEM_maximum_gpfn, "D"),
    MEM(XENMEM_remove_from_physmap, "DZZZF"),
    MEM(XENMEM_claim_pages, "LNSSD"),
    MEM(XENMEM_add_to_physmap_batch, "DHHHLLA"),
    MEM(XENMEM_acquire_resource, "DHSCSQL"),
    EVT(EVTCHNOP_bind_interdomain, "DZPP"),
    EVT(EVTCHNOP_bind_virq, "SSP"),
    EVT(EVTCHNOP_bind_pirq, "SSP"),
    EVT(EVTCHNOP_close, "P"),
    EVT(EVTCHNOP_send, "P"),
    EVT(EVTCHNOP_status, "DZPPPP"),
    EVT(EVTCHNOP_alloc_unbound, "DDP"),
    EVT(EVTCHNOP_bind_ipi, "SP"),
    EVT(EVTCHNOP_bind_vcpu, "PS"),
    EVT(EVTCHNOP_unmask, "P"),
    EVT(EVTCHNOP_reset, "D"),
    EVT(EVTCHNOP_init_control, "FSSZ"),
    EVT(EVTCHNOP_expand_array, "F"),
    EVT(EVTCHNOP_set_priority, "PS"),
    GNT(GNTTABOP_map_grant_ref, "ASRDZWQ"),
    GNT(GNTTABOP_map_grant_ref, "MSRDZWQ"),
    GNT(GNTTABOP_unmap_grant_ref, "AQRZ"),
    GNT(GNTTABOP_setup_table, "DZCZZZZA"),
    GNT(GNTTABOP_transfer, "FDZR"),
    GNT(GNTTABOP_copy, "FDHSFDHHHZ"),
    GNT(GNTTABOP_copy, "RSDHSFDHHHZ"),
    GNT(GNTTABOP_query_size, "DZCC"),
    GNT(GNTTABOP_unmap_and_replace, "AARZ"),
    GNT(GNTTABOP_set_version, "S"),
    GNT(GNTTABOP_set_version, "S"),
    GNT(GNTTABOP_get_status_frames, "CDZA"),
    GNT(GNTTABOP_get_version, "DZS"),
    GNT(GNTTABOP_swap_grant_ref, "RRZ"),
    GNT(GNTTABOP_cache_flush, "QHHS"),
    GNT(GNTTABOP_dump_table, "DZ"),
    CMD(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL),
    CMD(__HYPERVISOR_sched_op, SCHEDOP_poll, "ACSTP"),
    CMD(__HYPERVISOR_sched_op, SCHEDOP_watchdog, "SC"),
    CMD(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, "DZS"),
    CMD(__HYPERVISOR_sched_op, SCHEDOP_pin_override, "W"),
    CMD(__HYPERVISOR_sched_op, SCHEDOP_shutdown_code, "S"),
    CMD(__HYPERVISOR_xen_version, -1, "QQQQ"),
    CMD(__HYPERVISOR_xen_version, XENVER_build_id, "CQQ"),
    CMD(__HYPERVISOR_physdev_op, -1, "SSSSQQ"),
    CMD(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, "S"),
    CMD(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, "AC"),
    CMD(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, "DZSSSSSQQ"),
    CMD(__HYPERVISOR_physdev_op, PHYSDEVOP_pirq_eoi_gmfn_v2, "F"),
    CMD(__HYPERVISOR_physdev_op, PHYSDEVOP_irq_status_query, "SS"),
    CMD(__HYPERVISOR_hvm_op, -1, "DZSQQ"),
    CMD(__HYPERVISOR_hvm_op, 0, "DZSQ"),
    CMD(__HYPERVISOR_vm_assist, -1, NULL),
    CMD(__HYPERVISOR_console_io, CONSOLEIO_read, "QQ"),
    CMD(__HYPERVISOR_nmi_op, XENNMI_unregister_callback, NULL),
    CMD(__HYPERVISOR_xenpmu_op, -1, "QQQQ"),
    CMD(__HYPERVISOR_hypfs_op, -1, "QQQQ"),
    CMD(__HYPERVISOR_arch_0, -1, "WWQQQQ"),
    CMD(__HYPERVISOR_dm_op, -1, "QQ"),
    CMD(__HYPERVISOR_argo_op, -1, "QQQ"),
    CMD(__HYPERVISOR_kexec_op, -1, "QQQQ"),
    LIST(__HYPERVISOR_domctl, "WSDZQQQQ"),
    LIST(__HYPERVISOR_sysctl, "WSQQQQ"),
    LIST(__HYPERVISOR_platform_op, "WSQQQQ"),
    LIST(__HYPERVISOR_mmu_update, "ME"),
    LIST(__HYPERVISOR_mmu_update, "MEMEMEME"),
    LIST(__HYPERVISOR_mmuext_op, "SSFQ"),
    LIST(__HYPERVISOR_mmuext_op, "SSFQSSFQSSAA"),
    LIST(__HYPERVISOR_set_timer_op, NULL),
    LIST(__HYPERVISOR_fpu_taskswitch, NULL),
    LIST(__HYPERVISOR_update_descriptor, "QQ"),
    LIST(__HYPERVISOR_get_debugreg, NULL),
};

static uint64_t soon(struct hostile *h)
{
    return shared_info->vcpu_info[0].time.system_time + pick(h, 3000000);
}

/** An entry in some table: of the pool's pages, mostly. */
static uint64_t entry_address(struct hostile *h)
{
    uint64_t low = one_in(h, 12) ? pick(h, 8) : 0;

    switch (pick(h, 4)) {
    case 0: return pte_maddr(pool[pick(h, POOL_PAGES)], 1) | low;
    case 1: return (storm_root * PAGE_SIZE + pick(h, 256) * 8) | low;
    default: return rnd_frame(h) * PAGE_SIZE + pick(h, one_in(h, 2) ? 8 : 512) * 8 + low;
    }
}

static uint64_t frame_list(struct hostile *h, uint8_t **data)
{
    uint64_t *list = (void *)*data;

    for (unsigned int i = 0; i < 8; i++)
        list[i] = rnd_frame(h);
    *data += 64;
    return one_in(h, 12) ? rnd_address(h) : PTR(list);
}

static uint64_t field(struct hostile *h, char kind, uint8_t **data)
{
    switch (kind) {
    case 'F': return rnd_frame(h);
    case 'A': return rnd_address(h);
    case 'L': return frame_list(h, data);
    case 'N': return rnd_count(h);
    case 'C': return rnd_count(h);
    case 'M': return entry_address(h);
    case 'P': return one_in(h, 16) ? rnd_word(h) : pick(h, 24);
    case 'R': return one_in(h, 16) ? rnd_word(h) : pick(h, 24);
    case 'S': return one_in(h, 12) ? rnd_word(h) : pick(h, one_in(h, 2) ? 32 : 4);
    case 'D': return rnd_domid(h);
    case 'E': return rnd_entry(h, 1 + (unsigned int)pick(h, 4));
    case 'T': return soon(h);
    case 'Z': return 0;
    default: return rnd_word(h);
    }
}

static unsigned int width(char kind)
{
    return strchr("HDZ", kind) ? 2 : strchr("WCPRS", kind) ? 4 : 8;
}

/** Writes the structure; its size. */
static unsigned int fill(struct hostile *h, const char *fields, uint8_t *out, uint8_t **lists)
{
    unsigned int at = 0;

    for (; *fields; fields++) {
        unsigned int size = width(*fields);
        uint64_t value = field(h, *fields, lists);
        at = (at + size - 1) & ~(size - 1);
        memcpy(out + at, &value, size);
        at += size;
    }
    return at;
}

/** Where the structure is for the hypervisor: rarely where it should be not. */
static uint64_t place(struct hostile *h, uint8_t *made, unsigned int size)
{
    if (one_in(h, 6))
        made[pick(h, size)] ^= (uint8_t)(1u << pick(h, 8));
    if (one_in(h, 10))
        return rnd_address(h);
    return PTR(made);
}

static void call_any(struct hostile *h, struct call *c)
{
    c->nr = one_in(h, 8) ? rnd_word(h) : pick(h, 64);
    for (unsigned int i = 0; i < 6; i++)
        c->arg[i] = one_in(h, 2) ? rnd_address(h) : rnd_word(h);
}

/* What would end the run without saying anything. */
static bool call_ends_it(const struct call *c)
{
    return (c->nr == __HYPERVISOR_sched_op && (uint32_t)c->arg[0] == SCHEDOP_shutdown) || c->nr == __HYPERVISOR_iret ||
           (c->nr == __HYPERVISOR_set_trap_table && !c->arg[0]) || c->nr == __HYPERVISOR_set_callbacks;
}

void rnd_call(struct hostile *h, struct call *c, uint8_t **data)
{
    const struct shape *s = &shape[pick(h, ARRAY_SIZE(shape))];
    unsigned int n = 0;

    memset(c, 0, sizeof(*c));
    if (one_in(h, 8)) {
        do
            call_any(h, c);
        while (call_ends_it(c));
        return;
    }
    c->nr = s->nr;
    if (s->list)
        c->arg[n++] = s->cmd >= 0 ? (uint64_t)s->cmd : pick(h, 40);
    if (s->fields) {
        uint8_t *made = *data;
        *data += 256;
        c->arg[n++] = place(h, made, fill(h, s->fields, made, data));
    }
    c->arg[n++] = one_in(h, 3) ? rnd_count(h) : 1;
    c->arg[n++] = one_in(h, 2) ? 0 : rnd_address(h);
    c->arg[n++] = rnd_domid(h);
    if (s->nr == __HYPERVISOR_mmu_update || s->nr == __HYPERVISOR_mmuext_op)
        c->arg[1] = one_in(h, 4) ? rnd_count(h) : strlen(s->fields) / (s->nr == __HYPERVISOR_mmu_update ? 2 : 4);
    if (one_in(h, 24))
        c->arg[pick(h, 5)] = rnd_word(h);
    if (call_ends_it(c))
        c->nr = __HYPERVISOR_xen_version;
}

long call_do(const struct call *c)
{
    return hypercall5((unsigned int)c->nr, c->arg[0], c->arg[1], c->arg[2], c->arg[3], c->arg[4]);
}

/** A list of calls, some of which are lists. */
static void multicall(struct hostile *h, struct call *c, uint8_t **data, unsigned int depth)
{
    struct multicall_entry *list = (void *)*data;
    unsigned int n = 1 + (unsigned int)pick(h, 4);

    *data += n * sizeof(*list);
    for (unsigned int i = 0; i < n; i++) {
        struct call one;
        if (depth && one_in(h, 8))
            multicall(h, &one, data, depth - 1);
        else
            rnd_call(h, &one, data);
        list[i].op = one.nr;
        memcpy(list[i].args, one.arg, sizeof(list[i].args));
    }
    *c = (struct call){
        .nr = __HYPERVISOR_multicall, .arg = { PTR(list), one_in(h, 12) ? rnd_count(h) : n }
    };
    if (one_in(h, 16))
        c->arg[0] = rnd_address(h);
}

/**
 * Entries of the grant table of either version, for itself or for dom0. The first is of version 1 when it makes sense.
 */
static void grants_write(struct hostile *h)
{
    volatile uint64_t *table = (void *)grant_frame_va;

    for (unsigned int i = 0; i < 3; i++) {
        uint64_t flags = one_in(h, 8) ? pick(h, 0x10000) : GTF_permit_access | (one_in(h, 3) ? GTF_readonly : 0);
        table[pick(h, 2 * GRANTS)] = flags | (one_in(h, 4) ? rnd_domid(h) : storm_self) << 16 | rnd_frame(h) << 32;
    }
}

/* A grant of its own mapped where a page of the pool is, or into an entry of its tables; and given back, mostly. */
static void grants_map(struct hostile *h)
{
    bool entry = one_in(h, 2);
    void *va = pool[pick(h, POOL_PAGES)];
    struct gnttab_map_grant_ref map = { .host_addr = entry ? pte_maddr(va, 1) : PTR(va),
                                        .ref = (uint32_t)pick(h, GRANTS),
                                        .dom = (domid_t)(one_in(h, 8) ? 0 : storm_self) };

    map.flags = GNTMAP_host_map | (entry ? GNTMAP_contains_pte : 0) | (one_in(h, 3) ? GNTMAP_readonly : 0) |
                (one_in(h, 4) ? GNTMAP_device_map : 0) | (one_in(h, 8) ? (uint32_t)rnd_word(h) : 0);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, PTR(&map), 1);
    if (map.status || one_in(h, 4))
        return;
    struct gnttab_unmap_grant_ref unmap = { .host_addr = one_in(h, 8) ? rnd_address(h) : map.host_addr,
                                            .handle = map.handle,
                                            .dev_bus_addr = one_in(h, 2) ? map.dev_bus_addr : 0 };
    if (one_in(h, 3))
        hypercall3(__HYPERVISOR_update_va_mapping, PTR(va), rnd_entry(h, 1), UVMF_INVLPG);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, PTR(&unmap), 1);
}

void step_hypercall(struct hostile *h)
{
    uint8_t *data = h->data;
    struct call c;

    if (one_in(h, 6))
        grants_write(h);
    if (one_in(h, 8))
        grants_map(h);

    if (one_in(h, 5))
        multicall(h, &c, &data, 1);
    else
        rnd_call(h, &c, &data);
    h->dirty = true;
    call_do(&c);
}
