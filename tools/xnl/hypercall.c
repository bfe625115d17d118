/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypercalls from dom0 through /dev/xen/privcmd, and xenstore's names of domains through its bus. */
#include "hypercall.h"
#include "public.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>
#include <xen/sys/privcmd.h>

#define PAGE 4096
#define REPLY_MS 5000

void *hypercall_page(void)
{
    static void *page;

    if (!page)
        page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
    if (page == MAP_FAILED)
        page = NULL;
    if (page)
        memset(page, 0, PAGE);
    return page;
}

long hypercall(unsigned int nr, uint64_t a, uint64_t b)
{
    privcmd_hypercall_t call = { .op = nr, .arg = { a, b } };
    int fd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return -ENODEV;
    long rc = ioctl(fd, IOCTL_PRIVCMD_HYPERCALL, &call);
    if (rc < 0)
        rc = -errno;
    close(fd);
    return rc;
}

/* One reply, which comes in pieces. */
static ssize_t reply_read(int fd, void *to, size_t len)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    size_t done = 0;

    while (done < len) {
        if (poll(&wait, 1, REPLY_MS) != 1)
            return -1;
        ssize_t got = read(fd, (char *)to + done, len - done);
        if (got <= 0)
            return -1;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

void xenstore_domain_name(unsigned int id, char *buf, size_t size)
{
    struct { struct xsd_sockmsg head; char path[40]; } ask = { .head = { .type = XS_READ } };
    struct xsd_sockmsg head;
    char text[256];
    int fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC | O_NONBLOCK);

    buf[0] = 0;
    if (fd < 0)
        return;
    ask.head.len = (uint32_t)snprintf(ask.path, sizeof(ask.path), "/local/domain/%u/name", id) + 1;
    ssize_t len = (ssize_t)(sizeof(ask.head) + ask.head.len);
    if (write(fd, &ask, (size_t)len) == len && reply_read(fd, &head, sizeof(head)) > 0 && head.type == XS_READ &&
        head.len && head.len < sizeof(text) && reply_read(fd, text, head.len) > 0)
        snprintf(buf, size, "%.*s", (int)head.len, text);
    close(fd);
}
