# SPDX-License-Identifier: GPL-2.0-or-later
"""MSI-X where its table is not found the ordinary way: bridges, and virtual functions (SR-IOV)."""
import re

import pytest

import rig as rigs

pytestmark = pytest.mark.peer

LEASE = "udhcpc -q -n -t 20 -s /etc/udhcpc.sh"
VIRTUAL = "$(grep -l igbvf /sys/class/net/eth*/device/uevent)"
ROOT_PORT = ["-device", "pcie-root-port,id=port0,chassis=1,slot=1"]


@pytest.mark.parametrize("version", [pytest.param("6.1", marks=pytest.mark.quick), "6.12"])
def test_bridge_has_msix(rig, kernel, version):
    """A root port's own events come by MSI-X, whose table lies in a bridge's first BAR; the card behind it works."""
    linux, initrd = kernel(version)
    with rig(modules=[(linux, "console=hvc0"), (initrd, "")],
             devices=[*ROOT_PORT, "-netdev", "user,id=net", "-device", "e1000e,netdev=net,bus=port0"]) as machine:
        machine.shell(timeout=400)
        assert re.search(r"-msi-x? .*PCIe PME", machine.run("grep PME /proc/interrupts"))
        assert "map irq failed" not in machine.run("dmesg")
        machine.run(f"ping -c 1 -W 60 10.0.2.2 || {{ {LEASE} -i eth0 && ping -c 1 10.0.2.2; }}", timeout=400)


VIRTUAL_FUNCTIONS = """\
modprobe igb; modprobe igbvf
for n in /sys/class/net/eth*; do [ "$(basename $(readlink $n/device/driver))" = igb ] && I=$n; done
ip link set ${I##*/} up; cat $I/device/sriov_totalvfs; echo 2 >$I/device/sriov_numvfs
""".strip().replace("\n", "; ").replace("do; ", "do ")


@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_virtual_functions(rig, kernel, version):
    """Two virtual functions get their MSI-X, and one of them an address over the network; then they go, and come."""
    qemu = rigs.qemu10()
    if not qemu:
        pytest.skip("QEMU 7.2 has no card with virtual functions, and QEMU 10 could not be had")
    linux, initrd = kernel(version)
    with rig(qemu=qemu, modules=[(linux, "console=hvc0"), (initrd, "")],
             devices=[*ROOT_PORT, "-netdev", "user,id=net", "-device", "igb,netdev=net,bus=port0"]) as machine:
        machine.shell(timeout=400)
        machine.run(VIRTUAL_FUNCTIONS)
        for _ in range(2):
            machine.run(f'until [ $(echo "{VIRTUAL}" | wc -l) = 2 ]; do sleep 0.5; done', timeout=400)
            vf = machine.run(f'set -- {VIRTUAL}; basename ${{2%/device/uevent}}')
            machine.run(f"ip addr flush dev ${{I##*/}}; ip link set {vf} up; "
                        f"{LEASE} -i {vf} && ping -c 1 -W 60 -I {vf} 10.0.2.2", timeout=400)
            counts = re.findall(rf"(\d+)\s+xen-pirq\s+-msi-x\s+{vf}", machine.run("cat /proc/interrupts"))
            assert counts and sum(map(int, counts)), f"no MSI-X of {vf} arrives: {counts}"
            machine.run("echo 0 >$I/device/sriov_numvfs; sleep 1; echo 2 >$I/device/sriov_numvfs")
        said = machine.run("dmesg | grep -e 'Failed to' -e 'irq failed' || true")
        assert not said, said
        assert "refused" not in machine.run("xl dmesg")
