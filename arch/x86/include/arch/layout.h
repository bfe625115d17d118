/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The picture of the address space. L4 slots 256 to 271 are the hypervisor's in every page table, guests' included; the
 * rest belongs to whoever runs. Each region starts a slot (512 GiB), so a slot is shared by copying one L4 entry.
 *
 *   slot 256  0xffff800000000000  M2P, read-only, user-visible: 8 bytes for each machine frame (PV ABI, 256 GiB window)
 *   slot 257  0xffff808000000000  the same frames, writable, supervisor only
 *   slot 258  0xffff810000000000  first GiB: the image; second: per-CPU areas; from the third: mappings of devices
 *   slot 259  0xffff818000000000  frame table: 24 bytes for each machine frame
 *   slot 260  0xffff820000000000  unused, never mapped
 *   slot 261  0xffff828000000000  unused, never mapped
 *   slot 262  0xffff830000000000  direct map of all RAM: 10 slots, 5 TiB
 *
 * Image and per-CPU areas lie within 2 GiB of each other, because the per-CPU syscall stub reaches both by rel32.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#ifdef __ASSEMBLER__
#define LAYOUT_UL(x) x
#else
#define LAYOUT_UL(x) x##UL
#endif

#define HV_FIRST_SLOT 256
#define HV_LAST_SLOT  271
#define HV_VIRT_START LAYOUT_UL(0xffff800000000000)
#define HV_VIRT_END   LAYOUT_UL(0xffff880000000000) /* first byte that a guest kernel may use again */

#define M2P_VIRT         LAYOUT_UL(0xffff800000000000)
#define M2P_VIRT_END     LAYOUT_UL(0xffff804000000000)
#define M2P_RW_VIRT      LAYOUT_UL(0xffff808000000000)
#define IMAGE_VIRT       LAYOUT_UL(0xffff810000000000)
#define PERCPU_AREA_VIRT LAYOUT_UL(0xffff810040000000)
#define VMAP_VIRT        LAYOUT_UL(0xffff810080000000)
#define VMAP_VIRT_END    LAYOUT_UL(0xffff818000000000)
#define FRAMETABLE_VIRT  LAYOUT_UL(0xffff818000000000)
#define DIRECTMAP_VIRT   LAYOUT_UL(0xffff830000000000)
#define DIRECTMAP_SIZE   LAYOUT_UL(0x0000050000000000)

/* One CPU's area: stacks first, because the base of the CPU's data is found by masking the stack pointer. */
#define PERCPU_AREA_SIZE 0x80000
#define STACK_SIZE       0x10000 /* aligned to it; pages 0,2,4,6,8 are guards; 1 #DF, 3 NMI, 5 #MC, 7 #DB, 9-15 main */
#define PERCPU_STUB      0x10000 /* syscall stub, read and execute */
#define PERCPU_GDT       0x20000 /* 16 pages: 14 of the guest's, ours at FIRST_RESERVED_GDT_PAGE */
#define PERCPU_LDT       0x30000 /* 16 pages of the guest's */
#define PERCPU_TMAP      0x40000 /* 16 pages of temporary mappings */

/*
 * Our own selectors: the ABI's flat ones, and the TSS, in the reserved part of every GDT (xen/arch-x86/xen-x86_64.h).
 */
#define HV_GDT_BASE     0xe000 /* the first of them */
#define HV_CS           0xe008
#define HV_DS           0xe010
#define HV_TSS          0xe040
#define HV_LDT          0xe050
/* Those of a guest in ring 3, as the ABI names them: FLAT_RING3_*. */
#define HV_RING3_CS32   0xe023
#define HV_RING3_SS     0xe02b
#define HV_RING3_CS64   0xe033

/* Entries of the page tables that boot/head.S writes; early.c proves them by lib/x86/pte. */
#define BOOT_PTE_TABLE 0x003 /* present, writable */
#define BOOT_PTE_2M    0x083 /* and a page of 2 MiB */

#endif
