# SPDX-License-Identifier: GPL-2.0-or-later
"""dom0 made of each Debian release, its kernel and its own release of Xen's tools, with a guest of the same release.

Daemons that run prove nothing: what counts is what xl says.
"""
import os
import re

import pytest

import rig as rigs

pytestmark = pytest.mark.peer


@pytest.fixture
def dom0(rig, request):
    kernel, initrd, disk = rigs.debian(request.param)
    if not os.path.exists(initrd):
        pytest.skip(f"no dom0 of Debian {request.param}: this system's mirrors do not have it")
    devices = ["-nic", "none", "-drive", f"if=virtio,format=raw,snapshot=on,file={disk}"]
    with rig(devices=devices, modules=[(kernel, "console=hvc0"), (initrd, "")]) as machine:
        machine.debian, (machine.linux, _) = request.param, machine.shell()
        yield machine


@pytest.mark.parametrize("dom0", ["12", "13"], indirect=True)
def test_guest(dom0):
    """xl info is complete, xl creates a guest that reaches its init, and destroys it: all memory is free again. No disk
    and no card: libxl kills the scripts for them after 40 s, however slow the machine is.
    """
    linux, xen = {"12": ("6.1.", "4.17"), "13": ("6.12.", "4.20")}[dom0.debian]
    assert dom0.linux.startswith(linux)
    assert dom0.run("echo /usr/lib/xen-[0-9]*") == f"/usr/lib/xen-{xen}"
    info = dict(re.findall(r"^(\w+) *: (.*)$", dom0.run("xl info"), re.M))
    assert info["xen_caps"].split() == ["xen-3.0-x86_64"] and "(null)" not in info.values(), info
    assert re.search(r"^Domain-0 +0 .* 1 +r", dom0.run("xl list"), re.M)

    dom0.run("""xl create -q guest.cfg 'vif=[]' 'disk=[]' 'extra="console=hvc0"'""")
    assert re.search(r"^guest +1 ", dom0.run("xl list"), re.M)
    dom0.console("xl console guest")
    assert dom0.expect(r"domu: ready, Linux (\S+), (\d) CPU")[1].startswith(linux)
    dom0.leave()
    dom0.run("xl destroy guest")
    assert "guest" not in dom0.run("xl list")
    free = f"xl info | grep '^free_memory  *: {info['free_memory']}$'"
    dom0.run(f"for i in $(seq 600); do {free} && break; sleep 1; done; {free}")
