/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each kind of field is given that is wrong, or nearly. */
#include "matrix/matrix.h"

#include "base/format.h"

struct value {
    const char *name;
    uint64_t value;
};

#define HYPERVISOR_ADDRESS 0xffff830000000000ul

static const struct value pointers[] = {
    {"null",         0                 },
    {"unmapped",     0x1000            },
    {"noncanonical", 1ul << 47         },
    {"hypervisor",   HYPERVISOR_ADDRESS},
    {"last",         ~7ul              },
    {"readonly",     0                 },
    {"split",        0                 },
    {0}
};
static const struct value copied[] = {
    {"readonly", 0},
    {0}
};
static const struct value domains[] = {
    {"self",    DOMID_SELF          },
    {"own",     T_OWN               },
    {"other",   T_OTHER             },
    {"none",    0x77                },
    {"highest", DOMID_FIRST_RESERVED - 1},
    {"io",      DOMID_IO            },
    {"xen",     DOMID_XEN           },
    {"cow",     DOMID_COW           },
    {"invalid", DOMID_INVALID       },
    {"idle",    0x7fff              },
    {"8000",    0x8000              },
    {"ffff",    0xffff              },
    {0}
};
static const struct value vcpus[] = {
    {"1",    1         },
    {"2",    2         },
    {"64",   64        },
    {"8191", 8191      },
    {"8192", 8192      },
    {"neg",  0x80000000},
    {"ones", 0xffffffff},
    {0}
};
static const struct value cpus[] = {
    {"0",    0         },
    {"1",    1         },
    {"64",   64        },
    {"255",  255       },
    {"4096", 4096      },
    {"neg",  0x80000000},
    {"ones", 0xffffffff},
    {0}
};
static const struct value counts[] = {
    {"0",        0         },
    {"2",        2         },
    {"1000",     1000      },
    {"ffff",     0xffff    },
    {"7fffffff", 0x7fffffff},
    {"80000000", 0x80000000},
    {"ffffffff", 0xffffffff},
    {"1<<32",    1ul << 32 },
    {"1<<52",    1ul << 52 },
    {"ones",     ~0ul      },
    {0}
};
static const struct value frames[] = {
    {"0",          0         },
    {"table",      T_TABLE   },
    {"shared",     T_SHARED  },
    {"hypervisor", T_HYPER   },
    {"foreign",    T_PEER    },
    {"lapic",      0xfee00   },
    {"beyond",     0x7ffffff },
    {"1<<40",      1ul << 40 },
    {"1<<52",      1ul << 52 },
    {"32ones",     0xffffffff},
    {"ones",       ~0ul      },
    {0}
};
static const struct value reserved[] = {
    {"1",    1   },
    {"ones", ~0ul},
    {0}
};
static const struct value any[] = {
    {"0",        0         },
    {"1",        1         },
    {"2",        2         },
    {"3",        3         },
    {"7fffffff", 0x7fffffff},
    {"80000000", 0x80000000},
    {"ffffffff", 0xffffffff},
    {"ones",     ~0ul      },
    {0}
};
static const struct value ports[] = {
    {"0",      0         },
    {"free",   900       },
    {"1023",   1023      },
    {"1024",   1024      },
    {"4095",   4095      },
    {"4096",   4096      },
    {"131071", 131071    },
    {"131072", 131072    },
    {"neg",    0x80000000},
    {"ones",   0xffffffff},
    {0}
};
static const struct value grants[] = {
    {"0",      0         },
    {"1",      1         },
    {"9",      9         },
    {"10",     10        },
    {"511",    511       },
    {"512",    512       },
    {"262144", 262144    },
    {"neg",    0x80000000},
    {"ones",   0xffffffff},
    {0}
};
static const struct value versions[] = {
    {"0",    0         },
    {"1",    1         },
    {"ones", 0xffffffff},
    {0}
};
static const struct value addresses[] = {
    {"null",         0                 },
    {"noncanonical", 1ul << 47         },
    {"hypervisor",   HYPERVISOR_ADDRESS},
    {"m2p",          MACH2PHYS_VIRT_START},
    {"data",         T_DATA            },
    {"last",         ~7ul              },
    {0}
};
static const struct value places[] = {
    {"null",         0                   },
    {"noncanonical", 1ul << 47           },
    {"hypervisor",   HYPERVISOR_ADDRESS  },
    {"m2p",          MACH2PHYS_VIRT_START},
    {"last",         ~7ul                },
    {0}
};
static const struct value bits[] = {
    {"0",    1u      },
    {"1",    2u      },
    {"2",    4u      },
    {"3",    8u      },
    {"4",    0x10u   },
    {"5",    0x20u   },
    {"6",    0x40u   },
    {"7",    0x80u   },
    {"8",    0x100u  },
    {"9",    0x200u  },
    {"15",   1u << 15},
    {"16",   1u << 16},
    {"17",   1u << 17},
    {"31",   1u << 31},
    {0}
};
static const struct value subs[] = {
    {"33",       33        },
    {"47",       47        },
    {"63",       63        },
    {"255",      255       },
    {"7fffffff", 0x7fffffff},
    {"80000000", 0x80000000},
    {"ffffffff", 0xffffffff},
    {0}
};

