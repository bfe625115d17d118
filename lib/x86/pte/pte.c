/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page-table entry in words, for dumps. */
#include "x86/pte/pte.h"

#include "base/format.h"

void pte_describe(uint64_t entry, unsigned int level, char *text)
{
    static const struct {
        uint64_t flag;
        char name[4];
    } flags[] = {
        { PTE_RW, "RW" }, { PTE_US, "US" }, { PTE_PWT, "PWT" }, { PTE_PCD, "PCD" }, { PTE_A, "A" },
        { PTE_D, "D" },   { PTE_PS, "PS" }, { PTE_G, "G" },     { PTE_NX, "NX" },
    };

    if (!(entry & PTE_P)) {
        format(text, PTE_TEXT_MAX, "%#lx not present", (unsigned long)entry);
        return;
    }
    format(text, PTE_TEXT_MAX, "%#lx P", (unsigned long)pte_address(entry, level));
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        bool is_pat = flags[i].flag == PTE_PAT && level == 1;

        if (entry & flags[i].flag)
            format_append(text, PTE_TEXT_MAX, " %s", is_pat ? "PAT" : flags[i].name);
    }
}
