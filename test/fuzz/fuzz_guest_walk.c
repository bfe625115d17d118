/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Laws of the guest page walk over random registers and random tables that point at one another: nothing is read but
 * whole entries; only accessed and dirty bits change, and only where the walk says that it is done; done is done again,
 * without a further change; who may write may read, and what a user may do with an address, the tables allow.
 */
#include <string.h>

#include "x86/guest_walk/guest_walk.h"
#include "x86/pte/pte.h"

#include "law.h"

#define PAGES 4u
static uint8_t ram[PAGES * 4096];
static bool changed;

static bool ram_read(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t *entry)
{
    require(paddr % bytes == 0 && (bytes == 4 || bytes == 8));
    if (paddr >= sizeof(ram))
        return false;
    *entry = 0;
    memcpy(entry, ram + paddr, bytes);
    return true;
}

static bool ram_exchange(void *opaque, uint64_t paddr, unsigned int bytes, uint64_t old, uint64_t next)
{
    uint64_t now;

    require(ram_read(opaque, paddr, bytes, &now));
    require(((old ^ next) & ~(PTE_A | PTE_D)) == 0 && (old & ~next) == 0 && old != next);
    if (now != old)
        return false; /* one entry met at two levels of the same walk */
    memcpy(ram + paddr, &next, bytes);
    changed = true;
    return true;
}

static const struct guest_walk_memory memory = { ram_read, ram_exchange, NULL };

struct input {
    struct guest_paging paging;
    uint64_t va;
    uint8_t access;
    uint8_t noise;
};

/* Entries that lead somewhere more often than not: bytes of the input where it has some, pages of ram as targets. */
static void fill(const uint8_t *data, size_t size, uint8_t noise)
{
    for (size_t i = 0; i < sizeof(ram) / 8; i++) {
        uint64_t entry = ((i * 0x9e3779b97f4a7c15ULL) >> 50 & (PAGES - 1)) << 12 | PTE_P | PTE_RW | PTE_US;

        if (size >= 8) {
            uint64_t mask;

            memcpy(&mask, data + (i * 8 + noise) % (size - 7), sizeof(mask));
            entry ^= mask & (noise & 1 ? ~0ULL : 0xfff0000000000fffULL);
        }
        memcpy(ram + i * 8, &entry, sizeof(entry));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct guest_walk w, again;
    enum guest_walk_end end;
    struct input in;

    if (size < sizeof(in))
        return 0;
    memcpy(&in, data, offsetof(struct input, paging) + offsetof(struct guest_paging, pages_1g));
    in.paging.pages_1g = data[sizeof(in) - 1] & 1;
    in.paging.user = data[sizeof(in) - 1] & 2;
    in.paging.ac = data[sizeof(in) - 1] & 4;
    in.paging.pdptes_loaded = data[sizeof(in) - 1] & 8;
    for (unsigned int i = 0; i < 4; i++)
        in.paging.pdpte[i] = (uint64_t)(data[sizeof(in) - 2 - i] & (PAGES - 1)) << 12 | (data[sizeof(in) - 2 - i] >> 4);
    memcpy(&in.va, data + 40, sizeof(in.va));
    in.va = (uint64_t)((int64_t)(in.va << 16) >> 16);
    in.access = data[48] & 7;
    in.noise = data[49];
    in.paging.phys_bits = (uint8_t)(32 + in.paging.phys_bits % 21);
    in.paging.cr3 &= 0x3fff;
    fill(data, size, in.noise);

    changed = false;
    end = guest_walk(&in.paging, &memory, in.va, in.access, &w);
    if (end != GUEST_WALK_DONE) {
        require(!changed || end == GUEST_WALK_CHANGED);
        return 0;
    }
    require(w.paddr < BIT(in.paging.phys_bits > 40 ? in.paging.phys_bits : 40));
    require(w.shift == 12 || w.shift == 21 || w.shift == 22 || w.shift == 30);
    require(!in.paging.user || (in.access & GUEST_WALK_IMPLICIT) || w.user);
    require(!(in.access & GUEST_WALK_FETCH) || w.executable);

    if (!(in.paging.cr4 & BIT(5)) || in.paging.efer & BIT(10) || in.paging.pdptes_loaded) {
        /* not of PAE's top level, where an accessed bit, set because the table is also one of a lower level, faults */
        changed = false;
        require(guest_walk(&in.paging, &memory, in.va, in.access, &again) == GUEST_WALK_DONE);
        require(!changed && again.paddr == w.paddr && again.user == w.user && again.writable == w.writable);
    }
    in.paging.pdptes_loaded |= !(in.paging.efer & BIT(10)) && (in.paging.cr4 & BIT(5));
    if (in.access == GUEST_WALK_WRITE && !in.paging.pdptes_loaded)
        require(guest_walk(&in.paging, &memory, in.va, 0, &again) == GUEST_WALK_DONE);
    return 0;
}
