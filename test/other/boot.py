#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user does: `make run` up to dom0's shell, a guest that reaches its own, and poweroff.

usage: boot.py COMMAND...     Exit status 0 if all of it came. Everything goes to build/other-boot.log.
"""
import sys

import pexpect

LOG = "build/other-boot.log"
SECONDS = 900  # of silence: a package list or an image may take that long on a busy machine
PROMPT = r"dom0:[^#\n]*# "
FATAL = [r"Kernel panic[^\n]*", r"Panic on CPU[^\n]*", pexpect.EOF, pexpect.TIMEOUT]


def main():
    with open(LOG, "w", encoding="utf-8") as log:
        child = pexpect.spawn(sys.argv[1], sys.argv[2:], timeout=SECONDS, encoding="utf-8", codec_errors="replace",
                              dimensions=(50, 200))
        child.logfile_read = log

        def expect(pattern):
            if child.expect([pattern, *FATAL]):
                log.flush()
                with open(LOG, encoding="utf-8") as file:
                    sys.exit("".join(file.readlines()[-40:]) + f"\nboot: {pattern!r} did not come")

        def run(line, pattern):
            child.sendline(line)
            expect(pattern)

        expect(PROMPT)
        if "IMAGE=full" in sys.argv:
            run("virsh list --all && echo virsh''=works", "virsh=works")
            run("", PROMPT)
        # libxl gives a hot-plug script 40 s; on a busy machine that may be too little.
        run("for i in 1 2 3 4 5; do xl create guest.cfg && break; done; xl console guest", r"domu: ready, Linux \S+")
        print("boot:", child.after)
        for _ in range(20):  # xl's console leaves if this is all that it reads at once
            child.send("\x1d\x1d")
            if not child.expect([PROMPT, pexpect.TIMEOUT], timeout=10):
                break
        run("xl list guest && echo xl''=works", "xl=works")
        run("xl destroy guest && echo gone''=0", "gone=0")
        run("poweroff", "powers the machine off")
        child.expect(pexpect.EOF)


main()
