# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests reach the outside through dom0, by address and by ssh, as docs/network.md says."""
import re

from toolstack import LINUX, Console

CARD = "user,model=virtio-net-pci"
KEY = "/root/.ssh/id_dropbear"


def test_outside_and_ssh(host, server):
    dom0 = host(network=CARD)
    dom0.wait("ip route | grep -q default")
    assert "masquerade" in dom0.run("nft list ruleset")
    dom0.run("TERM=vt102 timeout 20 xentop -i 1 >/tmp/top 2>&1; ! grep -i 'terminal' /tmp/top")
    key = re.search(r"^ssh-ed25519 \S+", dom0.run(f"dropbearkey -t ed25519 -f {KEY}"), re.M)[0]
    extra = f'console=hvc0 IP=10.1.0.2/24 SSH_KEY="{key}"'
    dom0.configure("inside", **{**LINUX, "extra": extra, "vif": ["mac=00:16:3e:00:00:01,bridge=xenbr0"]})
    dom0.create("inside")
    dom0.wait("ping -c 1 -W 1 10.1.0.2")
    with Console(dom0, "inside") as guest:
        assert guest.run("cat /etc/resolv.conf") == "nameserver 10.0.2.3"
        assert guest.run(f"wget -q -O - http://10.0.2.2:{server}/word") == "outside"
    dom0.wait("nc -w 1 10.1.0.2 22 </dev/null | grep -q SSH-2")
    assert dom0.run("ssh -y root@10.1.0.2 cat /proc/sys/kernel/hostname 2>/dev/null") == "domu"
    dom0.run("mv /root/.ssh/id_dropbear /root/.ssh/hidden; ! ssh -y root@10.1.0.2 true </dev/null 2>/dev/null")
    dom0.run("! nc -w 1 127.0.0.1 22 </dev/null")  # nobody asked for dom0's
