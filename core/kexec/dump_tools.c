/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dump tools (makedumpfile, crash) know how Xen keeps domains and frames, and follow it by names and offsets that
 * VMCOREINFO_XEN gives. We keep them otherwise, so when the machine crashes the few facts that they ask for are written
 * down in that form: a list of domains with dom0 in it, and in each frame's entry, instead of its link back, who has
 * it.
 *
 *   domain record  next, id; its page number in the direct map is what a frame's entry names its owner by
 *   owner          0: the hypervisor; dom0's record; or OTHER: another domain's, or free
 *   count          references and domid as before; our flags move down by 8 bits, out of the way of the two bits that
 *                  say "free" to the tools
 */
#include "core/kexec/kexec.h"

#include "base/format.h"
#include "hv/domain.h"
#include "kexec/notes.h"

#define OTHER      0xffffffffu
#define FLAGS_FROM 56
#define FLAGS_TO   48
#define TOOLS_FREE (3ULL << 55)

struct domain_record {
    uint64_t next, id;
};

/* The tools take symbols for addresses in the image, of variables that hold the value. */
static const void *dump_domain_list, *dump_domain_xen, *dump_domain_io;
static const void *dump_frame_table;

static const void *record_make(void *page, uint64_t id)
{
    *(struct domain_record *)page = (struct domain_record){ 0, id };
    return page;
}

void kexec_dump_tools_init(uint8_t *pages)
{
    dump_domain_list = record_make(pages, 0);
    dump_domain_xen = record_make(pages + PAGE_SIZE, DOMID_XEN);
    dump_domain_io = record_make(pages + 2 * PAGE_SIZE, DOMID_IO);
    dump_frame_table = frame_table;
}

void kexec_dump_tools_text(char *text, size_t cap)
{
    static const struct { const char *name; const void *at; } symbol[] = {
        { "domain_list", &dump_domain_list }, { "dom_xen", &dump_domain_xen },   { "dom_io", &dump_domain_io },
        { "frame_table", &dump_frame_table }, { "max_page", &frame_table_end },
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(symbol); i++)
        format_append(text, cap, "SYMBOL(%s)=%lx\n", symbol[i].name, (unsigned long)symbol[i].at);
    format_append(text, cap,
                  "SIZE(page_info)=%zu\nOFFSET(page_info.count_info)=%zu\nOFFSET(page_info._domain)=%zu\n"
                  "SIZE(domain)=%zu\nOFFSET(domain.domain_id)=%zu\nOFFSET(domain.next_in_list)=%zu\n",
                  sizeof(struct frame), offsetof(struct frame, count), offsetof(struct frame, prev),
                  sizeof(struct domain_record), offsetof(struct domain_record, id),
                  offsetof(struct domain_record, next));
}

void kexec_dump_tools_own(struct frame *f)
{
    unsigned int owner = frame_owner_id(f);
    uint64_t low = f->count & ((1ULL << FLAGS_TO) - 1), flags = f->count >> FLAGS_FROM;
    bool is_free = owner != FRAME_OWNER_NONE && !frame_refs(f); /* what the hypervisor uses itself may have none */

    f->count = low | flags << FLAGS_TO | (is_free ? TOOLS_FREE : 0);
    if (owner == FRAME_OWNER_NONE)
        f->prev = 0;
    else
        f->prev = !is_free && owner == hardware_domain->id ? (uint32_t)virt_to_mfn(dump_domain_list).nr : OTHER;
}
