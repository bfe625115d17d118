/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The builder. All of a child's memory is mapped from VIRT_BASE on by 4 KiB entries: image, list of machine frames,
 * start_info, page tables. Frames are reached one at a time through a window.
 */
#include "nursery/nursery.h"

#include "base/format.h"
#include "elf/elf.h"

#define VIRT_BASE   0xffffffff80000000ul
#define MAGIC       "xen-3.0-x86_64"
#define TABLE_ENTRY (PTE_KERNEL_RW | PTE_US)

static uint8_t window[PAGE_SIZE] __attribute__((aligned(4096)));
static uint64_t window_home;

long domctl(uint32_t cmd, uint32_t domid, struct xen_domctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)domid;
    return hypercall1(__HYPERVISOR_domctl, PTR(op));
}

static long window_to(const struct child *c, uint64_t pfn)
{
    if (!window_home)
        window_home = va_to_mfn(window);
    return hypercall4(__HYPERVISOR_update_va_mapping_otherdomain, PTR(window), c->mfn[pfn] * PAGE_SIZE | PTE_KERNEL_RW,
                      UVMF_INVLPG | UVMF_LOCAL, c->domid);
}

static void window_close(void)
{
    map_at(window, window_home, PTE_KERNEL_RW);
}

void *child_window(const struct child *c, uint64_t pfn)
{
    return window_to(c, pfn) ? NULL : window;
}

void child_window_close(void)
{
    window_close();
}

/** Writes @size bytes at guest-physical @paddr; zeroes when @from is NULL. */
static int put(const struct child *c, uint64_t paddr, const void *from, uint64_t size)
{
    while (size) {
        uint64_t offset = paddr % PAGE_SIZE, n = MIN(size, PAGE_SIZE - offset);

        if (paddr / PAGE_SIZE >= c->frames || window_to(c, paddr / PAGE_SIZE))
            return -EINVAL;
        if (from)
            memcpy(window + offset, from, n);
        else
            memset(window + offset, 0, n);
        from = from ? (const char *)from + n : NULL;
        paddr += n;
        size -= n;
    }
    return 0;
}

static int create(struct child *c)
{
    struct xen_domctl op = {
        .u.createdomain = { .max_vcpus = c->vcpus,
                            .max_evtchn_port = 1023,
                            .max_grant_frames = 8,
                            .max_maptrack_frames = 16,
                            .grant_opts = XEN_DOMCTL_GRANT_version(2) }
    };
    long rc = domctl(XEN_DOMCTL_createdomain, 0, &op);

    if (rc)
        return (int)rc;
    c->domid = op.domain;
    op.u.max_vcpus.max = c->vcpus;
    rc = domctl(XEN_DOMCTL_max_vcpus, c->domid, &op);
    op.u.max_mem.max_memkb = (c->frames + 64) * 4;
    return rc ? (int)rc : (int)domctl(XEN_DOMCTL_max_mem, c->domid, &op);
}

static int populate(struct child *c)
{
    struct xen_memory_reservation r = { .nr_extents = c->frames, .domid = (domid_t)c->domid };

    for (uint64_t i = 0; i < c->frames; i++)
        c->mfn[i] = i;
    r.extent_start.p = c->mfn;
    return hypercall2(__HYPERVISOR_memory_op, XENMEM_populate_physmap, PTR(&r)) == (long)c->frames ? 0 : -ENOMEM;
}

/** Loads the image; the first free frame after it in *@end, the entry point in *@entry. */
static int load(const struct child *c, const void *elf, uint64_t size, uint64_t *end, uint64_t *entry)
{
    struct elf_file file;
    struct elf_segment s;

    if (elf_open(&file, elf, size) != ELF_OK || !file.is64)
        return -EINVAL;
    *end = 0;
    *entry = file.entry;
    for (unsigned int i = 0; i < file.phnum; i++) {
        if (!elf_segment_get(&file, i, &s) || s.type != ELF_PT_LOAD)
            continue;
        if (!elf_in_file(&file, s.offset, s.filesz) || put(c, s.paddr, (const char *)elf + s.offset, s.filesz))
            return -EINVAL;
        *end = MAX(*end, (s.paddr + s.memsz + PAGE_SIZE - 1) / PAGE_SIZE);
    }
    return 0;
}

