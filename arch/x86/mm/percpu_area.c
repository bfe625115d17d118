/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See mm/percpu_area.h. The GDT window's first 14 pages are the running guest's, the 15th is ours (PV ABI,
 * FIRST_RESERVED_GDT_PAGE).
 */
#include "mm/percpu_area.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "hv/percpu.h"
#include "hw/native/segment.h"
#include "mm/map.h"

#define GDT_OURS_PAGE 14
#define STACK_PAGES   (STACK_SIZE / PAGE_SIZE)

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3, io_map_base;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "APM vol. 2, figure 12-8");

enum special_stack { STACK_DF, STACK_NMI, STACK_MC, STACK_DB, SPECIAL_STACKS };

struct cpu_area {
    uint64_t *l1[PERCPU_AREA_SIZE / PAGE_SIZE / 512 + 1]; /* tables that map the area */
    uint8_t *stub;
    uint64_t *gdt; /* our page of it */
    struct tss tss;
};
static struct cpu_area *area_of[CPU_MAX];
static struct cpu_area boot_area; /* CPU 0 has one before there is a heap */

_Static_assert(PERCPU_AREA_SIZE / PAGE_SIZE <= 512 && 512 * PAGE_SIZE % PERCPU_AREA_SIZE == 0,
               "an area lies in one L1 table");

static bool is_guard(unsigned int page)
{
    return page < 9 && page % 2 == 0;
}

static void *page_alloc(void)
{
    paddr_t pa = map_table_alloc();
    return pa ? (void *)(map_table_base + pa) : NULL;
}

static paddr_t page_paddr(const void *p)
{
    return (uint64_t)p - map_table_base;
}

static int map_stack(vaddr_t area)
{
    for (unsigned int i = 0; i < STACK_PAGES; i++) {
        if (is_guard(i))
            continue;
        void *page = page_alloc();
        if (!page || map_range(area + i * PAGE_SIZE, page_paddr(page), PAGE_SIZE, MAP_RW))
            return -ENOMEM;
    }
    return 0;
}

/* Where a selector's descriptor is in our page of the table. */
static unsigned int gdt_slot(unsigned int selector) { return (selector - HV_GDT_BASE) / 8; }
_Static_assert(HV_RING3_CS32 == FLAT_RING3_CS32 && HV_RING3_SS == FLAT_RING3_SS64 && HV_RING3_CS64 == FLAT_RING3_CS64,
               "selectors for assembly are the ABI's");

/* 64-bit code and data for us, the ABI's three flat ring-3 segments, and the TSS (xen/arch-x86/xen-x86_64.h). */
static void gdt_fill(uint64_t *gdt, const struct tss *tss)
{
    uint64_t base = (uint64_t)tss;

    gdt[gdt_slot(HV_CS)] = 0x00af9b000000ffffULL;
    gdt[gdt_slot(HV_DS)] = 0x00cf93000000ffffULL;
    gdt[gdt_slot(HV_RING3_CS32)] = 0x00cffb000000ffffULL;
    gdt[gdt_slot(HV_RING3_SS)] = 0x00cff3000000ffffULL;
    gdt[gdt_slot(HV_RING3_CS64)] = 0x00affb000000ffffULL;
    uint64_t *t = &gdt[gdt_slot(HV_TSS)];
    t[0] = (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | 0x89ULL << 40 | (base >> 24 & 0xff) << 56;
    t[1] = base >> 32;
}

/* The top of one of them: they are pages 1, 3, 5 and 7. */
static vaddr_t special_stack(vaddr_t area, enum special_stack i)
{
    return area + (2 * (uint64_t)i + 2) * PAGE_SIZE;
}

static void tss_fill(struct tss *tss, unsigned int cpu)
{
    vaddr_t area = percpu_area(cpu);

    *tss = (struct tss){ .rsp = { info_sysenter_stack(cpu) }, .io_map_base = sizeof(*tss) };
    for (unsigned int i = 0; i < SPECIAL_STACKS; i++)
        tss->ist[i] = special_stack(area, i);
}

void percpu_nmi_stack_move(void)
{
    vaddr_t area = percpu_area(this_cpu_id()), mc = special_stack(area, STACK_MC);
    vaddr_t here = (vaddr_t)__builtin_frame_address(0);
    bool on_it = here < mc && here >= mc - PAGE_SIZE;

    area_of[this_cpu_id()]->tss.ist[STACK_NMI] = on_it ? special_stack(area, STACK_DB) : mc;
}

uint64_t *percpu_l1_slot(unsigned int cpu, vaddr_t va)
{
    return &area_of[cpu]->l1[0][(va >> PAGE_SHIFT) & 511];
}

uint8_t *percpu_stub_page(unsigned int cpu)
{
    return area_of[cpu]->stub;
}

static int map_windows(struct cpu_area *a, vaddr_t area)
{
    for (unsigned int page = 0; page < 16; page++) {
        uint64_t *gdt = map_l1_slot(area + PERCPU_GDT + page * PAGE_SIZE);
        uint64_t *ldt = map_l1_slot(area + PERCPU_LDT + page * PAGE_SIZE);
        if (!gdt || !ldt)
            return -ENOMEM;
        *gdt = percpu_empty_entry();
        *ldt = 0;
    }
    return map_range(area + PERCPU_GDT + GDT_OURS_PAGE * PAGE_SIZE, page_paddr(a->gdt), PAGE_SIZE, MAP_RW);
}

int percpu_area_create(unsigned int cpu)
{
    struct cpu_area *a = cpu ? hv_zalloc(sizeof(*a)) : &boot_area;
    vaddr_t area = percpu_area(cpu);

    if (!a || map_stack(area))
        return -ENOMEM;
    a->stub = page_alloc();
    a->gdt = page_alloc();
    if (!a->stub || !a->gdt || map_range(area + PERCPU_STUB, page_paddr(a->stub), PAGE_SIZE, MAP_RX) ||
        map_windows(a, area))
        return -ENOMEM;
    a->l1[0] = (uint64_t *)((uint64_t)map_l1_slot(area) & PAGE_MASK);
    tss_fill(&a->tss, cpu);
    gdt_fill(a->gdt, &a->tss);
    area_of[cpu] = a;
    *percpu_cpu_info(cpu) = (struct cpu_info){ .cpu = cpu };
    return 0;
}

void percpu_tables_load(unsigned int cpu)
{
    const struct desc_ptr gdt = {(GDT_OURS_PAGE + 1) * PAGE_SIZE - 1, percpu_area(cpu) + PERCPU_GDT };

    lgdt(&gdt);
    area_of[cpu]->gdt[gdt_slot(HV_TSS)] &= ~(2ULL << 40); /* not busy: LTR wants it available */
    reload_segments(HV_CS, HV_DS);
    lldt(0);
    ltr(HV_TSS);
}
