# SPDX-License-Identifier: GPL-2.0-or-later
"""guests/patcher: a kernel changes its code while another vCPU runs it, in Linux's way; no INT3 comes too late.

QEMU 7.2 fails this with one thread for each CPU, under whatever hypervisor, and passes with one thread for all: what a
CPU translates while another one changes it stays, as it was in between. QEMU 10 does not.
"""
import os

import pytest

import rig as rigs

pytestmark = pytest.mark.peer


def test_patcher(rig):
    qemu = rigs.qemu10()
    if not qemu:
        pytest.skip("no QEMU 10 here, and QEMU 7.2 keeps translations of code that has changed")
    modules = [(os.path.join(rigs.BUILD, "guests/patcher.elf"), "rounds=2000")]
    with rig(qemu=qemu, cpus=2, mem=512, modules=modules, options="dom0_mem=64M") as machine:
        found = machine.expect(r"patcher: 2000 changes, (\d+) calls, (\d+) INT3 in time, (\d+) too late, (\d+) odd")
        calls, met, late, odd = map(int, found.groups())
        assert calls and met and late == 0 and odd == 0
