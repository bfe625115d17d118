# SPDX-License-Identifier: GPL-2.0-or-later
"""Processors that claim what they have not, deny what they have, and answer nonsense: a guest runs all the same.

A claim is a profile of lies over a QEMU processor. Where the hypervisor would have relied on it, it says in one line
that it doesn't; where it would not, it says nothing.
"""
import os
import re

import pytest

import gdb
import rig as rigs
from marks import quick

HELLO = os.path.join(rigs.BUILD, "guests/hello.elf")
POOR = "qemu64,-monitor"  # no XSAVE, SMEP, SMAP, UMIP, FSGSBASE, 1 GiB pages, RDTSCP, x2APIC nor TSC deadline
RICH = "EPYC,-smap"
ANY = None  # for a sub-leaf or a leaf: whichever


def says(leaf, subleaf=ANY, on=ANY, **registers):
    """A lie about one leaf: a register is a value, or (bits to clear, bits to set). On one CPU or on all."""
    def change(cpu, asked, sub, answer):
        if asked != leaf or subleaf not in (ANY, sub) or on not in (ANY, cpu):
            return
        for name, value in registers.items():
            clear, more = value if isinstance(value, tuple) else (0xffffffff, value)
            answer[name] = answer[name] & ~clear | more
    return change


def both(*changes):
    def change(*arguments):
        for one in changes:
            one(*arguments)
    return change


def claims(leaf, register, *bits):
    return says(leaf, 0 if leaf in (7, 0xd) else ANY, **{register: (0, sum(1 << bit for bit in bits))})


def denies(leaf, register, *bits):
    return says(leaf, 0 if leaf in (7, 0xd) else ANY, **{register: (sum(1 << bit for bit in bits), 0)})


def garbage(leaf):
    return says(leaf, eax=0xdeadbeef, ebx=0xdeadbeef, ecx=0xdeadbeef, edx=0xdeadbeef)


def every_leaf(value):
    """All registers of all leaves, but long mode's bit, without which there is nothing to run."""
    def change(_, leaf, __, answer):
        for name in answer:
            answer[name] = value
        if leaf == 0x80000001:
            answer["edx"] |= 1 << 29
    return change


def refused(name):
    return rf"cpu: CPUID claims {name}, but "


MTRR, PGE, PAT, APIC, TSC, FXSR, SYSCALL, NX, GIB, RDTSCP = 12, 13, 16, 9, 4, 24, 11, 20, 26, 27


def xsave_capabilities(value):
    return says(0xd, 1, eax=value)


# name: (processor, lie, line or None)
CLAIMS = {
    "smap": (POOR, both(says(0, eax=7), claims(7, "ebx", 20)), refused("smap")),
    # QEMU's emulation never comes back from a write of SMEP, FSGSBASE or OSXSAVE to CR4 where it has not got them: no
    # rows for these.
    "controls": (RICH, both(claims(7, "ebx", 10, 20), claims(7, "ecx", 2, 3, 4, 7, 16), claims(1, "ecx", 17)),
                 refused("smap")),
    "nx": ("qemu64,-nx,-monitor", claims(0x80000001, "edx", NX), refused("nx")),
    "ffxsr": (POOR, claims(0x80000001, "edx", 25), None),
    "1gib": (POOR, claims(0x80000001, "edx", GIB), None),  # QEMU 7.2 translates such pages all the same
    "rdtscp": (POOR, claims(0x80000001, "edx", RDTSCP), refused("rdtscp")),
    "rdpid": (POOR, both(says(0, eax=7), claims(7, "ecx", 22)), refused("rdpid")),
    "x2apic": (POOR, claims(1, "ecx", 21), refused("x2apic")),
    "deadline": (POOR, claims(1, "ecx", 24), refused("tsc-deadline")),
    "xsave-without-leaf": (POOR, both(says(0, eax=7), claims(1, "ecx", 26, 28)), r"xstate: .*FXSAVE"),
    "xsavec": (RICH, xsave_capabilities(0xf), refused("xsavec")),
    "xsaveopt": ("EPYC,-smap,-xsaveopt", xsave_capabilities(1), refused("xsaveopt")),
    "xgetbv1": ("EPYC,-smap,-xgetbv1", xsave_capabilities(5), refused("xgetbv1")),
    "xsaves-alone": (RICH, xsave_capabilities(8), refused("xsaves")),
    "xsavec-alone": (RICH, xsave_capabilities(2), refused("xsavec")),
    "avx512": (RICH, both(claims(7, "ebx", 16, 17, 30, 31), says(0xd, 0, eax=(0, 0xe0))), r"xstate: "),
    "everything-0xd": (RICH, says(0xd, 0, eax=0xffffffff, edx=0xffffffff), r"xstate: "),
    "mwait": (POOR, both(says(0, eax=7), claims(1, "ecx", 3), says(5, eax=64, ebx=64, ecx=3, edx=0x11142120)), None),
    "invariant-tsc": (POOR, both(says(0x80000000, eax=0x80000008), claims(0x80000007, "edx", 8)), None),
    "pcid": (POOR, both(claims(1, "ecx", 17), says(0, eax=7), claims(7, "ebx", 10)), None),
    "speculation": (POOR, both(says(0, eax=7), claims(7, "edx", 10, 26, 27, 28, 29, 30, 31),
                               claims(0x80000008, "ebx", 12, 14, 15, 24)),
                    None),
    "topology-counters": (POOR, both(says(0, eax=0xf), says(0xa, eax=0x07300805, edx=0x603), claims(7, "edx", 18)),
                          None),
}

