# SPDX-License-Identifier: GPL-2.0-or-later
"""What dom0 is told of the hypervisor by Debian's unpatched tools, and of any domain by our own."""
import json
import os
import re

import pytest

import rig as rigs
import test_cpu

pytestmark = pytest.mark.quick


def test_version_interface(rig):
    """What dom0's tools are told of the hypervisor, of themselves and of a domain that they ask for."""
    with rig(options="-- not_ours") as machine:
        machine.shell()
        info = dict(re.findall(r"^(\w+)\s*: (.*)$", machine.run("xl info"), re.M))
        containers = ["hvm-3.0-x86_32", "hvm-3.0-x86_32p", "hvm-3.0-x86_64"] if "hvm" in info["virt_caps"] else []
        assert info["xen_version"] == "4.17.0-xenolith"
        assert info["xen_caps"].split() == ["xen-3.0-x86_64", *containers]
        assert re.fullmatch(r"[0-9a-f]{40}", info["build_id"]) and "git:" in info["xen_changeset"]
        assert info["platform_params"] == "virt_start=0x0"
        assert "dom0_mem=768M" in info["xen_commandline"] and "not_ours" not in info["xen_commandline"]

        view = json.loads(machine.run("xnl domain show --json 0"))
        assert view["name"] == "Domain-0" and view["type"] == "64-bit PV" and view["control"] and view["hardware"]
        assert view["features"] & ~0x10 == 0xe28e0 and view["virt_start"] == 0
        assert view["hypervisor_range"] == [0xffff800000000000, 0xffff87ffffffffff]
        assert view["build_id"] == info["build_id"] and view["changeset"] == info["xen_changeset"]
        assert "there is no domain 7" in machine.run("xnl domain show 7; [ $? = 1 ]")

        assert machine.run("xenhypfs cat /self/hypervisor-range") == "0xffff800000000000 0xffff87ffffffffff"
        assert int(machine.run("xenhypfs cat /self/features"), 0) == view["features"]


def test_platform_params_legacy(rig):
    with rig(options="platform-params=legacy") as machine:
        machine.shell()
        assert "virt_start=0xffff800000000000" in machine.run("xl info")


def test_view_of_a_guest(rig, request):
    """A guest's view from dom0 is the guest's, not dom0's; and libxenguest places symbols as the hypervisor does."""
    with open(os.path.join(rigs.BUILD, "guests/symbols.elf"), "rb") as file:
        kernel = file.read()
    settings = b'name="viewed"\ntype="pv"\nkernel="/root/symbols"\nmemory=32\nvcpus=1\n'
    modules = test_cpu.dom0_with({"symbols": kernel, "viewed.cfg": settings}, request.node.name)
    try:
        with rig(modules=modules) as machine:
            machine.shell()
            machine.run("xl create -p -q /root/viewed.cfg")
            view = json.loads(machine.run("xnl domain show --json $(xl domid viewed)"))
            assert view["name"] == "viewed" and view["type"] == "64-bit PV"
            assert not view["control"] and not view["hardware"]
            assert view["features"] == 0xe20e0 and view["virt_start"] == 0
            machine.child.sendline("xl unpause viewed")
            machine.expect("PASS symbols")
    finally:
        os.remove(modules[1][0])
