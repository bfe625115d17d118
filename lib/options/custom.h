/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options whose value has a form of its own. Readers return 0, or -EINVAL / -ERANGE with *@out unchanged; with @log,
 * what is wrong with a part or beyond a limit is logged there and the rest counts (base/parts.h).
 */
#ifndef LIB_OPTIONS_CUSTOM_H
#define LIB_OPTIONS_CUSTOM_H

#include "kexec/crashkernel.h" /* crashkernel= */
#include "port.h"

/*
 * dom0_mem=. Each of the three is bytes plus a part of all memory; "negative" means: all memory but that. A max of
 * nothing is no limit, a size of nothing is the default.
 */
struct dom0_mem {
    uint64_t size, min, max; /* bytes */
    uint8_t size_percent, min_percent, max_percent;
    bool size_negative, min_negative, max_negative;
};
/** Reads the value; *@out is a struct dom0_mem. */
int option_dom0_mem(const char *value, size_t len, void *out, const struct part_log *log);

/**
 * How many bytes dom0 gets of @available, when @otherwise is the default: size, at least min, at most max, and never
 * more than there is. *@limit is what it may grow to (max, or UINT64_MAX).
 */
uint64_t dom0_mem_choose(const struct dom0_mem *o, uint64_t available, uint64_t otherwise, uint64_t *limit);

/**
 * What is to be said when @o asks for what cannot be: more than the @available bytes, or than its own maximum. False if
 * there is nothing to say.
 */
bool dom0_mem_remark(const struct dom0_mem *o, uint64_t available, char *text, size_t cap);

#define DOM0_VCPUS_MAX 8192U /* as many as any domain may have */

/* dom0_max_vcpus=. max 0: none given. */
struct dom0_vcpus {
    uint32_t min, max;
};
/** Reads the value; *@out is a struct dom0_vcpus. */
int option_dom0_vcpus(const char *value, size_t len, void *out, const struct part_log *log);

/** How many vCPUs dom0 gets on a machine of @cpus: as many, but within min and max. At least 1. */
uint32_t dom0_vcpus_choose(const struct dom0_vcpus *o, uint32_t cpus);

/* conswitch=. All zero: not given. */
struct conswitch {
    char letter; /* a to z */
    bool to_hv;  /* input goes to the hypervisor first */
};
/** Reads the value; *@out is a struct conswitch. */
int option_conswitch(const char *value, size_t len, void *out, const struct part_log *log);

/* dom0=. */
struct dom0_flags {
    bool ignore_required;
};
/** Reads the value; *@out is a struct dom0_flags. */
int option_dom0_flags(const char *value, size_t len, void *out, const struct part_log *log);

#endif
