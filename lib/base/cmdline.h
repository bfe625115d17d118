/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line, cut into options. Blanks separate them; double quotes keep blanks together and are removed; a lone
 * "--" ends what is ours.
 */
#ifndef LIB_BASE_CMDLINE_H
#define LIB_BASE_CMDLINE_H

#include "port.h"

#define CMDLINE_WORD_MAX 512U /* with its NUL */

struct cmdline_word {
    char text[CMDLINE_WORD_MAX]; /* "name" or "name=value", without quotes */
    size_t name_len;
    const char *value;           /* behind the first '=', or NULL */
    bool cut;                    /* it was longer */
    bool open;                   /* a quote in it is not closed, so it goes on to the end of the line */
};

/** Take the next word at *@at and move *@at behind it. False at the end or at "--" (then *@at stands there). */
bool cmdline_next(const char **at, struct cmdline_word *word);

/** What stands behind the lone "--", without leading blanks; an empty text if there is none. */
const char *cmdline_after_dashes(const char *cmdline);

/**
 * What of a command line may be shown to a control domain and in the log, into the @size bytes at @out (cut, always
 * terminated): nothing from the lone "--" on, which is for another program; of an option whose name speaks of a secret
 * (key, passw, secret, token), "<hidden>" for its value; and "?" for what cannot be printed.
 */
void cmdline_shown(const char *cmdline, char *out, size_t size);

#endif
