/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every byte goes through out_char(), which counts all and stores what fits; so no conversion needs to know the size
 * of the buffer, and the count is right even when the text is cut.
 */
#include "base/format.h"

#include "base/text.h"

#ifndef INT_MAX
#define INT_MAX __INT_MAX__ /* <limits.h> is the C library's in some surroundings */
#endif

struct out {
    char *buf;
    size_t cap;
    size_t len;
};

struct spec {
    bool left, zero, plus, space, alt;
    int width;
    int precision; /* -1: none given */
    enum { LEN_INT, LEN_CHAR, LEN_SHORT, LEN_LONG } length;
};

static void out_char(struct out *o, char c)
{
    if (o->len + 1 < o->cap)
        o->buf[o->len] = c;
    o->len++;
}

static void out_pad(struct out *o, char c, int count)
{
    for (; count > 0; count--)
        out_char(o, c);
}

static void out_text(struct out *o, const struct spec *s, const char *text, size_t len)
{
    int pad = len < (size_t)s->width ? s->width - (int)len : 0;

    if (!s->left)
        out_pad(o, ' ', pad);
    for (size_t i = 0; i < len; i++)
        out_char(o, text[i]);
    if (s->left)
        out_pad(o, ' ', pad);
}

static void out_string(struct out *o, const struct spec *s, const char *text)
{
    size_t len = 0, max = s->precision < 0 ? SIZE_MAX : (size_t)s->precision;

    if (!text)
        text = "(null)";
    while (len < max && text[len])
        len++;
    out_text(o, s, text, len);
}

/* @prefix is the sign or 0x that stands before zero padding and after blank padding. */
static void out_number(struct out *o, const struct spec *s, uint64_t value, unsigned int base, bool upper,
                       const char *prefix)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char text[64];
    int len = 0, zeros, pad;

    for (; value; value /= base)
        text[len++] = digits[value % base];
    if (!len && s->precision != 0)
        text[len++] = '0';

    zeros = s->precision > len ? s->precision - len : 0;
    pad = s->width - len - zeros;
    for (const char *p = prefix; *p; p++)
        pad--;
    if (s->zero && !s->left && s->precision < 0 && pad > 0) {
        zeros = pad;
        pad = 0;
    }

    if (!s->left)
        out_pad(o, ' ', pad);
    while (*prefix)
        out_char(o, *prefix++);
    out_pad(o, '0', zeros);
    while (len)
        out_char(o, text[--len]);
    if (s->left)
        out_pad(o, ' ', pad);
}

/* Widths beyond any sensible line are cut, so that a wrong argument cannot keep us busy for long. */
static int bounded(long n)
{
    return n > 4096 ? 4096 : (int)n;
}

static const char *parse_count(const char *p, int *count)
{
    long n = 0;

    for (; *p >= '0' && *p <= '9'; p++)
        n = bounded(n * 10 + (*p - '0'));
    *count = (int)n;
    return p;
}

static const char *parse_flags(const char *p, struct spec *s)
{
    for (;; p++) {
        switch (*p) {
        case '-': s->left = true; break;
        case '0': s->zero = true; break;
        case '+': s->plus = true; break;
        case ' ': s->space = true; break;
        case '#': s->alt = true; break;
        default: return p;
        }
    }
}

static const char *parse_length(const char *p, struct spec *s)
{
    if (p[0] == 'h') {
        s->length = p[1] == 'h' ? LEN_CHAR : LEN_SHORT;
        return p[1] == 'h' ? p + 2 : p + 1;
    }
    if (*p == 'l' || *p == 'z' || *p == 't' || *p == 'j') {
        s->length = LEN_LONG; /* long, long long, size_t, ptrdiff_t and intmax_t are all 64 bits wide here */
        return p[0] == 'l' && p[1] == 'l' ? p + 2 : p + 1;
    }
    return p;
}

static void out_signed(struct out *o, const struct spec *s, int64_t value)
{
    const char *sign = value < 0 ? "-" : s->plus ? "+" : s->space ? " " : "";

    if (s->length == LEN_CHAR)
        value = (signed char)value;
    else if (s->length == LEN_SHORT)
        value = (short)value;
    if (s->length == LEN_CHAR || s->length == LEN_SHORT)
        sign = value < 0 ? "-" : s->plus ? "+" : s->space ? " " : "";
    out_number(o, s, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, false, sign);
}

