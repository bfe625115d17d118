/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the decoder: it never reads past the end; what it accepts it accepts again from exactly its own bytes, and
 * asks for more from any fewer. Evaluating gives a value of the operand's size, and moves RIP on or repeats.
 */
#include <stdlib.h>

#include "x86/decode/insn.h"

#include "law.h"

static void check_evaluation(const struct insn *insn)
{
    struct cpu_user_regs regs = { .rax = 1, .rcx = 2, .rdx = 3, .rsi = 4, .rdi = 5, .rflags = 2 };
    struct insn_result r;

    if (insn_evaluate(insn, (struct insn_operand){ 6, 7 }, 8, &regs, &r)) {
        require(!insn_is_store(insn));
        return;
    }
    require(insn->operand_size >= 8 || r.value.low < BIT(insn->operand_size * 8));
    require(insn->operand_size == 16 || !r.value.high);
    require(r.regs.rip == insn->length || (insn->repeat && r.regs.rip == 0));
    insn_effective_address(insn, &regs, 9, 10);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct insn insn, again;
    enum insn_mode mode;
    uint8_t *copy;
    size_t count;

    if (!size)
        return 0;
    mode = data[0] % 3;
    count = MIN(size - 1, INSN_LENGTH_MAX);
    copy = malloc(count); /* exactly as long, so that the sanitizer sees a byte too far */
    if (count)
        memcpy(copy, data + 1, count);
    if (!insn_decode(copy, count, mode, &insn)) {
        require(insn.length > 0 && insn.length <= count);
        require(!insn_decode(copy, insn.length, mode, &again));
        require(!memcmp(&insn, &again, sizeof(insn)));
        for (size_t n = 0; n < insn.length; n++)
            require(insn_decode(copy, n, mode, &again) == -EAGAIN);
        check_evaluation(&insn);
    }
    free(copy);
    return 0;
}
