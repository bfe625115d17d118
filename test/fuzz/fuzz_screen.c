/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the screen: whatever mode a loader claims and whatever is written, only the visible part of the framebuffer
 * changes; and what was drawn bit by bit is what drawing all of it at once gives.
 */
#include <stdlib.h>

#include "law.h"
#include "screen/screen.h"

#define MEMORY (1u << 17)
#define FILL   0xe7

static struct screen screen, fresh;
static uint8_t memory[MEMORY], again[MEMORY];

static void only_visible(const struct screen_mode *m)
{
    size_t size = screen_size(m);

    for (size_t i = 0; i < MEMORY; i++)
        if (i >= size || i % m->pitch >= m->width * ((m->bits_per_pixel + 7u) / 8))
            require(memory[i] == FILL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct screen_mode m;

    if (size < sizeof(m))
        return 0;
    memcpy(&m, data, sizeof(m));
    if (screen_init(&screen, &m, memory) || screen_size(&m) > MEMORY)
        return 0;
    memset(memory, FILL, sizeof(memory));
    memset(again, FILL, sizeof(again));
    screen_clear(&screen);
    data += sizeof(m);
    size -= sizeof(m);
    while (size) {
        size_t n = MIN(size, 1 + (size_t)*data % 97);
        screen_write(&screen, (const char *)data, n);
        data += n;
        size -= n;
    }
    only_visible(&m);
    require(!screen_init(&fresh, &m, again));
    screen_clear(&fresh);
    memcpy(fresh.wanted, screen.wanted, sizeof(fresh.wanted));
    screen_update(&fresh);
    require(!memcmp(memory, again, sizeof(memory)));
    return 0;
}
