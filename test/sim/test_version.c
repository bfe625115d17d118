/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What domains are told of the hypervisor: exact sizes, each error, and the same answers for a
 * toolstack that asks for another.
 */
#include "sim_test.h"

#include "guest.h"
#include "hv/options.h"
#include "hv/toolstack.h"
#include "hv/version.h"

#define ID_LEN 20u

/* The linker's part: the bytes of a build id and where they end. */
__asm__(".section .rodata\n.globl hv_build_id_start, hv_build_id_end\n"
        "hv_build_id_start:\n.fill 20, 1, 0x1d\nhv_build_id_end:\n.byte 0xee\n.previous");

static struct domain *dom0, *domu;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 8192, .cpus = 1 });
    sim_guest_window(box, sizeof(box));
    dom0 = sim_domain(0, 1);
    domu = sim_domain(1, 1);
    dom0->is_privileged = dom0->is_hardware = true;
    hv_options.platform_params = OPTION_PLATFORM_PARAMS_EXACT;
    hv_cmdline = "loglvl=all";
}

static long ask(struct domain *d, uint32_t cmd, uint64_t to)
{
    return guest_call(d->vcpu[0], hypercall_xen_version, cmd, to, 0);
}

#define UNMAPPED 0x1000

/* Bytes that an answer has; whatever lies behind stays. A domU gets each of them, too. */
static const struct { const char *name; uint32_t cmd; size_t size; } answers[] = {
    { "extraversion", XENVER_extraversion, 16 },
    { "compile_info", XENVER_compile_info, 64 + 16 + 32 + 32 },
    { "capabilities", XENVER_capabilities, 1024 },
    { "changeset", XENVER_changeset, 64 },
    { "platform_parameters", XENVER_platform_parameters, 8 },
    { "get_features", XENVER_get_features, 8 },
    { "guest_handle", XENVER_guest_handle, 16 },
    { "commandline", XENVER_commandline, 1024 },
};

static void sizes(void **state)
{
    start();
    for (unsigned int i = 0; i < 2 * ARRAY_SIZE(answers); i++) {
        struct domain *d = i % 2 ? domu : dom0;
        size_t size = answers[i / 2].size;

        memset(box, 0xa5, 4096);
        memset(box, 0, 4); /* submap 0, for get_features */
        if (ask(d, answers[i / 2].cmd, BOX) || (uint8_t)box[size] != 0xa5 || (uint8_t)box[size - 1] == 0xa5)
            fail_msg("%s is not %zu bytes", answers[i / 2].name, size);
        if (ask(d, answers[i / 2].cmd, UNMAPPED) != -EFAULT || ask(d, answers[i / 2].cmd, 0) != -EFAULT)
            fail_msg("%s to a bad address", answers[i / 2].name);
    }
}

static void numbers(void **state)
{
    start();
    assert_int_equal(ask(domu, XENVER_version, 0), 4 << 16 | 17);
    assert_int_equal(ask(domu, XENVER_version, UNMAPPED), 4 << 16 | 17); /* its argument means nothing */
    assert_int_equal(ask(domu, XENVER_pagesize, 0), 4096);
    assert_int_equal(ask(domu, XENVER_pagesize, BOX), -EINVAL);
    assert_int_equal(ask(domu, 15, BOX), -ENOSYS);
    assert_int_equal(ask(domu, ~0u, BOX), -ENOSYS);
}

/* xen_build_id: a length of 4 bytes, in and not changed, then the bytes. */
static const struct { const char *name; uint32_t room; long rc; } build_ids[] = {
    { "no room at all", 0, -EINVAL },
    { "one byte", 1, -ENOBUFS },
    { "one byte too little", ID_LEN - 1, -ENOBUFS },
    { "exactly enough", ID_LEN, ID_LEN },
    { "more than enough", 4000, ID_LEN },
    { "more than there could be", ~0u, ID_LEN },
};

