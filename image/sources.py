#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print apt sources for another suite, on the mirrors that this system takes its own release from.

usage: sources.py CODENAME SUITE     CODENAME is this system's release; SUITE is "backports" (of that release) or the
                                     codename of another one, which comes with its updates and security fixes.
                                     Exit status 1 when no source of this system's release is configured.
"""
import glob
import re
import sys


def stanzas(path):
    """The deb822 stanzas of a .sources file as dictionaries."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"(?m)^#.*\n", "", file.read())
    for block in re.split(r"\n\s*\n", text):
        yield dict(re.findall(r"(?m)^([\w-]+):\s*((?:.*\n?)(?:[ \t].*\n?)*)", block))


def one_line_sources(path):
    """The 'deb [options] URI SUITE COMPONENT...' lines of a .list file in the same form."""
    pattern = re.compile(r"^\s*deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)")
    with open(path, encoding="utf-8") as file:
        for line in file:
            match = pattern.match(line)
            if match:
                options = dict(re.findall(r"([\w-]+)=(\S+)", match[1] or ""))
                yield {"Types": "deb", "URIs": match[2], "Suites": match[3], "Signed-By": options.get("signed-by", "")}


def sources():
    for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
        yield from stanzas(path)
    for path in sorted(glob.glob("/etc/apt/sources.list") + glob.glob("/etc/apt/sources.list.d/*.list")):
        yield from one_line_sources(path)


def other_suites(suites, codename, wanted):
    """What to ask the mirror for that has @suites of this system's release."""
    if wanted == "backports":
        return [f"{codename}-backports"] if codename in suites else []
    names = {codename: wanted, f"{codename}-updates": f"{wanted}-updates", f"{codename}-security": f"{wanted}-security"}
    return [names[suite] for suite in suites if suite in names]


def main():
    codename, wanted = sys.argv[1:]
    found = False
    for source in sources():
        suites = other_suites(source.get("Suites", "").split(), codename, wanted)
        if suites and "deb" in source.get("Types", "").split():
            found = True
            print("Types: deb")
            print("URIs:", source["URIs"].split()[0])
            print("Suites:", " ".join(suites))
            print("Components: main")
            if source.get("Signed-By", "").strip():
                print("Signed-By:", source["Signed-By"].strip())
            print()
    return 0 if found else 1


sys.exit(main())
