/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an image says about itself to Xen: ELF notes of owner "Xen" (ABI: xen/elfnote.h), or the string in a section
 * named __xen_guest that came before them.
 *
 * Notes are looked for in PT_NOTE segments, then, if none was there, in SHT_NOTE sections, and then the __xen_guest
 * section serves; the first source that has any wins. Of two notes of one type the last wins. Unknown types never harm.
 * All that does harm, because the kernel means something that we cannot know, is kept as the first fault.
 */
#ifndef LIB_ELF_XEN_NOTES_H
#define LIB_ELF_XEN_NOTES_H

#include "elf.h"
#include "span.h"

#define XEN_NOTE_TYPES       20    /* 0 to 19: 4.17 knows 18 and less, 19 (PHYS32_RELOC) came with 4.19 */
#define XEN_NOTE_PHYS32_RELOC 19
#define XEN_NOTES_MAX        65536 /* notes of any owner in one image */
#define XEN_NOTE_TEXT_MAX    4096  /* bytes of a string */
#define XEN_NOTES_TEXT_MAX   (1u << 20) /* bytes of all strings together: a bound on the time that reading takes */
#define XEN_FINDINGS_MAX     16

enum xen_notes_source { XEN_NOTES_NONE, XEN_NOTES_SEGMENT, XEN_NOTES_SECTION, XEN_NOTES_GUEST_SECTION };

enum xen_note_fault {
    XEN_NOTE_OK,
    XEN_NOTE_TRUNCATED,          /* a note table or a note in it reaches past its end */
    XEN_NOTES_TOO_MANY,          /* more than XEN_NOTES_MAX */
    XEN_NOTE_BAD_SIZE,           /* a number whose size is not 1, 2, 4 or 8 bytes; value is the size */
    XEN_NOTE_BAD_NUMBER,         /* a number in __xen_guest that is none; name is the text */
    XEN_NOTE_TEXT_TOO_LONG,      /* a string of more than XEN_NOTE_TEXT_MAX bytes */
    XEN_NOTES_TEXT_TOO_LONG,     /* all strings together more than XEN_NOTES_TEXT_MAX bytes */
    XEN_NOTE_FEATURE_UNKNOWN,    /* required, and not known; name is the feature */
    XEN_NOTE_FEATURE_MALFORMED,  /* name is the token */
};

/** Things worth telling that change nothing. */
enum xen_finding_kind {
    XEN_FINDING_FEATURE_UNKNOWN,  /* optional and not known: name */
    XEN_FINDING_FEATURE_REQUIRED, /* required and not known, but the caller wants it ignored: name */
    XEN_FINDING_NOTE_UNKNOWN,     /* a note of owner Xen of unknown type: note */
    XEN_FINDING_NOTE_REPEATED,    /* the last one counts: note */
    XEN_FINDING_NOTE_CUT,         /* a string that is shorter than it claims: note */
    XEN_FINDING_NOTE_ODD,         /* of a size that makes no sense, in a note on which nothing depends: note */
    XEN_FINDING_KEY_UNKNOWN,      /* in __xen_guest: name */
};

struct xen_finding {
    enum xen_finding_kind kind;
    uint32_t note;
    struct span name;
};

struct xen_notes {
    enum xen_notes_source source;
    uint32_t present;                 /* bit n: note type n was given */
    uint64_t number[XEN_NOTE_TYPES];  /* of notes that are numbers */
    struct span text[XEN_NOTE_TYPES]; /* of notes that are strings, without the closing 0 */
    uint64_t l1_mask, l1_value;       /* L1_MFN_VALID: a valid entry has (entry & mask) == value */
    uint32_t reloc_align, reloc_min, reloc_max; /* PHYS32_RELOC, with its defaults */
    uint32_t features_supported;      /* XENFEAT_* bits from FEATURES and SUPPORTED_FEATURES */
    uint32_t features_required;       /* bits that FEATURES marks with "!" */

    enum xen_note_fault fault;        /* the first */
    uint32_t fault_note;
    uint64_t fault_value;
    struct span fault_name;

    unsigned int nr_findings;         /* those beyond XEN_FINDINGS_MAX are counted in findings_lost */
    unsigned int findings_lost;
    struct xen_finding finding[XEN_FINDINGS_MAX];
};

static inline bool xen_notes_has(const struct xen_notes *notes, uint32_t type)
{
    return type < XEN_NOTE_TYPES && (notes->present >> type & 1);
}

/** Reads them all into *@notes, which refers to the image. @ignore_required: unknown required features are findings. */
void xen_notes_read(const struct elf_file *elf, bool ignore_required, struct xen_notes *notes);

/** "ENTRY" for 1 and so on; NULL if not known. */
const char *xen_note_name(uint32_t type);

/* For the two readers of notes; records in *@notes. */
void xen_notes_add_number(struct xen_notes *notes, uint32_t type, uint64_t value);
void xen_notes_add_text(struct xen_notes *notes, uint32_t type, struct span text, bool ignore_required);
void xen_notes_fail(struct xen_notes *notes, enum xen_note_fault fault, uint32_t note, uint64_t value,
                    struct span name);
void xen_notes_find(struct xen_notes *notes, enum xen_finding_kind kind, uint32_t note, struct span name);

/** Reads a __xen_guest string: KEY=value pairs separated by commas. */
void xen_guest_section_read(struct span text, bool ignore_required, struct xen_notes *notes);

#endif
