/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The description of a kernel to be started (xen/kexec.h, KEXEC_CMD_kexec_load), checked before anything is done.
 *
 * A description is a type, an ELF machine, an entry point, and segments: where each goes in machine memory and where
 * its bytes come from. A segment without a source is memory that the kernel wants to reach as it is. What has passed
 * kexec_load_check() holds the law
 *
 *     every destination is made of whole pages, does not wrap, and overlaps no other; those with a source are RAM,
 *     and within the crash area if this is a crash image; the others are RAM or below 1 MiB;
 *     no source is larger than its destination; the entry point lies inside a destination that has a source,
 *     and below 4 GiB if it is entered in 32-bit mode, as does all that such a kernel is given.
 *
 * Every refusal names the segment and the rule.
 */
#ifndef LIB_KEXEC_LOAD_H
#define LIB_KEXEC_LOAD_H

#include "base/range.h"
#include "public.h"

#define KEXEC_SEGMENTS_MAX 64u
#define KEXEC_PAGE         4096u
#define KEXEC_LOW_END      0x100000u /* below it a segment without a source need not be RAM */
#define KEXEC_TYPES        2u        /* KEXEC_TYPE_DEFAULT, KEXEC_TYPE_CRASH */
#define KEXEC_NO_SEGMENT   (~0u)

/* ELF machines (ELF-64 object file format, e_machine). */
#define KEXEC_ARCH_386    3u
#define KEXEC_ARCH_X86_64 62u

struct kexec_segment {
    struct range dest;    /* machine addresses */
    bool has_source;
    uint64_t source;      /* the caller's address */
    uint64_t source_size; /* bytes; the rest of the destination becomes zero */
};

struct kexec_load {
    uint8_t type;
    uint16_t arch;
    uint32_t count;
    uint64_t entry;
    struct kexec_segment segment[KEXEC_SEGMENTS_MAX];
};

/** What the machine is like. */
struct kexec_machine {
    struct range crash_area;  /* empty: none */
    uint64_t max_pages;       /* of all sources together */
    bool (*is_ram)(void *opaque, struct range r); /* every byte of @r */
    void *opaque;
};

enum kexec_rule {
    KEXEC_ACCEPTED,
    /* the head; value is what stood there. -EINVAL */
    KEXEC_RULE_TYPE, KEXEC_RULE_PAD, KEXEC_RULE_ARCH, KEXEC_RULE_COUNT,
    /* one segment */
    KEXEC_RULE_ALIGNED,     /* -EADDRNOTAVAIL; value: the address that begins or ends inside a page */
    KEXEC_RULE_WRAPS,       /* -EADDRNOTAVAIL; value: the size */
    KEXEC_RULE_NO_SOURCE,   /* -EINVAL; bytes are promised and there is no buffer. value: how many */
    KEXEC_RULE_SOURCE_SIZE, /* -EINVAL; value: how many bytes */
    KEXEC_RULE_OVERLAP,     /* -EINVAL; value: the other segment */
    KEXEC_RULE_NO_AREA,     /* -EADDRNOTAVAIL; there is no crash area */
    KEXEC_RULE_OUTSIDE,     /* -EADDRNOTAVAIL; not in the crash area */
    KEXEC_RULE_NOT_RAM,     /* -EADDRNOTAVAIL */
    KEXEC_RULE_ABOVE_4G,    /* -EADDRNOTAVAIL; 32-bit entry. value: the end, or the entry */
    /* the whole */
    KEXEC_RULE_ENTRY,       /* -EADDRNOTAVAIL; value: the entry */
    KEXEC_RULE_SIZE,        /* -ENOMEM; value: pages */
    /* reported by those who carry it out */
    KEXEC_RULE_FAULT,       /* -EFAULT; the segment's buffer, or the list of segments, cannot be read */
    KEXEC_RULE_MEMORY,      /* -ENOMEM; no memory to keep it in */
    KEXEC_RULE_BUSY,        /* -EBUSY; another load is going on */
    KEXEC_RULES,
};

struct kexec_refusal {
    enum kexec_rule rule;
    uint32_t segment; /* KEXEC_NO_SEGMENT: the description as a whole */
    uint64_t value;
    struct range dest;
};

/** Records a refusal in *@why and returns its error number, negated. */
int kexec_refuse(struct kexec_refusal *why, enum kexec_rule rule, uint32_t segment, uint64_t value);

/** Takes the head over into *@out. 0, or -EINVAL with the reason in *@why; @out->count is then 0. */
int kexec_load_head(const struct xen_kexec_load *head, struct kexec_load *out, struct kexec_refusal *why);

/** Takes the segment @i, < out->count, over. 0 or an error with the reason in *@why. */
int kexec_load_segment(const struct xen_kexec_segment *from, uint32_t i, struct kexec_load *out,
                       struct kexec_refusal *why);

/** Everything that concerns the machine, and the segments together. 0 or an error with the reason in *@why. */
int kexec_load_check(const struct kexec_load *load, const struct kexec_machine *machine, struct kexec_refusal *why);

/** True if the page at @paddr lies in a destination, whether it has a source or not. */
bool kexec_load_covers(const struct kexec_load *load, uint64_t paddr);

/** True if a destination of @a that has a source overlaps one of @b. */
bool kexec_load_collides(const struct kexec_load *a, const struct kexec_load *b);

/** "crash" or "default". */
const char *kexec_type_name(unsigned int type);

/** The refusal as a sentence with the segment and what to do, cut to @size. Returns @buf. */
char *kexec_refusal_text(const struct kexec_refusal *why, char *buf, size_t size);

#endif
