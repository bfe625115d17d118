#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes from gen/cpufeatures.tbl:  --header (enum and counts), --tables (masks, dependency order, names),
--check (whether the ABI header, preprocessed, on standard input, agrees), --doc (a Markdown table)."""

import re
import sys

from table import lines, produce

REGS = {"eax": 0, "ebx": 1, "ecx": 2, "edx": 3}
LEVELS = {"pv": "-mD", "hvm": "-mDHh"}
MAX_NEEDS = 4


class Word:
    def __init__(self, number, leaf, subleaf, reg):
        self.number, self.leaf, self.subleaf, self.reg = number, leaf, subleaf, reg
        self.msr = leaf.startswith("msr:")


class Feature:
    def __init__(self, word, bit, name, pv, hvm, special, needs):
        self.word, self.bit, self.name, self.pv, self.hvm = word, bit, name, pv, hvm
        self.special = special == "!"
        self.needs = [] if needs == "-" else needs.split(",")
        self.number = word.number * 32 + bit

    def printed(self):
        """The spelling that xl.cfg's cpuid= uses."""
        return self.name.lower().replace("_", "-")


def fail(where, what):
    sys.exit(f"gen/cpufeatures.tbl:{where}: {what}")


def parse(path):
    words, features = [], {}
    for where, line in lines(path):
        field = line.split("#")[0].split()
        if field[0] == "word":
            if len(field) != 5 or int(field[1]) != len(words):
                fail(where, "expected 'word N LEAF SUBLEAF REGISTER' with N in sequence")
            words.append(Word(len(words), *field[2:]))
            continue
        if len(field) != 6 or not words:
            fail(where, "expected 'BIT NAME PV HVM SPECIAL NEEDS'")
        f = Feature(words[-1], int(field[0]), *field[1:])
        if f.pv not in LEVELS["pv"] or f.hvm not in LEVELS["hvm"] or field[4] not in "-!" or not 0 <= f.bit < 32:
            fail(where, f"{f.name}: bad column")
        if f.name in features or any(f.number == g.number for g in features.values()):
            fail(where, f"{f.name}: defined twice")
        if len(f.needs) > MAX_NEEDS:
            fail(where, f"{f.name}: at most {MAX_NEEDS} needs")
        features[f.name] = f
    for f in features.values():
        for need in f.needs:
            if need not in features:
                fail("-", f"{f.name} needs {need}, which does not exist")
    return words, features


def in_order(features):
    """Every feature after all that it needs, so that one pass over the result settles dependencies."""
    done, order = set(), []

    def visit(f, path):
        if f.name in path:
            fail("-", "circular needs: " + " ".join(path + [f.name]))
        if f.name not in done:
            for need in f.needs:
                visit(features[need], path + [f.name])
            done.add(f.name)
            order.append(f)

    for f in sorted(features.values(), key=lambda f: f.number):
        visit(f, [])
    return order


def emit_header(table):
    words, features = table
    yield "/* Made from gen/cpufeatures.tbl. */\n#ifndef GEN_CPUFEATURES_H\n#define GEN_CPUFEATURES_H\n"
    yield f"#define CPUFEAT_WORDS {len(words)}\n#define CPUFEAT_COUNT {len(features)}"
    yield f"#define CPUFEAT_MAX_NEEDS {MAX_NEEDS}\n#define CPUFEAT_NONE 0xffff\n"
    yield "/* Number = word * 32 + bit. */\nenum cpufeat {"
    for f in features.values():
        yield f"    CPUFEAT_{f.name} = {f.number},"
    yield "};\n\n#endif"


def emit_tables(table):
    words, features = table
    yield "/* Made from gen/cpufeatures.tbl; included once, by lib/x86/cpuid/features.c. */"
    yield "static const struct cpufeat_word cpufeat_words[CPUFEAT_WORDS] = {"
    for w in words:
        if w.msr:
            yield f"    {{ .leaf = {w.leaf[4:]}, .subleaf = 0, .reg = {int(w.reg == 'high')}, .msr = 1 }},"
        else:
            sub = "XEN_CPUID_NO_SUBLEAF" if w.subleaf == "-" else w.subleaf
            yield f"    {{ .leaf = {w.leaf}, .subleaf = {sub}, .reg = {REGS[w.reg]} }},"
    yield "};"
    masks = (("pv_max", lambda f: f.pv in "mD"), ("pv_default", lambda f: f.pv == "D"),
             ("hvm_max", lambda f: f.hvm in "mD"), ("hvm_default", lambda f: f.hvm == "D"),
             ("hvm_hap_max", lambda f: f.hvm in "mDHh"), ("hvm_hap_default", lambda f: f.hvm in "DH"),
             ("special", lambda f: f.special))
    for name, member in masks:
        value = [sum(1 << f.bit for f in features.values() if f.word is w and member(f)) for w in words]
        yield f"static const uint32_t cpufeat_mask_{name}[CPUFEAT_WORDS] = {{"
        for i in range(0, len(value), 8):
            yield "    " + " ".join(f"{v:#010x}," for v in value[i:i + 8])
        yield "};"
    yield "/* Needed features come before those that need them. */"
    yield "static const struct cpufeat_row cpufeat_rows[CPUFEAT_COUNT] = {"
    for f in in_order(features):
        needs = [f"CPUFEAT_{n}" for n in f.needs] + ["CPUFEAT_NONE"] * (MAX_NEEDS - len(f.needs))
        yield f'    {{ CPUFEAT_{f.name}, {{ {", ".join(needs)} }}, "{f.printed()}" }},'
    yield "};"


def emit_check(table):
    """Each name that the ABI header shares with us must have the same number. The preprocessor has made its lines."""
    features, wrong = table[1], []
    for name, number in re.findall(r"^feature (\w+) ([\d*+ ]+)$", sys.stdin.read(), re.M):
        number = sum(int(a) * int(b or 1) for a, b in re.findall(r"(\d+)(?: *\* *(\d+))?", number))
        if name not in features:
            print(f"  note     libxen-dev names CPU feature {name} (bit {number % 32} of word {number // 32}), which "
                  "gen/cpufeatures.tbl doesn't know: guests will not see it")
        elif features[name].number != number:
            wrong.append(f"gen/cpufeatures.tbl: {name} is {features[name].number}, in the ABI {number}")
    if wrong:
        sys.exit("\n".join(wrong))
    yield "agrees"


def emit_doc(table):
    words, features = table
    yield "# CPU features\n\nMade from gen/cpufeatures.tbl: who may see which feature, and what it needs.\n"
    yield "| feature | leaf | bit | PV | HVM | needs |\n|---|---|---|---|---|---|"
    for f in features.values():
        w = f.word
        leaf = w.leaf + ("" if w.subleaf == "-" else f".{w.subleaf}") + f" {w.reg}"
        yield f"| {f.printed()} | {leaf} | {f.bit} | {f.pv} | {f.hvm} | {', '.join(f.needs).lower()} |"


produce(parse, {"--header": emit_header, "--tables": emit_tables, "--check": emit_check, "--doc": emit_doc})