static void out_unsigned(struct out *o, const struct spec *s, uint64_t value, char conv)
{
    unsigned int base = conv == 'u' ? 10 : conv == 'o' ? 8 : 16;
    const char *prefix = "";

    if (s->length == LEN_CHAR)
        value = (unsigned char)value;
    else if (s->length == LEN_SHORT)
        value = (unsigned short)value;
    if (s->alt && value)
        prefix = conv == 'x' ? "0x" : conv == 'X' ? "0X" : conv == 'o' ? "0" : "";
    out_number(o, s, value, base, conv == 'X', prefix);
}

static void out_pointer(struct out *o, const struct spec *s, const void *pointer)
{
    struct spec digits = *s;

    digits.precision = 16;
    out_number(o, &digits, (uintptr_t)pointer, 16, false, "0x");
}

int vformat(char *buf, size_t cap, const char *fmt, va_list args)
{
    struct out o = { buf, cap, 0 };
    va_list ap;

    va_copy(ap, args);
    for (const char *p = fmt; *p; p++) {
        struct spec s = { .precision = -1 };
        const char *start = p;
        char c;

        if (*p != '%') {
            out_char(&o, *p);
            continue;
        }
        p = parse_flags(p + 1, &s);
        if (*p == '*') {
            int width = va_arg(ap, int);

            s.left |= width < 0;
            s.width = bounded(width < 0 ? -(long)width : width);
            p++;
        } else {
            p = parse_count(p, &s.width);
        }
        if (*p == '.' && p[1] == '*') {
            s.precision = bounded(va_arg(ap, int));
            p += 2;
        } else if (*p == '.') {
            p = parse_count(p + 1, &s.precision);
        }
        p = parse_length(p, &s);

        switch (*p) {
        case 'd':
        case 'i': out_signed(&o, &s, s.length == LEN_LONG ? va_arg(ap, long) : va_arg(ap, int)); break;
        case 'u':
        case 'x':
        case 'X':
        case 'o':
            out_unsigned(&o, &s, s.length == LEN_LONG ? va_arg(ap, unsigned long) : va_arg(ap, unsigned int), *p);
            break;
        case 'c':
            c = (char)va_arg(ap, int);
            out_text(&o, &s, &c, 1);
            break;
        case 's': out_string(&o, &s, va_arg(ap, const char *)); break;
        case 'p': out_pointer(&o, &s, va_arg(ap, void *)); break;
        case '%': out_char(&o, '%'); break;
        default:
            for (const char *q = start; q <= p && *q; q++)
                out_char(&o, *q);
            if (!*p)
                p--; /* the text ended inside a conversion; let the loop see the end */
            break;
        }
    }
    va_end(ap);

    if (cap)
        buf[MIN(o.len, cap - 1)] = 0;
    return o.len > INT_MAX ? INT_MAX : (int)o.len;
}

int format(char *buf, size_t cap, const char *fmt, ...)
{
    va_list ap;
    int len;

    va_start(ap, fmt);
    len = vformat(buf, cap, fmt, ap);
    va_end(ap);
    return len;
}

size_t format_append(char *buf, size_t cap, const char *fmt, ...)
{
    size_t used = 0;
    va_list ap;
    int len;

    while (used < cap && buf[used])
        used++;
    if (used >= cap)
        return used;
    va_start(ap, fmt);
    len = vformat(buf + used, cap - used, fmt, ap);
    va_end(ap);
    return MIN(used + (size_t)len, cap - 1);
}

void lib_report(const struct lib_log *log, enum lib_log_level level, const char *fmt, ...)
{
    char text[240];
    va_list ap;

    if (!log || !log->line)
        return;
    va_start(ap, fmt);
    vformat(text, sizeof(text), fmt, ap);
    va_end(ap);
    text[text_clean(text, strlen(text))] = '\0';
    log->line(log->opaque, level, text);
}
