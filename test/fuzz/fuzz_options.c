/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the command line: what is reported changes nothing, so parsing the words one by one gives the same options;
 * parsing twice gives the same as once; strings stay terminated.
 */
#include <stdlib.h>

#include "base/cmdline.h"
#include "options/options.h"

static void require(bool law)
{
    if (!law)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hv_options all, single, before;
    char *line = malloc(size + 1);
    struct cmdline_word word;
    const char *at = line;
    unsigned int reported = 0;

    memcpy(line, data, size);
    line[size] = 0;
    options_default(&all);
    options_default(&single);
    unsigned int n = options_parse(line, &all, NULL);

    while (cmdline_next(&at, &word)) {
        char quoted[CMDLINE_WORD_MAX + 3];

        if (word.cut) { /* cannot be said again in full */
            free(line);
            return 0;
        }
        quoted[0] = '"';
        strcpy(quoted + 1, word.text);
        strcat(quoted, "\"");
        before = single;
        if (options_parse(quoted, &single, NULL)) {
            reported++;
            require(!memcmp(&before, &single, sizeof(single)));
        }
    }
    require(reported == n);
    require(!memcmp(&all, &single, sizeof(all)));
    require(options_parse(line, &all, NULL) == n);
    require(!memcmp(&all, &single, sizeof(all)));
    require(memchr(all.console, 0, sizeof(all.console)) && memchr(all.com1, 0, sizeof(all.com1)));
    require(cmdline_after_dashes(line) <= line + size);
    free(line);
    return 0;
}
