# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that go from one processor to another: saved by xl under one QEMU CPU model, restored by xl under another.

The saved guest travels on a disk that both machines write. Where the second machine cannot hold what the guest uses,
nothing is started, and `xl dmesg` says why.
"""
import os
import re
import subprocess

import pytest

import rig as rigs
import toolstack

EPYC, NO_XSAVE = "EPYC,-smap", "EPYC,-smap,-xsave"
OLD, NEW = "Nehalem", "Haswell-noTSX"
SAVE = "/guest/saved"


@pytest.fixture
def machines(host, tmp_path):
    """A function that boots dom0 on a CPU model, with the same disk each time."""
    disk = tmp_path / "disk.img"
    subprocess.run(["cp", "--sparse=always", rigs.image("disk.img"), disk], check=True)

    def boot(cpu, options=""):
        words = toolstack.devices(tmp_path / "kit.tar")
        at = next(i for i, word in enumerate(words) if word.startswith("if=none,id=disk,"))
        words[at] = f"if=none,id=disk,format=raw,cache=unsafe,file={disk}"
        return host(re.sub(r"\W+", "-", f"-{cpu}{options}"), cpu=cpu, cpus=1, devices=words, options=options)

    yield boot
    os.remove(disk)


def save(dom0, **settings):
    """A Linux guest with these settings, saved when it has computed something; the machine is off afterwards."""
    dom0.configure("g", **toolstack.LINUX, vcpus=1, **settings)
    dom0.create("g", timeout=300)
    with toolstack.Console(dom0, "g") as guest:
        flags = guest.run("grep -m1 ^flags /proc/cpuinfo").split()
        guest.run("echo kept >/tmp/kept")
    dom0.run(f"xl save g {SAVE} 2>&1", timeout=300)
    dom0.run("sync; umount /guest")
    dom0.machine.child.sendline("poweroff -f")
    dom0.machine.wait_end()
    return flags


def restore(dom0):
    """Whether it came, and what xl and the hypervisor said."""
    before = len(dom0.run("xl dmesg").splitlines())
    said = dom0.run(f"xl restore {SAVE} 2>&1; echo status $?", timeout=300)
    told = "\n".join(dom0.run("xl dmesg").splitlines()[before:])
    return "status 0" in said, said, told


WELCOME = {
    "told of no xsave": (EPYC, {"cpuid": "host,xsave=0"}, NO_XSAVE),
    "to a newer one": (OLD, {}, NEW),
}


@pytest.mark.parametrize("case", WELCOME)
def test_welcome(machines, case):
    first, settings, second = WELCOME[case]
    flags = save(machines(first), **settings)
    dom0 = machines(second)
    came, said, told = restore(dom0)
    assert came, said + told
    assert "refused" not in told and "host lacks" not in told, told
    with toolstack.Console(dom0, "g") as guest:
        assert guest.run("cat /tmp/kept") == "kept"
        assert guest.run("grep -m1 ^flags /proc/cpuinfo").split() == flags


# (saved on, restored on, its options, what `xl dmesg` says: every field in the way, and what would help)
REFUSED = {
    "no xsave": (EPYC, NO_XSAVE, "", [
        r"cpuid: 0x1 ECX bit 26 \(xsave\) asked for, not given: host lacks it",
        r"cpuid: 0x7:0 EBX bit 5 \(avx2\) asked for, not given: host lacks it",
        r"xstate: refused: guest uses AVX \(component 2\): this processor lacks it; use a machine that has it, or "
        r"build"]),
    "xsave switched off": (EPYC, EPYC, "xsave=0", [
        r"xstate: refused: guest uses AVX \(component 2\): this processor has it, but .* without the option"]),
    "another vendor": (EPYC, NEW, "", [
        r"cpuid: refused: vendor: guest was built for Auth\.\.\., this machine is Genu\.\.\.; only a machine of",
        r"cpuid: refused: sse4a: guest has it, this machine cannot give it; build the guest with sse4a=0, or use"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(machines, case):
    first, second, options, lines = REFUSED[case]
    save(machines(first))
    dom0 = machines(second, options)
    came, said, told = restore(dom0)
    assert not came and list(dom0.domains()) == ["Domain-0"]
    for line in lines:
        assert re.search(r"d\d+: " + line, told), said + told
