#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads gen/layouts.tbl and writes one product: --names (what older headers lack), --codec (structures, decoders,
encoders, the numbers served), --check (a C file that compiles only if the headers agree), --doc."""
import re
import sys

from table import lines, produce

NOTE = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Made from gen/layouts.tbl by gen/layouts.py. */\n"
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}
NUMBER_MACRO = {"domctl": "XEN_DOMCTL_INTERFACE_VERSION", "sysctl": "XEN_SYSCTL_INTERFACE_VERSION"}
# What the headers of the releases that can be built with call themselves (xen-compat.h).
HEADERS = {"4.17": 0x00040e00, "4.20": 0x00041300}


def fail(where, what):
    sys.exit(f"gen/layouts.tbl:{where}: {what}")


def release(text):
    return tuple(int(part) for part in text.split("."))


class Struct:
    def __init__(self, where, name, ctype, family, columns):
        self.where, self.name, self.ctype, self.family, self.columns = where, name, ctype, family, columns
        self.fields, self.sizes, self.whole = [], None, True
        self.since = columns[0] if re.fullmatch(r"\d\.\d+", columns[0]) else None

    def add(self, where, words):
        if words[0] in ("size", "head"):
            self.whole = words[0] == "size"
            self.sizes = [int(word) for word in words[1:]]
            if len(self.sizes) != len(self.columns):
                fail(where, f"{self.name}: a size for each column")
            return
        name, kind, member, *offsets = words
        if len(offsets) != len(self.columns):
            fail(where, f"{self.name}.{name}: an offset for each column")
        size = SIZES.get(kind) or int(kind.partition("bytes:")[2] or fail(where, f"{name}: unknown kind {kind}"))
        self.fields.append((name, kind, size, member, [None if o == "-" else int(o) for o in offsets]))

    def numbers(self, column):
        first, last = (int(n, 16) for n in self.columns[column].split("-"))
        return range(first, last + 1)

    def check(self):
        """Each column's fields lie one behind the other, and all of them up to its end."""
        for column, _ in enumerate(self.columns):
            at = 0
            for name, _, size, _, offsets in self.fields:
                if offsets[column] is not None:
                    if offsets[column] != at:
                        fail(self.where, f"{self.name}.{name} is at {offsets[column]}, what comes before ends at {at}")
                    at += size
            if not self.sizes or self.sizes[column] != at:
                fail(self.where, f"{self.name}: ends at {at}")


class Table:
    def __init__(self, path):
        self.interfaces, self.names, self.structs = [], [], []
        for where, line in lines(path):
            words = line.split()
            if words[0] == "interface":
                self.interfaces.append((words[1], int(words[2], 16), words[3].split(","), " ".join(words[4:])))
            elif words[0] == "name":
                self.names.append((words[1], int(words[2], 0), words[3], " ".join(words[4:])))
            elif words[0] == "struct":
                self.structs.append(Struct(where, words[1], words[2], words[3], words[4:]))
            elif self.structs:
                self.structs[-1].add(where, words)
            else:
                fail(where, "expected interface, name or struct")
        for struct in self.structs:
            struct.check()
            if struct.since is None:
                served = [number for family, number, _, _ in self.interfaces if family == struct.family]
                if sorted(n for c in range(len(struct.columns)) for n in struct.numbers(c)) != served:
                    fail(struct.where, f"{struct.name}: each number served must be in one column")

    def served(self, family):
        return [number for f, number, _, _ in self.interfaces if f == family]

    def releases(self, family):
        found = [r for f, _, rs, _ in self.interfaces if f == family for r in rs]
        return found[0], found[-1]


def emit_names(table):
    yield NOTE + "#ifndef LAYOUT_NAMES_H\n#define LAYOUT_NAMES_H\n"
    for name, value, since, text in table.names:
        yield f"#ifndef {name}\n#define {name} {value:#x} /* {since}: {text} */\n#endif"
    yield "\n#endif"


def c_field(name, kind, size):
    return f"uint8_t {name}[{size}];" if kind.startswith("bytes:") else f"uint{size * 8}_t {name};"


def copies(struct, column, decode):
    for name, kind, size, _, offsets in struct.fields:
        field = ("" if kind.startswith("bytes:") else "&") + f"s->{name}"
        at = f"(const uint8_t *)from + {offsets[column]}" if decode else f"(uint8_t *)to + {offsets[column]}"
        if offsets[column] is not None:
            yield f"memcpy({field}, {at}, {size});" if decode else f"memcpy({at}, {field}, {size});"


def function(struct, decode):
    """The C function that copies one structure, in or out, field by field."""
    version = "" if struct.since else "uint32_t number, "
    if decode:
        yield f"static inline void {struct.name}_decode({version}const void *from, struct layout_{struct.name} *s)\n{{"
        yield "    memset(s, 0, sizeof(*s));"
    else:
        yield f"static inline void {struct.name}_encode({version}const struct layout_{struct.name} *s, void *to)\n{{"
    if struct.since:
        for copy in copies(struct, 0, decode):
            yield "    " + copy
    else:
        yield "    switch (number) {"
        for column, _ in enumerate(struct.columns):
            yield "    " + " ".join(f"case {number:#x}:" for number in struct.numbers(column))
            for copy in copies(struct, column, decode):
                yield "        " + copy
            yield "        break;"
        yield "    }"
    yield "}\n"


