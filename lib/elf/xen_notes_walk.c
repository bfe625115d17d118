/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds and decodes the notes in an ELF file.
 *
 * A note is three words (size of the owner's name, size of the contents, type), the name and the contents, each padded
 * to 4 bytes: Xen's notes are laid out so in 64-bit images too, whatever alignment their segment claims. Each step
 * moves forward by 12 bytes at least and the total is counted, so tables that overlap or repeat cannot keep us here for
 * long. The last note of a table may claim more than the table has: its padding may be missing, and GRUB's 32-bit PV
 * image gives a string of 4 bytes a length of 12. A string is cut there; a number is not believed.
 */
#include "xen_notes.h"
#include "public.h"

#define NOTE_HEADER 12u

enum note_form { FORM_NONE, FORM_NUMBER, FORM_TEXT, FORM_L1_VALID, FORM_RELOC };

static const uint8_t note_forms[XEN_NOTE_TYPES] = {
    [XEN_ELFNOTE_INFO] = FORM_NONE,
    [XEN_ELFNOTE_ENTRY] = FORM_NUMBER,
    [XEN_ELFNOTE_HYPERCALL_PAGE] = FORM_NUMBER,
    [XEN_ELFNOTE_VIRT_BASE] = FORM_NUMBER,
    [XEN_ELFNOTE_PADDR_OFFSET] = FORM_NUMBER,
    [XEN_ELFNOTE_XEN_VERSION] = FORM_TEXT,
    [XEN_ELFNOTE_GUEST_OS] = FORM_TEXT,
    [XEN_ELFNOTE_GUEST_VERSION] = FORM_TEXT,
    [XEN_ELFNOTE_LOADER] = FORM_TEXT,
    [XEN_ELFNOTE_PAE_MODE] = FORM_TEXT,
    [XEN_ELFNOTE_FEATURES] = FORM_TEXT,
    [XEN_ELFNOTE_BSD_SYMTAB] = FORM_TEXT,
    [XEN_ELFNOTE_HV_START_LOW] = FORM_NUMBER,
    [XEN_ELFNOTE_L1_MFN_VALID] = FORM_L1_VALID,
    [XEN_ELFNOTE_SUSPEND_CANCEL] = FORM_NUMBER,
    [XEN_ELFNOTE_INIT_P2M] = FORM_NUMBER,
    [XEN_ELFNOTE_MOD_START_PFN] = FORM_NUMBER,
    [XEN_ELFNOTE_SUPPORTED_FEATURES] = FORM_NUMBER,
    [XEN_ELFNOTE_PHYS32_ENTRY] = FORM_NUMBER,
    [XEN_NOTE_PHYS32_RELOC] = FORM_RELOC,
};

struct walk {
    const struct elf_file *elf;
    struct xen_notes *notes;
    bool ignore_required;
    unsigned int count; /* notes of any owner so far */
    uint64_t text;      /* bytes of strings so far */
};

struct note {
    uint32_t type;
    uint64_t at;  /* file offset of the contents, in the file */
    uint64_t len; /* bytes, those of them that are in the table */
    bool cut;     /* it claims to be longer than its table */
};

/* The text ends with its 0 or with the note: Linux writes FEATURES without one. */
static void note_add_text(struct walk *walk, const struct note *note)
{
    const char *text = (const char *)walk->elf->data + note->at;
    size_t len = 0;

    if (walk->text > XEN_NOTES_TEXT_MAX)
        return;
    while (len < note->len && len <= XEN_NOTE_TEXT_MAX && text[len])
        len++;
    walk->text += len;
    if (walk->text > XEN_NOTES_TEXT_MAX) {
        xen_notes_fail(walk->notes, XEN_NOTES_TEXT_TOO_LONG, note->type, 0, (struct span){ 0 });
        return;
    }
    xen_notes_add_text(walk->notes, note->type, (struct span){ text, len }, walk->ignore_required);
}

/* Whether anything here depends on the note; a kernel must not become unbootable by one that nobody reads. */
static bool note_matters(uint32_t type)
{
    return type != XEN_ELFNOTE_SUSPEND_CANCEL && type != XEN_ELFNOTE_L1_MFN_VALID && type != XEN_NOTE_PHYS32_RELOC;
}

static void note_bad_size(struct walk *walk, const struct note *note)
{
    if (note_matters(note->type))
        xen_notes_fail(walk->notes, XEN_NOTE_BAD_SIZE, note->type, note->len, (struct span){ 0 });
    else
        xen_notes_find(walk->notes, XEN_FINDING_NOTE_ODD, note->type, (struct span){ 0 });
}

static bool note_load(struct walk *walk, uint64_t at, uint64_t bytes, uint64_t *value)
{
    return (bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8) && elf_load(walk->elf, at, bytes, value);
}

/* A list of pairs of a mask and a value, each as wide as a page-table entry; the first serves. */
static void note_add_l1_valid(struct walk *walk, const struct note *note)
{
    uint64_t half = note->len > 16 && note->len % 16 == 0 ? 8 : note->len / 2, mask, value;

    if (note->len % 2 || !note_load(walk, note->at, half, &mask) || !note_load(walk, note->at + half, half, &value)) {
        note_bad_size(walk, note);
        return;
    }
    xen_notes_add_number(walk->notes, note->type, value);
    walk->notes->l1_mask = mask;
    walk->notes->l1_value = value;
}

/* Up to three words; those that are left out keep their defaults. */
static void note_add_reloc(struct walk *walk, const struct note *note)
{
    struct xen_notes *notes = walk->notes;
    uint32_t *const words[] = { &notes->reloc_align, &notes->reloc_min, &notes->reloc_max };

    if (note->len % 4 || note->len > 12) {
        note_bad_size(walk, note);
        return;
    }
    xen_notes_add_number(notes, note->type, 0);
    for (unsigned int i = 0; i < note->len / 4; i++) {
        uint64_t word;

        if (note_load(walk, note->at + 4 * i, 4, &word))
            *words[i] = word;
    }
}

static void note_add(struct walk *walk, const struct note *note)
{
    uint64_t value;

    if (note->type >= XEN_NOTE_TYPES) {
        xen_notes_find(walk->notes, XEN_FINDING_NOTE_UNKNOWN, note->type, (struct span){ 0 });
        return;
    }
    if (note->cut && note_forms[note->type] != FORM_TEXT) {
        if (note_matters(note->type))
            xen_notes_fail(walk->notes, XEN_NOTE_TRUNCATED, note->type, note->at, (struct span){ 0 });
        else
            note_bad_size(walk, note);
        return;
    }
    if (note->cut)
        xen_notes_find(walk->notes, XEN_FINDING_NOTE_CUT, note->type, (struct span){ 0 });
    switch (note_forms[note->type]) {
    case FORM_NUMBER:
        if (note_load(walk, note->at, note->len, &value))
            xen_notes_add_number(walk->notes, note->type, value);
        else
            note_bad_size(walk, note);
        break;
    case FORM_TEXT:
        note_add_text(walk, note);
        break;
    case FORM_L1_VALID:
        note_add_l1_valid(walk, note);
        break;
    case FORM_RELOC:
        note_add_reloc(walk, note);
        break;
    default:
        break;
    }
}

/* The owner's name may come without its 0, and with more of them than one. */
static bool owner_is_xen(const struct walk *walk, uint64_t at, uint64_t namesz)
{
    const uint8_t *name = walk->elf->data + at;

    return namesz >= 3 && !memcmp(name, "Xen", 3) && (namesz == 3 || !name[3]);
}

/* Returns false when the walk is over because of a fault. */
static bool walk_table(struct walk *walk, uint64_t at, uint64_t len)
{
    uint64_t end = at + len, namesz, descsz, type, room;
    bool is_xen;

    if (!elf_in_file(walk->elf, at, len)) {
        xen_notes_fail(walk->notes, XEN_NOTE_TRUNCATED, 0, at, (struct span){ 0 });
        return false;
    }
    while (end - at >= NOTE_HEADER) {
        if (walk->count++ == XEN_NOTES_MAX) {
            xen_notes_fail(walk->notes, XEN_NOTES_TOO_MANY, 0, XEN_NOTES_MAX, (struct span){ 0 });
            return false;
        }
        elf_load(walk->elf, at, 4, &namesz);
        elf_load(walk->elf, at + 4, 4, &descsz);
        elf_load(walk->elf, at + 8, 4, &type);
        at += NOTE_HEADER;
        if (ROUND_UP(namesz, 4) > end - at) {
            xen_notes_fail(walk->notes, XEN_NOTE_TRUNCATED, type, at - NOTE_HEADER, (struct span){ 0 });
            return false;
        }
        is_xen = owner_is_xen(walk, at, namesz);
        at += ROUND_UP(namesz, 4);
        room = end - at;
        if (is_xen) {
            walk->notes->source = XEN_NOTES_SEGMENT;
            note_add(walk, &(struct note){ .type = type, .at = at, .len = MIN(descsz, room), .cut = descsz > room });
        }
        at += MIN(ROUND_UP(descsz, 4), room);
    }
    return true;
}

static void walk_segments(struct walk *walk)
{
    struct elf_segment segment;

    for (unsigned int i = 0; elf_segment_get(walk->elf, i, &segment); i++)
        if (segment.type == ELF_PT_NOTE && segment.offset && !walk_table(walk, segment.offset, segment.filesz))
            return;
}

static void walk_sections(struct walk *walk)
{
    struct elf_section section;

    for (unsigned int i = 1; elf_section_get(walk->elf, i, &section); i++)
        if (section.type == ELF_SHT_NOTE && !walk_table(walk, section.offset, section.size))
            break;
    if (walk->notes->source)
        walk->notes->source = XEN_NOTES_SECTION;
}

static void walk_guest_section(struct walk *walk)
{
    struct elf_section section;
    struct span text;

    for (unsigned int i = 1; elf_section_get(walk->elf, i, &section); i++) {
        if (!elf_section_is(walk->elf, &section, "__xen_guest"))
            continue;
        if (section.type == ELF_SHT_NOBITS || !elf_in_file(walk->elf, section.offset, section.size)) {
            xen_notes_fail(walk->notes, XEN_NOTE_TRUNCATED, 0, section.offset, (struct span){ 0 });
            return;
        }
        text = (struct span){(const char *)walk->elf->data + section.offset, section.size };
        xen_guest_section_read(span_cut(&text, 0), walk->ignore_required, walk->notes);
        return;
    }
}

void xen_notes_read(const struct elf_file *elf, bool ignore_required, struct xen_notes *notes)
{
    struct walk walk = { .elf = elf, .notes = notes, .ignore_required = ignore_required };

    *notes = (struct xen_notes){ .reloc_align = 0x200000, .reloc_max = UINT32_MAX };
    walk_segments(&walk);
    if (!notes->source && !notes->fault)
        walk_sections(&walk);
    if (!notes->source && !notes->fault)
        walk_guest_section(&walk);
}
