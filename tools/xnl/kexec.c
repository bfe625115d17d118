/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl kexec: what the hypervisor would answer to a description of an image, and where crashkernel= puts its area. */
#include "complain.h"
#include "json.h"
#include "kexec/crashkernel.h"
#include "kexec/load.h"
#include "xnl.h"

#include <stdio.h>
#include <stdlib.h>

typedef unsigned long long ull;

#define RANGES_MAX 512

static const char usage[] =
    "usage: xnl kexec check [--type=default|crash] [--arch=62|3] [--crash-area=START-END] [--memory=FILE]\n"
    "                       [--json] --entry=ADDRESS SEGMENT...\n"
    "       xnl kexec crashkernel [--json] VALUE RAM\n"
    "\n"
    "check says whether the hypervisor would accept such an image, and if not which segment is wrong and why.\n"
    "SEGMENT is ADDRESS:SIZE, or ADDRESS:SIZE:BYTES for one with BYTES of contents; numbers as in C.\n"
    "  --memory=FILE   RAM as in /proc/iomem, which is the default; lines that end in \"System RAM\" or\n"
    "                  \"Crash kernel\" count, as does RAM that dom0 was not given (\"Unusable memory\",\n"
    "                  \"RAM buffer\")\n"
    "\n"
    "crashkernel says how much crashkernel=VALUE keeps on a machine with RAM, such as 16G.\n"
    "\n"
    "Exit status: 0 accepted, 1 refused or nothing kept, 2 wrong usage, 3 the memory map could not be read.\n";

struct memory {
    size_t count;
    struct range ram[RANGES_MAX];
};

static bool is_ram(void *opaque, struct range r)
{
    const struct memory *m = opaque;

    for (size_t i = 0; i < m->count && !range_empty(r); i++)
        if (range_has(m->ram[i], r.start))
            r.start = m->ram[i].end; /* the rest may be in the next */
    return range_empty(r);
}

/* Only the outermost resources: what is indented lies in one of them. */
static bool memory_read(struct memory *m, const char *path)
{
    static const char *const kinds[] = { "System RAM", "Crash kernel", "Unusable memory", "RAM buffer" };
    FILE *file = fopen(path, "r");
    char line[256], name[128];
    ull start, last;

    if (!file)
        return false;
    while (m->count < RANGES_MAX && fgets(line, sizeof(line), file)) {
        if (line[0] == ' ' || sscanf(line, "%llx-%llx : %127[^\n]", &start, &last, name) != 3)
            continue;
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
            if (!strcmp(name, kinds[i]))
                m->ram[m->count++] = (struct range){ start, last + 1 };
    }
    fclose(file);
    return m->count;
}

static bool number(const char *text, char end, const char **rest, uint64_t *value)
{
    char *stop;

    errno = 0;
    *value = strtoull(text, &stop, 0);
    *rest = stop + (*stop != 0);
    return !errno && stop != text && *stop == end;
}

/* ADDRESS:SIZE[:BYTES]; a buffer is only there or not. */
static bool segment_parse(const char *text, struct xen_kexec_segment *s)
{
    const char *rest;

    *s = (struct xen_kexec_segment){ 0 };
    if (!number(text, ':', &rest, &s->dest_maddr))
        return false;
    if (number(rest, 0, &text, &s->dest_size))
        return true;
    s->buf._pad = 1;
    return number(rest, ':', &rest, &s->dest_size) && number(rest, 0, &text, &s->buf_size);
}

struct request {
    struct xen_kexec_load head;
    struct xen_kexec_segment segment[KEXEC_SEGMENTS_MAX + 1];
    struct kexec_machine machine;
    const char *memory;
    bool has_entry;
};

static bool option_parse(const char *option, struct request *r)
{
    const char *rest, *value = strchr(option, '=');
    uint64_t n;

    if (!strcmp(option, "--json"))
        return true; /* main() has seen it */

    if (!value++)
        return false;
    if (!strncmp(option, "--type=", 7)) {
        r->head.type = !strcmp(value, "crash") ? KEXEC_TYPE_CRASH : KEXEC_TYPE_DEFAULT;
        return r->head.type == KEXEC_TYPE_CRASH || !strcmp(value, "default");
    }
    if (!strncmp(option, "--memory=", 9)) {
        r->memory = value;
        return true;
    }
    if (!strncmp(option, "--crash-area=", 13))
        return number(value, '-', &rest, &r->machine.crash_area.start) &&
               number(rest, 0, &rest, &r->machine.crash_area.end);
    if (!number(value, 0, &rest, &n))
        return false;
    if (!strncmp(option, "--arch=", 7) && n <= UINT16_MAX) {
        r->head.arch = (uint16_t)n;
        return true;
    }
    r->head.entry_maddr = n;
    r->has_entry = !strncmp(option, "--entry=", 8);
    return r->has_entry;
}

