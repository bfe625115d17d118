/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on a framebuffer, read back by the font in every depth; and that nothing else is touched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <font.h>

#include "screen/screen.h"

#define GUARD 64u
#define FILL  0x5a

static struct screen screen;
static struct screen_mode mode;
static uint8_t *memory;

static void open_screen(struct screen_mode m)
{
    mode = m;
    memory = malloc(screen_size(&m) + 2 * GUARD);
    memset(memory, FILL, screen_size(&m) + 2 * GUARD);
    assert_int_equal(screen_init(&screen, &m, memory + GUARD), 0);
    screen_clear(&screen);
}

static void close_screen(void)
{
    for (unsigned int i = 0; i < GUARD; i++)
        assert_true(memory[i] == FILL && memory[GUARD + screen_size(&mode) + i] == FILL);
    for (uint32_t y = 0; y < mode.height; y++)
        for (uint32_t x = mode.width * ((mode.bits_per_pixel + 7u) / 8); x < mode.pitch; x++)
            assert_int_equal(memory[GUARD + (size_t)y * mode.pitch + x], FILL);
    free(memory);
}

static uint32_t pixel(unsigned int x, unsigned int y)
{
    unsigned int bytes = (mode.bits_per_pixel + 7u) / 8;
    uint32_t v = 0;

    memcpy(&v, memory + GUARD + (size_t)y * mode.pitch + (size_t)x * bytes, bytes);
    return v;
}

/* The character at a place of the screen, told by its pixels; '~' + 1 for none. */
static char seen(unsigned int column, unsigned int row, unsigned int scale, uint32_t ink)
{
    for (unsigned int c = 0; c < FONT_COUNT; c++) {
        bool same = true;
        for (unsigned int y = 0; same && y < FONT_HEIGHT * scale; y++)
            for (unsigned int x = 0; same && x < FONT_WIDTH * scale; x++) {
                bool on = font_glyph[c][y / scale] & 0x80u >> x / scale;
                same = pixel(column * FONT_WIDTH * scale + x, row * FONT_HEIGHT * scale + y) == (on ? ink : 0);
            }
        if (same)
            return (char)(FONT_FIRST + c);
    }
    return '\x7f';
}

static void expect_row(unsigned int row, const char *text, uint32_t ink)
{
    char line[SCREEN_COLUMNS_MAX + 1] = "";

    for (unsigned int i = 0; i < strlen(text); i++)
        line[i] = seen(i, row, screen.scale, ink);
    assert_string_equal(line, text);
}

static void write_text(const char *text)
{
    screen_write(&screen, text, strlen(text));
}

static void depths(void **state)
{
    static const struct {
        struct screen_mode mode;
        uint32_t ink;
    } t[] = {
        { { 640, 400, 2560, 32, { 16, 8 }, { 8, 8 }, { 0, 8 } }, 0x00aaaaaa },
        { { 640, 400, 2573, 32, { 0, 8 }, { 8, 8 }, { 16, 8 } }, 0x00aaaaaa },
        { { 641, 401, 1931, 24, { 16, 8 }, { 8, 8 }, { 0, 8 } }, 0xaaaaaa },
        { { 640, 400, 1280, 16, { 11, 5 }, { 5, 6 }, { 0, 5 } }, 0x15 << 11 | 0x2a << 5 | 0x15 },
        { { 640, 400, 1288, 15, { 10, 5 }, { 5, 5 }, { 0, 5 } }, 0x15 << 10 | 0x15 << 5 | 0x15 },
        { { 640, 400, 2560, 32, { 20, 10 }, { 10, 10 }, { 0, 10 } }, 0x2a8u << 20 | 0x2a8 << 10 | 0x2a8 },
        { { 640, 400, 2560, 32, { 0, 0 }, { 0, 0 }, { 0, 0 } }, 0x00aaaaaa },
        { { 640, 400, 1280, 16, { 0, 0 }, { 0, 0 }, { 0, 0 } }, 0x15 << 11 | 0x2a << 5 | 0x15 },
        { { 2560, 500, 10240, 32, { 16, 8 }, { 8, 8 }, { 0, 8 } }, 0x00aaaaaa }, /* characters of twice the size */
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        open_screen(t[i].mode);
        write_text("(XEN) The quick brown fox!\n\tjumps\rover\n");
        expect_row(0, "(XEN) The quick brown fox! ", t[i].ink);
        expect_row(1, "over    jumps ", t[i].ink);
        expect_row(2, "          ", t[i].ink);
        close_screen();
    }
}

