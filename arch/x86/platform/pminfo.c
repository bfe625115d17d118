/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XENPF_set_processor_pminfo: what dom0's ACPI driver found about processors. Idle CPUs halt, and frequency is the
 * firmware's business: C-, P- and T-states are refused as by a Xen that is configured to leave them alone. So whoever
 * negotiates with the firmware (_PDC, _OSC) keeps the capabilities that are dom0's; only bits that nobody knows go.
 */
#include "platform/pminfo.h"

#include "hv/guest_access.h"

/* Intel Processor Vendor-Specific ACPI, revision 5, table 1: capabilities of P-, C- and T-states, and of C1. */
#define PDC_REVISION 1u
#define PDC_P_STATES (1u << 0 | 1u << 5 | 1u << 11)
#define PDC_C_STATES (1u << 1 | 1u << 4 | 1u << 6 | 1u << 8 | 1u << 9)
#define PDC_T_STATES (1u << 2 | 1u << 7)
#define PDC_C1_P_T   (1u << 3)
#define PDC_KNOWN    (PDC_P_STATES | PDC_C_STATES | PDC_T_STATES | PDC_C1_P_T)

/* The buffer of _PDC: revision, number of words of capabilities, the words; the first is the one with meaning. */
static long capabilities(uint64_t buffer)
{
    uint32_t word[3];

    if (copy_array_from_guest(word, buffer, 2))
        return -EFAULT;
    if (word[0] != PDC_REVISION || !word[1])
        return -EINVAL;
    if (copy_array_from_guest(&word[2], buffer + 8, 1))
        return -EFAULT;
    word[2] &= PDC_KNOWN;
    return copy_array_to_guest(buffer + 8, &word[2], 1);
}

long pminfo_set(const struct xenpf_set_processor_pminfo *info)
{
    switch (info->type) {
    case XEN_PM_PDC: return capabilities(guest_handle_va(info->u.pdc));
    case XEN_PM_CX:
    case XEN_PM_PX:
    case XEN_PM_TX: return -ENOSYS;
    default: return -EINVAL;
    }
}
