/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds NAME = "string" and NAME = [ "string", ... ] among the statements of a guest file; all else is skipped. */
#include "guest_cfg.h"
#include "complain.h"
#include "xnl.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scanner {
    const char *at, *end;
    unsigned int line;
    const char *wrong;
};

static void skip_blank(struct scanner *s)
{
    for (; s->at < s->end; s->at++) {
        if (*s->at == '#')
            while (s->at + 1 < s->end && s->at[1] != '\n')
                s->at++;
        else if (*s->at == '\n')
            s->line++;
        else if (!isspace((unsigned char)*s->at) && *s->at != ';')
            return;
    }
}

/* A quoted string; the result points between the quotes. */
static const char *string(struct scanner *s, size_t *length)
{
    char quote = *s->at++;
    const char *start = s->at;

    while (s->at < s->end && *s->at != quote && *s->at != '\n')
        s->at++;
    if (s->at == s->end || *s->at != quote) {
        s->wrong = "a string is not closed on its line";
        return NULL;
    }
    *length = s->at++ - start;
    return start;
}

static void cpuid_string(struct scanner *s, struct guest_cfg *cfg)
{
    size_t length;
    unsigned int line = s->line;
    const char *text = string(s, &length);

    if (!text)
        return;
    if (cfg->nr == GUEST_CFG_STRINGS) {
        s->wrong = "too many cpuid entries";
        return;
    }
    cfg->cpuid[cfg->nr].text = text;
    cfg->cpuid[cfg->nr].length = length;
    cfg->cpuid[cfg->nr++].line = line;
}

static bool at_quote(const struct scanner *s)
{
    return s->at < s->end && (*s->at == '"' || *s->at == '\'');
}

/* A value; strings in it are handed to @cpuid (NULL: skipped) whether or not they are in a list. */
static void value(struct scanner *s, struct guest_cfg *cpuid)
{
    unsigned int depth = 0;
    size_t length;

    do {
        skip_blank(s);
        if (at_quote(s)) {
            if (cpuid)
                cpuid_string(s, cpuid);
            else
                string(s, &length);
        } else if (s->at < s->end && *s->at == '[')
            depth++, s->at++;
        else if (s->at < s->end && *s->at == ']' && depth)
            depth--, s->at++;
        else if (s->at < s->end && *s->at == ',' && depth)
            s->at++;
        else
            while (s->at < s->end && !strchr("\n;#,]", *s->at))
                s->at++;
    } while (depth && s->at < s->end && !s->wrong);
    if (depth && !s->wrong)
        s->wrong = "a list is not closed";
}

/* type=, or the older builder=. xl refuses any other word. */
static void type(struct scanner *s, bool builder, struct guest_cfg *cfg)
{
    size_t length;
    const char *word = string(s, &length);

    if (!word)
        return;
    cfg->pv = length == (builder ? 7 : 2) && !strncmp(word, builder ? "generic" : "pv", length);
    if (!cfg->pv && !(length == 3 && (!strncmp(word, "hvm", 3) || (!builder && !strncmp(word, "pvh", 3)))))
        s->wrong = builder ? "builder: expected \"generic\" or \"hvm\"" : "type: expected \"pv\", \"pvh\" or \"hvm\"";
}

static void statement(struct scanner *s, struct guest_cfg *cfg)
{
    const char *name = s->at;
    size_t length;

    while (s->at < s->end && (isalnum((unsigned char)*s->at) || *s->at == '_'))
        s->at++;
    length = s->at - name;
    skip_blank(s);
    if (!length || s->at == s->end || *s->at != '=') {
        s->wrong = "expected NAME = VALUE";
        return;
    }
    s->at++;
    skip_blank(s);
    if (at_quote(s) && ((length == 4 && !strncmp(name, "type", 4)) || (length == 7 && !strncmp(name, "builder", 7))))
        type(s, *name == 'b', cfg);
    else
        value(s, length == 5 && !strncmp(name, "cpuid", 5) ? cfg : NULL);
}

static char *slurp(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    char *buffer = NULL;
    size_t max = 1 << 20;

    if (file)
        buffer = malloc(max);
    if (buffer) {
        *size = fread(buffer, 1, max, file);
        if (ferror(file) || *size == max) {
            free(buffer);
            buffer = NULL;
        }
    }
    if (!buffer)
        xnl_complain(XNL_FAILED, "%s: %s", path, errno ? strerror(errno) : "too long");
    if (file)
        fclose(file);
    return buffer;
}

int guest_cfg_read(const char *path, struct guest_cfg *cfg)
{
    struct scanner s = { .line = 1 };
    size_t size;

    *cfg = (struct guest_cfg){ .pv = true };
    errno = 0;
    cfg->buffer = slurp(path, &size);
    if (!cfg->buffer)
        return -1;
    s.at = cfg->buffer;
    s.end = cfg->buffer + size;
    for (skip_blank(&s); s.at < s.end; skip_blank(&s)) {
        statement(&s, cfg);
        if (s.wrong) /* before the blanks are skipped: the line is the one that is wrong */
            break;
    }
    if (!s.wrong)
        return 0;
    xnl_complain(XNL_FAILED, "%s:%u: %s", path, s.line, s.wrong);
    free(cfg->buffer);
    cfg->buffer = NULL;
    return -1;
}
