# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kexec-tools in dom0: another kernel on request, and one that wakes up in a crash and finds a dump that is whole."""
import os
import re
import subprocess

import pexpect
import pytest

import rig as rigs

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kexec")
LINUX = "kexec {} /tmp/vmlinuz --initrd=/tmp/second --append='console=ttyS0 {}'"
XENOLITH = ("kexec -l /tmp/hypervisor --command-line='{} dom0_mem=512M' --module='/tmp/vmlinuz console=hvc0' "
            "--module=/tmp/dom0")


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """A disk that is a tar archive: kernel, the initramfs of test/boot/kexec, hypervisor, dom0's initramfs."""
    folder = tmp_path_factory.mktemp("kexec")
    linux, dom0 = rigs.kernel("6.1")
    subprocess.run(["/usr/bin/python3", os.path.join(rigs.TOP, "image/initramfs.py"), os.path.join(HERE, "recipe"),
                    "--tools", os.path.join(rigs.BUILD, "root/tools"), "--kernel",
                    os.path.join(rigs.BUILD, "root/linux-6.1"), "-o", folder / "second"], check=True)
    for name, source in (("vmlinuz", linux), ("dom0", dom0), ("hypervisor", rigs.HV)):
        os.symlink(os.path.abspath(source), folder / name)
    disk = folder / "disk.tar"
    subprocess.run(["tar", "-chf", disk, "--format=ustar", "-C", folder, "vmlinuz", "second", "hypervisor", "dom0"], check=True)
    os.truncate(disk, (os.path.getsize(disk) + 511) // 512 * 512)
    return disk


@pytest.fixture
def start(rig, archive, tmp_path):
    """A function that boots dom0 with the archive unpacked in /tmp, and gives the machine."""
    started = []

    def boot(cpus=1, options="crashkernel=192M", mem=1536, suffix=""):
        (tmp_path / "out").write_bytes(b"")
        os.truncate(tmp_path / "out", (mem + 64) << 20)
        disks = [("archive", f"{archive},snapshot=on"), ("out", f"{tmp_path / 'out'},cache=unsafe")]
        devices = ["-nic", "none"]
        for name, file in disks:
            devices += ["-drive", f"if=none,id={name},format=raw,file={file}", "-device", f"virtio-blk-pci,drive={name}"]
        machine = rig(suffix, cpus=cpus, mem=mem, options=f"dom0_mem=512M {options}", devices=devices)
        started.append(machine.__enter__())
        machine.shell(timeout=120 + 60 * cpus)
        machine.run("tar xf /dev/vda -C /tmp")
        machine.out = tmp_path / "out"
        return machine

    yield boot
    for machine in started:
        machine.__exit__()


def second(machine, timeout=240):
    """Wait for the shell of the kernel that was started; returns (number of CPUs, bytes of /proc/vmcore)."""
    match = machine.expect(r"second: ready, (\d+) CPU\(s\), vmcore (\d+) bytes", timeout, fatal=False)
    for _ in range(10):
        if machine.child.expect(["second:/# ", pexpect.TIMEOUT], timeout=3) == 0:
            break
        machine.child.sendline("")
    machine.type("PS1=; PS2=; echo quiet$((40+2))\n")
    machine.expect("quiet42")
    return int(match[1]), int(match[2])


def notes(path):
    """The owners and types of a dump's notes, in order."""
    text = subprocess.run(["readelf", "-nW", path], capture_output=True, text=True, check=False).stdout
    return re.findall(r"^\s+(CORE|Xen|VMCOREINFO\w*)\s+0x0*([0-9a-f]+)\s.*?(NT_PRSTATUS|0x[0-9a-f]{8})", text, re.M)


def crash_and_dump(machine, trigger, cpus):
    machine.run(LINUX.format("-p", "nr_cpus=1 reset_devices"), timeout=120)
    machine.run("kexec -p -S; test $? = 1")
    machine.child.sendline(trigger)
    seen, size = second(machine)
    assert seen == 1 and size > 1 << 30
    machine.run("dd if=/proc/vmcore of=/dev/vdb bs=1M count=4 && sync", timeout=120)
    found = notes(machine.out)
    assert found.count(("CORE", "150", "NT_PRSTATUS")) == cpus
    assert found.count(("Xen", "20", "0x01000002")) == cpus
    assert found.count(("Xen", "50", "0x01000001")) == 1
    assert [name for name, *_ in found][-2:] == ["VMCOREINFO_XEN", "VMCOREINFO"]
    assert b"OSRELEASE=6.1" in machine.out.read_bytes()[:1 << 20]


TRIGGERS = {"dom0-panic": "echo c >/proc/sysrq-trigger", "debug-key": "xl debug-keys C"}


@pytest.mark.parametrize("trigger", [pytest.param("dom0-panic", marks=pytest.mark.quick), "debug-key"])
def test_crash(start, trigger):
    crash_and_dump(start(), TRIGGERS[trigger], 1)


@pytest.mark.parametrize("trigger", list(TRIGGERS))
def test_crash_4_cpus(start, trigger):
    crash_and_dump(start(cpus=4), TRIGGERS[trigger], 4)


@pytest.mark.quick
def test_words(start):
    """What the user is told: without an area, with nothing loaded, and after loading and unloading."""
    machine = start(options="")
    assert "crashkernel=" in machine.run(LINUX.format("-p", "") + " 2>&1", check=False)
    assert "boot the hypervisor with crashkernel=<size>" in machine.run("xl dmesg | grep kexec")
    machine.run("kexec -e; test $? = 255; kexec -u && kexec -p -u")
    machine.run(LINUX.format("-l", ""), timeout=120)
    assert "default image loaded" in machine.run("xl dmesg | grep kexec")
    machine.run("kexec -u; kexec -e; test $? = 255")


def there_and_back(machine, cpus, rounds):
    """From the hypervisor to Linux alone, and from there to the hypervisor; then from it to itself."""
    line = rigs.HV_OPTIONS
    for _ in range(rounds):
        machine.run(LINUX.format("-l", ""), timeout=120)
        machine.child.sendline("kexec -e")
        assert second(machine, 120 + 60 * cpus) == (cpus, 0)
        machine.run("tar xf /dev/vda -C /tmp")
        machine.run(XENOLITH.format(line), timeout=120)
        machine.child.sendline("kexec -e")
        assert machine.shell(timeout=120 + 60 * cpus)[1] == cpus
        machine.run("tar xf /dev/vda -C /tmp")
    machine.run(XENOLITH.format(line), timeout=120)
    machine.child.sendline("kexec -e")
    assert machine.shell(timeout=120 + 60 * cpus)[1] == cpus


@pytest.mark.parametrize("cpus", [1, 4])
def test_exec(start, cpus):
    there_and_back(start(cpus=cpus), cpus, 1)


def test_exec_ten_times(start):
    there_and_back(start(), 1, 5)
