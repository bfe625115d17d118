# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kexec-tools in dom0: another kernel on request, and one that wakes up in a crash and finds a whole dump."""
import itertools
import os
import re
import struct
import subprocess

import pexpect
import pytest

import machine_gdb as debugger
import rig as rigs
from marks import quick

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
    guest = os.path.join(rigs.BUILD, "guests/kexec.elf")
    for name, source in (("vmlinuz", linux), ("dom0", dom0), ("hypervisor", rigs.HV), ("guest", guest)):
        os.symlink(os.path.abspath(source), folder / name)
    disk = folder / "disk.tar"
    subprocess.run(["tar", "-chf", disk, "--format=ustar", "-C", folder, "vmlinuz", "second", "hypervisor", "dom0",
                    "guest"],
                   check=True)
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
            devices += ["-drive", f"if=none,id={name},format=raw,file={file}",
                        "-device", f"virtio-blk-pci,drive={name}"]
        machine = rig(suffix, cpus=cpus, mem=mem, options=f"dom0_mem=512M dom0_vcpus_pin {options}", devices=devices)
        machine.argv += debugger.arguments(machine.path + ".gdb", stopped=False)
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
    for _ in range(200):
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


def code_selectors(dump):
    """CS of each CPU by the dump's NT_PRSTATUS notes; their contents follow 20 bytes of head, the process id at 32,
    CS at 248."""
    heads = [m.start() for m in re.finditer(re.escape(struct.pack("<III", 5, 336, 1) + b"CORE\0"), dump)]
    number = [struct.unpack_from("<I", dump, at + 20 + 32)[0] for at in heads]
    return dict(zip(number, (struct.unpack_from("<Q", dump, at + 20 + 248)[0] for at in heads)))


def dom0_panic(machine, cpu):
    machine.child.sendline(f"taskset {1 << cpu:x} sh -c 'echo c >/proc/sysrq-trigger'")


def debug_key(machine, cpu):
    machine.child.sendline(f"taskset {1 << cpu:x} xl debug-keys C")


def in_hypervisor(machine, cpu, instructions):
    """Has the hypervisor execute something else when this CPU calls it for kexec."""
    gdb = debugger.Gdb(machine.path + ".gdb")
    gdb.write(debugger.symbols(rigs.ELF, "T")["hypercall_kexec_op"], instructions)
    gdb.go()
    machine.child.sendline(f"taskset {1 << cpu:x} kexec -p -S")


def hypervisor_panic(machine, cpu):
    in_hypervisor(machine, cpu, b"\x0f\x0b")  # ud2


def watchdog_bite(machine, cpu):
    in_hypervisor(machine, cpu, b"\xfa\xeb\xfe")  # cli; jmp to itself


def nmi_button(machine, cpu):
    gdb = debugger.Gdb(machine.path + ".gdb")
    gdb.monitor("nmi")
    gdb.go()


TRIGGERS = {"dom0-panic": (dom0_panic, ""), "debug-key": (debug_key, ""), "hypervisor-panic": (hypervisor_panic, ""),
            "watchdog-bite": (watchdog_bite, "watchdog"), "nmi-button": (nmi_button, "nmi=fatal")}


def crashed(start, trigger, cpus):
    """The machine in its crash kernel's shell; the trigger came on the last CPU."""
    what, options = TRIGGERS[trigger]
    machine = start(cpus=cpus, options=f"crashkernel=192M {options}")
    machine.run(LINUX.format("-p", "nr_cpus=1 reset_devices"), timeout=120)
    machine.run("kexec -p -S; test $? = 1")
    if cpus > 1: # CPU 0 is in a program of dom0, others are idle
        machine.run("taskset 1 sh -c 'while :; do :; done' & true")
    what(machine, cpus - 1)
    seen, size = second(machine)
    assert seen == 1 and size > 1 << 30
    return machine


