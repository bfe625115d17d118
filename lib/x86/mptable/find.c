/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the table is (MP 1.4, 4.1), and whether it can be believed (4.2). */
#include "base/checksum.h"
#include "x86/mptable/mptable_private.h"

#define BDA_EBDA_SEGMENT 0x40eU
#define BDA_BASE_KIB     0x413U
#define AREA_SIZE        1024U
#define BASE_KIB_MAX     640U
#define ROM_START        0xf0000U
#define ROM_SIZE         0x10000U

static bool floating_valid(const struct mp_floating *f)
{
    return !memcmp(f->signature, "_MP_", 4) && f->length == 1 && !checksum_sum8(f, sizeof(*f));
}

/* @size is a multiple of a KiB; one that cannot be read holds no pointer. */
static uint64_t search_area(const struct phys_reader *mem, uint64_t from, uint64_t size, struct mp_floating *f)
{
    struct mp_floating kib[AREA_SIZE / sizeof(*f)];

    for (uint64_t at = from; at < from + size; at += sizeof(kib)) {
        if (!phys_read(mem, at, kib, sizeof(kib)))
            continue;
        for (size_t i = 0; i < ARRAY_SIZE(kib); i++) {
            if (floating_valid(&kib[i])) {
                *f = kib[i];
                return at + i * sizeof(kib[0]);
            }
        }
    }
    return 0;
}

uint64_t mp_search(const struct phys_reader *mem, struct mp_floating *f)
{
    uint16_t segment = 0, base_kib = 0;
    uint64_t found = 0;

    if (phys_read(mem, BDA_EBDA_SEGMENT, &segment, sizeof(segment)) && segment)
        found = search_area(mem, (uint64_t)segment << 4, AREA_SIZE, f);
    if (!found && phys_read(mem, BDA_BASE_KIB, &base_kib, sizeof(base_kib)) && base_kib && base_kib <= BASE_KIB_MAX)
        found = search_area(mem, (base_kib - 1) * 1024ULL, AREA_SIZE, f);
    return found ? found : search_area(mem, ROM_START, ROM_SIZE, f);
}

static bool sum_table(const struct mp *m, uint64_t paddr, uint8_t *sum)
{
    uint8_t piece[256];

    *sum = 0;
    for (uint32_t done = 0; done < m->head.length; done += (uint32_t)sizeof(piece)) {
        size_t n = MIN(sizeof(piece), (size_t)(m->head.length - done));

        if (!phys_read(m->mem, paddr + done, piece, n))
            return false;
        *sum = (uint8_t)(*sum + checksum_sum8(piece, n));
    }
    return true;
}

bool mp_verify(struct mp *m, uint64_t paddr)
{
    unsigned long at = (unsigned long)paddr;
    uint8_t sum;

    if (!phys_read(m->mem, paddr, &m->head, sizeof(m->head)))
        lib_report(m->log, LIB_LOG_WARNING, "MP table at %#lx is not in readable memory: not used", at);
    else if (memcmp(m->head.signature, "PCMP", 4))
        lib_report(m->log, LIB_LOG_WARNING, "MP table at %#lx does not begin with PCMP: not used", at);
    else if (m->head.length < sizeof(m->head))
        lib_report(m->log, LIB_LOG_WARNING, "MP table at %#lx has length %u, should be at least %zu: not used", at,
                   m->head.length, sizeof(m->head));
    else if (!sum_table(m, paddr, &sum))
        lib_report(m->log, LIB_LOG_WARNING, "MP table at %#lx: its %u bytes reach beyond readable memory: not used", at,
                   m->head.length);
    else if (sum)
        lib_report(m->log, LIB_LOG_WARNING, "MP table at %#lx: checksum is %#x, should be 0: not used", at, sum);
    else
        return true;
    return false;
}
