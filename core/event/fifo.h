/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the FIFO layout holds for a domain and for each of its vCPUs. */
#ifndef CORE_EVENT_FIFO_H
#define CORE_EVENT_FIFO_H

#include "core/event/layout.h"

#define FIFO_WORDS_PER_PAGE (PAGE_SIZE / sizeof(event_word_t))
#define FIFO_PAGES          (EVTCHN_FIFO_NR_CHANNELS / FIFO_WORDS_PER_PAGE)

struct evtchn_fifo {
    spinlock_t lock;                 /* LOCK_EVENT_QUEUE: all queues of the domain */
    uint32_t pages;                  /* of the event array that the guest gave; published after the entry */
    event_word_t *array[FIFO_PAGES];
    struct frame *frame[FIFO_PAGES]; /* the pages' frames, held as writable */
    struct evtchn_fifo_vcpu *released; /* control blocks of the vCPUs, once it is detached */
};

struct evtchn_fifo_vcpu {
    struct evtchn_fifo_vcpu *next_released;
    evtchn_fifo_control_block_t *control;
    struct frame *frame;
    uint32_t
        tail[EVTCHN_FIFO_MAX_QUEUES]; /* the port last put on each queue; 0: none. Ours, the guest cannot change it */
};

#endif
