# SPDX-License-Identifier: GPL-2.0-or-later
"""dom0 with Debian's tools and something to start: what the tests of xl share.

The machine has the disk of `make run` (mounted on /guest: a Linux guest's kernel, initramfs and disk) and a tar archive
with our own small kernels and the scripts that dom0 runs, unpacked in /tmp/kit. Host talks to a machine that is up,
through dom0's shell.
"""
import json
import os
import re
import shlex
import subprocess
import time

import pexpect

import rig as rigs

GUESTS = os.path.join(rigs.BUILD, "guests")
KERNELS = ("still", "hello", "selftest", "pvh")
LINUX = {"kernel": "/guest/vmlinuz", "ramdisk": "/guest/initrd.gz", "extra": "console=hvc0", "memory": 128}


def small(**more):
    """A configuration of guests/still, which does what its command line (extra) says."""
    return {"kernel": "/tmp/kit/still.elf", "memory": 32, **more}


def archive(path):
    """A disk that is a tar archive of our kernels and of the scripts that dom0 runs."""
    names = [name + ".elf" for name in KERNELS]
    scripts = os.path.join(rigs.TOP, "test/boot")
    files = ["-C", GUESTS, *names, "-C", scripts, "tour", "saves"]
    subprocess.run(["tar", "-chf", path, "--format=ustar", *files], check=True)
    os.truncate(path, (os.path.getsize(path) + 511) // 512 * 512)


def devices(kit, scratch=None, network="none"):
    """scratch: a file as a third disk, /dev/vdc, by which dom0 hands something out. network: QEMU's -nic."""
    words = ["-nic", network]
    for name, file in (("disk", rigs.image("disk.img")), ("kit", kit), ("scratch", scratch)):
        if file:
            snapshot = "off" if file == scratch else "on"
            words += ["-drive", f"if=none,id={name},format=raw,snapshot={snapshot},file={file}"]
            words += ["-device", f"virtio-blk-pci,drive={name}"]
    return words


class Host:
    """dom0 of a machine that reached its shell."""

    def __init__(self, machine):
        self.machine = machine
        self.run = machine.run
        self.run("mkdir -p /tmp/kit && tar xf /dev/vdb -C /tmp/kit && test -e /guest/vmlinuz")

    def configure(self, name, **items):
        """Write /tmp/NAME.cfg."""
        lines = [f"{key}={json.dumps(value)}" for key, value in {"name": name, **items}.items()]
        self.run(f"printf '%s\\n' {shlex.join(lines)} >/tmp/{name}.cfg")

    def create(self, name, words="", timeout=120):
        """libxl gives a hot-plug script 40 s, which nothing changes; where that is too little, once more."""
        for _ in range(10):
            text = self.run(f"xl create -q {words} /tmp/{name}.cfg 2>&1 || echo status=$?", timeout)
            if "because of timeout" not in text:
                break
        if "status=" in text:
            self.machine.fail(f"xl create {name}: {text}")
        return text

    def free_frames(self):
        """How many frames nobody has, by the hypervisor's own books."""
        self.run("xl debug-keys H")
        found = re.findall(r"(\d+) of them free", self.run("xl dmesg | grep 'of them free' | tail -n 1"))
        return int(found[-1])

    def wait(self, command, seconds=rigs.SECONDS):
        """Until a command of dom0 succeeds."""
        end = time.monotonic() + seconds
        while self.run(f"{command} >/dev/null 2>&1 && echo yes || echo no", check=False).split()[-1:] != ["yes"]:
            if time.monotonic() > end:
                self.machine.fail(f"{seconds} s without success of {command!r}")

    def wait_gone(self, name, seconds=rigs.SECONDS):
        self.wait(f"! xl domid {name}", seconds)

    def wait_frames(self, count, seconds=rigs.SECONDS):
        """Until exactly as many frames are free; memory of a domain that ended comes back in pieces."""
        end = time.monotonic() + seconds
        while (free := self.free_frames()) != count:
            if time.monotonic() > end:
                self.machine.fail(f"{free} frames are free, not {count}")

    def domains(self):
        """{name: (id, MiB, vCPUs, state, CPU seconds)} as `xl list` shows them."""
        found = {}
        for line in self.run("xl list").splitlines()[1:]:
            match = re.match(r"(\S.*?)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\S{6})\s+([\d.]+)$", line)
            if match:
                found[match[1]] = (int(match[2]), int(match[3]), int(match[4]), match[5], float(match[6]))
        return found


class Console:
    """`xl console` of a Linux guest, typed into the terminal of dom0, a Host or a Rig: a context in which run() is the
    guest's shell.

    The shell is given a loop that reads commands, which neither prompts nor edits: what comes back is the terminal's
    echo and the command's output.
    """
    ASK = 'echo "<<loop:"{}":$LOOP>>"'
    LOOP = 'LOOP=1; while read -r line; do eval "$line"; done'

    def __init__(self, host, name):
        self.machine, self.name = getattr(host, "machine", host), name

    def ask(self, number):
        """Whether the guest's shell runs the loop, or None if it doesn't answer yet. An answer to an earlier question,
        which it may give late, has another number."""
        self.machine.child.sendline(self.ASK.format(number))
        patterns = [rf"<<loop:{number}:>>", rf"<<loop:{number}:1>>", pexpect.TIMEOUT]
        return (False, True, None)[self.machine.child.expect(patterns, timeout=10)]

    def __enter__(self):
        self.machine.console(f"xl console {self.name}")
        for number in range(rigs.SECONDS // 10):
            loops = self.ask(number)
            if loops:
                return self
            if loops is False:
                self.machine.child.sendline(self.LOOP)
        return self.machine.fail(f"the shell of guest {self.name} doesn't read commands")

    def run(self, command, timeout=rigs.SECONDS, check=True):
        mark = 'echo "<<guest:""$?>>"'
        self.machine.type(f"{command}; {mark}")
        self.machine.child.sendline("")
        match = self.machine.expect(r"<<guest:(\d+)>>", timeout)
        text = self.machine.child.before.replace("\r", "").rsplit(mark, 1)[-1]
        if check and match[1] != "0":
            self.machine.fail(f"in guest {self.name}: {command!r} gave status {match[1]}: {text}")
        return text.strip()

    def __exit__(self, *_):
        self.machine.leave()
