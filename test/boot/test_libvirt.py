# SPDX-License-Identifier: GPL-2.0-or-later
"""libvirt's Xen driver, in a whole Debian as dom0 (`make run IMAGE=full`): virsh lists, starts, saves and ends one."""
import re

import pytest

import rig as rigs

pytestmark = pytest.mark.peer

DISKS = [word for name in ("disk.img", "full.img")
         for word in ("-drive", f"if=virtio,format=raw,snapshot=on,file={rigs.image(name)}")]
# Debian's Xen hides SYSENTER on AMD's processors, without which libvirtd knows no CPU model: it starts on Intel's only.
MODELS = ["EPYC,-smap", "Nehalem"] if rigs.HV != rigs.PEER else ["Nehalem,-smap,-monitor"]


@pytest.fixture(params=MODELS)
def dom0(rig, request):
    append = "console=hvc0 rdinit=/sbin/boot-disk"
    with rig(cpu=request.param, devices=[*DISKS, "-nic", "none"], append=append) as machine:
        machine.shell(timeout=300)
        machine.run("cd /root")
        yield machine


def domains(machine):
    """{name: state} as virsh lists them."""
    rows = re.findall(r"^ (?:\d+|-) +(\S+) +(.+?) *$", machine.run("virsh list --all"), re.M)
    return dict(rows)


def answers(machine):
    """The guest's network card replies: it has booted, or lives on."""
    machine.run("for i in $(seq 600); do ping -c 1 -W 1 10.1.0.2 >/dev/null && break; sleep 1; done; "
                "ping -c 1 -W 5 10.1.0.2", timeout=200)


def test_virsh(dom0):
    assert "Xen 4.17" in dom0.run("virsh version")
    assert "<arch name='x86_64'>" in dom0.run("virsh capabilities")
    assert domains(dom0) == {"Domain-0": "running"}
    free = dom0.run("xl info | grep free_memory")

    dom0.run("virsh create guest.xml", timeout=120)
    assert domains(dom0)["guest"] == "running"
    answers(dom0)
    dom0.run("virsh suspend guest")
    assert domains(dom0)["guest"] == "paused"
    dom0.run("virsh resume guest")
    dom0.run("virsh save guest /guest/saved", timeout=200)
    assert "guest" not in domains(dom0)
    dom0.run("virsh restore /guest/saved", timeout=200)
    answers(dom0)
    dom0.run("virsh destroy guest")
    assert domains(dom0) == {"Domain-0": "running"}

    dom0.run("virsh define guest.xml && virsh start guest", timeout=120)
    answers(dom0)
    dom0.run("virsh destroy guest && virsh undefine guest")
    assert domains(dom0) == {"Domain-0": "running"}
    assert dom0.run("xl info | grep free_memory") == free
