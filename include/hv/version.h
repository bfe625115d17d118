/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the hypervisor says about itself: XENVER_*, and the first lines of the log. */
#ifndef HV_VERSION_H
#define HV_VERSION_H

#include "hv/types.h"
#include "public.h"

struct domain;

#define HV_VERSION_MAJOR 4
/** What is shown as 4.N: the option xen-minor=, or 17 before options are read. */
uint32_t hv_version_minor(void);
#define HV_EXTRA_VERSION ".0-xenolith"

/** The hypervisor's command line, as far as it may be shown (cmdline_shown()); set once, at boot. Never NULL. */
extern const char *hv_cmdline;
/** One line: name, version, builder, compiler, date. */
void version_banner(char *buf, size_t len);
/** The linker's build id in hexadecimal, by which the file with the symbols is known; "none" if there is none. */
void version_build_id(char *buf, size_t len);

/** What @d gets when it asks for its features (submap 0) and, as a whole, what it is shown of the hypervisor. */
uint32_t version_features(const struct domain *d);
void version_view(const struct domain *d, struct xenolith_domctl_view *view);

/** Arch duty: the type, virt_start, hv_start and hv_last of @d's view. */
void arch_domain_view(const struct domain *d, struct xenolith_domctl_view *view);
/** Arch duty: the guest types that can be built, each followed by a space ("xen-3.0-x86_64 "). NUL-terminated. */
void arch_capabilities(char *buf, size_t len);

#endif
