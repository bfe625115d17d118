/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Log lines: prefix, level, rate limit.
 *
 * Two thresholds decide about a level, as loglvl=shown/limited says: up to `shown` always, up to `limited` while the
 * rate allows, beyond that never. Guests' lines have thresholds of their own, and a budget for each domain, so that
 * one cannot silence another.
 */
#include "base/format.h"
#include "base/text.h"
#include "core/console/console.h"
#include "hv/domain.h"
#include "hv/time.h"

#define BUDGET_MAX       20u                 /* lines at once */
#define BUDGET_PERIOD_NS (250 * NS_PER_MS)   /* one more line each */

#define PREFIX "(XEN) "

/* Whether a message of @level is shown: 0 no, 1 yes, 2 yes while the rate allows. */
static int log_shown(enum log_level level, uint8_t shown, uint8_t limited)
{
    return level < shown ? 1 : level < limited ? 2 : 0;
}

/*
 * One line to the ring and the drivers. @text ends without newline and may be cut. Names of domains, notes of images
 * and other people's texts stand in it: here, and only here, they lose what a terminal would obey.
 */
static void log_line(const char *who, const char *text)
{
    char line[LOG_LINE];
    size_t len = (size_t)format(line, sizeof(line), PREFIX);
    if (console_options.timestamps) {
        uint64_t us = now_ns() / NS_PER_US;
        len = format_append(line, sizeof(line), "[%5lu.%06lu] ", (unsigned long)(us / 1000000),
                            (unsigned long)(us % 1000000));
    }
    len = format_append(line, sizeof(line) - 1, "%s%s", who, text);
    len = text_clean(line, len);
    line[len++] = '\n';
    console_write(line, len, true);
}

static void log_format(const char *who, const char *fmt, va_list args)
{
    char text[LOG_LINE];
    vformat(text, sizeof(text), fmt, args);
    log_line(who, text);
}

/* A budget of lines that refills with time. True if there is one left; @dropped counts the others. */
static bool budget_take(uint64_t *tokens, uint64_t *stamp, uint64_t *dropped)
{
    uint64_t now = now_ns(), earned = (now - *stamp) / BUDGET_PERIOD_NS;
    if (earned) {
        *tokens = MIN(BUDGET_MAX, *tokens + earned);
        *stamp += earned * BUDGET_PERIOD_NS;
    }
    if (!*tokens) {
        ++*dropped;
        return false;
    }
    --*tokens;
    return true;
}

static bool log_allowed(int shown, uint64_t *tokens, uint64_t *stamp, uint64_t *dropped, const char *who)
{
    if (shown != 2)
        return shown == 1;
    irqflags_t flags = console_lock();
    bool allowed = budget_take(tokens, stamp, dropped);
    uint64_t lost = allowed ? *dropped : 0;
    *dropped -= lost;
    console_unlock(flags);
    if (lost) {
        char text[64];
        format(text, sizeof(text), "%lu messages suppressed", (unsigned long)lost);
        log_line(who, text);
    }
    return allowed;
}

void hv_log(enum log_level level, const char *fmt, ...)
{
    static uint64_t tokens = BUDGET_MAX, stamp, dropped;
    int shown = log_shown(level, console_options.level, console_options.limit_level);
    if (!log_allowed(shown, &tokens, &stamp, &dropped, ""))
        return;
    va_list args;
    va_start(args, fmt);
    log_format("", fmt, args);
    va_end(args);
}

void guest_log(const struct vcpu *v, enum log_level level, const char *fmt, ...)
{
    struct domain *d = v->domain;
    char who[16];
    format(who, sizeof(who), "d%uv%u ", d->id, v->id);
    int shown = log_shown(level, console_options.guest_level, console_options.guest_limit_level);
    if (!log_allowed(shown, &d->log_tokens, &d->log_stamp, &d->log_dropped, who))
        return;
    va_list args;
    va_start(args, fmt);
    log_format(who, fmt, args);
    va_end(args);
}

static void log_lib_line(void *opaque, enum lib_log_level level, const char *text)
{
    hv_log((enum log_level)level, "%s", text);
}
const struct lib_log hv_lib_log = { .line = log_lib_line };
_Static_assert(LIB_LOG_DEBUG == (int)LOG_DEBUG && LIB_LOG_ERROR == (int)LOG_ERROR, "lib's levels are ours");

static const struct { const char *name; uint8_t shown; } level_names[] = {
    { "none", 0 }, { "error", LOG_ERROR + 1 }, { "warning", LOG_WARNING + 1 }, { "info", LOG_INFO + 1 },
    { "debug", LOG_DEBUG + 1 }, { "all", LOG_DEBUG + 1 },
};

static int level_parse_one(const char *text, size_t len, uint8_t *shown)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(level_names); i++) {
        if (strlen(level_names[i].name) != len || strncmp(level_names[i].name, text, len))
            continue;
        *shown = level_names[i].shown;
        return 0;
    }
    return -EINVAL;
}

int console_parse_level(const char *text, uint8_t *level, uint8_t *limit_level)
{
    const char *slash = strchr(text, '/');
    uint8_t shown, limited;
    if (level_parse_one(text, slash ? (size_t)(slash - text) : strlen(text), &shown))
        return -EINVAL;
    limited = shown;
    if (slash && level_parse_one(slash + 1, strlen(slash + 1), &limited))
        return -EINVAL;
    *level = shown;
    *limit_level = MAX(shown, limited);
    return 0;
}

int console_set_level(const char *text, bool guests)
{
    uint8_t level, limit;

    if (console_parse_level(text, &level, &limit))
        return -EINVAL;
    WRITE_ONCE(*(guests ? &console_options.guest_level : &console_options.level), level);
    WRITE_ONCE(*(guests ? &console_options.guest_limit_level : &console_options.limit_level), limit);
    return 0;
}
