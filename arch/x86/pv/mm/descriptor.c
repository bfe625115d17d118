/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Descriptors of guests (AMD64 APM vol. 2, 4.7 and 4.8). Guests run at CPL 3 on the processor's real tables, so a
 * descriptor must not lead out of CPL 3 nor name a system structure of the processor: code and data get DPL 3; call
 * gates get DPL 0, so that a use traps, and lead to CPL 3; LDT and TSS descriptors, interrupt and trap gates are
 * refused. A frame of type FT_SEG_DESC holds 512 that were checked; the guest sees it read-only and changes it through
 * update_descriptor.
 */

#include "hv/hypercall.h"
#include "pv/mm/finish.h"
#include "pv/mm/mm.h"
#include "pv/mm/types.h"
#include "pv/mm/validate.h"
#include "x86/cpu/segment.h"

#include <hypercall_handlers.h>

#define SYSTEM_NONE      0u
#define SYSTEM_CALL_GATE 0xcu
#define GATE_RPL         (3ULL << 16)
#define DESC_PER_FRAME   (PAGE_SIZE / sizeof(uint64_t))

/** A gate may lead to the guest's own descriptors and to the flat ones that the ABI gives it. */
static bool gate_target_is_guests(uint16_t selector)
{
    bool in_ldt = selector & 4;

    return in_ldt || selector >> 3 < FIRST_RESERVED_GDT_ENTRY || selector == FLAT_RING3_CS64;
}

bool pv_descriptor_fix(uint64_t *desc)
{
    uint64_t d = *desc;

    if (!(d & DESC_P))
        return true;
    if (d & DESC_S) {
        *desc = d | DESC_DPL;
        return true;
    }
    switch (d >> DESC_TYPE_SHIFT & 0xf) {
    case SYSTEM_NONE:
        return true;
    case SYSTEM_CALL_GATE:
        *desc = (d & ~DESC_DPL) | GATE_RPL;
        return gate_target_is_guests((uint16_t)(d >> 16));
    default:
        return false;
    }
}

int seg_desc_validate(struct frame *f)
{
    uint64_t *table = mfn_to_virt(frame_to_mfn(f));

    for (unsigned int i = 0; i < DESC_PER_FRAME; i++) {
        uint64_t d = READ_ONCE(table[i]);
        if (!pv_descriptor_fix(&d))
            return -EINVAL;
    }
    for (unsigned int i = 0; i < DESC_PER_FRAME; i++) {
        uint64_t d = table[i];
        if (pv_descriptor_fix(&d) && d != table[i])
            table[i] = d;
    }
    return 0;
}

/** A frame in use as descriptors stays so; any other must be the guest's to write. */
static int descriptor_store(struct frame *f, unsigned int index, uint64_t desc)
{
    enum frame_type type = ftw_type(ftw_load(f)) == FT_SEG_DESC ? FT_SEG_DESC : FT_WRITABLE;
    uint64_t *table = mfn_to_virt(frame_to_mfn(f));
    int rc = frame_type_get(f, type);

    if (rc)
        return rc == -EBUSY ? -EINVAL : rc;
    __atomic_store_n(&table[index], desc, __ATOMIC_SEQ_CST);
    frame_type_put(f);
    return 0;
}

/** Arguments: machine address of the descriptor, its new value. */
long hypercall_update_descriptor(struct hypercall *call)
{
    const struct domain *d = current_vcpu()->domain;
    uint64_t address = call->arg[0], desc = call->arg[1];
    mfn_t m = paddr_to_mfn(address);
    struct frame *f;
    long rc = pv_mm_enter();

    if (rc)
        return rc;
    if (address % sizeof(desc) || !pv_descriptor_fix(&desc))
        return -EINVAL;
    f = frame_get_mfn(m, d);
    if (!f)
        return -EINVAL;
    rc = descriptor_store(f, address % PAGE_SIZE / sizeof(desc), desc);
    frame_put(f);
    return rc;
}
