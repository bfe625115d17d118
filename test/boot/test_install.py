# SPDX-License-Identifier: GPL-2.0-or-later
"""`make install` and `make uninstall`; Debian's own update-grub script finds what is put into /boot."""
import os
import shutil
import subprocess

import pytest

import rig as rigs

pytestmark = pytest.mark.quick
SCRIPT = "/etc/grub.d/20_linux_xen"


def make(*words):
    subprocess.run(["make", "-s", "BUILD=" + rigs.BUILD, *words], check=True, cwd=rigs.TOP)


@pytest.mark.parametrize("prefix", ["/usr", "/usr/local"])
def test_uninstall(tmp_path, prefix):
    """What uninstall leaves are folders alone, and what was there before."""
    words = [f"DESTDIR={tmp_path}"] + ([f"PREFIX={prefix}"] if prefix != "/usr/local" else [])
    other = tmp_path / "boot/vmlinuz"
    other.parent.mkdir()
    other.write_text("")
    make("install", *words)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    share = f"{prefix[1:]}/share"
    assert files > {f"{prefix[1:]}/bin/xnl", "etc/default/grub.d/xenolith.cfg", f"{share}/man/man7/xenolith.7",
                    f"{share}/man/man1/xnl.1", f"{share}/doc/xenolith/README.md", "boot/vmlinuz"}
    assert not [name for name in files if not name.startswith((prefix[1:], "boot/", "etc/default/grub.d/"))]
    make("uninstall", *words)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [other]


def test_grub_lists_the_installed_hypervisor(tmp_path):
    boot = tmp_path / "boot"
    make("install-hypervisor", f"DESTDIR={tmp_path}")
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
    (installed,) = boot.glob("xen*.gz")
    assert f"multiboot2\t/boot/{installed.name}" in done.stdout
    assert f"module2\t/boot/vmlinuz-6.1-{release}" in done.stdout


@pytest.mark.parametrize("folders,options", [((), "given"), (("xen-4.20",), "given xen-minor=20"),
                                             (("xen-4.17", "xen-4.20", "xen-common"), "given xen-minor=20")])
def test_grub_settings_name_the_tools(tmp_path, folders, options):
    """Debian's scripts look for the tools of the release that the hypervisor shows."""
    for folder in folders:
        (tmp_path / folder).mkdir()
    with open(os.path.join(rigs.TOP, "image/grub.cfg"), encoding="utf-8") as file:
        text = file.read().replace("/usr/lib/", f"{tmp_path}/")
    done = subprocess.run(["sh", "-euc", text + 'echo "$GRUB_CMDLINE_XEN"'], capture_output=True, text=True, check=True,
                          env={**os.environ, "GRUB_CMDLINE_XEN": "given"})
    assert done.stdout.strip() == options
