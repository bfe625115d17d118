/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading and writing the tree: paths that are and are not, room that is and is not, and lists that end where they say.
 */
#include "sim_test.h"

#include "guest.h"
#include "core/sched/policy.h"
#include "hv/cpupool.h"
#include "hv/options.h"
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

static long read_path(const char *path, uint64_t room)
{
    return hypfs(dom0, XEN_HYPFS_OP_read, path, strlen(path) + 1, room);
}

static void errors(void **state)
{
    start();
    struct hypercall version = { .arg = { XEN_HYPFS_OP_get_version } };
    assert_int_equal(guest_call_regs(dom0->vcpu[0], hypercall_hypfs_op, &version), XEN_HYPFS_VERSION);
    static const struct { const char *path; long rc; } t[] = {
        { "/", 0 }, { "/buildinfo", 0 }, { "/buildinfo/version/major", 0 }, { "/cpupool/0/sched-gran", 0 },
        { "/params/cmdline", 0 }, { "", -EINVAL }, { "buildinfo", -EINVAL }, { "/no", -ENOENT },
        { "/build", -ENOENT }, { "/buildinfos", -ENOENT }, { "/buildinfo/version/major/x", -ENOENT },
        { "//buildinfo", -ENOENT },
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
        assert_int_equal(entry->e.type, strcmp(entry->name, "changeset") ? XEN_HYPFS_TYPE_DIR : XEN_HYPFS_TYPE_STRING);
        if (!entry->off_next)
            break;
        at += entry->off_next;
        assert_true(at < sizeof(*e) + e->content_len);
    }
    assert_int_equal(seen, 2);
}

/*
 * The children of a directory, as "NAME:TYPE:LENGTH:MOST " each;
 * the sizes and the end agree with the directory's own.
 */
static const char *listing(const char *path)
{
    static char out[512];
    const xen_hypfs_direntry_t *e = (const void *)OUT;
    uint32_t at = sizeof(*e);

    assert_int_equal(read_path(path, 4096), 0);
    assert_int_equal(e->type, XEN_HYPFS_TYPE_DIR);
    out[0] = 0;
    for (;;) {
        const struct xen_hypfs_dirlistentry *entry = (const void *)(OUT + at);
        size_t used = strlen(out);
        snprintf(out + used, sizeof(out) - used, "%s:%u:%u:%u ", entry->name, entry->e.type, entry->e.content_len,
                 entry->e.max_write_len);
        if (!entry->off_next)
            break;
        at += entry->off_next;
    }
    uint32_t name = (uint32_t)strlen(((const struct xen_hypfs_dirlistentry *)(OUT + at))->name);
    assert_int_equal(ROUND_UP(at + offsetof(struct xen_hypfs_dirlistentry, name) + name + 1, 4),
                     sizeof(*e) + e->content_len);
    return out;
}

