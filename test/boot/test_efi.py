# SPDX-License-Identifier: GPL-2.0-or-later
"""EFI's runtime services for dom0, under OVMF: boot variables, its clock, and what happens without them."""
import os
import re

import machine_gdb as debugger
import pytest
import rig as rigs

SLOW = 600
FUNCTION, ARGUMENTS = 5, 4  # RDI and RSI, as machine_gdb counts registers
COLD = 0
UD2 = b"\x0f\x0b"


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


@pytest.fixture
def watched(rig):
    """A function that makes a Rig on UEFI that a debugger can stop."""
    def make(**keywords):
        machine = rig(boot="grub-uefi", **keywords)
        machine.argv += debugger.arguments(machine.path + ".gdb", stopped=False)
        return machine
    return make


def stop_before_firmware(machine):
    """The next call into the firmware is about to be made, on the firmware's page table."""
    machine.gdb = debugger.Gdb(machine.path + ".gdb")
    return machine.gdb, debugger.symbols(rigs.ELF, "tT")["efi_call"]


def test_fault_in_the_firmware(watched):
    """The call ends, runtime services end with it, and dom0 goes on."""
    with watched(cpus=2) as machine:
        machine.shell(timeout=SLOW)
        assert "BootOrder: " in variables(machine)
        gdb, call = stop_before_firmware(machine)
        machine.child.sendline("efibootmgr")
        gdb.run_to(call)
        function = gdb.register(FUNCTION)
        gdb.write(function, UD2)
        gdb.go()
        machine.expect(rf"EFI: exception 6 in the firmware at {function:#x}, error code 0, [^\n]*: runtime services "
                       "end")
        assert "BootOrder" not in machine.run("efibootmgr", check=False)
        assert machine.run("echo still $((40+2))") == "still 42"
        assert "in the firmware" not in machine.run("xl dmesg -c >/dev/null; efibootmgr; xl dmesg", check=False)


def test_reset_by_the_firmware(watched, tmp_path):
    """reboot=efi: ResetSystem is called, for a cold reset, and nothing else is tried before."""
    kernel = tmp_path / "kernel"  # of a real one's size: GRUB puts a small one where it is in the way
    with open(os.path.join(rigs.BUILD, "guests/console.elf"), "rb") as file:
        kernel.write_bytes(file.read().ljust(2 << 20, b"\0"))
    with watched(modules=[(str(kernel), "")], options="dom0_mem=64M reboot=efi") as machine:
        machine.expect("console: stays")
        machine.child.send("\x01\x01\x01")
        machine.expect("Serial input to the hypervisor")
        gdb, call = stop_before_firmware(machine)
        machine.child.send("R")
        gdb.run_to(call)
        argument = gdb.read(gdb.register(ARGUMENTS), 8)
        assert int.from_bytes(argument, "little") == COLD
        gdb.go()
        machine.wait_end()
        assert not machine.triple_faulted()
