# SPDX-License-Identifier: GPL-2.0-or-later
"""Processors that contradict themselves, and options that take features away: dom0 comes up, and a line says why."""
import gzip
import io
import os
import re
import sys

import pytest

import gdb
import rig as rigs
import toolstack

sys.path.append(os.path.join(rigs.TOP, "image"))
import newc  # noqa: E402  pylint: disable=wrong-import-position

ELF = os.path.join(rigs.BUILD, "hv/xenolith.elf")


def lying(rig, change, cpus=1, **keywords):
    """A rig on which @change edits every CPUID answer that the hypervisor reads."""
    path = os.path.join(rigs.LOGS, f"gdb-{os.getpid()}")
    machine = rig(cpus=cpus, devices=["-nic", "none", *gdb.CpuidFilter.devices(path)], **keywords)
    if os.path.exists(path):
        os.remove(path)
    return machine, gdb.CpuidFilter(path, ELF, change)


def boot(machine, liar=None):
    """dom0's shell; returns what the hypervisor and dom0 printed on the way there, and the number of dom0's CPUs."""
    with machine:
        if liar:
            liar.start()
        _, cpus = machine.shell()
        assert not liar or (liar.calls and not liar.trouble), liar.trouble
        machine.log.flush()
        with open(machine.path + ".log", encoding="utf-8", errors="replace") as file:
            return file.read(), cpus


def findings(text, what="xstate"):
    """Lines of the hypervisor about extended state, but for the summary and the self-test's report."""
    lines = [line.strip() for line in re.findall(rf"\(XEN\) (?:\[[^\]]*\] )?((?:CPU \d+: )?{what}: .*)", text)]
    return [line for line in lines if not re.match(r"xstate: (size 0x|self-test: saving wrote)", line)]


def static_total(cpu, leaf, subleaf, answer):
    """What VirtualBox does: the size for everything supported, whatever XCR0 holds."""
    if (leaf, subleaf) == (0xd, 0):
        answer["ebx"] = answer["ecx"]


def zero_total(cpu, leaf, subleaf, answer):
    if (leaf, subleaf) == (0xd, 0):
        answer["ebx"] = 0


def avx_of_no_size(cpu, leaf, subleaf, answer):
    if (leaf, subleaf) == (0xd, 2):
        answer["eax"] = 0


def no_sse(cpu, leaf, subleaf, answer):
    if (leaf, subleaf) == (0xd, 0):
        answer["eax"] &= ~2


def narrow_addresses(cpu, leaf, subleaf, answer):
    if leaf == 0x80000008:
        answer["eax"] = 0x2014


LIES = {
    "virtualbox": (static_total,
                   r"CPUID\.0xd\[0\]\.EBX says 0x340 for XCR0=0x3, components need 0x240; .*static.*; using 0x240", 7),
    "zero-total": (zero_total, r"EBX says only 0x0 for XCR0=0x3, components need 0x240", 7),
    "avx-of-no-size": (avx_of_no_size, r"component 2 \(AVX\) has size 0; dropped, XCR0=0x3 remains", 3),
    "no-sse": (no_sse, r"XSAVE without SSE state .*; using FXSAVE", None),
}


@pytest.mark.parametrize("lie", LIES)
def test_lie(rig, lie):
    change, line, components = LIES[lie]
    text, _ = boot(*lying(rig, change))
    found = findings(text)
    assert len(found) == 1 and re.search(line, found[0]), found
    if components is None:
        assert re.search(r"xstate: size 0x200, components 0x3 .*, FXSAVE", text)
    else:
        assert f"components {components:#x} (" in text


def avx_elsewhere(cpu, leaf, subleaf, answer):
    if cpu == 1 and (leaf, subleaf) == (0xd, 2):
        answer["ebx"] += 0x40


def no_avx2(cpu, leaf, subleaf, answer):
    if cpu == 1 and (leaf, subleaf) == (7, 0):
        answer["ebx"] &= ~(1 << 5)


def test_addresses_too_narrow(rig):
    boot(*lying(rig, narrow_addresses))


