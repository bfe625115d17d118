/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the tree: paths that are and are not, room that is and is not, and lists that end where they say. */
#include "sim_test.h"

#include "guest.h"
#include "hv/version.h"

static struct domain *dom0, *domu;

static void start(void)
{
    sim_start(&(struct sim_config){ .frames = 8192, .cpus = 1 });
    sim_guest_window(box, sizeof(box));
    dom0 = sim_domain(0, 1);
    dom0->is_privileged = true;
    domu = sim_domain(1, 1);
    hv_cmdline = "loglvl=all noreboot";
}

#define OUT (box + 4096)

static long hypfs(struct domain *d, uint32_t cmd, const char *path, uint64_t len, uint64_t room)
{
    memcpy(box, path, strlen(path) + 1);
    struct hypercall call = { .arg = { cmd, BOX, len, BOX + 4096, room } };
    return guest_call_regs(d->vcpu[0], hypercall_hypfs_op, &call);
}
static long read_path(const char *path, uint64_t room) { return hypfs(dom0, XEN_HYPFS_OP_read, path, strlen(path) + 1, room); }

static void errors(void **state)
{
    start();
    struct hypercall version = { .arg = { XEN_HYPFS_OP_get_version } };
    assert_int_equal(guest_call_regs(dom0->vcpu[0], hypercall_hypfs_op, &version), XEN_HYPFS_VERSION);
    static const struct { const char *path; long rc; } t[] = {
        { "/", 0 }, { "/buildinfo", 0 }, { "/buildinfo/version/major", 0 }, { "/cpupool/0/sched-gran", 0 }, { "/params/cmdline", 0 },
        { "", -EINVAL }, { "buildinfo", -EINVAL }, { "/no", -ENOENT }, { "/build", -ENOENT }, { "/buildinfos", -ENOENT },
        { "/buildinfo/version/major/x", -ENOENT }, { "//buildinfo", -ENOENT },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
        if (read_path(t[i].path, 4096) != t[i].rc)
            fail_msg("%s", t[i].path);
    assert_int_equal(hypfs(dom0, XEN_HYPFS_OP_read, "/", 0, 4096), -EINVAL);
    assert_int_equal(hypfs(dom0, XEN_HYPFS_OP_read, "/", 1, 4096), -EINVAL);    /* no NUL */
    assert_int_equal(hypfs(dom0, XEN_HYPFS_OP_read, "/", 3, 4096), -EINVAL);    /* one in the middle */
    assert_int_equal(hypfs(dom0, XEN_HYPFS_OP_read, "/", 2000, 4096), -EINVAL);
    assert_int_equal(hypfs(dom0, XEN_HYPFS_OP_write_contents, "/params/cmdline", 16, 1), -EACCES);
    assert_int_equal(hypfs(dom0, 9, "/", 2, 4096), -EOPNOTSUPP);
    assert_int_equal(hypfs(domu, XEN_HYPFS_OP_read, "/", 2, 4096), -EPERM);
}

static void text_and_room(void **state)
{
    start();
    const xen_hypfs_direntry_t *e = (const void *)OUT;
    for (uint64_t room = 0; room < 64; room++) {
        memset(OUT, 0x5a, 128);
        bool enough = room >= sizeof(*e) + strlen(hv_cmdline) + 1;
        assert_int_equal(read_path("/params/cmdline", room), enough ? 0 : -ENOBUFS);
        if (room >= sizeof(*e))
            assert_int_equal(e->content_len, strlen(hv_cmdline) + 1);
        assert_int_equal(OUT[enough ? sizeof(*e) + strlen(hv_cmdline) + 1 : room >= sizeof(*e) ? sizeof(*e) : 0], 0x5a);
        if (enough)
            assert_string_equal(OUT + sizeof(*e), hv_cmdline);
    }
}

static void list(void **state)
{
    start();
    assert_int_equal(read_path("/buildinfo", 4096), 0);
    const xen_hypfs_direntry_t *e = (const void *)OUT;
    assert_int_equal(e->type, XEN_HYPFS_TYPE_DIR);
    uint32_t at = sizeof(*e), seen = 0;
    for (;; seen++) {
        const struct xen_hypfs_dirlistentry *entry = (const void *)(OUT + at);
        char path[64];
        snprintf(path, sizeof(path), "/buildinfo/%s", entry->name);
        assert_int_equal(entry->e.type, strcmp(entry->name, "version") ? XEN_HYPFS_TYPE_STRING : XEN_HYPFS_TYPE_DIR);
        if (!entry->off_next)
            break;
        at += entry->off_next;
        assert_true(at < sizeof(*e) + e->content_len);
    }
    assert_int_equal(seen, 5);
}

/* What depends on the domain that reads. */
static void self(void **state)
{
    start();
    assert_int_equal(read_path("/self/hypervisor-range", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "0x1234000 0x5678fff");
    assert_int_equal(read_path("/self/features", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "0x220e0");
    dom0->type = DOMAIN_HVM;
    assert_int_equal(read_path("/self/hypervisor-range", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "none");
    assert_int_equal(read_path("/self/features", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "0x12305");
}

SIM_TESTS(cmocka_unit_test(self), cmocka_unit_test(errors), cmocka_unit_test(text_and_room), cmocka_unit_test(list))
