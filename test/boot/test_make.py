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
    "DEBIAN": ("run-check", "11", "can be made of Debian 12 or 13"),
    "PERSIST": ("run-check", "2", "1 keeps what dom0 writes"),
    "ACCEL": ("run-check", "hvf", "KVM is used where it works"),
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
    assert "snapshot=on" in make("run-qemu", "DEBIAN=12")[1]
    text = make("run-qemu", "DEBIAN=12", "PERSIST=1")[1]
    assert "snapshot=on" not in text and "/persist/disk.img" in text


RELEASES = [("12", "vmlinuz-6.1 ", "/image/"), ("13", "vmlinuz-6.12 ", "/image/13/")]


@pytest.mark.parametrize("release,kernel,folder", RELEASES)
def test_debian(release, kernel, folder):
    """dom0's kernel, its initramfs and the guest's disk are of one release: the one that is here, or that is named."""
    text = make("run-qemu", "DEBIAN=" + release)[1].replace(rigs.IMAGE, "/image")
    assert kernel in text and f"{folder}dom0-{kernel[8:].strip()}.cpio.gz" in text and f"{folder}disk.img" in text
    with open("/etc/os-release", encoding="utf-8") as file:
        here = re.search(r'VERSION_ID="?(\d+)', file.read())
    if here and here[1] == release:
        assert make("run-qemu")[1].replace(rigs.IMAGE, "/image") == text


# What stands in for QEMU: what it does with each accelerator. The guest's greeting is what counts.
HELLO, HANG, FAIL = "echo hello from xen-3.0-x86_64", "exec sleep 60", "echo KVM internal error >&2; exit 1"
ACCELERATORS = {  # with KVM, with TCG: the choice, what is said, whether it is kept
    "works": (HELLO, HELLO, "kvm", "KVM: a small guest ran with it", True),
    "hangs": (HANG, HELLO, "tcg", "did not end within 1 s", True),
    "fails": (FAIL, HELLO, "tcg", "QEMU ended with status 1 and: KVM internal error", True),
    "ends in silence": ("exit 0", HELLO, "tcg", "QEMU ended with status 0", True),
    "a hypervisor that does not run": (FAIL, FAIL, "tcg", "does not run without KVM either", False),
}


@pytest.mark.parametrize("case", ACCELERATORS)
def test_accelerator(case, tmp_path):
    with_kvm, with_tcg, choice, says, kept = ACCELERATORS[case]
    qemu, device, tried = tmp_path / "qemu", tmp_path / "kvm", tmp_path / "tried"
    qemu.write_text(f"""#!/bin/sh
case $* in *--version*) echo QEMU of this test; exit;; esac
echo "$*" >>{tried}
case $* in *"-accel kvm"*) {with_kvm};; *) {with_tcg};; esac
""", encoding="utf-8")
    qemu.chmod(0o755)

    def ask():
        command = [os.path.join(rigs.TOP, "tools/accel"), tmp_path / "build", qemu, "hv", "guest"]
        environment = {**os.environ, "KVM_DEVICE": str(device), "KVM_SECONDS": "1"}
        result = subprocess.run(command, text=True, capture_output=True, check=True, env=environment)
        return result.stdout.strip(), result.stderr

    chosen, text = ask()
    assert chosen == "tcg" and f"there is no {device}" in text and not tried.exists()
    device.touch()
    chosen, text = ask()
    assert chosen == choice and says in text, text
    times = len(tried.read_text().splitlines())
    chosen, text = ask()
    assert chosen == choice and says in text, text
    assert (len(tried.read_text().splitlines()) == times) == kept


def test_accelerator_by_name():
    for name in ("kvm", "tcg"):
        text = make("run-qemu", "ACCEL=" + name)[1]
        assert f"accel=$(echo {name})" in text and "tools/accel" not in text
