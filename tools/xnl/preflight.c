/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl preflight: what would happen if this hypervisor booted on this processor. */
#include "cpu.h"
#include "complain.h"
#include "xnl.h"
#include "x86/cpuid/leaks.h"

#include <stdio.h>

/* Without these there is no dom0: the reason is what a user can act on. */
static const struct {
    uint16_t feature;
    const char *why;
} required[] = {
    { CPUFEAT_LM, "64-bit mode" },          { CPUFEAT_NX, "no-execute pages: check the firmware's XD/NX setting" },
    { CPUFEAT_SYSCALL, "SYSCALL" },         { CPUFEAT_SSE2, "SSE2" },
    { CPUFEAT_FXSR, "FXSAVE" },             { CPUFEAT_APIC, "a local APIC" },
    { CPUFEAT_TSC, "a time stamp counter" },
};

static const char *const severity_words[] = { "note", "warning", "problem" };

static unsigned int print_missing(const struct cpu_machine *m, bool json)
{
    unsigned int missing = 0;

    for (size_t i = 0; i < ARRAY_SIZE(required); i++) {
        if (cpuid_policy_has(&m->host, required[i].feature))
            continue;
        if (json)
            printf("%s\"%s\"", missing ? "," : "", cpufeat_name(required[i].feature));
        else
            printf("missing: %s (%s)\n", cpufeat_name(required[i].feature), required[i].why);
        missing++;
    }
    return missing;
}

/* Without the MSR that ARCH_CAPS announces, what newer processors say for themselves is not known. */
static bool leaks_known(const struct cpu_machine *m)
{
    return !cpuid_policy_has(&m->raw, CPUFEAT_ARCH_CAPS) || m->raw.arch_caps;
}

static void print_leaks_json(const struct cpu_machine *m)
{
    uint32_t leaks = cpu_leaks(&m->raw);
    const char *comma = "";

    printf(",\"leaks_known\":%s,\"leaks\":[", leaks_known(m) ? "true" : "false");
    for (unsigned int i = 0; i < CPU_LEAKS; i++)
        if (leaks & BIT(i)) {
            printf("%s{\"name\":\"%s\",\"text\":\"%s\"}", comma, cpu_leak_name(i), cpu_leak_text(i));
            comma = ",";
        }
    printf("]");
}

static void print_leaks(const struct cpu_machine *m)
{
    const char *leak = leaks_known(m) ? "leaks" : "may leak";
    uint32_t leaks = cpu_leaks(&m->raw);

    for (unsigned int i = 0; i < CPU_LEAKS; i++)
        if (leaks & BIT(i))
            printf("%s: %s: %s\n", leak, cpu_leak_name(i), cpu_leak_text(i));
    if (leaks && !leaks_known(m))
        printf("leaks: note: what the processor says of itself in MSR 0x10a could not be read here\n");
}

static unsigned int print_json(const struct cpu_machine *m)
{
    unsigned int missing;
    char text[256];

    printf("{\"xstate\":{\"xcr0\":%llu,\"area\":%u,\"text\":\"%s\",\"findings\":[", (unsigned long long)m->plan.xcr0,
           m->plan.area_size, xstate_plan_text(&m->plan, text, sizeof(text)));
    for (unsigned int i = 0; i < m->plan.nr_findings; i++) {
        const struct xstate_finding *f = &m->plan.findings[i];

        printf("%s{\"severity\":\"%s\",\"text\":\"%s\"}", i ? "," : "", severity_words[f->severity],
               xstate_finding_text(f, text, sizeof(text)));
    }
    printf("]}");
    print_leaks_json(m);
    printf(",\"missing\":[");
    missing = print_missing(m, true);
    printf("],\"boots\":%s}\n", missing ? "false" : "true");
    return missing;
}

static unsigned int print_people(const struct cpu_machine *m, bool totals)
{
    unsigned int missing;
    char text[256];

    printf("xstate: %s\n", xstate_plan_text(&m->plan, text, sizeof(text)));
    for (unsigned int i = 0; i < m->plan.nr_findings; i++)
        printf("xstate: %s: %s\n", severity_words[m->plan.findings[i].severity],
               xstate_finding_text(&m->plan.findings[i], text, sizeof(text)));
    if (!totals && m->plan.xcr0)
        printf("xstate: note: the dump does not say which XCR0 its totals belong to: totals were not checked\n");
    printf("guests: PV may enable XCR0=0x%llx, HVM 0x%llx\n", (unsigned long long)cpuid_policy_xcr0(&m->pv_default),
           (unsigned long long)cpuid_policy_xcr0(&m->hvm_default));
    if (!(m->host.platform_info & PLATFORM_INFO_CPUID_FAULTING))
        printf("guests: no CPUID faulting known: user space of PV guests may see the processor itself\n");
    print_leaks(m);
    missing = print_missing(m, false);
    printf(missing ? "no: this processor cannot run the hypervisor\n"
                   : "yes: the processor has what is needed\n");
    return missing;
}

static const char usage[] =
    "usage: xnl preflight [--json] [DUMP]\n"
    "\n"
    "Says what the hypervisor would find and decide at boot on this processor, or on the one of which `cpuid -r`\n"
    "saved DUMP: what extended state guests get, what is odd about the processor, what it lets guests read of each\n"
    "other, and whether it has what is needed.\n"
    "Whether a kernel can be dom0 is `xnl image`'s question.\n"
    "\n"
    "Exit status: 0 it has what is needed, 1 it has not, 2 wrong usage, 3 the dump could not be read.\n";

int xnl_preflight(int argc, char **argv)
{
    static struct cpu_dump dump;
    static struct cpu_machine m;
    const char *path = NULL;
    bool json = false;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return XNL_YES;
        } else if (argv[i][0] == '-' || path)
            return xnl_wrong_usage(usage, "preflight: what is \"%s\"?", argv[i]);
        else
            path = argv[i];
    }
    if (cpu_dump_from(path, &dump))
        return XNL_FAILED;
    cpu_machine_from(&dump, &m);
    return (json ? print_json(&m) : print_people(&m, dump.nr_tried > 0)) ? XNL_NO : XNL_YES;
}
