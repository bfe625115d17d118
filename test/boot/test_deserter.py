# SPDX-License-Identifier: GPL-2.0-or-later
"""guests/deserter, who gives EVTCHNOP_reset up half way, and ends: its ports are closed, and whoever has the other end
of one goes on."""
import os

import pytest

import rig as rigs

GUESTS = os.path.join(rigs.BUILD, "guests")


@pytest.mark.quick
@pytest.mark.parametrize("desert", [1, 2])
def test_deserter(request, desert):
    modules = [(os.path.join(GUESTS, "nursery.elf"), f"from=1 to=3 channel=1 console=1 desert={desert}"),
               (os.path.join(GUESTS, "deserter.elf"), "")]
    with rigs.Rig(request.node.name, mem=256, modules=modules,
                  options="dom0_mem=64M dom0_max_vcpus=1 noreboot guest_loglvl=all") as machine:
        for _ in range(3):
            machine.expect(r"child: deserter: reset given up half way: 1")
            if desert == 2:
                machine.expect(r"child: deserter: reset to its end: 0, first free port 1\b")
            machine.expect(r"nursery: channel: state (\d+) \((-?\d+)\), send (-?\d+), close (-?\d+)")
        machine.expect(r"nursery: 3 ended \(0 crashed\), 0 slept, 0 stopped, 0 bad")
