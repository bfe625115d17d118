/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calling guest's memory, as hypercall arguments point to it. A guest can change it at any moment: copy once, then
 * look. The functions act on current_vcpu(); an address in the hypervisor's part of the address space is refused.
 */
#ifndef HV_GUEST_ACCESS_H
#define HV_GUEST_ACCESS_H

#include "hv/types.h"

/**
 * Arch duties. 0 or -EFAULT; on -EFAULT an unspecified prefix may have been copied (to), or @dst is unspecified
 * (from). Nothing can be copied from and to anywhere.
 */
int arch_copy_from_guest(void *dst, vaddr_t src, size_t len);
int arch_copy_to_guest(vaddr_t dst, const void *src, size_t len);
/** False if a guest can never have @len bytes at @va, whatever it maps: not canonical, or the hypervisor's. */
bool arch_guest_range_ok(vaddr_t va, size_t len);
/** Zeroes @len bytes of guest memory. 0 or -EFAULT. */
int arch_clear_guest(vaddr_t dst, size_t len);

static inline int copy_from_guest_bytes(void *dst, uint64_t src, uint64_t nr, size_t size)
{
    uint64_t len;
    if (__builtin_mul_overflow(nr, (uint64_t)size, &len))
        return -EFAULT;
    return arch_copy_from_guest(dst, src, len);
}
static inline int copy_to_guest_bytes(uint64_t dst, const void *src, uint64_t nr, size_t size)
{
    uint64_t len;
    if (__builtin_mul_overflow(nr, (uint64_t)size, &len))
        return -EFAULT;
    return arch_copy_to_guest(dst, src, len);
}

/* Through raw hypercall arguments (uint64_t addresses); *dst and *src are the typed objects. */
#define copy_from_guest_va(dst, va)         copy_from_guest_bytes(dst, va, 1, sizeof(*(dst)))
#define copy_to_guest_va(va, src)           copy_to_guest_bytes(va, src, 1, sizeof(*(src)))
#define copy_array_from_guest(dst, va, nr)  copy_from_guest_bytes(dst, va, nr, sizeof(*(dst)))
#define copy_array_to_guest(va, src, nr)    copy_to_guest_bytes(va, src, nr, sizeof(*(src)))

/* Through the ABI's typed handles, element @idx of the array. The element type is checked by the compiler. */
#define guest_handle_va(hnd)           ((uint64_t)(uintptr_t)(hnd).p)
#define guest_handle_null(hnd)         ((hnd).p == NULL)
#define guest_handle_elem_va(hnd, idx) (guest_handle_va(hnd) + (uint64_t)(idx) * sizeof(*(hnd).p))
#define copy_from_handle(dst, hnd, idx) \
    ({                                                                                                         \
        __typeof__((hnd).p) cfh_ = (dst);                                                                      \
        copy_from_guest_bytes((void *)cfh_, guest_handle_elem_va(hnd, idx), 1, sizeof(*(hnd).p));              \
    })
#define copy_to_handle(hnd, idx, src) \
    ({                                                                                                         \
        const __typeof__(*(hnd).p) *cth_ = (src);                                                              \
        copy_to_guest_bytes(guest_handle_elem_va(hnd, idx), cth_, 1, sizeof(*(hnd).p));                        \
    })

#endif
