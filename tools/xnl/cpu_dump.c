/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads dumps as `cpuid -r` prints them:
 *
 *     0x00000007 0x00: eax=0x00000001 ebx=0xf1bf07ab ecx=0x18415fde edx=0x9c000110
 *
 * A dump does not say which XCR0 was current when leaf 0xd was read. Lines of our own may add that, one for each value
 * tried:    # xcr0=0x3 ebx=0x240
 */
#include "cpu.h"
#include "complain.h"
#include "xnl.h"

#include <cpuid.h>
#include <inttypes.h>
#include <stdio.h>

static const union cpuid_leaf *find_row(const struct cpu_dump *dump, uint32_t leaf, uint32_t subleaf)
{
    for (unsigned int i = 0; i < dump->nr; i++)
        if (dump->rows[i].leaf == leaf && dump->rows[i].subleaf == subleaf)
            return &dump->rows[i].value;
    return NULL;
}

static const char *add_row(struct cpu_dump *dump, uint32_t leaf, uint32_t subleaf, union cpuid_leaf value)
{
    const union cpuid_leaf *old = find_row(dump, leaf, subleaf);

    if (old)
        return memcmp(old, &value, sizeof(value)) ? "this leaf was given before with other values" : NULL;
    if (dump->nr == CPU_DUMP_MAX)
        return "too many leaves";
    dump->rows[dump->nr].leaf = leaf;
    dump->rows[dump->nr].subleaf = subleaf;
    dump->rows[dump->nr++].value = value;
    return NULL;
}

static const char *read_note(const char *line, struct cpu_dump *dump)
{
    uint64_t xcr0;
    uint32_t ebx;

    if (sscanf(line, " # xcr0=%" SCNx64 " ebx=%" SCNx32, &xcr0, &ebx) != 2)
        return NULL; /* a comment */
    if (dump->nr_tried == XSTATE_MAX_TRIED)
        return "too many XCR0 values";
    dump->tried[dump->nr_tried++] = (struct xstate_tried){ .xcr0 = xcr0, .ebx = ebx };
    return NULL;
}

/* What is wrong with the line, NULL if nothing is. @done: the first CPU's lines are over. */
static const char *read_line(const char *line, struct cpu_dump *dump, bool *done)
{
    uint32_t leaf, subleaf;
    union cpuid_leaf v;

    while (*line == ' ' || *line == '\t')
        line++;
    if (*line == '\n' || !*line)
        return NULL;
    if (*line == '#')
        return read_note(line, dump);
    if (!strncmp(line, "CPU", 3)) {
        *done = dump->nr > 0;
        return NULL;
    }
    if (sscanf(line, "0x%" SCNx32 " 0x%" SCNx32 ": eax=0x%8" SCNx32 " ebx=0x%8" SCNx32 " ecx=0x%8" SCNx32
               " edx=0x%8" SCNx32, &leaf, &subleaf, &v.a, &v.b, &v.c, &v.d) != 6 || !strchr(line, '\n'))
        return "not a line of `cpuid -r` output, or cut short";
    return add_row(dump, leaf, subleaf, v);
}

static const char *check_complete(const struct cpu_dump *dump)
{
    const union cpuid_leaf *zero = find_row(dump, 0, 0), *extd = find_row(dump, 0x80000000, 0);

    if (!dump->nr)
        return "no CPUID leaves: expected the output of `cpuid -r`";
    if (!zero)
        return "leaf 0 is missing";
    if (!find_row(dump, 1, 0))
        return "leaf 1 is missing";
    if (zero->a >= 0xd && !find_row(dump, 0xd, 0))
        return "leaf 0 announces leaf 0xd, which is missing: the dump is truncated";
    if (zero->a >= 7 && !find_row(dump, 7, 0))
        return "leaf 0 announces leaf 7, which is missing: the dump is truncated";
    if (!extd || (extd->a >= 0x80000008 && !find_row(dump, 0x80000008, 0)))
        return "extended leaves are missing: the dump is truncated";
    return NULL;
}

