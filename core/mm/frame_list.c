/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of frames, linked by frame number through the frame table. */
#include "hv/frame.h"

void frame_list_add_tail(struct frame_list *l, struct frame *f)
{
    uint32_t nr = (uint32_t)frame_to_mfn(f).nr;

    f->next = FRAME_LINK_NONE;
    f->prev = l->tail;
    if (l->tail == FRAME_LINK_NONE)
        l->head = nr;
    else
        frame_table[l->tail].next = nr;
    l->tail = nr;
    l->nr++;
}

void frame_list_del(struct frame_list *l, struct frame *f)
{
    if (f->prev == FRAME_LINK_NONE)
        l->head = f->next;
    else
        frame_table[f->prev].next = f->next;
    if (f->next == FRAME_LINK_NONE)
        l->tail = f->prev;
    else
        frame_table[f->next].prev = f->prev;
    f->next = f->prev = FRAME_LINK_NONE;
    l->nr--;
}
