# SPDX-License-Identifier: GPL-2.0-or-later
"""What boot loaders do: where they put modules, and what they put in front of command lines."""
import os
import re
import shutil
import subprocess
import tempfile

import pytest

import rig as rigs
import toolstack

HELLO = os.path.join(toolstack.GUESTS, "hello.elf")  # says its command line, and the length and sum of its module
TINY = bytes(i * i % 251 for i in range(318))


def said_of(data):
    total = 0
    for byte in data:
        total = (total * 31 + byte) & 0xffffffff
    return f"module of {len(data)} bytes, sum {total:#x}"


@pytest.fixture
def tiny(tmp_path):
    (tmp_path / "tiny").write_bytes(TINY)
    return str(tmp_path / "tiny")


# GRUB on UEFI puts small modules at 0x1000; without a screen, at 0.
SCREENS = {"screen": (), "no-screen": ("-vga", "none")}


@pytest.mark.parametrize("screen", [pytest.param("screen", marks=pytest.mark.quick), "no-screen"])
def test_small_module(rig, tiny, screen):
    """A module below 1 MiB arrives, byte for byte."""
    modules = [(HELLO, "of its own"), (tiny, "")]
    with rig(boot="grub-uefi", modules=modules, devices=("-nic", "none", *SCREENS[screen])) as machine:
        machine.expect(r"module \d: moved from 0x[0-9a-f]{1,5} to 0x[0-9a-f]+")
        machine.expect("command line: of its own")
        machine.expect(said_of(TINY))


def test_small_module_beside_linux(rig, tiny):
    linux, initrd = rigs.kernel("6.1")
    with rig(boot="grub-uefi", modules=[(linux, "console=hvc0"), (initrd, ""), (tiny, "")], cpus=2) as machine:
        machine.expect(r"module 3: moved from 0x")
        machine.expect(r"dom0: module 3, .*, is not used")
        assert machine.shell()[1] == 2


@pytest.mark.parametrize("mem", [pytest.param("mem=36M dom0_mem=10M", marks=pytest.mark.quick),
                                 "mem=110M dom0_mem=50M"])
def test_mem_and_modules(rig, tmp_path, mem):
    """A module above what mem= leaves is moved below it, or there is one clear sentence."""
    data = os.urandom(1 << 20) * 40
    (tmp_path / "large").write_bytes(data)
    with rig(modules=[(HELLO, "x"), (str(tmp_path / "large"), "")], options=mem) as machine:
        if "36M" in mem:
            machine.expect(r"Panic on CPU 0: no room for module 2 of 40960 KiB, which lies at [^\n]*: give the machine "
                           r"more memory, or raise mem=", fatal=False)
        else:
            machine.expect(said_of(data))


def without_names(line, modules):
    """A function that makes a BIOS medium whose loader gives no file names in Multiboot 1: GRUB that says Limine."""
    def make(path):
        work = tempfile.mkdtemp()  # xorriso takes a "=" in a path for its own
        shutil.copytree("/usr/lib/grub/i386-pc", work + "/mods")
        os.makedirs(work + "/tree/boot/grub")
        with open(work + "/mods/multiboot.mod", "rb") as file:
            module = file.read()
        changed = re.sub(rb"GRUB 2\.\d\d", b"Limine7.1", module)
        assert changed != module and len(changed) == len(module)
        with open(work + "/mods/multiboot.mod", "wb") as file:
            file.write(changed)
        shutil.copy(rigs.HV, work + "/tree/boot/hv")
        menu = f"set timeout=0\nmenuentry x {{\nmultiboot /boot/hv {line}\n"
        for number, (source, words) in enumerate(modules):
            shutil.copy(source, f"{work}/tree/boot/m{number}")
            menu += f"module --nounzip /boot/m{number} {words}\n"
        with open(work + "/tree/boot/grub/grub.cfg", "w", encoding="utf-8") as file:
            file.write(menu + "}\n")
        subprocess.run(["grub-mkrescue", "-d", work + "/mods", "-o", path, "--fonts=", "--locales=", "--themes=",
                        work + "/tree"], check=True, capture_output=True)
        shutil.rmtree(work)
    return make


# our line: the module's line, what it is when it arrives, and whether a word was taken off
FIRST_WORDS = {
    "dom0_mem=64M console=com1": ("first=word second", "first=word second", False),
    "noreboot console=com1": ("quiet second", "quiet second", False),
    "console=com1": ("/boot/m0 second", "second", True),
    "hv console=com1": ("m0 second", "second", True),
}


@pytest.mark.parametrize("line", [pytest.param(line, marks=[pytest.mark.quick] * ("dom0_mem" in line))
                                  for line in FIRST_WORDS])
def test_first_word(rig, line):
    """An option that comes first is an option, with Multiboot 1, too; a file's name is told and dropped."""
    words, arrives, taken = FIRST_WORDS[line]
    medium = without_names(f"{line} com1=115200,8n1 loglvl=all", [(HELLO, words)])
    with rig(boot="grub-bios", mem=512, medium=medium) as machine:
        machine.expect(r"loaded at 0x[0-9a-f]+ by Limine")
        if taken:
            machine.expect(r"Boot module 1: first word taken for the image's name: \S*m0\s")
        machine.expect(r"command line: (noreboot |dom0_mem=64M |)console=com1 com1=115200,8n1")
        machine.expect(r"command line: " + arrives + r"\s")


@pytest.mark.quick
def test_sections():
    """GRUB 2.12 with Debian 13's fixes refuses an image without section headers: they are there, and sound."""
    done = subprocess.run(["readelf", "-hSW", rigs.HV], capture_output=True, text=True, check=True)
    assert re.search(r"Number of section headers: +[1-9]", done.stdout) and ".shstrtab" in done.stdout
    assert "Warning" not in done.stderr + done.stdout and "Error" not in done.stderr
