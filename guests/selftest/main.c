/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs every subject in turn, counts checks, and ends with one line that says how many passed. */
#include "selftest/selftest.h"

static unsigned int passed, failed;

uint8_t user_stack[8192] __attribute__((aligned(16)));

static const struct {
    const char *name;
    void (*run)(void);
} subject[] = {
    {"exceptions",               test_exceptions         },
    {"page tables",              test_page_tables        },
    {"pointers",                 test_pointers           },
    {"descriptors and segments", test_descriptors        },
    {"debug registers",          test_debug_registers    },
    {"ports",                    test_io                 },
    {"user mode",                test_user_mode          },
    {"extended state",           test_fpu                },
    {"XCR0",                     test_xcr0               },
    {"events",                   test_events             },
    {"CPUID and MSRs",           test_cpuid_msr          },
    {"time",                     test_time               },
    {"errors",                   test_errors             },
    {"privileges",               test_privileges         },
    {"newer operations",         test_newer              },
    {"refusals",                 test_refusals           },
    {"version",                  test_version            },
    {"resources",                test_resources          },
    {"advisories: memory",       test_advisories_mm      },
    {"advisories: processor",    test_advisories_cpu     },
    {"advisories: user mode",    test_advisories_user    },
    {"advisories: devices",      test_advisories_devices },
    {"advisories: code",         test_advisories_code    },
    {"advisories: mappings",     test_advisories_mappings},
    {"advisories: versions",     test_advisories_versions},
    {"advisories: grants",       test_advisories_grants  },
    {"advisories: 32 bits",      test_advisories_compat  },
    {"advisories: ports",        test_advisories_ports   },
    {"advisories: answers",      test_advisories_answers },
    {"advisories: events",       test_advisories_events  },
    {"advisories: calls",        test_advisories_calls   },
    {"a second vCPU",            test_second_vcpu        },
    {"races of two vCPUs",       test_races              },
};

static void count(bool good)
{
    if (good)
        passed++;
    else
        failed++;
}

void check(const char *name, uint64_t expected, uint64_t got)
{
    count(expected == got);
    if (expected == got)
        printk("PASS %s", name);
    else
        printk("FAIL %s: expected %#lx, got %#lx", name, expected, got);
}

void check_in(const char *name, uint64_t low, uint64_t high, uint64_t got)
{
    bool good = got >= low && got <= high;

    count(good);
    if (good)
        printk("PASS %s", name);
    else
        printk("FAIL %s: expected %#lx to %#lx, got %#lx", name, low, high, got);
}

void check_rc(const char *name, long expected, long got)
{
    count(expected == got);
    if (expected == got)
        printk("PASS %s", name);
    else
        printk("FAIL %s: expected result %ld, got %ld", name, expected, got);
}

static bool has_error(uint64_t vector)
{
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

void check_trap(const char *name, uint64_t vector, uint64_t error)
{
    bool good = trap_seen.vector == vector && (!has_error(vector) || trap_seen.error == error);

    count(good);
    if (good)
        printk("PASS %s", name);
    else
        printk("FAIL %s: expected vector %ld, error %#lx, got vector %ld, error %#lx", name, (long)vector, error,
               (long)trap_seen.vector, trap_seen.error);
}

/* fpu=1: only this, since it wants a vCPU that nobody has started yet, best on the same processor. */
static void run_fpu_vcpus(void)
{
    test_fpu_vcpus();
    printk("%u passed, %u failed", passed, failed);
}

void guest_main(void)
{
    if (guest_option("fpu", 0)) {
        run_fpu_vcpus();
        return;
    }
    if (guest_option("failsafe", 0)) {
        test_failsafe();
        return;
    }
    for (unsigned int i = 0; i < ARRAY_SIZE(subject); i++) {
        printk("---- %s", subject[i].name);
        subject[i].run();
    }
    printk("%u passed, %u failed", passed, failed);
}
