# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes pages for man(1): text with the backticks of our tables becomes roff."""
import re


def escape(text):
    """Text in which nothing means something to roff."""
    text = text.replace("\\|", "|").replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def prose(text):
    """What stands between backticks is bold."""
    parts = re.split(r"`([^`]*)`", text)
    return "".join(f"\\fB{escape(part)}\\fR" if i % 2 else escape(part) for i, part in enumerate(parts))


def title(name, section, what, manual):
    return [f'.TH {name.upper()} {section} "" "Xenolith" "{manual}"', ".SH NAME", f"{escape(name)} \\- {escape(what)}"]


def section(name, *paragraphs):
    out = [f".SH {escape(name).upper()}"]
    for i, text in enumerate(paragraphs):
        out += ([".PP"] if i else []) + [prose(text)]
    return out


def item(head, text):
    return [".TP", head, prose(text)]
