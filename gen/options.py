#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the command line's structure, rows and documentation from gen/options.tbl (whose head describes the format).

    options.py --fields TABLE OUT   enums and struct hv_options
    options.py --rows TABLE OUT     the initialiser that lib/options/options.c includes
    options.py --doc TABLE OUT      docs/command-line.md
"""
import re
import sys

from table import lines, produce

UNITS = {"B": 0, "K": 10, "M": 20, "G": 30, "T": 40}
HEAD = "/* Made by gen/options.py from gen/options.tbl. */\n"


class Row:
    def __init__(self, where, group, name, kind, default, text):
        self.group, self.name, self.default, self.text = group, name, default, text
        self.kind, _, self.arg = kind.partition(":")
        self.field = re.sub(r"[-.]", "_", name)
        if self.kind not in KINDS:
            sys.exit(f"{where}: {name}: no kind {self.kind}")
        if self.kind != "unsupported" and not text:
            sys.exit(f"{where}: {name}: no help text")

    def supported(self):
        return self.kind != "unsupported"


def read(path):
    rows, group, seen = [], "", set()
    for number, line in lines(path, comments=True):
        if line.startswith("#"):
            group = line[2:] if "|" not in line else group
            continue
        cells = [c.strip() for c in line.split("|", 3)] + [""] * 2
        row = Row(f"{path}:{number}", group, *cells[:4])
        if row.field in seen:
            sys.exit(f"{path}:{number}: {row.name} stands there twice")
        seen.add(row.field)
        rows.append(row)
    return rows


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def words(row):
    return [value.split("/") for value in row.arg.split(",")]


def constant(row, word):
    return f"OPTION_{row.field}_{word}".upper()


def fields(rows):
    out = HEAD
    for row in rows:
        if row.kind == "enum":
            names = ", ".join(constant(row, v[0]) for v in words(row))
            out += f"enum option_{row.field} {{ {names} }};\n"
    out += "\nstruct hv_options {\n"
    for row in rows:
        if row.supported():
            out += f"    {KINDS[row.kind][0](row)};\n"
    return (out + "};").splitlines()


def limits(row):
    low, _, high = row.arg.partition("-")
    return (low, high + "ULL") if row.arg else ("0", "UINT64_MAX")


def default_number(row):
    if row.kind == "bool":
        return "1" if row.default == "yes" else "0"
    if row.kind == "enum":
        return constant(row, row.default)
    match = re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)([BKMGT]?)", row.default)
    if not match:
        sys.exit(f"{row.name}: default {row.default} is no number")
    return f"{match[1]}ULL << {UNITS[match[2] or 'B']}"


def row_number(row):
    low, high = limits(row)
    return f".number = {{ {default_number(row)}, {low}, {high} }}"


def row_words(row):
    spellings = ", ".join(quoted("/".join(v)) for v in words(row))
    return f".number = {{ {default_number(row)} }}, .words = (const char *const[]){{ {spellings}, NULL }}"


KINDS = {  # kind: (member of the structure, initialiser of the row, how the documentation writes the value)
    "bool": (lambda r: f"bool {r.field}", lambda r: f".number = {{ {default_number(r)} }}", lambda r: "BOOL"),
    "uint": (lambda r: f"uint64_t {r.field}", row_number,
             lambda r: "NUMBER" + (f" ({r.arg.replace('-', ' to ')})" if r.arg else "")),
    "size": (lambda r: f"uint64_t {r.field}",
             lambda r: f".number = {{ {default_number(r)}, {1 << UNITS[r.arg or 'K']} }}", lambda r: "SIZE"),
    "string": (lambda r: f"char {r.field}[{r.arg}]", lambda r: f".text = {quoted(r.default)}", lambda r: "TEXT"),
    "enum": (lambda r: f"enum option_{r.field} {r.field}", row_words, lambda r: " \\| ".join(v[0] for v in words(r))),
    "custom": (lambda r: f"struct {r.arg} {r.field}", lambda r: f".custom = option_{r.arg}", lambda r: "see text"),
    "unsupported": (None, None, None),
}


def rows_text(rows):
    out = HEAD
    for row in sorted(rows, key=lambda r: r.name):
        if not row.supported():
            out += f"{{ {quoted(row.name)}, OPTION_UNSUPPORTED }},\n"
            continue
        place = f"offsetof(struct hv_options, {row.field}), sizeof(((struct hv_options *)0)->{row.field})"
        out += f"{{ {quoted(row.name)}, OPTION_{row.kind.upper()}, {place}, {KINDS[row.kind][1](row)} }},\n"
    return out.splitlines()


DOC_HEAD = """# The hypervisor's command line

Made from gen/options.tbl; change it there. Options are separated by blanks; double quotes keep blanks together. A dash
and an underscore in a name are the same. BOOL is yes, on, true, enable, 1 or no, off, false, disable, 0; a bare name
means yes, and no-NAME means no. SIZE is a number with B, K, M, G or T behind it, K if nothing is. What stands behind a
lone `--` is given to dom0's kernel.

An option that is not known, or whose value cannot be read, is reported by name at boot and ignored.
"""


def doc(rows):
    out, group = DOC_HEAD, None
    for row in (r for r in rows if r.supported()):
        if row.group != group:
            group = row.group
            out += f"\n## {group}\n\n| option | value | default | meaning |\n| --- | --- | --- | --- |\n"
        default = f"`{row.default}`" if row.default not in ("", "-") else ""
        out += f"| `{row.name}` | {KINDS[row.kind][2](row)} | {default} | {row.text} |\n"
    names = sorted(r.name for r in rows if not r.supported())
    out += "\n## Known to Xen 4.17, not here\n\nThese are recognised, reported and ignored: "
    return (out + ", ".join(f"`{n}`" for n in names) + ".").splitlines()


produce(read, {"--fields": fields, "--rows": rows_text, "--doc": doc})
