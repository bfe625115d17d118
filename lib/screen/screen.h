/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text on a framebuffer.
 *
 * The screen remembers which characters are wanted and which are drawn. Writing changes only the first; then every
 * character that differs is drawn, once, and the framebuffer is never read: it may be slow memory. At the lower end
 * the text moves up by a quarter of the screen, so that most lines move nothing.
 *
 * Invariant: nothing is written outside [pixels, pixels + pitch * height), nor right of the width, whatever the text.
 */
#ifndef LIB_SCREEN_SCREEN_H
#define LIB_SCREEN_SCREEN_H

#include "port.h"

#define SCREEN_COLUMNS_MAX 256u
#define SCREEN_ROWS_MAX    100u

struct screen_channel {
    uint8_t position, size; /* bits; size 0: not known */
};

/** A mode with direct colour, as loaders describe it. */
struct screen_mode {
    uint32_t width, height; /* pixels */
    uint32_t pitch;         /* bytes from a line to the next */
    uint8_t bits_per_pixel; /* 15, 16, 24 or 32 */
    struct screen_channel red, green, blue;
};

struct screen {
    uint8_t *pixels; /* may be set anew: the same memory, mapped elsewhere. NULL: nothing is drawn */
    uint32_t width, height, pitch, ink;
    uint8_t bytes, scale;
    uint16_t columns, rows, column, row;
    char wanted[SCREEN_ROWS_MAX][SCREEN_COLUMNS_MAX], drawn[SCREEN_ROWS_MAX][SCREEN_COLUMNS_MAX];
};

/**
 * Sets up an empty screen; draws nothing yet. 0, or -EINVAL for a mode that text cannot be drawn in: a depth or
 * channels that are none, a pitch too small, or no room for 20 by 5 characters.
 */
int screen_init(struct screen *s, const struct screen_mode *mode, void *pixels);
/** Bytes of the framebuffer of a mode that screen_init() took. */
uint64_t screen_size(const struct screen_mode *mode);
/** Blanks all of it, whoever drew what; the text begins at the upper left. */
void screen_clear(struct screen *s);
/** Newline, return and tab do what they say; other bytes that are no printable ASCII are shown as a frame. */
void screen_write(struct screen *s, const char *text, size_t len);
/** Draws what differs from what was drawn last: for after @pixels was set. */
void screen_update(struct screen *s);

#endif
