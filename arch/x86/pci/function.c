/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See pci/function.h. A physical function stays in the list once it is there, so the list is read without a
 * lock; whether it still has virtual functions is read from the device each time.
 */
#include "pci/function.h"

#include "base/format.h"
#include "hv/heap.h"
#include "hv/lock.h"
#include "hv/log.h"

struct physical_function {
    struct physical_function *next;
    pci_sbdf_t sbdf;
    bool sized;
    uint64_t size[PCI_BARS_MAX]; /* of one virtual function's BARs */
};
static struct physical_function *physical_functions;
static spinlock_t lock = SPINLOCK_INIT(LOCK_PCI_FUNCTIONS);

static uint32_t config_read(void *opaque, unsigned int reg, unsigned int size)
{
    return pci_read((pci_sbdf_t)(uintptr_t)opaque, reg, size);
}
static void config_write(void *opaque, unsigned int reg, unsigned int size, uint32_t value)
{
    pci_write((pci_sbdf_t)(uintptr_t)opaque, reg, size, value);
}
struct pci_config pci_config_of(pci_sbdf_t sbdf)
{
    return (struct pci_config){ config_read, config_write, (void *)(uintptr_t)sbdf };
}

struct pci_name pci_name(pci_sbdf_t sbdf)
{
    struct pci_name name;

    format(name.text, sizeof(name.text), "%04x:%02x:%02x.%u", sbdf >> 16, (sbdf >> 8) & 0xff, (sbdf >> 3) & 31,
           sbdf & 7);
    return name;
}

static struct physical_function *find(pci_sbdf_t sbdf)
{
    struct physical_function *pf = __atomic_load_n(&physical_functions, __ATOMIC_ACQUIRE);

    while (pf && pf->sbdf != sbdf)
        pf = pf->next;
    return pf;
}

/* The number of @sbdf among the virtual functions of @pf as it stands now, or -1. */
static int index_in(const struct physical_function *pf, pci_sbdf_t sbdf, struct pci_sriov *s)
{
    struct pci_config c = pci_config_of(pf->sbdf);

    if (pf->sbdf >> 16 != sbdf >> 16 || !pci_sriov_read(&c, s))
        return -1;
    return pci_sriov_index(s, (uint16_t)pf->sbdf, (uint16_t)sbdf);
}

static struct physical_function *owner_of(pci_sbdf_t sbdf, struct pci_sriov *s, unsigned int *index)
{
    for (struct physical_function *pf = __atomic_load_n(&physical_functions, __ATOMIC_ACQUIRE); pf; pf = pf->next) {
        int i = index_in(pf, sbdf, s);
        if (i >= 0) {
            *index = (unsigned int)i;
            return pf;
        }
    }
    return NULL;
}

bool pci_function_exists(pci_sbdf_t sbdf)
{
    struct pci_sriov s;
    unsigned int index;

    return pci_present(sbdf) || owner_of(sbdf, &s, &index);
}

unsigned int pci_find_capability(pci_sbdf_t sbdf, uint8_t id)
{
    struct pci_config c = pci_config_of(sbdf);

    return pci_config_cap(&c, id);
}

static int virtual_bar(pci_sbdf_t sbdf, unsigned int bar, paddr_t *address, struct refusal *why)
{
    const char *rule;
    struct pci_sriov s;
    unsigned int index;
    struct physical_function *pf = owner_of(sbdf, &s, &index);

    if (!pf)
        return refuse(why, -ENODEV, "no function answers there, and no known physical function has it switched on");
    if (!(s.control & PCI_SRIOV_VF_MEMORY))
        return refuse(why, -ENXIO, "virtual functions of %s do not decode memory (SR-IOV control %#x)",
                      pci_name(pf->sbdf).text, s.control);
    struct pci_config c = pci_config_of(pf->sbdf);
    *address = pci_sriov_bar(&c, &s, pf->size, index, bar, &rule);
    return *address ? 0 : refuse(why, -ENODEV, "VF BAR %u of %s: %s", bar, pci_name(pf->sbdf).text, rule);
}