static void build_id(void **state)
{
    start();
    assert_int_equal(ask(dom0, XENVER_build_id, 0), ID_LEN);
    assert_int_equal(ask(dom0, XENVER_build_id, UNMAPPED), -EFAULT);
    assert_int_equal(ask(domu, XENVER_build_id, 0), -EPERM);
    assert_int_equal(ask(domu, XENVER_build_id, BOX), -EPERM);
    for (unsigned int i = 0; i < ARRAY_SIZE(build_ids); i++) {
        memset(box, 0xa5, 64);
        memcpy(box, &build_ids[i].room, 4);
        long rc = ask(dom0, XENVER_build_id, BOX);
        uint8_t first = rc > 0 ? 0x1d : 0xa5;

        if (rc != build_ids[i].rc || memcmp(box, &build_ids[i].room, 4) || (uint8_t)box[4] != first ||
            (uint8_t)box[4 + ID_LEN - 1] != first || (uint8_t)box[4 + ID_LEN] != 0xa5)
            fail_msg("%s: %ld", build_ids[i].name, rc);
    }
}

static void command_line(void **state)
{
    static char is_long[2000];

    start();
    assert_int_equal(ask(domu, XENVER_commandline, BOX), 0);
    assert_string_equal(box, "<denied>");
    for (unsigned int i = 8; i < 1024; i++)
        assert_int_equal(box[i], 0);
    memset(is_long, 'x', sizeof(is_long) - 1);
    hv_cmdline = is_long;
    memset(box, 0xa5, 2048);
    assert_int_equal(ask(dom0, XENVER_commandline, BOX), 0);
    assert_int_equal(strlen(box), 1023);
    assert_int_equal((uint8_t)box[1024], 0xa5);
}

/* The same texts of any length: without a NUL, with nothing behind them, and what guests may not read they may not. */
static void texts(void **state)
{
    static const struct { const char *name; uint32_t cmd, older; long domu; } t[] = {
        { "extraversion", XENVER_extraversion2, XENVER_extraversion, 0 },
        { "capabilities", XENVER_capabilities2, XENVER_capabilities, 0 },
        { "changeset", XENVER_changeset2, XENVER_changeset, 0 },
        { "commandline", XENVER_commandline2, XENVER_commandline, -EPERM },
    };

    start();
    for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
        char older[1024];

        assert_int_equal(ask(dom0, t[i].older, BOX), 0);
        memcpy(older, box, sizeof(older));
        uint32_t size = (uint32_t)strnlen(older, sizeof(older)), room = size - 1;
        assert_int_equal(ask(dom0, t[i].cmd, 0), size);
        assert_int_equal(ask(domu, t[i].cmd, 0), t[i].domu ? t[i].domu : size);
        assert_int_equal(ask(dom0, t[i].cmd, UNMAPPED), -EFAULT);
        memset(box, 0, 4);
        assert_int_equal(ask(dom0, t[i].cmd, BOX), -EINVAL);
        memset(box, 0xa5, 2048);
        memcpy(box, &room, 4);
        if (room)
            assert_int_equal(ask(dom0, t[i].cmd, BOX), -ENOBUFS);
        assert_int_equal((uint8_t)box[4], 0xa5);
        room++;
        memcpy(box, &room, 4);
        assert_int_equal(ask(dom0, t[i].cmd, BOX), size);
        assert_memory_equal(box + 4, older, size);
        assert_int_equal((uint8_t)box[4 + size], 0xa5);
    }
    static char is_long[2000];
    memset(is_long, 'x', sizeof(is_long) - 1);
    hv_cmdline = is_long;
    assert_int_equal(ask(dom0, XENVER_commandline2, 0), 1999); /* what the older call cuts */
}

#define DIRECT (1u << XENFEAT_direct_mapped)
#define PV_ALL (0xc20e0u | DIRECT)