/* One directory for each domain that lives, made when it is read. */
static void domains(void **state)
{
    start();
    assert_string_equal(listing("/domain"), "0:0:40:0 1:0:40:0 ");
    assert_string_equal(listing("/domain/1"), "id:2:3:0 lines:2:1:0 ");
    static const struct { const char *path; long rc; } t[] = {
        { "/domain/0/id", 0 }, { "/domain/1/id", 0 }, { "/domain/2", -ENOENT }, { "/domain/01", -ENOENT },
        { "/domain/", 0 },
        { "/domain//id", -ENOENT }, { "/domain/1x", -ENOENT }, { "/domain/-1", -ENOENT }, { "/domain/32752", -ENOENT },
        { "/domain/65536", -ENOENT }, { "/domain/4294967297", -ENOENT }, { "/domain/1/no", -ENOENT },
        { "/domain/1/id/x", -ENOENT },
    };
    uint32_t refs = domu->refs;
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
        if (read_path(t[i].path, 4096) != t[i].rc)
            fail_msg("%s", t[i].path);
    assert_int_equal(domu->refs, refs);
    assert_int_equal(read_path("/domain/1/id", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "d1");
    assert_int_equal(hypfs(domu, XEN_HYPFS_OP_read, "/domain/1/id", 13, 4096), -EPERM);
    guest_kill(domu);
    assert_string_equal(listing("/domain"), "0:0:40:0 ");
}

/* A text of many pages comes whole or not at all, with its length either way. */
static void long_text(void **state)
{
    start();
    const xen_hypfs_direntry_t *e = (const void *)OUT;
    sim_hypfs_lines = 4000;
    uint32_t len = 0;
    for (unsigned int i = 0; i < 4000; i++)
        len += (uint32_t)snprintf(NULL, 0, "line %u\n", i);
    len++;
    assert_int_equal(read_path("/arch/lines", 4096), -ENOBUFS);
    assert_int_equal(e->content_len, len);
    assert_int_equal(read_path("/arch/lines", sizeof(*e) + len - 1), -ENOBUFS);
    assert_int_equal(OUT[sizeof(*e)], 0);
    assert_int_equal(read_path("/arch/lines", sizeof(*e) + len), 0);
    assert_int_equal(e->content_len, len);
    assert_int_equal(strlen(OUT + sizeof(*e)), len - 1);
    assert_string_equal(OUT + sizeof(*e) + len - 1 - 10, "line 3999\n");
    assert_int_equal(OUT[sizeof(*e) + len], 0);
    sim_hypfs_error = -ENOMEM;
    assert_int_equal(read_path("/arch/lines", 60000), -ENOMEM);
    assert_int_equal(read_path("/arch", 60000), -ENOMEM);
    assert_int_equal(read_path("/", 4096), 0);
}

static long write_path(struct domain *d, const char *path, uint8_t value, uint64_t size)
{
    *OUT = (char)value;
    return hypfs(d, XEN_HYPFS_OP_write_contents, path, strlen(path) + 1, size);
}

/* The one switch: what is not exactly one byte, 0 or 1, changes nothing; and nothing else can be written. */
static void writing(void **state)
{
    start();
    static const char strict[] = "/params/cpuid-strict";
    static const struct { const char *path; uint8_t value; uint64_t size; long rc; bool then; } t[] = {
        { strict, 1, 1, 0, true },        { strict, 0, 2, -ENOSPC, true },  { strict, 0, 0, -EDOM, true },
        { strict, 0, ~0ull, -ENOSPC, true }, { strict, 2, 1, -EINVAL, true }, { strict, 0, 1, 0, false },
        { strict, 255, 1, -EINVAL, false }, { "/params", 1, 1, -EACCES, false }, { "/", 1, 1, -EACCES, false },
        { "/domain/1/id", 1, 1, -EACCES, false }, { "/domain", 1, 1, -EACCES, false },
        { "/domain/7", 1, 1, -ENOENT, false },
    };
    hv_options.cpuid_strict = false;
    assert_non_null(strstr(listing("/params"), "cpuid-strict:5:1:1 "));
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        long rc = write_path(dom0, t[i].path, t[i].value, t[i].size);
        if (rc != t[i].rc || hv_options.cpuid_strict != t[i].then)
            fail_msg("row %zu: %s: %ld", i, t[i].path, rc);
        assert_int_equal(read_path(strict, 4096), 0);
        assert_int_equal(((const xen_hypfs_direntry_t *)OUT)->content_len, 1);
        assert_int_equal(OUT[sizeof(xen_hypfs_direntry_t)], t[i].then);
    }
    assert_int_equal(write_path(domu, strict, 1, 1), -EPERM);
    assert_false(hv_options.cpuid_strict);
    struct hypercall bad = { .arg = { XEN_HYPFS_OP_write_contents, BOX, sizeof(strict), 8, 1 } };
    memcpy(box, strict, sizeof(strict));
    assert_int_equal(guest_call_regs(dom0->vcpu[0], hypercall_hypfs_op, &bad), -EFAULT);
    assert_false(hv_options.cpuid_strict);
}

