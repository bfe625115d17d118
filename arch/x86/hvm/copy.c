/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a container by linear address: each page is walked to, and its frame held while it is copied. */
#include "hv/percpu.h"
#include "hvm/hvm.h"
#include "hvm/p2m.h"
#include "hvm/walk.h"

enum direction { FROM_GUEST, TO_GUEST, CLEAR_GUEST };

static int copy_page(struct vcpu *v, const struct guest_paging *paging, enum direction how, uint64_t va, void *ours,
                     size_t n)
{
    bool write = how != FROM_GUEST;
    struct guest_walk w;

    if (hvm_walk(v, paging, va, write ? GUEST_WALK_WRITE : 0, &w) != GUEST_WALK_DONE)
        return -EFAULT;
    struct frame *f = hvm_frame_access(v->domain, gfn(w.paddr >> PAGE_SHIFT), write, NULL);
    if (!f)
        return -EFAULT;
    char *at = (char *)mfn_to_virt(frame_to_mfn(f)) + (w.paddr & (PAGE_SIZE - 1));
    if (how == FROM_GUEST)
        memcpy(ours, at, n);
    else if (how == TO_GUEST)
        memcpy(at, ours, n);
    else
        memset(at, 0, n);
    frame_put(f);
    return 0;
}

static int walked(enum direction how, uint64_t va, void *ours, size_t len)
{
    struct vcpu *v = current_vcpu();
    struct guest_paging paging;
    int rc = 0;

    if (!hvm_guest_range_ok(va, len))
        return -EFAULT;
    hvm_paging(v, &paging);
    while (len && !rc) {
        size_t n = MIN(len, PAGE_SIZE - (va & (PAGE_SIZE - 1)));

        rc = copy_page(v, &paging, how, va, ours, n);
        va += n;
        ours = ours ? (char *)ours + n : NULL;
        len -= n;
    }
    return rc;
}

static int narrow_read(void *dst, uint64_t address, size_t bytes) { return walked(FROM_GUEST, address, dst, bytes); }
static int narrow_write(uint64_t address, const void *src, size_t bytes)
{
    return walked(TO_GUEST, address, (void *)src, bytes);
}

/* A list of 32-bit code. Nothing is cleared in one. */
static int by_lens(struct compat *c, enum direction how, uint64_t va, void *ours, size_t len)
{
    static const struct compat_memory memory = { narrow_read, narrow_write };

    if (how == FROM_GUEST)
        return compat_read(c, &memory, ours, va, len);
    return how == TO_GUEST ? compat_write(c, &memory, va, ours, len) : -EFAULT;
}

static int copy(enum direction how, uint64_t va, void *ours, size_t len)
{
    struct compat *c = &current_vcpu()->arch.hvm.compat;

    return compat_is_lens(c, va) ? by_lens(c, how, va, ours, len) : walked(how, va, ours, len);
}

int hvm_copy_from_guest(void *dst, uint64_t src, size_t len) { return copy(FROM_GUEST, src, dst, len); }

int hvm_copy_to_guest(uint64_t dst, const void *src, size_t len) { return copy(TO_GUEST, dst, (void *)src, len); }

int hvm_clear_guest(uint64_t dst, size_t len) { return copy(CLEAR_GUEST, dst, NULL, len); }

/* Whatever an address leads to is found out by walking: here only that it does not wrap. */
bool hvm_guest_range_ok(uint64_t va, size_t len) { return !len || len - 1 <= ~va; }
