/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complain.h"

#include "json.h"
#include "xnl.h"

#include <stdarg.h>
#include <string.h>

bool xnl_json;

static int complain(int status, const char *fmt, va_list args)
{
    char text[512];

    vsnprintf(text, sizeof(text), fmt, args);
    fprintf(stderr, "xnl: %s\n", text);
    if (xnl_json) {
        printf("{\"error\": ");
        json_text(text, strlen(text));
        printf(", \"status\": %d}\n", status);
    }
    return status;
}

int xnl_complain(int status, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    complain(status, fmt, args);
    va_end(args);
    return status;
}

int xnl_wrong_usage(const char *usage, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    complain(XNL_USAGE, fmt, args);
    va_end(args);
    fputs(usage, stderr);
    return XNL_USAGE;
}
