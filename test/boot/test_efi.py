# SPDX-License-Identifier: GPL-2.0-or-later
"""EFI's runtime services for dom0, under OVMF: boot variables, its clock, and what happens without them."""
import re

import pytest

SLOW = 600


def variables(machine):
    machine.run("modprobe efivarfs; mount -t efivarfs efivarfs /sys/firmware/efi/efivars")
    return machine.run("efibootmgr -v")


@pytest.mark.peer
@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_boot_variables(rig, kernel, version):
    """A boot entry is made, put first, survives a reset, and is deleted; the clock is the machine's."""
    linux, initrd = kernel(version)
    with rig(boot="grub-uefi", reboot=True, modules=[(linux, "console=hvc0"), (initrd, "")]) as machine:
        machine.shell(timeout=SLOW)
        before = variables(machine)
        assert re.search(r"^BootOrder: ", before, re.M) and "Boot0000" in before, before
        machine.run(r"efibootmgr -c -b 0042 -d /dev/sda -p 1 -L 'Xenolith test' -l '\EFI\debian\grubx64.efi'")
        assert re.search(r"^BootOrder: 0042,", machine.run("efibootmgr"), re.M)
        machine.run("efibootmgr -n 0042 && efibootmgr -N")
        machine.type("reboot -f\n")
        machine.shell(timeout=SLOW)
        assert re.search(r"Boot0042\* Xenolith test", variables(machine))
        machine.run("efibootmgr -b 0042 -B")
        assert "Boot0042" not in machine.run("efibootmgr")
        assert "no runtime services" not in machine.run("xl dmesg")


@pytest.mark.quick
def test_boot_variables_are_listed(rig):
    with rig(boot="grub-uefi", cpus=2) as machine:
        machine.shell(timeout=SLOW)
        assert "BootOrder: " in variables(machine)
        assert int(machine.run("ls /sys/firmware/efi/efivars | wc -l")) > 20


def test_without_runtime_services(rig):
    with rig(boot="grub-uefi", options="efi=no-rs") as machine:
        machine.shell(timeout=SLOW)
        assert "EFI: no runtime services: efi= says so" in machine.run("xl dmesg")
        assert machine.run("modprobe efivarfs; mount -t efivarfs efivarfs /sys/firmware/efi/efivars; echo $?",
                           check=False).endswith("1") or not machine.run("ls /sys/firmware/efi/efivars | head -n 1")
