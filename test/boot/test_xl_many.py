# SPDX-License-Identifier: GPL-2.0-or-later
"""Many guests at once and one after another: whatever they took comes back, to the frame."""
import pytest

from toolstack import LINUX, small

pytestmark = pytest.mark.peer


def many(host, count, rounds):
    """A number of guests at once, then rounds of one that comes and goes."""
    names = " ".join(f"s{i}" for i in range(count))
    host.configure("s", **small())
    host.run(f'for n in {names}; do sed "s/\\"s\\"/\\"$n\\"/" /tmp/s.cfg >/tmp/$n.cfg; done')
    before = host.free_frames()
    host.run(f"for n in {names}; do xl create -q /tmp/$n.cfg || break; done", timeout=20 * count)
    running = host.domains()
    assert [name for name in running if name != "Domain-0"] == names.split()
    assert all(running[name][1] == 32 for name in names.split())
    assert before - host.free_frames() >= count * 8192
    host.run(f"for n in {names}; do xl destroy $n; done", timeout=20 * count)
    host.wait_frames(before)
    once = "xl create -q /tmp/s.cfg && xl destroy s || break"
    host.run(f"for i in $(seq {rounds}); do {once}; done", timeout=30 * rounds)
    host.wait_frames(before)
    assert list(host.domains()) == ["Domain-0"]


@pytest.mark.quick
def test_twenty_at_once(host):
    many(host(cpus=1), 20, 5)


def test_a_hundred_times(host):
    many(host(cpus=1), 20, 100)


def test_twenty_linux(host):
    """Debian's kernel in each: needs more memory than the small ones."""
    dom0 = host(mem=4096)
    before = dom0.free_frames()
    for i in range(20):
        dom0.configure(f"l{i}", **LINUX)
        dom0.create(f"l{i}", timeout=300)
    dom0.run("for i in $(seq 0 19); do xl destroy l$i; done", timeout=600)
    dom0.wait_frames(before)
