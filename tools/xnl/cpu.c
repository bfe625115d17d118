/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl cpu show | compare | check. */
#include "complain.h"
#include "cpu.h"
#include "json.h"
#include "xnl.h"
#include "x86/cpuid/compatible.h"

#include <stdio.h>

const char cpu_usage[] =
    "usage: xnl cpu show [--json] [--policy raw|host|pv-max|hvm-max|pv|hvm] [DUMP]\n"
    "       xnl cpu compare [--json] [--pv] FROM TO\n"
    "       xnl cpu check [--json] GUEST.cfg [DUMP]\n"
    "\n"
    "show prints one of the policies that the hypervisor makes of the processor, host unless --policy says\n"
    "otherwise; pv and hvm are what guests get without asking. compare says whether a guest made on FROM can\n"
    "move to TO (HVM unless --pv). check says for each cpuid= setting of a guest's file whether it takes\n"
    "effect, and why not.\n"
    "DUMP, FROM and TO are files saved by `cpuid -r`; without a DUMP this machine is meant.\n"
    "\n"
    "Exit status: 0 yes or shown, 1 no, 2 wrong usage, 3 a file could not be read.\n";

/* basic[0] is leaf 0, whose EBX, EDX, ECX are the vendor's name. */
static const char *vendor_of(const struct cpuid_policy *p, char vendor[13])
{
    memcpy(vendor, &p->basic[0].b, 4);
    memcpy(vendor + 4, &p->basic[0].d, 4);
    memcpy(vendor + 8, &p->basic[0].c, 4);
    vendor[12] = 0;
    return vendor;
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
    char vendor[13];

    printf("policy     %s\nvendor     %s\nsignature  0x%x\n", name, vendor_of(p, vendor), p->basic[1].a);
    printf("limits     basic 0x%x, leaf 7 sub-leaf %u, extended 0x%x\n", p->basic[0].a, p->leaf7[0].a, p->extd[0].a);
    printf("XCR0       0x%llx, area 0x%x\n", (unsigned long long)cpuid_policy_xcr0(p), p->xstate[0].c);
    printf("features  ");
    print_features(p, " ", "", "");
    putchar('\n');
}

static void show_json(const char *name, const struct cpuid_policy *p)
{
    char vendor[13];

    printf("{\"policy\":\"%s\",\"vendor\":", name);
    json_text(vendor_of(p, vendor), 12);
    printf(",\"signature\":%u,\"max_basic\":%u,\"max_feat\":%u,\"max_extd\":%u,\"xcr0\":%llu,\"area\":%u,"
           "\"features\":[", p->basic[1].a, p->basic[0].a, p->leaf7[0].a, p->extd[0].a,
           (unsigned long long)cpuid_policy_xcr0(p), p->xstate[0].c);
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
            return xnl_wrong_usage(cpu_usage, "cpu show: what is \"%s\"?", argv[i]);
        else
            path = argv[i];
    }
    p = policy_called(&m, policy);
    if (!p)
        return xnl_wrong_usage(cpu_usage, "cpu show: there is no policy \"%s\"", policy);
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
            return xnl_wrong_usage(cpu_usage, "cpu compare: what is \"%s\"?", argv[i]);
        else
            path[nr++] = argv[i];
    }
    if (nr != 2)
        return xnl_wrong_usage(cpu_usage, "cpu compare: two dumps are wanted, FROM and TO");
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
        return xnl_wrong_usage(cpu_usage, "cpu: show, compare or check?");
    for (int i = 1; i < argc && i < 3; i++) /* of the command, or of one of its three */
        if (!strcmp(argv[i], "--help")) {
            fputs(cpu_usage, stdout);
            return XNL_YES;
        }
    if (!strcmp(argv[1], "show"))
        return show(argc - 1, argv + 1);
    if (!strcmp(argv[1], "compare"))
        return compare(argc - 1, argv + 1);
    if (!strcmp(argv[1], "check"))
        return cpu_check(argc - 1, argv + 1);
    return xnl_wrong_usage(cpu_usage, "cpu: what is \"%s\"?", argv[1]);
}
