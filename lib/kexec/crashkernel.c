/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads crashkernel= with a cursor that only moves forward over text of known length. */
#include "kexec/crashkernel.h"

#include "base/parse.h"

#define UNIT 1024u
#define PAGE 4096u

/* What is left of the text. */
struct cursor {
    const char *at, *end;
};

static bool cursor_is(const struct cursor *c, char what)
{
    return c->at < c->end && *c->at == what;
}

static bool cursor_skip(struct cursor *c, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len))
        return false;
    c->at += len;
    return true;
}

static int cursor_size(struct cursor *c, uint64_t *bytes)
{
    size_t used = 0;
    int rc = parse_size(c->at, (size_t)(c->end - c->at), &used, UNIT, bytes);

    c->at += used;
    return rc;
}

/* SIZE, which stands alone, or START-[END]:SIZE. */
static int parse_choice(struct cursor *c, struct crashkernel *k, bool *alone)
{
    struct range ram = { 0, UINT64_MAX };
    uint64_t size;
    int rc = cursor_size(c, &size);

    if (rc)
        return rc;
    *alone = !cursor_skip(c, "-");
    if (!*alone) {
        ram.start = size;
        rc = cursor_is(c, ':') ? 0 : cursor_size(c, &ram.end);
        if (rc || !cursor_skip(c, ":") || range_empty(ram))
            return rc ? rc : -EINVAL;
        rc = cursor_size(c, &size);
    } else if (k->count) {
        return -EINVAL;
    }
    if (rc || k->count == CRASHKERNEL_RANGES)
        return rc ? rc : -ERANGE;
    k->choice[k->count].ram = ram;
    k->choice[k->count++].size = size;
    return 0;
}

static int parse_place(struct cursor *c, struct crashkernel *k)
{
    if (c->at == c->end)
        return 0;
    k->place = cursor_skip(c, "@") ? CRASHKERNEL_AT : CRASHKERNEL_BELOW;
    if (k->place == CRASHKERNEL_BELOW && !cursor_skip(c, "<") && !cursor_skip(c, ",below="))
        return -EINVAL;
    int rc = cursor_size(c, &k->address);

    return rc ? rc : c->at == c->end ? 0 : -EINVAL;
}

int option_crashkernel(const char *value, size_t len, void *out)
{
    struct crashkernel k = { 0 };
    struct cursor c = { value, value + len }, ahead;
    bool alone;
    int rc = parse_choice(&c, &k, &alone);

    while (!rc && cursor_is(&c, ',')) {
        ahead = c;
        if (cursor_skip(&ahead, ",below="))
            break;
        if (alone)
            return -EINVAL;
        c.at++;
        rc = parse_choice(&c, &k, &alone);
    }
    if (!rc)
        rc = parse_place(&c, &k);
    if (!rc)
        *(struct crashkernel *)out = k;
    return rc;
}

uint64_t crashkernel_size(const struct crashkernel *c, uint64_t ram)
{
    uint64_t size = 0;

    for (uint32_t i = 0; i < c->count; i++)
        if (range_has(c->choice[i].ram, ram) && checked_round_up(c->choice[i].size, PAGE, &size))
            return size;
    return 0;
}
