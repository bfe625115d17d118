/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sanitising is a sweep from low to high: between two neighbouring boundaries of claims nothing changes, so the type of
 * such a piece is that of the most restrictive claim that covers its first byte. The next boundary is found by looking
 * at every claim again, which is quadratic in at most 1024 entries and needs neither sorting nor memory.
 */
#include "x86/boot/e820.h"

#include "base/format.h"

/** "RAM" and so on; never NULL. */
static const char *e820_type_name(uint32_t type)
{
    switch (type) {
    case E820_RAM: return "RAM";
    case E820_RESERVED: return "reserved";
    case E820_ACPI: return "ACPI tables";
    case E820_NVS: return "ACPI non-volatile";
    case E820_UNUSABLE: return "unusable";
    case E820_PMEM: return "persistent memory";
    default: return "unknown, taken as reserved";
    }
}

/* Higher wins. 0: not a known type. */
static unsigned int restriction(uint32_t type)
{
    switch (type) {
    case E820_RAM: return 1;
    case E820_ACPI: return 2;
    case E820_PMEM: return 3;
    case E820_NVS: return 4;
    case E820_RESERVED: return 5;
    case E820_UNUSABLE: return 6;
    default: return 0;
    }
}

/* A raw claim, cut to what can be: RAM inward to pages, the end to 2^52, unknown types to reserved. May be empty. */
static struct e820_entry claim_of(const struct e820_entry *raw)
{
    struct e820_entry e = *raw;

    if (!restriction(e.type))
        e.type = E820_RESERVED;
    if (e.end < e.start) /* wrapped: reserve to the top, but don't believe in RAM there */
        e.end = e.type == E820_RAM ? e.start : E820_TOP;
    e.end = MIN(e.end, E820_TOP);
    if (e.type == E820_RAM) {
        struct range pages = range_align_inward((struct range){ e.start, e.end }, E820_PAGE);

        e.start = pages.start;
        e.end = pages.end;
    }
    return e;
}

static void note(struct e820_findings *found, const struct e820_entry *raw)
{
    found->empty += raw->start == raw->end;
    found->wrapped += raw->end < raw->start;
    found->too_high += raw->end > E820_TOP;
    found->unknown_type += !restriction(raw->type);
    found->unaligned += raw->type == E820_RAM && ((raw->start | raw->end) % E820_PAGE);
}

struct piece {
    uint64_t end;
    uint32_t type; /* 0: a hole */
    unsigned int claims;
};

/* The piece that begins at @pos. Its end is UINT64_MAX when nothing lies above. */
static struct piece piece_at(const struct e820_entry *in, size_t count, uint64_t pos)
{
    struct piece p = { UINT64_MAX, 0, 0 };

    for (size_t i = 0; i < count; i++) {
        struct e820_entry e = claim_of(&in[i]);

        if (e.end <= e.start || e.end <= pos)
            continue;
        p.end = MIN(p.end, e.start > pos ? e.start : e.end);
        if (e.start > pos)
            continue;
        p.claims++;
        if (restriction(e.type) > restriction(p.type))
            p.type = e.type;
    }
    return p;
}

static void append(struct e820_map *map, uint64_t start, uint64_t end, uint32_t type)
{
    struct e820_entry *last = map->count ? &map->entry[map->count - 1] : NULL;

    if (last && last->end == start && last->type == type)
        last->end = end;
    else if (map->count < E820_MAX)
        map->entry[map->count++] = (struct e820_entry){ start, end, type };
}

/* RAM that a restrictive claim has cut inside a page. */
static void trim_ram(struct e820_map *map)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < map->count; i++) {
        struct e820_entry e = map->entry[i];

        if (e.type == E820_RAM) {
            struct range pages = range_align_inward((struct range){ e.start, e.end }, E820_PAGE);

            if (range_empty(pages))
                continue;
            e.start = pages.start;
            e.end = pages.end;
        }
        map->entry[kept++] = e;
    }
    map->count = kept;
}

static void report_finding(const struct lib_log *log, uint32_t count, const char *what)
{
    if (count)
        lib_report(log, LIB_LOG_WARNING, "Firmware memory map: %u %s", count, what);
}

