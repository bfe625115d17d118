/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FADT (ACPI 6.4, 5.2.9). The table grew over the years and its revision number lies, so a field counts as present when
 * the table's length covers it: what lies beyond reads as zero, which means "none" for every field used here. Blocks
 * are described twice, by a 32-bit port and by a 64-bit register; the register counts where it is given.
 */
#include "x86/acpi/acpi_private.h"

struct fadt {
    struct acpi_header header;
    uint32_t facs, dsdt;
    uint8_t reserved0, pm_profile;
    uint16_t sci_int;
    uint32_t smi_command;
    uint8_t acpi_enable, acpi_disable, s4bios_req, pstate_control;
    uint32_t pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer, gpe0, gpe1;
    uint8_t pm1_event_len, pm1_control_len, pm2_control_len, pm_timer_len, gpe0_len, gpe1_len, gpe1_base, cst_control;
    uint16_t c2_latency, c3_latency, flush_size, flush_stride;
    uint8_t duty_offset, duty_width, day_alarm, month_alarm, century;
    uint16_t boot_arch;
    uint8_t reserved1;
    uint32_t flags;
    struct acpi_gas reset;
    uint8_t reset_value;
    uint16_t arm_boot_arch;
    uint8_t minor;
    uint64_t x_facs, x_dsdt;
    struct acpi_gas x_pm1a_event, x_pm1b_event, x_pm1a_control, x_pm1b_control, x_pm2_control, x_pm_timer;
    struct acpi_gas x_gpe0, x_gpe1, sleep_control, sleep_status;
    uint64_t hypervisor_vendor;
} __attribute__((packed));
_Static_assert(offsetof(struct fadt, pm1a_event) == 56, "ACPI 6.4, table 5.9");
_Static_assert(offsetof(struct fadt, century) == 108, "ACPI 6.4, table 5.9");
_Static_assert(offsetof(struct fadt, reset) == 116, "ACPI 6.4, table 5.9");
_Static_assert(offsetof(struct fadt, x_dsdt) == 140, "ACPI 6.4, table 5.9");
_Static_assert(offsetof(struct fadt, sleep_control) == 244, "ACPI 6.4, table 5.9");
_Static_assert(sizeof(struct fadt) == 276, "ACPI 6.4, table 5.9");

#define FADT_LENGTH_MIN 116U /* ACPI 1.0 */

enum { /* flags */
    FADT_TIMER_32BIT = 1 << 8,
    FADT_RESET = 1 << 10,
    FADT_HW_REDUCED = 1 << 20,
};

enum { /* boot_arch */
    BOOT_8042 = 1 << 1,
    BOOT_NO_VGA = 1 << 2,
    BOOT_NO_MSI = 1 << 3,
    BOOT_NO_CMOS_RTC = 1 << 5,
};

static struct acpi_register block(const struct acpi_gas *gas, uint32_t port, uint8_t bytes)
{
    if (gas->address)
        return acpi_register_of(gas);
    if (!port || port > UINT16_MAX)
        return (struct acpi_register){ 0 };
    return (struct acpi_register){ .space = ACPI_IO, .bit_width = (uint8_t)MIN(bytes * 8, 255), .address = port };
}

/* Some firmware leaves the width of an extended block zero; the length field has it too. */
static struct acpi_register sized_block(const struct acpi_gas *gas, uint32_t port, uint8_t bytes)
{
    struct acpi_register r = block(gas, port, bytes);

    if (r.address && !r.bit_width)
        r.bit_width = (uint8_t)MIN(bytes * 8, 255);
    return r;
}

static void set_registers(struct acpi_fadt *out, const struct fadt *f)
{
    out->pm1a_event = sized_block(&f->x_pm1a_event, f->pm1a_event, f->pm1_event_len);
    out->pm1b_event = sized_block(&f->x_pm1b_event, f->pm1b_event, f->pm1_event_len);
    out->pm1a_control = sized_block(&f->x_pm1a_control, f->pm1a_control, f->pm1_control_len);
    out->pm1b_control = sized_block(&f->x_pm1b_control, f->pm1b_control, f->pm1_control_len);
    if (f->pm_timer_len == 4)
        out->pm_timer = sized_block(&f->x_pm_timer, f->pm_timer, f->pm_timer_len);
}

void acpi_parse_fadt(const struct acpi *a, const struct acpi_table *table)
{
    struct acpi_fadt *out = &a->out->fadt;
    struct fadt f;

    if (table->length < FADT_LENGTH_MIN || !acpi_table_read(a, table, 0, &f, sizeof(f))) {
        lib_report(a->log, LIB_LOG_WARNING, "ACPI table FACP has %u bytes, needs %u: no power-off, no PM timer",
                   table->length, FADT_LENGTH_MIN);
        return;
    }
    out->present = true;
    out->dsdt_paddr = f.x_dsdt ? f.x_dsdt : f.dsdt;
    out->facs_paddr = f.x_facs ? f.x_facs : f.facs;
    out->sci_gsi = f.sci_int;
    out->smi_command = f.smi_command <= UINT16_MAX ? (uint16_t)f.smi_command : 0;
    out->acpi_enable = f.acpi_enable;
    out->century = f.century;
    out->hw_reduced = f.flags & FADT_HW_REDUCED;
    if (!out->hw_reduced)
        set_registers(out, &f);
    out->sleep_control = acpi_register_of(&f.sleep_control);
    out->sleep_status = acpi_register_of(&f.sleep_status);
    out->pm_timer_32bit = f.flags & FADT_TIMER_32BIT;
    out->has_reset = (f.flags & FADT_RESET) && f.reset.address;
    out->reset = acpi_register_of(&f.reset);
    out->reset_value = f.reset_value;
    out->has_8042 = f.boot_arch & BOOT_8042;
    out->no_vga = f.boot_arch & BOOT_NO_VGA;
    out->no_msi = f.boot_arch & BOOT_NO_MSI;
    out->no_cmos_rtc = f.boot_arch & BOOT_NO_CMOS_RTC;
}
