/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One function for each rule; the first that fails is the reason given. */
#include "image_verdict.h"
#include "public.h"

#define PV64_HV_END   0xffff880000000000ULL /* the hypervisor has L4 slots 256 to 271, from 0xffff800000000000 */
#define PV32_HV_START 0xf5800000ULL
#define CANONICAL_LOW 0x0000800000000000ULL
#define PAGE          4096ULL
#define FOUR_GIB      0x100000000ULL

static struct image_refusal refuse(enum image_rule rule, uint32_t note)
{
    return (struct image_refusal){ .rule = rule, .note = note };
}

static struct image_refusal refuse_value(enum image_rule rule, uint32_t note, uint64_t value, uint64_t other)
{
    return (struct image_refusal){ .rule = rule, .note = note, .value = value, .other = other };
}

/* Checks low <= @value < @high. */
static struct image_refusal check_range(enum image_rule rule, uint32_t note, uint64_t value, uint64_t low,
                                        uint64_t high)
{
    if (value >= low && value < high)
        return refuse(IMAGE_OK, 0);
    return (struct image_refusal){ .rule = rule, .note = note, .value = value, .low = low, .high = high };
}

static struct image_refusal refuse_text(enum image_rule rule, const struct xen_notes *notes, uint32_t note)
{
    return (struct image_refusal){ .rule = rule, .note = note, .text = notes->text[note] };
}

/* The first of a number of checks to fail is the refusal; later ones may rely on earlier ones. */
#define CHECK(expr)                          \
    do {                                     \
        struct image_refusal _why = (expr);  \
        if (_why.rule)                       \
            return _why;                     \
    } while (0)

/* Whether a PV kernel of this width may own the addresses from @start to @last. */
static struct image_refusal check_owned(bool is64, enum image_rule rule, uint32_t note, uint64_t start, uint64_t last)
{
    if (!is64)
        return check_range(rule, note, last, 0, PV32_HV_START);
    if (last < CANONICAL_LOW || start >= PV64_HV_END)
        return refuse(IMAGE_OK, 0);
    return (struct image_refusal){ .rule = rule, .note = note, .value = start, .low = PV64_HV_END, .high = UINT64_MAX };
}

/* What makes any image a PV kernel of Xen's: who loads it, and which interface it was written for. */
static struct image_refusal check_declares_pv(const struct xen_notes *notes)
{
    if (!span_begins(notes->text[XEN_ELFNOTE_LOADER], "generic") &&
        !span_begins(notes->text[XEN_ELFNOTE_GUEST_OS], "linux"))
        return refuse_text(IMAGE_RULE_LOADER, notes,
                           xen_notes_has(notes, XEN_ELFNOTE_LOADER) ? XEN_ELFNOTE_LOADER : XEN_ELFNOTE_GUEST_OS);
    if (!span_begins(notes->text[XEN_ELFNOTE_XEN_VERSION], "xen-3.0"))
        return refuse_text(IMAGE_RULE_VERSION, notes, XEN_ELFNOTE_XEN_VERSION);
    if (xen_notes_has(notes, XEN_ELFNOTE_PADDR_OFFSET) && !xen_notes_has(notes, XEN_ELFNOTE_VIRT_BASE))
        return refuse_value(IMAGE_RULE_NO_BASE, XEN_ELFNOTE_PADDR_OFFSET, notes->number[XEN_ELFNOTE_PADDR_OFFSET], 0);
    /* Linux without PV support has all that is above, and a physical entry point only. */
    if (xen_notes_has(notes, XEN_ELFNOTE_PHYS32_ENTRY) && !xen_notes_has(notes, XEN_ELFNOTE_ENTRY) &&
        !xen_notes_has(notes, XEN_ELFNOTE_VIRT_BASE))
        return refuse(IMAGE_RULE_NO_ENTRY, XEN_ELFNOTE_ENTRY);
    return refuse(IMAGE_OK, 0);
}

/* Behind the image, in words. Both together take no more than an image may. */
static void pv_place_symbols(const struct elf_file *elf, uint64_t max_span, struct image_verdict *verdict)
{
    struct image_pv *pv = &verdict->pv;

    pv->load_end = pv->end;
    if (!pv->symtab)
        return;
    elf_symbols_plan(elf, max_span - (verdict->plan.end - verdict->plan.start), &pv->symbols);
    pv->symbols_at = ROUND_UP(pv->end, elf->is64 ? 8 : 4);
    pv->load_end = pv->symbols_at + pv->symbols.len;
}

