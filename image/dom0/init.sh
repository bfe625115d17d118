#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What busybox init runs first. It must end with the line that tests wait for, whatever fails before.
# RUN="command" on the kernel's command line, or a script /etc/rig/run in a second archive, is run before the shell.
echo "dom0: init runs"
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm /run
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/xen
for link in fd:fd stdin:fd/0 stdout:fd/1 stderr:fd/2; do ln -sf "/proc/self/${link#*:}" "/dev/${link%%:*}"; done
hostname dom0
ip link set lo up

for module in virtio_pci virtio_blk virtio_net e1000e e1000 ahci sd_mod ext4 loop; do modprobe -q "$module"; done
# The disk of `make run`, with what a guest needs.
disk=$(findfs LABEL=xenolith 2>/dev/null) && mount -t ext4 "$disk" /guest
# What `make guest-image` made.
disk=$(findfs LABEL=guests 2>/dev/null) && mount -t ext4 "$disk" /guests
[ -e /sys/class/net/eth0 ] && udhcpc -q -n -i eth0 -s /etc/udhcpc.sh >/run/udhcpc.log 2>&1 &

if [ "$(cat /sys/hypervisor/type 2>/dev/null)" = xen ]; then
    /etc/init.d/xen start
else
    echo "dom0: not under a Xen hypervisor, its tools are not started"
fi

# ssh for the key of SSH_KEY="..." on the kernel's command line, never by password: guests reach dom0's ports, too.
[ -n "$SSH_KEY" ] && (umask 077; echo "$SSH_KEY" >/root/.ssh/authorized_keys) && dropbear -R -s

[ -x /etc/rig/run ] && /etc/rig/run
[ -n "$RUN" ] && sh -c "$RUN"
read -r up _ </proc/uptime
echo "dom0: ready, Linux $(uname -r), $(grep -c ^processor /proc/cpuinfo) CPU(s), up $up s"
