# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of GDB's remote protocol as stopping QEMU's machine, changing its memory and asking its monitor need.

QEMU is started with arguments(path) and waits for go(). Registers are as QEMU's x86-64 description orders them;
addresses are what the CPU would use, so physical ones as long as paging is off.
"""
import os
import re
import socket
import struct
import subprocess
import time

from wire import Wire

RAX, RBX, RSP, RIP, RFLAGS = 0, 1, 7, 16, 17


def arguments(path, stopped=True):
    """What QEMU needs to listen at @path, standing still at reset if @stopped."""
    if os.path.exists(path):
        os.remove(path)
    return ["-S"] * stopped + ["-chardev", f"socket,id=gdb,path={path},server=on,wait=off", "-gdb", "chardev:gdb"]


def symbols(elf, kinds):
    """{name: address} of what nm gives one of the letters @kinds; of names that stand there twice, one."""
    text = subprocess.run(["nm", elf], check=True, capture_output=True, text=True).stdout
    return {name: int(address, 16) for address, name in re.findall(rf"^(\S+) [{kinds}] (\S+)$", text, re.M)}


class Gdb(Wire):
    def __init__(self, path, seconds=600):
        end = time.monotonic() + seconds
        while not os.path.exists(path):
            if time.monotonic() > end:
                raise ConnectionError(f"QEMU doesn't listen at {path}")
            time.sleep(0.05)
        super().__init__(socket.socket(socket.AF_UNIX))
        self.socket.connect(path)
        self.socket.settimeout(seconds)
        self.cpu = 0  # CPU that stopped the machine
        self.ask("?")

    def ask(self, text):
        """The answer; a report of a stop, which connecting may cause, is none to anything but "?"."""
        self.send(text)
        answer = self.reply()
        while answer.startswith("T") and text != "?":
            answer = self.reply()
        return answer

    def checked(self, text):
        if self.ask(text) != "OK":
            raise ConnectionError(f"QEMU refuses {text!r}")

    def go(self):
        self.send("c")

    def interrupt(self):
        self.socket.sendall(b"\x03")
        return self.reply()

    def run_to(self, address):
        """Go on until a CPU is about to execute @address; it is the one whose registers are meant afterwards."""
        self.checked(f"Z1,{address:x},1")
        self.go()
        self.cpu = int(re.search("thread:0*([0-9a-f]+)", self.reply())[1], 16) - 1
        self.checked(f"z1,{address:x},1")

    def register(self, number):
        text = self.ask("g")
        return struct.unpack_from("<Q", bytes.fromhex(text), 8 * number)[0]

    def set_register(self, number, value):
        """QEMU takes it from those only who have read what registers there are."""
        self.ask("qXfer:features:read:target.xml:0,fff")
        size = 4 if number == RFLAGS else 8
        self.checked(f"P{number:x}={value.to_bytes(8, 'little')[:size].hex()}")

    def read(self, address, length):
        return bytes.fromhex(self.ask(f"m{address:x},{length:x}"))

    def write(self, address, data):
        self.checked(f"M{address:x},{len(data):x}:{data.hex()}")

    def monitor(self, command):
        """What QEMU's monitor says to a command."""
        answer, text = self.ask("qRcmd," + command.encode().hex()), ""
        while answer != "OK":
            text += bytes.fromhex(answer.removeprefix("O")).decode()
            answer = self.reply()
        return text
