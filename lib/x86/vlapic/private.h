/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps that the files of the virtual APIC share. */
#ifndef LIB_X86_VLAPIC_PRIVATE_H
#define LIB_X86_VLAPIC_PRIVATE_H

#include "x86/vlapic/vlapic.h"

#define VECTOR_LOWEST 16u /* those below are illegal: APM volume 2, 16.5 */

#define LVTT_MODE_MASK (3u << 17)
#define LVTT_ONE_SHOT  (0u << 17)
#define LVTT_PERIODIC  (1u << 17)
#define LVTT_DEADLINE  (2u << 17)

static inline void vlapic_put(struct vlapic *v, enum vlapic_reg reg, uint32_t value)
{
    __atomic_store_n(&v->reg[reg / 4], value, __ATOMIC_RELAXED);
}

/** The word of a 256-bit register that has the bit of @vector. */
static inline uint32_t *vlapic_word(struct vlapic *v, enum vlapic_reg reg, uint8_t vector)
{
    return &v->reg[reg / 4 + vector / 32 * 4];
}

/** The id as the mode shows it. */
void vlapic_show_id(struct vlapic *v);
/** End what is in service at the highest priority. */
void vlapic_end(struct vlapic *v, struct vlapic_effect *effect);

uint32_t vlapic_timer_count(const struct vlapic *v, uint64_t now);
void vlapic_timer_start(struct vlapic *v, uint32_t count, uint64_t now, struct vlapic_effect *effect);
void vlapic_timer_divide(struct vlapic *v, uint32_t tdcr, uint64_t now, struct vlapic_effect *effect);
void vlapic_timer_mode(struct vlapic *v, uint32_t lvtt, struct vlapic_effect *effect);

/** The bits that a local vector has; 0: there is none at this offset. */
uint32_t vlapic_lvt_mask(enum vlapic_reg reg);
/** One register as a whole, its offset already known to be one. */
uint32_t vlapic_register_read(const struct vlapic *v, enum vlapic_reg reg, uint64_t now);
void vlapic_register_write(struct vlapic *v, enum vlapic_reg reg, uint32_t value, uint64_t now,
                           struct vlapic_effect *effect);

#endif
