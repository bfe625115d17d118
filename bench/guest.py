#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What single operations cost a PV kernel, in instructions: here and on Debian's Xen.

usage: guest.py [--build DIR] [--cpu MODEL] [--smp CPUS] [--where COUNT] GUEST HYPERVISOR PEER

GUEST runs as dom0 with two vCPUs and measures itself by the TSC: guests/bench has operations by the hundred, guests/cpu
those of the CPU contract. QEMU's -icount shift=0 makes a tick an instruction, the guest's own included, so the figures
are the same on every machine. --where COUNT shows the hypervisor's busiest functions in each operation of guests/bench.
"""
import argparse
import collections
import glob
import math
import os
import re
import subprocess
import threading

SECONDS = 240
OPTIONS = "console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=all dom0_mem=64M dom0_max_vcpus=2"
RESULT = re.compile(r"BENCH ([^\n]+): (\d+)(?: \((\d+)\))?$", re.M)


def run(hypervisor, options, arguments=()):
    """What the guest prints."""
    argv = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", options.cpu, "-m", "512",
            "-smp", str(options.smp), "-display", "none", "-nic", "none", "-vga", "none", "-seed", "1", "-no-reboot",
            "-monitor", "none", "-rtc", "base=2026-01-01,clock=vm", "-icount", "shift=0,sleep=off", *arguments,
            "-serial", "stdio", "-kernel", hypervisor, "-append", OPTIONS, "-initrd", options.guest]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        stop = threading.Timer(SECONDS, process.kill)
        stop.start()
        lines = []
        for line in process.stdout:  # the guest's last word, or QEMU's end
            lines.append(line.decode("utf-8", "replace").strip())
            if "the end" in lines[-1]:
                break
        stop.cancel()
        process.terminate()
    log = "\n".join(lines) + "\n"
    guest, name = (os.path.splitext(os.path.basename(path))[0] for path in (options.guest, hypervisor))
    folder = os.path.join(options.build, "bench")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f"{guest}-{name}.log"), "w", encoding="utf-8") as file:
        file.write(log)
    if not RESULT.search(log):
        raise SystemExit(f"bench: {hypervisor} measured nothing, see {folder}")
    if "the end" not in log:
        print(f"bench: {hypervisor} did not come to the end, see {folder}/{guest}-{name}.log")
    return log


def measure(hypervisor, options):
    """{name: instructions} as the guest prints them, {name: why it was not measured}."""
    log = run(hypervisor, options)
    skipped = dict(re.findall(r"SKIP ([^\n]+?): ([^\n]+)", log))
    return {name: int(number) for name, number, _ in RESULT.findall(log)}, skipped


def report(ours, theirs, skipped, names):
    print(f"{'instructions each':42} {names[0]:>10} {names[1]:>10} {'ratio':>7}")
    ratios = []
    for name, count in ours.items():
        peer = theirs.get(name)
        if count and peer:
            ratios.append(count / peer)
        print(f"{name:42} {count:10} {'-' if peer is None else peer:>10} {f'{count / peer:.2f}' if peer else '-':>7}")
    for name, why in skipped.items():
        print(f"{name:42} {why}")
    slower = sum(ratio > 1 for ratio in ratios)
    mean = math.exp(sum(math.log(ratio) for ratio in ratios) / len(ratios))
    many = sum(ratio > 0.8 for ratio in ratios)
    print(f"{len(ratios)} compared: geometric mean {mean:.2f}, {slower} above 1, {many} above 0.8")


def where(hypervisor, options):
    """The hypervisor's functions in each operation: bench/profile.c counts between the guest's marks."""
    from boot import Profile, Symbols  # pylint: disable=import-outside-toplevel

    folder = os.path.abspath(os.path.join(options.build, "bench"))
    stem = os.path.join(folder, "where")
    for old in glob.glob(stem + ".*"):
        os.remove(old)
    log = run(hypervisor, options, ["-plugin", f"{folder}/profile.so,out={stem}"])
    symbols = Symbols(os.path.join(os.path.dirname(hypervisor), "hv/xenolith.elf"))
    ended = sorted(glob.glob(stem + ".*.2"), key=lambda path: int(path.split(".")[-2]))[1:]  # without the empty loop
    for (name, _, count), path in zip(RESULT.findall(log), ended):
        functions = Profile(path, symbols).hypervisor
        print(f"\n{name}: {sum(functions.values()) / int(count):.0f} in the hypervisor")
        for function, instructions in collections.Counter(functions).most_common(options.where):
            print(f"  {instructions / int(count):8.1f}  {function}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--cpu", default="EPYC,-smap,-monitor")
    parser.add_argument("--smp", type=int, default=1)
    parser.add_argument("--where", type=int, default=0, metavar="COUNT",
                        help="show the busiest functions of each operation")
    parser.add_argument("guest")
    parser.add_argument("hypervisor")
    parser.add_argument("peer")
    options = parser.parse_args()
    if options.where:
        where(options.hypervisor, options)
        return
    (ours, skipped), (theirs, _) = (measure(path, options) for path in (options.hypervisor, options.peer))
    report(ours, theirs, skipped, [os.path.basename(path) for path in (options.hypervisor, options.peer)])


main()