DIFFERENCES = {
    "xstate-offset": (avx_elsewhere,
                      r"CPU 1: xstate: component 2 \(AVX\) has offset 0x280 instead of 0x240; not onlined"),
    "feature": (no_avx2, r"CPU 1: cpuid: lacks avx2, which the first CPU has"),
}


@pytest.mark.parametrize("difference", ["xstate-offset", "feature"])
def test_cpu_that_differs(rig, difference):
    change, line = DIFFERENCES[difference]
    text, cpus = boot(*lying(rig, change, cpus=2))
    assert re.search(line, text)
    assert re.search(r"CPU 1 \(APIC id 0x1\) differs from the first CPU, left offline", text)
    assert "CPUs: 1 online of 2" in text and cpus == 1


OPTIONS = {
    "xsave=0": (r"XSAVE is off by the command line", ["xsave", "avx"]),
    "cpuid=no-xsave": (r"XSAVE is off by the command line", ["xsave", "avx"]),
    "cpuid=no-avx2,nonsense,pcid": (r'"nonsense" is not a feature, ignored[^~]*?pcid can be switched off here, not on',
                                    ["avx2"]),
    "dom0-cpuid=no-avx2,avx512f": (r"0x7:0 EBX bit 16 \(avx512f\) asked for, not given: host lacks it", ["avx2"]),
}


@pytest.mark.parametrize("option", OPTIONS)
def test_option(rig, option):
    line, gone = OPTIONS[option]
    with rig(options=option) as machine:
        machine.expect(line)
        machine.shell()
        flags = machine.run("grep -m1 ^flags /proc/cpuinfo").split()
        assert "sse2" in flags and not set(gone) & set(flags)


def dom0_with(files, name):
    """dom0's modules, with more files in its root folder: {name: bytes}."""
    linux, initrd = rigs.kernel("6.1")
    tree = newc.Tree()
    for path, data in files.items():
        tree.file("root/" + path, data)
    both = os.path.join(rigs.LOGS, name + ".cpio.gz")
    with open(both, "wb") as out, open(initrd, "rb") as first:
        out.write(first.read())
        more = io.BytesIO()
        tree.write(more)
        out.write(gzip.compress(more.getvalue(), 1))
    return [(linux, "console=hvc0"), (both, "")]


@pytest.fixture
def guests(request):
    """dom0's modules with guest files of the settings a test asks for: guests({name: lines})."""
    hello = os.path.join(rigs.BUILD, "guests/hello.elf")
    if not os.path.exists(hello):
        pytest.skip("no guests: make guests")
    with open(hello, "rb") as file:
        files = {"hello": file.read()}

    def make(settings):
        for name, lines in settings.items():
            text = f'name="{name}"\ntype="pv"\nkernel="/root/hello"\nmemory=32\nvcpus=1\n{lines}\n'
            files[name + ".cfg"] = text.encode()
        return dom0_with(files, re.sub(r"\W", "_", request.node.name))

    yield make
    path = os.path.join(rigs.LOGS, re.sub(r"\W", "_", request.node.name) + ".cpio.gz")
    if os.path.exists(path):
        os.remove(path)


def policy_lines(machine):
    return re.findall(r"d\d+: cpuid: .*", machine.run("xl dmesg"))


POLICIES = ["Raw", "Host", "PV Max", "HVM Max", "PV Default", "HVM Default"]


@pytest.mark.quick
def test_guest_settings(rig, guests):
    """Each bit that a guest file asks for and cannot have is a line; what it can have, or does not ask for, is none."""
    lost = {
        "nothing": ("", []),
        "clears": ('cpuid="host,fma=0,sse4a=0"', []),
        "depends": ('cpuid="host,avx2=0,f16c=0,avx=0"', [r"0x1 ECX bit 12 \(fma\) .*: depends on avx, which is off"]),
        "lacks": ('cpuid="host,avx512f=1"', [r"0x7:0 EBX bit 16 \(avx512f\) asked for, not given: host lacks it"]),
        "type": ('cpuid="host,svm=1"',
                 [r"0x80000001 ECX bit 2 \(svm\) asked for, not given: not offered to this type of guest"]),
        "registers": ('cpuid=["7,0:ebx=xxxxxxxxxxxxxxx1xxxxxxxxxxxxxxxx"]', [r"0x7:0 EBX bit 16 \(avx512f\) .*"]),
    }
    with rig(modules=guests({name: row[0] for name, row in lost.items()})) as machine:
        machine.shell()
        shown = machine.run("$(find /usr/lib/xen* /usr/sbin -name xen-cpuid | head -n1) -p | grep policy:")
        assert re.findall(r"(\S+ ?\S*) policy: \d+ leaves, 2 MSRs", shown) == POLICIES, shown
        told = []
        for name, (_, expected) in lost.items():
            machine.run(f"xl create -q /root/{name}.cfg")
            new = policy_lines(machine)[len(told):]
            told += new
            assert len(new) == len(expected), (name, new)
            assert all(re.fullmatch(r"d\d+: cpuid: " + e, line.strip()) for e, line in zip(expected, new)), (name, new)


