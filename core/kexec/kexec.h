/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of core/kexec alone. */
#ifndef CORE_KEXEC_KEXEC_H
#define CORE_KEXEC_KEXEC_H

#include "hv/kexec.h"
#include "hv/lock.h"

/** Serialises everything but the crash path, which only reads. */
extern spinlock_t kexec_lock;

/** A new, empty image; NULL: no memory. */
struct kexec_image *kexec_image_create(const struct kexec_load *load);
/** Gives it up; its frames go back bit by bit. Not loaded any more. NULL does nothing. */
void kexec_image_drop(struct kexec_image *im);
/** Makes @im the loaded image of its type and drops the one before. @im NULL unloads @type. kexec_lock held. */
void kexec_install(unsigned int type, struct kexec_image *im);

/** Some CPU is about to start the crash image. */
bool kexec_is_crashing(void);

/** KEXEC_CMD_kexec_load: may return -ERESTART. kexec_lock held. */
long kexec_load(uint64_t arg, bool again);
/** KEXEC_CMD_kexec_get_range. */
long kexec_get_range(uint64_t arg);

/** The contents of the notes that only exist at the end. Crash path. */
void kexec_notes_finish(void);
bool kexec_notes_init(void);
struct range kexec_notes_range(unsigned int cpu);
struct range kexec_vmcoreinfo_range(void);

#define KEXEC_DUMP_TOOLS_PAGES 3u
/** Takes over KEXEC_DUMP_TOOLS_PAGES zeroed pages for what dump tools are to find. */
void kexec_dump_tools_init(uint8_t *pages);
/** Appends their lines of VMCOREINFO_XEN. */
void kexec_dump_tools_text(char *text, size_t cap);
/** Crash path, the frame table is not used any more: rewrites @f as the tools read it. */
void kexec_dump_tools_own(struct frame *f);

#endif