def emit_codec(table):
    yield NOTE + "#ifndef LAYOUT_CODEC_H\n#define LAYOUT_CODEC_H\n\n#include <stdbool.h>\n#include <stdint.h>\n"
    for family in NUMBER_MACRO:
        served = table.served(family)
        first, last = table.releases(family)
        if served != list(range(served[0], served[-1] + 1)):
            fail("-", f"{family}: the numbers served must follow one another")
        prefix = f"#define {family.upper()}_SERVED_"
        yield f"{prefix}FIRST {served[0]:#x}u\n{prefix}LAST {served[-1]:#x}u"
        yield f'{prefix}TEXT "{served[0]:#x} to {served[-1]:#x} (Xen {first} to {last})"'
    for struct in table.structs:
        yield f"\n/* As of all releases: what one hasn't is 0. */\nstruct layout_{struct.name} {{"
        for name, kind, size, _, _ in struct.fields:
            yield "    " + c_field(name, kind, size)
        yield "};\n"
        sizes = max(struct.sizes)
        yield f"#define LAYOUT_{struct.name.upper()}_SIZE {sizes}u /* at most */\n"
        yield from function(struct, True)
        yield from function(struct, False)
    yield "#endif"


def condition(struct, column):
    """When the headers that are there have this layout."""
    if struct.since is None:
        macro = NUMBER_MACRO[struct.family]
        return f"{macro} >= {struct.numbers(column)[0]:#x} && {macro} <= {struct.numbers(column)[-1]:#x}"
    return header_has(struct.since)


def header_has(since):
    newer = [code for name, code in HEADERS.items() if release(name) >= release(since)]
    return f"__XEN_LATEST_INTERFACE_VERSION__ >= {min(newer):#x}" if newer else "0"


def emit_check(table):
    yield NOTE + "#include <stddef.h>\n#include <stdint.h>\n#define __XEN_TOOLS__ 1"
    for header in ("xen", "domctl", "sysctl", "event_channel", "features", "physdev", "platform", "vcpu", "version"):
        yield f"#include <xen/{header}.h>"
    codes = " && ".join(f"__XEN_LATEST_INTERFACE_VERSION__ != {code:#x}" for code in HEADERS.values())
    known = " and ".join(HEADERS)
    yield f"#if {codes}\n#warning libxen-dev is not of {known}: gen/layouts.tbl was not checked against it\n#endif"
    for family, macro in NUMBER_MACRO.items():
        yield f'_Static_assert({macro} >= {table.served(family)[0]:#x}, "libxen-dev is older than 4.17 ({family})");'
        yield f"#if {macro} > {table.served(family)[-1]:#x}"
        yield f"#error libxen-dev is newer than what gen/layouts.tbl knows ({family})\n#endif"
    for name, value, since, _ in table.names:
        yield f"#ifdef {name}\n_Static_assert({name} == {value:#x}, \"gen/layouts.tbl: {name}\");"
        yield f"#elif {header_has(since)}\n#error gen/layouts.tbl: the headers should have {name}\n#endif"
    for struct in table.structs:
        for column, size in enumerate(struct.sizes):
            if struct.ctype == "-":
                continue
            yield f"#if {condition(struct, column)}"
            for name, _, bytes_, member, offsets in struct.fields:
                if member != "-" and offsets[column] is not None:
                    yield (f"_Static_assert(offsetof(struct {struct.ctype}, {member}) == {offsets[column]} && "
                           f"sizeof(((struct {struct.ctype} *)0)->{member}) == {bytes_}, \"gen/layouts.tbl: "
                           f"{struct.name}.{name}\");")
            yield (f"_Static_assert(sizeof(struct {struct.ctype}) {'==' if struct.whole else '>='} {size}, "
                   f'"gen/layouts.tbl: size of {struct.name}");')
            yield "#endif"


def emit_doc(table):
    yield "# Toolstacks\n\nMade from `gen/layouts.tbl`.\n"
    yield "One hypervisor serves the tools of Xen 4.17 to 4.22, several of them at once in one dom0. A tool writes the"
    yield "number of the interface that it was built with into each domctl and sysctl; that number alone says how the"
    yield "call is read and answered. Nothing is kept about a caller or a domain.\n"
    yield "Another number gets -EACCES, and a line in the log that names it and those served. `get_domain_state` is the"
    yield "one operation whose number is 0, for good.\n"
    for family in NUMBER_MACRO:
        yield f"\n## {family}\n\n| number | Xen | what came with it |\n| --- | --- | --- |"
        for f, number, releases, text in table.interfaces:
            if f == family:
                yield f"| {number:#x} | {', '.join(releases)} | {text} |"
    yield "\n## Operations and names that came later\n\n| name | value | since | what |\n| --- | --- | --- | --- |"
    for name, value, since, text in table.names:
        yield f"| `{name}` | {value if value < 256 else hex(value)} | {since} | {text} |"
    yield "\nNone of these carries a number that tells releases apart: they are there for all.\n"
    yield "## Structures"
    for struct in table.structs:
        titles = [f"since {struct.since}"] if struct.since else [c.replace("-", " to ") for c in struct.columns]
        yield f"\n### {struct.name} ({struct.family})\n"
        yield f"| field | kind | {' | '.join(titles)} |\n| --- | --- |{' --- |' * len(titles)}"
        for name, kind, _, _, offsets in struct.fields:
            yield f"| {name} | {kind} | {' | '.join('–' if o is None else str(o) for o in offsets)} |"
        yield f"| {'end' if struct.whole else 'more follows'} | | {' | '.join(map(str, struct.sizes))} |"


produce(Table, {"--names": emit_names, "--codec": emit_codec, "--check": emit_check, "--doc": emit_doc})