static bool request_parse(int argc, char **argv, struct request *r)
{
    for (int i = 0; i < argc; i++) {
        bool is_option = argv[i][0] == '-';

        if (!is_option && r->head.nr_segments > KEXEC_SEGMENTS_MAX)
            continue; /* too many is an answer, too */
        if (is_option ? !option_parse(argv[i], r) : !segment_parse(argv[i], &r->segment[r->head.nr_segments++])) {
            xnl_wrong_usage(usage, "kexec check: what is \"%s\"?", argv[i]);
            return false;
        }
    }
    if (!r->has_entry)
        xnl_wrong_usage(usage, "kexec check: --entry=ADDRESS is missing");
    return r->has_entry;
}

static int request_judge(const struct request *r, struct kexec_refusal *why)
{
    static struct kexec_load load;
    int rc = kexec_load_head(&r->head, &load, why);

    for (uint32_t i = 0; !rc && i < load.count; i++)
        rc = kexec_load_segment(&r->segment[i], i, &load, why);
    return rc ? rc : kexec_load_check(&load, &r->machine, why);
}

static int check(int argc, char **argv)
{
    static struct memory memory;
    static struct request r;
    struct kexec_refusal why;
    char text[200];

    r = (struct request){ .head.arch = KEXEC_ARCH_X86_64, .memory = "/proc/iomem",
                          .machine = { .max_pages = UINT64_MAX, .is_ram = is_ram, .opaque = &memory } };
    if (!request_parse(argc, argv, &r))
        return XNL_USAGE;
    if (!memory_read(&memory, r.memory))
        return xnl_complain(XNL_FAILED, "kexec check: %s names no RAM", r.memory);
    int rc = request_judge(&r, &why);
    kexec_refusal_text(&why, text, sizeof(text));
    if (xnl_json) {
        printf("{\"type\": \"%s\", \"accepted\": %s, \"text\": ", kexec_type_name(r.head.type), rc ? "false" : "true");
        json_text(text, strlen(text));
        printf("}\n");
    } else
        printf("%s image: %s%s\n", kexec_type_name(r.head.type), rc ? "refused: " : "", text);
    return rc ? XNL_NO : XNL_YES;
}

static int crashkernel(const char *value, const char *ram)
{
    struct crashkernel one = { 0 }, c = { 0 };

    if (option_crashkernel(ram, strlen(ram), &one, NULL) || !one.count)
        return xnl_wrong_usage(usage, "kexec crashkernel: \"%s\" is no size of RAM, such as 16G", ram);
    if (option_crashkernel(value, strlen(value), &c, NULL))
        return xnl_wrong_usage(usage, "kexec crashkernel: crashkernel=%s cannot be read", value);
    uint64_t size = crashkernel_size(&c, one.choice[0].size);
    if (xnl_json) {
        printf("{\"bytes\": %llu, \"place\": \"%s\", \"address\": %llu}\n", (ull)size,
               !c.place ? "anywhere" : c.place == CRASHKERNEL_AT ? "at" : "below", (ull)c.address);
        return size ? XNL_YES : XNL_NO;
    }
    printf("crashkernel=%s keeps %llu MiB", value, (ull)(size >> 20));
    if (size && c.place)
        printf(" %s %#llx", c.place == CRASHKERNEL_AT ? "at" : "below", (ull)c.address);
    printf("\n");
    return size ? XNL_YES : XNL_NO;
}

int xnl_kexec(int argc, char **argv)
{
    const char *words[2] = { NULL, NULL };
    unsigned int nr = 0;

    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return XNL_YES;
        }
    if (argc >= 2 && !strcmp(argv[1], "check"))
        return check(argc - 2, argv + 2);
    if (argc < 2 || strcmp(argv[1], "crashkernel"))
        return xnl_wrong_usage(usage, "kexec: check or crashkernel?");
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--json") && nr++ < 2)
            words[nr - 1] = argv[i];
    if (nr != 2)
        return xnl_wrong_usage(usage, "kexec crashkernel: two words are wanted, VALUE and RAM");
    return crashkernel(words[0], words[1]);
}
