# SPDX-License-Identifier: GPL-2.0-or-later
"""The rig's own ways out, of a guest's console that reads late and of a machine that is slow to die: no QEMU is needed
for it."""
import sys

import pytest

import rig as rigs

pytestmark = pytest.mark.quick

# xenconsole's rule: Ctrl-] leaves when it is all that a read() gets. Reading late, it gets all that was typed before.
CONSOLE = """
import os, time, tty
tty.setraw(0)
print("guest: hello\\r")
late = float(os.environ["LATE"])
while True:
    time.sleep(late)
    text = os.read(0, 4096)
    if text == b"\\x1d":
        break
    print("guest: got %r\\r" % text, flush=True)
os.system("stty sane")
"""


@pytest.fixture
def dom0(rig, tmp_path):
    """A rig whose machine is a shell on this one."""
    (tmp_path / "console.py").write_text(CONSOLE)
    machine = rig(modules=[])
    machine.argv = ["bash", "-c", "stty sane; PS1= PS2= exec bash --norc --noprofile --noediting"]
    with machine:
        machine.run("PS1= PS2=")
        yield machine, f"{sys.executable} {tmp_path}/console.py"


def attach(dom0, late):
    machine, command = dom0
    machine.console(f"LATE={late} {command}")
    machine.expect("guest: hello")
    return machine


def usable(machine):
    assert machine.run("echo here") == "here"


def test_the_end_waits_for_the_machine(rig):
    """However long it takes to die: here pexpect would look at once."""
    machine = rig(modules=[])
    machine.argv = ["bash", "-c", "trap '' HUP INT; echo up; while :; do sleep 60; done"]
    with machine:
        machine.expect("up")
        machine.child.ptyproc.delayafterclose = machine.child.ptyproc.delayafterterminate = 0


def test_alone(dom0):
    machine = attach(dom0, 0)
    machine.leave()
    usable(machine)


def test_one_write_with_what_follows(dom0):
    """Both come in one read(), as on a busy machine: the guest has them, and leave() leaves all the same."""
    machine = attach(dom0, 1)
    machine.child.send("\x1dtrue\n")
    machine.expect(r"guest: got b'\\x1dtrue")
    machine.leave()
    usable(machine)


def test_behind_what_is_on_its_way(dom0):
    machine = attach(dom0, 1)
    machine.child.send("some text")
    machine.leave()
    usable(machine)


def test_slower_than_its_patience(dom0):
    """The answer comes after a second Ctrl-] was typed, which then is dom0's."""
    machine = attach(dom0, 7)
    machine.leave()
    usable(machine)


def test_slow_to_die(rig):
    """pexpect gives a killed process a tenth of a second to be gone; the rig waits until it is."""
    machine = rig(modules=[])
    machine.argv = ["bash", "-c", "trap '' HUP; echo deaf; exec sleep 600"]
    with machine:
        machine.expect("deaf")
        machine.child.ptyproc.terminate = lambda force: False  # which is what it says of one that is not
    assert not machine.child.isalive()


def test_prompt_after_a_long_boot(rig, monkeypatch):
    """As long as something comes the shell is waited for, however long that takes."""
    monkeypatch.setattr(rigs, "SECONDS", 4)
    machine = rig(modules=[])
    boot = "stty sane; for i in $(seq 8); do echo booting; sleep 1; done"
    machine.argv = ["bash", "-c", f"{boot}; PS1='dom0:~# ' exec bash --norc --noprofile --noediting -i"]
    with machine:
        machine.quiet()
        usable(machine)