void e820_sanitise(struct e820_map *out, const struct e820_entry *in, size_t count, struct e820_findings *found,
                   const struct lib_log *log)
{
    struct e820_findings f = { 0 };
    uint64_t pos = 0;

    if (count > E820_INPUT_MAX) {
        f.dropped = (uint32_t)MIN(count - E820_INPUT_MAX, UINT32_MAX);
        count = E820_INPUT_MAX;
    }
    for (size_t i = 0; i < count; i++)
        note(&f, &in[i]);

    out->count = 0;
    while (pos < E820_TOP) {
        struct piece p = piece_at(in, count, pos);

        if (p.end == UINT64_MAX)
            break;
        if (p.type)
            append(out, pos, p.end, p.type);
        f.overlapping += p.claims > 1;
        pos = p.end;
    }
    trim_ram(out);

    report_finding(log, f.dropped, "entries more than there is room for: ignored");
    report_finding(log, f.wrapped, "entries end before they start: not used as RAM");
    report_finding(log, f.too_high, "entries reach above 2^52: cut there");
    report_finding(log, f.unknown_type, "entries of unknown type: taken as reserved");
    report_finding(log, f.overlapping, "overlaps: the more restrictive type is used");
    if (found)
        *found = f;
}

uint64_t e820_ram_below(const struct e820_map *map, uint64_t limit)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < map->count; i++) {
        const struct e820_entry *e = &map->entry[i];

        if (e->type == E820_RAM && e->start < limit)
            sum += MIN(e->end, limit) - e->start;
    }
    return sum;
}

uint64_t e820_ram_end(const struct e820_map *map)
{
    for (uint32_t i = map->count; i-- > 0;) {
        if (map->entry[i].type == E820_RAM)
            return map->entry[i].end;
    }
    return 0;
}

const struct e820_entry *e820_lookup(const struct e820_map *map, uint64_t paddr)
{
    for (uint32_t i = 0; i < map->count; i++) {
        if (paddr >= map->entry[i].start && paddr < map->entry[i].end)
            return &map->entry[i];
    }
    return NULL;
}

bool e820_covers(const struct e820_map *map, struct range r, uint32_t type)
{
    const struct e820_entry *e;

    if (range_empty(r))
        return true;
    e = e820_lookup(map, r.start); /* equal neighbours are merged, so one entry must do */
    return e && e->type == type && r.end <= e->end;
}

bool e820_touches(const struct e820_map *map, struct range r, uint32_t type)
{
    for (size_t i = 0; i < map->count; i++)
        if (map->entry[i].type == type && range_overlaps(r, (struct range){ map->entry[i].start, map->entry[i].end }))
            return true;
    return false;
}

/* Each turn but the last uses up an entry: one that has been left is never the next again. */
bool e820_claims_ram(const struct e820_entry *in, size_t count, struct range r)
{
    size_t i;

    for (size_t turn = 0; turn <= count && !range_empty(r); turn++) {
        for (i = 0; i < count; i++)
            if (in[i].type == E820_RAM && in[i].start <= r.start && r.start < in[i].end)
                break;
        if (i == count)
            return false;
        r.start = MIN(in[i].end, r.end);
    }
    return range_empty(r);
}

static const struct range *first_conflict(struct range r, const struct range *avoid, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (range_overlaps(r, avoid[i]))
            return &avoid[i];
    }
    return NULL;
}

/* Each turn moves the candidate past one avoided range for good, so there are at most avoid_count turns. */
static uint64_t fit_high(struct range room, uint64_t size, uint64_t align, const struct range *avoid, size_t count)
{
    while (range_size(room) >= size) {
        struct range at = { ROUND_DOWN(room.end - size, align), 0 };
        const struct range *hit;

        if (at.start < room.start)
            break;
        at.end = at.start + size;
        hit = first_conflict(at, avoid, count);
        if (!hit)
            return at.start;
        room.end = hit->start;
    }
    return UINT64_MAX;
}

static uint64_t fit_low(struct range room, uint64_t size, uint64_t align, const struct range *avoid, size_t count)
{
    while (range_size(room) >= size) {
        struct range at;
        const struct range *hit;

        if (!checked_round_up(room.start, align, &at.start) || !checked_add(at.start, size, &at.end) ||
            at.end > room.end)
            break;
        hit = first_conflict(at, avoid, count);
        if (!hit)
            return at.start;
        room.start = hit->end;
    }
    return UINT64_MAX;
}

