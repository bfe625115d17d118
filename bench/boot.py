#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How many instructions a boot of dom0 takes: the hypervisor under test beside Debian's Xen.

usage: boot.py --build DIR --kernel FILE --initrd FILE HYPERVISOR PEER

QEMU counts instructions (-icount) and records the run, so that its monitor can say how many were executed; idle time
doesn't count. Points: the first line of output and dom0's init are seen on the serial port and the machine is stopped
there, some milliseconds late (up to 40 M instructions); dom0's first instruction is a breakpoint, exact to the instruction.
"""
import argparse
import lzma
import os
import re
import socket
import struct
import subprocess
import time
import zlib

LINE = ["-M", "q35", "-accel", "tcg", "-cpu", "EPYC,-smap,-monitor", "-m", "4096", "-smp", "1", "-display", "none", "-nic", "none",
        "-vga", "none", "-seed", "1", "-no-reboot", "-monitor", "none", "-rtc", "base=2026-01-01,clock=vm"]
OPTIONS = "console=com1 com1=115200,8n1 dom0_mem=1024M"
SECONDS = 120


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


class Gdb:
    """As much of GDB's remote protocol as stopping, going on and the monitor need."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.settimeout(SECONDS)
        self.buffer = b""

    def send(self, text):
        body = text.encode()
        self.socket.sendall(b"$%s#%02x" % (body, sum(body) & 255))

    def reply(self):
        while True:
            match = re.search(rb"\$([^#]*)#..", self.buffer)
            if match:
                self.buffer = self.buffer[match.end():]
                self.socket.sendall(b"+")
                return match[1].decode()
            data = self.socket.recv(4096)
            if not data:
                raise SystemExit("bench: QEMU ended")
            self.buffer += data

    def ask(self, text):
        self.send(text)
        return self.reply()

    def interrupt(self):
        self.socket.sendall(b"\x03")
        return self.reply()

    def instructions(self):
        answer, text = self.ask("qRcmd," + b"info replay".hex()), ""
        while answer != "OK":
            text += bytes.fromhex(answer.removeprefix("O")).decode()
            answer = self.reply()
        return int(re.search(r"instruction count = (\d+)", text)[1])


def wait_for(path, pattern):
    """Until the serial log has the pattern."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with open(path, "rb") as file:
            if re.search(pattern, file.read()):
                return
        time.sleep(0.002)
    raise SystemExit(f"bench: no {pattern} in {path} after {SECONDS} s")


def measure(hypervisor, options):
    """(first output, dom0's first instruction, dom0's init) in instructions since reset."""
    stem = os.path.join(options.build, "bench", os.path.basename(hypervisor))
    os.makedirs(os.path.dirname(stem), exist_ok=True)
    gdb_path, serial, record = stem + ".gdb", stem + ".log", stem + ".rr"
    for path in (gdb_path, serial, record):
        if os.path.exists(path):
            os.remove(path)
    argv = ["qemu-system-x86_64", *LINE, "-icount", f"shift=0,sleep=off,rr=record,rrfile={record}", "-S", "-serial", f"file:{serial}",
            "-chardev", f"socket,id=gdb,path={gdb_path},server=on,wait=off", "-gdb", "chardev:gdb",
            "-kernel", hypervisor, "-append", OPTIONS, "-initrd", f"{options.kernel} console=hvc0,{options.initrd}"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
        try:
            while not os.path.exists(gdb_path):
                time.sleep(0.05)
                if process.poll() is not None:
                    raise SystemExit(f"bench: QEMU does not start: {' '.join(argv)}")
            gdb = Gdb(gdb_path)
            points = []
            gdb.ask("?")
            gdb.ask(f"Z1,{options.entry:x},1")
            gdb.send("c")
            wait_for(serial, rb"\(XEN\)[^\n]*\n")
            gdb.interrupt()
            points.append(gdb.instructions())
            gdb.send("c")
            gdb.reply()
            points.append(gdb.instructions())
            gdb.ask(f"z1,{options.entry:x},1")
            gdb.send("c")
            wait_for(serial, rb"Run /init as init process")
            gdb.interrupt()
            points.append(gdb.instructions())
        finally:
            process.kill()
            if os.path.exists(record):
                os.remove(record)
    return points


def image_bytes(hypervisor):
    """What the image takes in memory: the loadable segments."""
    text = subprocess.run(["readelf", "-lW", hypervisor], capture_output=True, text=True, check=True).stdout
    return sum(int(size, 16) for size in re.findall(r"LOAD\s+(?:0x\w+\s+){4}(0x\w+)", text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--initrd", required=True)
    parser.add_argument("hypervisor")
    parser.add_argument("peer")
    options = parser.parse_args()
    options.entry = entry_address(options.kernel)
    ours, theirs = (measure(path, options) for path in (options.hypervisor, options.peer))
    print(f"{'millions of instructions since reset':38} {os.path.basename(options.hypervisor):>10} "
          f"{os.path.basename(options.peer):>10} {'ratio':>7}")
    for name, a, b in zip(("first line of output (seen late)", "just before dom0's first instruction", "dom0's init"), ours, theirs):
        print(f"{name:38} {a / 1e6:10.1f} {b / 1e6:10.1f} {a / b:7.2f}")
    a, b = image_bytes(options.hypervisor), image_bytes(options.peer)
    print(f"{'image in memory, MB':38} {a / 1e6:10.2f} {b / 1e6:10.2f} {a / b:7.2f}")


main()
