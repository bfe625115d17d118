# SPDX-License-Identifier: GPL-2.0-or-later
"""Into the next kernel from every state that a machine can be lost in, with small kernels that take seconds.

guests/kexec as dom0 loads its payload, which looks at how it was entered and at the crash notes. What a hypervisor does
not do by itself (stand still, fault with a lock held, lose its stack) is done to it through QEMU's debugger.
"""
import os
import re
import subprocess

import pytest

import machine_gdb as debugger
import rig as rigs

pytestmark = pytest.mark.quick

GUEST = os.path.join(rigs.BUILD, "guests/kexec.elf")
IF = 0x200
UD2, HANG = b"\x0f\x0b", b"\xfa\xeb\xfe"  # cli; jmp to itself


def function(name):
    return debugger.symbols(rigs.ELF, "tT")[name]


@pytest.fixture
def start(rig):
    """A function that boots guests/kexec with a command line; machine.gdb is a debugger that may change it."""
    started = []

    def boot(line, cpus=1, options="", arguments=(), **keywords):
        machine = rig(cpus=cpus, mem=512, modules=[(GUEST, line)],
                      options=f"dom0_mem=64M noreboot crashkernel=16M@64M {options}", **keywords)
        machine.argv += list(arguments)
        machine.argv += debugger.arguments(machine.path + ".gdb", stopped=False)
        started.append(machine.__enter__())
        return machine

    yield boot
    for machine in started:
        machine.__exit__()


def payload(machine, bits, cpus=0):
    """The payload runs and finds all in order; returns what the notes say of each CPU: [(rip, rsp)]."""
    machine.expect(f"payload: entered in {bits}-bit mode", fatal=False)
    where = []
    for cpu in range(cpus):
        match = machine.expect(rf"payload: CPU 0*{cpu:x} rip (\w{{16}}) rsp (\w{{16}})", 30, fatal=False)
        where.append((int(match[1], 16), int(match[2], 16)))
    machine.expect("payload: all is as promised", 30, fatal=False)
    machine.wait_end()
    return where


@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("how", ["exec", "crash", "panic", "key", "watchdog"])
def test_asked_for(start, how, bits, cpus):
    """By hypercall, by dom0's crash, by debug key, by dom0's watchdog timer; from the last CPU, which is not the one
    that firmware started."""
    kind = "default" if how == "exec" else "crash"
    machine = start(f"{kind}{bits} cpu={cpus - 1} {how}", cpus)
    payload(machine, bits, 0 if how == "exec" else cpus)


@pytest.mark.parametrize("area", ["crashkernel=16M@64M", "crashkernel=0"])
def test_calls(start, area):
    """What must be refused is, changes nothing, and takes nothing."""
    machine = start("calls", 1, area)
    match = machine.expect(r"kexec guest: (\d+) passed, (\d+) failed")
    failed = re.findall(r"^FAIL.*$", machine.tail(1000), re.M)
    assert not failed and match[2] == "0", "\n".join(failed)
    assert int(match[1]) > 1900
    log = machine.tail(1000)
    assert log.count("one that Xen 4.4 replaced: use KEXEC_CMD_kexec_load (4)") == 1
    assert log.count("one that Xen 4.4 replaced: use KEXEC_CMD_kexec_unload (5)") == 1


NONE = "no crash area is reserved"
# name: (value of crashkernel=, what is said of it on a machine with 512 MiB)
AREAS = {
    "anywhere": ("64M", r"crash area 0x1b000000-0x1f000000 \(64 MiB\)"),
    "KiB": ("32768", r"\(32 MiB\)"),
    "place": ("16M@64M", r"crash area 0x4000000-0x5000000 "),
    "below": ("16M<128M", r"crash area 0x7000000-0x8000000 "),
    "below, in words": ("16M,below=128M", r"crash area 0x7000000-0x8000000 "),
    "by RAM": ("0-256M:16M,256M-1G:32M@64M", r"crash area 0x4000000-0x6000000 "),
    "by RAM, none": ("1G-:64M", "crashkernel= keeps nothing on a machine with 510 MiB of RAM"),
    "taken by the hypervisor": ("16M@1M", rf"wants 16 MiB at 0x100000, where .*{NONE}; leave the address out"),
    "not whole pages": ("16M@65537B", rf"wants 16 MiB at 0x10001, .*{NONE}"),
    "no RAM there": ("16M@1G", rf"wants 16 MiB at 0x40000000, .*{NONE}"),
    "half RAM": ("64M@480M", rf"wants 64 MiB at 0x1e000000, .*{NONE}"),
    "too large": ("512M", rf"wants 512 MiB, of 510 MiB of RAM .*{NONE}; ask for less"),
    "far too large": ("16777215G", rf"wants \d+ MiB, of .*{NONE}"),
    "limit too low": ("64M<32M", rf"wants 64 MiB below 0x2000000, .*{NONE}; ask for less or raise the limit"),
    "nonsense": ("64M@", r"crashkernel: '@' is ignored\. Wanted: SIZE or START-"),
}


