/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ops.h"
#include "world.h"

static domid_t other_of_mine(void) { return current_vcpu()->domain == guest ? PEER : GUEST; }

void op_unbound(void) { ACT_EVENT(alloc_unbound, alloc_unbound, .dom = DOMID_SELF, .remote_dom = other_of_mine()); }
void op_bind(void) { ACT_EVENT(bind_interdomain, bind_interdomain, .remote_dom = other_of_mine(), .remote_port = 1); }
void op_bind_ipi(void) { ACT_EVENT(bind_ipi, bind_ipi, .vcpu = 0); }
void op_bind_many(void)
{
    for (unsigned int i = 0; i < 100; i++) /* more than a reset closes without looking up */
        op_bind_ipi();
}
void op_bind_virq(void) { ACT_EVENT(bind_virq, bind_virq, .virq = VIRQ_TIMER, .vcpu = 0); }
void op_close_1(void) { ACT_EVENT(close, close, .port = 1); }
void op_close_2(void) { ACT_EVENT(close, close, .port = 2); }
void op_send_1(void) { ACT_EVENT(send, send, .port = 1); }
void op_send_2(void) { ACT_EVENT(send, send, .port = 2); }
void op_unmask_2(void) { ACT_EVENT(unmask, unmask, .port = 2); }
void op_status_1(void) { ACT_EVENT(status, status, .dom = DOMID_SELF, .port = 1); }
void op_reset(void) { ACT_EVENT(reset, reset, .dom = DOMID_SELF); }
void op_fifo(void) { ACT_EVENT(init_control, init_control, .control_gfn = page[2].nr, .vcpu = 0); }
void op_fifo_other(void) { ACT_EVENT(init_control, init_control, .control_gfn = page[1].nr, .vcpu = 1); }
void op_expand(void) { ACT_EVENT(expand_array, expand_array, .array_gfn = page[3].nr); }
void op_notify_other(void) { ACT_EVENT(bind_vcpu, bind_vcpu, .port = 2, .vcpu = 1); }
void op_control_reset(void) { ACT_EVENT(reset, reset, .dom = GUEST); }
void op_control_unbound(void) { ACT_EVENT(alloc_unbound, alloc_unbound, .dom = GUEST, .remote_dom = PEER); }
