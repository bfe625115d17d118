# SPDX-License-Identifier: GPL-2.0-or-later
"""The console: what is typed, pasted and shown, on which line or screen, and what is said when there is none."""
import hashlib
import os
import random
import re

import pytest

import rig as rigs
from screen import Screen


def fnv(data):
    total = 0x811c9dc5
    for byte in data:
        total = (total ^ byte) * 0x01000193 & 0xffffffff
    return total


def guest(line, folder=None):
    """guests/console as dom0. With a folder: a copy there of the size of a real kernel."""
    path = os.path.join(rigs.BUILD, "guests/console.elf")
    if folder:
        with open(path, "rb") as file:
            (folder / "kernel").write_bytes(file.read().ljust(2 << 20, b"\0"))
        path = str(folder / "kernel")
    return [(path, line)]


def pasted(length):
    return "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789 ./-", k=length))


@pytest.mark.quick
def test_pasted_text_waits(rig):
    """12 KiB in one write to a dom0 that doesn't read for two seconds: every byte arrives, in order."""
    text = pasted(12288)
    with rig(modules=guest("read=12288"), options="dom0_mem=64M noreboot") as machine:
        machine.expect("console: waiting for 12288 bytes")
        machine.child.send(text)
        machine.expect(f"console: 12288 bytes, sum {fnv(text.encode()):08x}")


def test_pasted_text_reaches_linux(rig):
    text = pasted(4096)
    with rig() as machine:
        machine.shell()
        machine.type("stty raw -echo; echo go$((40+2)); head -c 4096 | sha256sum; stty sane -echo\n")
        machine.expect("go42")
        machine.child.send(text)
        machine.expect(hashlib.sha256(text.encode()).hexdigest() + r"\s+-\s")
        assert machine.run("echo still here") == "still here"


SMALL = "dom0_mem=64M noreboot"


def no_serial(machine):
    machine.argv[machine.argv.index("-serial") + 1] = "none"
    return machine


@pytest.mark.quick
@pytest.mark.parametrize("keep", ["", "vga=keep"])
def test_log_on_a_framebuffer(rig, tmp_path, keep):
    """UEFI, no serial port: the log is on the screen, until dom0 takes it over or, with vga=keep, beyond."""
    machine = no_serial(rig(boot="grub-uefi", modules=guest("write=99", tmp_path),
                            options=f"{SMALL} console=vga console_to_ring {keep}"))
    screen = Screen(machine)
    with machine:
        lines = screen.wait("line 000098 of 99" if keep else r"\(XEN\) memory: image")
    text = "\n".join(lines)
    assert "\0" not in text, "something else than text is drawn"
    if not keep:
        assert "(XEN) time: TSC at" in text
        assert "line 0000" not in text


@pytest.mark.quick
@pytest.mark.parametrize("when", ["boot", "dom0"])
def test_panic_on_a_framebuffer(rig, tmp_path, when):
    """Whatever console= says, and after dom0 took the screen over."""
    machine = rig(boot="grub-uefi", modules=guest("", tmp_path) if when == "dom0" else [], options=f"{SMALL} nmi=fatal")
    screen = Screen(machine)
    with machine:
        if when == "dom0":
            machine.expect("console: stays")
            assert not any("XEN" in line for line in screen.lines())
            screen.monitor("nmi")
        machine.expect("Panic on CPU 0", fatal=False)
        lines = screen.wait("source lines: addr2line" if when == "dom0" else "Panic on CPU 0: no dom0 kernel")
    if when == "dom0":
        assert any("Panic on CPU 0: NMI" in line for line in lines)


@pytest.mark.quick
def test_bios_medium_keeps_the_text_screen(rig, tmp_path, monkeypatch):
    """As make iso writes it: 80 by 25 characters at 0xb8000 have the log."""
    monkeypatch.setattr(rigs, "ISO_PROTOCOL", "1")
    machine = rig(boot="grub-bios", modules=guest("", tmp_path), options=f"{SMALL} console=com1,vga vga=keep")
    screen = Screen(machine)
    with machine:
        machine.expect("loaded at .* by GRUB")
        machine.expect("console: stays")
        text = screen.characters()
    assert len(text) == 2000 and "(XEN) memory: image" in text


# name: (console=, more options, has a serial port, what is said)
NAMES = {
    "typo": ("vga2", "", True, "console: 'vga2' is ignored"),
    "missing": ("com2", "", True, "console: no serial port answers as com2"),
    "one of two": ("com1,com2", "", True, "console: no serial port answers as com2"),
    "typo, no port": ("vga2", "", False, "console: 'vga2' is ignored"),
    "missing, no port": ("com1", "", False, "console: no serial port answers as com1"),
    "no address": ("com1", "com1=115200,8n1,0x9990", True, "com1 at its usual address is used"),
}


@pytest.mark.quick
@pytest.mark.parametrize("case", NAMES)
def test_never_silent(rig, case):
    """What console= cannot have is said wherever anything can be seen."""
    console, options, port, says = NAMES[case]
    machine = rig(modules=guest(""), options=f"{SMALL} loglvl=warning vga=keep console={console} {options}")
    screen = Screen(machine if port else no_serial(machine))
    with machine:
        if port:
            machine.expect(re.escape(says))
            machine.expect("console: stays")
        if case != "typo":  # there the rig's own console=com1 goes on, which is where it was said
            screen.wait_characters("console: stays")
            assert says in screen.characters()
