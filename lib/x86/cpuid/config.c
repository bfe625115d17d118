/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A parser without state: every helper takes a span and gives back what remains of it. */
#include "x86/cpuid/config.h"

struct span {
    const char *at;
    size_t left;
};

/* Names of old releases that differ from the table's. CPUFEAT_NONE: a bit that no policy holds. */
static const struct {
    char name[16];
    uint16_t feature;
} aliases[] = {
    { "est", CPUFEAT_EIST },          { "cmpxchg16", CPUFEAT_CX16 },    { "cmpxchg8", CPUFEAT_CX8 },
    { "sse4.1", CPUFEAT_SSE4_1 },     { "sse4.2", CPUFEAT_SSE4_2 },     { "aes", CPUFEAT_AESNI },
    { "sysenter", CPUFEAT_SEP },      { "clfsh", CPUFEAT_CLFLUSH },     { "tm", CPUFEAT_TM1 },
    { "lahfsahf", CPUFEAT_LAHF_LM },  { "cmplegacy", CPUFEAT_CMP_LEGACY }, { "altmovcr8", CPUFEAT_CR8_LEGACY },
    { "nodeid", CPUFEAT_NODEID_MSR }, { "invtsc", CPUFEAT_ITSC },       { "cmt", CPUFEAT_PQM },
    { "cntxid", CPUFEAT_NONE },       { "psn", CPUFEAT_NONE },          { "ia64", CPUFEAT_NONE },
    { "arat", CPUFEAT_NONE },         { "svm-npt", CPUFEAT_NONE },      { "svm-lbrv", CPUFEAT_NONE },
    { "svm-nrips", CPUFEAT_NONE },    { "svm-tscrate", CPUFEAT_NONE },  { "svm-vmcbclean", CPUFEAT_NONE },
    { "svm-decode", CPUFEAT_NONE },   { "svm-pausefilt", CPUFEAT_NONE }, { "perfctr-core", CPUFEAT_NONE },
    { "perfctr-nb", CPUFEAT_NONE },
};

/*
 * A field's place. Family and model have a second part: bits of weight 16 of the model, and what is added to family 15.
 */
static const struct number_field {
    char key[12];
    uint32_t leaf, subleaf;
    uint8_t reg, shift, width;
} number_fields[] = {
    { "maxleaf", 0x0, XEN_CPUID_NO_SUBLEAF, 0, 0, 32 },
    { "maxhvleaf", 0x40000000, XEN_CPUID_NO_SUBLEAF, 0, 0, 8 },
    { "stepping", 0x1, XEN_CPUID_NO_SUBLEAF, 0, 0, 4 },
    { "model", 0x1, XEN_CPUID_NO_SUBLEAF, 0, 4, 4 },
    { "family", 0x1, XEN_CPUID_NO_SUBLEAF, 0, 8, 4 },
    { "brandid", 0x1, XEN_CPUID_NO_SUBLEAF, 1, 0, 8 },
    { "clflush", 0x1, XEN_CPUID_NO_SUBLEAF, 1, 8, 8 },
    { "proccount", 0x1, XEN_CPUID_NO_SUBLEAF, 1, 16, 8 },
    { "localapicid", 0x1, XEN_CPUID_NO_SUBLEAF, 1, 24, 8 },
    { "procpkg", 0x4, 0, 0, 26, 6 },
    { "nc", 0x80000008, XEN_CPUID_NO_SUBLEAF, 2, 0, 8 },
    { "apicidsize", 0x80000008, XEN_CPUID_NO_SUBLEAF, 2, 12, 4 },
};

