/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables, selectors and segment bases. */
#include "selftest/selftest.h"

static uint64_t gdt[512] __attribute__((aligned(4096)));
static uint64_t ldt[512] __attribute__((aligned(4096)));

#define CODE64     0x00af9b000000fffful
#define SEL(i)     ((i) * 8 | 3)
#define TYPE_OF(i) (gdt[i] >> 40 & 0xff)

static long descriptor(unsigned int i, uint64_t value)
{
    return hypercall2(__HYPERVISOR_update_descriptor, va_to_mfn(gdt) << 12 | i * 8, value);
}

static void table(void)
{
    unsigned long frame = va_to_mfn(gdt);

    memset(gdt, 0, sizeof(gdt));
    gdt[1] = 0x00cf93000000fffful;
    check_true("a GDT that is mapped writable", hypercall2(__HYPERVISOR_set_gdt, PTR(&frame), 512) < 0);
    check_rc("mapping it read-only", 0, map_at(gdt, frame, PTE_KERNEL_RO));
    check_true("more descriptors than there may be",
               hypercall2(__HYPERVISOR_set_gdt, PTR(&frame), FIRST_RESERVED_GDT_ENTRY + 1) < 0);
    check_rc("a GDT", 0, hypercall2(__HYPERVISOR_set_gdt, PTR(&frame), 512));
    check("its data descriptor has level 3 now", 0xf3, TYPE_OF(1));
    check_true("a GDT frame becoming writable", map_at(gdt, frame, PTE_KERNEL_RW) < 0);
}

static void entries(void)
{
    check_rc("a code descriptor", 0, descriptor(2, CODE64));
    check("... of level 3", 0xfb, TYPE_OF(2));
    check_rc("an empty descriptor", 0, descriptor(3, 0));
    check_rc("a descriptor that is not present", 0, descriptor(4, 0x00007200deadbeeful));
    check_true("a TSS descriptor", descriptor(5, 0x0000890000000067ul) < 0);
    check_true("an LDT descriptor", descriptor(5, 0x0000820000000067ul) < 0);
    check_true("an interrupt gate", descriptor(5, 0x00008e000008fffful) < 0);
    check_true("a call gate to the hypervisor's code", descriptor(5, 0x00008c00e008fffful) < 0);
    check_true("a descriptor in a frame that is nobody's",
               hypercall2(__HYPERVISOR_update_descriptor, 0xfffffffff000ul, 0) < 0);
    check_true("a descriptor in a page table",
               hypercall2(__HYPERVISOR_update_descriptor, va_to_mfn((void *)start_info->pt_base) << 12, CODE64) < 0);
}

static void selectors(void)
{
    TRY("mov %0, %%ds", : : "r"(SEL(1)) : "memory");
    check_no_trap("loading the data selector");
    TRY("mov %0, %%ds", : : "r"(SEL(4)) : "memory");
    check_trap("loading one that is not present", 11, SEL(4) & ~3u);
    TRY("mov %0, %%ds", : : "r"(SEL(0x300)) : "memory");
    check_trap("loading one of a page that the GDT has not", 13, SEL(0x300) & ~3u);
    TRY("mov %0, %%ss", : : "r"(SEL(2)) : "memory");
    check_trap("a code selector as stack", 13, SEL(2) & ~3u);
    TRY("mov %0, %%ds", : : "r"(0xe010) : "memory");
    check_trap("the hypervisor's data selector", 13, 0xe010);
    TRY("mov %0, %%ds; mov %1, %%ds", : : "r"(0xe02b), "r"(0) : "memory");
    check_no_trap("the ABI's flat data selector");
}

static long set_ldt(const void *base, unsigned long nr)
{
    struct mmuext_op op = { .cmd = MMUEXT_SET_LDT, .arg1.linear_addr = PTR(base), .arg2.nr_ents = (unsigned int)nr };
    return hypercall4(__HYPERVISOR_mmuext_op, PTR(&op), 1, 0, DOMID_SELF);
}

static void local_table(void)
{
    ldt[1] = 0x00cff3000000fffful;
    check_rc("an LDT", 0, (map_at(ldt, va_to_mfn(ldt), PTE_KERNEL_RO), set_ldt(ldt, 512)));
    TRY("mov %0, %%es", : : "r"(SEL(1) | 4) : "memory");
    check_no_trap("loading its selector");
    TRY("mov %0, %%es", : : "r"(SEL(2) | 4) : "memory");
    check_trap("loading an empty one", 13, (SEL(2) | 4) & ~3u);
    TRY("mov %0, %%es", : : "r"(0) : "memory");
    check_true("an LDT that is not aligned", set_ldt((uint8_t *)ldt + 8, 16) < 0);
    check_true("an LDT of too many descriptors", set_ldt(ldt, 8193) < 0);
    check_rc("no LDT", 0, set_ldt(NULL, 0));
    check_rc("its page writable again", 0, map_at(ldt, va_to_mfn(ldt), PTE_KERNEL_RW));
}

static long base(unsigned int which, uint64_t value)
{
    return hypercall2(__HYPERVISOR_set_segment_base, which, value);
}

static void bases(void)
{
    uint64_t got;
    uint16_t sel;

    page_a[0] = 0x77;
    check_rc("FS base", 0, base(SEGBASE_FS, PTR(page_a)));
    TRY("movzbl %%fs:0, %%eax; mov %%rax, %0", : "=m"(got) : : "rax", "memory");
    check("... is used", 0x77, got);
    check_rc("GS base of the kernel", 0, base(SEGBASE_GS_KERNEL, PTR(page_a)));
    TRY("movzbl %%gs:0, %%eax; mov %%rax, %0", : "=m"(got) : : "rax", "memory");
    check("... is used", 0x77, got);
    check_rc("GS base of user mode", 0, base(SEGBASE_GS_USER, 0x1000));
    TRY("movzbl %%gs:0, %%eax; mov %%rax, %0", : "=m"(got) : : "rax", "memory");
    check("... leaves the kernel's", 0x77, got);
    check_true("a base that is not canonical", base(SEGBASE_FS, 0x0001000000000000ul) < 0);
    check_true("a base that does not exist", base(7, 0) < 0);
    check_rc("user GS selector", 0, base(SEGBASE_GS_USER_SEL, SEL(1)));
    check_rc("a bad user GS selector", 0, base(SEGBASE_GS_USER_SEL, 0x1233));
    __asm__ volatile("mov %%gs, %0" : "=r"(sel));
    check("... is null then", 0, sel);
    TRY("movzbl %%gs:0, %%eax; mov %%rax, %0", : "=m"(got) : : "rax", "memory");
    check("... and the kernel's base stays", 0x77, got);
    base(SEGBASE_FS, 0);
    base(SEGBASE_GS_KERNEL, 0);
}

void test_descriptors(void)
{
    table();
    entries();
    selectors();
    local_table();
    bases();
}