static struct range room_of(const struct e820_entry *e, struct range within)
{
    if (e->type != E820_RAM)
        return (struct range){ 0, 0 };
    return range_intersect((struct range){ e->start, e->end }, within);
}

uint64_t e820_find_high(const struct e820_map *map, uint64_t size, uint64_t align, struct range within,
                        const struct range *avoid, size_t avoid_count)
{
    uint64_t at = UINT64_MAX;

    for (uint32_t i = map->count; size && at == UINT64_MAX && i-- > 0;)
        at = fit_high(room_of(&map->entry[i], within), size, align, avoid, avoid_count);
    return at;
}

uint64_t e820_find_low(const struct e820_map *map, uint64_t size, uint64_t align, struct range within,
                       const struct range *avoid, size_t avoid_count)
{
    uint64_t at = UINT64_MAX;

    for (uint32_t i = 0; size && at == UINT64_MAX && i < map->count; i++)
        at = fit_low(room_of(&map->entry[i], within), size, align, avoid, avoid_count);
    return at;
}

static void merge_equal_neighbours(struct e820_map *map)
{
    uint32_t count = map->count;

    map->count = 0;
    for (uint32_t i = 0; i < count; i++) /* append() never writes past the entry that it was given */
        append(map, map->entry[i].start, map->entry[i].end, map->entry[i].type);
}

/* Make @at a boundary of entries, if it lies inside one of @type. There must be room for one entry more. */
static void split(struct e820_map *map, uint64_t at, uint32_t type)
{
    for (uint32_t i = 0; i < map->count; i++) {
        struct e820_entry *e = &map->entry[i];

        if (e->type != type || at <= e->start || at >= e->end)
            continue;
        memmove(e + 1, e, (map->count - i) * sizeof(*e));
        map->count++;
        e[0].end = at;
        e[1].start = at;
        return;
    }
}

int e820_retype(struct e820_map *map, struct range r, uint32_t from, uint32_t to)
{
    if ((r.start | r.end) % E820_PAGE)
        return -EINVAL;
    if (map->count > E820_MAX - 2)
        return -ENOSPC;
    if (range_empty(r))
        return 0;

    split(map, r.start, from);
    split(map, r.end, from);
    for (uint32_t i = 0; i < map->count; i++) {
        struct e820_entry *e = &map->entry[i];

        if (e->type == from && e->start >= r.start && e->end <= r.end)
            e->type = to;
    }
    merge_equal_neighbours(map);
    return 0;
}

uint64_t e820_clip_ram(struct e820_map *map, uint64_t limit)
{
    uint64_t before = e820_ram_below(map, UINT64_MAX);
    uint32_t kept = 0;

    limit = ROUND_DOWN(limit, E820_PAGE);
    for (uint32_t i = 0; i < map->count; i++) {
        struct e820_entry e = map->entry[i];

        if (e.type == E820_RAM && e.start >= limit)
            continue;
        if (e.type == E820_RAM)
            e.end = MIN(e.end, limit);
        map->entry[kept++] = e;
    }
    map->count = kept;
    return before - e820_ram_below(map, UINT64_MAX);
}

bool e820_lawful(const struct e820_map *map)
{
    if (map->count > E820_MAX)
        return false;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct e820_entry *e = &map->entry[i], *next = e + 1;

        if (e->start >= e->end || e->end > E820_TOP || !restriction(e->type))
            return false;
        if (e->type == E820_RAM && ((e->start | e->end) % E820_PAGE))
            return false;
        if (i + 1 < map->count && (e->end > next->start || (e->end == next->start && e->type == next->type)))
            return false;
    }
    return true;
}

void e820_report(const struct e820_map *map, const struct lib_log *log)
{
    for (uint32_t i = 0; i < map->count; i++)
        lib_report(log, LIB_LOG_INFO, " %013lx - %013lx  %s", (unsigned long)map->entry[i].start,
                   (unsigned long)map->entry[i].end - 1, e820_type_name(map->entry[i].type));
}
