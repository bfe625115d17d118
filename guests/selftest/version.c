/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the hypervisor says about itself, asked by a real caller: every answer has its size to the byte, what lies
 * behind it stays, and what depends on the caller is right for a 64-bit PV kernel, dom0 or not.
 */
#include "selftest/selftest.h"

#define CANARY 0xa5
#define ID_MAX 64

static uint8_t buf[2048];

static const struct {
    const char *name;
    unsigned int cmd;
    unsigned int size;
} answer[] = {
    {"version: extraversion",        XENVER_extraversion,        16  },
    {"version: compile_info",        XENVER_compile_info,        144 },
    {"version: capabilities",        XENVER_capabilities,        1024},
    {"version: changeset",           XENVER_changeset,           64  },
    {"version: platform_parameters", XENVER_platform_parameters, 8   },
    {"version: get_features",        XENVER_get_features,        8   },
    {"version: guest_handle",        XENVER_guest_handle,        16  },
    {"version: commandline",         XENVER_commandline,         1024},
};

static long ask(unsigned int cmd, const void *to)
{
    return hypercall2(__HYPERVISOR_xen_version, cmd, PTR(to));
}

/* The size is right when the byte before its end was written and all behind it were not. */
static void sizes(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(answer); i++) {
        unsigned int size = answer[i].size, written = 0;

        memset(buf, CANARY, sizeof(buf));
        memset(buf, 0, 4); /* submap 0 of the features */
        check_rc(answer[i].name, 0, ask(answer[i].cmd, buf));
        for (unsigned int at = size; at < sizeof(buf); at++)
            written += buf[at] != CANARY;
        check("... writes nothing behind its end", 0, written);
        check_true("... writes up to its end", buf[size - 1] != CANARY);
        check_rc("... to an address that is not mapped", -EFAULT, ask(answer[i].cmd, (void *)8));
    }
}

#define AREAS_BY_FRAME (3u << 18) /* XENFEAT_runstate_phys_area, XENFEAT_vcpu_time_phys_area */

static void features(void)
{
    struct xen_feature_info f = { .submap_idx = 0 };
    /* As in Xen 4.17, with pae_pgdir_above_4gb where the assist is, dom0; since 4.18 areas by guest frame, both. */
    uint32_t areas, expected = 0x220e0u | (is_dom0() ? 1u << XENFEAT_dom0 : 0);

    check_rc("features of submap 0", 0, ask(XENVER_get_features, &f));
    areas = f.submap & AREAS_BY_FRAME;
    check_true("... promise both areas by guest frame or none", !areas || areas == AREAS_BY_FRAME);
    expected |= areas;
    check("... are those of a 64-bit PV kernel", expected, f.submap & ~(1u << XENFEAT_pae_pgdir_above_4gb));
    check_rc("the assist for page directories above 4 GiB", 0,
             hypercall2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_pae_extended_cr3));
    check_rc("features again", 0, ask(XENVER_get_features, &f));
    check("... have it", expected | 1u << XENFEAT_pae_pgdir_above_4gb, f.submap);
    f.submap_idx = 1;
    check_rc("features of submap 1", -EINVAL, ask(XENVER_get_features, &f));
}

static void build_id(void)
{
    struct xen_build_id *id = (struct xen_build_id *)buf;
    long size = ask(XENVER_build_id, NULL);

    if (!is_dom0()) {
        check_rc("the build id is not for guests", -EPERM, size);
        id->len = sizeof(buf) - 4;
        check_rc("... whatever they give", -EPERM, ask(XENVER_build_id, buf));
        return;
    }
    check_in("the build id has a size", 8, ID_MAX, size);
    memset(buf, CANARY, sizeof(buf));
    id->len = 0;
    check_rc("a build id into no room", -EINVAL, ask(XENVER_build_id, buf));
    id->len = size - 1;
    check_rc("a build id into a byte too little", -ENOBUFS, ask(XENVER_build_id, buf));
    check("... writes nothing", CANARY, buf[4]);
    id->len = size;
    check_rc("a build id into just its room", size, ask(XENVER_build_id, buf));
    check("... writes nothing behind its end", CANARY, buf[4 + size]);
    check("... and leaves the length", size, id->len);
    check_rc("a build id to an address that is not mapped", -EFAULT, ask(XENVER_build_id, (void *)8));
}

static void texts(void)
{
    check_rc("the command line", 0, ask(XENVER_commandline, buf));
    check("... is for dom0 alone", !is_dom0(), !memcmp(buf, "<denied>", 9));
    check_rc("the capabilities", 0, ask(XENVER_capabilities, buf));
    check_true("... have 64-bit PV first", !memcmp(buf, "xen-3.0-x86_64", 14));
    check("the version", 4 << 16 | 17, ask(XENVER_version, NULL));
    check("the page size", PAGE_SIZE, ask(XENVER_pagesize, NULL));
    check_rc("the page size for somebody", -EINVAL, ask(XENVER_pagesize, buf));
    check_rc("the platform's parameters", 0, ask(XENVER_platform_parameters, buf));
    check("... are nothing to a 64-bit kernel", 0, *(uint64_t *)buf);
}

void test_version(void)
{
    sizes();
    features();
    build_id();
    texts();
}
