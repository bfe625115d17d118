/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the command line: parsing the words one by one gives the same options, and parsing twice the same as once;
 * a word about which nothing was told is taken by the strict reader too, with the same result; one that the strict
 * reader takes is told about never; numbers stay within their rows' limits and strings terminated; of dom0_mem=, what
 * counts is what would count without the parts that cannot be read.
 */
#include <stdlib.h>

#include "base/cmdline.h"
#include "base/format.h"
#include "options/row.h"

#include "law.h"

static void require_limits(const struct hv_options *o)
{
    for (size_t i = 0; i < option_rows_count; i++) {
        const struct option_row *row = &option_rows[i];
        const char *at = (const char *)o + row->offset;
        uint64_t n = 0;

        if (row->kind == OPTION_STRING || row->kind == OPTION_LIST)
            require(memchr(at, 0, row->size));
        if (row->kind != OPTION_UINT && row->kind != OPTION_SIZE)
            continue;
        memcpy(&n, at, row->size);
        require(n == row->number.initial || (n >= row->number.low && n <= row->number.high));
    }
}

/* What the strict reader makes of the word. */
static void require_strict(const struct cmdline_word *word, const struct hv_options *before,
                           const struct hv_options *after, bool told)
{
    struct hv_options strict = *before;
    char name[CMDLINE_WORD_MAX];

    format(name, sizeof(name), "%.*s", (int)word->name_len, word->text);
    if (!word->value || word->open || !options_known(name, strlen(name)))
        return;
    int rc = options_set(&strict, name, word->value);
    require(!rc == !told);
    require(!memcmp(&strict, rc ? before : after, sizeof(strict)));
}

struct kept {
    char text[CMDLINE_WORD_MAX];
};

static int keep_part(const char *part, size_t len, void *out, const struct part_log *log)
{
    struct kept *k = out;
    struct dom0_mem m = { 0 };
    int rc = option_dom0_mem(part, len, &m, NULL);

    if (k && (!rc || rc == -ERANGE))
        format_append(k->text, sizeof(k->text), "%s%.*s", k->text[0] ? "," : "", (int)len, part);
    return rc;
}

static void ignore(void *opaque, enum part_fate fate, const char *part, size_t len, const char *hint)
{
}

static void require_parts(const char *value)
{
    const struct part_log log = { ignore, NULL };
    struct dom0_mem all = { 0 }, good = { 0 };
    struct kept kept = { "" };
    int rc = option_dom0_mem(value, strlen(value), &all, &log);

    parts_read(value, strlen(value), keep_part, NULL, &kept, &log);
    require(!rc == !!kept.text[0]);
    if (kept.text[0])
        require(!option_dom0_mem(kept.text, strlen(kept.text), &good, &log));
    require(!memcmp(&all, &good, sizeof(all)));
}

static void one_by_one(const char *line, struct hv_options *single, unsigned int *reported)
{
    struct cmdline_word word;

    for (*reported = 0; cmdline_next(&line, &word);) {
        struct hv_options before = *single;
        char quoted[CMDLINE_WORD_MAX + 3];
        bool told;

        format(quoted, sizeof(quoted), "\"%s\"", word.text);
        told = options_parse(quoted, single, NULL);
        require_strict(&word, &before, single, told);
        *reported += told || word.open;
        if (word.value)
            require_parts(word.value);
    }
}

static bool any_cut(const char *line)
{
    struct cmdline_word word;
    bool cut = false;

    while (cmdline_next(&line, &word))
        cut |= word.cut;
    return cut;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hv_options all, single;
    char *line = malloc(size + 1);
    unsigned int reported;

    memcpy(line, data, size);
    line[size] = 0;
    options_default(&all);
    options_default(&single);
    unsigned int n = options_parse(line, &all, NULL);

    require_limits(&all);
    require(cmdline_after_dashes(line) <= line + size);
    if (!any_cut(line)) { /* else it cannot be said again in full */
        one_by_one(line, &single, &reported);
        require(reported == n);
        require(!memcmp(&all, &single, sizeof(all)));
    }
    require(options_parse(line, &all, NULL) == n);
    if (!any_cut(line))
        require(!memcmp(&all, &single, sizeof(all)));
    free(line);
    return 0;
}
