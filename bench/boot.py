#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a boot of dom0 costs: the hypervisor under test beside Debian's Xen.

usage: boot.py --build DIR --kernel FILE --initrd FILE HYPERVISOR PEER

Instructions: QEMU runs one CPU with a clock that counts instructions (-icount), so a run repeats, and bench/profile.c
counts them by address. dom0's first instruction is known from its kernel's ELF note; its init is seen on the serial
port, some milliseconds late (a few million instructions). Idle time doesn't count.

Memory: what the hypervisor keeps of a machine with 4 GiB, from its own messages and debug keys.
"""
import argparse
import bisect
import collections
import lzma
import os
import re
import struct
import subprocess
import sys
import time
import zlib

LINE = ["-M", "q35", "-accel", "tcg", "-cpu", "EPYC,-smap,-monitor", "-m", "4096", "-smp", "1", "-display", "none",
        "-nic", "none", "-vga", "none", "-seed", "1", "-no-reboot", "-monitor", "none",
        "-rtc", "base=2026-01-01,clock=vm", "-icount", "shift=0,sleep=off"]
OPTIONS = "console=com1 com1=115200,8n1 dom0_mem=1024M"
SECONDS = 300
HYPERVISOR = range(0xffff800000000000, 0xffff880000000000)  # what the PV ABI leaves to it
UNPACKING = re.compile(r"lzma|x86_code|simple_|delta_|bcj|ZSTD|HUF|inflate|LZ4|unpack|crc32")
DOM0_MIB = 1024


def entry_address(bzimage):
    """The virtual address of a kernel's first PV instruction: its ELF note XEN_ELFNOTE_ENTRY."""
    with open(bzimage, "rb") as file:
        data = file.read()
    start = (data[0x1f1] + 1) * 512 + struct.unpack_from("<I", data, 0x248)[0]
    payload = data[start:start + struct.unpack_from("<I", data, 0x24c)[0]]
    if payload.startswith(b"\xfd7zXZ"):
        kernel = lzma.LZMADecompressor().decompress(payload)
    elif payload.startswith(b"\x1f\x8b"):
        kernel = zlib.decompressobj(31).decompress(payload)
    else:
        raise SystemExit(f"bench: {bzimage} is neither xz nor gzip inside; take Debian's 6.1")
    note = struct.pack("<III", 4, 8, 1) + b"Xen\0"
    return struct.unpack_from("<Q", kernel, kernel.index(note) + len(note))[0]


def wait_for(path, pattern, process):
    """Until the serial log has the pattern."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        if os.path.exists(path):
            with open(path, "rb") as file:
                if re.search(pattern, file.read()):
                    return
        time.sleep(0.002)
    raise SystemExit(f"bench: no {pattern} in {path} after {SECONDS} s")


# --- instructions ---
class Symbols:
    """Function names by address; without an ELF file with symbols everything is the hypervisor's."""

    def __init__(self, elf):
        self.address, self.name = [], []
        lines = []
        if elf:
            nm = subprocess.run(["nm", "-n", elf], capture_output=True, text=True, check=True)
            lines = nm.stdout.splitlines()
        for address, kind, name in (line.split()[:3] for line in lines):
            if kind in "tTwW":
                self.address.append(int(address, 16))
                self.name.append(name)

    def __getitem__(self, address):
        index = bisect.bisect(self.address, address) - 1
        return self.name[index] if index >= 0 else "the hypervisor"


class Profile:
    """One phase: who executed how many instructions."""

    def __init__(self, path, symbols):
        self.hypervisor = collections.Counter()
        self.total = 0
        with open(path, encoding="ascii") as file:
            for line in file:
                address, count = line.split()
                self.total += int(count)
                if int(address, 16) in HYPERVISOR:
                    self.hypervisor[symbols[int(address, 16)]] += int(count)
        os.remove(path)

    def unpacking(self):
        return sum(count for name, count in self.hypervisor.items() if UNPACKING.search(name))


