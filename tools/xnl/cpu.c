/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl cpu show | compare | check. */
#include "cpu.h"
#include "xnl.h"
#include "x86/cpuid/compatible.h"

#include <stdio.h>

static const char usage[] = "usage: xnl cpu show [--json] [--policy raw|host|pv-max|hvm-max|pv|hvm] [DUMP]\n"
                            "       xnl cpu compare [--json] [--pv] FROM TO\n"
                            "       xnl cpu check [--json] GUEST.cfg [DUMP]\n";

static int wrong_usage(void)
{
    fputs(usage, stderr);
    return XNL_USAGE;
}

static void print_features(const struct cpuid_policy *p, const char *open, const char *between, const char *close)
{
    uint32_t set[CPUFEAT_WORDS];
    bool first = true;

    cpuid_policy_features(p, set);
    for (unsigned int f = 0; f < CPUFEAT_WORDS * 32; f++) {
        const char *name = cpufeat_test(set, f) ? cpufeat_name(f) : NULL;

        if (!name)
            continue;
        printf("%s%s%s%s", first ? "" : between, open, name, close);
        first = false;
    }
}

static void show_people(const char *name, const struct cpuid_policy *p)
{
    char vendor[13] = { 0 };

    memcpy(vendor, &p->basic[0].b, 4);
    memcpy(vendor + 4, &p->basic[0].d, 4);
    memcpy(vendor + 8, &p->basic[0].c, 4);
    printf("policy     %s\nvendor     %s\nsignature  0x%x\n", name, vendor, p->basic[1].a);
    printf("limits     basic 0x%x, leaf 7 sub-leaf %u, extended 0x%x\n", p->basic[0].a, p->leaf7[0].a, p->extd[0].a);
    printf("XCR0       0x%llx, area 0x%x\n", (unsigned long long)cpuid_policy_xcr0(p), p->xstate[0].c);
    printf("features  ");
    print_features(p, " ", "", "");
    putchar('\n');
}

static void show_json(const char *name, const struct cpuid_policy *p)
{
    printf("{\"policy\":\"%s\",\"signature\":%u,\"max_basic\":%u,\"max_feat\":%u,\"max_extd\":%u,\"xcr0\":%llu,"
           "\"features\":[", name, p->basic[1].a, p->basic[0].a, p->leaf7[0].a, p->extd[0].a,
           (unsigned long long)cpuid_policy_xcr0(p));
    print_features(p, "\"", ",", "\"");
    printf("]}\n");
}

static const struct cpuid_policy *policy_called(const struct cpu_machine *m, const char *name)
{
    const struct {
        const char *name;
        const struct cpuid_policy *p;
    } policies[] = {
        { "raw", &m->raw },         { "host", &m->host },     { "pv-max", &m->pv_max },
        { "hvm-max", &m->hvm_max }, { "pv", &m->pv_default }, { "hvm", &m->hvm_default },
    };

    for (size_t i = 0; i < ARRAY_SIZE(policies); i++)
        if (!strcmp(name, policies[i].name))
            return policies[i].p;
    return NULL;
}

static int show(int argc, char **argv)
{
    const char *policy = "host", *path = NULL;
    const struct cpuid_policy *p;
    static struct cpu_dump dump;
    static struct cpu_machine m;
    bool json = false;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!strcmp(argv[i], "--policy") && i + 1 < argc)
            policy = argv[++i];
        else if (argv[i][0] == '-' || path)
            return wrong_usage();
        else
            path = argv[i];
    }
    p = policy_called(&m, policy);
    if (!p)
        return wrong_usage();
    if (cpu_dump_from(path, &dump))
        return XNL_FAILED;
    cpu_machine_from(&dump, &m);
    (json ? show_json : show_people)(policy, p);
    return 0;
}

struct comparison {
    bool json;
    unsigned int nr;
};

static void tell_mismatch(void *opaque, const struct cpuid_mismatch *mismatch)
{
    struct comparison *c = opaque;
    char text[256];

    cpuid_mismatch_text(mismatch, text, sizeof(text));
    if (c->json)
        printf("%s{\"fatal\":%s,\"text\":\"%s\"}", c->nr ? "," : "", mismatch->fatal ? "true" : "false", text);
    else
        printf("%s: %s\n", mismatch->fatal ? "refused" : "lost", text);
    c->nr++;
}

static int compare(int argc, char **argv)
{
    const char *path[2] = { NULL, NULL };
    static struct cpu_dump dump[2];
    static struct cpu_machine from, to;
    struct comparison c = { false, 0 };
    struct cpuid_error err;
    unsigned int nr = 0;
    bool pv = false;
    int rc;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            c.json = true;
        else if (!strcmp(argv[i], "--pv"))
            pv = true;
        else if (argv[i][0] == '-' || nr == 2)
            return wrong_usage();
        else
            path[nr++] = argv[i];
    }
    if (nr != 2)
        return wrong_usage();
    if (cpu_dump_read(path[0], &dump[0]) || cpu_dump_read(path[1], &dump[1]))
        return XNL_FAILED;
    cpu_machine_from(&dump[0], &from);
    cpu_machine_from(&dump[1], &to);
    if (c.json)
        printf("{\"problems\":[");
    rc = cpuid_compatible(pv ? &from.pv_default : &from.hvm_default, pv ? &to.pv_max : &to.hvm_max, tell_mismatch, &c,
                          &err);
    if (c.json)
        printf("],\"accepted\":%s,\"complete\":%s}\n", rc ? "false" : "true", c.nr ? "false" : "true");
    else
        printf("%s\n", rc ? "no: the guest would be refused"
                          : c.nr ? "no: the guest would lose features that it was told of" : "yes");
    return c.nr ? XNL_NO : XNL_YES;
}

int xnl_cpu(int argc, char **argv)
{
    if (argc < 2)
        return wrong_usage();
    for (int i = 1; i < argc && i < 3; i++) /* of the command, or of one of its three */
        if (!strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return XNL_YES;
        }
    if (!strcmp(argv[1], "show"))
        return show(argc - 1, argv + 1);
    if (!strcmp(argv[1], "compare"))
        return compare(argc - 1, argv + 1);
    if (!strcmp(argv[1], "check")) {
        int status = cpu_check(argc - 1, argv + 1);

        return status == XNL_USAGE ? wrong_usage() : status;
    }
    return wrong_usage();
}