/* Features by what the domain is. */
static const struct { const char *name; uint8_t type; bool hardware, big_cr3; uint32_t features; } kinds[] = {
    { "PV dom0", DOMAIN_PV, true, false, 0x000e28e0 },
    { "PV dom0 with page directories above 4 GiB", DOMAIN_PV, true, true, 0x000e28f0 },
    { "PV domU", DOMAIN_PV, false, false, PV_ALL },
    { "PV domU with the same", DOMAIN_PV, false, true, PV_ALL | 0x10 },
    { "PVH domU", DOMAIN_HVM, false, false, 0x000d2305 },
    { "PVH dom0", DOMAIN_HVM, true, false, 0x000d2b05 },
};

static long view(struct domain *caller, domid_t id, struct xen_domctl *op, struct xenolith_domctl_view *v)
{
    *op = (struct xen_domctl){
        .cmd = XEN_DOMCTL_xenolith_view,
        .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
        .domain = id,
    };
    memset(&op->u, 0x5a, sizeof(op->u));
    memcpy(box, op, sizeof(*op));
    long rc = guest_call(caller->vcpu[0], hypercall_domctl, BOX, 0, 0);
    memcpy(op, box, sizeof(*op));
    memcpy(v, &op->u, sizeof(*v));
    return rc;
}

/* The domain that is asked for decides, not the one that asks. */
static void views(void **state)
{
    struct xen_domctl op;
    struct xenolith_domctl_view v;

    start();
    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        struct xen_feature_info f = { .submap_idx = 0 };

        domu->type = kinds[i].type;
        domu->is_hardware = kinds[i].hardware;
        domu->vm_assist = kinds[i].big_cr3 ? 1u << VMASST_TYPE_pae_extended_cr3 : 0;
        assert_int_equal(guest_op(domu->vcpu[0], hypercall_xen_version, XENVER_get_features, &f), 0);
        assert_int_equal(view(dom0, domu->id, &op, &v), 0);
        if (f.submap != kinds[i].features || v.features != kinds[i].features)
            fail_msg("%s: itself %#x, from outside %#x", kinds[i].name, f.submap, v.features);
        assert_int_equal(v.flags, kinds[i].hardware ? XENOLITH_VIEW_hardware : 0);
        assert_int_equal(v.type, kinds[i].type == DOMAIN_PV ? XENOLITH_GUEST_PV64 : XENOLITH_GUEST_PVH);
        assert_int_equal(v.hv_last != 0, kinds[i].type == DOMAIN_PV);
        assert_string_equal(v.capabilities, "xen-3.0-x86_64 ");
        assert_int_equal(*((uint8_t *)&op.u + sizeof(v)), 0);
    }
    domu->type = DOMAIN_PV;
    domu->is_hardware = false;
    assert_int_equal(view(dom0, 0, &op, &v), 0);
    assert_int_equal(v.features, 0xe28e0);
    assert_int_equal(v.flags, XENOLITH_VIEW_control | XENOLITH_VIEW_hardware);
    assert_int_equal(view(dom0, 77, &op, &v), -ESRCH);
    assert_int_equal(*(uint8_t *)&op.u, 0x5a);
    assert_int_equal(view(domu, 1, &op, &v), -EPERM);
}

static void platform_params(void **state)
{
    struct xen_domctl op;
    struct xenolith_domctl_view v;

    start();
    assert_int_equal(ask(domu, XENVER_platform_parameters, BOX), 0);
    assert_int_equal(*(uint64_t *)box, 0);
    hv_options.platform_params = OPTION_PLATFORM_PARAMS_LEGACY;
    assert_int_equal(ask(domu, XENVER_platform_parameters, BOX), 0);
    assert_int_equal(*(uint64_t *)box, 0x1234000);
    assert_int_equal(view(dom0, domu->id, &op, &v), 0);
    assert_int_equal(v.virt_start, 0x1234000);
}

SIM_TESTS(cmocka_unit_test(sizes), cmocka_unit_test(numbers), cmocka_unit_test(build_id),
          cmocka_unit_test(command_line), cmocka_unit_test(texts), cmocka_unit_test(views),
          cmocka_unit_test(platform_params))
