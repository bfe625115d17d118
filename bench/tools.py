#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What Debian's xl and the guests' devices cost: the hypervisor under test beside Debian's Xen.

usage: tools.py [--build DIR] [--debian 12|13] [--where COUNT] HYPERVISOR PEER

bench/tools.sh runs in dom0, xl and all, and ends its phases by marks that bench/profile.c sees. QEMU runs one CPU with
a clock that counts instructions (-icount), so a run repeats. A row shows all instructions of the phase (dom0's, the
guests' and the hypervisor's, without idle time) and those in the hypervisor alone; the last table has the virtual time
that dom0 saw, idle time included. A ratio below 1 says that the hypervisor under test needs less.
"""
import argparse
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../image"))
import newc  # pylint: disable=wrong-import-position,import-error
from boot import LINE, Profile, Symbols  # pylint: disable=wrong-import-position

OPTIONS = "console=com1 com1=115200,8n1 dom0_mem=1024M"
SECONDS = 1500
MIB = 32  # that each throughput row moves

# name, the mark that begins it, the mark that ends it; the order is that of the run
PHASES = [
    ("xl create, 256 MiB, to the guest's init", 1, 2),
    ("xl save, 256 MiB", 3, 4),
    ("xl restore, 256 MiB", 4, 5),
    ("xl destroy, 256 MiB", 6, 7),
    (f"network, guest to guest, {MIB} MiB", 8, 9),
    (f"disk read, backend in dom0, {MIB} MiB", 10, 11),
    (f"disk write, backend in dom0, {MIB} MiB", 12, 13),
]
TRANSFERS = PHASES[4:]
# Of each Debian release: its kernel, its images' folder.
RELEASES = {"12": ("6.1", ""), "13": ("6.12", "13")}
SERVER = f"#!/bin/sh\ndd if=/dev/zero of=/tmp/big bs=1M count={MIB}; echo ready >/tmp/small; httpd -h /tmp\n"
CLIENT = f"""#!/bin/sh
until wget -q -O /dev/null http://10.1.0.2/small; do sleep 1; done
mark 8; wget -q -O /dev/null http://10.1.0.2/big; mark 9
mark 10; dd if=/dev/xvda of=/dev/null bs=1M count={MIB}; mark 11
mark 12; dd if=/dev/zero of=/dev/xvda bs=1M count={MIB} conv=fsync; mark 13
poweroff -f
"""


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def archive(path, first, files):
    """An initramfs: the file named first, if any, and after it an archive of files {path: (data, mode)}."""
    tree = newc.Tree()
    tree.directory("dev")
    tree.char_device("dev/console", 5, 1)
    for name, (data, mode) in files.items():
        tree.file(name, data, mode)
    with open(path, "wb") as out:
        if first:
            data = read(first)
            out.write(data + bytes(-len(data) % 4))
        tree.write(out)


def make_initrd(build, debian):
    """dom0's image with the script, the guests' kernel and their images in it; returns (kernel's path, its path)."""
    (version, release), folder = RELEASES[debian], os.path.join(build, "bench")
    kernel, image = os.path.join(build, "image/vmlinuz-" + version), os.path.join(build, "image", release)
    mark = read(folder, "mark")
    small, guest, dom0 = (os.path.join(folder, name) for name in ("mark.cpio", "domu.gz", "dom0.gz"))
    archive(small, None, {"init": (mark, 0o755)})
    archive(guest, os.path.join(image, "domu.cpio.gz"),
            {"usr/bin/mark": (mark, 0o755), "etc/server": (SERVER.encode(), 0o755),
             "etc/client": (CLIENT.encode(), 0o755)})
    archive(dom0, os.path.join(image, f"dom0-{version}.cpio.gz"),
            {"usr/bin/mark": (mark, 0o755), "etc/rig/run": (read(HERE, "tools.sh"), 0o755),
             "guest/vmlinuz": (read(kernel), 0o644), "guest/mark.cpio": (read(small), 0o644),
             "guest/domu.gz": (read(guest), 0o644)})
    return kernel, dom0


def run(hypervisor, modules, build):
    """One boot. Returns {mark: Profile that ends there}, {mark: virtual nanoseconds} of dom0's marks."""
    name = os.path.basename(hypervisor)
    stem = os.path.join(os.path.abspath(build), "bench", "tools-" + name)
    serial, plugin = stem + ".log", os.path.join(os.path.abspath(build), "bench/profile.so")
    for old in [serial] + profiles(stem):
        if os.path.exists(old):
            os.remove(old)
    kernel, initrd = modules
    argv = ["qemu-system-x86_64", *LINE, "-m", "2048", "-serial", f"file:{serial}",
            "-plugin", f"{plugin},out={stem}", "-kernel", hypervisor, "-append", OPTIONS,
            "-initrd", f"{kernel} console=hvc0 quiet,{initrd}"]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
        try:
            text = wait_for_end(serial, process)
        finally:
            process.kill()
    elf = os.path.join(os.path.dirname(hypervisor), "hv/xenolith.elf")
    symbols = Symbols(elf if name == "xenolith" and os.path.exists(elf) else None)
    result = {}
    for path in profiles(stem):
        result[int(path.rsplit(".", 1)[1])] = Profile(path, symbols)
    return result, {int(mark): int(clock) for mark, clock in re.findall(r"MARK (\d+) (\d+)", text)}


def profiles(stem):
    """The plugin's files, in the order in which they were written."""
    folder, base = os.path.split(stem)
    found = [name for name in os.listdir(folder) if re.fullmatch(re.escape(base) + r"\.\d+\.\d+", name)]
    return [os.path.join(folder, name) for name in sorted(found, key=lambda name: int(name.split(".")[-2]))]


def wait_for_end(serial, process):
    """The serial log, once the script has ended well."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        text = read(serial).decode("utf-8", "replace") if os.path.exists(serial) else ""
        if "TOOLS end" in text:
            return text
        if "TOOLS FAILED" in text:
            time.sleep(5)  # for the rest of what it says
            break
        time.sleep(0.5)
    raise SystemExit(f"bench: the script did not end well, see the end of {serial}:\n"
                     + "\n".join(read(serial).decode("utf-8", "replace").splitlines()[-15:]))


# --- report ---
def row(name, numbers, form):
    cells = (f"{ours:{form}} {theirs:{form}} {ours / theirs if theirs else 0:6.2f}  " for ours, theirs in numbers)
    print(f"{name:42}", *cells)


def report(ours, theirs, names, where):
    (counts, clock), (peer_counts, peer_clock) = ours, theirs
    print(f"{'millions of instructions':42} {'all':^27} {'in the hypervisor':^27}")
    print(f"{'':42}", *2 * [f"{names[0]:>9} {names[1]:>9}  ratio  "])
    for name, _, mark in PHASES:
        row(name, [(counts[mark].total / 1e6, peer_counts[mark].total / 1e6),
                   (counts[mark].hypervisor.total() / 1e6, peer_counts[mark].hypervisor.total() / 1e6)], "9.1f")
    print(f"\n{'KiB moved by a million instructions':42} {names[0]:>9} {names[1]:>9}  ratio")
    for name, _, mark in TRANSFERS:
        row(name, [(MIB * 1024e6 / counts[mark].total, MIB * 1024e6 / peer_counts[mark].total)], "9.1f")
    print(f"\n{'virtual milliseconds':42} {names[0]:>9} {names[1]:>9}  ratio")
    for name, begin, end in PHASES:
        if begin in clock and end in clock:
            row(name, [((clock[end] - clock[begin]) / 1e6, (peer_clock[end] - peer_clock[begin]) / 1e6)], "9.1f")
    for name, _, mark in PHASES if where else []:
        print(f"\n{name}: millions of instructions in the hypervisor by function")
        for function, count in counts[mark].hypervisor.most_common(where):
            print(f"  {count / 1e6:10.2f} {100 * count / counts[mark].total:5.1f} %  {function}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--debian", choices=RELEASES, default="12", help="whose kernel and tools dom0 has")
    parser.add_argument("--where", type=int, default=0, metavar="COUNT",
                        help="show the hypervisor's busiest functions of each phase")
    parser.add_argument("hypervisor")
    parser.add_argument("peer")
    options = parser.parse_args()
    modules = make_initrd(options.build, options.debian)
    ours, theirs = (run(path, modules, options.build) for path in (options.hypervisor, options.peer))
    for path, (counts, _) in ((options.hypervisor, ours), (options.peer, theirs)):
        missing = [mark for _, begin, end in PHASES for mark in (begin, end) if mark not in counts]
        if missing:
            raise SystemExit(f"bench: {path} never came to the marks {missing}")
    report(ours, theirs, [os.path.basename(path) for path in (options.hypervisor, options.peer)], options.where)


if __name__ == "__main__":
    main()
