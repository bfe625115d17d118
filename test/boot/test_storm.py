# SPDX-License-Identifier: GPL-2.0-or-later
"""A few seeds of the storm (storm.py) in every test run; `make storm SEEDS=1000` for many."""
import pytest

import storm


@pytest.mark.quick
@pytest.mark.parametrize("cpus,vcpus,first,seeds", [(1, 1, 1, 15), (2, 3, 100, 10)])
def test_storm(request, cpus, vcpus, first, seeds):
    last = first + seeds - 1
    with storm.make(request.node.name, first, last, cpus, vcpus) as machine:
        seed, why, _ = storm.weather(machine, first, last, storm.SECONDS)
        assert seed is None, f"seed {seed}: {why}"


def test_storm_long(request):
    with storm.make(request.node.name, 1000, 1200, 2, 4, steps=3000) as machine:
        seed, why, _ = storm.weather(machine, 1000, 1200, storm.SECONDS)
        assert seed is None, f"seed {seed}: {why}"
