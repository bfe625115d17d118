# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware that tells wrong things: each is named in one sentence, and dom0 runs wherever it can.

The machine is stopped at the hypervisor's first instruction, where its view of firmware's tables is edited in memory.
"""
import struct

import pytest

import machine_gdb as debugger
from marks import quick

RAM, RESERVED = 1, 2
MB1_FLAGS, MB1_MMAP_LENGTH, MB1_MMAP_ADDRESS, MB1_HAS_MMAP = 0, 44, 48, 1 << 6


def words(gdb, address, count=1):
    return struct.unpack(f"<{count}I", gdb.read(address, 4 * count))


# --- the memory map (Multiboot 1, 3.3: size, base, length, type; size does not count itself) ---
def map_entries(gdb):
    """[(address of base, base, length, type)]"""
    info = gdb.register(debugger.RBX)
    length, at = words(gdb, info + MB1_MMAP_LENGTH, 2)
    end, entries = at + length, []
    while at < end:
        size, = words(gdb, at)
        entries.append((at + 4, *struct.unpack("<QQI", gdb.read(at + 4, 20))))
        at += size + 4
    return entries


def overlapping_map(gdb):
    """The last two claims, about the top of the first 4 GiB, become RAM that contains all RAM, and a reserved piece."""
    claims = map_entries(gdb)[-2:]
    for (at, *_), claim in zip(claims, [(0x4000000, 0x78000000, RAM), (0x20000000, 0x100000, RESERVED)]):
        gdb.write(at, struct.pack("<QQI", *claim))


def wrapping_map(gdb):
    """A claim that reaches beyond the end of all addresses, and an empty one."""
    claims = map_entries(gdb)[-2:]
    for (at, *_), claim in zip(claims, [(0xfffffffffffff000, 0x10000, RAM), (0x30000000, 0, RESERVED)]):
        gdb.write(at, struct.pack("<QQI", *claim))


def no_map(gdb):
    info = gdb.register(debugger.RBX)
    flags, = words(gdb, info + MB1_FLAGS)
    gdb.write(info + MB1_FLAGS, struct.pack("<I", flags & ~MB1_HAS_MMAP & ~1))


# --- ACPI (6.4, 5.2.5 and 5.2.6: signature, length, revision, checksum) ---
def acpi_tables(gdb):
    """{signature: address} of what the root table lists."""
    bios = b"".join(gdb.read(at, 1024) for at in range(0xe0000, 0x100000, 1024))
    rsdt, = struct.unpack_from("<I", bios, bios.index(b"RSD PTR ") + 16)
    length, = words(gdb, rsdt + 4)
    return {gdb.read(at, 4).decode(): at for at in words(gdb, rsdt + 36, (length - 36) // 4)}


def bad_checksum(name):
    def edit(gdb):
        at = acpi_tables(gdb)[name]
        gdb.write(at + 9, bytes([gdb.read(at + 9, 1)[0] ^ 0x55]))
    return edit


def bad_length(name, length):
    def edit(gdb):
        gdb.write(acpi_tables(gdb)[name] + 4, struct.pack("<I", length))
    return edit


def far_ioapic(gdb):
    """The IO-APIC (MADT entry of type 1: id, reserved, address, first interrupt) begins at no interrupt."""
    at = acpi_tables(gdb)["APIC"]
    length, = words(gdb, at + 4)
    table = bytearray(gdb.read(at, length))
    entry = 44
    while table[entry] != 1:
        entry += table[entry + 1]
    table[entry + 8:entry + 12] = struct.pack("<I", 0x7fffff00)
    table[9] = (table[9] - sum(table)) & 0xff
    gdb.write(at, bytes(table))


# name: (edit, sentence, does dom0 run; None: its kernel starts, and reads that table as well)
CASES = {
    "map with overlaps": (overlapping_map, r"Firmware memory map: \d+ .*overlap", True),
    "map that wraps": (wrapping_map, r"Firmware memory map: 1 entries end before they start", None),
    "no map": (no_map, r"gives no memory map: boot with", False),
    "HPET checksum": (bad_checksum("HPET"), r"ACPI table HPET at \S+: checksum is \S+, should be 0: another clock",
                      True),
    "MCFG length past its end": (bad_length("MCFG", 0x7fffffff),
                                 r"ACPI table MCFG at \S+ has length 2147483647, should be", None),
    "MCFG length short": (bad_length("MCFG", 7), r"ACPI table MCFG at \S+ has length 7, should be", None),
    "MADT checksum": (bad_checksum("APIC"),
                      r"ACPI table APIC at \S+: checksum is \S+, should be 0: CPUs and IO-APICs by the MP", None),
    "IO-APIC far away": (far_ioapic, r"IO-APIC 0 at \S+: its first interrupt is 2147483392 by firmware, .*not used",
                         None),
    "FADT length past RAM": (bad_length("FACP", 15 << 20),
                             r"ACPI table FACP at \S+.*(reach beyond|checksum).*no power-off", True),
}


# The others are rows of the same kinds, or wait for dom0's shell.
QUICK = ("map that wraps", "no map", "MCFG length short", "MADT checksum")


@pytest.mark.parametrize("case", quick(CASES, *QUICK))
def test_firmware(rig, case):
    edit, sentence, runs = CASES[case]
    with rig(cpus=2, firmware=edit) as machine:
        machine.expect(sentence, fatal=False)
        if runs:
            machine.shell()
        elif runs is False:
            machine.silent_about(r"Linux version", seconds=5)
        else:
            machine.expect(r"Linux version|Panic on CPU", fatal=False)
        assert not machine.triple_faulted()


@pytest.mark.quick
def test_no_clock(rig):
    """The only clock that may be used stands still: that is found at once, and said with what else was asked."""
    with rig(options="clocksource=pit hpet=no", devices=["-M", "q35,hpet=off,pit=off", "-nic", "none"]) as machine:
        machine.expect("the TSC could not be measured: neither HPET, ACPI PM timer nor PIT counts", fatal=False)


# --- IOMMUs ---
def opt_out(gdb):
    """DMAR's flags, at 37: interrupt remapping, and no x2APIC mode, please."""
    at = acpi_tables(gdb)["DMAR"]
    flags = gdb.read(at + 37, 1)[0]
    gdb.write(at + 37, bytes([flags | 3]))
    gdb.write(at + 9, bytes([gdb.read(at + 9, 1)[0] - (flags | 3) + flags & 0xff]))