DENIALS = {
    "no-xsave-but-avx": (RICH, denies(1, "ecx", 26), None),
    "no-xsave-but-its-kin": (RICH, both(denies(1, "ecx", 26, 28), xsave_capabilities(0xf)), None),
    "no-leaf-0xd": (RICH, says(0, eax=7), None),
    "only-leaf-1": (RICH, says(0, eax=1), None),
    "no-leaf-1": (RICH, says(0, eax=0), None),
    "no-extended": (RICH, says(0x80000000, eax=0x80000001), None),
    "no-mtrr": (RICH, denies(1, "edx", MTRR), None),
    "no-pat": (RICH, denies(1, "edx", PAT), None),
    "no-pge": (RICH, denies(1, "edx", PGE), None),
    "no-apic": (RICH, denies(1, "edx", APIC), None),
    "no-tsc": (RICH, denies(1, "edx", TSC), None),
    "no-fxsr": (RICH, denies(1, "edx", FXSR, 25, 26), None),
    "no-syscall": (RICH, denies(0x80000001, "edx", SYSCALL), None),
    "no-nx": (RICH, denies(0x80000001, "edx", NX), "no NX"),
    "no-1gib": (RICH, denies(0x80000001, "edx", GIB), None),
    "no-rdtscp": (RICH, denies(0x80000001, "edx", RDTSCP), None),
    "no-clflush": (RICH, both(denies(1, "edx", 19), says(1, ebx=(0xff00, 0))), None),
    "clflush-of-0": (RICH, says(1, ebx=(0xff00, 0)), None),
    "no-hypervisor": (RICH, denies(1, "ecx", 31), None),
    "hypervisor": ("EPYC,-smap,-hypervisor", claims(1, "ecx", 31), None),
    "no-leaf-7-features": (RICH, says(7, eax=0, ebx=0, ecx=0, edx=0), None),
}