static void pv_collect(const struct elf_file *elf, uint64_t max_span, struct image_verdict *verdict)
{
    const struct xen_notes *notes = &verdict->notes;
    struct image_pv *pv = &verdict->pv;

    *pv = (struct image_pv){
        .virt_base = notes->number[XEN_ELFNOTE_VIRT_BASE],
        .paddr_offset = notes->number[XEN_ELFNOTE_PADDR_OFFSET],
        .entry = xen_notes_has(notes, XEN_ELFNOTE_ENTRY) ? notes->number[XEN_ELFNOTE_ENTRY] : elf->entry,
        .has_hypercall_page = xen_notes_has(notes, XEN_ELFNOTE_HYPERCALL_PAGE),
        .has_init_p2m = xen_notes_has(notes, XEN_ELFNOTE_INIT_P2M),
        .has_hv_start_low = xen_notes_has(notes, XEN_ELFNOTE_HV_START_LOW),
        .mod_start_pfn = notes->number[XEN_ELFNOTE_MOD_START_PFN] != 0,
        .extended_cr3 = span_is(notes->text[XEN_ELFNOTE_PAE_MODE], "yes") ||
                        span_contains(notes->text[XEN_ELFNOTE_PAE_MODE], "extended-cr3"),
        .symtab = span_is(notes->text[XEN_ELFNOTE_BSD_SYMTAB], "yes") ||
                  (notes->source == XEN_NOTES_GUEST_SECTION && xen_notes_has(notes, XEN_ELFNOTE_BSD_SYMTAB)),
        .hypercall_page = notes->number[XEN_ELFNOTE_HYPERCALL_PAGE],
        .init_p2m = notes->number[XEN_ELFNOTE_INIT_P2M],
        .hv_start_low = notes->number[XEN_ELFNOTE_HV_START_LOW],
    };
    pv->start = verdict->plan.start - pv->paddr_offset + pv->virt_base;
    pv->end = verdict->plan.end - pv->paddr_offset + pv->virt_base;
    pv_place_symbols(elf, max_span, verdict);
}

static struct image_refusal check_page(uint32_t note, uint64_t value)
{
    return value % PAGE ? refuse_value(IMAGE_RULE_UNALIGNED, note, value, value & ~(PAGE - 1)) : refuse(IMAGE_OK, 0);
}

/* It is written as a whole page, so nothing else may begin in it. */
static struct image_refusal check_hypercall_page(const struct image_pv *pv)
{
    uint64_t last = pv->symtab ? pv->symbols_at & ~(PAGE - 1) : ROUND_UP(pv->end, PAGE);

    CHECK(check_range(IMAGE_RULE_HYPERCALL_PAGE, XEN_ELFNOTE_HYPERCALL_PAGE, pv->hypercall_page, pv->start,
                      last ? MIN(pv->end, last) : pv->end));
    return check_page(XEN_ELFNOTE_HYPERCALL_PAGE, pv->hypercall_page);
}

/* Only its beginning is known here; how long it gets, whoever builds the domain knows. */
static struct image_refusal check_p2m(const struct image_pv *pv, bool is64)
{
    if (pv->init_p2m >= pv->start && pv->init_p2m < pv->load_end)
        return (struct image_refusal){ .rule = IMAGE_RULE_P2M, .note = XEN_ELFNOTE_INIT_P2M, .value = pv->init_p2m,
                                       .low = pv->load_end, .high = UINT64_MAX };
    CHECK(check_owned(is64, IMAGE_RULE_P2M, XEN_ELFNOTE_INIT_P2M, pv->init_p2m, pv->init_p2m));
    return check_page(XEN_ELFNOTE_INIT_P2M, pv->init_p2m);
}

/*
 * The image must show at or above VIRT_BASE without wrapping. PADDR_OFFSET at most the first physical address says just
 * that for the difference; the sum is checked by its order.
 */
static struct image_refusal check_pv_addresses(const struct image_verdict *verdict)
{
    const struct image_pv *pv = &verdict->pv;
    bool is64 = verdict->is64;

    if (verdict->plan.start < pv->paddr_offset || pv->start < pv->virt_base || pv->end <= pv->start ||
        pv->load_end < pv->end)
        return (struct image_refusal){ .rule = IMAGE_RULE_RANGE, .note = XEN_ELFNOTE_PADDR_OFFSET,
                                       .value = pv->start, .low = pv->virt_base, .high = UINT64_MAX };
    CHECK(check_owned(is64, IMAGE_RULE_RANGE, XEN_ELFNOTE_VIRT_BASE, pv->start, pv->load_end - 1));
    CHECK(check_range(IMAGE_RULE_ENTRY, XEN_ELFNOTE_ENTRY, pv->entry, pv->start, pv->end));
    if (pv->has_hypercall_page)
        CHECK(check_hypercall_page(pv));
    return pv->has_init_p2m ? check_p2m(pv, is64) : refuse(IMAGE_OK, 0);
}

/* A required feature is a promise of the kernel's builder about the mode, not one of XENVER_get_features's answers. */
static struct image_refusal check_pv_features(const struct xen_notes *notes)
{
    if (notes->features_required & 1u << XENFEAT_supervisor_mode_kernel)
        return refuse_value(IMAGE_RULE_FEATURE, XEN_ELFNOTE_FEATURES, XENFEAT_supervisor_mode_kernel, 0);
    return refuse(IMAGE_OK, 0);
}

