/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may execute IN and OUT, and what the ports give. */
#include "selftest/selftest.h"

#define PORT_CMOS 0x70
#define PORT_PCI  0xcf8
#define PORT_PIC  0x21

static uint8_t bitmap[8192 + 1];
static uint64_t bad_address = 0x700000001000ul;

static long iopl(unsigned int level)
{
    struct physdev_set_iopl s = { .iopl = level };
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, PTR(&s));
}

static long ports(unsigned int nr)
{
    struct physdev_set_iobitmap s = { .nr_ports = nr };

    set_xen_guest_handle_raw(s.bitmap, bitmap);
    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iobitmap, PTR(&s));
}

static uint64_t try_in(unsigned int port)
{
    uint64_t value = ~0ul;

    TRY("inb %%dx, %%al", : "+a"(value) : "d"(port) : "memory");
    return value;
}

static void permission(void)
{
    check_rc("IOPL 0", 0, iopl(0));
    try_in(PORT_CMOS);
    check_trap("IN at IOPL 0", 13, 0);
    TRY("cli", : : : "memory");
    check_trap("CLI at IOPL 0", 13, 0);
    check_true("IOPL 4 is refused", iopl(4) < 0);
    check_rc("IOPL 1", 0, iopl(1));
    try_in(PORT_CMOS);
    check_no_trap("IN at IOPL 1");
    TRY("cli; sti", : : : "memory");
    check_no_trap("CLI and STI at IOPL 1");
}

static void by_bitmap(void)
{
    iopl(0);
    memset(bitmap, 0xff, sizeof(bitmap));
    bitmap[PORT_CMOS / 8] &= (uint8_t) ~(1u << PORT_CMOS % 8);
    check_rc("an I/O bitmap", 0, ports(65536));
    try_in(PORT_CMOS);
    check_no_trap("a port that it allows");
    try_in(PORT_CMOS + 1);
    check_trap("a port that it does not", 13, 0);
    TRY("inw %%dx, %%ax", : : "d"(PORT_CMOS) : "rax", "memory");
    check_trap("two ports of which it allows one", 13, 0);
    check_rc("a short bitmap", 0, ports(64));
    try_in(PORT_CMOS);
    check_trap("a port beyond its end", 13, 0);
    check_true("a bitmap that is too long", ports(65537) < 0);
    ports(0);
    iopl(1);
}

static void content(void)
{
    uint32_t id;
    uint64_t value = 0x1122334455667788ul;

    __asm__ volatile("outl %0, %w1" : : "a"(0x80000000u), "d"(PORT_PCI));
    __asm__ volatile("inl %w1, %0" : "=a"(id) : "d"(PORT_PCI));
    check("the PCI index reads back, for dom0 alone", is_dom0() ? 0x80000000u : ~0u, id);
    __asm__ volatile("inl %w1, %0" : "=a"(id) : "d"(PORT_PCI + 4));
    check_true("the host bridge answers, dom0 alone", is_dom0() ? id != ~0u && id != 0 : id == ~0u);
    __asm__ volatile("outb %b0, %w1" : : "a"(0x0a), "d"(PORT_CMOS));
    __asm__ volatile("inb %w1, %b0" : "+a"(value) : "d"(PORT_CMOS + 1));
    check("IN of a byte leaves the rest of RAX", 0x1122334455667700ul, value & ~0xfful);
    check_true("the clock's status is for dom0 alone", is_dom0() ? (value & 0x7f) == 0x26 : (value & 0xff) == 0xff);
    check("the interrupt controller is out of reach", 0xff, try_in(PORT_PIC) & 0xff);
}

static void strings(void)
{
    static uint8_t buf[300];
    uint64_t count = 256, to = PTR(buf);
    unsigned int wrong = 0;

    memset(buf, 0x5a, sizeof(buf));
    __asm__ volatile("cld; rep insb" : "+c"(count), "+D"(to) : "d"(PORT_PIC) : "memory");
    for (unsigned int i = 0; i < sizeof(buf); i++)
        wrong += buf[i] != (i < 256 ? 0xff : 0x5a);
    check("REP INSB: bytes that are wrong", 0, wrong);
    check("REP INSB: count", 0, count);
    check("REP INSB: address", PTR(buf) + 256, to);
    TRY("insb", : "+D"(bad_address) : "d"(PORT_PIC) : "memory");
    check_trap("INSB to an absent page", 14, 2);
    check("cr2 of it", 0x700000001000ul, trap_seen.cr2);
}

void test_io(void)
{
    permission();
    by_bitmap();
    content();
    strings();
}
