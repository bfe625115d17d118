#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Storms: dom0 is guests/nursery, which raises one domain of guests/storm for each seed; that does all that a guest
must not.

The law: the machine goes on, every domain can be destroyed, all its memory comes back, and nobody floods the console.
As a program it runs many seeds, and says for one that fails how to run it again (with one vCPU it is the same run).
"""
import argparse
import os
import re
import sys

import rig as rigs

GUESTS = os.path.join(rigs.BUILD, "guests")
SECONDS = 300  # that one seed may take: a few on an idle machine
PROGRESS = r"nursery: (?:seed (\d+)|FAIL ([^\r\n]*)|(\d+ ended[^\r\n]*))[\r\n]"  # a terminal may end lines by \r\r\n
LINES = 150  # of the console for each seed: a crash has about 30


def make(name, first, last, cpus=1, vcpus=1, steps=1500, more="", log="none", **keywords):
    """The machine that runs the seeds from first to last."""
    line = f"from={first} to={last} vcpus={vcpus} steps={steps} {more}".strip()
    modules = [(os.path.join(GUESTS, "nursery.elf"), line), (os.path.join(GUESTS, "storm.elf"), "")]
    return rigs.Rig(name, cpus=cpus, mem=512, modules=modules,
                    options=f"dom0_mem=64M dom0_max_vcpus=1 noreboot guest_loglvl={log}", **keywords)


def weather(machine, first, last, seconds):
    """Runs them all. Returns (the seed at which it went wrong or None, why, the nursery's last line)."""
    seed, end = first, ""
    try:
        while not end:
            match = machine.expect(PROGRESS, timeout=seconds)
            seed = int(match[1]) if match[1] else seed
            if match[2]:
                return seed, match[2], ""
            end = match[3] or ""
        machine.expect("dom0 powered off", timeout=seconds)
    except rigs.RigError as error:
        return seed, str(error), ""
    lines = machine.tail(10**7).count("\n")
    if lines > LINES * (last - first + 2):
        return seed, f"{lines} lines of console output for {last - first + 1} seeds", end
    return None, "", end


def main():
    parse = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parse.add_argument("--first", type=int, default=1)
    parse.add_argument("--seeds", type=int, default=1000)
    parse.add_argument("--batch", type=int, default=100, help="seeds in one boot")
    parse.add_argument("--vcpus", type=int, default=1)
    parse.add_argument("--cpus", type=int, default=1)
    parse.add_argument("--steps", type=int, default=1500)
    parse.add_argument("--seconds", type=int, default=10,
                       help="of the machine's time that a seed may take: one that needs more is stopped in the middle, "
                            "and counted as stopped; a busy host needs more")
    parse.add_argument("--cpu", default="EPYC,-smap")
    parse.add_argument("--more", default="",
                       help="for the nursery: only=BITS (of guests/storm/main.c), trace=FROM_STEP")
    parse.add_argument("--log", default="none", help="guest_loglvl, for a replay")
    a = parse.parse_args()
    bad, after = [], a.first + a.seeds
    first = a.first
    while first < after:
        last = min(first + a.batch, after) - 1
        name = f"storm-{first}-{a.cpus}-{a.vcpus}"
        more = f"seconds={a.seconds} {a.more}"
        with make(name, first, last, a.cpus, a.vcpus, a.steps, more, a.log, cpu=a.cpu) as machine:
            seed, why, end = weather(machine, first, last, SECONDS)
        if seed is None:
            print(f"seeds {first} to {last}: {end}", flush=True)
            first = last + 1
            continue
        bad.append(seed)
        again = f"--first {seed} --seeds 1 --cpus {a.cpus} --vcpus {a.vcpus} --steps {a.steps} --log all"
        print(f"seed {seed}: {why}\nagain: test/boot/storm.py {again}", flush=True)
        first = seed + 1
    print(f"{a.seeds} seeds, {len(bad)} bad" + (f": {bad}" if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
