/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What kexec starts: checks the state in which it was entered, tells it on the serial port and turns the machine
 * off.
 */
#include "kexec/payload/payload.h"

#define COM1       0x3f8
#define PM1_STATUS 0x604 /* of QEMU's q35: power off */

extern volatile struct payload_params params;
extern char entry[];
struct payload_state state;
volatile uint32_t nmis;
static unsigned int failed;

static void outb(uint8_t v, uint16_t port)
{
    __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}
static uint8_t inb(uint16_t port)
{
    uint8_t v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static void print(const char *text)
{
    for (; *text; text++) {
        while (!(inb(COM1 + 5) & 0x20))
            ;
        outb((uint8_t)*text, COM1);
    }
}

static void print_hex(uint64_t v)
{
    char text[17] = { 0 };

    for (unsigned int i = 0; i < 16; i++)
        text[i] = "0123456789abcdef"[v >> (60 - 4 * i) & 15];
    print(text);
}

static void check(const char *what, uint64_t wanted, uint64_t found)
{
    if (wanted == found)
        return;
    failed++;
    print("payload: FAIL ");
    print(what);
    print(": wanted ");
    print_hex(wanted);
    print(", found ");
    print_hex(found);
    print("\r\n");
}

/* xen/kexec.h: interrupts off, no IDT; in 64-bit mode PAE alone in CR4, in 32-bit mode no paging. */
static void check_entry(void)
{
    check("general registers", 0, state.registers);
    check("flags IF, DF, TF", 0, state.flags & 0x700);
    check("IDT limit", 0, state.idt.limit);
    check("CR0 PE", 1, state.cr0 & 1);
#ifdef __x86_64__
    check("CR0 PG", 1, state.cr0 >> 31 & 1);
    check("CR4", 0x20, state.cr4);
    check("EFER LMA", 1, state.efer_low >> 10 & 1);
#else
    check("CR0 PG", 0, state.cr0 >> 31 & 1);
    check("EFER LME, LMA", 0, state.efer_low & 0x500);
#endif
    check("CPL", 0, state.code & 3);
    check("PIC masks", 0xffff, inb(0x21) | inb(0xa1) << 8);
}

#ifndef __x86_64__
extern char nmi_handler[];

static uint32_t mmio(uint32_t at)
{
    return *(volatile uint32_t *)at;
}

/* Only here, because in 64-bit mode nothing but the segments is mapped. */
static void check_interrupts(void)
{
    static uint64_t idt[3];
    const struct payload_table_register r = { sizeof(idt) - 1, (unsigned long)idt };
    uint32_t handler = (uint32_t)(unsigned long)nmi_handler, apic_low, apic_high;

    idt[2] = (handler & 0xffff) | (uint64_t)state.code << 16 | 0x8e00ull << 32 | (uint64_t)(handler >> 16) << 48;
    __asm__ volatile("lidt %0" : : "m"(r));
    for (volatile uint32_t i = 0; i < 1000000; i++)
        ;
    check("NMIs that nobody sent", 0, nmis);
    __asm__ volatile("rdmsr" : "=a"(apic_low), "=d"(apic_high) : "c"(0x1b));
    check("local APIC on, not in x2APIC mode", 0x800, apic_low & 0xc00);
    *(volatile uint32_t *)0xfee00300 = 0x44400; /* NMI to self */
    for (uint32_t i = 0; i < 100000000 && !nmis; i++)
        ;
    check("NMIs are let in", 1, nmis);
    for (uint32_t i = 0; i < 24; i++) {
        *(volatile uint32_t *)0xfec00000 = 0x10 + 2 * i;
        check("IO-APIC input masked", 0x10000, mmio(0xfec00010) & 0x10000);
    }
    check("local APIC timer masked", 0x10000, mmio(0xfee00320) & 0x10000);
    check("HPET legacy replacement", 0, mmio(0xfed00010) & 2);
    if (apic_low & 0x100) {
        check("LINT0 listens to the PIC", 0x700, mmio(0xfee00350) & 0x10700);
        check("LINT1 is for NMIs", 0x400, mmio(0xfee00360) & 0x10700);
    }
}
#else
static void check_interrupts(void)
{
}
#endif

static uint64_t field(uint32_t at, uint32_t offset)
{
    const volatile uint32_t *p = (const volatile uint32_t *)(unsigned long)(at + offset);
    return p[0] | (uint64_t)p[1] << 32;
}

/*
 * "CORE" and its head, 20 bytes; in the contents process id at 32, RIP at 240, RSP at 264. Then "Xen" with CR0 first.
 */
static void show_notes(void)
{
    for (uint32_t i = 0; i < params.notes; i++) {
        uint32_t at = params.note[i];
        check("note of a CPU: sizes", 336ull << 32 | 5, field(at, 0));
        check("note of a CPU: number", i, field(at, 20 + 32) & 0xffffffff);
        if (params.crashed)
            check("note of a CPU: CR0 in the second", 0x80000001, field(at, 356 + 16) & 0x80000001);
        print("payload: CPU ");
        print_hex(i);
        print(" rip ");
        print_hex(field(at, 20 + 240));
        print(" rsp ");
        print_hex(field(at, 20 + 264));
        print("\r\n");
    }
    if (params.vmcoreinfo)
        check("VMCOREINFO_XEN", 0x4f434d5600000000ull, field(params.vmcoreinfo, 8)); /* type 0, "VMCO" */
}

static void check_pages(void)
{
    for (uint32_t i = 0; i < 4096; i += 4) {
        if (params.filled)
            check("a page of contents", i * 3u + 1, *(volatile uint32_t *)(unsigned long)(params.filled + i));
        if (params.zeroed)
            check("a page of zeros", 0, *(volatile uint32_t *)(unsigned long)(params.zeroed + i));
    }
}

void payload_main(void);
void payload_main(void)
{
    print(sizeof(long) == 8 ? "\r\npayload: entered in 64-bit mode\r\n" : "\r\npayload: entered in 32-bit mode\r\n");
    check_entry();
    check_pages();
    check_interrupts();
    show_notes();
    print(failed ? "payload: it is not as promised\r\n" : "payload: all is as promised\r\n");
    __asm__ volatile("outw %0, %1" : : "a"((uint16_t)0x2000), "Nd"((uint16_t)PM1_STATUS));
}
