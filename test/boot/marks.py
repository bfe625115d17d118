# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows of a test's table of which only some belong to the quick run, `make test-boot`."""
import pytest


def quick(rows, *chosen):
    """Each row as a parameter of pytest, alone or as a tuple; those that are @chosen are marked quick."""
    return [pytest.param(*(row if isinstance(row, tuple) else [row]), marks=[pytest.mark.quick] * (row in chosen))
            for row in rows]
