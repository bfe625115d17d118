#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads gen/hypercalls.tbl and writes one product: --header, --table or --doc.

The dispatch tables, one for each kind of guest, also know from gen/privileges.tbl which sub-operations a kind lacks:
where there are any, a function stands before the handler that answers them.
"""
import os
import sys
from collections import namedtuple

import privileges
from table import lines, produce

Row = namedtuple("Row", "nr name args who guests cont home text")
HOMES = {"core": "core/", "pv": "arch/x86/pv/", "machine": "arch/x86/hypercall/"}
NOTE = "/* SPDX-License-Identifier: GPL-2.0-or-later */\n/* Made from gen/hypercalls.tbl by gen/hypercalls.py. */\n"
LIMIT = 64
# __HYPERVISOR_ names that the ABI header does not give.
ALIASES = {"mca": "__HYPERVISOR_arch_0"}
KINDS = ("pv", "hvm")
# Which bits of the first argument are the sub-operation's number, where not all are.
NUMBER_BITS = {"memory_op": 0x3f}


def rows(path):
    out = []
    for n, line in lines(path):
        try:
            nr, name, args, who, guests, cont, home, text = line.split(None, 7)
            row = Row(int(nr), name, int(args), who, guests, cont, home, text)
        except ValueError:
            sys.exit(f"{path}:{n}: expected number, name, args, who, guests, cont, home, text")
        if not 0 <= row.nr < LIMIT or not 0 <= row.args <= 5:
            sys.exit(f"{path}:{n}: number or argument count out of range")
        if who not in ("any", "control", "checks") or cont not in ("yes", "no") or home not in HOMES:
            sys.exit(f"{path}:{n}: unknown word in who, cont or home")
        if guests not in ("pv", "hvm", "both"):
            sys.exit(f"{path}:{n}: guests is pv, hvm or both")
        if out and row.nr <= out[-1].nr:
            sys.exit(f"{path}:{n}: rows must ascend and be unique")
        out.append(row)
    return out


def lacking(table, kind):
    """{hypercall: the numbers of its sub-operations that @kind lacks, though it has the hypercall}."""
    out = {}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "privileges.tbl")
    by_name = {r.name: r for r in table}
    for sub in privileges.rows(path):
        row = by_name[sub.family]
        if not has(row, kind) and sub.guests in (kind, "both"):
            sys.exit(f"gen/privileges.tbl: {sub.family} {sub.name}: {kind} guests do not have {sub.family}")
        if has(row, kind) and sub.guests not in (kind, "both"):
            if sub.nr > 63:
                sys.exit(f"gen/privileges.tbl: {sub.family} {sub.name}: a kind can lack numbers up to 63")
            out.setdefault(sub.family, []).append(sub.nr)
    return out


def has(row, kind):
    return row.guests in (kind, "both")


def guard(kind, name, numbers):
    """A function that keeps what @kind lacks of @name from its handler."""
    mask, bits = sum(1 << nr for nr in numbers), NUMBER_BITS.get(name)
    number = f"call->arg[0] & {bits:#x}" if bits else "(uint32_t)call->arg[0]"
    yield f"\nstatic long {kind}_{name}(struct hypercall *call)\n{{"
    yield f"    uint64_t nr = {number};\n"
    yield f"    if (!hypercall_{name} || (nr < 64 && {mask:#x}ull >> nr & 1))\n        return -ENOSYS;"
    yield f"    return hypercall_{name}(call);\n}}"


def header(table):
    yield NOTE + "#ifndef HYPERCALL_HANDLERS_H\n#define HYPERCALL_HANDLERS_H\n\nstruct hypercall;\n"
    for r in table:
        yield f"/** {r.text}. */\nlong hypercall_{r.name}(struct hypercall *call);"
    yield "\n#endif"


def dispatch(table):
    yield NOTE + '#include "hv/hypercall.h"\n#include "public.h"\n\n#include <hypercall_handlers.h>\n'
    yield "/* Weak: a component that is not in the build leaves NULL, which the dispatcher answers with -ENOSYS. */"
    for r in table:
        yield f"extern __attribute__((weak)) long hypercall_{r.name}(struct hypercall *call);"
    yield ""
    for r in table:
        macro = ALIASES.get(r.name, f"__HYPERVISOR_{r.name}")
        yield f'_Static_assert({macro} == {r.nr}, "gen/hypercalls.tbl: {r.name}");'
    guarded = {kind: lacking(table, kind) for kind in KINDS}
    for kind in KINDS:
        for name, numbers in guarded[kind].items():
            yield from guard(kind, name, numbers)
    yield "\nconst struct hypercall_row hypercall_table[HYPERCALL_KINDS][HYPERCALL_COUNT] = {"
    for kind in KINDS:
        yield f"    [HYPERCALLS_{kind.upper()}] = {{"
        for r in table:
            priv, cont = str(r.who == "control").lower(), str(r.cont == "yes").lower()
            fn = f"{kind}_{r.name}" if r.name in guarded[kind] else f"hypercall_{r.name}"
            if has(r, kind):
                yield f'        [{r.nr}] = {{ {fn}, "{r.name}", {r.args}, {priv}, {cont} }},'
        yield "    },"
    yield "};"


def doc(table):
    yield "# Hypercalls\n"
    yield "Made from `gen/hypercalls.tbl`. *Control* means: only a control domain may call it; others get -EPERM.\n"
    yield "*Checks*: restricted to control domains, but arguments are validated before the permission check, as in Xen:"
    yield "-EFAULT, -EACCES (version) and -ESRCH (domctl) come before -EPERM.\n"
    yield "*Guests*: the kinds of guest that have it; to the others it is -ENOSYS.\n"
    yield "| number | name | arguments | who | guests | continues | implemented in | what it does |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for r in table:
        yield f"| {r.nr} | `{r.name}` | {r.args} | {r.who} | {r.guests} | {r.cont} | `{HOMES[r.home]}` | {r.text} |"


produce(rows, {"--header": header, "--table": dispatch, "--doc": doc})
