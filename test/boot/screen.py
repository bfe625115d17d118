# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands on the machine's screen, by QEMU's monitor. Of a screendump, characters are told by the font's pixels."""
import importlib.util
import os
import re
import socket

import pexpect

import rig as rigs

FONT = "usr/share/consolefonts/Unifont-APL8x16.psf.gz"


def glyphs():
    """{16 bytes: character}, of the font that the hypervisor was built with."""
    spec = importlib.util.spec_from_file_location("font", os.path.join(rigs.TOP, "gen/font.py"))
    font = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(font)
    paths = ["/" + FONT, os.path.join(rigs.BUILD, "root/font", FONT)]
    return {rows: c for c, rows in font.load(next(filter(os.path.exists, paths))).items()}


def read_ppm(path):
    """(width, height, RGB bytes)"""
    with open(path, "rb") as file:
        data = file.read()
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
    return int(head[1]), int(head[2]), data[head.end():]


def text_of(path):
    """The lines of a screendump; a cell whose pixels are no character of the font is a "\\0"."""
    width, height, rgb = read_ppm(path)
    known = glyphs()
    red = rgb[::3]
    bits = {}

    def cell(column, row):
        lines = []
        for y in range(row * 16, row * 16 + 16):
            pixels = red[y * width + column * 8:y * width + column * 8 + 8]
            if pixels not in bits:
                bits[pixels] = sum(0x80 >> x for x in range(8) if pixels[x])
            lines.append(bits[pixels])
        return known.get(bytes(lines), "\0")

    return ["".join(cell(column, row) for column in range(width // 8)).rstrip() for row in range(height // 16)]


class Screen:
    """The screen of a Rig: give its arguments to the machine before it starts."""

    def __init__(self, machine):
        self.machine = machine
        self.path = re.sub("[,=]", "-", machine.path) + ".monitor"  # QEMU takes what has those for options
        self.dump = machine.path + ".ppm"
        place = machine.argv.index("-monitor")
        machine.argv[place + 1] = f"unix:{self.path},server,nowait"

    def monitor(self, command):
        """A command of QEMU's monitor; returns what it says, its prompts included."""
        said = b""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(30)
            link.connect(self.path)
            for line in ("", command):
                link.sendall(line.encode() + b"\n" if line else b"")
                said = b""
                while not said.rstrip().endswith(b"(qemu)"):
                    said += link.recv(4096)
        return said.decode(errors="replace")

    def lines(self):
        self.monitor(f"screendump {self.dump}")
        return text_of(self.dump)

    def characters(self):
        """The text screen of a PC: 25 lines of 80 characters, in one."""
        said = self.monitor("xp /4000xb 0xb8000")
        cells = [int(byte, 16) for line in said.splitlines() if ":" in line for byte in line.split(":")[1].split()]
        return bytes(cells[::2]).decode("ascii", errors="replace")

    def wait_characters(self, text, seconds=240):
        for _ in range(seconds):
            if os.path.exists(self.path) and text in self.characters():
                return
            self.pause()
        raise rigs.RigError(f"{seconds} s without {text!r} on the text screen, which shows\n{self.characters()}")

    def pause(self):
        """A second, in which the serial line is read: a machine that nobody listens to would wait for us."""
        self.machine.child.expect([pexpect.TIMEOUT, pexpect.EOF], timeout=1)

    def wait(self, pattern, seconds=240):
        """Until a line of the screen matches; returns all lines."""
        lines = []
        for _ in range(seconds):
            if os.path.exists(self.path):
                lines = self.lines()
                if any(re.search(pattern, line) for line in lines):
                    return lines
            self.pause()
        raise rigs.RigError(f"{seconds} s without {pattern!r} on the screen, which shows\n" + "\n".join(lines))
