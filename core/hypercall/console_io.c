/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console_io(cmd, count, buffer). Reading is the hardware domain's; any domain may write, but only the hardware
 * domain's text goes out as it is. Text is copied in small pieces; the count and the buffer advance, so that a long
 * text can be continued; and so that the hardware domain, which would fill any buffer, goes at the pace of the line.
 */
#include "hv/console.h"
#include "hv/domain.h"
#include "hv/guest_access.h"
#include "hv/hypercall.h"

#include <arch/current.h>
#include <hypercall_handlers.h>

#define PIECE 128u

static long console_io_write(struct hypercall *call, struct domain *d)
{
    char piece[PIECE];
    uint32_t left = (uint32_t)call->arg[1];
    uint64_t buffer = call->arg[2];
    for (bool first = true; left; first = false) {
        if ((!first && hypercall_preempt_check()) || (d->is_hardware && !console_room(PIECE))) {
            call->arg[1] = left;
            call->arg[2] = buffer;
            return -ERESTART;
        }
        uint32_t n = MIN(left, PIECE);
        if (arch_copy_from_guest(piece, buffer, n))
            return -EFAULT;
        console_guest_write(d, piece, n);
        buffer += n;
        left -= n;
    }
    return 0;
}

static long console_io_read(uint32_t count, uint64_t buffer)
{
    char piece[PIECE];
    long done = 0;
    while (count) {
        size_t n = console_guest_read(piece, MIN(count, PIECE));
        if (!n)
            break;
        if (arch_copy_to_guest(buffer, piece, n))
            return -EFAULT;
        done += (long)n;
        buffer += n;
        count -= (uint32_t)n;
    }
    return done;
}

long hypercall_console_io(struct hypercall *call)
{
    struct domain *d = current_vcpu()->domain;
    int32_t count = (int32_t)call->arg[1];
    switch ((uint32_t)call->arg[0]) {
    case CONSOLEIO_write:
        return count < 0 ? -E2BIG : console_io_write(call, d);
    case CONSOLEIO_read:
        if (!d->is_hardware)
            return -EPERM;
        return count < 0 ? -E2BIG : console_io_read((uint32_t)count, call->arg[2]);
    }
    return -ENOSYS;
}
