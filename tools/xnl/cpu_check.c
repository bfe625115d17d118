/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl cpu check: what each cpuid= setting of a guest file really does on a processor. */
#include "complain.h"
#include "cpu.h"
#include "guest_cfg.h"
#include "json.h"
#include "xnl.h"
#include "x86/cpuid/compatible.h"
#include "x86/cpuid/config.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_LOST 1024

struct check {
    const char *path;
    const struct cpu_machine *m;
    const struct cpuid_policy *max, *def;
    struct cpuid_policy asked, given;
    struct cpuid_lost lost[MAX_LOST];
    unsigned int nr_lost;
    unsigned int line;
    bool json, apply_only;
    unsigned int told, without_effect, refused;
};

static void remember(void *opaque, const struct cpuid_lost *lost)
{
    struct check *c = opaque;

    if (c->nr_lost < MAX_LOST)
        c->lost[c->nr_lost++] = *lost;
}

static void tell(struct check *c, const struct cpuid_setting *s, bool effective, const char *text)
{
    if (c->json) {
        printf("%s{\"line\":%u,\"setting\":", c->told ? "," : "", c->line);
        json_text(s->text, s->length);
        printf(",\"effective\":%s,\"text\":", effective ? "true" : "false");
        json_text(text, strlen(text));
        putchar('}');
    } else
        printf("%s:%u: %.*s: %s\n", c->path, c->line, (int)MIN(s->length, 60u), s->text, text);
    c->told++;
    c->without_effect += !effective;
}

static const struct cpuid_lost *why_lost(const struct check *c, unsigned int feature)
{
    for (unsigned int i = 0; i < c->nr_lost; i++)
        if (c->lost[i].name && !strcmp(c->lost[i].name, cpufeat_name(feature)))
            return &c->lost[i];
    return NULL;
}

/* Features that go because @feature goes. */
static void text_taken_along(const struct check *c, unsigned int feature, char *text, size_t size)
{
    uint32_t dependents[CPUFEAT_WORDS];
    size_t used = strlen(text);

    cpufeat_dependents(feature, dependents);
    for (unsigned int i = 0; i < CPUFEAT_COUNT; i++) {
        unsigned int f = cpufeat_row_at(i)->feature;
        const struct cpuid_lost *lost = cpufeat_test(dependents, f) ? why_lost(c, f) : NULL;

        if (lost && lost->reason == CPUID_LOST_DEPENDS && used < size)
            used += snprintf(text + used, size - used, "%s%s", used > 3 ? ", " : "; takes along ", cpufeat_name(f));
    }
}

static void check_feature(struct check *c, const struct cpuid_setting *s)
{
    bool asked = cpuid_policy_has(&c->asked, s->feature), given = cpuid_policy_has(&c->given, s->feature);
    char text[512];
    const struct cpuid_lost *lost = why_lost(c, s->feature);

    if ((s->value == '1' && !asked) || (s->value == '0' && asked)) {
        tell(c, s, false, "overridden by another setting of this guest");
        return;
    }
    if (asked && !given && lost)
        cpuid_lost_text(lost, text, sizeof(text));
    else
        snprintf(text, sizeof(text), given ? "on" : "off");
    if (!asked)
        text_taken_along(c, s->feature, text, sizeof(text));
    tell(c, s, asked == given, text);
}

/* Why bit @bit is not as @s and the other settings ask for. */
static void text_bit(const struct check *c, const struct cpuid_setting *s, unsigned int bit, bool asked,
                     char *text, size_t size)
{
    for (unsigned int i = 0; i < c->nr_lost; i++) {
        const struct cpuid_lost *l = &c->lost[i];

        if (!l->msr && l->leaf == s->leaf && l->subleaf == s->subleaf && l->reg == s->reg && l->bit == bit) {
            cpuid_lost_text(l, text, size);
            return;
        }
    }
    snprintf(text, size, "bit %u is %u all the same: field computed by the hypervisor", bit, !asked);
}

static void check_register(struct check *c, const struct cpuid_setting *s)
{
    const union cpuid_leaf *given = cpuid_policy_slot(&c->given, s->leaf, s->subleaf);
    const union cpuid_leaf *asked = cpuid_policy_slot(&c->asked, s->leaf, s->subleaf);
    unsigned int differ = 0;
    char text[160];

    if (!given) {
        tell(c, s, false, "no policy holds this leaf: xl refuses to create the guest");
        return;
    }
    for (unsigned int bit = 0; bit < 32; bit++) {
        char want = s->bits[31 - bit];
        bool now = asked->reg[s->reg] >> bit & 1;

        if ((want == '1' && !now) || (want == '0' && now))
            snprintf(text, sizeof(text), "bit %u: overridden by another setting of this guest", bit);
        else if (want != 'x' && now != (given->reg[s->reg] >> bit & 1))
            text_bit(c, s, bit, now, text, sizeof(text));
        else
            continue;
        tell(c, s, false, text);
        differ++;
    }
    if (!differ) {
        snprintf(text, sizeof(text), "the register is 0x%08x", given->reg[s->reg]);
        tell(c, s, true, text);
    }
}

