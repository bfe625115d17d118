/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's features by name, and the string in which a kernel lists them (note FEATURES).
 *
 *     string = token *( "|" token )        blanks around a token do not count; an empty token says nothing
 *     token  = [ "!" ] name                "!" means: the kernel requires it, and supports it too
 *
 * A name that is not known here can be ignored unless it is required: then nobody can know what the kernel needs, and
 * the caller must refuse it by that name. "!" without a name, or a blank or another "!" behind it, is malformed: it is
 * reported and not guessed at.
 */
#ifndef LIB_ELF_XEN_FEATURES_H
#define LIB_ELF_XEN_FEATURES_H

#include "span.h"

#define XEN_FEATURES_TEXT_MAX 4096 /* bytes; longer strings are malformed */

enum xen_feature_kind {
    XEN_FEATURE_KNOWN,
    XEN_FEATURE_UNKNOWN,   /* a name that is not in the table */
    XEN_FEATURE_MALFORMED, /* not of the grammar above */
};

struct xen_feature_token {
    enum xen_feature_kind kind;
    bool required;
    unsigned int number; /* XENFEAT_*, if known */
    struct span name;    /* without "!"; the whole token if malformed */
};

/** Takes the next token that says something off the front of @rest. False at the end of the string. */
bool xen_features_next(struct span *rest, struct xen_feature_token *token);

/** The name of feature @number, NULL if it has none here. */
const char *xen_feature_name(unsigned int number);

#endif
