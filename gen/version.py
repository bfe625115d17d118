#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes version.h: changeset, compiler, builder and date, each cut to the size of its field in xen/version.h."""
import os
import socket
import subprocess
import sys
import time


def run(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def main():
    stamp = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct") or "0"
    date = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(int(stamp)))
    changeset = run("git", "log", "-1", "--format=%cd git:%h", "--date=format:%Y-%m-%d") or "unknown"
    reproducible = "SOURCE_DATE_EPOCH" in os.environ
    domain = "" if reproducible else socket.gethostname().partition(".")[2]
    domain = domain or "localdomain"
    fields = [
        ("HV_CHANGESET", changeset, 64),
        ("HV_COMPILER", (run(os.environ.get("CC", "cc"), "--version").splitlines() or ["unknown"])[0], 64),
        ("HV_COMPILE_BY", "build" if reproducible else os.environ.get("USER", "root"), 16),
        ("HV_COMPILE_DOMAIN", domain, 32),
        ("HV_COMPILE_DATE", date, 32),
    ]
    lines = ["/* SPDX-License-Identifier: GPL-2.0-or-later */", "/* Made by gen/version.py. */"]
    for name, text, size in fields:
        text = text[:size - 1].replace("\\", "").replace('"', "")
        lines.append(f'#define {name} "{text}"')
    content = "\n".join(lines) + "\n"
    out = sys.argv[1]
    if not os.path.exists(out) or open(out, encoding="utf-8").read() != content:
        open(out, "w", encoding="utf-8").write(content)


main()
