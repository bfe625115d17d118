#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads gen/privileges.tbl and writes one product: --header, --table, --subops or --doc."""
import sys
from collections import namedtuple

from table import lines, produce

Row = namedtuple("Row", "family nr name who guests target state text")
PREFIX = {"domctl": "XEN_DOMCTL_", "sysctl": "XEN_SYSCTL_", "memory_op": "XENMEM_"}
WHO = ("any", "owner", "control", "hardware")
GUESTS = ("pv", "hvm", "both")
BY_STRUCTURE = ("domctl", "sysctl", "platform_op")  # their number is not an argument
TARGET = ("none", "any", "other", "-")
STATES = ("works", "arch", "ENOSYS", "ENODATA", "EOPNOTSUPP", "EINVAL", "ENODEV", "EPERM", "EACCES")
NOTE = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Made from gen/privileges.tbl by gen/privileges.py. */\n"


def rows(path):
    out, seen = [], {}
    for n, line in lines(path):
        try:
            family, nr, name, who, guests, target, state, text = line.split(None, 7)
            row = Row(family, int(nr), name, who, guests, target, state, text)
        except ValueError:
            sys.exit(f"{path}:{n}: expected family, nr, name, who, guests, target, state, what")
        if who not in WHO or guests not in GUESTS or target not in TARGET or state not in STATES:
            sys.exit(f"{path}:{n}: unknown word in who, guests, target or state")
        if family in BY_STRUCTURE and guests != "both":
            sys.exit(f"{path}:{n}: the tables of {family} do not know the kind of the caller")
        if (family == "domctl") == (target == "-"):
            sys.exit(f"{path}:{n}: a target is for domctl and only for it")
        if family in ("domctl", "sysctl") and who != "control":
            sys.exit(f"{path}:{n}: {family} is for control domains")
        if row.nr <= seen.get(family, -1):
            sys.exit(f"{path}:{n}: rows of a family must ascend and be unique")
        seen[family] = row.nr
        out.append(row)
    return out


def handlers(table):
    return [r for r in table if r.family in ("domctl", "sysctl") and r.state in ("works", "arch")]


def header(table):
    yield NOTE + "#ifndef TOOLSTACK_HANDLERS_H\n#define TOOLSTACK_HANDLERS_H\n"
    yield "struct domctl_call;\nstruct sysctl_call;\n"
    for r in handlers(table):
        yield f"/** {r.text}. */\nlong {r.family}_{r.name}(struct {r.family}_call *call);"
    yield "\n#endif"


def dispatch(table):
    yield NOTE + '#include "hv/toolstack.h"\n#include "public.h"\n'
    yield "/* What the architecture does not implement is NULL, and answered with -ENOSYS. */"
    for r in handlers(table):
        weak = "extern __attribute__((weak)) " if r.state == "arch" else ""
        yield f"{weak}long {r.family}_{r.name}(struct {r.family}_call *call);"
    yield ""
    for r in table:
        if r.family in PREFIX and not (r.family == "memory_op" and r.nr in (18, 19)):
            yield f'_Static_assert({PREFIX[r.family]}{r.name} == {r.nr}, "gen/privileges.tbl: {r.name}");'
    for family in ("domctl", "sysctl"):
        mine = [r for r in table if r.family == family]
        yield f"\nconst struct {family}_row {family}_rows[] = {{"
        for r in mine:
            fn = f"{family}_{r.name}" if r in handlers(table) else "NULL"
            error = "0" if r in handlers(table) else r.state
            target = f", DOMCTL_TARGET_{r.target.upper()}" if family == "domctl" else ""
            yield f'    {{ {fn}, "{r.name}", {r.nr}, {error}{target} }},'
        yield "};"
        yield f"const unsigned int {family}_row_count = {len(mine)};"


def subops(table):
    """For a test: each sub-operation that an argument names, with the kinds of guest that have it."""
    yield NOTE + "#ifndef SUBOPS_H\n#define SUBOPS_H\n"
    yield "static const struct { unsigned int call, nr; bool pv, hvm; const char *name; } subops[] = {"
    for r in table:
        if r.family not in BY_STRUCTURE:
            pv, hvm = (str(r.guests in (kind, "both")).lower() for kind in ("pv", "hvm"))
            yield f'    {{ __HYPERVISOR_{r.family}, {r.nr}, {pv}, {hvm}, "{r.family} {r.name}" }},'
    yield "};\n\n#endif"


def doc(table):
    yield "# What works\n"
    yield "Made from `gen/privileges.tbl`, from which the dispatch tables of domctl and sysctl are made as well."
    yield "Hypercalls without sub-operations are in `hypercalls.md`. A sub-operation that is not listed does not exist:"
    yield "-ENOSYS.\n"
    yield "*any*: every guest, on itself. *owner*: every guest on itself, control domains on others. *control*: control"
    yield "domains. Callers without permission get -EPERM.\n"
    yield "*guests*: the kinds of guest that may call it; to the others it is -ENOSYS. 32-bit code of a container has"
    yield "what `gen/compat.tbl` has a row for; the rest, the toolstack's families among it, is -ENOSYS to it.\n"
    for family in dict.fromkeys(r.family for r in table):
        yield f"\n## {family}\n\n| nr | name | who | guests | state | what |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for r in table:
            if r.family == family:
                state = "works" if r.state in ("works", "arch") else f"-{r.state}"
                yield f"| {r.nr} | `{r.name}` | {r.who} | {r.guests} | {state} | {r.text} |"


if __name__ == "__main__":
    produce(rows, {"--header": header, "--table": dispatch, "--subops": subops, "--doc": doc})
