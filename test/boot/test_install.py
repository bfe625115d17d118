# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's own update-grub script finds what `make install` puts into /boot."""
import os
import shutil
import subprocess

import pytest

import rig as rigs

pytestmark = pytest.mark.quick
SCRIPT = "/etc/grub.d/20_linux_xen"


def test_grub_lists_the_installed_hypervisor(tmp_path):
    boot = tmp_path / "boot"
    subprocess.run(["make", "-s", "install", f"DESTDIR={tmp_path}", "BUILD=" + rigs.BUILD], check=True, cwd=rigs.TOP)
    release = "test"
    shutil.copy(rigs.image("vmlinuz-6.1"), boot / f"vmlinuz-6.1-{release}")
    (boot / f"config-6.1-{release}").write_text("CONFIG_XEN_DOM0=y\n")
    (boot / f"initrd.img-6.1-{release}").write_text("")
    # The script as Debian ships it, looking into our folder; probing the real disks is replaced by fixed answers.
    with open(SCRIPT, encoding="utf-8") as file:
        text = file.read().replace(" /boot/", f" {boot}/")
    text = text.replace('. "$pkgdatadir/grub-mkconfig_lib"', '. "$pkgdatadir/grub-mkconfig_lib"\n'
                        'prepare_grub_to_access_device() { :; }; grub_get_device_id() { echo disk; }\n'
                        'make_system_path_relative_to_its_root() { echo /boot; }; uses_abstraction() { false; }\n')
    environment = {**os.environ, "pkgdatadir": "/usr/share/grub", "GRUB_DEVICE": "/dev/vda1",
                   "GRUB_DEVICE_BOOT": "/dev/vda1", "GRUB_DISTRIBUTOR": "Debian", "grub_file": "grub-file"}
    done = subprocess.run(["sh", "-c", text], env=environment, capture_output=True, text=True, check=True)
    assert "Debian GNU/Linux, with Xen hypervisor" in done.stdout, done.stderr
    assert "multiboot2\t/boot/xenolith-4.17.gz" in done.stdout
    assert f"module2\t/boot/vmlinuz-6.1-{release}" in done.stdout
