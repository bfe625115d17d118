/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws: an error's place and every setting's text lie within the string; a setting never leaves the policy; a list of
 * features switches each one way at most.
 */
#include "x86/cpuid/config.h"
#include "x86/cpuid/feature_list.h"
#include "law.h"

struct input {
    const char *start, *end;
};

static void each(void *opaque, const struct cpuid_setting *s)
{
    static struct cpuid_policy def, host, p;
    const struct input *in = opaque;

    require(s->text >= in->start && s->text + s->length <= in->end && s->length);
    require(s->kind != CPUID_SETTING_REGISTER || (s->bits >= s->text && s->bits + 32 <= s->text + s->length));
    require(s->kind != CPUID_SETTING_FEATURE || cpufeat_name(s->feature));
    cpuid_config_apply(s, &def, &host, &p);
}

static void bad(void *opaque, const char *item, size_t size)
{
    const struct input *in = opaque;

    require(size && item >= in->start && item + size <= in->end);
}

/* No feature is switched both ways, and only features are. */
static void feature_list(struct input *in, size_t size)
{
    struct cpufeat_list list;

    cpufeat_list_parse(in->start, size, &list, bad, in);
    for (unsigned int f = 0; f < CPUFEAT_WORDS * 32; f++) {
        bool on = cpufeat_test(list.on, f), off = cpufeat_test(list.off, f);

        require(!(on && off) && (cpufeat_name(f) || !(on || off)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { (const char *)data, (const char *)data + size };
    size_t at;

    cpuid_config_parse(in.start, size, each, &in, &at);
    require(at <= size);
    feature_list(&in, size);
    return 0;
}
