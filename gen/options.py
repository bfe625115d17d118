#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the command line's structure, rows and documentation from gen/options.tbl (whose head describes the format).

    options.py --fields TABLE OUT   enums and struct hv_options
    options.py --rows TABLE OUT     the initialiser that lib/options/options.c includes
    options.py --doc TABLE OUT      docs/command-line.md
    options.py --man TABLE OUT      xenolith(7), the same for man
"""
import re
import sys

import manpage
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
        if (self.kind == "uint" and "-" not in self.arg) or (self.kind == "custom" and ":" not in self.arg):
            sys.exit(f"{where}: {name}: a number needs its limits, a form of its own its syntax")

    def part(self, index):
        """Of what follows the kind, the part of that number; empty if there is none."""
        return (self.arg.split(":") + ["", "", ""])[index]

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


def number(row, text):
    match = re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)([BKMGT]?)", text)
    if not match:
        sys.exit(f"{row.name}: {text} is no number")
    return int(match[1], 0) << UNITS[match[2] or "B"]


def limits(row):
    text = row.arg if row.kind == "uint" else row.part(1)
    low, _, high = text.partition("-")
    return (number(row, low), number(row, high)) if text else (0, 2**64 - 1)


def default_number(row):
    if row.kind == "bool":
        return "1" if row.default == "yes" else "0"
    if row.kind == "enum":
        return constant(row, row.default)
    return f"{number(row, row.default)}ULL"


def row_number(row):
    low, high = limits(row)
    unit = f", .unit = {1 << UNITS[row.part(0) or 'K']}" if row.kind == "size" else ""
    return f".number = {{ {default_number(row)}, {low}ULL, {high}ULL }}{unit}"


def row_words(row, spellings):
    return f".words = (const char *const[]){{ {', '.join(quoted(w) for w in spellings)}, NULL }}"


def row_enum(row):
    return f".number = {{ {default_number(row)} }}, {row_words(row, ['/'.join(v) for v in words(row)])}"


def row_string(row):
    syntax = f", .syntax = {quoted(row.part(1))}" if row.part(1) else ""
    return f".text = {quoted(row.default)}{syntax}"


def row_list(row):
    out = f".text = {quoted(row.default)}, .separator = '{row.part(2) or ','}', "
    if row.part(1).startswith("*"):
        return out + f".syntax = {quoted(row.part(1)[1:])}"
    return out + row_words(row, row.part(1).split(","))


def row_custom(row):
    name, _, syntax = row.arg.partition(":")
    return f".custom = option_{name}, .syntax = {quoted(syntax)}"


def list_value(row):
    if row.part(1).startswith("*"):
        return row.part(1)[1:]
    known = row.part(1).replace(",", ", ")
    return f"one or two (FIRST/SECOND) of {known}" if row.part(2) else f"of {known}; comma separated"


KINDS = {  # kind: (member of the structure, initialiser of the row, how the documentation writes the value)
    "bool": (lambda r: f"bool {r.field}", lambda r: f".number = {{ {default_number(r)} }}", lambda r: "BOOL"),
    "uint": (lambda r: f"uint64_t {r.field}", row_number, lambda r: f"NUMBER ({r.arg.replace('-', ' to ')})"),
    "size": (lambda r: f"uint64_t {r.field}", row_number,
             lambda r: "SIZE" + (f" ({r.part(1).replace('-', ' to ')})" if r.part(1) else "")),
    "string": (lambda r: f"char {r.field}[{r.part(0)}]", row_string, lambda r: r.part(1) or "TEXT"),
    "list": (lambda r: f"char {r.field}[{r.part(0)}]", row_list, list_value),
    "enum": (lambda r: f"enum option_{r.field} {r.field}", row_enum,
             lambda r: " \\| ".join(v[0] for v in words(r))),
    "custom": (lambda r: f"struct {r.part(0)} {r.field}", row_custom, lambda r: r.arg.partition(":")[2]),
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


SYNTAX = """Options are separated by blanks; double quotes keep blanks together. A dash
and an underscore in a name are the same. BOOL is yes, on, true, enable, 1 or no, off, false, disable, 0; a bare name
means yes, and no-NAME means no. SIZE is a number with B, K, M, G or T behind it, K if nothing is. Everything after a
standalone `--` is passed to the dom0 kernel.

Nothing is ignored silently. Of a value that has several parts, the parts that can be read count, and the log names the
others. A number beyond its limits counts as the limit, and the log says so. An option that is not known, or whose value
cannot be read at all, is named in the log and ignored. Where another word was probably meant, the log names it: "did
you mean". `xl set-parameters` is strict instead: what cannot be taken as it is, is an error.
"""
DOC_HEAD = "# The hypervisor's command line\n\nMade from gen/options.tbl; change it there. " + SYNTAX


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


def man(rows):
    """xenolith(7)."""
    out = ['.\\" SPDX-License-Identifier: GPL-2.0-or-later', '.\\" Made by gen/options.py from gen/options.tbl.']
    out += manpage.title("xenolith", 7, "options of the Xenolith hypervisor", "Miscellaneous")
    out += manpage.section("Description", *WHERE.strip().split("\n\n"), *SYNTAX.strip().split("\n\n"))
    group = None
    for row in (r for r in rows if r.supported()):
        if row.group != group:
            group = row.group
            out += manpage.section(group)
        default = f" (default: `{row.default}`)" if row.default not in ("", "-") else ""
        value = re.sub("^of ", "any of ", KINDS[row.kind][2](row))
        out += manpage.item(f"\\fB{manpage.escape(row.name)}\\fR={manpage.escape(value)}", row.text + default)
    names = ", ".join(f"`{name}`" for name in sorted(r.name for r in rows if not r.supported()))
    out += manpage.section("Known to Xen, not here", "These are recognised, reported and ignored: " + names + ".")
    return out + manpage.section("See also", "`xnl`(1), `update-grub`(8), `xl`(1)")


WHERE = """Xenolith is a hypervisor that speaks the ABI of Xen. The boot loader gives it its options, behind the name of
its file. GRUB on Debian takes them from `GRUB_CMDLINE_XEN` and `GRUB_CMDLINE_XEN_DEFAULT` in
`/etc/default/grub.d/xenolith.cfg`; `update-grub` puts them into the menu. `xl dmesg` shows what the hypervisor made of
them, and `xl set-parameters` changes some of them later.
"""

produce(read, {"--fields": fields, "--rows": rows_text, "--doc": doc, "--man": man})
