/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first word of a command line: the file's name, or an option? Multiboot 1 leaves it open, and loaders differ: QEMU
 * and old ones put the name there, GRUB 2 and Limine don't. An option that is taken for a name is lost, a name that is
 * taken for an option is reported as unknown, so in doubt it is an option.
 */
#ifndef LIB_X86_BOOT_FIRST_WORD_H
#define LIB_X86_BOOT_FIRST_WORD_H

#include "x86/boot/boot_info.h"

/**
 * Takes the file names off our own command line and the modules', and keeps them as the names. @is_option knows our own
 * options by name, the @len characters before any "=".
 */
void boot_take_names(struct boot_info *info, bool (*is_option)(const char *name, size_t len));

/** Says which words were taken off: as a warning where it was a guess. */
void boot_report_names(const struct boot_info *info, const struct lib_log *log);

#endif