int pci_memory_bar(pci_sbdf_t sbdf, unsigned int bar, paddr_t *address, struct refusal *why)
{
    struct pci_config c = pci_config_of(sbdf);
    const char *rule;

    if (!pci_present(sbdf))
        return virtual_bar(sbdf, bar, address, why);
    uint32_t command = pci_read(sbdf, PCI_COMMAND, 2);
    if (!(command & PCI_COMMAND_MEMORY))
        return refuse(why, -ENXIO, "the function does not decode memory (command register %#x)", command);
    *address = pci_config_bar(&c, bar, &rule);
    return *address ? 0 : refuse(why, -ENODEV, "BAR %u: %s (header type %#x)", bar, rule,
                                 pci_read(sbdf, PCI_HEADER_TYPE, 1));
}

/* Lock held. Sizes are found while there is a chance: before virtual functions are on. */
static int physical_function_add(pci_sbdf_t sbdf, const struct pci_config *c, const struct pci_sriov *s,
                                 struct refusal *why)
{
    struct physical_function *pf = find(sbdf);
    bool known = pf;

    if (!known)
        pf = hv_zalloc(sizeof(*pf));
    if (!pf)
        return refuse(why, -ENOMEM, "no memory to remember a physical function");
    pf->sbdf = sbdf;
    if (pci_sriov_sizes(c, s, pf->size))
        pf->sized = true;
    else if (!pf->sized)
        log_warning("PCI %s: its virtual functions are on already (SR-IOV control %#x): they cannot have MSI-X",
                    pci_name(sbdf).text, s->control);
    if (known)
        return 0;
    pf->next = physical_functions;
    __atomic_store_n(&physical_functions, pf, __ATOMIC_RELEASE);
    return 0;
}

int pci_function_add(pci_sbdf_t sbdf, struct refusal *why)
{
    struct pci_config c = pci_config_of(sbdf);
    struct pci_sriov s;
    int rc = 0;

    if (!pci_present(sbdf))
        return refuse(why, -ENODEV, "no function answers there");
    if (!pci_sriov_read(&c, &s))
        return 0;
    spin_lock(&lock);
    rc = physical_function_add(sbdf, &c, &s, why);
    spin_unlock(&lock);
    return rc;
}

int pci_virtual_function_add(pci_sbdf_t sbdf, pci_sbdf_t pf_sbdf, struct refusal *why)
{
    const struct physical_function *pf = find(pf_sbdf);
    struct pci_sriov s = { 0 };

    if (!pf)
        return refuse(why, -ENODEV, "its physical function %s is not known to have any: report that one first",
                      pci_name(pf_sbdf).text);
    if (index_in(pf, sbdf, &s) < 0)
        return refuse(why, -ENODEV, "it is none of the %u virtual functions of %s (first %u, stride %u, control %#x)",
                      s.num_vfs, pci_name(pf_sbdf).text, s.first_offset, s.stride, s.control);
    return 0;
}

void pci_for_each_virtual_function(void (*fn)(pci_sbdf_t sbdf))
{
    for (struct physical_function *pf = __atomic_load_n(&physical_functions, __ATOMIC_ACQUIRE); pf; pf = pf->next) {
        struct pci_config c = pci_config_of(pf->sbdf);
        struct pci_sriov s;

        if (!pci_sriov_read(&c, &s) || !(s.control & PCI_SRIOV_VF_ENABLE))
            continue;
        for (uint32_t i = 0; i < s.num_vfs; i++) {
            uint32_t rid = (pf->sbdf & 0xffff) + s.first_offset + i * s.stride;
            if (rid > 0xffff || pci_sriov_index(&s, (uint16_t)pf->sbdf, (uint16_t)rid) < 0)
                break;
            fn((pf->sbdf & ~0xffffu) | rid);
        }
    }
}
