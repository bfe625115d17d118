/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/matrix.h"

#define T struct xen_platform_op
#define PLATFORM_AT(title, cmd_, fl, ...)                                                                            \
    {                                                                                                                \
        .name = "platform_op." title, .nr = __HYPERVISOR_platform_op, .flags = fl, .size = sizeof(T), .field = {     \
            IN_REGISTER(0, "op", COPIED, 0), IN_STRUCT(T, cmd, FIXED, cmd_),                                         \
            IN_STRUCT(T, interface_version, FIXED, XENPF_INTERFACE_VERSION), __VA_ARGS__                             \
        }                                                                                                            \
    }
#define PLATFORM(name, fl, ...)          PLATFORM_AT(#name, XENPF_##name, fl, __VA_ARGS__)
#define PLATFORM_N(title, name, fl, ...) PLATFORM_AT(#name "." title, XENPF_##name, fl, __VA_ARGS__)
#define F(member, kind, base)            IN_STRUCT(T, u.member, kind, base)
#define H(member, base)                  HANDLE(T, u.member, base)
#define FIRMWARE(title, type_)           PLATFORM_N(title, firmware_info, 0, F(firmware_info.type, FIXED, type_), \
                                                    F(firmware_info.index, ANY, 0))

const struct op platform_ops[] = {
    {.name = "platform_op", .nr = __HYPERVISOR_platform_op, .size = sizeof(T), .field = {
        IN_REGISTER(0, "op", STRUCT, 0),
        IN_STRUCT(T, cmd, SUB, XENPF_get_cpuinfo),
        IN_STRUCT(T, interface_version, VERSION, XENPF_INTERFACE_VERSION),
    }},
    {.name = "platform_op.unknown", .nr = __HYPERVISOR_platform_op, .size = sizeof(T), .field = {
        IN_REGISTER(0, "op", STRUCT, 0),
        IN_STRUCT(T, cmd, FIXED, 99),
        IN_STRUCT(T, interface_version, VERSION, XENPF_INTERFACE_VERSION),
    }},
    PLATFORM(settime32, 0, F(settime32.secs, FIXED, 1000000000), F(settime32.nsecs, COUNT, 0)),
    PLATFORM(settime64, 0, F(settime64.secs, FIXED, 1000000000), F(settime64.nsecs, COUNT, 0), F(settime64.mbz,
        RESERVED, 0)),
    PLATFORM(add_memtype, 0, F(add_memtype.mfn, FRAME, 0xfd000), F(add_memtype.nr_mfns, COUNT, 0), F(add_memtype.type,
        ANY, 0x7f)),
    PLATFORM(del_memtype, 0, F(del_memtype.handle, ANY, 0), F(del_memtype.reg, ANY, 0xff)),
    PLATFORM(read_memtype, 0, F(read_memtype.reg, COUNT, 0xff)),
    PLATFORM(microcode_update, 0, H(microcode.data, T_DATA), F(microcode.length, ANY, 0)),
    PLATFORM_N("short", microcode_update, 0, H(microcode.data, T_DATA), F(microcode.length, FIXED, 64)),
    PLATFORM(platform_quirk, 0, F(platform_quirk.quirk_id, SUB, 99)),
    PLATFORM(get_cpu_version, 0, F(pcpu_version.xen_cpuid, CPU, 0)),
    PLATFORM(efi_runtime_call, 0, F(efi_runtime_call.function, ANY, 1), F(efi_runtime_call.misc, BITS, 0)),
    FIRMWARE("disk", XEN_FW_DISK_INFO), FIRMWARE("mbr", XEN_FW_DISK_MBR_SIGNATURE), FIRMWARE("vbeddc",
        XEN_FW_VBEDDC_INFO),
    FIRMWARE("efi", XEN_FW_EFI_INFO), FIRMWARE("kbd", XEN_FW_KBD_SHIFT_FLAGS), FIRMWARE("zero", 0), FIRMWARE("unknown",
        9),
    PLATFORM(enter_acpi_sleep, NO_BASE, F(enter_acpi_sleep.flags, FIXED, 0)),
    PLATFORM_N("awake", enter_acpi_sleep, 0, F(enter_acpi_sleep.sleep_state, FIXED, 0)),
    PLATFORM_N("flags", enter_acpi_sleep, 0, F(enter_acpi_sleep.sleep_state, FIXED, 0), F(enter_acpi_sleep.flags, FIXED,
        2)),
    PLATFORM_N("state 9", enter_acpi_sleep, 0, F(enter_acpi_sleep.sleep_state, FIXED, 9)),
    PLATFORM(change_freq, 0, F(change_freq.flags, BITS, 0), F(change_freq.cpu, CPU, 64), F(change_freq.freq, ANY, 0)),
    PLATFORM(getidletime, 0, H(getidletime.cpumap_bitmap, T_ONES), F(getidletime.cpumap_nr_cpus, COUNT, 1),
             H(getidletime.idletime, T_DATA)),
    PLATFORM(set_processor_pminfo, 0, F(set_pminfo.id, CPU, 0), F(set_pminfo.type, SUB, 9)),
    PLATFORM_N("cx", set_processor_pminfo, 0, F(set_pminfo.id, CPU, 0xff), F(set_pminfo.type, FIXED, XEN_PM_CX)),
    PLATFORM_N("px", set_processor_pminfo, 0, F(set_pminfo.id, CPU, 0xff), F(set_pminfo.type, FIXED, XEN_PM_PX)),
    PLATFORM_N("tx", set_processor_pminfo, 0, F(set_pminfo.id, CPU, 0), F(set_pminfo.type, FIXED, XEN_PM_TX)),
    PLATFORM_N("pdc", set_processor_pminfo, 0, F(set_pminfo.id, CPU, 0xff), F(set_pminfo.type, FIXED, XEN_PM_PDC),
               H(set_pminfo.u.pdc, T_DATA)),
    PLATFORM(get_cpuinfo, 0, F(pcpu_info.xen_cpuid, CPU, 0), F(pcpu_info.flags, SHOWN, 0), F(pcpu_info.max_present,
        SHOWN, 0)),
    PLATFORM(cpu_online, 0, F(cpu_ol.cpuid, CPU, 0)),
    PLATFORM(cpu_offline, 0, F(cpu_ol.cpuid, CPU, 0)),
    PLATFORM(cpu_hotadd, 0, F(cpu_add.apic_id, FIXED, 0xffffffff), F(cpu_add.acpi_id, FIXED, 0xffffffff), F(cpu_add.pxm,
        ANY, 0)),
    PLATFORM(mem_hotadd, 0, F(mem_add.spfn, FIXED, 2), F(mem_add.epfn, FIXED, 1), F(mem_add.flags, BITS, 0)),
    PLATFORM(core_parking, 0, F(core_parking.type, SUB, XEN_CORE_PARKING_GET)),
    PLATFORM(resource_op, 0, F(resource_op.nr_entries, COUNT, 0), F(resource_op.cpu, CPU, 0), H(resource_op.entries,
        T_DATA)),
    PLATFORM_N("one", resource_op, 0, F(resource_op.nr_entries, FIXED, 1), F(resource_op.cpu, CPU, 0),
               H(resource_op.entries, T_DATA)),
    PLATFORM_N("ones", resource_op, 0, F(resource_op.nr_entries, FIXED, 1), H(resource_op.entries, T_ONES)),
    PLATFORM(get_symbol, 0, F(symdata.namelen, COUNT, 0), F(symdata.symnum, FIXED, 0xffffffff), H(symdata.name,
        T_DATA)),
    PLATFORM_AT("0", 0, 0, {}), PLATFORM_AT("64", 64, 0, {}),
    {0}
};
