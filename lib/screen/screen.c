/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See screen.h. */
#include "screen/screen.h"

#include <font.h>

#define COLUMNS_MIN 20u
#define ROWS_MIN    5u
#define TAB         8u
#define LARGE       2560u /* pixels in a line from which on characters have twice the size */
#define UNKNOWN     '\0'  /* drawn: whatever was there before us */
#define BRIGHTNESS  0xaau

/* Pixels lie where they lie: no alignment is taken for granted. */
struct pixel16 { uint16_t v; } __attribute__((packed));
struct pixel32 { uint32_t v; } __attribute__((packed));

static bool channel_fits(struct screen_channel c, unsigned int bits)
{
    return c.size >= 1 && c.size <= 16 && c.position < bits && c.position + c.size <= bits;
}

static uint32_t channel_value(struct screen_channel c)
{
    return (c.size < 8 ? BRIGHTNESS >> (8 - c.size) : BRIGHTNESS << (c.size - 8)) << c.position;
}

/* What the loader did not give is as usual. False if what it gave is impossible. */
static bool find_ink(struct screen *s, const struct screen_mode *m)
{
    struct screen_channel red = m->red, green = m->green, blue = m->blue;
    unsigned int bits = s->bytes * 8u;

    if (!red.size && !green.size && !blue.size) {
        uint8_t side = m->bits_per_pixel < 24 ? 5 : 8, middle = m->bits_per_pixel == 16 ? 6 : side;
        blue = (struct screen_channel){ 0, side };
        green = (struct screen_channel){ side, middle };
        red = (struct screen_channel){ (uint8_t)(side + middle), side };
    }
    if (!channel_fits(red, bits) || !channel_fits(green, bits) || !channel_fits(blue, bits))
        return false;
    s->ink = channel_value(red) | channel_value(green) | channel_value(blue);
    return true;
}

static bool depth_known(unsigned int bits)
{
    return bits == 15 || bits == 16 || bits == 24 || bits == 32;
}

int screen_init(struct screen *s, const struct screen_mode *m, void *pixels)
{
    memset(s, 0, sizeof(*s));
    s->bytes = (uint8_t)((m->bits_per_pixel + 7) / 8);
    s->scale = m->width >= LARGE ? 2 : 1;
    if (!depth_known(m->bits_per_pixel) || m->width > UINT16_MAX || m->height > UINT16_MAX ||
        (uint64_t)m->width * s->bytes > m->pitch || !find_ink(s, m))
        return -EINVAL;
    s->columns = (uint16_t)MIN(m->width / (FONT_WIDTH * s->scale), SCREEN_COLUMNS_MAX);
    s->rows = (uint16_t)MIN(m->height / (FONT_HEIGHT * s->scale), SCREEN_ROWS_MAX);
    if (s->columns < COLUMNS_MIN || s->rows < ROWS_MIN)
        return -EINVAL;
    s->width = m->width;
    s->height = m->height;
    s->pitch = m->pitch;
    s->pixels = pixels;
    memset(s->wanted, ' ', sizeof(s->wanted));
    return 0;
}

uint64_t screen_size(const struct screen_mode *mode)
{
    return (uint64_t)mode->pitch * mode->height;
}

/* One line of a character: a bit of @bits after the other, @scale pixels each. */
static void draw_line(const struct screen *s, uint8_t *at, uint8_t bits)
{
    for (unsigned int x = 0; x < FONT_WIDTH * s->scale; x++, at += s->bytes) {
        uint32_t v = bits & 0x80u >> x / s->scale ? s->ink : 0;
        if (s->bytes == 4) {
            ((struct pixel32 *)at)->v = v;
        } else {
            ((struct pixel16 *)at)->v = (uint16_t)v;
            if (s->bytes == 3)
                at[2] = (uint8_t)(v >> 16);
        }
    }
}

static void draw(const struct screen *s, unsigned int row, unsigned int column)
{
    unsigned int c = (uint8_t)s->wanted[row][column] - FONT_FIRST, size = FONT_HEIGHT * s->scale;
    const uint8_t *glyph = font_glyph[MIN(c, FONT_COUNT)];
    uint8_t *at = s->pixels + (size_t)row * size * s->pitch + (size_t)column * FONT_WIDTH * s->scale * s->bytes;

    for (unsigned int y = 0; y < size; y++, at += s->pitch)
        draw_line(s, at, glyph[y / s->scale]);
}

void screen_update(struct screen *s)
{
    for (unsigned int row = 0; s->pixels && row < s->rows; row++) {
        for (unsigned int column = 0; column < s->columns; column++) {
            if (s->drawn[row][column] == s->wanted[row][column])
                continue;
            draw(s, row, column);
            s->drawn[row][column] = s->wanted[row][column];
        }
    }
}

void screen_clear(struct screen *s)
{
    s->row = s->column = 0;
    memset(s->wanted, ' ', sizeof(s->wanted));
    if (!s->pixels) {
        memset(s->drawn, UNKNOWN, sizeof(s->drawn));
        return;
    }
    for (uint32_t y = 0; y < s->height; y++)
        memset(s->pixels + (size_t)y * s->pitch, 0, (size_t)s->width * s->bytes);
    memset(s->drawn, ' ', sizeof(s->drawn));
}

static void newline(struct screen *s)
{
    unsigned int up = s->rows / 4u, next = s->row + 1u;

    s->column = 0;
    if (next < s->rows) {
        s->row = (uint16_t)next;
        return;
    }
    s->row = (uint16_t)(s->rows - up);
    memmove(s->wanted[0], s->wanted[up], (s->rows - up) * sizeof(s->wanted[0]));
    memset(s->wanted[s->rows - up], ' ', up * sizeof(s->wanted[0]));
}

/*
 * A line that is exactly full is followed by a newline of its own only when more of it comes. A panic may come in the
 * middle of this, and write on: row and column are never beyond the screen, not even for a moment.
 */
static void put(struct screen *s, char c)
{
    if (c == '\n') {
        newline(s);
    } else if (c == '\r') {
        s->column = 0;
    } else {
        if (s->column >= s->columns)
            newline(s);
        unsigned int column = MIN(s->column, s->columns - 1u);
        s->wanted[s->row][column] = c == UNKNOWN ? '\x7f' : c;
        s->column = (uint16_t)(column + 1);
    }
}

void screen_write(struct screen *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '\t')
            put(s, text[i]);
        else
            for (unsigned int n = TAB - s->column % TAB; n; n--)
                put(s, ' ');
    }
    screen_update(s);
}
