# SPDX-License-Identifier: GPL-2.0-or-later
"""What an administrator does with guests, step by step, and whether each has its effect.

The steps are scripts that run in dom0 (test/boot/tour), because a hundred commands typed into a serial console cost
more than the commands. Each prints one line, with what it saw.
"""
import re

import pytest

pytestmark = pytest.mark.peer

STEPS = ("create", "disk_image", "disk_phy", "network", "pause", "names", "vcpu_pin", "vcpu_set", "sysrq", "reports",
         "log", "keys")


def tour(dom0, steps, timeout):
    """Run the steps, and whether all of them went well."""
    text = dom0.run(f"bash /tmp/kit/tour/run {' '.join(steps)} 2>&1", timeout)
    done = re.findall(r"^tour: ok (\w+):", text, re.M)
    assert done == list(steps), f"not done: {set(steps) - set(done)}\n{text}"


@pytest.mark.quick
def test_tour(host):
    """A guest with disks and a network card is created, used, handled and looked at."""
    tour(host(), STEPS, 300)