/* L4 and L3 have one entry each, L2 one for each L1; the L1 tables map all, and page tables read-only. */
static int page_tables(const struct child *c, uint64_t l4, uint64_t *nr)
{
    uint64_t l3 = l4 + 1, l2 = l4 + 2, l1 = l4 + 3, n1 = (c->frames + 511) / 512;
    static uint64_t table[512];
    int rc;

    *nr = 3 + n1;
    for (uint64_t i = 0; i < n1; i++) {
        memset(table, 0, sizeof(table));
        for (uint64_t j = 0; j < 512 && i * 512 + j < c->frames; j++) {
            uint64_t pfn = i * 512 + j;
            bool is_table = pfn >= l4 && pfn < l4 + *nr;
            table[j] = c->mfn[pfn] * PAGE_SIZE | (is_table ? PTE_KERNEL_RO : PTE_KERNEL_RW) | PTE_US;
        }
        rc = put(c, (l1 + i) * PAGE_SIZE, table, PAGE_SIZE);
        if (rc)
            return rc;
    }
    memset(table, 0, sizeof(table));
    for (uint64_t i = 0; i < n1; i++)
        table[i] = c->mfn[l1 + i] * PAGE_SIZE | TABLE_ENTRY;
    rc = put(c, l2 * PAGE_SIZE, table, PAGE_SIZE);
    memset(table, 0, sizeof(table));
    table[VIRT_BASE >> 30 & 511] = c->mfn[l2] * PAGE_SIZE | TABLE_ENTRY;
    rc = rc ?: put(c, l3 * PAGE_SIZE, table, PAGE_SIZE);
    memset(table, 0, sizeof(table));
    table[511] = c->mfn[l3] * PAGE_SIZE | TABLE_ENTRY;
    return rc ?: put(c, l4 * PAGE_SIZE, table, PAGE_SIZE);
}

static int start_info_put(const struct child *c, uint64_t pfn, uint64_t list, uint64_t l4, uint64_t tables)
{
    struct xen_domctl op = { 0 };
    static struct start_info si;
    long rc = domctl(XEN_DOMCTL_getdomaininfo, c->domid, &op);

    if (rc)
        return (int)rc;
    memset(&si, 0, sizeof(si));
    memcpy(si.magic, MAGIC, sizeof(MAGIC));
    si.nr_pages = c->frames;
    si.shared_info = op.u.getdomaininfo.shared_info_frame * PAGE_SIZE;
    si.pt_base = VIRT_BASE + l4 * PAGE_SIZE;
    si.nr_pt_frames = tables;
    si.console.domU.mfn = c->console_pfn ? c->mfn[c->console_pfn] : 0;
    si.mfn_list = VIRT_BASE + list * PAGE_SIZE;
    format((char *)si.cmd_line, sizeof(si.cmd_line), "%s self=%u", c->line, c->domid);
    return put(c, pfn * PAGE_SIZE, &si, sizeof(si));
}

static int vcpu_set(const struct child *c, uint64_t entry, uint64_t si, uint64_t l4)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_in_kernel | VGCF_online;
    context.user_regs.rip = entry;
    context.user_regs.rsi = VIRT_BASE + si * PAGE_SIZE;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.ctrlreg[3] = xen_pfn_to_cr3(c->mfn[l4]);
    op.u.vcpucontext.vcpu = 0;
    op.u.vcpucontext.ctxt.p = (void *)&context;
    return (int)domctl(XEN_DOMCTL_setvcpucontext, c->domid, &op);
}

static int pin(const struct child *c, uint64_t l4)
{
    struct mmuext_op op = { .cmd = MMUEXT_PIN_L4_TABLE, .arg1.mfn = c->mfn[l4] };

    return (int)hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, c->domid);
}

static int failed(const char *what, int rc)
{
    if (rc)
        printk("nursery: %s: error %d", what, rc);
    return rc;
}

int child_build(struct child *c, const void *elf, uint64_t size)
{
    uint64_t list, si, l4, tables, entry;

    if (failed("create", create(c)) || failed("memory", populate(c)) ||
        failed("image", load(c, elf, size, &list, &entry)))
        return -1;
    si = list + (c->frames * sizeof(uint64_t) + PAGE_SIZE - 1) / PAGE_SIZE;
    l4 = si + 1;
    if (c->console)
        c->console_pfn = l4++;
    int rc = failed("frame list", put(c, list * PAGE_SIZE, c->mfn, c->frames * sizeof(uint64_t)));
    rc = rc ?: failed("page tables", page_tables(c, l4, &tables));
    rc = rc ?: failed("start_info", start_info_put(c, si, list, l4, tables));
    window_close();
    rc = rc ?: failed("pin", pin(c, l4));
    return rc ?: failed("vCPU", vcpu_set(c, entry, si, l4));
}
