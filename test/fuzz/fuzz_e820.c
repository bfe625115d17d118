/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the memory map: whatever firmware says, the result is lawful; no byte is RAM that any claim calls something
 * else; sanitising twice changes nothing; every change keeps the map lawful; a place that was found is RAM.
 */
#include "x86/boot/e820.h"

#include "law.h"

static void no_ram_where_reserved(const struct e820_map *map, const struct e820_entry *in, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct e820_entry *at;

        if (in[i].type == E820_RAM || in[i].end <= in[i].start)
            continue;
        at = e820_lookup(map, in[i].start);
        require(!at || at->type != E820_RAM);
        at = e820_lookup(map, in[i].end - 1);
        require(!at || at->type != E820_RAM);
    }
}

static void check_changes(struct e820_map *map, struct range r)
{
    uint64_t before = e820_ram_below(map, UINT64_MAX), found;

    found = e820_find_high(map, 0x3000, 0x2000, r, NULL, 0);
    require(found == UINT64_MAX || (e820_covers(map, (struct range){ found, found + 0x3000 }, E820_RAM) &&
                                    range_contains(r, (struct range){ found, found + 0x3000 })));
    require((found == UINT64_MAX) == (e820_find_low(map, 0x3000, 0x2000, r, NULL, 0) == UINT64_MAX));

    r.start &= ~0xfffULL;
    r.end &= ~0xfffULL;
    if (!e820_retype(map, r, E820_RAM, E820_RESERVED)) {
        require(e820_lawful(map));
        require(before - e820_ram_below(map, UINT64_MAX) <= range_size(r));
    }
    e820_clip_ram(map, r.end);
    require(e820_lawful(map) && e820_ram_end(map) <= r.end);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct e820_entry in[300];
    static struct e820_map map, twice;
    struct range r = { 0, 0 };
    size_t count = 0;

    if (size < 16)
        return 0;
    memcpy(&r, data, 16);
    data += 16;
    size -= 16;
    for (; size >= 13 && count < 300; data += 13, size -= 13, count++) {
        uint32_t start, pages;

        memcpy(&start, data, 4); /* small numbers meet more often */
        memcpy(&pages, data + 4, 4);
        in[count].start = (uint64_t)start << (data[8] % 34);
        in[count].end = in[count].start + ((uint64_t)pages << (data[9] % 34));
        in[count].type = data[10] % 10;
    }
    e820_sanitise(&map, in, count, NULL, NULL);
    require(e820_lawful(&map));
    no_ram_where_reserved(&map, in, MIN(count, E820_INPUT_MAX));
    if (map.count <= E820_INPUT_MAX) {
        e820_sanitise(&twice, map.entry, map.count, NULL, NULL);
        require(twice.count == map.count);
        for (uint32_t i = 0; i < map.count; i++)
            require(twice.entry[i].start == map.entry[i].start && twice.entry[i].end == map.entry[i].end);
    }
    check_changes(&map, r);
    return 0;
}
