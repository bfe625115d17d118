/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nobody is left without a word: when something that console= names cannot be had, what is wrong is said on whatever
 * serial port answers and on the screen, wanted or not. A screen that is not wanted stays dark until a panic.
 */
#include "boot/consoles.h"

#include "base/parse.h"
#include "boot/boot.h"
#include "boot/serial.h"
#include "drivers/vga/framebuffer.h"
#include "drivers/vga/vga.h"
#include "hv/console.h"
#include "hv/log.h"
#include "hv/options.h"
#include "mm/map.h"

#define IDENTITY_END (1ULL << 32)
#define PADDR_LIMIT  (1ULL << 52) /* APM vol. 2, 5.1 */

struct wanted {
    bool com[2], vga, none, trouble;
};

static paddr_t framebuffer_paddr __attribute__((section(".init.bss")));
static uint64_t framebuffer_size __attribute__((section(".init.bss")));
static void *framebuffer_va __attribute__((section(".init.bss")));
static bool keep_screen;

/* The options' parser has left nothing but these names. */
static __init bool names(const char *list, const char *name)
{
    for (size_t len; *list; list += len + (list[len] == ',')) {
        const char *comma = strchr(list, ',');
        len = comma ? (size_t)(comma - list) : strlen(list);
        if (parse_is(list, len, name))
            return true;
    }
    return false;
}

/* Whether a text screen may be taken for granted: an old loader doesn't speak of it, an EFI machine has none. */
static __init bool has_text_screen(void)
{
    return boot_info.screen.kind == BOOT_SCREEN_TEXT ||
           (boot_info.screen.kind == BOOT_SCREEN_NONE && !boot_info.efi.system_table);
}

static __init struct screen_channel channel(struct boot_colour c)
{
    return (struct screen_channel){ c.position, c.size };
}

static __init bool framebuffer_open(bool shown)
{
    const struct boot_screen *s = &boot_info.screen;
    const struct screen_mode mode = {
        .width = s->width, .height = s->height, .pitch = s->pitch, .bits_per_pixel = s->bits_per_pixel,
        .red = channel(s->red), .green = channel(s->green), .blue = channel(s->blue) };
    uint64_t size = screen_size(&mode);

    if (!s->paddr || s->paddr >= PADDR_LIMIT || size > PADDR_LIMIT - s->paddr)
        return false;
    bool reachable = s->paddr < IDENTITY_END && size <= IDENTITY_END - s->paddr;
    if (framebuffer_init(&mode, reachable ? (void *)s->paddr : NULL, shown))
        return false;
    framebuffer_paddr = s->paddr;
    framebuffer_size = size;
    return true;
}

/* True if there is a screen. @shown: it is written to from now on, not only in a panic. */
static __init bool screen_open(bool shown)
{
    const struct boot_screen *s = &boot_info.screen;

    if (has_text_screen()) {
        vga_text_init(shown);
        return true;
    }
    if (s->kind == BOOT_SCREEN_RGB && framebuffer_open(shown))
        return true;
    if (shown && s->kind == BOOT_SCREEN_NONE)
        log_warning("console: vga is nowhere: the boot loader has set up neither a text screen nor a framebuffer (with "
                    "GRUB: insmod all_video)");
    else if (shown)
        log_warning("console: vga is nowhere: text cannot be drawn on the screen that the boot loader set up (%ux%u, "
                    "%u bits, at %#lx)", s->width, s->height, s->bits_per_pixel, (unsigned long)s->paddr);
    return false;
}

static __init void log_options(void)
{
    struct console_options o = {
        .level = LOG_WARNING + 1,
        .limit_level = LOG_WARNING + 1,
        .guest_level = 0,
        .guest_limit_level = LOG_WARNING + 1,
        .ring_size = hv_options.conring_size,
        .to_ring = hv_options.console_to_ring,
        .timestamps = hv_options.console_timestamps != OPTION_CONSOLE_TIMESTAMPS_NONE,
        .input_to_hv = hv_options.conswitch.to_hv,
        .switch_letter = hv_options.conswitch.letter,
    };

    /* The options' parser takes nothing but levels. */
    (void)console_parse_level(hv_options.loglvl, &o.level, &o.limit_level);
    (void)console_parse_level(hv_options.guest_loglvl, &o.guest_level, &o.guest_limit_level);
    console_configure(&o);
}

static __init const char *com_setting(unsigned int i)
{
    return i ? hv_options.com2 : hv_options.com1;
}

/* True if a port answers that console= names. */
static __init bool ports_open(struct wanted *w)
{
    bool any = false;

    for (unsigned int i = 0; i < 2; i++) {
        if (!w->com[i])
            continue;
        int rc = serial_open(i, com_setting(i));
        any |= !rc;
        if (rc != -ENODEV)
            continue;
        log_warning("console: no serial port answers as com%u; its address is the third part of that option", i + 1);
        w->trouble = true;
    }
    return any;
}

/* Somebody may look at another port than the one that was meant. */
static __init bool another_port(const struct wanted *w)
{
    for (unsigned int i = 0; i < 2; i++) {
        if (serial_open(i, w->com[i] ? NULL : com_setting(i)))
            continue;
        log_warning("console: com%u%s is used, as a serial port that answers", i + 1,
                    w->com[i] ? " at its usual address" : "");
        return true;
    }
    return false;
}

__init void consoles_open(void)
{
    struct wanted w = { .com = { names(hv_options.console, "com1"), names(hv_options.console, "com2") },
                        .vga = names(hv_options.console, "vga"), .none = names(hv_options.console, "none") };

    log_options();
    keep_screen = !strcmp(hv_options.vga, "keep");
    bool port = ports_open(&w);
    if (!w.com[0] && !w.com[1] && !w.vga && !w.none)
        w.trouble = true;
    bool screen = screen_open(w.vga || w.trouble);
    if (w.vga && !screen)
        w.trouble = true;
    if (w.trouble && !port && !another_port(&w) && screen && !w.vga)
        log_warning("console: no serial port answers: messages are on this screen until dom0 takes it over");
}

__init void consoles_map(void)
{
    serial_map();
    if (framebuffer_size)
        framebuffer_va = ioremap_rights(framebuffer_paddr, framebuffer_size, MAP_WC);
}

__init void consoles_mapped(void)
{
    serial_mapped();
    if (framebuffer_size)
        framebuffer_mapped(framebuffer_va);
}

void consoles_release(void)
{
    if (keep_screen)
        return;
    vga_text_release();
    framebuffer_release();
}
