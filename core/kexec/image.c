/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images and their frames. The crash path reads kexec_loaded() at any moment and without a lock, so an image is
 * complete before it gets there, and is taken out before anything of it is given back.
 */
#include "core/kexec/kexec.h"

#include "hv/heap.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "kexec/checksum.h"

#define REAP_STEP 512u /* frames given back at a time */

struct range kexec_crash_area;
spinlock_t kexec_lock = SPINLOCK_INIT(LOCK_KEXEC);

static struct kexec_image *loaded[KEXEC_TYPES];
static struct frame_list garbage = FRAME_LIST_EMPTY; /* under kexec_lock */
static void reap(void *unused);
static struct tasklet reaper = TASKLET_INIT(reap, NULL);

struct kexec_image *kexec_loaded(unsigned int type)
{
    return __atomic_load_n(&loaded[type], __ATOMIC_SEQ_CST);
}

bool kexec_crash_is_loaded(void)
{
    return kexec_loaded(KEXEC_TYPE_CRASH);
}

/* What the heap gives and a destination covers is kept aside until the image goes: the heap would give it again. */
uint64_t kexec_image_page(struct kexec_image *im, struct frame_list *list)
{
    unsigned int flags = HEAP_ZERO | (list == &im->hidden ? HEAP_ADDR_BITS(32) : 0);

    for (;;) {
        mfn_t m = heap_alloc(0, flags);
        if (mfn_eq(m, MFN_NONE))
            return 0;
        bool covered = kexec_load_covers(&im->load, mfn_to_paddr(m));
        frame_list_add_tail(covered ? &im->unusable : list, mfn_to_frame(m));
        if (!covered)
            return mfn_to_paddr(m);
    }
}

struct kexec_image *kexec_image_create(const struct kexec_load *load)
{
    struct kexec_image *im = hv_zalloc(sizeof(*im));
    if (im)
        *im = (struct kexec_image){
            .load = *load, .pages = FRAME_LIST_EMPTY, .hidden = FRAME_LIST_EMPTY, .unusable = FRAME_LIST_EMPTY,
        };
    return im;
}

/* One frame of what nobody wants any more, or NULL. Scrubbing it is not the lock's business. */
static struct frame *garbage_take(void)
{
    spin_lock(&kexec_lock);
    struct frame *f = frame_list_first(&garbage);
    if (f)
        frame_list_del(&garbage, f);
    spin_unlock(&kexec_lock);
    return f;
}

static void reap(void *unused)
{
    for (unsigned int i = 0; i < REAP_STEP; i++) {
        struct frame *f = garbage_take();
        if (!f)
            return;
        heap_free(frame_to_mfn(f), 0, true);
    }
    tasklet_schedule(&reaper);
}

/* Moving a list costs a step for each frame; giving it back would cost far more. */
static void frames_discard(struct frame_list *from)
{
    for (struct frame *f; (f = frame_list_first(from));) {
        frame_list_del(from, f);
        frame_list_add_tail(&garbage, f);
    }
}

void kexec_image_drop(struct kexec_image *im)
{
    if (!im)
        return;
    frames_discard(&im->pages);
    frames_discard(&im->hidden);
    frames_discard(&im->unusable);
    hv_free(im);
    tasklet_schedule(&reaper);
}

void kexec_install(unsigned int type, struct kexec_image *im)
{
    if (im)
        frames_discard(&im->unusable);
    struct kexec_image *old = __atomic_exchange_n(&loaded[type], im, __ATOMIC_SEQ_CST);
    if (!kexec_is_crashing()) /* who crashes first says so, then looks for an image: it may have found the old one */
        kexec_image_drop(old);
}

bool kexec_image_intact(const struct kexec_image *im)
{
    uint64_t sum = KEXEC_CHECKSUM_START;

    for (uint32_t i = 0; i < im->load.count; i++) {
        const struct kexec_segment *s = &im->load.segment[i];
        if (s->has_source)
            sum = kexec_checksum(sum, paddr_to_virt(s->dest.start), range_size(s->dest));
    }
    return sum == im->checksum;
}
