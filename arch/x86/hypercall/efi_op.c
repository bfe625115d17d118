/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENPF_efi_runtime_call (xen/platform.h): names and data are copied in and out, firmware sees the hypervisor's copies
 * alone. No variable is larger than what fits BUFFER_ORDER.
 */
#include "hypercall/efi_op.h"

#include "hv/guest_access.h"
#include "hv/heap.h"
#include "platform/efi.h"

#include <arch/page.h>

#define NAME_MAX     1024u /* characters, with the NUL */
#define BUFFER_ORDER 5u
#define BUFFER_SIZE  (PAGE_SIZE << BUFFER_ORDER)
#define PTR(p)       ((uint64_t)(uintptr_t)(p))

/* UEFI 2.9, 8.3 (EFI_TIME). */
struct efi_time {
    uint16_t year;
    uint8_t month, day, hour, minute, second, pad1;
    uint32_t nanosecond;
    int16_t timezone;
    uint8_t daylight, pad2;
};
_Static_assert(sizeof(struct efi_time) == 16, "UEFI 2.9, 8.3");
struct efi_time_caps {
    uint32_t resolution, accuracy;
    uint8_t sets_to_zero;
};
_Static_assert(sizeof(struct xenpf_efi_guid) == 16, "the ABI has EFI's own form");

static void time_out(struct xenpf_efi_time *to, const struct efi_time *t)
{
    *to = (struct xenpf_efi_time){ t->year, t->month, t->day, t->hour, t->minute, t->second, t->nanosecond, t->timezone,
                                   t->daylight };
}

static struct efi_time time_in(const struct xenpf_efi_time *t)
{
    return (struct efi_time){ t->year, t->month, t->day, t->hour, t->min, t->sec, 0, t->ns, t->tz, t->daylight, 0 };
}

static int call(struct xenpf_efi_runtime_call *op, enum efi_service service, const uint64_t argument[5])
{
    uint64_t status;
    int rc = efi_runtime(service, argument, &status);

    if (!rc)
        op->status = status;
    return rc;
}

static long get_time(struct xenpf_efi_runtime_call *op)
{
    struct efi_time_caps caps = { 0 };
    struct efi_time t = { 0 };

    if (op->misc)
        return -EINVAL;
    int rc = call(op, EFI_GET_TIME, (uint64_t[5]){ PTR(&t), PTR(&caps) });
    if (rc || EFI_IS_ERROR(op->status))
        return rc;
    time_out(&op->u.get_time.time, &t);
    op->u.get_time.resolution = caps.resolution;
    op->u.get_time.accuracy = caps.accuracy;
    op->misc = caps.sets_to_zero ? XEN_EFI_GET_TIME_SET_CLEARS_NS : 0;
    return 0;
}

static long set_time(struct xenpf_efi_runtime_call *op)
{
    struct efi_time t = time_in(&op->u.set_time);

    return op->misc ? -EINVAL : call(op, EFI_SET_TIME, (uint64_t[5]){ PTR(&t) });
}

static long get_wakeup_time(struct xenpf_efi_runtime_call *op)
{
    uint8_t enabled = 0, pending = 0;
    struct efi_time t = { 0 };

    if (op->misc)
        return -EINVAL;
    int rc = call(op, EFI_GET_WAKEUP_TIME, (uint64_t[5]){ PTR(&enabled), PTR(&pending), PTR(&t) });
    if (rc || EFI_IS_ERROR(op->status))
        return rc;
    time_out(&op->u.get_wakeup_time, &t);
    op->misc = (enabled ? XEN_EFI_GET_WAKEUP_TIME_ENABLED : 0) | (pending ? XEN_EFI_GET_WAKEUP_TIME_PENDING : 0);
    return 0;
}

static long set_wakeup_time(struct xenpf_efi_runtime_call *op)
{
    struct efi_time t = time_in(&op->u.set_wakeup_time);
    bool enable = op->misc & XEN_EFI_SET_WAKEUP_TIME_ENABLE, only = op->misc & XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY;

    if (op->misc & ~(XEN_EFI_SET_WAKEUP_TIME_ENABLE | XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY))
        return -EINVAL;
    int rc = call(op, EFI_SET_WAKEUP_TIME, (uint64_t[5]){ enable, only ? 0 : PTR(&t) });
    if (!rc)
        op->misc = 0;
    return rc;
}

static long next_count(struct xenpf_efi_runtime_call *op)
{
    uint32_t high = 0;

    if (op->misc)
        return -EINVAL;
    int rc = call(op, EFI_GET_NEXT_HIGH_MONOTONIC_COUNT, (uint64_t[5]){ PTR(&high) });
    op->misc = high;
    return rc;
}

/* A name and the data of a variable, in one buffer. */
struct variable {
    uint16_t name[NAME_MAX];
    uint8_t data[BUFFER_SIZE - NAME_MAX * sizeof(uint16_t)];
};
_Static_assert(sizeof(struct variable) == BUFFER_SIZE, "it has the buffer to itself");

