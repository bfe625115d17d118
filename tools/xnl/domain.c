/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xnl domain: what another domain is told of the hypervisor, asked from dom0. */
#include "complain.h"
#include "elf/image_words.h"
#include "hypercall.h"
#include "json.h"
#include "public.h"
#include "xnl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long ull;

static const char usage[] =
    "usage: xnl domain show ID [--json]\n"
    "\n"
    "In dom0, as root: what domain ID is told when it asks the hypervisor for its features, its platform parameters\n"
    "and its capabilities, and which addresses are not its own. Which build of the hypervisor tells it comes last.\n"
    "\n"
    "Exit status: 0 told, 1 there is no such domain, 2 wrong usage, 3 no hypervisor to ask, or not Xenolith.\n";

struct shown {
    unsigned int id;
    char name[128];
    struct xenolith_domctl_view view;
    char features[256];
    char range[64];
    char changeset[64];
    char build_id[129];
};

static const char *type_name(uint32_t type)
{
    static const char *const names[] = { [XENOLITH_GUEST_PV64] = "64-bit PV", [XENOLITH_GUEST_PV32] = "32-bit PV",
                                         [XENOLITH_GUEST_PVH] = "PVH" };

    return type < ARRAY_SIZE(names) ? names[type] : "unknown";
}

static long view_ask(unsigned int id, struct xenolith_domctl_view *view)
{
    struct xen_domctl *op = hypercall_page();

    if (!op)
        return -ENOMEM;
    op->cmd = XEN_DOMCTL_xenolith_view;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)id;
    long rc = hypercall(__HYPERVISOR_domctl, (uintptr_t)op, 0);
    memcpy(view, &op->u, sizeof(*view));
    return rc;
}

/* The build's own words; what cannot be had is left empty. */
static void build_ask(struct shown *s)
{
    char *page = hypercall_page();

    if (page && !hypercall(__HYPERVISOR_xen_version, XENVER_changeset, (uintptr_t)page))
        snprintf(s->changeset, sizeof(s->changeset), "%.*s", (int)sizeof(xen_changeset_info_t) - 1, page);
    struct xen_build_id *id = hypercall_page();
    if (!id)
        return;
    id->len = (sizeof(s->build_id) - 1) / 2;
    long len = hypercall(__HYPERVISOR_xen_version, XENVER_build_id, (uintptr_t)id);
    for (long i = 0; i < len; i++)
        snprintf(s->build_id + 2 * i, 3, "%02x", id->buf[i]);
}

static void show_text(const struct shown *s)
{
    printf("domain %u%s%s\n", s->id, s->name[0] ? ": " : "", s->name);
    printf("  type                %s%s%s\n", type_name(s->view.type),
           s->view.flags & XENOLITH_VIEW_control ? ", may control others" : "",
           s->view.flags & XENOLITH_VIEW_hardware ? ", has the hardware" : "");
    printf("  features            %#x (%s)\n", s->view.features, s->features);
    printf("  platform parameters virt_start=%#llx\n", (ull)s->view.virt_start);
    printf("  the hypervisor's    %s\n", s->range);
    printf("  capabilities        %s\n", s->view.capabilities);
    printf("hypervisor\n  changeset           %s\n  build id            %s\n", s->changeset, s->build_id);
}

static void json_pair(const char *name, const char *text)
{
    printf(",\n  \"%s\": ", name);
    json_text(text, strlen(text));
}

static void show_json(const struct shown *s)
{
    printf("{\"domain\": %u", s->id);
    json_pair("name", s->name);
    json_pair("type", type_name(s->view.type));
    printf(",\n  \"control\": %s,\n  \"hardware\": %s", s->view.flags & XENOLITH_VIEW_control ? "true" : "false",
           s->view.flags & XENOLITH_VIEW_hardware ? "true" : "false");
    printf(",\n  \"features\": %u", s->view.features);
    json_pair("feature_names", s->features);
    printf(",\n  \"virt_start\": %llu", (ull)s->view.virt_start);
    if (s->view.hv_last)
        printf(",\n  \"hypervisor_range\": [%llu, %llu]", (ull)s->view.hv_start, (ull)s->view.hv_last);
    else
        printf(",\n  \"hypervisor_range\": null");
    json_pair("capabilities", s->view.capabilities);
    json_pair("changeset", s->changeset);
    json_pair("build_id", s->build_id);
    printf("}\n");
}

static int show_failed(unsigned int id, long rc)
{
    if (rc == -ESRCH)
        return xnl_complain(XNL_NO, "domain: there is no domain %u", id);
    if (rc == -ENOSYS)
        return xnl_complain(XNL_FAILED, "domain: this hypervisor does not know the question: it is not Xenolith, or an "
                            "old one");
    if (rc == -ENODEV)
        return xnl_complain(XNL_FAILED, "domain: /dev/xen/privcmd cannot be opened: run it in dom0, as root");
    return xnl_complain(XNL_FAILED, "domain: the hypervisor refuses: %s", strerror((int)-rc));
}

static int show(unsigned int id, bool json)
{
    static struct shown s;
    long rc;

    s.id = id;
    rc = view_ask(id, &s.view);
    if (rc)
        return show_failed(id, rc);
    s.view.capabilities[sizeof(s.view.capabilities) - 1] = 0;
    xenstore_domain_name(id, s.name, sizeof(s.name));
    image_words_features(s.view.features, s.features, sizeof(s.features));
    if (s.view.hv_last)
        snprintf(s.range, sizeof(s.range), "%#llx to %#llx", (ull)s.view.hv_start, (ull)s.view.hv_last);
    else
        snprintf(s.range, sizeof(s.range), "none");
    build_ask(&s);
    if (json)
        show_json(&s);
    else
        show_text(&s);
    return XNL_YES;
}

int xnl_domain(int argc, char **argv)
{
    const char *id = NULL;
    bool json = false, understood = argc >= 3 && !strcmp(argv[1], "show");
    char *end = NULL;
    unsigned long number = 0;

    if (argc == 2 && !strcmp(argv[1], "--help")) {
        fputs(usage, stdout);
        return XNL_YES;
    }
    for (int i = 2; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            json = true;
        else if (!id)
            id = argv[i];
        else
            understood = false;
    }
    if (id)
        number = strtoul(id, &end, 0);
    if (!understood)
        return xnl_wrong_usage(usage, "domain: `show ID` is all that there is");
    if (!id || !*id || *end || *id == '-' || number >= DOMID_FIRST_RESERVED)
        return xnl_wrong_usage(usage, "domain show: \"%s\" is no domain's number, which `xl list` shows", id ? id : "");
    return show((unsigned int)number, json);
}