/* Options that are texts: only a whole text with its NUL, and one that means something, changes them. */
static void parameters(void **state)
{
    start();
    static const struct { const char *path, *value; uint64_t size; long rc; const char *then; } t[] = {
        { "/params/loglvl", "info", 5, 0, "info" },
        { "/params/loglvl", "error/all", 10, 0, "error/all" },
        { "/params/loglvl", "loud", 5, -EINVAL, "error/all" },
        { "/params/loglvl", "", 1, -EINVAL, "error/all" },
        { "/params/loglvl", "", 0, -EINVAL, "error/all" },
        { "/params/loglvl", "info", 4, -EINVAL, "error/all" },
        { "/params/loglvl", "all\0", 5, -EINVAL, "error/all" },
        { "/params/loglvl", "info", 65, -ENOSPC, "error/all" },
        { "/params/loglvl", "info", ~0ull, -ENOSPC, "error/all" },
        { "/params/guest_loglvl", "none", 5, 0, "none" },
        { "/params/gnttab_max_frames", "128", 4, 0, "128" },
        { "/params/gnttab_max_frames", "0", 2, -EINVAL, "128" },
        { "/params/gnttab_max_frames", "8193", 5, -EINVAL, "128" },
        { "/params/gnttab_max_frames", "many", 5, -EINVAL, "128" },
        { "/params/gnttab_max_maptrack_frames", "7", 2, 0, "7" },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        memset(OUT, 'x', 128);
        memcpy(OUT, t[i].value, strlen(t[i].value) + 1);
        long rc = hypfs(dom0, XEN_HYPFS_OP_write_contents, t[i].path, strlen(t[i].path) + 1, t[i].size);
        assert_int_equal(read_path(t[i].path, 4096), 0);
        if (rc != t[i].rc || strcmp(OUT + sizeof(xen_hypfs_direntry_t), t[i].then))
            fail_msg("row %zu: %s: %ld, now %s", i, t[i].path, rc, OUT + sizeof(xen_hypfs_direntry_t));
    }
    assert_int_equal(hv_options.gnttab_max_frames, 128);
    assert_non_null(strstr(listing("/params"), "loglvl:2:10:64 "));
}

/* One directory for each pool. */
static void pools(void **state)
{
    start();
    uint32_t id = 3;
    assert_string_equal(listing("/cpupool"), "0:0:28:0 ");
    assert_int_equal(read_path("/cpupool/3/sched-gran", 4096), -ENOENT);
    assert_int_equal(cpupool_create(&id, &sched_credit2), 0);
    assert_string_equal(listing("/cpupool"), "0:0:28:0 3:0:28:0 ");
    assert_int_equal(read_path("/cpupool/3/sched-gran", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "cpu");
    assert_int_equal(read_path("/cpupool/4294967299/sched-gran", 4096), -ENOENT);
    assert_int_equal(cpupool_destroy(3), 0);
    assert_int_equal(read_path("/cpupool/3", 4096), -ENOENT);
}

/* What depends on the domain that reads. */
static void self(void **state)
{
    start();
    assert_int_equal(read_path("/self/hypervisor-range", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "0x1234000 0x5678fff");
    assert_int_equal(read_path("/self/features", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "0xe20e0");
    dom0->type = DOMAIN_HVM;
    assert_int_equal(read_path("/self/hypervisor-range", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "none");
    assert_int_equal(read_path("/self/features", 4096), 0);
    assert_string_equal(OUT + sizeof(xen_hypfs_direntry_t), "0xd2305");
}

SIM_TESTS(cmocka_unit_test(self), cmocka_unit_test(errors), cmocka_unit_test(text_and_room), cmocka_unit_test(list),
          cmocka_unit_test(domains), cmocka_unit_test(pools), cmocka_unit_test(long_text), cmocka_unit_test(writing),
          cmocka_unit_test(parameters))
