# SPDX-License-Identifier: GPL-2.0-or-later
"""Saving and restoring a guest: it goes on where it was, over an open TCP connection; live migration is refused."""
import pytest

from toolstack import LINUX, small

pytestmark = pytest.mark.peer

SAVE = "/tmp/save"
LOG = "/tmp/count"
# The guest counts over one TCP connection, for ever.
REACH = "until ping -c 1 -W 1 10.1.0.1 >/dev/null 2>&1; do sleep 0.2; done"
COUNT = "(n=0; while sleep 0.2; do n=$((n+1)); echo $n; done | nc 10.1.0.1 5000) >/dev/null 2>&1 &"
NETWORK = {"extra": f'console=hvc0 IP=10.1.0.2/24 RUN="{REACH}; {COUNT}"',
           "vif": ["mac=00:16:3e:00:00:01,bridge=xenbr0"]}


class Guest:
    """A guest that counts over a TCP connection, and dom0's end of it, which keeps what comes."""

    def __init__(self, host, **items):
        self.host = host
        host.configure("saved", **{**LINUX, **NETWORK, **items})
        host.run(f"{{ (tail -f /dev/null | nc -l -p 5000 >{LOG}; echo over >>{LOG}) >/dev/null 2>&1 & }}")
        host.create("saved", timeout=300)
        host.wait(f"test $(wc -l <{LOG}) -ge 1")
        self.goes_on()

    def goes_on(self):
        """More numbers come, none was left out and none came twice."""
        last = int(self.host.run(f"wc -l <{LOG}"))
        self.host.wait(f"test $(wc -l <{LOG}) -ge {last + 5} || grep over {LOG}")
        self.host.run(f"n=$(wc -l <{LOG}); head -n $n {LOG} >/tmp/seen; seq $n | cmp - /tmp/seen")

    def save(self):
        self.host.run(f"xl save saved {SAVE} >/tmp/log 2>&1", timeout=300)
        self.host.run("! xl domid saved 2>/dev/null")

    def migrate(self):
        """Live, to the machine that it is on."""
        self.host.run("xl migrate -s '' saved 'xl migrate-receive' >/tmp/log 2>&1 || { cat /tmp/log; false; }", 300)
        self.goes_on()

    def restore(self):
        self.host.run(f"xl restore {SAVE} >/tmp/log 2>&1 || {{ cat /tmp/log; false; }}", timeout=300)
        self.goes_on()


def rounds(host, count):
    """Saves and restores in a row: every frame comes back each time, and the connection goes on."""
    before = host.free_frames()
    guest = Guest(host)
    for _ in range(count):
        guest.save()
        host.wait_frames(before)
        guest.restore()


def state(host, wanted):
    host.wait(f"xl list saved | grep -- '{wanted}'")


SAYS = "sleep 1 | timeout -s KILL 4 xl console saved | grep 'still: {}'"


def unpaused(host, what):
    """It was paused and had not got to saying what it is; it does when it is let."""
    state(host, "--p---")
    host.run(f"! {{ {SAYS.format(what)}; }}")
    host.run("xl unpause saved")
    host.wait(SAYS.format(what))
    state(host, "-b----")


def test_kept_and_paused(host):
    """The guest goes on after `save -c`, stays paused after `save -p` and `restore -p`; both files hold it."""
    dom0 = host()
    before = dom0.free_frames()
    dom0.configure("saved", **small(extra="suspend", memory=8))
    dom0.run(f"/tmp/kit/saves/make /tmp/saved.cfg {SAVE} -c", 120)
    dom0.wait(SAYS.format("goes on"))
    state(dom0, "-b----")
    dom0.run("xl destroy saved")
    dom0.run(f"/tmp/kit/saves/make /tmp/saved.cfg {SAVE}.2 -p", 120)
    unpaused(dom0, "goes on")
    dom0.run("xl destroy saved")
    for file in (SAVE, SAVE + ".2"):
        dom0.run(f"xl restore -p {file} >/tmp/log 2>&1", 120)
        unpaused(dom0, "restored")
        dom0.run("xl destroy saved")
    dom0.wait_frames(before)


def test_twice(host):
    rounds(host(), 2)


def test_ten_times(host):
    rounds(host(), 10)


def test_live_migration(host):
    """Refused: nothing is left of the attempt but a line that says why, and the guest runs on."""
    dom0 = host()
    guest = Guest(dom0)
    number = dom0.run("xl domid saved")
    dom0.run("! xl migrate -s '' saved 'xl migrate-receive' >/tmp/log 2>&1", timeout=300)
    assert list(dom0.domains()) == ["Domain-0", "saved"]
    assert dom0.run("xl domid saved") == number
    if "xenolith" in dom0.run("xl info | grep xen_version"):
        assert "live migration needs log-dirty mode, which PV guests do not have" in dom0.run("xl dmesg | tail -n 20")
    guest.goes_on()
