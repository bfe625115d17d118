#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every hypercall with everything wrong that can be: the hypervisor under test beside Debian's Xen.

usage: matrix.py [--build DIR] [--record] [--all] [--only MODE] HYPERVISOR PEER

Runs guests/matrix as dom0 and as a domU under both, and prints each case in which the answers differ and nothing in
test/data/matrix-explained.txt says why; with --all the explained ones too. What PEER does not survive is left out.
--record writes what PEER answers to test/data, to be read. The exit status says whether something is unexplained.
"""
import argparse
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../test/boot"))
import matrix  # pylint: disable=wrong-import-position,import-error

OPTIONS = "console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=none"  # no line of its own between the guest's
SECONDS = 600

# What Debian's Xen does not survive as dom0's call. It is left out on both sides, and said.
NO_MSIX = "Xen 4.17 reads what pci_device_add did not make for a function without MSI-X (NULL + 4, pci_prepare_msix)"
DEADLY = {"dom0": {"physdev_op.prepare_msix": NO_MSIX, "physdev_op.release_msix": NO_MSIX}, "domu": {}}


def boot(hypervisor, mode, build):
    """The cases of one run."""
    log = os.path.join(build, "bench", f"matrix-{os.path.basename(hypervisor)}-{mode}.log")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    if os.path.exists(log):
        os.remove(log)
    modules, options = matrix.modules(build, mode, " ".join(f"{name}=0" for name in DEADLY[mode]))
    argv = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "EPYC,-smap,-monitor", "-m", "512", "-smp", "1",
            "-no-reboot", "-display", "none", "-monitor", "none", "-nic", "none", "-serial", f"file:{log}",
            "-kernel", hypervisor, "-append", f"{OPTIONS} {options}",
            "-initrd", ",".join(f"{path} {line}".strip() for path, line in modules)]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
        try:
            text = wait(log, process, matrix.DONE[mode])
        finally:
            process.kill()
    if matrix.DONE[mode] not in text:
        raise SystemExit(f"matrix: {hypervisor} as {mode} did not come to the end, see {log}:\n"
                         + "\n".join(text.splitlines()[-15:]))
    return matrix.parse(text)


def wait(log, process, done):
    end, text = time.monotonic() + SECONDS, ""
    while time.monotonic() < end and process.poll() is None and done not in text and "anic on CPU" not in text:
        time.sleep(0.5)
        if os.path.exists(log):
            with open(log, encoding="utf-8", errors="replace") as file:
                text = file.read()
    return text


def report(mode, count, differences, everything):
    open_ones = [d for d in differences if d.why is None]
    for d in differences if everything else open_ones:
        print(f"{mode}: {d.call}: {d.given}: {d.theirs} in Xen, {d.ours} here" + (f" ({d.why})" if d.why else ""))
    for name, why in DEADLY[mode].items():
        print(f"{mode}: {name}: not compared: {why}")
    print(f"{mode}: {count} cases, {len(differences)} differ, {len(open_ones)} of them unexplained")
    return len(open_ones)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", choices=matrix.MODES)
    parser.add_argument("hypervisor")
    parser.add_argument("peer")
    options = parser.parse_args()
    rules, used, bad = matrix.rules(), set(), 0
    for mode in [options.only] if options.only else matrix.MODES:
        theirs = boot(options.peer, mode, options.build)
        if options.record:
            with open(matrix.record_path(mode), "w", encoding="utf-8") as file:
                file.write(matrix.lines(theirs))
        ours = boot(options.hypervisor, mode, options.build)
        bad += report(mode, len(theirs), matrix.compare(mode, theirs, ours, rules, used), options.all)
    for rule in rules if not options.only else []:
        if rule not in used:
            print(f"matrix-explained.txt:{rule.number}: explains nothing: {rule.call} | {rule.given} | {rule.result}")
            bad += 1
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
