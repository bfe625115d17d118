# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's unpatched kernel as a PVH guest under Debian's unpatched xl: it starts, computes, sleeps, and powers off."""
import pytest

from toolstack import LINUX, Console

FOUND = ["Booting kernel on Xen PVH", "Switched APIC routing to physical x2apic", "Xen HVM callback vector"]


@pytest.mark.parametrize("vcpus", [1, 2])
def test_linux(host, vcpus):
    dom0 = host()
    dom0.configure("pvh", **{**LINUX, "type": "pvh", "memory": 256, "vcpus": vcpus})
    dom0.create("pvh", timeout=300)
    with Console(dom0, "pvh") as guest:
        assert guest.run("nproc").splitlines()[-1] == str(vcpus)
        log = guest.run("dmesg")
        assert all(text in log for text in FOUND), log
        assert "XSAVE consistency problem" not in log
        # Every vCPU has had its timer's events while it waited.
        guest.run("sleep 2")
        counts = guest.run("grep HYP /proc/interrupts").split(":")[-1].split()[:vcpus]
        assert all(int(count) > 50 for count in counts), counts
        guest.machine.type("poweroff -f\n")
    dom0.wait_gone("pvh")
