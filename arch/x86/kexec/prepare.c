/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image needs to be entered, made when it is loaded, so that nothing is left to do when it is wanted: the
 * control code on a page of its own, page tables that map the destinations, what is copied there, and the control code,
 * each at its own address; and a second top table, the bridge, that has the hypervisor's slots as well, for the step
 * from there.
 */
#include "hv/kexec.h"
#include "kexec/relocate.h"
#include "kexec/tables.h"
#include "mm/machine_map.h"
#include "mm/map.h"
#include "x86/boot/e820.h"

extern const char image_start[], image_end[];

bool arch_kexec_is_ram(void *unused, struct range r)
{
    return e820_covers(&machine_map, r, E820_RAM);
}

struct range arch_kexec_own_range(void)
{
    return (struct range){ image_paddr, image_paddr + (uint64_t)(image_end - image_start) };
}

static uint64_t hidden_page(void *image)
{
    struct kexec_image *im = image;
    return kexec_image_page(im, &im->hidden);
}

static void *page_at(void *unused, uint64_t paddr)
{
    return paddr_to_virt(paddr);
}

static int map_pages(struct kexec_tables *t, const struct frame_list *list)
{
    for (const struct frame *f = frame_list_first(list); f; f = frame_list_next(f)) {
        uint64_t at = mfn_to_paddr(frame_to_mfn(f));
        int rc = kexec_tables_map(t, (struct range){ at, at + PAGE_SIZE });
        if (rc)
            return rc;
    }
    return 0;
}

static int map_image(struct kexec_tables *t, const struct kexec_image *im)
{
    int rc = kexec_tables_map(t, (struct range){ im->arch.control, im->arch.control + PAGE_SIZE });

    for (uint32_t i = 0; !rc && i < im->load.count; i++)
        rc = kexec_tables_map(t, im->load.segment[i].dest);
    return rc ? rc : map_pages(t, &im->pages);
}

static void bridge_fill(const struct kexec_image *im)
{
    uint64_t *bridge = paddr_to_virt(im->arch.bridge);

    memcpy(bridge, paddr_to_virt(im->arch.root), HV_FIRST_SLOT * sizeof(*bridge));
    l4_install_hv_slots(bridge);
}

int arch_kexec_prepare(struct kexec_image *im)
{
    const struct kexec_pages pages = { hidden_page, page_at, im };
    struct kexec_tables t;

    im->arch.control = hidden_page(im);
    im->arch.bridge = hidden_page(im);
    if (!im->arch.control || !im->arch.bridge || kexec_tables_begin(&t, &pages))
        return -ENOMEM;
    im->arch.root = t.root;
    memcpy(paddr_to_virt(im->arch.control), kexec_relocate_start, (size_t)(kexec_relocate_end - kexec_relocate_start));
    int rc = map_image(&t, im);
    if (!rc)
        bridge_fill(im);
    return rc;
}
