/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl image: what a kernel says about itself, and whether it can be dom0. */
#include "complain.h"
#include "elf/image_words.h"
#include "image_file.h"
#include "json.h"
#include "public.h"
#include "xnl.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define LINE 512

typedef unsigned long long ull;

struct run {
    bool json;
    unsigned int shown;
    int status;
    struct image_ask ask;
};

static const char usage[] =
    "usage: xnl image FILE... [--json] [--guest] [--ignore-required] [--can-run=pv64,pvh,pv32]\n"
    "\n"
    "FILE is a vmlinuz (bzImage), an ELF image, either of them compressed with gzip, xz, lzma, bzip2, lzo, lz4 or\n"
    "zstd, or a directory of them. Says what the image declares and whether it can be dom0.\n"
    "\n"
    "  --json             one array with an object for each file\n"
    "  --guest            ask whether it can be a guest, not dom0\n"
    "  --ignore-required  go on in spite of required features that are not known, as dom0=ignore-required does\n"
    "  --can-run=LIST     what the hypervisor runs (pv64)\n"
    "\n"
    "Exit status: 0 all can, 1 at least one cannot, 3 at least one could not be read.\n";

static void worsen(struct run *run, int status)
{
    run->status = MAX(run->status, status);
}

static void print_notes(const struct xen_notes *notes)
{
    char line[LINE];

    for (unsigned int type = 0; type < XEN_NOTE_TYPES; type++) {
        if (!xen_notes_has(notes, type))
            continue;
        if (notes->text[type].text)
            printf("    %-18s %s\n", xen_note_name(type),
                   image_words_quote(notes->text[type], line, sizeof(line)));
        else if (type == XEN_ELFNOTE_L1_MFN_VALID)
            printf("    %-18s (entry & %#llx) == %#llx\n", xen_note_name(type), (ull)notes->l1_mask,
                   (ull)notes->l1_value);
        else if (type == XEN_NOTE_PHYS32_RELOC)
            printf("    %-18s align %#x, %#x to %#x\n", xen_note_name(type), notes->reloc_align, notes->reloc_min,
                   notes->reloc_max);
        else
            printf("    %-18s %#llx\n", xen_note_name(type), (ull)notes->number[type]);
    }
}

static void print_findings(const struct image_verdict *verdict)
{
    char line[LINE];

    for (unsigned int i = 0; i < verdict->notes.nr_findings; i++)
        printf("  note: %s\n", image_words_finding(verdict, i, line, sizeof(line)));
    if (verdict->notes.findings_lost)
        printf("  note: and %u more like these\n", verdict->notes.findings_lost);
}

static void print_ways(const struct image_verdict *verdict)
{
    char line[LINE];

    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++) {
        const struct image_way *way = &verdict->way[guest];

        image_words_refusal(verdict, guest, line, sizeof(line));
        printf("  %-10s %s%s%s\n", image_guest_name(guest), way->supported ? "declared" : "no",
               line[0] ? ": " : "", line);
    }
}

static void print_text(const struct image_file *image, const struct image_verdict *verdict, const struct image_ask *ask)
{
    static const char *const sources[] = { "none", "note segment", "note section", "__xen_guest section" };
    char line[LINE];

    printf("%s\n", image->path);
    if (image->is_bzimage)
        printf("  %s (%zu bytes, %zu unpacked)\n",
               bzimage_words(BZIMAGE_OK, &image->bz, image->file_len, line, sizeof(line)), image->file_len,
               image->elf_len);
    printf("  %s\n", image_words_summary(verdict, ask, line, sizeof(line)));
    print_ways(verdict);
    if (verdict->plan.nr)
        printf("  loads %u segments, %#llx to %#llx\n", verdict->plan.nr, (ull)verdict->plan.start,
               (ull)verdict->plan.end);
    if (verdict->notes.source && image_words_symbols(&verdict->pv, line, sizeof(line))[0])
        printf("  %s\n", line);
    if (verdict->notes.source)
        printf("  says to Xen (%s):\n", sources[verdict->notes.source]);
    print_notes(&verdict->notes);
    print_findings(verdict);
}

static void json_field(const char *name, const char *text)
{
    printf(",\n  \"%s\": ", name);
    json_text(text, strlen(text));
}

static void json_notes(const struct xen_notes *notes)
{
    const char *separator = "";

    printf(",\n  \"notes\": {");
    for (unsigned int type = 0; type < XEN_NOTE_TYPES; type++) {
        if (!xen_notes_has(notes, type))
            continue;
        printf("%s\"%s\": ", separator, xen_note_name(type));
        if (notes->text[type].text)
            json_text(notes->text[type].text, notes->text[type].len);
        else
            printf("\"%#llx\"", (ull)notes->number[type]);
        separator = ", ";
    }
    printf("}");
}

static void json_ways(const struct image_verdict *verdict)
{
    char line[LINE];

    printf(",\n  \"guests\": {");
    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++) {
        const struct image_way *way = &verdict->way[guest];

        printf("%s\"%s\": {\"declared\": %s, \"usable\": %s, \"reason\": ", guest ? ", " : "", image_guest_name(guest),
               way->supported ? "true" : "false", way->usable ? "true" : "false");
        image_words_refusal(verdict, guest, line, sizeof(line));
        json_text(line, strlen(line));
        printf("}");
    }
    printf("}");
}

