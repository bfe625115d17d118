/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of building domain 0, in order. See dom0.h. */
#include "boot/dom0/dom0.h"

#include "base/format.h"
#include "hv/options.h"
#include "hv/domain.h"
#include "hv/event.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "platform/io_caps.h"

static __init bool is_empty(const struct boot_module *m)
{
    return m->at.start >= m->at.end;
}

/* Its file's name if the loader gave that, else its number and its arguments. */
static __init const char *name_of(const struct boot_module *m, char *text, size_t cap)
{
    if (m->name[0])
        format(text, cap, "\"%s\"", m->name);
    else
        format(text, cap, "the boot loader's module %u (arguments: \"%.60s\")",
               (unsigned int)(m - boot_info.module) + 1, m->cmdline);
    return text;
}

static __init void find_modules(struct dom0_builder *b)
{
    char name[160];

    if (!boot_info.module_count)
        panic("no dom0 kernel: the boot loader passed no module. In GRUB, add a module2 line with a Linux kernel after "
              "multiboot2; "
              "with QEMU, pass it to -initrd");
    b->kernel = &boot_info.module[0];
    if (is_empty(b->kernel))
        panic("the dom0 kernel, %s, is empty: the file has 0 bytes", name_of(b->kernel, name, sizeof(name)));
    b->initrd = boot_info.module_count > 1 ? &boot_info.module[1] : NULL;
    if (b->initrd && is_empty(b->initrd)) {
        log_warning("dom0: the initrd, %s, is empty: dom0 starts without one", name_of(b->initrd, name, sizeof(name)));
        b->initrd = NULL;
    }
    for (uint32_t i = 2; i < boot_info.module_count; i++)
        log_info("dom0: module %u, %s, is not used", i + 1, name_of(&boot_info.module[i], name, sizeof(name)));
}

/* dom0_vcpus_pin: each vCPU stays on the CPU of its number, as far as there are as many. It prefers none. */
static __init void pin_vcpus(struct domain *d)
{
    struct vcpu *v;

    for_each_vcpu(d, v)
    {
        cpumask_t one = { {0} };
        cpumask_set(&one, v->id);
        if (!cpumask_test(&cpu_online, v->id) || vcpu_set_affinity(v, &one, NULL))
            log_warning("dom0_vcpus_pin: vCPU %u has no CPU of its number, not pinned", v->id);
    }
}

static __init void create_domain(struct dom0_builder *b)
{
    const struct domain_config config = {
        .max_vcpus = dom0_vcpus_choose(&hv_options.dom0_max_vcpus, cpumask_weight(&cpu_online)),
        .max_evtchn_port = EVTCHN_PORTS_FIFO - 1,
        .max_grant_frames = (uint32_t)hv_options.gnttab_max_frames,
        .max_maptrack_frames = (uint32_t)hv_options.gnttab_max_maptrack_frames,
        .privileged = true,
        .hardware = true,
    };
    int rc = domain_create(0, &config, &b->d);

    if (rc)
        panic("domain 0 cannot be created (error %d): is there enough memory?", rc);
    b->d->max_pages = ~0u;
    if (io_caps_grant_hardware(b->d))
        panic("no memory for domain 0's I/O permissions");
    for (uint32_t i = 0; i < config.max_vcpus; i++)
        if (!vcpu_create(b->d, i))
            panic("vCPU %u of domain 0 cannot be created: not enough memory", i);
    if (hv_options.dom0_vcpus_pin)
        pin_vcpus(b->d);
}

__init struct domain *dom0_build(void)
{
    struct dom0_builder *b = hv_zalloc(sizeof(*b));

    if (!b)
        panic("no memory to build domain 0");
    find_modules(b);
    dom0_image_load(b);
    create_domain(b);
    dom0_layout_plan(b, dom0_memory_frames());
    dom0_memory_allocate(b);
    dom0_copy_image(b);
    dom0_copy_symbols(b);
    dom0_copy_initrd(b);
    dom0_p2m_fill(b);
    dom0_start_info_fill(b);
    dom0_vcpu_start(b, dom0_tables_build(b));
    log_info("dom0: %lu MiB in %u pieces, %u vCPUs, kernel at %#lx, starts at %#lx",
             (unsigned long)(b->at.total_frames >> 8), b->extents, b->d->max_vcpus, (unsigned long)b->verdict.pv.start,
             (unsigned long)b->verdict.pv.entry);
    struct domain *d = b->d;
    hv_free_pages(b->extent, 6);
    if (b->image_buffer)
        hv_free_pages(b->image_buffer, b->image_order);
    hv_free(b);
    return d;
}
