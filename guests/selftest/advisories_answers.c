/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers hold what was asked, and nothing of what stood in the hypervisor's memory before: where an answer has holes,
 * or a text ends before its place does, there are zeros or what the guest left there (XSA-122, 132 and their like).
 */
#include "selftest/selftest.h"

#define FILL 0xa5

static uint8_t answer[2048] __attribute__((aligned(16)));

static const struct {
    const char *name;
    unsigned int nr;
    uint64_t cmd, second; /* where the second argument is a number, the answer is the third */
    struct {
        uint16_t from, to;
    } hole[3];
} call[] = {
    {"run state",                  __HYPERVISOR_vcpu_op,          VCPUOP_get_runstate_info,   0, {{4, 8}}          },
    {"size of the grant table",    __HYPERVISOR_grant_table_op,   GNTTABOP_query_size,        1, {{2, 4}, {14, 16}}},
    {"version of the grant table", __HYPERVISOR_grant_table_op,   GNTTABOP_get_version,       1, {{2, 4}}          },
    {"a port's status",            __HYPERVISOR_event_channel_op, EVTCHNOP_status,            1, {{2, 4}, {16, 24}}},
    {"features",                   __HYPERVISOR_xen_version,      XENVER_get_features,        1, {{8, 64}}         },
    {"frames of the M2P",          __HYPERVISOR_memory_op,        XENMEM_machphys_mapping,    1, {{24, 64}}        },
    {"the largest frame",          __HYPERVISOR_memory_op,        XENMEM_maximum_ram_page,    1, {{0, 64}}         },
    {"parameters",                 __HYPERVISOR_xen_version,      XENVER_platform_parameters, 1, {{8, 64}}         },
    {"the domain's handle",        __HYPERVISOR_xen_version,      XENVER_guest_handle,        1, {{16, 64}}        },
};

static const struct {
    const char *name;
    uint64_t cmd;
    uint16_t from, size; /* of the text in the answer */
} text[] = {
    {"extra version",  XENVER_extraversion, 0,   sizeof(xen_extraversion_t)     },
    {"capabilities",   XENVER_capabilities, 0,   sizeof(xen_capabilities_info_t)},
    {"change set",     XENVER_changeset,    0,   sizeof(xen_changeset_info_t)   },
    {"command line",   XENVER_commandline,  0,   sizeof(xen_commandline_t)      },
    {"compiler",       XENVER_compile_info, 0,   64                             },
    {"compiled by",    XENVER_compile_info, 64,  16                             },
    {"compiled where", XENVER_compile_info, 80,  32                             },
    {"compiled when",  XENVER_compile_info, 112, 32                             },
};

static unsigned int dirty(unsigned int from, unsigned int to)
{
    unsigned int n = 0;

    for (unsigned int i = from; i < to; i++)
        n += answer[i] != 0 && answer[i] != FILL;
    return n;
}

static void holes(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(call); i++) {
        unsigned int n = 0;

        memset(answer, FILL, sizeof(answer));
        *(domid_t *)answer = DOMID_SELF;
        ((uint32_t *)answer)[1] = 0;
        if (call[i].second)
            hypercall3(call[i].nr, call[i].cmd, PTR(answer), 1);
        else
            hypercall3(call[i].nr, call[i].cmd, 0, PTR(answer));
        for (unsigned int h = 0; h < ARRAY_SIZE(call[i].hole); h++)
            n += dirty(call[i].hole[h].from, call[i].hole[h].to);
        if (call[i].hole[0].from == 0)
            n -= dirty(0, 2); /* what was asked */
        check(call[i].name, 0, n);
        check("... and nothing behind it", 0, dirty(256, sizeof(answer)));
    }
}

/* A text ends with a zero in its place, and what follows in its place is nothing. */
static void texts(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(text); i++) {
        unsigned int end = text[i].from;

        memset(answer, FILL, sizeof(answer));
        hypercall2(__HYPERVISOR_xen_version, text[i].cmd, PTR(answer));
        while (end < text[i].from + text[i].size && answer[end])
            end++;
        check_true(text[i].name, end < text[i].from + text[i].size);
        check("... bytes behind its end (122)", 0, dirty(end, text[i].from + text[i].size));
        check("... and behind its place", 0, dirty(2000, sizeof(answer)));
    }
}

void test_advisories_answers(void)
{
    holes();
    texts();
}
