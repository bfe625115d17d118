# SPDX-License-Identifier: GPL-2.0-or-later
"""What the generators share: the lines of a table, and the one product that is asked for.

A line of a table that ends in a backslash goes on in the next one.
"""
import sys


def lines(path, comments=False):
    """Pairs of number and text of all lines that are not empty; comments only where they are asked for."""
    begun = ""
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        begun += line.strip()
        if begun.endswith("\\"):
            begun = begun[:-1].rstrip() + " "
            continue
        if begun and (comments or not begun.startswith("#")):
            yield number, begun
        begun = ""


def produce(read, products):
    """The generator's whole command line: --WHAT TABLE OUT. @products gives for --WHAT the function that makes it,
    line by line, of what @read makes of TABLE."""
    if len(sys.argv) != 4 or sys.argv[1] not in products:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(products)} TABLE OUT")
    text = "\n".join(products[sys.argv[1]](read(sys.argv[2]))) + "\n"
    with open(sys.argv[3], "w", encoding="utf-8") as out:
        out.write(text)
