/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starting another kernel in the hypervisor's place: on request (the default image), or because of a crash (the crash
 * image, which waits in memory of its own, the crash area). See docs/kexec.md.
 */
#ifndef HV_KEXEC_H
#define HV_KEXEC_H

#include "hv/frame.h"
#include "kexec/load.h"

/* An image that is loaded, or is being loaded. It does not change any more once it is loaded. */
struct kexec_image {
    struct kexec_load load;
    struct frame_list pages;    /* contents and program: the control code reads them */
    struct frame_list hidden;   /* page tables and such: the new kernel does not see them */
    struct frame_list unusable; /* got from the heap, but inside a destination */
    uint64_t program;           /* address of the first page of steps */
    uint64_t checksum;          /* of the destinations of a crash image */
    struct { uint64_t control, root, bridge; } arch; /* machine addresses of pages, arch_kexec_prepare()'s */
};

/** A zeroed frame in no destination, on @list of the image; below 2^32 on &im->hidden. Its address; 0: no memory. */
uint64_t kexec_image_page(struct kexec_image *im, struct frame_list *list);

/** Where the crash area is; known once it was reserved at boot. Empty: none. */
extern struct range kexec_crash_area;

/** Memory for notes, debug key C. Boot, all CPUs known, heap there. */
void kexec_init(void);
/** True if there is a crash image. Any context. */
bool kexec_crash_is_loaded(void);
/**
 * The machine is lost: starts the crash image. @regs is the context at fault, or NULL: the caller's. Returns if there
 * is none, or it is damaged. Any context, no locks are taken.
 */
void kexec_crash(const struct cpu_user_regs *regs);
/** Keeps what this CPU was doing, once, for the notes. Any context. */
void kexec_save_cpu(const struct cpu_user_regs *regs);
/** Starts the default image from CPU 0, soon; the calling vCPU does not run on. 0, -ENOENT, or -EBUSY: it happens. */
int kexec_start_default(void);

/* Inside core/kexec and the architecture. */
struct kexec_image *kexec_loaded(unsigned int type);
/** True if the contents of the crash image are what was loaded. */
bool kexec_image_intact(const struct kexec_image *im);
/** The notes of @cpu, NULL if there are none; their machine address. */
struct kexec_cpu_notes *kexec_cpu_notes(unsigned int cpu);

/* Arch duties. */
/** Every byte of @r is RAM by firmware's map. */
bool arch_kexec_is_ram(void *unused, struct range r);
/** The hypervisor's image, machine addresses. */
struct range arch_kexec_own_range(void);
/** Control code and page tables for an image whose pages and program are complete. 0 or -ENOMEM. */
int arch_kexec_prepare(struct kexec_image *im);
/** Lines of VMCOREINFO_XEN that depend on the machine, "NAME=value\n". Returns their length. */
size_t arch_kexec_vmcoreinfo(char *buf, size_t cap);
/** The registers of this CPU into its notes; @regs NULL: those of the caller. */
void arch_kexec_save_regs(struct kexec_cpu_notes *n, const struct cpu_user_regs *regs);
/** Stops all other CPUs, which call kexec_save_cpu(). No locks. */
void arch_kexec_stop_cpus(void);
/** Makes the machine's interrupt controllers like at boot and enters @im; other CPUs are stopped. No locks. */
void arch_kexec_enter(const struct kexec_image *im) __attribute__((noreturn));
/** Makes devices stop writing to memory, before a default image. Locks may be taken. */
void arch_kexec_quiesce_devices(void);

#endif
