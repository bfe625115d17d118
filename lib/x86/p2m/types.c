/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each type of entry means. */
#include "x86/p2m/p2m.h"

static const struct {
    const char *text;
    bool frame, writable, ram;
} types[P2M_TYPES] = {
    [P2M_ABSENT] = { "absent", false, false, false },
    [P2M_RAM] = { "RAM", true, true, true },
    [P2M_RAM_RO] = { "read-only RAM", true, false, true },
    [P2M_RAM_LOGDIRTY] = { "log-dirty RAM", true, false, true },
    [P2M_POD] = { "populate on demand", false, false, false },
    [P2M_SPECIAL] = { "page of the hypervisor", true, true, false },
    [P2M_GRANT_RW] = { "grant", true, true, false },
    [P2M_GRANT_RO] = { "read-only grant", true, false, false },
    [P2M_FOREIGN_RW] = { "foreign", true, true, false },
    [P2M_FOREIGN_RO] = { "read-only foreign", true, false, false },
    [P2M_DIRECT] = { "device memory", true, true, false },
    [P2M_EMULATED] = { "emulated device", false, false, false },
};

bool p2m_type_has_frame(enum p2m_type type)
{
    return type < P2M_TYPES && types[type].frame;
}

bool p2m_type_is_writable(enum p2m_type type)
{
    return type < P2M_TYPES && types[type].writable;
}

bool p2m_type_is_ram(enum p2m_type type)
{
    return type < P2M_TYPES && types[type].ram;
}

const char *p2m_type_text(enum p2m_type type)
{
    return type < P2M_TYPES ? types[type].text : "unknown";
}
