/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xnl: looks at machines, kernels and configurations with the hypervisor's own code, before it runs or while it does.
 */
#include "complain.h"
#include "xnl.h"
#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    const char *arguments;
    const char *purpose;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"image", "FILE... [--json]",
     "explain kernel images: notes, features, whether they can be dom0", xnl_image},
    {"cpu", "show|compare|check ... [--json]",
     "CPU policies: what guests see, who can move where, what cpuid= does", xnl_cpu},
    {"domain", "show ID [--json]",
     "in dom0: what a domain is told of the hypervisor", xnl_domain},
    {"kexec", "check|crashkernel ...",
     "whether an image would be accepted, and what crashkernel= keeps", xnl_kexec},
    {"preflight", "[DUMP] [--json]",
     "what would happen at boot on this processor, or one saved by `cpuid -r`", xnl_preflight},
    {"trace", "[--json | --svg] FILE",
     "what xentrace recorded: who ran, who waited, why it woke; as a timeline or a picture", xnl_trace},
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(FILE *to, int status)
{
    fprintf(to, "usage: xnl COMMAND ARGUMENTS\n\n");
    for (unsigned int i = 0; i < NR_COMMANDS; i++)
        fprintf(to, "  xnl %s %s\n      %s\n", commands[i].name, commands[i].arguments, commands[i].purpose);
    fputs("\n`xnl COMMAND --help` says more, `xnl --version` what this is.\n"
          "Exit status: 0 yes, 1 no, 2 wrong usage, 3 could not find out.\n", to);
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return help(stderr, XNL_USAGE);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return help(stdout, XNL_YES);
    if (!strcmp(argv[1], "--version")) {
        puts("xnl (Xenolith), which speaks the ABI of Xen 4.17. Licence: GPL-2.0-or-later.");
        return XNL_YES;
    }
    for (int i = 2; i < argc; i++)
        xnl_json |= !strcmp(argv[i], "--json");
    for (unsigned int i = 0; i < NR_COMMANDS; i++)
        if (!strcmp(argv[1], commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    xnl_complain(XNL_USAGE, "there is no command \"%s\"", argv[1]);
    return help(stderr, XNL_USAGE);
}
