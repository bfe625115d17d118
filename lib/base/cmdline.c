/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/cmdline.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_blanks(const char *p)
{
    while (is_blank(*p))
        p++;
    return p;
}

static bool is_dashes(const char *p)
{
    return p[0] == '-' && p[1] == '-' && (!p[2] || is_blank(p[2]));
}

/* Behind the word at @p; its text without quotes goes to @word unless that is NULL. */
static const char *take_word(const char *p, struct cmdline_word *word)
{
    bool quoted = false;
    size_t n = 0;

    for (; *p && (quoted || !is_blank(*p)); p++) {
        if (*p == '"') {
            quoted = !quoted;
            continue;
        }
        if (!word)
            continue;
        if (n < CMDLINE_WORD_MAX - 1)
            word->text[n++] = *p;
        else
            word->cut = true;
    }
    if (word)
        word->text[n] = 0;
    return p;
}

bool cmdline_next(const char **at, struct cmdline_word *word)
{
    const char *equals;

    *at = skip_blanks(*at);
    if (!**at || is_dashes(*at))
        return false;
    word->cut = false;
    *at = take_word(*at, word);
    equals = strchr(word->text, '=');
    word->name_len = equals ? (size_t)(equals - word->text) : strlen(word->text);
    word->value = equals ? equals + 1 : NULL;
    return true;
}

const char *cmdline_after_dashes(const char *cmdline)
{
    const char *p = skip_blanks(cmdline);

    for (; *p && !is_dashes(p); p = skip_blanks(p))
        p = take_word(p, NULL);
    return *p ? skip_blanks(p + 2) : p;
}
