/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A verdict in sentences. Each function writes one line without newline into the @size bytes at @buf (cut if need be,
 * always terminated; @size of 256 serves nearly all) and returns @buf. Text from the image is shown cut to 64
 * characters with what is not printable replaced by "?", so a hostile image cannot send control sequences to a
 * terminal.
 */
#ifndef LIB_ELF_IMAGE_WORDS_H
#define LIB_ELF_IMAGE_WORDS_H

#include "image_verdict.h"

/** "64-bit PV" and so on. */
const char *image_guest_name(enum image_guest guest);

/** Why the image cannot be used as @guest, and what would be accepted. Empty if it can. */
char *image_words_refusal(const struct image_verdict *verdict, enum image_guest guest, char *buf, size_t size);

/**
 * The whole in one line: "can be dom0: yes, as 64-bit PV (entry 0x..., ...)" or "cannot be dom0: ..." with the reason
 * that helps most, and what else the image supports.
 */
char *image_words_summary(const struct image_verdict *verdict, const struct image_ask *ask, char *buf, size_t size);

/** Finding @i of verdict->notes, @i < nr_findings. */
char *image_words_finding(const struct image_verdict *verdict, unsigned int i, char *buf, size_t size);

/** Where a PV image's symbols go, or why not. Empty if it does not ask for them. */
char *image_words_symbols(const struct image_pv *pv, char *buf, size_t size);

/** A feature bitmap as "dom0|writable_page_tables", "none" if empty; bits without a name by number. */
char *image_words_features(uint32_t bitmap, char *buf, size_t size);

/** Text of the image fit to be printed: unprintable bytes as "?", cut with "..." if it does not fit. */
char *image_words_quote(struct span span, char *buf, size_t size);

#endif
