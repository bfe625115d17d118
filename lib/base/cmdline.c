/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts a command line into words, and shows it again without the values of words that sound secret. */
#include "base/cmdline.h"
#include "base/format.h"

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
    if (word) {
        word->text[n] = 0;
        word->open = quoted;
    }
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

static bool name_is_secret(const char *name, size_t len)
{
    static const char *const signs[] = { "key", "passw", "secret", "token" };

    for (size_t at = 0; at < len; at++)
        for (unsigned int i = 0; i < ARRAY_SIZE(signs); i++)
            if (len - at >= strlen(signs[i]) && !memcmp(name + at, signs[i], strlen(signs[i])))
                return true;
    return false;
}

/* The word's own characters, quotes included, so that what is shown can be given again. */
static size_t word_name_len(const char *word, size_t len)
{
    const char *equals = memchr(word, '=', len);

    return equals ? (size_t)(equals - word) : len;
}

void cmdline_shown(const char *cmdline, char *out, size_t size)
{
    const char *p = skip_blanks(cmdline);

    if (!size)
        return;
    out[0] = 0;
    for (size_t len = 0; *p && !is_dashes(p); p = skip_blanks(p)) {
        const char *end = take_word(p, NULL);
        size_t name = word_name_len(p, (size_t)(end - p));
        bool hide = name < (size_t)(end - p) && name_is_secret(p, name);

        len = format_append(out, size, len ? " %.*s%s" : "%.*s%s", hide ? (int)name : (int)(end - p), p,
                            hide ? "=<hidden>" : "");
        p = end;
    }
    for (; *out; out++)
        if (*out < ' ' || *out > '~')
            *out = '?';
}