static char fold(char c)
{
    return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool span_is(struct span s, const char *word)
{
    size_t n = 0;

    while (n < s.left && word[n] && fold(s.at[n]) == word[n])
        n++;
    return n == s.left && !word[n];
}

/* Cuts @s before the first @stop and returns that part; @s is left behind it, with at == NULL if there was none. */
static struct span split(struct span *s, char stop)
{
    struct span part = { s->at, 0 };

    while (part.left < s->left && s->at[part.left] != stop)
        part.left++;
    if (part.left == s->left)
        *s = (struct span){ NULL, 0 };
    else
        *s = (struct span){ s->at + part.left + 1, s->left - part.left - 1 };
    return part;
}

static struct span trim(struct span s)
{
    while (s.left && (*s.at == ' ' || *s.at == '\t' || *s.at == '\n'))
        s.at++, s.left--;
    while (s.left && (s.at[s.left - 1] == ' ' || s.at[s.left - 1] == '\t' || s.at[s.left - 1] == '\n'))
        s.left--;
    return s;
}

static int digit_of(char c)
{
    c = fold(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The whole span as a number, decimal or 0x. */
static bool number(struct span s, uint32_t *value)
{
    unsigned int base = 10;
    uint64_t sum = 0;

    if (s.left > 2 && s.at[0] == '0' && fold(s.at[1]) == 'x') {
        base = 16;
        s.at += 2;
        s.left -= 2;
    }
    for (size_t i = 0; i < s.left; i++) {
        if (digit_of(s.at[i]) >= (int)base)
            return false;
        sum = sum * base + digit_of(s.at[i]);
        if (sum > UINT32_MAX)
            return false;
    }
    *value = sum;
    return s.left > 0;
}

static bool is_value(char c)
{
    return c == '0' || c == '1' || c == 'x' || c == 'k' || c == 's';
}

static bool named_feature(struct span name, struct cpuid_setting *out)
{
    out->kind = CPUID_SETTING_FEATURE;
    out->feature = cpufeat_by_name(name.at, name.left);
    if (out->feature != CPUFEAT_NONE)
        return true;
    for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
        if (!span_is(name, aliases[i].name))
            continue;
        out->feature = aliases[i].feature;
        out->kind = out->feature == CPUFEAT_NONE ? CPUID_SETTING_UNKNOWN_FEATURE : CPUID_SETTING_FEATURE;
        return true;
    }
    return false;
}

/* One name=value. */
static enum cpuid_config_error parse_pair(struct span item, struct cpuid_setting *out)
{
    struct span value = item, name = trim(split(&value, '='));

    if (!value.at)
        return CPUID_CONFIG_NO_EQUALS;
    value = trim(value);
    for (size_t i = 0; i < ARRAY_SIZE(number_fields); i++) {
        if (!span_is(name, number_fields[i].key))
            continue;
        out->kind = CPUID_SETTING_NUMBER;
        out->key = number_fields[i].key;
        return number(value, &out->number) ? CPUID_CONFIG_OK : CPUID_CONFIG_VALUE;
    }
    if (!named_feature(name, out))
        return CPUID_CONFIG_NAME;
    if (value.left != 1 || !is_value(*value.at))
        return CPUID_CONFIG_VALUE;
    out->value = *value.at;
    return CPUID_CONFIG_OK;
}

static enum cpuid_config_error parse_list(struct span s, cpuid_setting_fn each, void *opaque, const char **at)
{
    struct span first = s;

    if (span_is(trim(split(&first, ',')), "host")) /* the default policy is the start either way */
        s = first;
    while (s.at) {
        struct span item = trim(split(&s, ','));
        struct cpuid_setting setting = { .text = item.at, .length = item.left };
        enum cpuid_config_error error = parse_pair(item, &setting);

        *at = item.at;
        if (error)
            return error;
        each(opaque, &setting);
    }
    return CPUID_CONFIG_OK;
}

/* One register=32 characters. */
static enum cpuid_config_error parse_register(struct span item, struct cpuid_setting *out)
{
    static const char names[][4] = { "eax", "ebx", "ecx", "edx" };
    struct span bits = item, name = trim(split(&bits, '='));

    for (out->reg = 0; out->reg < 4; out->reg++)
        if (bits.at && span_is(name, names[out->reg]))
            break;
    if (out->reg == 4)
        return CPUID_CONFIG_REGISTER;
    bits = trim(bits);
    if (bits.left != 32)
        return CPUID_CONFIG_LENGTH;
    for (unsigned int i = 0; i < 32; i++)
        if (!is_value(bits.at[i]))
            return CPUID_CONFIG_VALUE;
    out->bits = bits.at;
    return CPUID_CONFIG_OK;
}

static enum cpuid_config_error parse_leaf(struct span s, cpuid_setting_fn each, void *opaque, const char **at)
{
    struct span where = split(&s, ':'), subleaf = where, leaf = trim(split(&subleaf, ','));
    struct cpuid_setting setting = { .kind = CPUID_SETTING_REGISTER, .subleaf = XEN_CPUID_NO_SUBLEAF };

    *at = where.at;
    if (!number(leaf, &setting.leaf))
        return CPUID_CONFIG_LEAF;
    if (subleaf.at && !number(trim(subleaf), &setting.subleaf))
        return CPUID_CONFIG_SUBLEAF;
    if (!s.at)
        return CPUID_CONFIG_COLON;
    while (s.at) {
        struct span item = trim(split(&s, ','));
        enum cpuid_config_error error = parse_register(item, &setting);

        *at = item.at;
        if (error)
            return error;
        setting.text = item.at;
        setting.length = item.left;
        each(opaque, &setting);
    }
    return CPUID_CONFIG_OK;
}

enum cpuid_config_error cpuid_config_parse(const char *string, size_t size, cpuid_setting_fn each, void *opaque,
                                           size_t *at)
{
    struct span s = trim((struct span){ string, size });
    /* "3dnow=1" is a name; a leaf whose colon was forgotten is a leaf all the same. */
    bool digit = s.left && *s.at >= '0' && *s.at <= '9';
    bool leaf = digit && (memchr(s.at, ':', s.left) || !memchr(s.at, '=', s.left));
    const char *where = string;
    enum cpuid_config_error error = (leaf ? parse_leaf : parse_list)(s, each, opaque, &where);

    *at = where - string;
    return error;
}

const char *cpuid_config_error_text(enum cpuid_config_error error)
{
    switch (error) {
    case CPUID_CONFIG_OK:
        return "nothing is wrong";
    case CPUID_CONFIG_NO_EQUALS:
        return "expected NAME=VALUE";
    case CPUID_CONFIG_NAME:
        return "no feature or field has this name";
    case CPUID_CONFIG_VALUE:
        return "bad value: features and bits take 0, 1, x, k or s, fields a number";
    case CPUID_CONFIG_LEAF:
        return "expected the number of a leaf";
    case CPUID_CONFIG_SUBLEAF:
        return "expected the number of a sub-leaf after the comma";
    case CPUID_CONFIG_COLON:
        return "expected a colon after the leaf";
    case CPUID_CONFIG_REGISTER:
        return "expected eax=, ebx=, ecx= or edx=";
    case CPUID_CONFIG_LENGTH:
        return "expected exactly 32 characters, one for each bit";
    }
    return "?";
}

static const struct number_field model_high = { "model", 0x1, XEN_CPUID_NO_SUBLEAF, 0, 16, 4 };
static const struct number_field family_more = { "family", 0x1, XEN_CPUID_NO_SUBLEAF, 0, 20, 8 };

static uint32_t field_mask(const struct number_field *f)
{
    return f->width == 32 ? ~0u : (1u << f->width) - 1;
}

static uint32_t *field_register(const struct number_field *f, const struct cpuid_policy *p)
{
    return &cpuid_policy_slot((struct cpuid_policy *)p, f->leaf, f->subleaf)->reg[f->reg];
}

static uint32_t field_get(const struct number_field *f, const struct cpuid_policy *p)
{
    return *field_register(f, p) >> f->shift & field_mask(f);
}

static void field_set(const struct number_field *f, struct cpuid_policy *p, uint32_t value)
{
    uint32_t *reg = field_register(f, p);

    *reg = (*reg & ~(field_mask(f) << f->shift)) | (value & field_mask(f)) << f->shift;
}

static const struct number_field *number_field(const char *key)
{
    const struct number_field *f = number_fields;

    while (strcmp(key, f->key)) /* it is one of the table's */
        f++;
    return f;
}

uint32_t cpuid_config_number(const struct cpuid_setting *setting, const struct cpuid_policy *p)
{
    const struct number_field *f = number_field(setting->key);
    uint32_t value = field_get(f, p);

    if (!strcmp(f->key, "model"))
        return value | field_get(&model_high, p) << 4;
    if (!strcmp(f->key, "family") && value == 15)
        return value + field_get(&family_more, p);
    return value;
}

static void apply_number(const struct cpuid_setting *setting, struct cpuid_policy *p)
{
    const struct number_field *f = number_field(setting->key);
    uint32_t value = setting->number;

    if (!strcmp(f->key, "model"))
        field_set(&model_high, p, value >> 4);
    if (!strcmp(f->key, "family")) {
        field_set(&family_more, p, value > 15 ? value - 15 : 0);
        value = MIN(value, 15u);
    }
    field_set(f, p, value);
}

static bool wanted(char value, bool now, bool host)
{
    return value == '1' || (value != '0' && (value == 'x' ? now : host));
}

void cpuid_config_apply(const struct cpuid_setting *setting, const struct cpuid_policy *def,
                        const struct cpuid_policy *host, struct cpuid_policy *p)
{
    uint32_t set[CPUFEAT_WORDS];
    union cpuid_leaf *to;
    const union cpuid_leaf *from, *real;

    switch (setting->kind) {
    case CPUID_SETTING_UNKNOWN_FEATURE:
        return;
    case CPUID_SETTING_NUMBER:
        apply_number(setting, p);
        return;
    case CPUID_SETTING_FEATURE:
        cpuid_policy_features(p, set);
        (wanted(setting->value, cpuid_policy_has(def, setting->feature), cpuid_policy_has(host, setting->feature))
             ? cpufeat_set : cpufeat_clear)(set, setting->feature);
        cpuid_policy_set_features(p, set);
        return;
    case CPUID_SETTING_REGISTER:
        to = cpuid_policy_slot(p, setting->leaf, setting->subleaf);
        from = cpuid_policy_slot((struct cpuid_policy *)def, setting->leaf, setting->subleaf);
        real = cpuid_policy_slot((struct cpuid_policy *)host, setting->leaf, setting->subleaf);
        for (unsigned int bit = 0; to && bit < 32; bit++) {
            bool on = wanted(setting->bits[31 - bit], from->reg[setting->reg] >> bit & 1,
                             real->reg[setting->reg] >> bit & 1);

            to->reg[setting->reg] = (to->reg[setting->reg] & ~(1u << bit)) | (uint32_t)on << bit;
        }
        return;
    }
}
