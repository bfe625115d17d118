#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print an apt source for the backports of a release, on the mirror that this system takes the release itself from.

usage: backports.py CODENAME     exit status 1 when no source of that release is configured
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


def main():
    codename = sys.argv[1]
    for source in sources():
        if codename in source.get("Suites", "").split() and "deb" in source.get("Types", "").split():
            print("Types: deb")
            print("URIs:", source["URIs"].split()[0])
            print(f"Suites: {codename}-backports")
            print("Components: main")
            if source.get("Signed-By", "").strip():
                print("Signed-By:", source["Signed-By"].strip())
            return 0
    return 1


sys.exit(main())
