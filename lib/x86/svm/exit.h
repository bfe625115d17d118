/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a guest stopped (APM volume 2, appendix C), and what the processor tells of it: accesses to ports and memory. */
#ifndef LIB_X86_SVM_EXIT_H
#define LIB_X86_SVM_EXIT_H

#include "x86/svm/vmcb.h"

enum svm_exit {
    SVM_EXIT_CR0_READ = 0x00, SVM_EXIT_CR0_WRITE = 0x10, SVM_EXIT_DR0_READ = 0x20, SVM_EXIT_DR0_WRITE = 0x30,
    SVM_EXIT_EXCEPTION = 0x40 /* + vector */, SVM_EXIT_INTR = 0x60, SVM_EXIT_NMI = 0x61, SVM_EXIT_SMI = 0x62,
    SVM_EXIT_INIT = 0x63, SVM_EXIT_VINTR = 0x64, SVM_EXIT_RDTSC = 0x6e, SVM_EXIT_RDPMC = 0x6f, SVM_EXIT_IRET = 0x74,
    SVM_EXIT_CPUID = 0x72, SVM_EXIT_INVD = 0x76, SVM_EXIT_PAUSE = 0x77, SVM_EXIT_HLT = 0x78, SVM_EXIT_INVLPGA = 0x7a,
    SVM_EXIT_IOIO = 0x7b, SVM_EXIT_MSR = 0x7c, SVM_EXIT_TASK_SWITCH = 0x7d, SVM_EXIT_SHUTDOWN = 0x7f,
    SVM_EXIT_VMRUN = 0x80, SVM_EXIT_VMMCALL = 0x81, SVM_EXIT_VMLOAD = 0x82, SVM_EXIT_VMSAVE = 0x83,
    SVM_EXIT_STGI = 0x84, SVM_EXIT_CLGI = 0x85, SVM_EXIT_SKINIT = 0x86, SVM_EXIT_RDTSCP = 0x87, SVM_EXIT_ICEBP = 0x88,
    SVM_EXIT_WBINVD = 0x89, SVM_EXIT_MONITOR = 0x8a, SVM_EXIT_MWAIT = 0x8b, SVM_EXIT_XSETBV = 0x8d,
    SVM_EXIT_RDPRU = 0x8e, SVM_EXIT_NPF = 0x400,
};

/** The exit code says that the VMCB was refused: all ones, of which some emulators give 32 only. */
static inline bool svm_exit_is_invalid(uint64_t code)
{
    return code == ~0ULL || code == 0xffffffffULL;
}

/** In a word, for logs; never NULL. */
const char *svm_exit_text(uint64_t code);

struct svm_io {
    uint16_t port;
    uint8_t bytes;         /* 1, 2, 4 */
    bool in, string, repeat;
    uint64_t next_rip;
};
/** Of SVM_EXIT_IOIO. False: the processor says no size. */
bool svm_exit_io(const struct vmcb *v, struct svm_io *io);

struct svm_nested_fault {
    uint64_t address;      /* guest-physical, to the byte */
    bool present, write, fetch, reserved;
    bool in_tables;        /* while the guest's own tables were walked */
};
struct svm_nested_fault svm_exit_nested_fault(const struct vmcb *v);

#endif
