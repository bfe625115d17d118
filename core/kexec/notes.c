/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes' memory, allocated at boot and reported to kexec-tools, filled in when the machine crashes. Strings that
 * notes point to lie in the same frames as the text about the hypervisor, so a crash kernel can read all of it.
 */
#include "core/kexec/kexec.h"

#include "base/format.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/options.h"
#include "hv/percpu.h"
#include "hv/version.h"
#include "kexec/notes.h"

#include <version.h>

#define CPU_SLOT      512u
#define INFO_SIZE     (2 * PAGE_SIZE) /* reported as VMCOREINFO: our note, and room for dom0's */
#define STRINGS_SIZE  PAGE_SIZE
#define RECORDS_SIZE  (KEXEC_DUMP_TOOLS_PAGES * PAGE_SIZE)

_Static_assert(sizeof(struct kexec_cpu_notes) <= CPU_SLOT, "one CPU's notes");

static uint8_t *cpu_slots;   /* cpu_count of them */
static uint8_t *information; /* INFO_SIZE of notes, STRINGS_SIZE of strings, RECORDS_SIZE */
static size_t strings_used, information_used;
static DEFINE_PER_CPU(bool, saved);

struct kexec_cpu_notes *kexec_cpu_notes(unsigned int cpu)
{
    return cpu_slots && cpu < cpu_count ? (struct kexec_cpu_notes *)(cpu_slots + cpu * CPU_SLOT) : NULL;
}

struct range kexec_notes_range(unsigned int cpu)
{
    const struct kexec_cpu_notes *n = cpumask_test(&cpu_online, cpu) ? kexec_cpu_notes(cpu) : NULL;
    struct range r = { 0, 0 };

    if (n)
        r = (struct range){ virt_to_paddr(n), virt_to_paddr(n) + kexec_cpu_notes_size(cpu) };
    return r;
}

struct range kexec_vmcoreinfo_range(void)
{
    struct range r = { 0, 0 };

    if (information)
        r = (struct range){ virt_to_paddr(information), virt_to_paddr(information) + INFO_SIZE };
    return r;
}

/* A copy of @text that outlives us; its machine address. */
static uint64_t string_keep(const char *text)
{
    char *at = (char *)information + INFO_SIZE + strings_used;
    size_t room = STRINGS_SIZE - strings_used;

    int len = format(at, room, "%s", text);
    strings_used += MIN((size_t)len + 1, room);
    return virt_to_paddr(at);
}

static void info_fill(struct kexec_cpu_notes *n)
{
    const struct kexec_xen_info info = {
        .major = HV_VERSION_MAJOR, .minor = hv_version_minor(),
        .extra_version = string_keep(HV_EXTRA_VERSION), .changeset = string_keep(HV_CHANGESET),
        .compiler = string_keep(HV_COMPILER), .compile_date = string_keep(HV_COMPILE_DATE),
        .compile_time = string_keep(""), .image_start = arch_kexec_own_range().start,
    };
    memcpy(&n->info, &info, sizeof(info));
}

static void vmcoreinfo_fill(void)
{
    char text[1024];
    int len = format(text, sizeof(text), "PAGESIZE=%u\n", (unsigned int)PAGE_SIZE);

    arch_kexec_vmcoreinfo(text + len, sizeof(text) - (size_t)len);
    kexec_dump_tools_text(text, sizeof(text));
    information_used = kexec_text_note(information, INFO_SIZE, "VMCOREINFO_XEN", KEXEC_NOTE_VMCOREINFO, text);
}

/* low_crashinfo= keeps all of it below crashinfo_maxaddr=, for 32-bit crash kernels. */
static unsigned int heap_flags(void)
{
    uint64_t limit = hv_options.low_crashinfo == OPTION_LOW_CRASHINFO_NONE ? 0 : hv_options.crashinfo_maxaddr;
    unsigned int bits = 0;

    while (bits < 63 && limit >> (bits + 1))
        bits++;
    return HEAP_ZERO | HEAP_ADDR_BITS(bits);
}

static uint8_t *frames_get(uint64_t bytes)
{
    unsigned int order = 0;

    while ((PAGE_SIZE << order) < bytes)
        order++;
    mfn_t m = heap_alloc(order, heap_flags());
    return mfn_eq(m, MFN_NONE) ? NULL : mfn_to_virt(m);
}

bool kexec_notes_init(void)
{
    cpu_slots = frames_get((uint64_t)cpu_count * CPU_SLOT);
    information = frames_get(INFO_SIZE + STRINGS_SIZE + RECORDS_SIZE);
    if (!cpu_slots || !information)
        return false;
    for (unsigned int cpu = 0; cpu < cpu_count; cpu++)
        kexec_cpu_notes_init(kexec_cpu_notes(cpu), cpu);
    info_fill(kexec_cpu_notes(0));
    kexec_dump_tools_init(information + INFO_SIZE + STRINGS_SIZE);
    vmcoreinfo_fill();
    return true;
}

void kexec_save_cpu(const struct cpu_user_regs *regs)
{
    struct kexec_cpu_notes *n = kexec_cpu_notes(this_cpu_id());

    if (!n || this_cpu(saved))
        return;
    this_cpu(saved) = true;
    arch_kexec_save_regs(n, regs);
}

/*
 * A Linux dom0 keeps a note called VMCOREINFO about itself at the beginning of a page, for the kernel that it would
 * start itself; kexec-tools names only one such note to a crash kernel, and under a hypervisor that is ours. Dump tools
 * want both, so dom0's is copied behind ours. It is found by its name: its address is not given to us.
 */
static bool guest_note_copy(const void *page)
{
    size_t size = kexec_note_find(page, PAGE_SIZE, "VMCOREINFO");

    if (!size || size > INFO_SIZE - information_used)
        return false;
    memcpy(information + information_used, page, size);
    return true;
}

/* Every frame is looked at once. */
static void frames_describe(void)
{
    bool found = false;

    for (uint64_t nr = 0; nr < frame_table_end; nr++) {
        if (!mfn_valid(mfn(nr)))
            continue;
        struct frame *f = mfn_to_frame(mfn(nr));
        if (!found && frame_refs(f) && frame_owner_id(f) == hardware_domain->id)
            found = guest_note_copy(mfn_to_virt(mfn(nr)));
        kexec_dump_tools_own(f);
    }
}

void kexec_notes_finish(void)
{
    struct kexec_cpu_notes *n = kexec_cpu_notes(0);
    uint64_t lists = 0;

    if (n && hardware_domain && hardware_domain->shared_info)
        lists = hardware_domain->shared_info->arch.pfn_to_mfn_frame_list_list;
    if (n)
        memcpy(&n->info.dom0_frame_lists, &lists, sizeof(lists));
    if (information && hardware_domain)
        frames_describe();
}