static struct image_refusal check_pv(const struct image_verdict *verdict, bool want64)
{
    const struct xen_notes *notes = &verdict->notes;

    if (verdict->is64 != want64 || verdict->machine != (want64 ? ELF_EM_X86_64 : ELF_EM_386))
        return refuse_value(IMAGE_RULE_MACHINE, 0, verdict->machine, verdict->is64 ? 64 : 32);
    CHECK(check_declares_pv(notes));
    if (!want64 && !span_begins(notes->text[XEN_ELFNOTE_PAE_MODE], "yes") &&
        !span_contains(notes->text[XEN_ELFNOTE_PAE_MODE], "bimodal"))
        return refuse_text(IMAGE_RULE_PAE, notes, XEN_ELFNOTE_PAE_MODE);
    if (!want64 && verdict->pv.has_hv_start_low)
        CHECK(check_range(IMAGE_RULE_HV_START, XEN_ELFNOTE_HV_START_LOW, verdict->pv.hv_start_low,
                          0, PV32_HV_START + 1));
    CHECK(check_pv_addresses(verdict));
    return check_pv_features(notes);
}

static struct image_refusal check_pvh(const struct image_verdict *verdict)
{
    if (!xen_notes_has(&verdict->notes, XEN_ELFNOTE_PHYS32_ENTRY))
        return refuse(IMAGE_RULE_NO_ENTRY, XEN_ELFNOTE_PHYS32_ENTRY);
    CHECK(check_range(IMAGE_RULE_RANGE, 0, verdict->plan.end - 1, 0, FOUR_GIB));
    return check_range(IMAGE_RULE_ENTRY, XEN_ELFNOTE_PHYS32_ENTRY, verdict->pvh_entry, verdict->plan.start,
                       verdict->plan.end);
}

static struct image_refusal check_use(const struct image_verdict *verdict, const struct image_ask *ask,
                                      enum image_guest guest)
{
    const struct xen_notes *notes = &verdict->notes;

    if (ask->dom0 && xen_notes_has(notes, XEN_ELFNOTE_SUPPORTED_FEATURES) &&
        !(notes->number[XEN_ELFNOTE_SUPPORTED_FEATURES] >> XENFEAT_dom0 & 1))
        return refuse_value(IMAGE_RULE_NOT_DOM0, XEN_ELFNOTE_SUPPORTED_FEATURES,
                            notes->number[XEN_ELFNOTE_SUPPORTED_FEATURES], 0);
    return refuse(ask->can_run & IMAGE_BIT(guest) ? IMAGE_OK : IMAGE_RULE_CANNOT_RUN, 0);
}

static struct image_refusal image_check(const struct image_verdict *verdict, enum image_guest guest)
{
    if (guest == IMAGE_PVH)
        return check_pvh(verdict);
    return check_pv(verdict, guest == IMAGE_PV64);
}

/* What makes all types impossible. */
static struct image_refusal image_open(const void *image, size_t size, const struct image_ask *ask,
                                       struct image_verdict *verdict)
{
    struct elf_file elf;
    enum elf_error error = elf_open(&elf, image, size);
    uint64_t max_span = ask->max_span ? ask->max_span : IMAGE_SPAN_DEFAULT;
    enum elf_plan_error plan_error;

    if (error)
        return refuse_value(IMAGE_RULE_ELF, 0, error, elf.machine);
    verdict->is64 = elf.is64;
    verdict->machine = elf.machine;
    xen_notes_read(&elf, ask->ignore_required, &verdict->notes);
    if (verdict->notes.fault)
        return refuse_value(IMAGE_RULE_NOTE, verdict->notes.fault_note, verdict->notes.fault, 0);
    plan_error = elf_plan(&elf, max_span, &verdict->plan);
    if (plan_error)
        return refuse_value(IMAGE_RULE_PLAN, 0, plan_error, verdict->plan.at_fault);
    if (!verdict->notes.source)
        return refuse(IMAGE_RULE_NO_NOTES, 0);
    pv_collect(&elf, max_span, verdict);
    verdict->pvh_entry = verdict->notes.number[XEN_ELFNOTE_PHYS32_ENTRY];
    return refuse(IMAGE_OK, 0);
}

int image_judge(const void *image, size_t size, const struct image_ask *ask, struct image_verdict *verdict)
{
    struct image_refusal all;

    memset(verdict, 0, sizeof(*verdict));
    all = image_open(image, size, ask, verdict);
    verdict->best = IMAGE_GUESTS;
    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++) {
        struct image_way *way = &verdict->way[guest];

        way->why = all.rule ? all : image_check(verdict, guest);
        way->supported = !way->why.rule;
        if (way->supported)
            way->why = check_use(verdict, ask, guest);
        way->usable = !way->why.rule;
        if (way->usable && verdict->best == IMAGE_GUESTS)
            verdict->best = guest;
    }
    return verdict->best == IMAGE_GUESTS ? -ENOEXEC : 0;
}
