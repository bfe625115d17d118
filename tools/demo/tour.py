#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A tour of the hypervisor: dom0 starts, and Debian's own xl runs a guest there.

usage: tour.py [-v]     HV, BUILD and DEBIAN in the environment choose the hypervisor, where things are built, and of
                        which release dom0 and the guest are (12 or 13)

Each step says what it does, types commands, shows what they print and checks it. The first one that fails ends the
tour with what was wrong and exit status 1. The whole conversation with the machine is in BUILD/test/boot/demo.log.
"""
import argparse
import contextlib
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../test/boot"))
import rig as rigs  # pylint: disable=wrong-import-position,import-error

SHOWN = 14  # lines of an output that are shown
BOOT_SECONDS = 300


class Failed(Exception):
    """A step's check did not hold."""


def show(text):
    lines = [line for line in text.replace("\r", "").split("\n") if line.strip()]
    hidden = len(lines) - SHOWN
    if hidden > 0:
        print(f"      ... {hidden} lines before ...")
    for line in lines[-SHOWN:]:
        print(f"      {line}")
    sys.stdout.flush()


def require(condition, what):
    if not condition:
        raise Failed(what)


class Tour:
    def __init__(self, machine):
        self.machine = machine
        self.free = None  # MiB before the guest
        self.beats = None  # what the guest's counter said when it was saved

    def dom0(self, command, timeout=120):
        print(f"    dom0:~# {command}")
        text = self.machine.run(command, timeout=timeout)
        show(text)
        return text

    @contextlib.contextmanager
    def console(self, command, greeting):
        """xl's console of the guest; gives a function that types a command into the guest's shell and returns what
        it printed.

        With a greeting the guest boots first, and its shell gets a loop to read commands, which neither prompts nor
        edits: the terminal's own echo is all there is, and paces the typing.
        """
        machine = self.machine
        print(f"    dom0:~# {command}")
        machine.console(command)
        if greeting:
            found = machine.expect(rf"(?:{greeting})|<<left:(?P<left>\d+)>>", timeout=BOOT_SECONDS)
            require(not found["left"], f"{command!r} ended with status {found['left']}: {machine.child.before[-800:]}")
            show(machine.child.before + machine.child.after)
            machine.child.sendline("")
            machine.expect(r"# ")
            machine.type('while read -r line; do eval "$line"; done')
            machine.child.sendline("")

        def guest(line, timeout=120):
            print(f"    guest:~# {line}")
            mark = 'echo "<<guest:$?>>"'
            machine.type(f"{line}; {mark}")
            machine.child.sendline("")
            status = machine.expect(r"<<guest:(\d+)>>", timeout)[1]
            text = machine.child.before.replace("\r", "").rsplit(mark, 1)[-1].strip()
            show(text)
            require(status == "0", f"in the guest, {line!r} ended with status {status}")
            return text

        yield guest
        machine.leave()
        print("    (Ctrl-] leaves the console)")

    # --- the steps, in their order ---
    def boot(self):
        """The hypervisor starts Debian's kernel as dom0"""
        release, cpus = self.machine.shell(timeout=BOOT_SECONDS)
        self.machine.run("set -o pipefail")
        print(f"      dom0's shell is there: Linux {release}, {cpus} CPU(s)")
        require(self.dom0("cat /sys/hypervisor/type") == "xen", "dom0 does not see a Xen hypervisor")
        info = self.dom0("xl info | grep -E 'release|xen_(version|caps|scheduler)|_memory|nr_cpus'")
        require("xen-3.0-x86_64" in info, "no PV guests in xen_caps")
        self.free = self.free_memory()

    def free_memory(self):
        return int(re.search(r"free_memory *: (\d+)", self.machine.run("xl info"))[1])

    def create_guest(self):
        """libxl gives a hot-plug script 40 s, which nothing changes: where that is too little, once more."""
        for _ in range(10):
            text = self.dom0("xl create guest.cfg 2>&1; echo status $?")
            if "because of timeout" not in text:
                break
            print("      this machine is busy, and libxl did not wait for a script: once more")
        require(text.endswith("status 0"), "xl create failed")

    def create(self):
        """xl creates a guest with two CPUs, a disk and a network card; its console"""
        self.dom0("grep -v '^#' guest.cfg")
        self.create_guest()
        with self.console("xl console guest", r"domu: ready[^\n]*\n") as guest:
            require(guest("grep -c ^processor /proc/cpuinfo") == "2", "the guest does not have two CPUs")
            guest("uname -a")
            guest("mount /dev/xvda /mnt && cd /mnt && sha256sum -c payload.sha256")
            guest("(while sleep 1; do echo >>/tmp/beats; done) & true")
        require(re.search(r"^guest .* 2 +[rb-]", self.dom0("xl list"), re.M), "xl list does not show the guest")

    def network(self):
        """Over the bridge: ping both ways, and a file by HTTP"""
        self.dom0("brctl show xenbr0")
        self.dom0("ping -c 3 10.1.0.2")
        digest = self.dom0("httpd -h /guest && cat /guest/payload.sha256").split()[0]
        with self.attach() as guest:
            guest("ping -c 3 10.1.0.1")
            require(guest("wget -q -O - http://10.1.0.1/payload | sha256sum").split()[0] == digest,
                    "the file that the guest fetched is not the one that dom0 has")

    def attach(self):
        return self.console("xl console guest", None)

    def save(self):
        """xl saves the guest to a file; it is gone from memory"""
        with self.attach() as guest:
            self.beats = int(guest("wc -l </tmp/beats"))
        self.dom0("xl save guest /guest/saved 2>&1 | grep -v Frames", timeout=300)
        self.dom0("ls -l /guest/saved")
        require("guest" not in self.dom0("xl list"), "the guest is still there")

    def restore(self):
        """xl restores it: the same memory, the same processes"""
        self.dom0("xl restore /guest/saved", timeout=300)
        require("guest" in self.dom0("xl list"), "the guest did not come back")
        self.dom0("ping -c 3 10.1.0.2")
        with self.attach() as guest:
            beats = int(guest("sleep 3; wc -l </tmp/beats"))
            require(beats > self.beats, f"the counter in the guest stands at {beats}, was {self.beats}")
            guest("echo 3 >/proc/sys/vm/drop_caches; sha256sum -c payload.sha256")

    def destroy(self):
        """xl destroys the guest, and all of its memory is free again"""
        self.dom0("xl destroy guest")
        require("guest" not in self.dom0("xl list"), "the guest is still there")
        free = self.free_memory()
        print(f"      free memory: {free} MiB, before the guest {self.free} MiB")
        require(free == self.free, f"{self.free - free} MiB did not come back")
        self.dom0("xl dmesg | tail -n 5")

    STEPS = (boot, create, network, save, restore, destroy)


