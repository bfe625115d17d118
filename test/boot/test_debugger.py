# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's gdbsx in dom0 and a debugger outside: a guest's kernel is stopped, read, stepped and given a breakpoint."""
import socket
import struct

import pytest

import gdb
import toolstack

PORT = 9999  # in dom0
RIP, EFLAGS = 16, 17  # places in a 64-bit gdb's answer to "g"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Guest:
    """The remote protocol's view of a guest."""

    def __init__(self, port):
        self.stub = gdb.Stub(("127.0.0.1", port))
        self.stub.socket.settimeout(600)

    def registers(self):
        return struct.unpack("<17QI", bytes.fromhex(self.stub.ask("g"))[:17 * 8 + 4])

    def rip(self):
        return self.registers()[RIP]

    def read(self, at, size):
        return bytes.fromhex(self.stub.ask(f"m{at:x},{size:x}"))

    def write(self, at, data):
        assert self.stub.ask(f"M{at:x},{len(data):x}:{data.hex()}") == "OK"

    def go(self, how):
        """Until it has stopped again."""
        return self.stub.ask(how)


def test_breakpoint_and_step(host):
    port = free_port()
    dom0 = host(network=f"user,model=virtio,hostfwd=tcp:127.0.0.1:{port}-:{PORT}")
    dom0.configure("spinner", **toolstack.small(extra="spin"))
    dom0.create("spinner")
    number = dom0.domains()["spinner"][0]
    dom0.run(f"(gdbsx -a {number} 64 {PORT} >/tmp/gdbsx.log 2>&1 &)")
    dom0.wait(f"grep -q -i listening /tmp/gdbsx.log || netstat -tln | grep -q :{PORT}")
    guest = Guest(port)

    assert guest.go("?")[:1] in "ST"
    at = guest.rip()
    code = guest.read(at, 4)
    assert code != bytes(4)
    assert guest.go("s")[:1] in "ST"
    assert guest.rip() != at
    guest.write(at, b"\xcc")
    assert guest.read(at, 1) == b"\xcc"
    assert guest.go("c")[:1] in "ST"
    assert guest.rip() in (at, at + 1)  # gdb knows how far its breakpoint is
    guest.write(at, code)
    assert guest.read(at, 4) == code
