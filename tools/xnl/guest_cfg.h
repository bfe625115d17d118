/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few lines of an xl.cfg(5) file that xnl looks at. */
#ifndef XNL_GUEST_CFG_H
#define XNL_GUEST_CFG_H

#include <stdbool.h>
#include <stddef.h>

#define GUEST_CFG_STRINGS 64

struct guest_cfg {
    bool pv;           /* type="pv", which is xl's default */
    unsigned int nr;   /* strings of the cpuid setting: one, or those of a list */
    struct guest_cfg_string {
        const char *text;
        size_t length;
        unsigned int line;
    } cpuid[GUEST_CFG_STRINGS];
    char *buffer; /* owns the text; free() it */
};

/** 0, or -1 after a message on stderr. */
int guest_cfg_read(const char *path, struct guest_cfg *cfg);

#endif
