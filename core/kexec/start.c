/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two ends of the hypervisor: a default image is started from CPU 0 by a tasklet, with everything in order; a crash
 * image from wherever the machine is lost, by the first CPU that says so, taking no lock and asking nobody.
 */
#include "core/kexec/kexec.h"

#include "hv/console.h"
#include "hv/domain.h"
#include "hv/log.h"
#include "hv/softirq.h"
#include "hv/watchdog.h"

#include <arch/current.h>
#include <arch/irqflags.h>

static void start_default(void *unused);
static struct tasklet starter = TASKLET_INIT(start_default, NULL);
static struct vcpu *caller; /* waits for the default image to start */
static uint32_t crashing;   /* CPU + 1 that starts the crash image */
static bool may_go_without; /* what that CPU does is not needed: should it fault, the image is started all the same */

bool kexec_is_crashing(void)
{
    return __atomic_load_n(&crashing, __ATOMIC_SEQ_CST);
}

static void start_default(void *unused)
{
    spin_lock(&kexec_lock); /* from here on the image stays */
    const struct kexec_image *im = kexec_loaded(KEXEC_TYPE_DEFAULT);

    if (!im) { /* it was unloaded in the meantime */
        spin_unlock(&kexec_lock);
        vcpu_unpause(__atomic_exchange_n(&caller, NULL, __ATOMIC_ACQ_REL));
        return;
    }
    log_info("kexec: starting the default image at %#lx", (unsigned long)im->load.entry);
    watchdog_pause();
    arch_kexec_quiesce_devices();
    console_enter_panic(); /* nothing is left in a queue */
    irq_disable();
    arch_kexec_stop_cpus();
    arch_kexec_enter(im);
}

int kexec_start_default(void)
{
    struct vcpu *nobody = NULL, *me = current_vcpu();

    if (!kexec_loaded(KEXEC_TYPE_DEFAULT))
        return -ENOENT;
    if (!__atomic_compare_exchange_n(&caller, &nobody, me, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        return -EBUSY;
    vcpu_pause_nosync(me);
    tasklet_schedule_on(&starter, 0);
    return 0;
}

/* True for the one CPU that may go on. Another one stops here: its registers come with the NMI, or are taken now. */
static bool crash_begin(const struct cpu_user_regs *regs)
{
    uint32_t nobody = 0, me = this_cpu_id() + 1;

    if (__atomic_compare_exchange_n(&crashing, &nobody, me, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return true;
    if (nobody == me)
        return false;
    kexec_save_cpu(regs);
    arch_panic_halt();
}

/* The image, if it can be started. */
static const struct kexec_image *crash_image(void)
{
    const struct kexec_image *im = kexec_loaded(KEXEC_TYPE_CRASH);

    if (im && kexec_image_intact(im))
        return im;
    if (im)
        log_error("kexec: the crash image was overwritten after it was loaded: it is not started");
    return NULL;
}

/* Something failed on the way. What is only of use to readers of the dump is left out. */
static void crash_again(void)
{
    if (!may_go_without)
        return;
    may_go_without = false;
    log_error("kexec: the dump will lack dom0's note and who owns which frame");
    arch_kexec_enter(kexec_loaded(KEXEC_TYPE_CRASH));
}

static void crash_give_up(irqflags_t flags)
{
    __atomic_store_n(&crashing, 0, __ATOMIC_SEQ_CST);
    watchdog_resume();
    irq_restore(flags);
}

void kexec_crash(const struct cpu_user_regs *regs)
{
    if (!kexec_crash_is_loaded())
        return;
    irqflags_t flags = irq_save();
    if (!crash_begin(regs)) {
        crash_again();
        return;
    }
    watchdog_pause(); /* the sum over a large image takes its time */
    console_enter_panic();
    const struct kexec_image *im = crash_image();
    if (!im) {
        crash_give_up(flags);
        return;
    }
    kexec_save_cpu(regs);
    arch_kexec_stop_cpus();
    may_go_without = true;
    kexec_notes_finish();
    may_go_without = false;
    log_error("kexec: starting the crash image from CPU %u", this_cpu_id());
    arch_kexec_enter(im);
}

static void debug_key_crash(char key)
{
    if (!kexec_crash_is_loaded())
        log_error("kexec: no crash image is loaded, so there is nothing to start");
    kexec_crash(NULL);
}

void kexec_init(void)
{
    debug_key_register('C', debug_key_crash, "start the crash kernel");
    if (!range_empty(kexec_crash_area) && !kexec_notes_init())
        log_warning("kexec: no memory for crash notes: a crash kernel will not see registers");
}
