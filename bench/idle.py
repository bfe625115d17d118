#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How much of a host CPU an idle machine takes: QEMU's CPU time while dom0 waits at its shell.

usage: idle.py --build DIR HYPERVISOR...
"""
import argparse
import os
import sys
import time

SECONDS = 20
SETTLE = 15  # after boot: dom0's own late work


def cpu_seconds(pid):
    """User and system time of a process and its threads (proc(5), fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle_share(rigs, hypervisor, cpus):
    with rigs.Rig(f"bench-idle-{os.path.basename(hypervisor)}-{cpus}", hv=hypervisor, cpus=cpus) as machine:
        machine.shell(timeout=300)
        time.sleep(SETTLE)
        before = cpu_seconds(machine.child.pid)
        time.sleep(SECONDS)
        return (cpu_seconds(machine.child.pid) - before) / SECONDS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("hypervisor", nargs="+")
    options = parser.parse_args()
    os.environ["BUILD"] = os.path.abspath(options.build)
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../test/boot"))
    import rig as rigs  # pylint: disable=import-outside-toplevel,import-error

    print(f"idle dom0: percent of one host CPU, over {SECONDS} s")
    for hypervisor in options.hypervisor:
        for cpus in (1, 4):
            share = 100 * idle_share(rigs, hypervisor, cpus)
            print(f"{os.path.basename(hypervisor):>12}, {cpus} CPU(s): {share:6.1f}", flush=True)


main()