def profile(hypervisor, options):
    """(Profile until dom0's first instruction, Profile from there until its init)."""
    stem = os.path.join(os.path.abspath(options.build), "bench", os.path.basename(hypervisor))
    plugin, serial = os.path.join(os.path.dirname(stem), "profile.so"), stem + ".log"
    if os.path.exists(serial):
        os.remove(serial)
    argv = ["qemu-system-x86_64", *LINE, "-serial", f"file:{serial}",
            "-plugin", f"{plugin},out={stem},split={options.entry:#x}",
            "-kernel", hypervisor, "-append", OPTIONS, "-initrd", f"{options.kernel} console=hvc0,{options.initrd}"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(serial, rb"Run /init as init process", process)
            process.terminate()
            process.wait(60)
        finally:
            process.kill()
    elf = os.path.join(os.path.dirname(hypervisor), "hv/xenolith.elf")
    symbols = Symbols(elf if os.path.basename(hypervisor) == "xenolith" and os.path.exists(elf) else None)
    return [Profile(f"{stem}.{phase}", symbols) for phase in ("before", "after")]


# --- memory ---
def memory(hypervisor, rigs):
    """(MiB of the image when boot is over, MiB of 4 GiB that neither dom0 nor the heap of free memory has)."""
    name = "bench-" + os.path.basename(hypervisor)
    with rigs.Rig(name, hv=hypervisor, mem=4096, options=f"dom0_mem={DOM0_MIB}M") as machine:
        ram = machine.expect(r"\(XEN\) (?:memory: (\d+) MiB of RAM|System RAM: \d+MB \((\d+)kB\))")
        ram = float(ram[1]) if ram[1] else int(ram[2]) / 1024
        image = machine.expect(r"\(XEN\) (?:memory: image (\d+) KiB|Freed (\d+)kB init memory)")
        image = int(image[1]) / 1024 if image[1] else load_bytes(hypervisor) / (1 << 20) - int(image[2]) / 1024
        machine.shell()
        machine.child.send("\x01\x01\x01")
        machine.expect("Serial input to")
        machine.child.send("m")
        free = machine.expect(r"frames, \d+ of them free \((\d+) KiB\)|Dom heap: (\d+)kB free")
        free = int(free[1] or free[2]) / 1024
    return image, ram - DOM0_MIB - free


def load_bytes(hypervisor):
    """What the image takes in memory at the start: its loadable segments."""
    text = subprocess.run(["readelf", "-lW", hypervisor], capture_output=True, text=True, check=True).stdout
    return sum(int(size, 16) for size in re.findall(r"LOAD\s+(?:0x\w+\s+){4}(0x\w+)", text))


# --- report ---
def print_row(name, ours, theirs, form="10.1f"):
    print(f"{name:54} {ours:{form}} {theirs:{form}} {ours / theirs:7.2f}")


def print_where(title, phase, count=12):
    print(f"\n{title}, millions of instructions in the hypervisor by function")
    for name, instructions in phase.hypervisor.most_common(count):
        print(f"  {instructions / 1e6:10.1f} {100 * instructions / phase.total:5.1f} %  {name}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--initrd", required=True)
    parser.add_argument("hypervisor")
    parser.add_argument("peer")
    options = parser.parse_args()
    options.entry = entry_address(options.kernel)
    os.environ["BUILD"] = os.path.abspath(options.build)
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../test/boot"))
    import rig as rigs  # pylint: disable=import-outside-toplevel,import-error

    (before, after), (peer_before, peer_after) = (profile(path, options) for path in (options.hypervisor, options.peer))
    names = [os.path.basename(path) for path in (options.hypervisor, options.peer)]
    print(f"{'millions of instructions':54} {names[0]:>10} {names[1]:>10}   ratio")
    rows = [("reset to just before dom0's first instruction", before.total, peer_before.total),
            ("dom0's first instruction to its init", after.total, peer_after.total),
            ("  of it in the hypervisor", after.hypervisor.total(), peer_after.hypervisor.total()),
            ("reset to dom0's init", before.total + after.total, peer_before.total + peer_after.total)]
    for name, ours, theirs in rows:
        print_row(name, ours / 1e6, theirs / 1e6)
    print(f"{'  unpacking the kernel (in the first row)':54} {before.unpacking() / 1e6:10.1f}")
    print(f"\n{'MiB of memory':54}")
    (image, kept), (peer_image, peer_kept) = memory(options.hypervisor, rigs), memory(options.peer, rigs)
    print_row("image, init memory given back", image, peer_image, "10.2f")
    print_row(f"of 4 GiB: neither dom0's ({DOM0_MIB} MiB) nor free", kept, peer_kept)
    print_where("before dom0's first instruction", before)
    print_where("while dom0 boots", after)


if __name__ == "__main__":
    main()
