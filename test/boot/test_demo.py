# SPDX-License-Identifier: GPL-2.0-or-later
"""The tour of `make demo` passes, and says so when a step fails."""
import os
import subprocess
import sys

import rig as rigs


def tour(**environment):
    script = os.path.join(rigs.TOP, "tools/demo/tour.py")
    return subprocess.run([sys.executable, script], env={**os.environ, **environment}, capture_output=True, text=True,
                          check=False)


def test_demo():
    result = tour()
    assert result.returncode == 0, result.stdout + result.stderr
    assert "all steps passed" in result.stdout


def test_demo_fails_loudly():
    """A hypervisor that is none: the first step fails by name."""
    result = tour(HV=rigs.image("domu.cpio.gz"))
    assert result.returncode == 1
    assert "FAILED in step 1, 'boot'" in result.stderr
