/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the root pointer to a list of verified tables. The XSDT is preferred; the RSDT, whose entries are 32 bits wide,
 * serves when there is none or it is damaged.
 */
#include "base/checksum.h"
#include "x86/acpi/acpi_private.h"

#define RSDP_SIZE_V1 20U
#define RSDP_SIZE_V2 36U

struct rsdp {
    char signature[8];
    uint8_t checksum;
    char oem_id[6];
    uint8_t revision;
    uint32_t rsdt;
    /* from here on only in revision 2 */
    uint32_t length;
    uint64_t xsdt;
    uint8_t checksum_all, reserved[3];
} __attribute__((packed));
_Static_assert(sizeof(struct rsdp) == RSDP_SIZE_V2, "ACPI 6.4, table 5.3");

static const char *consequence(const char signature[4])
{
    static const struct {
        char signature[5];
        const char *text;
    } known[] = {
        { "APIC", "CPUs and IO-APICs by the MP table, if there is one" },
        { "FACP", "no power-off, no PM timer" },
        { "DSDT", "no power-off" },
        { "HPET", "another clock is used" },
        { "MCFG", "PCI configuration by ports only" },
        { "XSDT", "the RSDT is used if there is one" },
        { "RSDT", "no ACPI" },
        { "DMAR", "no IOMMU" },
        { "IVRS", "no IOMMU" },
        { "SRAT", "memory is taken as uniform" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
        if (!memcmp(signature, known[i].signature, 4))
            return known[i].text;
    }
    return "we do not need it";
}

/* A signature may be any bytes; print only what is text. */
static const char *printable(const char signature[4], char text[5])
{
    for (int i = 0; i < 4; i++)
        text[i] = signature[i] > ' ' && signature[i] < 0x7f ? signature[i] : '?';
    text[4] = 0;
    return text;
}

static bool sum_table(const struct acpi *a, uint64_t paddr, uint32_t length, uint8_t *sum)
{
    uint8_t piece[256];

    *sum = 0;
    for (uint32_t done = 0; done < length; done += (uint32_t)sizeof(piece)) {
        size_t n = MIN(sizeof(piece), (size_t)(length - done));

        if (!phys_read(a->mem, paddr + done, piece, n))
            return false;
        *sum = (uint8_t)(*sum + checksum_sum8(piece, n));
    }
    return true;
}

bool acpi_verify(const struct acpi *a, uint64_t paddr, const char *want, struct acpi_table *table)
{
    struct acpi_header h;
    char name[5];
    uint8_t sum;

    if (!phys_read(a->mem, paddr, &h, sizeof(h))) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table %s at %#lx is not in readable memory: %s",
                   want ? want : "(unknown)", (unsigned long)paddr, want ? consequence(want) : "ignored");
        return false;
    }
    if (want && memcmp(h.signature, want, 4)) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table at %#lx is %s, should be %s: %s", (unsigned long)paddr,
                   printable(h.signature, name), want, consequence(want));
        return false;
    }
    printable(h.signature, name);
    if (h.length < sizeof(h) || h.length > ACPI_TABLE_SIZE_MAX) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table %s at %#lx has length %u, should be %zu to %u: %s", name,
                   (unsigned long)paddr, h.length, sizeof(h), ACPI_TABLE_SIZE_MAX, consequence(h.signature));
        return false;
    }
    if (!sum_table(a, paddr, h.length, &sum)) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table %s at %#lx: its %u bytes reach beyond readable memory: %s",
                   name, (unsigned long)paddr, h.length, consequence(h.signature));
        return false;
    }
    if (sum) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table %s at %#lx: checksum is %#x, should be 0: %s", name,
                   (unsigned long)paddr, sum, consequence(h.signature));
        return false;
    }
    memcpy(table->signature, h.signature, 4);
    table->revision = h.revision;
    table->length = h.length;
    table->paddr = paddr;
    return true;
}

bool acpi_table_read(const struct acpi *a, const struct acpi_table *table, uint32_t offset, void *buf, size_t len)
{
    size_t have = offset < table->length ? MIN(len, (size_t)(table->length - offset)) : 0;

    memset((char *)buf + have, 0, len - have);
    return !have || phys_read(a->mem, table->paddr + offset, buf, have);
}

struct acpi_register acpi_register_of(const struct acpi_gas *gas)
{
    return (struct acpi_register){ gas->space, gas->bit_width, gas->bit_offset, gas->access, gas->address };
}

static bool rsdp_valid(const struct rsdp *r, size_t size)
{
    return size >= RSDP_SIZE_V1 && !memcmp(r->signature, "RSD PTR ", 8) && !checksum_sum8(r, RSDP_SIZE_V1);
}

static bool search_area(const struct acpi *a, uint64_t from, uint64_t to, uint64_t *found)
{
    for (uint64_t at = from; at + RSDP_SIZE_V1 <= to; at += 16) {
        struct rsdp r;

        if (phys_read(a->mem, at, &r, RSDP_SIZE_V1) && rsdp_valid(&r, RSDP_SIZE_V1)) {
            *found = at;
            return true;
        }
    }
    return false;
}

/* ACPI 6.4, 5.2.5.1: the first KiB of the extended BIOS data area, then the BIOS area below 1 MiB. */
static bool search_rsdp(const struct acpi *a, uint64_t *found)
{
    uint16_t ebda_segment;
    uint64_t ebda;

    if (phys_read(a->mem, 0x40e, &ebda_segment, sizeof(ebda_segment)) && ebda_segment) {
        ebda = (uint64_t)ebda_segment << 4;
        if (search_area(a, ebda, ebda + 1024, found))
            return true;
    }
    return search_area(a, 0xe0000, 0x100000, found);
}

