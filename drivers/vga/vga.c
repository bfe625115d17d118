/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See vga.h. The screen is memory; the cursor is set through the CRT controller's index and data ports. */
#include "drivers/vga/vga.h"

#include "hv/console.h"

#include <arch/io.h>
#include <arch/page.h>

#define COLUMNS      80u
#define ROWS         25u
#define ATTRIBUTE    0x0700u
#define SCREEN_PADDR 0xb8000u

static unsigned int row, column;
static bool released;

static uint16_t *screen(void)
{
    return (uint16_t *)(map_table_base + SCREEN_PADDR);
}

static void scroll(void)
{
    uint16_t *s = screen();
    for (unsigned int i = 0; i < COLUMNS * (ROWS - 1); i++)
        s[i] = s[i + COLUMNS];
    for (unsigned int i = 0; i < COLUMNS; i++)
        s[COLUMNS * (ROWS - 1) + i] = ATTRIBUTE | ' ';
}

static void newline(void)
{
    column = 0;
    if (++row == ROWS) {
        row--;
        scroll();
    }
}

static void put(char c)
{
    if (c == '\n') {
        newline();
        return;
    }
    if (c == '\r') {
        column = 0;
        return;
    }
    screen()[row * COLUMNS + column] = (uint16_t)(ATTRIBUTE | (uint8_t)c);
    if (++column == COLUMNS)
        newline();
}

static void vga_write(const char *text, size_t len)
{
    if (released)
        return;
    for (size_t i = 0; i < len; i++)
        put(text[i]);
    unsigned int at = row * COLUMNS + column;
    outb(14, 0x3d4);
    outb((uint8_t)(at >> 8), 0x3d5);
    outb(15, 0x3d4);
    outb((uint8_t)at, 0x3d5);
}

static void clear(void)
{
    for (unsigned int i = 0; i < COLUMNS * ROWS; i++)
        screen()[i] = ATTRIBUTE | ' ';
    row = column = 0;
}

/* What dom0 left there is nobody's any more. */
static void vga_panic(void)
{
    if (released)
        clear();
    released = false;
}

static const struct console_driver driver = { .name = "vga", .write = vga_write, .panic = vga_panic };

void vga_text_release(void)
{
    released = true;
}

__init void vga_text_init(bool shown)
{
    released = !shown;
    if (shown)
        clear();
    console_add(&driver);
}
