#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wraps the flat image as a 32-bit ELF file with one segment to load and the build id's note.

It has sections, too, which nobody needs: GRUB 2.12 refuses a file without ("invalid section header table offset").

    nm XENOLITH.ELF | elf32.py IMAGE OUTPUT
"""
import struct
import sys

LOAD_AT, HEADER = 0x200000, 0x1000
SECTIONS, NAMES = 0x80, b"\0.image\0.shstrtab\0"  # where the section headers stand, behind them their names

symbol = {f[2]: int(f[0], 16) for f in (line.split() for line in sys.stdin) if len(f) == 3}
image = open(sys.argv[1], "rb").read()
size = symbol["image_end"] - symbol["image_start"]
entry = LOAD_AT + symbol["start32"] - symbol["image_start"]
ident = b"\x7fELF" + bytes([1, 1, 1]) + bytes(9)
ehdr = ident + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, entry, 52, SECTIONS, 0, 52, 32, 2, 40, 3, 2)
phdr = struct.pack("<IIIIIIII", 1, HEADER, LOAD_AT, LOAD_AT, len(image), size, 7, 0x200000)
note = symbol["build_id_note"] - symbol["image_start"]
note_len = symbol["hv_build_id_end"] - symbol["build_id_note"]
phdr += struct.pack("<IIIIIIII", 4, HEADER + note, LOAD_AT + note, LOAD_AT + note, note_len, note_len, 4, 4)
shdr = bytes(40)
shdr += struct.pack("<IIIIIIIIII", NAMES.index(b".image"), 1, 7, LOAD_AT, HEADER, len(image), 0, 0, 0x1000, 0)
shdr += struct.pack("<IIIIIIIIII", NAMES.index(b".shstrtab"), 3, 0, 0, SECTIONS + 3 * 40, len(NAMES), 0, 0, 1, 0)
with open(sys.argv[2], "wb") as out:
    out.write(((ehdr + phdr).ljust(SECTIONS, b"\0") + shdr + NAMES).ljust(HEADER, b"\0") + image)
