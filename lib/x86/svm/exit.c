/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit codes in words, and what comes with two of them (APM volume 2, 15.10.2 and 15.25.6). */
#include "x86/svm/exit.h"

static const struct {
    uint16_t code;
    const char *text;
} texts[] = {
    { SVM_EXIT_INTR, "interrupt" },       { SVM_EXIT_NMI, "NMI" },             { SVM_EXIT_SMI, "SMI" },
    { SVM_EXIT_INIT, "INIT" },            { SVM_EXIT_VINTR, "interrupt window" },
    { SVM_EXIT_RDTSC, "RDTSC" },          { SVM_EXIT_RDPMC, "RDPMC" },         { SVM_EXIT_CPUID, "CPUID" },
    { SVM_EXIT_IRET, "IRET" },            { SVM_EXIT_INVD, "INVD" },           { SVM_EXIT_PAUSE, "PAUSE" },
    { SVM_EXIT_HLT, "HLT" },              { SVM_EXIT_INVLPGA, "INVLPGA" },     { SVM_EXIT_IOIO, "I/O port" },
    { SVM_EXIT_MSR, "MSR" },              { SVM_EXIT_TASK_SWITCH, "task switch" },
    { SVM_EXIT_SHUTDOWN, "triple fault" }, { SVM_EXIT_VMRUN, "VMRUN" },         { SVM_EXIT_VMMCALL, "hypercall" },
    { SVM_EXIT_VMLOAD, "VMLOAD" },        { SVM_EXIT_VMSAVE, "VMSAVE" },       { SVM_EXIT_STGI, "STGI" },
    { SVM_EXIT_CLGI, "CLGI" },            { SVM_EXIT_SKINIT, "SKINIT" },       { SVM_EXIT_RDTSCP, "RDTSCP" },
    { SVM_EXIT_ICEBP, "ICEBP" },          { SVM_EXIT_WBINVD, "WBINVD" },       { SVM_EXIT_MONITOR, "MONITOR" },
    { SVM_EXIT_MWAIT, "MWAIT" },          { SVM_EXIT_XSETBV, "XSETBV" },       { SVM_EXIT_RDPRU, "RDPRU" },
    { SVM_EXIT_NPF, "nested page fault" },
};

const char *svm_exit_text(uint64_t code)
{
    if (svm_exit_is_invalid(code))
        return "invalid VMCB";
    if (code < SVM_EXIT_CR0_WRITE)
        return "control register read";
    if (code < SVM_EXIT_DR0_READ)
        return "control register write";
    if (code < SVM_EXIT_EXCEPTION)
        return code < SVM_EXIT_DR0_WRITE ? "debug register read" : "debug register write";
    if (code < SVM_EXIT_INTR)
        return "exception";
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        if (texts[i].code == code)
            return texts[i].text;
    return "unknown exit";
}

bool svm_exit_io(const struct vmcb *v, struct svm_io *io)
{
    uint64_t info = v->exit_info1;

    *io = (struct svm_io){
        .port = (uint16_t)(info >> 16), .in = info & BIT(0), .string = info & BIT(2), .repeat = info & BIT(3),
        .bytes = (uint8_t)(info >> 4 & 7), .next_rip = v->exit_info2,
    };
    return io->bytes == 1 || io->bytes == 2 || io->bytes == 4;
}

struct svm_nested_fault svm_exit_nested_fault(const struct vmcb *v)
{
    uint64_t info = v->exit_info1;

    return (struct svm_nested_fault){
        .address = v->exit_info2, .present = info & BIT(0), .write = info & BIT(1), .reserved = info & BIT(3),
        .fetch = info & BIT(4), .in_tables = info & BIT(33),
    };
}
