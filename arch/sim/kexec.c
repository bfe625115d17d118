/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another kernel takes over: its program is carried out on the simulated memory, and the machine stops with a panic. */
#include "machine.h"

#include "hv/kexec.h"
#include "hv/log.h"
#include "kexec/program.h"

#define STEPS_MAX 1000000

bool arch_kexec_is_ram(void *unused, struct range r)
{
    return r.end <= frame_table_end << PAGE_SHIFT;
}

struct range arch_kexec_own_range(void)
{
    return (struct range){ 0, PAGE_SIZE };
}

int arch_kexec_prepare(struct kexec_image *im)
{
    im->arch.control = kexec_image_page(im, &im->hidden);
    return im->arch.control ? 0 : -ENOMEM;
}

void arch_panic_halt(void)
{
    panic("a CPU stopped for ever");
}

static void *page_at(void *unused, uint64_t paddr)
{
    if (paddr >= frame_table_end << PAGE_SHIFT)
        panic("the program leaves memory");
    return paddr_to_virt(paddr);
}

void arch_kexec_enter(const struct kexec_image *im)
{
    const struct kexec_pages pages = { .at = page_at };
    uint64_t entry = im->load.entry; /* the program may well write to the image's description */

    if (!kexec_program_run(im->program, STEPS_MAX, &pages))
        panic("the program has no end");
    panic("entered at %#lx", (unsigned long)entry);
}
