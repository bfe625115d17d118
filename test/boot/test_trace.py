# SPDX-License-Identifier: GPL-2.0-or-later
"""Trace buffers: Debian's xentrace records what happens, and its xenalyze understands every record."""
import os
import re
import subprocess

import pytest

import rig as rigs

SCRATCH = 48 << 20
COMPLAINT = re.compile(r"(?i)strange|fatal|warning|error|unknown|unexpected|skew|wrong|not updating|lost")


def fetch(dom0, disk, name, target):
    """A file of dom0's, by way of the third disk, which it begins."""
    size = int(dom0.run(f"wc -c <{name}").split()[-1])
    assert 0 < size < SCRATCH
    dom0.run(f"dd if={name} of=/dev/vdc bs=1M conv=fsync 2>/dev/null")
    with open(disk, "rb") as file, open(target, "wb") as out:
        out.write(file.read(size))


def xenalyze(tools, trace, *words):
    """What xenalyze says of the file, and what it complains about."""
    program = os.path.join(rigs.BUILD, "root", tools, "usr/bin/xenalyze")
    done = subprocess.run([program, *words, trace], capture_output=True, text=True, errors="replace", check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if COMPLAINT.search(line)]


def record(dom0, words, command, trace="/tmp/trace"):
    """Runs a command of dom0's under xentrace."""
    dom0.run(f"/usr/lib/xen-*/bin/xentrace -D {words} {trace} 2>/tmp/xentrace.log & sleep 2")
    dom0.run(command, 240)
    dom0.run("kill -INT $(pidof xentrace); while pidof xentrace >/dev/null; do sleep 0.2; done")


@pytest.mark.peer
def test_xentrace(host, tmp_path):
    """All classes of events around the life of a guest, with two CPUs."""
    disk, trace = str(tmp_path / "scratch"), str(tmp_path / "trace")
    with open(disk, "wb") as file:
        file.truncate(SCRATCH)
    dom0 = host(scratch=disk)
    dom0.configure("hello", kernel="/tmp/kit/hello.elf", memory=32)
    record(dom0, "-S 256", "xl create -q /tmp/hello.cfg; sleep 1")
    fetch(dom0, disk, "/tmp/trace", trace)
    text, complaints = xenalyze("tools", trace, "-a")
    assert not complaints
    for word in ("runstate_change d0v0 runnable->running", "runstate_change d32767v1", "hypercall", "page_fault"):
        assert word in text
