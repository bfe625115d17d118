# SPDX-License-Identifier: GPL-2.0-or-later
"""What every boot test shares: the rig under test's own name, and when a test cannot say anything."""
import functools
import http.server
import os
import threading

import pytest

import rig as rigs
import toolstack


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


@pytest.fixture
def host(rig, tmp_path):
    """A function that boots dom0 with guests to start, and gives a toolstack.Host."""
    started = []

    def boot(suffix="", scratch=None, network="none", **keywords):
        toolstack.archive(tmp_path / "kit.tar")
        devices = toolstack.devices(tmp_path / "kit.tar", scratch, network)
        machine = rig(suffix, **{"cpus": 2, "devices": devices, **keywords})
        started.append(machine.__enter__())
        machine.shell(timeout=300)
        return toolstack.Host(machine)

    yield boot
    for machine in started:
        machine.__exit__()


@pytest.fixture
def server(tmp_path):
    """A web server on this machine: its port. It has a file with the word "outside"."""
    (tmp_path / "word").write_text("outside\n")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield httpd.server_address[1]
        httpd.shutdown()
