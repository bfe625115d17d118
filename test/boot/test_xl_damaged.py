# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged save files are refused, or can only harm the guest in them; dom0 goes on and every frame comes back.

Not tried: another magic of libxl's stream. xl itself ends by a segmentation fault then, on every hypervisor, and leaves
a paused domain.
"""
import os
import re

import pytest

from savefile import SaveFile
from toolstack import small

pytestmark = pytest.mark.peer
SAVE = "/tmp/save"
GUEST = small(extra="suspend", memory=8)
PARTS = ("headers", "memory", "vcpu", "state")
SOME = ("id", "L4 entry: a large page", "vCPU: FS base", "XSAVE: MXCSR", "CPUID: leaf")
SAID = re.compile(r"status=(\d+) domains=(\S*) free=(\d+)\s+tools: *(.*)\s+log: *(.*)")


@pytest.fixture
def saved(host, tmp_path):
    """dom0 with a saved guest, how many frames are free, and what is in the file."""
    path = tmp_path / "scratch"
    path.touch()
    os.truncate(path, 64 << 20)
    dom0 = host(scratch=path)
    before = dom0.free_frames()
    dom0.configure("saved", **GUEST)
    dom0.run(f"/tmp/kit/saves/make /tmp/saved.cfg {SAVE}", 200)
    dom0.wait_frames(before)
    dom0.run(f"dd if={SAVE} of=/dev/vdc bs=1M conv=fsync 2>/dev/null", 120)
    return dom0, before, SaveFile(path)


def attempt(dom0, before, words=""):
    """(status, domains, free frames, what the tools said, what the hypervisor said)"""
    text = dom0.run(f"/tmp/kit/saves/try {SAVE} {before} {words}", 200)
    status, names, free, tools, log = SAID.search(text).groups()
    return int(status), names.split(",")[:-1], int(free), tools, log


def ours(dom0):
    return "xenolith" in dom0.run("xl info | grep xen_version")


def wrong(row, before, seen, ours):
    """What is wrong with an attempt, or nothing."""
    status, names, free, _, log = seen
    if free != before:
        return f"{before - free} frames are lost"
    if status == 0 and not row.taken:
        return "was restored"
    if status and names != ["Domain-0"]:
        return "a domain is left"
    if status and row.says and ours and row.says not in log:
        return f"the log does not speak of {row.says}"
    return ""


def check(saved, rows):
    """Every row is tried, and what is wrong with any is told at the end; then the whole file is restored."""
    dom0, before, _ = saved
    is_ours, found = ours(dom0), []
    for row in rows:
        seen = attempt(dom0, before, f"{row.at} {row.bytes()}")
        print(f"{row.what}: {seen}")
        problem = wrong(row, before, seen, is_ours)
        if problem:
            found.append(f"{row.what}: {problem}: {seen}")
    seen = attempt(dom0, before)
    assert seen[:3] == (0, ["Domain-0", "saved"], before), seen
    assert not found, "\n".join(found)


@pytest.mark.parametrize("part", PARTS[1:])
def test_damaged(saved, part):
    check(saved, getattr(saved[2], part)())


@pytest.mark.quick
def test_damaged_here_and_there(saved):
    rows = [row for part in PARTS for row in getattr(saved[2], part)() if row.what in SOME]
    assert len(rows) == len(SOME)
    check(saved, rows)


def test_cut(saved):
    """Shorter and shorter: on the border or inside of every kind of record. (The tools do not miss libxl's own end.)"""
    dom0, before, file = saved
    for what, length in sorted(file.cuts().items(), key=lambda cut: -cut[1]):
        dom0.run(f"truncate -s {length} {SAVE}")
        status, names, free, *said = attempt(dom0, before)
        assert status and names == ["Domain-0"] and free == before, f"{what}: {status} {names} {free} {said}"
