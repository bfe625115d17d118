/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug keys: one letter, one report. Each has a tasklet, because reports are long and the key arrives in an
 * interrupt.
 */
#include "core/console/console.h"
#include "hv/softirq.h"
#include "hv/watchdog.h"

#define KEYS 128

static void debug_key_run(void *key);
static void debug_key_help(char key);
static void debug_key_all(char key);

static struct debug_key {
    void (*fn)(char key);
    const char *help;
    struct tasklet tasklet;
} keys[KEYS] = {
    ['h'] = { debug_key_help, "show this message", TASKLET_INIT(debug_key_run, &keys['h']) },
    ['*'] = { debug_key_all, "all reports, those of small letters and digits",
              TASKLET_INIT(debug_key_run, &keys['*']) },
};

static void debug_key_run(void *data)
{
    struct debug_key *k = data;
    char key = (char)(k - keys);
    log_error("'%c' pressed -> %s", key, k->help);
    watchdog_pause(); /* long reports over a slow line, of which nothing may be lost */
    console_sync_begin();
    k->fn(key);
    console_sync_end();
    watchdog_resume();
}

static void debug_key_help(char key)
{
    for (unsigned int c = 0; c < KEYS; c++)
        if (keys[c].fn)
            log_error(" key '%c' => %s", (char)c, keys[c].help);
}

/* Every report: those keys that only look, which are those that are not capital letters. */
static void debug_key_all(char all)
{
    for (unsigned int c = 0; c < KEYS; c++)
        if (keys[c].fn && c != (unsigned int)all && !(c >= 'A' && c <= 'Z')) {
            log_error("[%c: %s]", (char)c, keys[c].help);
            keys[c].fn((char)c);
        }
}

bool debug_key_register(char key, void (*fn)(char key), const char *help)
{
    struct debug_key *k = (unsigned char)key < KEYS ? &keys[(unsigned char)key] : NULL;
    if (!k || k->fn)
        return false;
    tasklet_init(&k->tasklet, debug_key_run, k);
    k->help = help;
    __atomic_store_n(&k->fn, fn, __ATOMIC_RELEASE);
    return true;
}

void debug_key_handle(char key)
{
    struct debug_key *k = (unsigned char)key < KEYS ? &keys[(unsigned char)key] : NULL;
    if (k && __atomic_load_n(&k->fn, __ATOMIC_ACQUIRE))
        tasklet_schedule(&k->tasklet);
}
