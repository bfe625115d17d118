/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether, and how, a kernel image can be started.
 *
 * Two questions are kept apart for each of the three guest types. Does the image *declare* it: then `supported` is set.
 * And can it be *used* here: the hypervisor runs that type, and what the asker wants of it (to be dom0) holds. For
 * every "no" there is one refusal: the rule that failed, the note that it concerns and its value, from which
 * image_words.h makes a sentence. An image is never started in a mode that it does not declare: whoever starts one
 * takes the type from here, with the numbers that belong to it.
 *
 * The image is bytes that nobody has checked; judging it is total, allocates nothing and writes only to the verdict.
 * The verdict refers to the image's bytes and lives no longer than they do.
 */
#ifndef LIB_ELF_IMAGE_VERDICT_H
#define LIB_ELF_IMAGE_VERDICT_H

#include "elf_plan.h"
#include "elf_symbols.h"
#include "xen_notes.h"

/** In the order of preference. */
enum image_guest { IMAGE_PV64, IMAGE_PVH, IMAGE_PV32, IMAGE_GUESTS };

#define IMAGE_BIT(guest) (1u << (guest))

/** What the asker wants to know. */
struct image_ask {
    unsigned int can_run; /* IMAGE_BIT()s of the types that this hypervisor runs on this machine */
    bool dom0;            /* it is to be the hardware domain */
    bool ignore_required; /* go on in spite of required features that are not known (dom0=ignore-required) */
    uint64_t max_span;    /* bytes of address space an image may take; 0: IMAGE_SPAN_DEFAULT */
};

#define IMAGE_SPAN_DEFAULT (1ULL << 30)

enum image_rule {
    IMAGE_OK,
    /* the file */
    IMAGE_RULE_ELF,  /* value: enum elf_error */
    IMAGE_RULE_PLAN, /* value: enum elf_plan_error, other: program header */
    /* the notes */
    IMAGE_RULE_NOTE,     /* value: enum xen_note_fault; details in verdict.notes */
    IMAGE_RULE_NO_NOTES, /* it says nothing to Xen at all */
    IMAGE_RULE_MACHINE,  /* value: e_machine, other: 64 or 32 for the class: not of this guest type */
    IMAGE_RULE_LOADER,   /* note, text: neither LOADER "generic" nor GUEST_OS "linux" */
    IMAGE_RULE_VERSION,  /* note, text: XEN_VERSION does not begin with "xen-3.0" */
    IMAGE_RULE_NO_ENTRY, /* note: the entry point of this mode is not given */
    IMAGE_RULE_NO_BASE,  /* PADDR_OFFSET without VIRT_BASE */
    IMAGE_RULE_PAE,      /* note, text: a 32-bit PV kernel without PAE */
    /* addresses: value is the one at fault, low and high what would be accepted */
    IMAGE_RULE_RANGE,    /* the image's own addresses */
    IMAGE_RULE_ENTRY,    /* the entry point */
    IMAGE_RULE_HYPERCALL_PAGE,
    IMAGE_RULE_P2M,
    IMAGE_RULE_UNALIGNED, /* note, value: an address that must begin a page */
    IMAGE_RULE_HV_START, /* HV_START_LOW is above what the hypervisor keeps for itself */
    /* the use */
    IMAGE_RULE_FEATURE,  /* value: number of a required feature that this mode cannot have */
    IMAGE_RULE_NOT_DOM0, /* value: SUPPORTED_FEATURES, which lacks XENFEAT_dom0 */
    IMAGE_RULE_CANNOT_RUN, /* the image supports it, the hypervisor does not */
};

struct image_refusal {
    enum image_rule rule;
    uint32_t note; /* XEN_ELFNOTE_*, where one is concerned */
    uint64_t value, other;
    uint64_t low, high; /* accepted: low <= value < high */
    struct span text;
};

struct image_way {
    bool supported; /* the image declares this type, and what it says about it holds together */
    bool usable;    /* and it can be started here, as asked */
    struct image_refusal why; /* why not usable; IMAGE_OK if it is */
};

/**
 * For PV64 and PV32. Virtual addresses unless said otherwise; p + virt_base - paddr_offset is where physical p shows.
 */
struct image_pv {
    uint64_t virt_base, paddr_offset;
    uint64_t start, end; /* where the load plan shows */
    uint64_t load_end;   /* `end`, or the end of the symbols behind it */
    uint64_t entry;
    bool has_hypercall_page, has_init_p2m, has_hv_start_low, mod_start_pfn, extended_cr3, symtab;
    uint64_t hypercall_page, init_p2m, hv_start_low;
    uint64_t symbols_at;        /* if symtab: where the block of elf_symbols.h goes */
    struct elf_symbols symbols;
};

struct image_verdict {
    bool is64;
    uint16_t machine;
    struct elf_plan plan;   /* physical addresses; PVH loads there */
    struct xen_notes notes; /* also features, L1_MFN_VALID, PHYS32_RELOC */
    struct image_pv pv;     /* valid if PV64 or PV32 is supported */
    uint64_t pvh_entry;     /* physical; valid if PVH is supported */
    struct image_way way[IMAGE_GUESTS];
    enum image_guest best;  /* first usable type; IMAGE_GUESTS if there is none */
};

/**
 * Judges the unpacked ELF image of @size bytes at @image. Fills all of *@verdict in any case.
 * 0 if it can be used in at least one way, -ENOEXEC if not.
 */
int image_judge(const void *image, size_t size, const struct image_ask *ask, struct image_verdict *verdict);

#endif
