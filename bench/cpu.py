#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What CPUID, RDMSR, XSETBV and a change of vCPU cost a PV kernel, in instructions: here and on Debian's Xen.

usage: cpu.py [--build DIR] [--cpu MODEL] GUEST HYPERVISOR PEER

GUEST is guests/cpu, which runs as dom0 with two vCPUs on one CPU and measures itself by the TSC. QEMU's -icount shift=0
makes a tick an instruction, the guest's own included, so the figures are the same on every machine.
"""
import argparse
import os
import re
import subprocess
import threading

SECONDS = 120
OPTIONS = "console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=all dom0_mem=64M dom0_max_vcpus=2"


def measure(hypervisor, options):
    """{name: instructions} as the guest prints them."""
    argv = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", options.cpu, "-m", "512", "-smp", "1",
            "-display", "none", "-nic", "none", "-vga", "none", "-seed", "1", "-no-reboot", "-monitor", "none",
            "-rtc", "base=2026-01-01,clock=vm", "-icount", "shift=0,sleep=off", "-serial", "stdio",
            "-kernel", hypervisor, "-append", OPTIONS, "-initrd", options.guest]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        stop = threading.Timer(SECONDS, process.kill)
        stop.start()
        lines = []
        for line in process.stdout:  # the guest's last word, or QEMU's end
            lines.append(line.decode("utf-8", "replace").strip())
            if "the end" in lines[-1]:
                break
        stop.cancel()
        process.kill()
    log = "\n".join(lines) + "\n"
    folder = os.path.join(options.build, "bench")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "cpu-" + os.path.basename(hypervisor) + ".log"), "w", encoding="utf-8") as file:
        file.write(log)
    found = re.findall(r"BENCH ([^:\n]+): (\d+)", log)
    if not found:
        raise SystemExit(f"bench: {hypervisor} measured nothing, see {folder}")
    return {name: int(number) for name, number in found}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--cpu", default="EPYC,-smap,-monitor")
    parser.add_argument("guest")
    parser.add_argument("hypervisor")
    parser.add_argument("peer")
    options = parser.parse_args()
    ours, theirs = (measure(path, options) for path in (options.hypervisor, options.peer))
    names = [os.path.basename(path) for path in (options.hypervisor, options.peer)]
    print(f"{'instructions each':32} {names[0]:>10} {names[1]:>10} {'ratio':>7}")
    for name, count in ours.items():
        peer = theirs.get(name)
        print(f"{name:32} {count:10} {peer or '-':>10} {f'{count / peer:.2f}' if peer else '-':>7}")


main()
