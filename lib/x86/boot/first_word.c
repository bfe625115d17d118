/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is certain: a word with a slash or a parenthesis in front, or before its "=", is a name; another with "=" is an
 * option, and so is the name of one of ours. A plain word is a name with Multiboot 1, unless our own line, which comes
 * from the same loader, began with an option: then this loader gives no names. See first_word.h.
 */
#include "x86/boot/first_word.h"

#include "base/format.h"

enum verdict { IS_OPTION, IS_NAME, MAYBE_NAME };

static bool loader_is(const struct boot_info *info, const char *name)
{
    return !strncmp(info->loader, name, strlen(name));
}

/* GRUB 2 gives the arguments alone, QEMU always puts the file's name before them. */
static bool gives_arguments_only(const struct boot_info *info)
{
    return loader_is(info, "GRUB ") && info->loader[5] >= '2' && info->loader[5] <= '9';
}

static size_t length_before(const char *text, const char *ends)
{
    size_t n = 0;

    while (text[n] && !strchr(ends, text[n]))
        n++;
    return n;
}

static enum verdict judge(const struct boot_info *info, const char *text,
                          bool (*is_option)(const char *name, size_t len))
{
    size_t len = length_before(text, " "), name = length_before(text, " =");

    if (!len || gives_arguments_only(info))
        return IS_OPTION;
    if (*text == '/' || *text == '(')
        return IS_NAME;
    if (info->protocol != BOOT_MULTIBOOT1)
        return IS_OPTION;
    if (loader_is(info, "qemu") || (name < len && length_before(text, "/(") < name))
        return IS_NAME;
    return name < len || (is_option && is_option(text, name)) ? IS_OPTION : MAYBE_NAME;
}

static void take(char *text, char name[BOOT_NAME_MAX])
{
    size_t len = length_before(text, " "), rest = len;

    format(name, BOOT_NAME_MAX, "%.*s", (int)len, text);
    while (text[rest] == ' ')
        rest++;
    memmove(text, text + rest, strlen(text + rest) + 1);
}

static void skip_blanks(char *text)
{
    size_t n = 0;

    while (text[n] == ' ')
        n++;
    memmove(text, text + n, strlen(text + n) + 1);
}

void boot_take_names(struct boot_info *info, bool (*is_option)(const char *name, size_t len))
{
    skip_blanks(info->cmdline);
    bool own_is_option = info->cmdline[0] && judge(info, info->cmdline, is_option) == IS_OPTION;

    if (!own_is_option && info->cmdline[0])
        take(info->cmdline, info->name);
    for (uint32_t i = 0; i < info->module_count; i++) {
        struct boot_module *m = &info->module[i];

        skip_blanks(m->cmdline);
        enum verdict v = judge(info, m->cmdline, NULL);
        if (v == IS_NAME || (v == MAYBE_NAME && !own_is_option))
            take(m->cmdline, m->name);
    }
}

static void report(const struct boot_info *info, const char *name, const char *what, const struct lib_log *log)
{
    bool certain = *name == '/' || *name == '(' || loader_is(info, "qemu");

    if (*name)
        lib_report(log, certain ? LIB_LOG_INFO : LIB_LOG_WARNING, "%s: first word taken for the image's name: %s", what,
                   name);
}

void boot_report_names(const struct boot_info *info, const struct lib_log *log)
{
    char what[32];

    report(info, info->name, "Command line", log);
    for (uint32_t i = 0; i < info->module_count; i++) {
        format(what, sizeof(what), "Boot module %u", i + 1);
        report(info, info->module[i].name, what, log);
    }
}
