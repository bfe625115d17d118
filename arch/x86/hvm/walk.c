/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each entry of the guest's tables is read and changed in a frame that is held meanwhile, so that what the guest does
 * to its memory at the same time harms nobody else.
 */
#include "hvm/walk.h"

#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "hvm/vendor.h"
#include "hw/native/cpu.h"
#include "x86/pte/pte.h"

#define TRIES 16u

static bool entry_read(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t *entry)
{
    struct frame *f = hvm_frame_access(opaque, gfn(paddr >> PAGE_SHIFT), false, NULL);

    if (!f)
        return false;
    const char *at = (const char *)mfn_to_virt(frame_to_mfn(f)) + (paddr & (PAGE_SIZE - 1));
    *entry = bytes == 8 ? READ_ONCE(*(const uint64_t *)at) : READ_ONCE(*(const uint32_t *)at);
    frame_put(f);
    return true;
}

static bool entry_exchange(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t old, uint64_t next)
{
    struct frame *f = hvm_frame_access(opaque, gfn(paddr >> PAGE_SHIFT), true, NULL);
    uint32_t old32 = (uint32_t)old;
    bool same;

    if (!f)
        return true; /* memory that cannot be written */
    char *at = (char *)mfn_to_virt(frame_to_mfn(f)) + (paddr & (PAGE_SIZE - 1));
    if (bytes == 8)
        same = __atomic_compare_exchange_n((uint64_t *)at, &old, next, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    else
        same = __atomic_compare_exchange_n((uint32_t *)at, &old32, (uint32_t)next, false, __ATOMIC_SEQ_CST,
                                           __ATOMIC_SEQ_CST);
    frame_put(f);
    return same;
}

void hvm_paging(const struct vcpu *v, struct guest_paging *p)
{
    hvm_vendor->paging_get(v, p);
    p->ac = hvm_regs(v)->rflags & RFLAGS_AC;
}

/* False: @va is none in this mode. */
static bool address_ok(const struct guest_paging *p, uint64_t va)
{
    if (!(p->efer & EFER_LMA))
        return va <= UINT32_MAX;
    return va_is_canonical(va);
}

enum guest_walk_end hvm_walk(const struct vcpu *v, const struct guest_paging *paging, uint64_t va, unsigned int access,
                             struct guest_walk *out)
{
    const struct guest_walk_memory memory = { entry_read, entry_exchange, v->domain };
    enum guest_walk_end end = GUEST_WALK_CHANGED;

    *out = (struct guest_walk){ 0 };
    if (!address_ok(paging, va))
        return GUEST_WALK_FAULT;
    for (unsigned int i = 0; i < TRIES && end == GUEST_WALK_CHANGED; i++)
        end = guest_walk(paging, &memory, va, access, out);
    return end;
}

bool hvm_linear_to_gfn(const struct vcpu *v, uint64_t va, gfn_t *g)
{
    struct guest_paging paging;
    struct guest_walk w;

    hvm_paging(v, &paging);
    paging.user = false;
    paging.ac = true;
    if (hvm_walk(v, &paging, va, 0, &w) != GUEST_WALK_DONE)
        return false;
    *g = gfn(w.paddr >> PAGE_SHIFT);
    return true;
}

unsigned int hvm_fetch(const struct vcpu *v, uint64_t va, uint8_t *code, unsigned int count, struct guest_walk *last)
{
    struct guest_paging paging;
    unsigned int done = 0;

    hvm_paging(v, &paging);
    while (done < count) {
        uint64_t at = paging.efer & EFER_LMA ? va + done : (uint32_t)(va + done);
        unsigned int n = MIN(count - done, (unsigned int)(PAGE_SIZE - (at & (PAGE_SIZE - 1))));

        if (hvm_walk(v, &paging, at, GUEST_WALK_FETCH, last) != GUEST_WALK_DONE)
            break;
        struct frame *f = hvm_frame_access(v->domain, gfn(last->paddr >> PAGE_SHIFT), false, NULL);
        if (!f)
            break;
        memcpy(code + done, (const char *)mfn_to_virt(frame_to_mfn(f)) + (last->paddr & (PAGE_SIZE - 1)), n);
        frame_put(f);
        done += n;
    }
    return done;
}