static const struct value *const table[] = {
    [STRUCT] = pointers, [COPIED] = copied, [DATA] = pointers,     [DOMAIN] = domains,    [VCPU] = vcpus,
    [CPU] = cpus,        [COUNT] = counts,  [FRAME] = frames,      [RESERVED] = reserved, [ANY] = any,
    [PORT] = ports,      [GRANT] = grants,  [VERSION] = versions,  [ADDRESS] = addresses, [BITS] = bits,
    [SUB] = subs,        [PLACE] = places,  [SHOWN] = NULL,
};

/* Where an entry lies that is to be updated: the right place, but for its low bits; and other places. */
static bool machine_get(unsigned int n, uint64_t base, const char **name, uint64_t *value)
{
    static const struct value place[] = {
        {"+2",         2        },
        {"+3",         3        },
        {"+4",         4        },
        {"+5",         5        },
        {"data",       T_FRAME  },
        {"l1",         T_TABLE  },
        {"shared",     T_SHARED },
        {"hypervisor", T_HYPER  },
        {"foreign",    T_PEER   },
        {"lapic",      0xfee00  },
        {"beyond",     0x7ffffff},
        {"1<<52",      1ul << 40},
        {"ones",       ~0ul     },
    };
    if (n >= ARRAY_SIZE(place))
        return false;
    *name = place[n].name;
    *value = n < 4 ? world_token(base) + place[n].value
                   : (IS_TOKEN(place[n].value) ? world_token(place[n].value) : place[n].value) * PAGE_SIZE + 8;
    return true;
}

static bool entry_get(unsigned int n, const char **name, uint64_t *value)
{
    static const struct {
        const char *name;
        uint64_t frame, flags;
    } entry[] = {
        {"rw",           T_FRAME,   PTE_KERNEL_RW                 },
        {"ro",           T_FRAME,   PTE_KERNEL_RO                 },
        {"user",         T_FRAME,   PTE_KERNEL_RW | PTE_US        },
        {"l1-rw",        T_TABLE,   PTE_KERNEL_RW                 },
        {"l1-ro",        T_TABLE,   PTE_KERNEL_RO                 },
        {"l1-user",      T_TABLE,   PTE_KERNEL_RW | PTE_US        },
        {"l2-user",      T_L2FRAME, PTE_KERNEL_RW | PTE_US        },
        {"l3-user",      T_L3FRAME, PTE_KERNEL_RW | PTE_US        },
        {"l4-user",      T_L4FRAME, PTE_KERNEL_RW | PTE_US        },
        {"l4-ro",        T_L4FRAME, PTE_KERNEL_RO | PTE_US        },
        {"large",        T_FRAME,   PTE_KERNEL_RW | PTE_PS        },
        {"uncached",     T_FRAME,   PTE_KERNEL_RW | 0x18          },
        {"global",       T_FRAME,   PTE_KERNEL_RW | 0x100         },
        {"available",    T_FRAME,   PTE_KERNEL_RW | 0xe00         },
        {"bit52",        T_FRAME,   PTE_KERNEL_RW | 1ul << 52     },
        {"bit51",        T_FRAME,   PTE_KERNEL_RW | 1ul << 51     },
        {"bit62",        T_FRAME,   PTE_KERNEL_RW | 1ul << 62     },
        {"nx",           T_FRAME,   PTE_KERNEL_RW | PTE_NX        },
        {"shared",       T_SHARED,  PTE_KERNEL_RW                 },
        {"hypervisor",   T_HYPER,   PTE_KERNEL_RW                 },
        {"hypervisorro", T_HYPER,   PTE_KERNEL_RO                 },
        {"foreign",      T_PEER,    PTE_KERNEL_RW                 },
        {"lapic",        0xfee00,   PTE_KERNEL_RW                 },
        {"low",          0xf0,      PTE_KERNEL_RW                 },
        {"beyond",       0x7ffffff, PTE_KERNEL_RW                 },
        {"absent",       0x7ffffff, PTE_NX | 0xffe                },
    };
    if (n >= ARRAY_SIZE(entry))
        return false;
    *name = entry[n].name;
    *value = (IS_TOKEN(entry[n].frame) ? world_token(entry[n].frame) : entry[n].frame) * PAGE_SIZE | entry[n].flags;
    return true;
}

bool value_get(unsigned int kind, unsigned int n, uint64_t base, const char **name, uint64_t *value)
{
    if (kind == MACHINE)
        return machine_get(n, base, name, value);
    if (kind == ENTRY)
        return entry_get(n, name, value);
    if (kind == FIXED || kind == SHOWN || !table[kind][n].name)
        return false;
    *name = table[kind][n].name;
    *value = table[kind][n].value;
    if (kind == DATA && !strcmp(*name, "readonly"))
        *value = world_data_readonly();
    if (kind == DATA && !strcmp(*name, "split"))
        *value = world_data_end();
    if (kind == BITS)
        *value ^= base;
    return true;
}
