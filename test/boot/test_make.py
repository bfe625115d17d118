# SPDX-License-Identifier: GPL-2.0-or-later
"""What `make` says to somebody who is new here, or mistyped: no machine is started."""
import os
import re
import subprocess

import pytest

import rig as rigs

pytestmark = pytest.mark.quick


def make(*words):
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "HV", "PEER")}
    how = "-n" if "run-qemu" in words else "-s"
    result = subprocess.run(["make", how, "BUILD=" + rigs.BUILD, *words], cwd=rigs.TOP, capture_output=True, text=True,
                            check=False, env=environment)
    return result.returncode, result.stdout + result.stderr


def test_help_names_every_target():
    """Those that have a text, each once, in groups, and no variable of make's in it."""
    status, text = make("help")
    named = re.findall(r"^  make (\S+) ", text, re.M)
    assert status == 0 and "$" not in text and len(named) == len(set(named))
    assert re.findall(r"^(\w+):$", text, re.M) == ["Run", "Build", "Test", "Measure", "Install"]
    declared = set()
    for name in ["Makefile", *(os.path.join("mk", file) for file in os.listdir(os.path.join(rigs.TOP, "mk")))]:
        with open(os.path.join(rigs.TOP, name), encoding="utf-8") as file:
            declared |= set(re.findall(r"^## make (\S+)", file.read(), re.M))
    assert declared == set(named)


WRONG = {
    "HV": ("run-check", "/nope", "no such file.* build/xenolith|no such file.*/xenolith"),
    "KERNEL": ("run-check", "build/image/vmlinuz-9.9", "no such file.*vmlinuz-6.1"),
    "GUEST": ("guest-check", "nope", r"There are: .*\bhello\b"),
    "IMAGE": ("run-check", "nope", "there are two images"),
    "PERSIST": ("run-check", "2", "1 keeps what dom0 writes"),
}


@pytest.mark.parametrize("variable", WRONG)
def test_wrong_value(variable):
    target, value, says = WRONG[variable]
    status, text = make(target, f"{variable}={value}")
    assert status == 2 and f"{variable}={value}: " in text and re.search(says, text), text


def test_arguments_for_qemu():
    """They come last; a network card among them is the only one."""
    assert "-nic user,model=virtio-net-pci -s -S" in make("run-qemu", "QEMU_ARGS=-s -S")[1]
    text = make("run-qemu", "QEMU_ARGS=-nic none")[1]
    assert text.count("-nic ") == 1


def test_disks_that_keep():
    assert "snapshot=on" in make("run-qemu")[1]
    text = make("run-qemu", "PERSIST=1")[1]
    assert "snapshot=on" not in text and "/persist/disk.img" in text
