# SPDX-License-Identifier: GPL-2.0-or-later
"""dom0's kernel finds nothing to complain about that it would not find under Debian's Xen in the same machine.

Warnings and worse of both are compared, with numbers, addresses and times taken out.
"""
import os
import re

import pytest

import rig as rigs

# Lines that may be ours alone, each with the reason.
ALLOWED = {
    "hrtimer: interrupt took": "the emulator's host was busy at that moment",
    "clocksource: Long readout interval": "the emulator's host was busy at that moment",
    "clocksource: timekeeping watchdog on CPU": "the emulator's host was busy at that moment",
    "clocksource:                       ": "the details of such a line",
}
DEVICES = ["-device", "pcie-root-port,id=port0,chassis=1,slot=1", "-netdev", "user,id=net",
           "-device", "e1000e,netdev=net,bus=port0"]


def normal(line):
    """<4>[    1.234567] text 0x12 34 -> text # #"""
    line = re.sub(r"^<\d+>\[ *[\d.]+\] ", "", line.strip())
    return re.sub(r"\b(0x)?[0-9a-f]*\d[0-9a-f]*\b|\d+", "#", line)


def complaints(machine):
    """Kernel lines of level warning and worse, as a dictionary from the normalised line to the whole one."""
    text = machine.run("dmesg -r | grep -E '^<[0-4]>|Linux version'", check=False)
    assert re.search(r"^<\d>.*Linux version", text, re.M), f"the log could not be read from its start: {text[:200]}"
    return {normal(line): line for line in text.splitlines() if re.match("<[0-4]>", line)}


def boot(rig, kernel, suffix, **keywords):
    linux, initrd = kernel
    with rig(suffix, cpus=2, modules=[(linux, "console=hvc0"), (initrd, "")], devices=DEVICES, **keywords) as machine:
        machine.shell(timeout=600)
        return complaints(machine)


@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_no_complaint_that_xen_lacks(rig, kernel, version):
    if not os.path.exists(rigs.PEER):
        pytest.skip(f"{rigs.PEER} is not there: make {rigs.PEER}")
    kernel = kernel(version)
    ours = boot(rig, kernel, "-ours")
    theirs = boot(rig, kernel, "-theirs", hv=rigs.PEER)
    only_ours = [line for text, line in ours.items() if text not in theirs and not any(a in line for a in ALLOWED)]
    assert not only_ours, "\n".join(only_ours)
