/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kexec_op (xen/kexec.h): the commands. A load that goes on has CONTINUED in its command. */
#include "core/kexec/kexec.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"
#include "hv/log.h"

#include <hypercall_handlers.h>

#define CONTINUED 0x80000000u

/* The type of unload and status; 0 or an error. */
static long type_from_guest(uint64_t arg, uint8_t *type)
{
    if (copy_from_guest_va(type, arg))
        return -EFAULT;
    return *type < KEXEC_TYPES ? 0 : -EINVAL;
}

static long op_unload(uint64_t arg)
{
    uint8_t type;
    long rc = type_from_guest(arg, &type);

    if (rc)
        return rc;
    spin_lock(&kexec_lock);
    kexec_install(type, NULL);
    spin_unlock(&kexec_lock);
    return 0;
}

static long op_status(uint64_t arg)
{
    uint8_t type;
    long rc = type_from_guest(arg, &type);

    return rc ? rc : kexec_loaded(type) != NULL;
}

static long op_load(struct hypercall *call, bool again)
{
    spin_lock(&kexec_lock);
    long rc = kexec_load(call->arg[1], again);
    spin_unlock(&kexec_lock);
    if (rc == -ERESTART)
        call->arg[0] |= CONTINUED;
    return rc;
}

static long op_exec(uint64_t arg)
{
    struct xen_kexec_exec exec;

    if (copy_from_guest_va(&exec, arg))
        return -EFAULT;
    if (exec.type < 0 || exec.type >= (int)KEXEC_TYPES)
        return -EINVAL;
    if (exec.type == KEXEC_TYPE_DEFAULT)
        return kexec_start_default();
    if (!kexec_crash_is_loaded())
        return -ENOENT;
    kexec_crash(NULL);
    return -EIO; /* it is damaged, and that was said */
}

/* Each is reported once. */
static long op_obsolete(uint64_t cmd, const char *replacement)
{
    static bool said[KEXEC_CMD_kexec_unload_v1 + 1];

    if (!__atomic_exchange_n(&said[cmd], true, __ATOMIC_RELAXED))
        log_warning("kexec: command %lu is one that Xen 4.4 replaced: use %s instead", (unsigned long)cmd, replacement);
    return -EOPNOTSUPP;
}

long hypercall_kexec_op(struct hypercall *call)
{
    uint64_t arg = call->arg[1];

    switch (call->arg[0]) {
    case KEXEC_CMD_kexec:
        return op_exec(arg);
    case KEXEC_CMD_kexec_load_v1:
        return op_obsolete(call->arg[0], "KEXEC_CMD_kexec_load (4)");
    case KEXEC_CMD_kexec_unload_v1:
        return op_obsolete(call->arg[0], "KEXEC_CMD_kexec_unload (5)");
    case KEXEC_CMD_kexec_get_range:
        return kexec_get_range(arg);
    case KEXEC_CMD_kexec_load:
        return op_load(call, false);
    case KEXEC_CMD_kexec_load | CONTINUED:
        return op_load(call, true);
    case KEXEC_CMD_kexec_unload:
        return op_unload(arg);
    case KEXEC_CMD_kexec_status:
        return op_status(arg);
    default:
        return -EOPNOTSUPP;
    }
}
