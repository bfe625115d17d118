# SPDX-License-Identifier: GPL-2.0-or-later
"""What guests/matrix prints: read, recorded, and compared with what Debian's Xen answers.

A case is (call, what was given): result, as in ("event_channel_op.close port", "0"): "-22". A line of the log has all
cases of one field of one call; a case that comes several times (in another state, as with grant tables of version 2)
gets #2 and so on. Records of Debian's Xen are in test/data/matrix-*.txt, in the form that the guest prints.

test/data/matrix-explained.txt says which differences are meant. Its lines, where * and ? stand for any text:

    MODE  CALL | GIVEN | RESULT | why

MODE is dom0, domu or both, RESULT ours. A line that explains nothing any more is a failure: it has to go.
"""
import fnmatch
import os
import re
from collections import namedtuple

MODES = ("dom0", "domu")
LINE = re.compile(r"^(?:child: )?= ([^:]+): (.+)$")
DONE = {"dom0": "matrix: done", "domu": "child: matrix: done"}
DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")

Rule = namedtuple("Rule", "mode call given result why number")
Difference = namedtuple("Difference", "call given theirs ours why")


def modules(build, mode, words=""):
    """[(file, command line)] and the hypervisor's options for one run of the guest, alone as dom0 or in a domU."""
    guest = os.path.join(build, "guests/matrix.elf")
    if mode == "dom0":
        return [(guest, words)], "dom0_mem=256M noreboot"
    nursery = os.path.join(build, "guests/nursery.elf")
    line = f"from=1 to=1 vcpus=2 frames=8000 seconds=600 console=1 {words}".strip()
    return [(nursery, line), (guest, "")], "dom0_mem=64M noreboot"


def parse(text):
    """{(call, given): result} in the order of the log."""
    cases, seen = {}, {}
    for line in text.replace("\r", "").splitlines():
        match = LINE.match(line)
        if not match:
            continue
        for item in match[2].split(" "):
            given, equals, result = item.rpartition("=")
            if not equals:
                continue
            key = match[1], given
            seen[key] = seen.get(key, 0) + 1
            cases[(match[1], given if seen[key] == 1 else f"{given}#{seen[key]}")] = result
    return cases


def lines(cases):
    """The cases in the form in which they are recorded: one line for each call."""
    calls = {}
    for (call, given), result in cases.items():
        calls.setdefault(call, []).append(f"{given}={result}")
    return "".join(f"= {call}: {' '.join(items)}\n" for call, items in calls.items())


def record_path(mode):
    return os.path.join(DATA, f"matrix-xen417-{mode}.txt")


def rules(path=os.path.join(DATA, "matrix-explained.txt")):
    found = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split("|")]
            mode, _, call = fields[0].partition(" ")
            if len(fields) != 4 or mode not in MODES + ("both",) or not all(fields):
                raise SystemExit(f"{path}:{number}: expected MODE CALL | GIVEN | RESULT | why")
            found.append(Rule(mode, call.strip(), *fields[1:], number))
    return found


def explain(all_rules, used, mode, call, given, result):
    for rule in all_rules:
        if rule.mode in (mode, "both") and all(fnmatch.fnmatchcase(*pair) for pair in (
                (call, rule.call), (given, rule.given), (result, rule.result))):
            used.add(rule)
            return rule.why
    return None


def compare(mode, theirs, ours, all_rules, used):
    """Every Difference; why is None where nothing explains it. Rules that were needed are added to used."""
    found = []
    for key in dict.fromkeys([*theirs, *ours]):
        a, b = theirs.get(key, "-"), ours.get(key, "-")
        if a != b:
            found.append(Difference(*key, a, b, explain(all_rules, used, mode, *key, b)))
    return found