static void refused(void **state)
{
    static const struct {
        const char *what;
        struct screen_mode mode;
    } t[] = {
        { "8 bits", { 640, 400, 640, 8, { 0 }, { 0 }, { 0 } } },
        { "0 bits", { 640, 400, 640, 0, { 0 }, { 0 }, { 0 } } },
        { "255 bits", { 640, 400, 65536, 255, { 0 }, { 0 }, { 0 } } },
        { "pitch too small", { 640, 400, 2559, 32, { 0 }, { 0 }, { 0 } } },
        { "no lines", { 640, 0, 2560, 32, { 0 }, { 0 }, { 0 } } },
        { "narrow", { 159, 400, 2560, 32, { 0 }, { 0 }, { 0 } } },
        { "wider than any", { 65536, 400, 1 << 20, 32, { 0 }, { 0 }, { 0 } } },
        { "channel outside", { 640, 400, 2560, 32, { 25, 8 }, { 8, 8 }, { 0, 8 } } },
        { "channel far outside", { 640, 400, 2560, 32, { 255, 255 }, { 8, 8 }, { 0, 8 } } },
        { "a channel without bits", { 640, 400, 2560, 32, { 16, 8 }, { 8, 0 }, { 0, 8 } } },
    };
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
        if (screen_init(&screen, &t[i].mode, NULL) != -EINVAL)
            fail_msg("%s", t[i].what);
}

/* Full: a quarter goes up, the newest lines are there in order, and what was drawn before is gone. */
static void scrolls(void **state)
{
    char line[32];

    open_screen((struct screen_mode){ 320, 160, 1283, 32, { 16, 8 }, { 8, 8 }, { 0, 8 } });
    assert_int_equal(screen.rows, 10);
    for (unsigned int i = 1; i <= 100; i++) {
        snprintf(line, sizeof(line), "line %u\n", i);
        write_text(line);
    }
    unsigned int newest = screen.row;
    for (unsigned int i = 0; i < newest; i++) {
        snprintf(line, sizeof(line), "line %-5u", 100 - newest + 1 + i);
        expect_row(i, line, 0xaaaaaa);
    }
    assert_in_range(newest, 7, 9);
    expect_row(newest, "          ", 0xaaaaaa);
    close_screen();
}

/* 40 columns: a full line and its newline take one row; more than fits goes on in the next. */
static void wraps(void **state)
{
    open_screen((struct screen_mode){ 320, 160, 1280, 32, { 16, 8 }, { 8, 8 }, { 0, 8 } });
    write_text("0123456789012345678901234567890123456789\nnext\n01234567890123456789012345678901234567890\n");
    expect_row(1, "next ", 0xaaaaaa);
    expect_row(3, "0 ", 0xaaaaaa);
    expect_row(4, " ", 0xaaaaaa);
    close_screen();
}

/* Mapped elsewhere, or not mapped at all for a while: nothing is lost. */
static void moves(void **state)
{
    open_screen((struct screen_mode){ 320, 160, 1280, 32, { 16, 8 }, { 8, 8 }, { 0, 8 } });
    uint8_t *pixels = screen.pixels;
    screen.pixels = NULL;
    screen_clear(&screen);
    write_text("early\n");
    assert_int_equal(seen(0, 0, 1, 0xaaaaaa), ' ');
    screen.pixels = pixels;
    screen_update(&screen);
    expect_row(0, "early ", 0xaaaaaa);
    close_screen();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depths), cmocka_unit_test(refused), cmocka_unit_test(scrolls),
        cmocka_unit_test(wraps), cmocka_unit_test(moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
