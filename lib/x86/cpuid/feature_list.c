/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each item is looked up as a name first, so that a feature whose name begins with "no-" can be said. */
#include "x86/cpuid/feature_list.h"

#include "base/format.h"
#include "base/near.h"

static bool is_word(const char *text, size_t size, const char *word)
{
    return size == strlen(word) && !memcmp(text, word, size);
}

/* 1, 0, or -1: neither. */
static int read_bool(const char *text, size_t size)
{
    static const char *const words[] = { "0", "1", "no", "yes", "off", "on", "false", "true", "disable", "enable" };

    for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
        if (is_word(text, size, words[i]))
            return i & 1;
    return -1;
}

/*
 * 1, 0, or -1 for what is no item; *@feature is then undefined. A name that begins with "no-" is taken as a name first.
 */
static int read_item(const char *item, size_t size, unsigned int *feature)
{
    const char *equals = memchr(item, '=', size);
    int on = equals ? read_bool(equals + 1, (size_t)(item + size - equals - 1)) : 1;
    size_t length = equals ? (size_t)(equals - item) : size;

    *feature = cpufeat_by_name(item, length);
    if (*feature == CPUFEAT_NONE && !equals && size > 3 && !memcmp(item, "no-", 3)) {
        *feature = cpufeat_by_name(item + 3, size - 3);
        on = 0;
    }
    return *feature == CPUFEAT_NONE ? -1 : on;
}

unsigned int cpufeat_list_parse(const char *text, size_t size, struct cpufeat_list *out,
                                void (*bad)(void *opaque, const char *item, size_t size), void *opaque)
{
    const char *end = text + size;
    unsigned int nr_bad = 0, feature;

    memset(out, 0, sizeof(*out));
    while (text < end) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        size_t length = (size_t)((comma ? comma : end) - text);
        int on = length ? read_item(text, length, &feature) : -1;

        if (on >= 0) {
            cpufeat_set(on ? out->on : out->off, feature);
            cpufeat_clear(on ? out->off : out->on, feature);
        } else if (length) {
            nr_bad++;
            if (bad)
                bad(opaque, text, length);
        }
        text += length + 1;
    }
    return nr_bad;
}

static void consider(struct near *best, const char *name, size_t size)
{
    for (unsigned int f = 0; f < CPUFEAT_WORDS * 32; f++)
        if (cpufeat_name(f))
            near_consider(best, name, size, cpufeat_name(f), strlen(cpufeat_name(f)));
}

void cpufeat_list_bad_text(const char *item, size_t size, char *text, size_t cap)
{
    const char *equals = memchr(item, '=', size);
    size_t name = equals ? (size_t)(equals - item) : size;
    bool no = !equals && size > 3 && !memcmp(item, "no-", 3);
    struct near best = { 0 };

    if (cpufeat_by_name(item, name) != CPUFEAT_NONE) {
        format(text, cap, "\"%.*s\" is ignored: wanted no-NAME, NAME=0 or NAME=1", (int)size, item);
        return;
    }
    consider(&best, item + (no ? 3 : 0), name - (no ? 3 : 0));
    format(text, cap, "\"%.*s\" is not a feature, ignored", (int)size, item);
    if (best.word)
        format_append(text, cap, "; did you mean \"%s%.*s%.*s\"?", no ? "no-" : "", (int)best.len, best.word,
                      (int)(size - name), item + name);
}