/* The guest's string ends somewhere: characters are copied until its NUL, and none behind it touched. */
static long copy_name(struct variable *v, uint64_t from)
{
    for (unsigned int i = 0; i < NAME_MAX; i++) {
        if (copy_array_from_guest(&v->name[i], from + 2 * i, 1))
            return -EFAULT;
        if (!v->name[i])
            return 0;
    }
    return -EINVAL;
}

static long get_variable(struct xenpf_efi_runtime_call *op, struct variable *v)
{
    struct xenpf_efi_guid guid = op->u.get_variable.vendor_guid;
    uint64_t size = MIN(op->u.get_variable.size, sizeof(v->data));
    uint32_t attributes = 0;

    if (op->misc)
        return -EINVAL;
    long rc = copy_name(v, guest_handle_va(op->u.get_variable.name));
    if (!rc)
        rc = call(op, EFI_GET_VARIABLE,
                  (uint64_t[5]){ PTR(v->name), PTR(&guid), PTR(&attributes), PTR(&size), size ? PTR(v->data) : 0 });
    if (rc)
        return rc;
    op->misc = attributes;
    op->u.get_variable.size = size;
    if (EFI_IS_ERROR(op->status) || !size)
        return 0;
    return size > sizeof(v->data) ||
                   copy_to_guest_bytes(guest_handle_va(op->u.get_variable.data), v->data, 1, size) ? -EFAULT : 0;
}

static long set_variable(struct xenpf_efi_runtime_call *op, struct variable *v)
{
    struct xenpf_efi_guid guid = op->u.set_variable.vendor_guid;
    uint64_t size = op->u.set_variable.size;

    if (size > sizeof(v->data))
        return -ENOMEM;
    long rc = copy_name(v, guest_handle_va(op->u.set_variable.name));
    if (!rc && copy_from_guest_bytes(v->data, guest_handle_va(op->u.set_variable.data), 1, size))
        rc = -EFAULT;
    if (!rc)
        rc = call(op, EFI_SET_VARIABLE, (uint64_t[5]){ PTR(v->name), PTR(&guid), op->misc, size, PTR(v->data) });
    return rc;
}

static long next_name(struct xenpf_efi_runtime_call *op, struct variable *v)
{
    uint64_t size = MIN(op->u.get_next_variable_name.size, sizeof(v->name)) & ~1ull, room = size;
    uint64_t at = guest_handle_va(op->u.get_next_variable_name.name);
    struct xenpf_efi_guid guid = op->u.get_next_variable_name.vendor_guid;

    if (op->misc || size < 2)
        return -EINVAL;
    if (copy_from_guest_bytes(v->name, at, 1, size))
        return -EFAULT;
    v->name[size / 2 - 1] = 0;
    long rc = call(op, EFI_GET_NEXT_VARIABLE_NAME, (uint64_t[5]){ PTR(&size), PTR(v->name), PTR(&guid) });
    if (rc)
        return rc;
    op->u.get_next_variable_name.size = size;
    if (EFI_IS_ERROR(op->status))
        return 0;
    op->u.get_next_variable_name.vendor_guid = guid;
    return size > room || copy_to_guest_bytes(at, v->name, 1, size) ? -EFAULT : 0;
}

/* The snapshot is of a loader that was an EFI program itself: there is none. */
static long query_info(struct xenpf_efi_runtime_call *op)
{
    uint64_t max_store = 0, remaining = 0, max_size = 0;

    if (op->misc & ~XEN_EFI_VARINFO_BOOT_SNAPSHOT)
        return -EINVAL;
    if (op->misc)
        return -EOPNOTSUPP;
    int rc = call(op, EFI_QUERY_VARIABLE_INFO,
                  (uint64_t[5]){ op->u.query_variable_info.attr, PTR(&max_store), PTR(&remaining), PTR(&max_size) });
    op->u.query_variable_info.max_store_size = max_store;
    op->u.query_variable_info.remain_store_size = remaining;
    op->u.query_variable_info.max_size = max_size;
    return rc;
}

static long with_buffer(struct xenpf_efi_runtime_call *op,
                        long (*fn)(struct xenpf_efi_runtime_call *op, struct variable *v))
{
    struct variable *v = hv_alloc_pages(BUFFER_ORDER);

    if (!v)
        return -ENOMEM;
    long rc = fn(op, v);
    hv_free_pages(v, BUFFER_ORDER);
    return rc;
}

long efi_op(struct xenpf_efi_runtime_call *op)
{
    switch (op->function) {
    case XEN_EFI_get_time: return get_time(op);
    case XEN_EFI_set_time: return set_time(op);
    case XEN_EFI_get_wakeup_time: return get_wakeup_time(op);
    case XEN_EFI_set_wakeup_time: return set_wakeup_time(op);
    case XEN_EFI_get_next_high_monotonic_count: return next_count(op);
    case XEN_EFI_get_variable: return with_buffer(op, get_variable);
    case XEN_EFI_set_variable: return with_buffer(op, set_variable);
    case XEN_EFI_get_next_variable_name: return with_buffer(op, next_name);
    case XEN_EFI_query_variable_info: return query_info(op);
    default: return -ENOSYS; /* capsules among them */
    }
}
