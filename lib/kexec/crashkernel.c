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

/* What has been read so far. */
struct choices {
    struct crashkernel k;
    bool alone; /* a lone SIZE, beside which nothing can be */
};

/* SIZE, which stands alone, or START-[END]:SIZE. */
static int read_choice(struct cursor *c, struct range *ram, uint64_t *size, bool *alone)
{
    int rc = cursor_size(c, size);

    *alone = !cursor_skip(c, "-");
    *ram = (struct range){ 0, UINT64_MAX };
    if (rc || *alone)
        return rc;
    ram->start = *size;
    rc = cursor_is(c, ':') ? 0 : cursor_size(c, &ram->end);
    if (!rc && (!cursor_skip(c, ":") || range_empty(*ram)))
        rc = -EINVAL;
    return rc ? rc : cursor_size(c, size);
}

/* "@ADDRESS", "<ADDRESS" or "below=ADDRESS", which ends the value. */
static int read_place(struct cursor *c, struct choices *to)
{
    enum crashkernel_place place = CRASHKERNEL_BELOW;
    uint64_t address;

    if (cursor_skip(c, "@"))
        place = CRASHKERNEL_AT;
    else if (!cursor_skip(c, "<") && !cursor_skip(c, "below="))
        return -EINVAL;
    int rc = cursor_size(c, &address);
    if (rc || c->at != c->end || to->k.place)
        return rc ? rc : -EINVAL;
    to->k.place = place;
    to->k.address = address;
    return 0;
}

static void tell_place(const struct part_log *log, const struct cursor *c)
{
    log->told(log->opaque, PART_IGNORED, c->at, (size_t)(c->end - c->at), NULL);
}

/* A part of the value: a choice, with a place behind it, or a place alone. A place that is wrong spoils no choice. */
static int read_part(const char *text, size_t len, void *out, const struct part_log *log)
{
    struct cursor c = { text, text + len }, place;
    struct choices none = { 0 }, *to = out ? out : &none;
    struct range ram;
    uint64_t size;
    bool alone;
    int rc;

    if (cursor_is(&c, 'b'))
        return to->k.count || !out ? read_place(&c, to) : -EINVAL;
    rc = read_choice(&c, &ram, &size, &alone);
    if (!rc && c.at != c.end && !cursor_is(&c, '@') && !cursor_is(&c, '<'))
        rc = -EINVAL;
    if (rc || to->alone || to->k.place || (alone && to->k.count))
        return rc ? rc : -EINVAL;
    if (to->k.count == CRASHKERNEL_RANGES)
        return -ERANGE;
    place = c;
    rc = c.at == c.end ? 0 : read_place(&c, to);
    if (rc && !log)
        return rc;
    if (rc)
        tell_place(log, &place);
    to->alone = alone;
    to->k.choice[to->k.count].ram = ram;
    to->k.choice[to->k.count++].size = size;
    return 0;
}

int option_crashkernel(const char *value, size_t len, void *out, const struct part_log *log)
{
    struct choices choices = { 0 };
    int rc = parts_read(value, len, read_part, NULL, &choices, log);

    if (!rc)
        *(struct crashkernel *)out = choices.k;
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
