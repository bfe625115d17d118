/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cpuid= setting of xl.cfg(5), in both of its forms, as libxl of 4.17 reads it:
 *
 *   "host,avx512f=0,tm=x,stepping=3"       a list of names (libxl)
 *   "0x1:ecx=xxxx...,edx=0000...", ...     leaf[,subleaf]:register=32 characters, the first is bit 31 (xend)
 */
#ifndef LIB_X86_CPUID_CONFIG_H
#define LIB_X86_CPUID_CONFIG_H

#include "x86/cpuid/policy.h"

enum cpuid_setting_kind {
    CPUID_SETTING_FEATURE,  /* .feature and .value */
    CPUID_SETTING_UNKNOWN_FEATURE, /* a name that libxl takes for a bit that no policy holds: has no effect */
    CPUID_SETTING_NUMBER,   /* .key and .number */
    CPUID_SETTING_REGISTER, /* .leaf, .subleaf, .reg and 32 characters at .bits */
};

struct cpuid_setting {
    enum cpuid_setting_kind kind;
    const char *text; /* the setting as written, @length bytes; points into the parsed string */
    size_t length;
    unsigned int feature;
    char value; /* 0 clear, 1 set, x the default policy's, k the host's kept over migration (s is the same) */
    const char *key;
    uint32_t number;
    uint32_t leaf, subleaf; /* subleaf: XEN_CPUID_NO_SUBLEAF if none was given */
    uint8_t reg;
    const char *bits;
};

/** libxl's own numbering. The first three are of the list form, the others of the register form. */
enum cpuid_config_error {
    CPUID_CONFIG_OK,
    CPUID_CONFIG_NO_EQUALS = 1,
    CPUID_CONFIG_NAME = 2,
    CPUID_CONFIG_VALUE = 3,
    CPUID_CONFIG_LEAF = 0x11,
    CPUID_CONFIG_SUBLEAF = 0x12,
    CPUID_CONFIG_COLON = 0x13,
    CPUID_CONFIG_REGISTER = 0x14,
    CPUID_CONFIG_LENGTH = 0x15,
};

typedef void (*cpuid_setting_fn)(void *opaque, const struct cpuid_setting *setting);

/**
 * Parses one string of either form, @size bytes, and calls @each for every setting in order until one is wrong; @at is
 * then where that one begins. A string is of the register form if it begins with a digit and isn't name=value.
 */
enum cpuid_config_error cpuid_config_parse(const char *string, size_t size, cpuid_setting_fn each, void *opaque,
                                           size_t *at);

/** What is wrong, in words. */
const char *cpuid_config_error_text(enum cpuid_config_error error);

/** Does to @p what the toolstack would do for @setting; @def and @host are its sources for x and k. */
void cpuid_config_apply(const struct cpuid_setting *setting, const struct cpuid_policy *def,
                        const struct cpuid_policy *host, struct cpuid_policy *p);

/** The field that a CPUID_SETTING_NUMBER names, as it is in @p. */
uint32_t cpuid_config_number(const struct cpuid_setting *setting, const struct cpuid_policy *p);

#endif