static void check_number(struct check *c, const struct cpuid_setting *s)
{
    uint32_t asked = cpuid_config_number(s, &c->asked), given = cpuid_config_number(s, &c->given);
    char text[120];

    if (asked != s->number)
        snprintf(text, sizeof(text),
                 "too large for the field, or overridden by another setting of this guest: it is 0x%x", given);
    else if (given != asked)
        snprintf(text, sizeof(text), "field computed or limited by the hypervisor: it is 0x%x", given);
    else
        snprintf(text, sizeof(text), "the field is 0x%x", given);
    tell(c, s, given == s->number, text);
}

static void each_setting(void *opaque, const struct cpuid_setting *s)
{
    struct check *c = opaque;

    if (c->apply_only)
        cpuid_config_apply(s, c->def, &c->m->host, &c->asked);
    else if (s->kind == CPUID_SETTING_FEATURE)
        check_feature(c, s);
    else if (s->kind == CPUID_SETTING_REGISTER)
        check_register(c, s);
    else if (s->kind == CPUID_SETTING_NUMBER)
        check_number(c, s);
    else
        tell(c, s, false, "an old name for a bit that no policy holds: has no effect");
}

/* The setting that cannot be read, without those behind it. */
static int string_wrong(const struct check *c, const struct guest_cfg_string *string, size_t at,
                        enum cpuid_config_error error)
{
    size_t end = at;

    while (end < string->length && string->text[end] != ',')
        end++;
    return xnl_complain(XNL_FAILED, "%s:%u: cpuid: %s: \"%.*s\"", c->path, c->line, cpuid_config_error_text(error),
                        (int)MIN(end - at, 40u), string->text + at);
}

/* Two passes over the strings: everything is applied before anything is judged. */
static int each_string(struct check *c, const struct guest_cfg *cfg, bool apply_only)
{
    c->apply_only = apply_only;
    for (unsigned int i = 0; i < cfg->nr; i++) {
        size_t at;
        enum cpuid_config_error error;

        c->line = cfg->cpuid[i].line;
        error = cpuid_config_parse(cfg->cpuid[i].text, cfg->cpuid[i].length, each_setting, c, &at);
        if (!error)
            continue;
        return string_wrong(c, &cfg->cpuid[i], at, error);
    }
    return 0;
}

/* What makes the hypervisor refuse the whole policy, whichever setting it came from. */
static void tell_refused(void *opaque, const struct cpuid_mismatch *mismatch)
{
    struct check *c = opaque;
    char text[256];

    if (!mismatch->fatal)
        return;
    cpuid_mismatch_text(mismatch, text, sizeof(text));
    if (c->json) {
        printf("%s", c->refused ? "," : "");
        json_text(text, strlen(text));
    } else
        printf("%s: the hypervisor refuses the guest: %s\n", c->path, text);
    c->refused++;
}

static void check_refused(struct check *c, const struct cpuid_policy *wanted)
{
    struct cpuid_error err;

    if (c->json)
        printf("],\"refused\":[");
    if (cpuid_compatible(wanted, c->max, tell_refused, c, &err) && !c->refused)
        c->refused++;
    if (c->json)
        printf("],\"all_effective\":%s}\n", c->without_effect || c->refused ? "false" : "true");
}

static int check_cfg(struct check *c, const struct guest_cfg *cfg)
{
    const struct cpuid_feedback feedback = { remember, c };
    struct cpuid_policy wanted;
    int rc;

    c->max = cfg->pv ? &c->m->pv_max : &c->m->hvm_max;
    c->def = cfg->pv ? &c->m->pv_default : &c->m->hvm_default;
    c->asked = *c->def;
    rc = each_string(c, cfg, true);
    if (rc)
        return rc;
    c->given = c->asked;
    cpuid_policy_raise_limits(&c->given, c->def, c->max);
    wanted = c->given;
    cpuid_policy_recalculate(&c->given, &c->m->host, c->max, &feedback);
    if (c->json)
        printf("{\"settings\":[");
    each_string(c, cfg, false);
    check_refused(c, &wanted);
    if (!c->json && !c->told)
        printf("%s: no cpuid settings\n", c->path);
    return c->without_effect || c->refused ? XNL_NO : XNL_YES;
}

int cpu_check(int argc, char **argv)
{
    static struct cpu_dump dump;
    static struct cpu_machine m;
    static struct check c;
    struct guest_cfg cfg;
    const char *path[2] = { NULL, NULL };
    unsigned int nr = 0;
    int rc;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            c.json = true;
        else if (argv[i][0] == '-' || nr == 2)
            return xnl_wrong_usage(cpu_usage, "cpu check: what is \"%s\"?", argv[i]);
        else
            path[nr++] = argv[i];
    }
    if (!nr)
        return xnl_wrong_usage(cpu_usage, "cpu check: which guest?");
    c.path = path[0];
    c.m = &m;
    if (cpu_dump_from(path[1], &dump) || guest_cfg_read(path[0], &cfg))
        return XNL_FAILED;
    cpu_machine_from(&dump, &m);
    rc = check_cfg(&c, &cfg);
    free(cfg.buffer);
    return rc;
}
