# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks, network cards and the clock of dom0."""
import functools
import hashlib
import http.server
import re
import threading

import pytest

import rig as rigs

pytestmark = pytest.mark.peer

DISKS = {
    "virtio": ("vda", ["-device", "virtio-blk-pci,drive=disk"]),
    "ahci": ("sda", ["-device", "ide-hd,drive=disk,bus=ide.0"]),
}
CARDS = {"virtio": "virtio-net-pci", "e1000e": "e1000e"}


@pytest.fixture
def server(tmp_path):
    """A web server on this machine with a file of 2 MiB: (port, its SHA-256)."""
    data = b"".join(hashlib.sha256(b"%d" % block).digest() for block in range(1 << 16))
    (tmp_path / "file").write_bytes(data)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield httpd.server_address[1], hashlib.sha256(data).hexdigest()
        httpd.shutdown()


def work(machine, node, server):
    """The disk keeps what is written to it, and a file comes over the network as it is."""
    port, digest = server
    machine.run(f"mount -t ext4 /dev/{node} /mnt && cd /mnt && sha256sum -c payload.sha256")
    machine.run("cp payload copy && sync && echo 3 >/proc/sys/vm/drop_caches && cmp payload copy")
    machine.run("for i in $(seq 1200); do ip route | grep -q default && break; sleep 0.5; done; "
                "ping -c 1 -W 500 10.0.2.2", timeout=240)
    assert machine.run(f"wget -q -O - http://10.0.2.2:{port}/file | sha256sum").split()[0] == digest


@pytest.mark.parametrize("disk,card,cpus", [("virtio", "virtio", 1),
                                            pytest.param("ahci", "e1000e", 2, marks=pytest.mark.quick)])
def test_disk_and_network(rig, server, disk, card, cpus):
    node, device = DISKS[disk]
    drive = f"if=none,id=disk,format=raw,snapshot=on,file={rigs.image('disk.img')}"
    with rig(cpus=cpus, devices=["-drive", drive, *device, "-nic", f"user,model={CARDS[card]}"]) as machine:
        machine.shell()
        work(machine, node, server)


@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_devices_of_32_bits(rig, kernel, server, version):
    """What reaches 4 GiB only, where dom0's memory lies above: an IDE disk and a network card of the nineties."""
    linux, initrd = kernel(version)
    drive = f"if=ide,format=raw,snapshot=on,file={rigs.image('disk.img')}"
    with rig(mem=8192, cpus=2, modules=[(linux, "console=hvc0"), (initrd, "")],
             devices=["-M", "pc", "-drive", drive, "-nic", "user,model=rtl8139"]) as machine:
        machine.shell()
        machine.run("modprobe ata_piix; modprobe 8139cp")
        machine.run("until [ -b /dev/sda ] && ip link set eth0 up; do sleep 0.5; done")
        machine.run("udhcpc -q -n -t 20 -i eth0 -s /etc/udhcpc.sh")
        work(machine, "sda", server)


# Waits for the RTC's second to change, so that both ends of the interval are sharp, then prints RTC and monotonic
# clock.
SAMPLE = ("s=$(cat /sys/class/rtc/rtc0/since_epoch); t=$s; "
          "while [ $t = $s ]; do read t </sys/class/rtc/rtc0/since_epoch; done; "
          "read u x </proc/uptime; echo sample $t $u")


def test_clock_keeps_time_with_the_rtc(rig):
    """One minute by the RTC is one for dom0, within 0.1 %. Both are guest clocks: the host's load doesn't count."""
    with rig() as machine:
        machine.shell()
        said = (machine.run(wait + SAMPLE, timeout=120) for wait in ("", "sleep 59; "))
        first, second = (re.search(r"sample (\S+) (\S+)", text) for text in said)
        rtc, uptime = (float(second[clock]) - float(first[clock]) for clock in (1, 2))
        assert rtc >= 59
        assert abs(uptime - rtc) <= 0.001 * rtc + 0.02, f"RTC {rtc} s, dom0 {uptime} s (20 ms are the two readings)"