@pytest.mark.parametrize("case", AREAS)
def test_area(rig, case):
    """Where the crash area comes to lie, or why there is none; and dom0 runs either way."""
    value, says = AREAS[case]
    with rig(mem=512, modules=[(os.path.join(rigs.BUILD, "guests/hello.elf"), "")],
             options=f"dom0_mem=64M crashkernel={value}") as machine:
        machine.expect(r"hello from .*version 0x40011")
        log = machine.tail(1000)
        assert re.search(says, log), [line for line in log.splitlines() if "crash" in line]


def x2apic(cpus):
    """QEMU 7.2 has no x2APIC without KVM."""
    if not rigs.qemu10():
        pytest.skip("no QEMU 10: this system's mirror has no backports")
    return {"qemu": rigs.qemu10(), "cpu": "qemu64,+x2apic"}


@pytest.mark.parametrize("line", ["default32 exec", "default64 exec", "crash32 cpu=3 key", "crash64 panic"])
def test_x2apic(start, line):
    """The next kernel gets an APIC in the mode that firmware left it in."""
    cpus = 4
    machine = start(line, cpus, **x2apic(cpus))
    payload(machine, 32 if "32" in line else 64, 0 if "exec" in line else cpus)


def in_hypercall(machine):
    """The machine stands where the waiting guest has just called the hypervisor."""
    machine.expect("kexec guest: waiting")
    machine.gdb = debugger.Gdb(machine.path + ".gdb")
    machine.gdb.run_to(function("hypercall_kexec_op"))
    return machine.gdb


def take_locks(gdb):
    """As if somebody held every lock that is no part of a structure: next ticket 1, owner 0; or one reader."""
    for name, address in debugger.symbols(rigs.ELF, "bdBD").items():
        if re.search(r"(^|_)(lock|spin)$", name):
            gdb.write(address, b"\x01\0\0\0")


def fault(gdb):
    gdb.write(gdb.register(debugger.RIP), UD2)


def fault_interrupts_off(gdb):
    gdb.set_register(debugger.RFLAGS, gdb.register(debugger.RFLAGS) & ~IF)
    fault(gdb)


def fault_locks_held(gdb):
    take_locks(gdb)
    fault_interrupts_off(gdb)


def stack_overflow(gdb):
    """The stack pointer at the lower end of the page behind the last guard page: the next push is a double fault."""
    gdb.set_register(debugger.RSP, (gdb.register(debugger.RSP) & ~0xffff) + 9 * 4096)


def stack_overflow_locks_held(gdb):
    take_locks(gdb)
    gdb.set_register(debugger.RFLAGS, gdb.register(debugger.RFLAGS) & ~IF)
    stack_overflow(gdb)


def fault_dom0_lost(gdb):
    """What finds dom0's part of the dump faults too."""
    gdb.write(debugger.symbols(rigs.ELF, "bdBD")["hardware_domain"], (1 << 63).to_bytes(8, "little"))
    fault(gdb)


def machine_check(gdb):
    gdb.monitor(f"mce {gdb.cpu} 1 0xbe00000000000000 0x5 0x1000 0")


def hang(gdb):
    gdb.write(gdb.register(debugger.RIP), HANG)


def nmi_button(gdb):
    gdb.monitor("nmi")


def hang_deaf(gdb):
    """Stand still inside an NMI: the next one waits for its end."""
    gdb.write(function("nmi_entry"), HANG)
    gdb.monitor("nmi")


# name: (what is done, options, what the hypervisor says of it)
LOST = {
    "fault": (fault, "", "Panic on CPU {cpu}: unexpected exception 6"),
    "fault-interrupts-off": (fault_interrupts_off, "", "Panic on CPU {cpu}: unexpected exception 6"),
    "fault-locks-held": (fault_locks_held, "", "Panic on CPU {cpu}: unexpected exception 6"),
    "double-fault": (stack_overflow, "", "Panic on CPU {cpu}: double fault"),
    "double-fault-locks-held": (stack_overflow_locks_held, "", "Panic on CPU {cpu}: double fault"),
    "fault-and-dom0-lost": (fault_dom0_lost, "", "the dump will lack dom0's note"),
    "machine-check": (machine_check, "", "Panic on CPU {cpu}: machine check"),
    "hang": (hang, "watchdog watchdog_timeout=4", "Panic on CPU {cpu}: watchdog bite"),
    "nmi-button": (nmi_button, "nmi=fatal", "Panic on CPU 0: NMI: of unknown origin"),
}


