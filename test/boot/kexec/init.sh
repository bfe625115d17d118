#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel that kexec started runs first. The disks are two: a tar archive with kernels, and an empty one.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
dmesg -n 1
modprobe -q virtio_pci
modprobe -q virtio_blk
vmcore=0
[ -e /proc/vmcore ] && vmcore=$(stat -c %s /proc/vmcore)
echo "second: ready, $(grep -c ^processor /proc/cpuinfo) CPU(s), vmcore $vmcore bytes"
