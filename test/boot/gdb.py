# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's gdb stub, as far as replacing what CPUID answered needs it.

A CpuidFilter stops every CPU right behind the one CPUID instruction of arch/x86/hw and lets a function change the
answer: change(cpu, leaf, subleaf, answer) with cpu counted from 0 and answer a dictionary eax, ebx, ecx, edx that it
may edit. So the hypervisor under test is the one that users run, and only the processor lies.
"""
import re
import socket
import struct
import subprocess
import threading
import time

from wire import Wire

REGISTERS = ("eax", "ebx", "ecx", "edx")  # the stub's order: rax rbx rcx rdx rsi rdi ...
RSI, RDI = 4, 5


def behind_cpuid(elf):
    """Address of the instruction that follows hw_cpuid's CPUID."""
    text = subprocess.run(["objdump", "-d", "--disassemble=hw_cpuid", elf],
                          check=True, capture_output=True, text=True).stdout
    match = re.search(r"\tcpuid\s*\n\s*([0-9a-f]+):", text)
    assert match, f"no CPUID instruction in hw_cpuid of {elf}"
    return int(match[1], 16)


class Stub(Wire):
    """The remote protocol: one packet, one answer."""

    def __init__(self, address):
        """address: path of a socket, or (host, port)."""
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        super().__init__(socket.socket(family))
        for _ in range(6000):
            try:
                self.socket.connect(address)
                break
            except OSError:
                time.sleep(0.1)

    def ask(self, text):
        self.send(text)
        return self.reply()


class CpuidFilter(threading.Thread):
    """Give QEMU the arguments of devices(path), then start() it once QEMU runs."""

    def __init__(self, path, elf, change):
        super().__init__(daemon=True)
        self.path, self.address, self.change, self.calls, self.trouble = path, behind_cpuid(elf), change, 0, None

    @staticmethod
    def devices(path):
        return ["-S", "-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb"]

    def run(self):
        try:
            self._serve(Stub(self.path))
        except OSError:
            pass  # QEMU ended
        except Exception as trouble:  # pylint: disable=broad-except
            self.trouble = trouble

    def _serve(self, stub):
        stub.ask("?")
        assert stub.ask(f"Z1,{self.address:x},1") == "OK"
        while True:
            stop = stub.ask("c")
            match = re.search(r"thread:(?:p[0-9a-f]+\.)?([0-9a-f]+);", stop)
            thread = match[1] if match else "1"
            self._answer(stub, thread)
            # Only this CPU was stopped at the breakpoint: step it over, then all go on.
            stub.ask(f"z1,{self.address:x},1")
            stub.ask(f"vCont;s:{'p1.' if 'p' in stop else ''}{thread}")
            stub.ask(f"Z1,{self.address:x},1")

    def _answer(self, stub, thread):
        stub.ask(f"Hg{thread}")
        registers = bytearray.fromhex(stub.ask("g"))
        words = struct.unpack_from("<6Q", registers)
        answer = {name: words[i] & 0xffffffff for i, name in enumerate(REGISTERS)}
        before = dict(answer)
        self.calls += 1
        self.change(int(thread, 16) - 1, words[RDI] & 0xffffffff, words[RSI] & 0xffffffff, answer)
        if answer != before:
            struct.pack_into("<4Q", registers, 0, *(answer[name] for name in REGISTERS))
            assert stub.ask("G" + registers.hex()) == "OK"
