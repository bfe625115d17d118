/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Extended state as a guest is saved with: a head, then an image in XSAVE's standard format. */
#ifndef CPU_XSTATE_IMAGE_H
#define CPU_XSTATE_IMAGE_H

#include "hv/domain.h"

struct xstate_image_head { uint64_t xcr0, xcr0_accum; };

/** Bytes of head and image for the components @mask; 0: the head alone. */
uint32_t xstate_image_size(uint64_t mask);
/** Writes both, of xstate_image_size(xcr0_accum) bytes, @size, to @out. @v does not run. 0 or -errno. */
int xstate_image_make(const struct vcpu *v, uint8_t *out, uint32_t size);
/** Whether @d may have those components: 0, -EINVAL, and a line for each that is in the way. */
int xstate_head_check(const struct domain *d, const struct xstate_image_head *head);
/** Whether the image of @size bytes, without its head, can be loaded: 0 or -errno, with a line in the log. */
int xstate_image_check(const struct domain *d, const struct xstate_image_head *head, const uint8_t *in, size_t size);
/** Loads what was checked into @v, which does not run. @image is changed. 0 or -errno: no room. */
int xstate_image_take(struct vcpu *v, const struct xstate_image_head *head, uint8_t *image, size_t size);

#endif
