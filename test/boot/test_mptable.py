# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines without ACPI: CPUs and interrupt lines by the MP table, and what is said where there is none of both.

QEMU's pc has no ACPI with acpi=off, but SeaBIOS's MP table. On q35 SeaBIOS makes ACPI tables of its own then, so their
root pointer is damaged in memory.
"""
import os
import re

import pytest

import rig as rigs
import toolstack
from test_devices import server, work  # noqa: F401 (a fixture)

HELLO = os.path.join(toolstack.GUESTS, "hello.elf")
PC = ("-M", "pc,acpi=off")
FOUR = "4,sockets=4"  # SeaBIOS lists one CPU of each package


def spoil(*signatures):
    """The structures below 1 MiB that begin so are no longer found by anybody."""
    def edit(gdb):
        bios = b"".join(gdb.read(at, 1024) for at in range(0xe0000, 0x100000, 1024))
        for signature in signatures:
            assert signature in bios, f"firmware has no {signature!r}"
            at = -16
            while (at := bios.find(signature, at + 16)) >= 0:
                gdb.write(0xe0000 + at, b"#")
    return edit


MACHINES = {
    "pc": (PC, None),
    "pc-acpi-damaged": (("-M", "pc"), spoil(b"RSD PTR ")),
    "q35-acpi-damaged": ((), spoil(b"RSD PTR ")),
}


@pytest.mark.quick
@pytest.mark.parametrize("kind", MACHINES)
def test_hello(rig, kind):
    """All CPUs start, and a guest runs."""
    machine, edit = MACHINES[kind]
    with rig(cpus=FOUR, mem=512, modules=[(HELLO, "")], options="dom0_mem=64M noreboot", firmware=edit,
             devices=(*machine, "-nic", "user,model=e1000")) as machine:
        machine.expect(r"MP table at 0xf\w+: 4 CPUs, 1 IO-APICs, \d+ interrupts of ISA, [1-9]\d* of PCI")
        machine.expect(r"IO-APIC 0 at 0xfec00000: interrupts 0 to 23")
        machine.expect(r"CPUs: 4 online of 4")
        machine.expect(r"hello from xen-3")


@pytest.mark.quick
def test_neither(rig):
    with rig(cpus=FOUR, mem=512, modules=[(HELLO, "")], options="dom0_mem=64M noreboot", firmware=spoil(b"_MP_"),
             devices=(*PC, "-nic", "none")) as machine:
        machine.expect(r"firmware has neither an ACPI MADT nor an MP table that can be used: one CPU")
        machine.expect(r"hello from xen-3")


# kind of machine: where its disk is, its card, the modules that drive them
DOM0 = {
    "pc": ("if=ide", "rtl8139", "ata_piix 8139cp"),
    "q35-acpi-damaged": ("if=ide", "e1000", "ahci e1000"),
}


@pytest.mark.parametrize("kind", DOM0)
def test_dom0(rig, server, kind):
    """Linux without ACPI, on four CPUs: disk and card, without MSIs, interrupt by the lines that the table tells."""
    disk, card, modules = DOM0[kind]
    machine, edit = MACHINES[kind]
    drive = f"{disk},format=raw,snapshot=on,file={rigs.image('disk.img')}"
    with rig(cpus=FOUR, append="console=hvc0 pci=nomsi", firmware=edit,
             devices=(*machine, "-drive", drive, "-nic", f"user,model={card}")) as machine:
        assert machine.shell()[1] == 4
        machine.run(f"modprobe -a {modules} sd_mod; until [ -b /dev/sda ] && ip link set eth0 up; do sleep 0.5; done")
        machine.run("ip route | grep -q default || udhcpc -q -n -t 20 -i eth0 -s /etc/udhcpc.sh")
        work(machine, "sda", server)
        assert not re.search("-msi", machine.run("grep -E 'eth0|ahci|ata_piix' /proc/interrupts"))
