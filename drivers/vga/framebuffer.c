/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See framebuffer.h; lib/screen draws. Until dom0 takes over the screen is ours, and after that again when we panic:
 * then all of it, as nobody knows what is on it.
 */
#include "drivers/vga/framebuffer.h"

#include "hv/console.h"

static struct screen screen; /* under the console's lock */
static bool shown;

static void framebuffer_write(const char *text, size_t len)
{
    if (shown)
        screen_write(&screen, text, len);
}

static void framebuffer_panic(void)
{
    if (!shown)
        screen_clear(&screen);
    shown = true;
}

static const struct console_driver driver = {
    .name = "vga", .write = framebuffer_write, .panic = framebuffer_panic };

void framebuffer_release(void)
{
    shown = false;
}

__init int framebuffer_init(const struct screen_mode *mode, void *pixels, bool show)
{
    int rc = screen_init(&screen, mode, pixels);

    if (rc)
        return rc;
    shown = show;
    if (shown)
        screen_clear(&screen);
    console_add(&driver);
    return 0;
}

__init void framebuffer_mapped(void *pixels)
{
    bool late = !screen.pixels;

    screen.pixels = pixels;
    if (late && shown)
        screen_update(&screen);
}