static void json_findings(const struct image_verdict *verdict)
{
    char line[LINE];

    printf(",\n  \"findings\": [");
    for (unsigned int i = 0; i < verdict->notes.nr_findings; i++) {
        image_words_finding(verdict, i, line, sizeof(line));
        printf("%s", i ? ", " : "");
        json_text(line, strlen(line));
    }
    printf("]");
}

static void print_json(const struct image_file *image, const struct image_verdict *verdict, const struct run *run)
{
    char line[LINE];

    printf("%s {\"file\": ", run->shown ? ",\n" : "");
    json_text(image->path, strlen(image->path));
    if (!image->problem[0]) {
        json_field("packed", pack_kind_name(image->kind));
        printf(",\n  \"usable\": %s", verdict->best == IMAGE_GUESTS ? "false" : "true");
        json_field("best", image_guest_name(verdict->best));
        json_field("summary", image_words_summary(verdict, &run->ask, line, sizeof(line)));
        json_ways(verdict);
        json_notes(&verdict->notes);
        json_findings(verdict);
    } else {
        printf(",\n  \"usable\": false");
        json_field("summary", image->problem);
    }
    printf("}");
}

static void image_report(struct run *run, const struct image_file *image)
{
    struct image_verdict verdict = { .best = IMAGE_GUESTS };

    if (!image->problem[0])
        image_judge(image->elf, image->elf_len, &run->ask, &verdict);
    if (run->json)
        print_json(image, &verdict, run);
    else if (image->problem[0])
        printf("%s\n  cannot %s: %s\n", image->path, run->ask.dom0 ? "be dom0" : "be a guest", image->problem);
    else
        print_text(image, &verdict, &run->ask);
    run->shown++;
    worsen(run, verdict.best == IMAGE_GUESTS ? XNL_NO : XNL_YES);
}

static void image_one(struct run *run, const char *path, bool named)
{
    struct image_file image;
    int error = image_file_open(&image, path);

    if (named || (error != -EIO && image_file_is_candidate(&image)))
        image_report(run, &image);
    if (error == -EIO && named)
        worsen(run, XNL_FAILED);
    image_file_close(&image);
}

/* With --json one more element of the array. */
static void directory_problem(struct run *run, const char *path, const char *problem)
{
    worsen(run, XNL_FAILED);
    fprintf(stderr, "xnl: image: %s: %s\n", path, problem);
    if (!run->json)
        return;
    printf("%s {\"file\": ", run->shown++ ? ",\n" : "");
    json_text(path, strlen(path));
    printf(", \"problem\": ");
    json_text(problem, strlen(problem));
    putchar('}');
}

static void image_directory(struct run *run, const char *path)
{
    struct dirent **names;
    int nr = scandir(path, &names, NULL, alphasort);
    char full[4096];
    struct stat st;

    if (nr < 0) {
        directory_problem(run, path, strerror(errno));
        return;
    }
    unsigned int before = run->shown;
    for (int i = 0; i < nr; i++) {
        snprintf(full, sizeof(full), "%s/%s", path, names[i]->d_name);
        if (!lstat(full, &st) && S_ISREG(st.st_mode))
            image_one(run, full, false);
        free(names[i]);
    }
    free(names);
    if (run->shown == before)
        directory_problem(run, path, "no kernels in it");
}

static bool can_run_parse(const char *list, unsigned int *can_run)
{
    static const char *const names[] = {[IMAGE_PV64] = "pv64", [IMAGE_PVH] = "pvh", [IMAGE_PV32] = "pv32" };
    struct span rest = { list, strlen(list) };

    *can_run = 0;
    while (rest.len) {
        struct span name = span_cut(&rest, ',');
        unsigned int guest = 0;

        while (guest < IMAGE_GUESTS && !span_is(name, names[guest]))
            guest++;
        if (guest == IMAGE_GUESTS)
            return false;
        *can_run |= IMAGE_BIT(guest);
    }
    return true;
}

static bool option_parse(struct run *run, const char *option)
{
    if (!strcmp(option, "--json"))
        run->json = true;
    else if (!strcmp(option, "--guest"))
        run->ask.dom0 = false;
    else if (!strcmp(option, "--ignore-required"))
        run->ask.ignore_required = true;
    else if (!strncmp(option, "--can-run=", 10))
        return can_run_parse(option + 10, &run->ask.can_run);
    else
        return false;
    return true;
}

int xnl_image(int argc, char **argv)
{
    struct run run = { .ask = { .can_run = IMAGE_BIT(IMAGE_PV64), .dom0 = true } };
    unsigned int files = 0;
    const char *strange = NULL;
    struct stat st;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return XNL_YES;
        }
        if (argv[i][0] != '-')
            files++;
        else if (!option_parse(&run, argv[i]))
            strange = argv[i];
    }
    if (strange)
        return xnl_wrong_usage(usage, "image: what is \"%s\"?", strange);
    if (!files)
        return xnl_wrong_usage(usage, "image: which file?");
    if (run.json)
        printf("[\n");
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            continue;
        if (!stat(argv[i], &st) && S_ISDIR(st.st_mode))
            image_directory(&run, argv[i]);
        else
            image_one(&run, argv[i], true);
    }
    if (run.json)
        printf("\n]\n");
    return run.status;
}