NONSENSE = {
    "endless-leaf-4": (RICH, says(4, eax=0x1c004121, ebx=0x1c0003f, ecx=0x3f, edx=0), None),
    "endless-leaf-0xb": (RICH, both(says(0, eax=0x1f), says(0xb, eax=1, ebx=2, ecx=0x100, edx=0),
                                    says(0x1f, ebx=2, ecx=0x100)), None),
    "endless-0x8000001d": (RICH, says(0x8000001d, eax=0x121, ebx=0x3f, ecx=0x3f, edx=0), None),
    "limit": (RICH, says(0, eax=0xffffffff), None),
    "limit-of-7": (RICH, says(7, 0, eax=0xffffffff), None),
    "limit-extended": (RICH, says(0x80000000, eax=0xffffffff), None),
    "extended-garbage": (RICH, garbage(0x80000000), None),
    "extended-zero": (RICH, says(0x80000000, eax=0, ebx=0, ecx=0, edx=0), None),
    "0xd-huge": (RICH, says(0xd, eax=0xffffffff, ebx=0xffffffff, ecx=0xffffffff, edx=0xffffffff), r"xstate: "),
    "0xd-sizes": (RICH, both(says(0xd, 2, eax=0xffffffff), says(0xd, 0, ebx=0xffffffff, ecx=0xffffffff)),
                  r"component 2 \(AVX\)"),
    "0xd-offset": (RICH, says(0xd, 2, ebx=0xfffffff0), r"component 2 \(AVX\)"),
    "vendor": (RICH, says(0, ebx=0x41414141, ecx=0x42424242, edx=0x43434343), None),
    "intel": (RICH, says(0, ebx=0x756e6547, ecx=0x6c65746e, edx=0x49656e69), None),
    "family-0": (RICH, says(1, eax=0), None),
    "family-all": (RICH, says(1, eax=0xffffffff), None),
    "apic-id": (RICH, says(1, ebx=(0xff000000, 0xff000000)), None),
    "apic-ids-disagree": (RICH, both(says(1, ebx=(0xff000000, 0x7000000)),
                                     says(0xb, eax=31, ebx=0, ecx=0, edx=0x12345678),
                                     says(0x80000008, ecx=0xffff), says(0x8000001e, eax=0x99, ebx=0xff,
                                                                        ecx=0x7ff)), None),
    "widths-0": (RICH, says(0x80000008, eax=0), None),
    "widths-64": (RICH, says(0x80000008, eax=0x4040), None),
    "widths-52": (POOR, says(0x80000008, eax=0x3934), None),
    "tsc-ratio-0": (RICH, both(says(0, eax=0x16), says(0x15, eax=0, ebx=0, ecx=0), says(0x16, eax=0, ebx=0, ecx=0)),
                    None),
    "tsc-ratio-huge": (RICH, both(says(0, eax=0x16), garbage(0x15), garbage(0x16)), None),
    "hypervisor-leaves": (RICH, both(garbage(0x40000000), garbage(0x40000100)), None),
    "all-zero": (RICH, every_leaf(0), None),
    "all-ones": (RICH, every_leaf(0xffffffff), None),
}

QUICK = {"controls", "nx", "deadline", "x2apic", "xsavec", "0xd-sizes", "all-ones"}
PROFILES = CLAIMS | DENIALS | NONSENSE
ON_TWO = ["controls", "x2apic", "deadline", "nx", "apic-ids-disagree", "endless-leaf-0xb", "xsavec",
          "all-zero", "all-ones"]


def run(rig, profile, cpus):
    processor, change, line = PROFILES[profile]
    path = os.path.join(rigs.LOGS, f"lie-{os.getpid()}")
    if os.path.exists(path):
        os.remove(path)
    machine = rig(cpus=cpus, cpu=processor, mem=512, modules=[(HELLO, "")], options="dom0_mem=64M noreboot",
                  devices=["-nic", "none", *gdb.CpuidFilter.devices(path)])
    liar = gdb.CpuidFilter(path, rigs.ELF, change)
    with machine:
        liar.start()
        machine.expect("hello from")
        text = machine.tail(1000)
    assert liar.calls and not liar.trouble, liar.trouble
    assert not machine.triple_faulted()
    return line, text


@pytest.mark.parametrize("profile", quick(PROFILES, *QUICK))
def test_one_cpu(rig, profile):
    line, text = run(rig, profile, 1)
    assert not line or re.search(line, text), text
    if not line and profile in CLAIMS:
        assert not re.search(refused(r"\S+"), text), text


@pytest.mark.parametrize("profile", quick(ON_TWO, "controls"))
def test_two_cpus(rig, profile):
    line, text = run(rig, profile, 2)
    assert not line or re.search(line, text), text
    assert "CPUs: 2 online of 2" in text