@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("case", LOST)
def test_lost(start, case, cpus):
    what, options, says = LOST[case]
    cpu = cpus - 2 if cpus > 1 else 0
    machine = start(f"crash32 cpu={cpu} wait", cpus, options)
    gdb = in_hypercall(machine)
    there = gdb.register(debugger.RIP)
    what(gdb)
    gdb.go()
    machine.expect(says.format(cpu=cpu), fatal=False)
    where = payload(machine, 32, cpus)
    if what is not nmi_button and what is not machine_check:
        assert there <= where[cpu][0] <= there + 32, "the notes don't say where it happened"


# name: (QEMU's arguments, options, what the hypervisor says when it begins to watch)
WATCHERS = {
    "PIT": ([], "watchdog", "the PIT looks after all CPUs, 18 times a second"),
    "HPET": (["-M", "q35,pit=off"], "watchdog=yes", "the HPET looks after all CPUs, 18 times a second"),
    "force": ([], "watchdog=force", "force means no more than yes"),
    "neither": (["-M", "q35,pit=off,hpet=off"], "watchdog", "neither the PIT nor the HPET .*: nobody watches"),
}


@pytest.mark.parametrize("case", WATCHERS)
def test_watchdog_clock(start, case):
    """It ticks, finds a hang and is switched off before the next kernel, or says that it cannot."""
    arguments, options, says = WATCHERS[case]
    machine = start("crash32 wait", 1, options + " watchdog_timeout=4", arguments)
    machine.expect(says)
    gdb = in_hypercall(machine)
    hang(gdb)
    gdb.go()
    if case == "neither":
        machine.silent_about("watchdog bite", 5)
    else:
        machine.expect("Panic on CPU 0: watchdog bite", fatal=False)
        payload(machine, 32, 1)


def crash_for_good(start):
    """A fault in the hypervisor that no crash kernel follows, because somebody wrote over the image."""
    machine = start("crash64 wait")
    gdb = in_hypercall(machine)
    gdb.monitor("stop")
    physical = gdb.ask("Qqemu.PhyMemMode:1")
    assert physical == "OK"
    gdb.write(0x4000000 + 5000, b"x")
    gdb.checked("Qqemu.PhyMemMode:0")
    fault(gdb)
    gdb.go()
    return machine


def test_damaged_image(start):
    """What somebody wrote over is not started, and that is said; dom0's crash then ends as it would without it."""
    machine = crash_for_good(start)
    machine.expect("the crash image was overwritten after it was loaded: it is not started", fatal=False)
    machine.expect("halted, as noreboot says", fatal=False)
    machine.silent_about("payload", 3)


def test_report_leads_to_the_source(start):
    """One call trace, and a command that turns it into lines, with the file of the build id that is named."""
    machine = crash_for_good(start)
    command = machine.expect(r"source lines: (addr2line -fipe xenolith.elf[ 0-9a-f]+)\r*\n", fatal=False)[1]
    build_id = machine.expect(r"build id ([0-9a-f]+)\r*\n", fatal=False)[1]
    machine.expect("halted, as noreboot says", fatal=False)
    folder, name = os.path.split(rigs.ELF)
    said = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()
    assert re.match(r"hypercall_kexec_op at \S+/hypercall/kexec\w*\.c:\d+", said[0]), said
    assert re.match(r"\w+ at \./(arch|core)/\S+:\d+", said[1]), said
    assert build_id in subprocess.run(["readelf", "-n", name], cwd=folder, capture_output=True, text=True).stdout
    report = machine.tail(100)
    assert report.count("call trace:") == 1 and "panic+" not in report
    assert not re.search(r"^\(XEN\) *$", report, re.M)


@pytest.mark.parametrize("owner", ["dom0", "ignore"])
def test_nmi_of_others(start, owner):
    """A machine's NMI button with nothing to panic about: dom0 has it (and this one knows no NMI), or nobody."""
    machine = start("crash32 wait", 1, f"nmi={owner}")
    gdb = in_hypercall(machine)
    gdb.monitor("nmi")
    gdb.go()
    if owner == "dom0":
        machine.expect("FAIL unexpected exception 2")
    else:
        machine.silent_about("Panic|exception 2", 3)


def test_nmi_meanwhile(start):
    """One that comes while the NMI of a bite blocks it, and that the next kernel could not take."""
    machine = start("crash64 wait", 1, "watchdog watchdog_timeout=4")
    gdb = in_hypercall(machine)
    hang(gdb)
    gdb.run_to(function("arch_kexec_enter"))
    gdb.monitor("nmi")
    gdb.go()
    payload(machine, 64, 1)
