/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one door to the Xen ABI: Debian's libxen-dev headers of 4.17 or 4.20, with the macros that make them mean what
 * 4.17's mean to a guest, and the names that came later. Nothing else in the tree includes <xen/...> (errno numbers
 * excepted) and nothing retypes it. Where the releases differ, gen/layouts.tbl says how, and the build checks it.
 */
#ifndef PUBLIC_H
#define PUBLIC_H

#include <stddef.h>
#include <stdint.h>

#define __XEN_TOOLS__               1          /* domctl, sysctl and the rest that only toolstacks see */
#define __XEN_INTERFACE_VERSION__   0x00040e00 /* the newest that 4.17's headers know */

#include <xen/xen.h>
#include <xen/callback.h>
#include <xen/domctl.h>
#include <xen/elfnote.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/hvm/params.h>
#include <xen/hvm/save.h>
#include <xen/hypfs.h>
#include <xen/io/console.h>
#include <xen/arch-x86/cpuid.h>
#include <xen/arch-x86/xen-mca.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/kexec.h>
#include <xen/memory.h>
#include <xen/nmi.h>
#include <xen/physdev.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/trace.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#include <layout_names.h>

#include "xenolith.h"

_Static_assert(sizeof(struct shared_info) <= 4096, "shared_info must fit a page");
_Static_assert(sizeof(struct vcpu_info) == 64, "vcpu_info is 64 bytes in the ABI");
_Static_assert(sizeof(struct start_info) <= 4096, "start_info must fit a page");
_Static_assert(sizeof(struct xenolith_domctl_view) <= sizeof(((struct xen_domctl *)0)->u), "it goes where Xen's go");

#endif
