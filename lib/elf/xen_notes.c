/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a note of each type means, and the record of it. The walk over the file is in xen_notes_walk.c. */
#include "xen_notes.h"
#include "xen_features.h"
#include "public.h"

static const char *const note_names[XEN_NOTE_TYPES] = {
    [XEN_ELFNOTE_INFO] = "INFO",
    [XEN_ELFNOTE_ENTRY] = "ENTRY",
    [XEN_ELFNOTE_HYPERCALL_PAGE] = "HYPERCALL_PAGE",
    [XEN_ELFNOTE_VIRT_BASE] = "VIRT_BASE",
    [XEN_ELFNOTE_PADDR_OFFSET] = "PADDR_OFFSET",
    [XEN_ELFNOTE_XEN_VERSION] = "XEN_VERSION",
    [XEN_ELFNOTE_GUEST_OS] = "GUEST_OS",
    [XEN_ELFNOTE_GUEST_VERSION] = "GUEST_VERSION",
    [XEN_ELFNOTE_LOADER] = "LOADER",
    [XEN_ELFNOTE_PAE_MODE] = "PAE_MODE",
    [XEN_ELFNOTE_FEATURES] = "FEATURES",
    [XEN_ELFNOTE_BSD_SYMTAB] = "BSD_SYMTAB",
    [XEN_ELFNOTE_HV_START_LOW] = "HV_START_LOW",
    [XEN_ELFNOTE_L1_MFN_VALID] = "L1_MFN_VALID",
    [XEN_ELFNOTE_SUSPEND_CANCEL] = "SUSPEND_CANCEL",
    [XEN_ELFNOTE_INIT_P2M] = "INIT_P2M",
    [XEN_ELFNOTE_MOD_START_PFN] = "MOD_START_PFN",
    [XEN_ELFNOTE_SUPPORTED_FEATURES] = "SUPPORTED_FEATURES",
    [XEN_ELFNOTE_PHYS32_ENTRY] = "PHYS32_ENTRY",
    [XEN_NOTE_PHYS32_RELOC] = "PHYS32_RELOC",
};

const char *xen_note_name(uint32_t type)
{
    return type < XEN_NOTE_TYPES ? note_names[type] : NULL;
}

void xen_notes_fail(struct xen_notes *notes, enum xen_note_fault fault, uint32_t note, uint64_t value, struct span name)
{
    if (notes->fault)
        return;
    notes->fault = fault;
    notes->fault_note = note;
    notes->fault_value = value;
    notes->fault_name = name;
}

void xen_notes_find(struct xen_notes *notes, enum xen_finding_kind kind, uint32_t note, struct span name)
{
    if (notes->nr_findings == XEN_FINDINGS_MAX) {
        notes->findings_lost++;
        return;
    }
    notes->finding[notes->nr_findings++] = (struct xen_finding){ .kind = kind, .note = note, .name = name };
}

static void notes_mark(struct xen_notes *notes, uint32_t type)
{
    if (xen_notes_has(notes, type))
        xen_notes_find(notes, XEN_FINDING_NOTE_REPEATED, type, (struct span){ 0 });
    notes->present |= 1u << type;
}

void xen_notes_add_number(struct xen_notes *notes, uint32_t type, uint64_t value)
{
    if (type >= XEN_NOTE_TYPES)
        return;
    notes_mark(notes, type);
    notes->number[type] = value;
    if (type == XEN_ELFNOTE_SUPPORTED_FEATURES)
        notes->features_supported |= (uint32_t)value;
}

static void notes_add_features(struct xen_notes *notes, struct span text, bool ignore_required)
{
    struct xen_feature_token token;

    while (xen_features_next(&text, &token)) {
        if (token.kind == XEN_FEATURE_MALFORMED) {
            xen_notes_fail(notes, XEN_NOTE_FEATURE_MALFORMED, XEN_ELFNOTE_FEATURES, 0, token.name);
        } else if (token.kind == XEN_FEATURE_KNOWN) {
            notes->features_supported |= 1u << token.number;
            notes->features_required |= token.required ? 1u << token.number : 0;
        } else if (!token.required) {
            xen_notes_find(notes, XEN_FINDING_FEATURE_UNKNOWN, XEN_ELFNOTE_FEATURES, token.name);
        } else if (ignore_required) {
            xen_notes_find(notes, XEN_FINDING_FEATURE_REQUIRED, XEN_ELFNOTE_FEATURES, token.name);
        } else {
            xen_notes_fail(notes, XEN_NOTE_FEATURE_UNKNOWN, XEN_ELFNOTE_FEATURES, 0, token.name);
        }
    }
}

void xen_notes_add_text(struct xen_notes *notes, uint32_t type, struct span text, bool ignore_required)
{
    if (type >= XEN_NOTE_TYPES)
        return;
    notes_mark(notes, type);
    if (text.len > XEN_NOTE_TEXT_MAX) {
        xen_notes_fail(notes, XEN_NOTE_TEXT_TOO_LONG, type, text.len, (struct span){ 0 });
        text.len = XEN_NOTE_TEXT_MAX;
    }
    notes->text[type] = text;
    if (type == XEN_ELFNOTE_FEATURES)
        notes_add_features(notes, text, ignore_required);
}
