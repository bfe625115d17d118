# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that crashes: told with all that helps, treated as on_crash says, and nobody else notices."""
import re

import pytest

from toolstack import small

# What the log has to have about a guest that faults without a handler.
TOLD = [r"crashed", r"vector 14, error code 0x6, cr2 00007f0000123456", r"  rip e033:ffffffff80",
        r"  stack at ffffffff80", r"page walk of cr2 00007f0000123456:", r"L4\[254\] = 0000000000000000"]


def destroy(host, number):
    host.wait_gone("crash")


def preserve(host, number):
    host.wait("xl list | grep -q 'crash .*---.c-'")
    assert host.run("xl domid crash") == str(number)
    host.run("xl dump-core crash /tmp/core && test $(stat -c %s /tmp/core) -gt $((32 << 20)) && rm /tmp/core")
    host.run("xl destroy crash")


def restart(host, number):
    """It crashes again at once, and is started again, until somebody ends it for good.

    Between two lives there is no domain to destroy. The xl that waits for it ends when it is destroyed during one; the
    bystander's xl stays.
    """
    host.wait(f"xl dmesg | grep -q 'd{number + 1}v0 on CPU'")
    host.run("until test $(pidof xl | wc -w) -le 1; do xl destroy crash 2>/dev/null; sleep 1; done", timeout=180)
    host.wait_gone("crash")


def coredump_destroy(host, number):
    host.wait_gone("crash")
    host.run("test $(stat -c %s /var/lib/xen/dump/*crash*) -gt $((32 << 20)) && rm /var/lib/xen/dump/*")


ACTIONS = {"destroy": destroy, "preserve": preserve, "restart": restart, "coredump-destroy": coredump_destroy}


def test_on_crash(host):
    dom0 = host()
    dom0.configure("bystander", **small())
    dom0.create("bystander")
    before = dom0.free_frames()
    for action, observe in ACTIONS.items():
        dom0.run("xl dmesg -c >/dev/null")
        dom0.configure("crash", **small(extra="fault", on_crash=action))
        dom0.create("crash", "-p")
        number = dom0.domains()["crash"][0]
        dom0.run("xl unpause crash")
        dom0.wait("xl dmesg | grep -q 'L4\\['")
        text = dom0.run("xl dmesg")
        for word in TOLD:
            assert re.search(word, text), f"{word!r} is not told about a crash:\n{text}"
        observe(dom0, number)
        dom0.wait_frames(before)
    assert dom0.domains()["bystander"][3] == "-b----"


@pytest.mark.quick
def test_selftest(host):
    """Our own checks in a domU, where nothing privileged may work."""
    dom0 = host(cpus=1)
    dom0.configure("selftest", kernel="/tmp/kit/selftest.elf", memory=32)
    dom0.machine.child.sendline("xl create -q /tmp/selftest.cfg")
    match = dom0.machine.expect(r"(\d+) passed, (\d+) failed", 180)
    failed = re.findall(r"^FAIL.*$", dom0.machine.tail(1500), re.M)
    assert match[2] == "0" and not failed, "\n".join(failed)
    dom0.machine.run("true", timeout=180)
    dom0.wait_gone("selftest")