def devices(disk):
    return ["-drive", f"if=none,id=disk,format=raw,snapshot=on,file={disk}", "-device", "virtio-blk-pci,drive=disk",
            "-nic", "none"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("-v", "--verbose", action="store_true", help="show all of every output")
    if parser.parse_args().verbose:
        global SHOWN  # pylint: disable=global-statement
        SHOWN = 1 << 30
    kernel, initrd, disk = rigs.debian(os.environ.get("DEBIAN", "12"))
    modules = [(kernel, "console=hvc0"), (initrd, "")]
    with rigs.Rig("demo", devices=devices(disk), modules=modules) as machine:
        print(f"{rigs.HV} in QEMU; the whole log: {machine.path}.log")
        tour = Tour(machine)
        for number, step in enumerate(Tour.STEPS, 1):
            print(f"\n{number}/{len(Tour.STEPS)}  {step.__doc__.splitlines()[0]}", flush=True)
            try:
                step(tour)
            except (Failed, rigs.RigError) as error:
                print(f"\ndemo: FAILED in step {number}, '{step.__name__}': {error}", file=sys.stderr)
                return 1
            print("      ok", flush=True)
        machine.child.sendline("poweroff")
        machine.wait_end()
    print("\ndemo: all steps passed")
    return 0


sys.exit(main())
