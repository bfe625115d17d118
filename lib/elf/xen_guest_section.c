/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The __xen_guest section: a string such as "GUEST_OS=linux,VIRT_BASE=0xC0000000,LOADER=generic", from before there
 * were notes. It differs in two values: HYPERCALL_PAGE is a page number from VIRT_BASE's physical 0, and a missing
 * ELF_PADDR_OFFSET means VIRT_BASE.
 */
#include "xen_notes.h"
#include "base/parse.h"
#include "public.h"

static const struct guest_key {
    const char *name;
    uint8_t note;
    bool number;
} guest_keys[] = {
    {"GUEST_OS", XEN_ELFNOTE_GUEST_OS, false},
    {"GUEST_VER", XEN_ELFNOTE_GUEST_VERSION, false},
    {"XEN_VER", XEN_ELFNOTE_XEN_VERSION, false},
    {"LOADER", XEN_ELFNOTE_LOADER, false},
    {"PAE", XEN_ELFNOTE_PAE_MODE, false},
    {"FEATURES", XEN_ELFNOTE_FEATURES, false},
    {"BSD_SYMTAB", XEN_ELFNOTE_BSD_SYMTAB, false},
    {"VIRT_BASE", XEN_ELFNOTE_VIRT_BASE, true},
    {"VIRT_ENTRY", XEN_ELFNOTE_ENTRY, true},
    {"ELF_PADDR_OFFSET", XEN_ELFNOTE_PADDR_OFFSET, true},
    {"HYPERCALL_PAGE", XEN_ELFNOTE_HYPERCALL_PAGE, true},
};

/* As in C: decimal, hexadecimal behind 0x, octal behind 0. False if empty, too large, or anything else. */
static bool guest_number(struct span text, uint64_t *value)
{
    unsigned int base = 10;

    *value = 0;
    if (span_begins(text, "0x") || span_begins(text, "0X")) {
        base = 16;
        text = (struct span){ text.text + 2, text.len - 2 };
    } else if (span_begins(text, "0")) {
        base = 8;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned int digit = parse_digit(text.text[i]);

        if (digit >= base || __builtin_mul_overflow(*value, base, value) ||
            __builtin_add_overflow(*value, digit, value))
            return false;
    }
    return text.len != 0;
}

static const struct guest_key *guest_key_find(struct span name)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(guest_keys); i++)
        if (span_is(name, guest_keys[i].name))
            return &guest_keys[i];
    return NULL;
}

static void guest_add(struct xen_notes *notes, struct span pair, bool ignore_required)
{
    struct span name = span_trim(span_cut(&pair, '='));
    const struct guest_key *key = guest_key_find(name);
    uint64_t value;

    if (!key) {
        if (name.len)
            xen_notes_find(notes, XEN_FINDING_KEY_UNKNOWN, 0, name);
    } else if (!key->number) {
        xen_notes_add_text(notes, key->note, span_trim(pair), ignore_required);
    } else if (guest_number(span_trim(pair), &value)) {
        xen_notes_add_number(notes, key->note, value);
    } else {
        xen_notes_fail(notes, XEN_NOTE_BAD_NUMBER, key->note, 0, pair);
    }
}

void xen_guest_section_read(struct span text, bool ignore_required, struct xen_notes *notes)
{
    notes->source = XEN_NOTES_GUEST_SECTION;
    if (text.len > XEN_NOTE_TEXT_MAX) {
        xen_notes_fail(notes, XEN_NOTE_TEXT_TOO_LONG, 0, text.len, (struct span){ 0 });
        return;
    }
    while (text.len)
        guest_add(notes, span_cut(&text, ','), ignore_required);
    if (xen_notes_has(notes, XEN_ELFNOTE_HYPERCALL_PAGE)) {
        uint64_t *page = &notes->number[XEN_ELFNOTE_HYPERCALL_PAGE];

        if (*page >> 52)
            xen_notes_fail(notes, XEN_NOTE_BAD_NUMBER, XEN_ELFNOTE_HYPERCALL_PAGE, *page, (struct span){ 0 });
        *page = notes->number[XEN_ELFNOTE_VIRT_BASE] + (*page << 12);
    }
    if (!xen_notes_has(notes, XEN_ELFNOTE_PADDR_OFFSET))
        notes->number[XEN_ELFNOTE_PADDR_OFFSET] = notes->number[XEN_ELFNOTE_VIRT_BASE];
}