static int get_rsdp(const struct acpi *a, const void *given, size_t given_size, uint64_t paddr, struct rsdp *r)
{
    size_t size = MIN(given_size, sizeof(*r));

    memset(r, 0, sizeof(*r));
    if (given) {
        memcpy(r, given, size);
    } else {
        if (!paddr && !search_rsdp(a, &paddr)) {
            lib_report(a->log, LIB_LOG_WARNING, "ACPI root pointer: none found below 1 MiB, and the loader gave none");
            return -ENOENT;
        }
        a->out->rsdp_paddr = paddr;
        size = sizeof(*r);
        if (!phys_read(a->mem, paddr, r, sizeof(*r)) && !phys_read(a->mem, paddr, r, size = RSDP_SIZE_V1))
            size = 0;
    }
    if (!rsdp_valid(r, size)) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI root pointer is damaged (signature or checksum): no ACPI");
        return -EINVAL;
    }
    if (r->revision < 2 || size < RSDP_SIZE_V2 || checksum_sum8(r, RSDP_SIZE_V2)) {
        if (r->revision >= 2)
            lib_report(a->log, LIB_LOG_WARNING, "ACPI root pointer: its second part is damaged, the RSDT is used");
        r->xsdt = 0;
    }
    return 0;
}

static void add_table(const struct acpi *a, uint64_t paddr)
{
    struct acpi_info *out = a->out;

    if (out->table_count < ACPI_TABLES_MAX && acpi_verify(a, paddr, NULL, &out->table[out->table_count]))
        out->table_count++;
}

static int walk_root(const struct acpi *a, const struct rsdp *rsdp)
{
    struct acpi_table root;
    uint32_t entry, count;

    if (rsdp->xsdt && acpi_verify(a, rsdp->xsdt, "XSDT", &root))
        entry = 8;
    else if (rsdp->rsdt && acpi_verify(a, rsdp->rsdt, "RSDT", &root))
        entry = 4;
    else
        return -EINVAL;

    count = (root.length - (uint32_t)sizeof(struct acpi_header)) / entry;
    if (count > ACPI_TABLES_MAX) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI root table has %u entries: only the first %u are looked at", count,
                   ACPI_TABLES_MAX);
        count = ACPI_TABLES_MAX;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t paddr = 0;

        if (phys_read(a->mem, root.paddr + sizeof(struct acpi_header) + i * entry, &paddr, entry) && paddr)
            add_table(a, paddr);
    }
    return 0;
}

/** The @index-th verified table of this signature (four characters), or NULL. */
static const struct acpi_table *acpi_find(const struct acpi_info *info, const char *signature, unsigned int index)
{
    for (uint32_t i = 0; i < info->table_count; i++) {
        if (!memcmp(info->table[i].signature, signature, 4) && index-- == 0)
            return &info->table[i];
    }
    return NULL;
}

static void find_sleep(const struct acpi *a)
{
    struct acpi_table dsdt;
    const struct acpi_table *ssdt;

    if (a->out->fadt.dsdt_paddr && acpi_verify(a, a->out->fadt.dsdt_paddr, "DSDT", &dsdt))
        acpi_scan_sleep(a, &dsdt);
    for (unsigned int i = 0; (ssdt = acpi_find(a->out, "SSDT", i)); i++)
        acpi_scan_sleep(a, ssdt);
}

int acpi_read(struct acpi_info *out, const struct phys_reader *mem, const void *rsdp, size_t rsdp_size,
              uint64_t rsdp_paddr, const struct lib_log *log)
{
    static const struct {
        const char *signature;
        void (*parse)(const struct acpi *a, const struct acpi_table *table);
    } parsers[] = {
        { "APIC", acpi_parse_madt },
        { "FACP", acpi_parse_fadt },
        { "HPET", acpi_parse_hpet },
        { "MCFG", acpi_parse_mcfg },
        { "DMAR", acpi_parse_dmar },
        { "IVRS", acpi_parse_ivrs },
    };
    struct acpi a = { out, mem, log };
    struct rsdp r;
    int rc;

    memset(out, 0, sizeof(*out));
    rc = get_rsdp(&a, rsdp, rsdp_size, rsdp_paddr, &r);
    if (!rc)
        rc = walk_root(&a, &r);
    if (rc)
        return rc;
    for (size_t i = 0; i < ARRAY_SIZE(parsers); i++) {
        const struct acpi_table *table = acpi_find(out, parsers[i].signature, 0);

        if (table)
            parsers[i].parse(&a, table);
    }
    if (out->fadt.present)
        find_sleep(&a);
    return 0;
}

void acpi_report(const struct acpi_info *info, const struct lib_log *log)
{
    const struct acpi_madt *m = &info->madt;
    char names[ACPI_TABLES_MAX * 5 + 1] = "", name[5];
    uint32_t enabled = 0;

    for (uint32_t i = 0; i < info->table_count; i++)
        format_append(names, sizeof(names), " %s", printable(info->table[i].signature, name));
    for (uint32_t i = 0; i < m->cpu_count; i++)
        enabled += m->cpu[i].enabled;
    lib_report(log, LIB_LOG_INFO, "ACPI tables:%s", names);
    lib_report(log, LIB_LOG_INFO, "ACPI: %u CPUs (%u enabled), %u IO-APICs, %u overrides, power-off %s, reset %s",
               m->cpu_count, enabled, m->ioapic_count, m->override_count, info->s5.present ? "known" : "unknown",
               info->fadt.has_reset ? "known" : "none");
}
