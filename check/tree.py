# SPDX-License-Identifier: GPL-2.0-or-later
"""What the checks share: the files of the tree, how a header is found, which part of the tree a file belongs to."""
import os
import re

GENERATED = {"hypercall_handlers.h", "hypercall_rows.h", "toolstack_handlers.h", "toolstack_rows.h", "subops.h",
             "options_fields.h", "options_rows.h", "font.h", "layout_names.h", "layout_codec.h", "cpufeatures.h",
             "compat_rows.h", "narrow_layout.h", "cpufeatures_tables.h", "version.h", "offsets.h"}
ROOTS = [".", "include", "lib", "lib/port/hv", "arch/x86", "arch/x86/include", "arch/sim/include"]
SKIP = {".git", "build", "__pycache__"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def files(*suffixes):
    for folder, names, entries in os.walk("."):
        names[:] = sorted(n for n in names if n not in SKIP)
        for entry in sorted(entries):
            if not suffixes or entry.endswith(suffixes):
                yield os.path.normpath(os.path.join(folder, entry))


def text(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def inside(path, *folders):
    return any(path == f or path.startswith(f + "/") for f in folders)


def includes(path):
    """Pairs of line number and header, each a path of the tree, "generated" or "<name>" of the system."""
    body = text(path)
    for match in INCLUDE.finditer(body):
        yield body.count("\n", 0, match.start(2)) + 1, resolve(path, match[1] == '"', match[2])


def resolve(path, quoted, name):
    roots = ([os.path.dirname(path) or "."] if quoted else []) + roots_of(path)
    for root in roots:
        found = os.path.normpath(os.path.join(root, name))
        if os.path.isfile(found):
            return found
    return "generated" if name in GENERATED else f"<{name}>"


def roots_of(path):
    if inside(path, "tools", "test/unit", "test/fuzz"):
        return [".", "include", "lib", "lib/port/host", os.path.dirname(path)]
    if inside(path, "arch/sim", "test/sim", "arch/x86/hw/sim"):
        return [".", "include", "lib", "lib/port/hv", "arch/sim/include", "arch/x86"]
    if inside(path, "guests"):
        return [".", "guests", "guests/common", "include"]
    return ROOTS
