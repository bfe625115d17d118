/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stub saves the two registers that SYSCALL destroys. IRET's is different: it does not come back, and its caller has
 * pushed everything of struct iret_context from `flags` upwards, so the stub pushes the three below that.
 */
#include "pv/hypercall_page.h"

#include "public.h"

#include "hv/types.h"

#define STUB_SIZE    32u
#define NUMBER_AT    4u /* where the immediate of MOV is in stub_call */

static const uint8_t stub_call[] = {
    0x51,                         /* push %rcx */
    0x41, 0x53,                   /* push %r11 */
    0xb8, 0, 0, 0, 0,             /* mov $number, %eax */
    0x0f, 0x05,                   /* syscall */
    0x41, 0x5b,                   /* pop %r11 */
    0x59,                         /* pop %rcx */
    0xc3,                         /* ret */
};
static const uint8_t stub_iret[] = {
    0x51,                         /* push %rcx */
    0x41, 0x53,                   /* push %r11 */
    0x50,                         /* push %rax */
    0xb8, __HYPERVISOR_iret, 0, 0, 0,
    0x0f, 0x05,
};

void pv_hypercall_page_fill(void *page)
{
    memset(page, 0xcc, PAGE_SIZE);
    for (unsigned int n = 0; n < PAGE_SIZE / STUB_SIZE; n++) {
        uint8_t *stub = (uint8_t *)page + n * STUB_SIZE;
        if (n == __HYPERVISOR_iret) {
            memcpy(stub, stub_iret, sizeof(stub_iret));
            continue;
        }
        memcpy(stub, stub_call, sizeof(stub_call));
        stub[NUMBER_AT] = (uint8_t)n;
    }
}
