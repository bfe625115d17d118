#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the table of functions for call traces (arch/x86/trap/symbol.c) from `nm -n` on standard input, as assembly."""
import sys

rows, base = [], None
for line in sys.stdin:
    address, kind, name = line.split()[:3]
    address = int(address, 16)
    if name == "image_start":
        base = address
    if kind in "tT" and not name.startswith((".L", "$")):
        rows.append((address, name))
if base is None:
    sys.exit("symtab: no symbol image_start")
seen, text, offset = {}, [], 0
for address, name in rows:
    if address not in seen:
        seen[address] = offset
        text.append(name)
        offset += len(name) + 1
print('.section .symbols, "a"\n.balign 8')
print(f".long {len(seen)}, {8 + 8 * len(seen)}")
for address, at in seen.items():
    print(f".long {address - base:#x}, {at}")
for name in text:
    print(f'.asciz "{name}"')
