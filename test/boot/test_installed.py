# SPDX-License-Identifier: GPL-2.0-or-later
"""The packages of `make deb` on an ordinary Debian 13 with GRUB: apt installs them, the menu has an entry that starts
the hypervisor with dom0, xl creates a guest there, apt purges them, and the machine starts Linux alone as before.

Once for all, a disk is made with test/deb/image, started without GRUB, and gets GRUB for BIOS and for UEFI.
"""
import glob
import os
import shutil
import subprocess

import pytest

import rig as rigs

DEBS = os.path.join(rigs.BUILD, "deb")
IMAGE = os.path.join(rigs.BUILD, "test/installed.img")
RAW = IMAGE + ".raw"  # without GRUB
PROMPT = r"root@system:\S*# "
ENTRY = "Debian GNU/Linux, with Xen hypervisor"
# What dom0 needs on a serial console, as the commented settings have it; without dom0_mem nothing is left for guests.
SETTINGS = "; ".join((r's/^#(GRUB_CMDLINE_XEN=).*/\1"dom0_mem=1G console=com1 com1=115200,8n1"/',
                      r"s/^#(GRUB_CMDLINE_LINUX_XEN_REPLACE=.*)/\1/"))
FILES = "find /boot /etc /usr /lib -xdev ! -name '*.pyc' ! -name __pycache__ | sort"
GUEST = ("name='guest'", "kernel='/mnt/vmlinuz'", "ramdisk='/mnt/initrd.gz'", "extra='console=hvc0'", "memory=256")


def disks(*files):
    return ["-nic", "none"] + [word for file in files for word in ("-drive", f"if=virtio,format=raw,file={file}")]


def halt(machine):
    machine.child.sendline("sync; poweroff")
    machine.wait_end()


@pytest.fixture(scope="module")
def installed():
    """The disk, with GRUB."""
    if not glob.glob(DEBS + "/*.deb"):
        pytest.skip("no packages: make deb makes them")
    if os.path.exists(IMAGE):
        return IMAGE
    if not os.path.exists(RAW):
        made = subprocess.run([os.path.join(rigs.TOP, "test/deb/image"), RAW, "trixie"], check=False, text=True,
                              capture_output=True)
        if made.returncode:
            pytest.skip("no disk with Debian 13 (root, mmdebstrap and a mirror are needed): " + made.stderr[-300:])
    subprocess.run(["cp", "--sparse=always", RAW, IMAGE + ".new"], check=True)
    with rigs.Rig("installed-grub", hv=RAW + ".vmlinuz", modules=[(RAW + ".initrd", "")], devices=disks(IMAGE + ".new"),
                  options="root=LABEL=system rw console=ttyS0 init=/bin/bash") as machine:
        machine.quiet(r"root@\S*# ")
        machine.run("mkfs.vfat /dev/vda2 && mkdir -p /boot/efi && mount /dev/vda2 /boot/efi")
        machine.run("grub-install --target=i386-pc /dev/vda")
        machine.run("grub-install --target=x86_64-efi --removable --no-nvram --efi-directory=/boot/efi")
        machine.run("umount /boot/efi && update-grub")
        machine.child.sendline("mount -o remount,ro / && echo o >/proc/sysrq-trigger")
        machine.wait_end()
    os.rename(IMAGE + ".new", IMAGE)
    return IMAGE


def install(machine):
    """apt and update-grub, on Linux alone; the next start is the hypervisor's entry."""
    machine.quiet(PROMPT)
    machine.run("systemctl is-system-running --wait >/dev/null", check=False)
    machine.run(f"{FILES} >/root/before; mount LABEL=packages /mnt && cp /mnt/*.deb /tmp")
    assert ENTRY in machine.run("apt-get install -y /tmp/xenolith-*.deb >/root/log 2>&1 || cat /root/log; "
                                "grep menuentry /boot/grub/grub.cfg")
    machine.run(f"sed -Ei '{SETTINGS}' /etc/default/grub.d/xenolith.cfg && update-grub 2>/root/log")
    machine.run(f"grub-reboot '{ENTRY}'")


def use(machine):
    """dom0, whose tools Debian's own scripts have started, and a guest; then everything is purged."""
    machine.expect(r"Xenolith \S+")
    machine.quiet(PROMPT)
    assert machine.run("cat /sys/hypervisor/type") == "xen"
    machine.run("for i in $(seq 300); do xl list >/dev/null 2>&1 && break; sleep 1; done; xl list")
    machine.run("mount -o ro LABEL=xenolith /mnt")
    machine.run(f"printf '%s\\n' {' '.join(chr(34) + line + chr(34) for line in GUEST)} >guest.cfg")
    machine.run("xl create -q guest.cfg")
    machine.console("xl console guest")
    machine.expect(r"domu: ready, Linux 6\.12\.")
    machine.leave()
    machine.run("xl destroy guest")
    machine.run("apt-get purge -y 'xenolith-*' >/root/log 2>&1 || { cat /root/log; false; }")


def alone(machine):
    """Linux without a hypervisor, and no file that was not there before."""
    machine.quiet(PROMPT)
    assert machine.run("cat /sys/hypervisor/type 2>/dev/null; uname -r").startswith("6.12.")
    assert machine.run(f"{FILES} | diff /root/before - && echo nothing left") == "nothing left"
    assert ENTRY not in machine.run("grep menuentry /boot/grub/grub.cfg")


@pytest.mark.parametrize("firmware", ["bios", "uefi"])
def test_installed(rig, installed, firmware, tmp_path):
    disk, packages = tmp_path / "disk", tmp_path / "packages"
    subprocess.run(["cp", "--sparse=always", installed, disk], check=True)
    mke2fs = shutil.which("mke2fs") or "/sbin/mke2fs"
    subprocess.run([mke2fs, "-q", "-t", "ext4", "-L", "packages", "-d", DEBS, packages, "32M"], check=True)
    for step in (install, use, alone):
        with rig("-" + step.__name__, boot=firmware, options=None,
                 devices=disks(disk, packages, rigs.debian("13")[2])) as machine:
            step(machine)
            halt(machine)
