# SPDX-License-Identifier: GPL-2.0-or-later
"""libvirt's Xen driver, in a whole Debian as dom0 (`make run IMAGE=full`): virsh lists, starts, saves and ends a guest,
which reaches the outside through dom0."""
import os
import re

import pytest

import rig as rigs
from toolstack import Console

pytestmark = pytest.mark.peer

# Debian's Xen hides SYSENTER on AMD's processors, without which libvirtd knows no CPU model: it starts on Intel's only.
ROWS = [("12", "EPYC,-smap"), ("12", "Nehalem"), ("13", "EPYC,-smap")]
ROWS = ROWS if rigs.HV != rigs.PEER else [("12", "Nehalem,-smap,-monitor")]
XEN = {"12": 17, "13": 20}


@pytest.fixture(params=ROWS, ids="-".join)
def dom0(rig, request):
    release, cpu = request.param
    kernel, initrd, disk = rigs.debian(release)
    full = os.path.join(os.path.dirname(disk), "full.img")
    if not os.path.exists(full):
        pytest.skip(f"no {full}: this system's mirrors do not have Debian {release}")
    devices = [word for file in (disk, full) for word in ("-drive", f"if=virtio,format=raw,snapshot=on,file={file}")]
    # Debian's init script takes the tools of the release that the hypervisor shows.
    with rig(cpu=cpu, devices=[*devices, "-nic", "user,model=virtio-net-pci"], options=f"xen-minor={XEN[release]}",
             modules=[(kernel, "console=hvc0 rdinit=/sbin/boot-disk"), (initrd, "")]) as machine:
        machine.shell(timeout=300)
        machine.xen = f"Xen 4.{XEN[release]}"
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


def outside(machine, port):
    """The guest reads a file of the machine that QEMU runs on."""
    machine.run("for i in $(seq 600); do ip route | grep -q default && break; sleep 1; done; ip route | grep default")
    with Console(machine, "guest") as guest:
        assert guest.run(f"wget -q -O - http://10.0.2.2:{port}/word") == "outside"


def test_virsh(dom0, server):
    assert dom0.xen in dom0.run("virsh version")
    assert "<arch name='x86_64'>" in dom0.run("virsh capabilities")
    assert domains(dom0) == {"Domain-0": "running"}
    free = dom0.run("xl info | grep free_memory")

    dom0.run("virsh create guest.xml", timeout=120)
    assert domains(dom0)["guest"] == "running"
    answers(dom0)
    outside(dom0, server)
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
