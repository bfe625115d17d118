/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Laws: an error's place and every setting's text lie within the string; a setting never leaves the policy. */
#include "x86/cpuid/config.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LAW(expr) ((expr) ? (void)0 : abort())

struct input {
    const char *start, *end;
};

static void each(void *opaque, const struct cpuid_setting *s)
{
    static struct cpuid_policy def, host, p;
    const struct input *in = opaque;

    LAW(s->text >= in->start && s->text + s->length <= in->end && s->length);
    LAW(s->kind != CPUID_SETTING_REGISTER || (s->bits >= s->text && s->bits + 32 <= s->text + s->length));
    LAW(s->kind != CPUID_SETTING_FEATURE || cpufeat_name(s->feature));
    cpuid_config_apply(s, &def, &host, &p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { (const char *)data, (const char *)data + size };
    size_t at;

    cpuid_config_parse(in.start, size, each, &in, &at);
    LAW(at <= size);
    return 0;
}