LACKS = "0x7:0 EBX bit 16 (avx512f) asked for, not given: host lacks it"
REGISTERS = "7,0:ebx=xxxxxxxxxxxxxxx1xxxxxxxxxxxxxxxx", "0x40000000:eax=xxxxxxxxxxxxxxxxxxxxxxxx10000000"


def test_guest_settings_strict(rig, guests):
    """By boot option, by its switch in hypfs, and by the guest's own file. What is not given, and what was refused,
    is in hypfs."""
    files = {"lacks": 'cpuid="host,avx512f=1"', "fine": 'cpuid="host,avx=0"',
             "lenient": 'cpuid="host,avx512f=1,maxhvleaf=64"',
             "strict": 'cpuid="host,avx512f=1,maxhvleaf=128"', "registers": f"cpuid={list(REGISTERS)}"}
    with rig(modules=guests(files), options="cpuid-strict") as machine:
        machine.shell()

        def refused(name):
            said = machine.run(f"! xl create -q /root/{name}.cfg 2>&1")
            assert re.search(r"policy \(err leaf 0x7, subleaf 0, msr 0xffffffff\)", said), said
            assert re.fullmatch(r"d\d+: " + re.escape(LACKS), machine.run("xenhypfs cat /arch/cpuid/refused"))

        def given(name):
            machine.run(f"xl create -p -q /root/{name}.cfg")
            said = machine.run(f"cd=/domain/$(xl domid {name})/cpuid; "
                               "for n in not-given rule; do xenhypfs cat $cd/$n; done").split("\n")
            machine.run(f"xl destroy {name}")
            return [line for line in said if line]

        assert machine.run("xenhypfs cat /arch/cpuid/refused; xenhypfs cat /params/cpuid-strict").strip() == "1"
        refused("lacks")
        assert "refused: avx512f: guest has it, this machine cannot give it; build the guest with avx512f=0" in "".join(
            policy_lines(machine))
        gone = given("fine")
        assert "0x1 ECX bit 12 (fma) asked for, not given: depends on avx, which is off" in gone, gone
        assert gone[-1] == "host", gone
        assert given("lenient") == [LACKS, "lenient"]
        machine.run("xl set-parameters cpuid-strict=0 && xenhypfs write /params/cpuid-strict 0")
        assert given("lacks") == [LACKS, "host"]
        refused("strict")
        refused("registers")
        machine.run("! xenhypfs write /arch/cpuid/refused 1 2>/dev/null && xenhypfs tree")


ITSC = r"cpuid: 0x80000007 EDX bit 8 \(itsc\) asked for, not given"
WHO_ASKS = {  # xl.cfg's items: is the line wanted?
    "nobody": ({}, False), "emulated": ({"tsc_mode": "always_emulate"}, False),
    "somebody": ({"cpuid": "host,invtsc=1"}, True),
}


def test_invariant_tsc_is_missed_by_who_asked(host):
    dom0 = host()
    for name, (items, wanted) in WHO_ASKS.items():
        dom0.configure(name, **toolstack.small(**items))
        dom0.run("xl dmesg -c >/dev/null")
        dom0.create(name, "-p")
        assert bool(re.search(ITSC, dom0.run("xl dmesg"))) == wanted, name
        dom0.run(f"xl destroy {name}")