@pytest.mark.parametrize("trigger,cpus", quick(itertools.product(TRIGGERS, (1, 4)), ("dom0-panic", 1)))
def test_crash(start, trigger, cpus):
    """What the crash kernel finds is a dump with a note of each kind, as many as there were CPUs."""
    machine = crashed(start, trigger, cpus)
    machine.run("dd if=/proc/vmcore of=/dev/vdb bs=1M count=4 && sync", timeout=120)
    found = notes(machine.out)
    assert found.count(("CORE", "150", "NT_PRSTATUS")) == cpus
    assert found.count(("Xen", "20", "0x01000002")) == cpus
    assert found.count(("Xen", "50", "0x01000001")) == 1
    assert [name for name, *_ in found][-2:] == ["VMCOREINFO_XEN", "VMCOREINFO"]
    dump = machine.out.read_bytes()[:1 << 20]
    assert b"OSRELEASE=6.1" in dump
    selectors = code_selectors(dump)
    assert sorted(selectors) == list(range(cpus)) and all(selectors.values()), selectors


def test_dump_tools(start):
    """Debian's makedumpfile in the crash kernel: dom0's messages, a small dump of dom0, one without other guests."""
    machine = crashed(start, "dom0-panic", 1)
    machine.run("makedumpfile --dump-dmesg /proc/vmcore /tmp/dmesg >/dev/null; "
                "grep -q 'sysrq triggered crash' /tmp/dmesg")
    said = machine.run("makedumpfile -c -d 31 --message-level 4 /proc/vmcore /tmp/small 2>&1", timeout=240)
    assert "vmcoreinfo" not in said
    assert machine.run("head -c 5 /tmp/small") == "KDUMP"
    assert int(machine.run("stat -c %s /tmp/small")) < 100 << 20
    machine.run("mke2fs /dev/vdb >/dev/null 2>&1 && mount -t ext4 /dev/vdb /mnt")
    machine.run("makedumpfile -E -X --message-level 4 /proc/vmcore /mnt/dump >/dev/null", timeout=240)
    assert machine.run("head -c 4 /mnt/dump | od -An -tx1") == "7f 45 4c 46"
    assert 512 << 20 < int(machine.run("stat -c %s /mnt/dump")) < 1 << 30


def test_no_privilege(start):
    """A domU that asks for any of it is refused."""
    machine = start(options="crashkernel=192M", mem=2048)
    machine.run("printf '%s\\n' 'name=\"asks\"' 'kernel=\"/tmp/guest\"' 'memory=32' 'extra=\"unprivileged\"' "
                ">/tmp/asks.cfg")
    machine.run("xl create -q /tmp/asks.cfg", timeout=120)
    for _ in range(600):
        said = machine.run("sleep 1; xl dmesg | grep 'kexec guest'", check=False)
        if "passed" in said:
            break
    assert "18 passed, 0 failed" in said
    machine.run("kexec -p -S; test $? = 0")


def test_many_at_once(start):
    """Loads and unloads that race on four vCPUs: each succeeds or is told why not, and all memory comes back."""
    machine = start(cpus=4, options="crashkernel=192M")
    free = "xl info free_memory"
    machine.run(f"{LINUX.format('-l', '')}; {LINUX.format('-p', '')}; kexec -u; kexec -p -u", timeout=240)
    before = None
    while before != (before := int(machine.run(f"sleep 2; {free}"))):  # memory comes back in pieces
        pass
    machine.run("for i in 1 2 3 4; do { for n in 1 2 3; do "
                f"{LINUX.format('-l', '')}; {LINUX.format('-p', '')}; kexec -u; kexec -p -u; done; }} "
                ">/tmp/out$i 2>&1 & done; wait",
                timeout=600)
    said = set(machine.run("grep -h failed /tmp/out*", check=False).splitlines())
    assert said <= {"kexec_load failed: Device or resource busy"}, said
    machine.run("kexec -u; kexec -p -u; kexec -S; test $? = 0 && kexec -p -S; test $? = 0")
    for _ in range(600):
        after = int(machine.run(f"sleep 1; {free}"))
        if after == before:
            break
    assert after == before
    machine.run(LINUX.format("-p", "nr_cpus=1 reset_devices"), timeout=120)
    dom0_panic(machine, 2)
    assert second(machine)[0] == 1


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
