# SPDX-License-Identifier: GPL-2.0-or-later
"""What an administrator does with guests, step by step, and whether each has its effect.

The steps are scripts that run in dom0 (test/boot/tour), because a hundred commands typed into a serial console cost
more than the commands. Each prints one line, with what it saw.
"""
import json
import re

import pytest

import rig as rigs

pytestmark = pytest.mark.peer

GUEST = ("create", "disk_image", "disk_phy", "network")
HANDLED = ("pause", "names", "vcpu_pin", "vcpu_set", "sysrq", "trigger", "memory", "block_attach", "network_attach")
TOLD = ("reports", "log", "keys", "checkpoint")
# Debian's Xen gives a guest that sets CR0.NW an invalid control block, and so its end.
OURS = () if rigs.HV == rigs.PEER else ("container",)
LATER = ("memory_limit", "dump_core", "refusals", "shutdown", "destroy", "weight", "cap", "sched_limits")


def tour(dom0, steps, timeout):
    """Run the steps, and whether all of them went well."""
    text = dom0.run(f"bash /tmp/kit/tour/run {' '.join(steps)} 2>&1", timeout)
    done = re.findall(r"^tour: ok (\w+):", text, re.M)
    assert done == list(steps), f"not done: {set(steps) - set(done)}\n{text}"


def in_json(dom0):
    """What `xl list -l` tells is JSON, and of this guest as it was made: what was attached meanwhile is gone again."""
    first, guest = json.loads(dom0.run("xl list -l 2>/dev/null"))
    assert (first["domid"], first["config"]["c_info"]["name"]) == (0, "Domain-0")
    config = guest["config"]
    assert (config["c_info"]["type"], config["c_info"]["name"]) == ("pv", "tour")
    assert [disk["vdev"] for disk in config["disks"]] == ["xvda", "xvdb"]
    assert [card["mac"] for card in config["nics"]] == ["00:16:3e:00:00:01"]


@pytest.mark.quick
def test_tour(host):
    """A guest with disks and a network card is created, used, handled and looked at."""
    dom0 = host()
    tour(dom0, GUEST + HANDLED + TOLD + OURS, 420)
    in_json(dom0)


def test_tour_long(host):
    """The same guest, limited, dumped and ended; two that compete; those that never begin."""
    dom0 = host()
    before = dom0.free_frames()
    tour(dom0, GUEST + LATER, 900)
    dom0.wait_frames(before)


def test_on_end(host):
    """What follows when a guest ends: each action for a power-off, a reboot and a crash."""
    dom0 = host()
    before = dom0.free_frames()
    tour(dom0, ("on_end",), 1200)
    dom0.wait_frames(before)


def test_create_with_console(host):
    """`xl create -c` in the foreground shows what the guest says, not only its log, and ends with it."""
    dom0 = host()
    dom0.configure("hello", kernel="/tmp/kit/hello.elf", memory=32)
    dom0.machine.child.sendline("xl create -c /tmp/hello.cfg; echo left:$?:")
    dom0.machine.expect(r"(?<!v0 )hello from xen-", 180)
    assert dom0.machine.expect(r"left:(\d+):", 180)[1] == "0"
    dom0.wait_gone("hello")
