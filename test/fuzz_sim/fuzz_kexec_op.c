/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kexec_op with the fuzzer as a hostile dom0: two vCPUs load, go on with what was interrupted or abandon it, unload and
 * ask. The laws:
 *
 *   - a call that is refused leaves what is loaded as it was;
 *   - what is loaded, carried out on the machine's own memory, puts each segment's bytes into its destination, zeros
 *     behind them, and changes nothing else; a crash image lies there already, and its checksum holds;
 *   - when all is unloaded, every frame is back.
 *
 * The machine stays from one input to the next: its memory is put back after a program was carried out.
 */
#include "arch/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/kexec/kexec.h"
#include "hv/heap.h"
#include "hv/hypercall.h"
#include "hv/kexec.h"
#include "hv/options.h"
#include "hv/softirq.h"
#include "kexec/program.h"

#include <hypercall_handlers.h>

#define FRAMES   1024u
#define AREA     16u /* frame where the crash area begins; the heap has what lies behind it */
#define AREA_N   64u
#define P        PAGE_SIZE
#define CONTENTS (24 * P)
#define SEGMENTS 6u
#define STEPS    60u
#define BOX      ((uint64_t)(uintptr_t)box)
#define LAW(x)                                                             \
    do {                                                                   \
        if (!(x)) {                                                        \
            fprintf(stderr, "law broken, line %d: %s\n", __LINE__, #x);    \
            abort();                                                       \
        }                                                                  \
    } while (0)

struct image {
    uint32_t count; /* of segments that the call passes: no more and no fewer than the hypervisor is told */
    struct xen_kexec_segment seg[SEGMENTS];
};

static char box[3 * 4096] __attribute__((aligned(64))); /* what hypercalls point to */
static struct domain *d0;
static uint8_t contents[CONTENTS], *snapshot;
static struct image loaded[KEXEC_TYPES]; /* the model; count 0: none */
static struct {
    struct hypercall call;
    bool going_on;
    uint8_t type;
    struct image image;
} load[2]; /* of each vCPU, which describes it in its half of box */
static uint64_t free_before;
static const uint8_t *input;
static size_t left;

static uint32_t next(uint32_t bound)
{
    uint32_t v = 0;

    for (unsigned int i = 0; i < 2 && left; i++, left--)
        v = v << 8 | *input++;
    return v % bound;
}

static void machine_start(void)
{
    sim_start(&(struct sim_config){ .frames = FRAMES, .cpus = 2, .first_heap = AREA + AREA_N });
    sim_guest_window(box, sizeof(box));
    sim_guest_window(contents, sizeof(contents));
    for (size_t i = 0; i < sizeof(contents); i++)
        contents[i] = (uint8_t)(i * 31 + i / 253 + 1);
    d0 = sim_domain(1, 2);
    d0->is_privileged = d0->is_hardware = true;
    kexec_crash_area = (struct range){ AREA * P, (AREA + AREA_N) * P };
    hv_options.crashinfo_maxaddr = 1ULL << 32;
    kexec_init();
    sim_settle();
    snapshot = malloc((size_t)FRAMES * P);
    LAW(snapshot);
}

/* A command that is done at once. */
static long command(unsigned int vcpu, uint64_t cmd, uint64_t arg)
{
    struct hypercall call = { .arg = { cmd, arg } };

    sim_this->current = d0->vcpu[vcpu];
    return hypercall_kexec_op(&call);
}

static long type_command(uint64_t cmd, uint8_t type)
{
    box[8192] = (char)type;
    return command(0, cmd, BOX + 8192);
}

/* What the vCPU's half of box says; mostly a description that can be accepted. */
static void describe(unsigned int vcpu)
{
    struct image *im = &load[vcpu].image;
    uint8_t type = (uint8_t)next(KEXEC_TYPES);
    uint64_t at = type == KEXEC_TYPE_CRASH ? AREA + next(AREA_N) : next(FRAMES), strange = next(40);
    struct xen_kexec_load head = { .type = type, .arch = next(8) ? 62 : 3, .entry_maddr = at * P + next(4096) };

    head.nr_segments = im->count = 1 + next(SEGMENTS);
    head.segments._pad = BOX + vcpu * 4096 + 1024;
    for (uint32_t i = 0; i < im->count; i++) {
        uint64_t size = next(8), offset = next(CONTENTS - 8 * P);
        im->seg[i] = (struct xen_kexec_segment){ .dest_maddr = at * P, .dest_size = size * P };
        im->seg[i].buf_size = size ? next((uint32_t)(size * P) + 1) : 0;
        im->seg[i].buf._pad = (uint64_t)(contents + offset);
        at += size + next(3);
    }
    for (uint32_t i = im->count; i < SEGMENTS; i++) /* case 9 may pass these as well */
        im->seg[i] = (struct xen_kexec_segment){ 0 };
    struct xen_kexec_segment *s = &im->seg[next(im->count)];
    switch (strange) {
    case 0: s->buf._pad = 0x1000; break;
    case 1: s->buf._pad = (uint64_t)(contents + CONTENTS - 1); break;
    case 2: s->dest_maddr = next(2 * FRAMES) * P; break;
    case 3: s->dest_size = ~0ULL - next(65536); break;
    case 4: s->dest_maddr++; break;
    case 5: s->buf._pad = 0; break;
    case 6: s->buf_size = ~0ULL; break;
    case 7: head._pad = 1; break;
    case 8: head.segments._pad = 0x1000; break;
    case 9: /* behind SEGMENTS there are only empty ones */
        head.nr_segments = next(65536);
        im->count = MIN(head.nr_segments, SEGMENTS);
        break;
    case 10: *s = (struct xen_kexec_segment){ .dest_size = 0x100000 }; break;
    default: break;
    }
    load[vcpu].type = type;
    memcpy(box + vcpu * 4096, &head, sizeof(head));
    memcpy(box + vcpu * 4096 + 1024, im->seg, sizeof(im->seg));
}

/* One part of a load, which the clock may interrupt. */
static void load_part(unsigned int vcpu, bool interrupt)
{
    uint8_t type = load[vcpu].type;
    long before = kexec_loaded(type) != NULL, other = kexec_loaded(!type) != NULL;

    if (interrupt)
        softirq_raise(SOFTIRQ_RCU);
    sim_this->current = d0->vcpu[vcpu];
    long rc = hypercall_kexec_op(&load[vcpu].call);
    sim_settle();
    load[vcpu].going_on = rc == -ERESTART;
    LAW((kexec_loaded(!type) != NULL) == other);
    if (!rc)
        loaded[type] = load[vcpu].image;
    else if (rc != -ERESTART && !(type == KEXEC_TYPE_CRASH && load[vcpu].call.arg[0] != KEXEC_CMD_kexec_load))
        LAW((kexec_loaded(type) != NULL) == before);
    if (!kexec_loaded(type)) /* a crash image gave way to the one that is on its way to the same place */
        loaded[type].count = 0;
    LAW((kexec_loaded(type) != NULL) == (loaded[type].count != 0));
}

static void load_step(unsigned int vcpu)
{
    if (!load[vcpu].going_on || !next(4)) {
        describe(vcpu);
        load[vcpu].call = (struct hypercall){ .arg = { KEXEC_CMD_kexec_load, BOX + vcpu * 4096 } };
    }
    load_part(vcpu, next(2));
}

static void unload(uint8_t type)
{
    LAW(!type_command(KEXEC_CMD_kexec_unload, type));
    LAW(!kexec_loaded(type));
    loaded[type].count = 0;
}

/* The page that the image puts at @a goes to @page; false: none. */
static bool wanted(const struct image *im, uint64_t a, uint8_t *page)
{
    for (uint32_t i = 0; i < im->count; i++) {
        const struct xen_kexec_segment *s = &im->seg[i];
        uint64_t offset = a - s->dest_maddr;

        if (!s->buf._pad || offset >= s->dest_size)
            continue;
        memset(page, 0, P);
        if (offset < s->buf_size)
            memcpy(page, (const uint8_t *)s->buf._pad + offset, MIN(s->buf_size - offset, P));
        return true;
    }
    return false;
}

static void memory_is_as(const struct image *im, const uint8_t *before)
{
    uint8_t page[P];

    for (uint64_t a = 0; a < (uint64_t)FRAMES * P; a += P)
        if (wanted(im, a, page))
            LAW(!memcmp(sim_ram + a, page, P));
        else
            LAW(!before || !memcmp(sim_ram + a, before + a, P));
}

static void *page_at(void *unused, uint64_t paddr)
{
    LAW(paddr % P == 0 && paddr < (uint64_t)FRAMES * P);
    return sim_ram + paddr;
}

static void carry_out(void)
{
    const struct kexec_pages pages = { .at = page_at };
    const struct kexec_image *im = kexec_loaded(KEXEC_TYPE_DEFAULT);

    for (uint8_t type = 0; type < KEXEC_TYPES; type++)
        LAW(type_command(KEXEC_CMD_kexec_status, type) == (loaded[type].count != 0));
    if (loaded[KEXEC_TYPE_CRASH].count) {
        LAW(kexec_image_intact(kexec_loaded(KEXEC_TYPE_CRASH)));
        memory_is_as(&loaded[KEXEC_TYPE_CRASH], NULL);
    }
    if (!im)
        return;
    memcpy(snapshot, sim_ram, (size_t)FRAMES * P);
    LAW(kexec_program_run(im->program, 100000, &pages));
    memory_is_as(&loaded[KEXEC_TYPE_DEFAULT], snapshot);
    memcpy(sim_ram, snapshot, (size_t)FRAMES * P);
}

static void step(void)
{
    switch (next(8)) {
    case 0: unload((uint8_t)next(KEXEC_TYPES)); break;
    case 1: carry_out(); break;
    default: load_step(next(2));
    }
}

/* A load that somebody abandoned goes with the next that is refused. */
static void end_all(void)
{
    unload(KEXEC_TYPE_DEFAULT);
    unload(KEXEC_TYPE_CRASH);
    for (unsigned int vcpu = 0; vcpu < 2; vcpu++) {
        command(vcpu, KEXEC_CMD_kexec_load, 0x1000);
        load[vcpu].going_on = false;
    }
    sim_settle();
    while (heap_scrub_some())
        ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!snapshot)
        machine_start();
    input = data;
    left = size;
    for (unsigned int i = 0; left && i < STEPS; i++)
        step();
    carry_out();
    end_all();
    if (!free_before) /* slabs keep their first pages */
        free_before = heap_free_frames();
    LAW(heap_free_frames() + 8 >= free_before && heap_free_frames() <= free_before + 8);
    return 0;
}
