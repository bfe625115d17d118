# SPDX-License-Identifier: GPL-2.0-or-later
"""What every boot test shares: the rig under test's own name, and when a test cannot say anything."""
import os

import pytest

import rig as rigs


def pytest_collection_modifyitems(items):
    if rigs.HV == rigs.PEER:
        for item in items:
            if not item.get_closest_marker("peer"):
                item.add_marker(pytest.mark.skip(reason="says nothing about Debian's Xen"))


@pytest.fixture
def rig(request):
    """A function that makes a Rig named after the test; a test may make several by giving a suffix."""

    def make(suffix="", **keywords):
        return rigs.Rig(request.node.name + suffix, **keywords)

    return make


@pytest.fixture
def kernel():
    """A function (version) -> (kernel, initrd); skips the test where that kernel could not be had."""

    def choose(version):
        paths = rigs.kernel(version)
        if not all(map(os.path.exists, paths)):
            pytest.skip(f"no kernel {version}: this system's mirror has no backports")
        return paths

    return choose
