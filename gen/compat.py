#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads gen/compat.tbl and writes one product: --rows (tables for lib/x86/compat), --offsets (of what we write to),
--check (a C file that compiles for 64-bit and for 32-bit code only if the headers agree)."""
import sys

from table import lines, produce

NOTE = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Made from gen/compat.tbl by gen/compat.py. */\n"
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "long": 4}
# Which bits of the first argument are the sub-operation's number, where not all are.
NUMBER_BITS = {"memory_op": "0x3f"}


# Structures that we share with a guest.
OURS = ("shared_info", "vcpu_info", "runstate")


class Table:
    def __init__(self):
        self.structs, self.same, self.calls = {}, [], []

    def add(self, where, words):
        if words[0] == "struct":
            self.structs[words[1]] = (int(words[2]), " ".join(words[3:]), [])
        elif words[0] == "same":
            self.same.append((int(words[1]), " ".join(words[2:])))
        elif words[0] == "call" and len(words) == 5:
            self.calls.append(words[1:])
        elif len(words) == 3 and self.structs:
            member, kind, at = words
            if kind not in SIZES and not kind.startswith("ptr:"):
                sys.exit(f"gen/compat.tbl:{where}: unknown kind {kind}")
            list(self.structs.values())[-1][2].append((member, kind, int(at)))
        else:
            sys.exit(f"gen/compat.tbl:{where}: not understood")


def read(path):
    table = Table()
    for where, line in lines(path):
        table.add(where, line.split())
    return table


def target(kind):
    return "COMPAT_" + (kind[4:].upper() if kind.startswith("ptr:") else "RAW")


def wide(ctype, member):
    return ("0", f"sizeof({ctype})") if member == "-" else \
        (f"offsetof({ctype}, {member})", f"sizeof((({ctype} *)0)->{member})")


def translated(table):
    """Names of the structures that an argument or a pointer leads to."""
    pointers = (kind[4:] for _, _, fields in table.structs.values() for _, kind, _ in fields if kind.startswith("ptr:"))
    return {name for name in [*pointers, *(call[3] for call in table.calls)] if name != "raw"}


def claim(what, text):
    return f'_Static_assert({what}, "gen/compat.tbl: {text}");'


def rows(table):
    yield NOTE + "enum {\n    COMPAT_RAW,"
    for name in table.structs:
        yield f"    COMPAT_{name.upper()},"
    yield "};\n\nstatic const struct compat_field compat_fields[] = {"
    for _, ctype, fields in table.structs.values():
        for member, kind, at in fields:
            offset, size = wide(ctype, member)
            yield f"    {{ {offset}, {at}, {size}, {SIZES.get(kind, 4)}, {target(kind)} }},"
    yield "};\n\nstatic const struct compat_layout compat_layouts[] = {"
    first = 0
    for name, (size, ctype, fields) in table.structs.items():
        yield f"    [COMPAT_{name.upper()}] = {{ sizeof({ctype}), {size}, {first}, {len(fields)} }},"
        first += len(fields)
    yield "};\n"
    for name in sorted(translated(table)):
        size, ctype, _ = table.structs[name]
        yield claim(f"{size} <= COMPAT_BYTES && sizeof({ctype}) <= COMPAT_BYTES", f"{name} is too big")
    yield "\nstatic const struct compat_call compat_calls[] = {"
    for call, number, arg, name in table.calls:
        bits = "0" if number == "*" else NUMBER_BITS.get(call, "0xffffffff")
        number = "0" if number == "*" else number
        yield f"    {{ __HYPERVISOR_{call}, {bits}, {number}, {arg if arg != '-' else 0}, COMPAT_{name.upper()} }},"
    yield "};"


def offsets(table):
    yield NOTE + "/* Where 32-bit code has what 64-bit code has elsewhere. */"
    yield "#ifndef NARROW_LAYOUT_H\n#define NARROW_LAYOUT_H\n"
    for name in OURS:
        for member, _, at in table.structs[name][2]:
            if "[" in member and "[0]" not in member:
                continue
            yield f"#define NARROW_{name.upper()}_{member.partition('[')[0].removeprefix('xen_').upper()} {at}u"
        yield f"#define NARROW_{name.upper()}_SIZE {table.structs[name][0]}u\n"
    yield "#endif"


def check(table):
    yield NOTE + '#include <stddef.h>\n#include "public.h"\n'
    for size, ctype in table.same:
        yield claim(f"sizeof({ctype}) == {size}", f"{ctype} is not {size} bytes")
    yield "#ifdef __i386__\n#define xen_wc_sec_hi arch.wc_sec_hi /* the header has it so for guests alone */"
    for size, ctype, fields in table.structs.values():
        yield claim(f"sizeof({ctype}) == {size}", f"{ctype} is not {size} bytes")
        for member, kind, at in fields:
            offset, bytes_ = wide(ctype, member)
            yield claim(f"{offset} == {at} && {bytes_} == {SIZES.get(kind, 4)}", f"{ctype}.{member}")
    yield "#endif"


produce(read, {"--rows": rows, "--offsets": offsets, "--check": check})
