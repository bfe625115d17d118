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


# Debian 12's dom0 image, unpacked in Debian 13's: its tools see what the others see.
TWELVE = "; ".join((
    "mkdir -p /twelve && cd /twelve", "zcat /dev/vdb 2>/dev/null | cpio -id 2>/dev/null",
    "for f in proc sys dev run var/lib/xen var/log/xen guest; do mount -o rbind /$f /twelve/$f || break; done",
    "cd /root", "test -x /twelve/usr/lib/xen-4.17/bin/xl"))
XL = {"13": "xl", "12": "chroot /twelve /usr/bin/env PATH=/usr/sbin:/usr/bin:/usr/lib/xen-4.17/bin xl"}
CYCLES = "for i in $(seq 10); do {xl} create -q /tmp/{name}.cfg && {xl} destroy {name} || exit 1; done"


def test_mixed(rig, tmp_path):
    """Tools of 4.17 and of 4.20 in one dom0: twenty guests are created and destroyed by both at once; and a guest that
    one has saved is restored by the other, both ways."""
    kernel, initrd, disk = rigs.debian("13")
    if not os.path.exists(initrd):
        pytest.skip("no dom0 of Debian 13: this system's mirrors do not have it")
    twelve = tmp_path / "twelve"
    with open(rigs.debian("12")[1], "rb") as image:
        data = image.read()
    twelve.write_bytes(data + bytes(-len(data) % 512))
    devices = ["-nic", "none"]
    for file in (disk, twelve):
        devices += ["-drive", f"if=virtio,format=raw,snapshot=on,file={file}"]
    with rig(devices=devices, mem=3072, options="dom0_mem=1536M",
             modules=[(kernel, "console=hvc0"), (initrd, "")]) as machine:
        machine.shell()
        machine.run(TWELVE)
        for xl in XL.values():
            machine.run(f"{xl} info >/dev/null")
        common = ("kernel='/guest/vmlinuz'", "ramdisk='/guest/initrd.gz'", "extra='console=hvc0'", "memory=160")
        for name in ("a", "b"):
            lines = " ".join(f'"{line}"' for line in (f"name='{name}'", *common))
            machine.run(f"printf '%s\\n' {lines} >/tmp/{name}.cfg")
        machine.run("mkdir -p /twelve/tmp && cp /tmp/*.cfg /twelve/tmp")
        free = machine.run("xl info | grep ^free_memory")
        both = [CYCLES.format(xl=XL[release], name=name) for release, name in (("13", "a"), ("12", "b"))]
        machine.run(f"({both[0]}) >/run/a.log 2>&1 & one=$!")
        machine.run(f"({both[1]}) >/run/b.log 2>&1 && wait $one || {{ tail /run/[ab].log; false; }}")
        same = f"xl info | grep -qx '{free}'"
        machine.run(f"for i in $(seq 600); do {same} && break; sleep 1; done; {same}")

        machine.run("xl create -q /tmp/a.cfg")
        machine.console("xl console a")  # only a kernel that has come far enough can be asked to suspend
        machine.expect(r"domu: ready, Linux 6\.12\.")
        machine.leave()
        for saves, restores in (("13", "12"), ("12", "13")):
            machine.run(f"({XL[saves]} save a /guest/saved && {XL[restores]} restore /guest/saved) >/run/log 2>&1 || "
                        "{ cat /run/log; false; }")
            assert re.search(r"^a +\d+ +160 ", machine.run(f"{XL[restores]} list"), re.M)
        machine.console("xl console a")
        machine.child.sendline("echo alive$((40+2))")
        machine.expect("alive42")
        machine.leave()
        machine.run("xl destroy a")
