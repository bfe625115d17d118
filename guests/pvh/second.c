/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second vCPU, if there is one: INIT, start-up, an interrupt each way, and it sleeps. */
#include "pvh/pvh.h"

#define AP_PAGE 0x9000ul
#define AP_ID   2u
#define IPI     0x61u

static volatile uint32_t ap_state;
static volatile uint32_t ap_shown;

void pvh_second(void);
void pvh_second(void)
{
    uint32_t a = 1, b, c = 0, d;
    uint64_t base;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    ap_shown = b >> 24;
    msr_read(0x1b, &base);
    msr_write(0x1b, base | 0x400);
    msr_write(0x80f, 0x1ff);
    ap_state = 1;
    __asm__ volatile("sti; hlt; cli");
    ap_state = 2;
    msr_write(0x830, IPI); /* physical, to APIC 0 */
    for (;;)
        __asm__ volatile("hlt");
}

static void icr(uint32_t dest, uint32_t low) { msr_write(0x830, (uint64_t)dest << 32 | low); }

void check_second(void)
{
    long up = HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0);
    uint32_t before = interrupts[IPI];

    check(HYPERCALL3(vcpu_op, VCPUOP_is_up, 0, 0) == 1, "vCPU 0 is not up");
    if (up < 0) {
        print("one vCPU");
        return;
    }
    memcpy((void *)AP_PAGE, ap_begin, (size_t)(ap_end - ap_begin));
    icr(AP_ID, 0xc500);
    icr(AP_ID, 0x8500);
    icr(AP_ID, 0x600 | AP_PAGE >> 12);
    icr(AP_ID, 0x600 | AP_PAGE >> 12);
    while (ap_state != 1)
        __asm__ volatile("pause");
    check(ap_shown == AP_ID, "its APIC id is %u", ap_shown);
    check(HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0) == 1, "it is not up");
    while (ap_state != 2)
        icr(AP_ID, IPI);
    while (interrupts[IPI] == before)
        __asm__ volatile("sti; pause; cli");
    icr(AP_ID, 0xc500); /* INIT again: it waits for start-up */
    while (HYPERCALL3(vcpu_op, VCPUOP_is_up, 1, 0))
        ;
    print("two vCPUs");
}