int cpu_dump_read(const char *path, struct cpu_dump *dump)
{
    FILE *file = fopen(path, "r");
    char line[256];
    unsigned int number = 0;
    const char *wrong = NULL;
    bool done = false;

    memset(dump, 0, sizeof(*dump));
    if (!file) {
        xnl_complain(XNL_FAILED, "%s: %s", path, strerror(errno));
        return -1;
    }
    while (!wrong && !done && fgets(line, sizeof(line), file)) {
        number++;
        wrong = read_line(line, dump, &done);
    }
    if (wrong)
        xnl_complain(XNL_FAILED, "%s:%u: %s", path, number, wrong);
    else if ((wrong = ferror(file) ? strerror(errno) : check_complete(dump)))
        xnl_complain(XNL_FAILED, "%s: %s", path, wrong);
    fclose(file);
    return wrong ? -1 : 0;
}

static uint64_t read_xcr0(void)
{
    uint32_t low, high;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low | (uint64_t)high << 32;
}

static void record(struct cpu_dump *dump, uint32_t leaf, uint32_t subleaf)
{
    union cpuid_leaf v;

    __cpuid_count(leaf, subleaf, v.a, v.b, v.c, v.d);
    add_row(dump, leaf, subleaf, v);
}

void cpu_dump_this_machine(struct cpu_dump *dump)
{
    const union cpuid_leaf *features, *xstate;

    memset(dump, 0, sizeof(*dump));
    for (unsigned int i = 0; i < CPUID_SERIALISED_LEAVES; i++) {
        uint32_t leaf, subleaf;

        cpuid_slot_address(i, &leaf, &subleaf);
        record(dump, leaf, subleaf == XEN_CPUID_NO_SUBLEAF ? 0 : subleaf);
    }
    features = find_row(dump, 1, 0);
    xstate = find_row(dump, 0xd, 0);
    if (features->c >> 27 & 1) /* OSXSAVE: XGETBV works, and EBX belongs to its XCR0 */
        dump->tried[dump->nr_tried++] = (struct xstate_tried){ .xcr0 = read_xcr0(), .ebx = xstate->b };
}

int cpu_dump_from(const char *path, struct cpu_dump *dump)
{
    if (path)
        return cpu_dump_read(path, dump);
    cpu_dump_this_machine(dump);
    return 0;
}

static void dump_cpuid(void *opaque, uint32_t leaf, uint32_t subleaf, union cpuid_leaf *out)
{
    const union cpuid_leaf *row = find_row(opaque, leaf, subleaf);

    *out = row ? *row : (union cpuid_leaf){ { 0 } };
}

void cpu_dump_capture(const struct cpu_dump *dump, struct xstate_capture *capture)
{
    union cpuid_leaf v;

    memset(capture, 0, sizeof(*capture));
    dump_cpuid((void *)dump, 0, 0, &v);
    capture->max_leaf = v.a;
    dump_cpuid((void *)dump, 1, 0, &v);
    capture->has_fxsr = v.d >> 24 & 1;
    capture->has_sse = v.d >> 25 & 1;
    capture->has_xsave = v.c >> 26 & 1;
    for (unsigned int i = 0; i < XSTATE_MAX_COMPONENTS; i++) {
        dump_cpuid((void *)dump, 0xd, i, &v);
        capture->leaf[i] = (struct xstate_component){ v.a, v.b, v.c, v.d };
    }
    capture->nr_tried = dump->nr_tried;
    memcpy(capture->tried, dump->tried, sizeof(capture->tried));
}

void cpu_machine_from(const struct cpu_dump *dump, struct cpu_machine *m)
{
    struct cpuid_source source = { dump_cpuid, NULL, (void *)dump };
    uint32_t off[CPUFEAT_WORDS] = { 0 };
    struct xstate_capture capture;

    cpu_dump_capture(dump, &capture);
    xstate_plan(&capture, &m->plan);
    cpuid_policy_raw(&source, &m->raw);
    cpuid_features_not_kept(off);
    cpuid_policy_host(&m->raw, &m->plan, off, &m->host);
    cpuid_policy_pv_max(&m->host, &m->pv_max);
    cpuid_policy_hvm_max(&m->host, true, &m->hvm_max);
    cpuid_policy_pv_default(&m->host, &m->pv_max, &m->pv_default);
    cpuid_policy_hvm_default(&m->host, &m->hvm_max, true, &m->hvm_default);
}
