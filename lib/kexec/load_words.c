/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refusals in words: the rule, the number at fault, and what would be accepted. */
#include "base/format.h"
#include "kexec/load.h"

typedef unsigned long long ull;

const char *kexec_type_name(unsigned int type)
{
    return type == KEXEC_TYPE_CRASH ? "crash" : type == KEXEC_TYPE_DEFAULT ? "default" : "unknown";
}

/* Each takes the value once. */
static const char *const sentence[KEXEC_RULES] = {
    [KEXEC_ACCEPTED] = "accepted",
    [KEXEC_RULE_TYPE] = "type %llu is not known: 0 (default) and 1 (crash) are",
    [KEXEC_RULE_PAD] = "the reserved byte is %llu, not 0",
    [KEXEC_RULE_ARCH] = "machine %llu is not one that can be started here: 3 (EM_386) and 62 (EM_X86_64) are",
    [KEXEC_RULE_COUNT] = "%llu segments, not 1 to 64",
    [KEXEC_RULE_ALIGNED] = "%#llx is not the border of a page",
    [KEXEC_RULE_WRAPS] = "a size of %#llx goes beyond the last address",
    [KEXEC_RULE_NO_SOURCE] = "%llu bytes are promised, but there is no buffer",
    [KEXEC_RULE_SOURCE_SIZE] = "its %llu bytes are more than fit",
    [KEXEC_RULE_OVERLAP] = "it overlaps segment %llu",
    [KEXEC_RULE_NO_AREA] = "no crash area is reserved: boot the hypervisor with crashkernel=<size>",
    [KEXEC_RULE_OUTSIDE] = "it is not inside the crash area",
    [KEXEC_RULE_NOT_RAM] = "it is not RAM",
    [KEXEC_RULE_ABOVE_4G] = "%#llx is beyond 4 GiB, out of reach of a kernel that is entered in 32-bit mode",
    [KEXEC_RULE_ENTRY] = "the entry point %#llx is in no segment that has contents",
    [KEXEC_RULE_SIZE] = "it has %llu pages, more than there is memory for",
    [KEXEC_RULE_FAULT] = "what it points to cannot be read",
    [KEXEC_RULE_MEMORY] = "there is no memory to keep it",
    [KEXEC_RULE_BUSY] = "another vCPU is in the middle of loading an image",
};

char *kexec_refusal_text(const struct kexec_refusal *why, char *buf, size_t size)
{
    const char *text = (unsigned int)why->rule < KEXEC_RULES ? sentence[why->rule] : NULL;

    if (size)
        *buf = 0;
    if (why->segment != KEXEC_NO_SEGMENT)
        format_append(buf, size, "segment %u, ", why->segment);
    if (!range_empty(why->dest))
        format_append(buf, size, "%#llx-%#llx: ", (ull)why->dest.start, (ull)why->dest.end);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    format_append(buf, size, text ?: "unknown reason", (ull)why->value);
#pragma GCC diagnostic pop
    return buf;
}