def left_on(base, register, bits):
    """The IOMMU's register at @base + @register is written, as firmware would do."""
    def edit(gdb):
        gdb.checked("Qqemu.PhyMemMode:1")
        gdb.write(base + register, struct.pack("<I", bits))
        gdb.checked("Qqemu.PhyMemMode:0")
    return edit


INTEL, AMD = "intel-iommu,intremap=on", "amd-iommu"
# name: (edit, QEMU's device, what is said)
IOMMUS = {
    "opt-out": (opt_out, INTEL, "local APIC: xAPIC mode, as firmware wants"),
    "unused": (lambda gdb: None, INTEL, r"IOMMU: 1 of Intel's \(DMAR\), not used"),
    "Intel's on": (left_on(0xfed90000, 0x18, 1 << 31), INTEL, "IOMMU at 0xfed90000: firmware left translation on"),
    "AMD's on": (left_on(0xfed80000, 0x18, 1), AMD, "IOMMU at 0xfed80000: firmware left translation on"),
}


@pytest.mark.quick
@pytest.mark.parametrize("case", IOMMUS)
def test_iommu(rig, case):
    """What firmware wants of interrupts is done, and a unit that it has left on is named: nothing here can drive it."""
    edit, device, sentence = IOMMUS[case]
    with rig(firmware=edit, devices=["-device", device, "-nic", "none"]) as machine:
        machine.expect(sentence, fatal=False)
        machine.expect(r"dom0: |Linux version", fatal=False)
