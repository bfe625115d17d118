#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a guest's busybox init runs first. On the kernel's command line, IP=ADDRESS/BITS gives its network card an
# address, and RUN="command" is run just before the shell.
echo "domu: init runs"
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
hostname "${NAME:-domu}"
ip link set lo up
for module in xen-blkfront xen-netfront ext4; do modprobe -q "$module"; done
[ -n "$IP" ] && ip addr add "$IP" dev eth0 && ip link set eth0 up
case $IP in # dom0's bridge: the way out is dom0, and the names are QEMU's
10.1.0.*) ip route add default via 10.1.0.1 && echo "nameserver 10.0.2.3" >/etc/resolv.conf ;;
esac
[ -n "$SSH_KEY" ] && (umask 077; echo "$SSH_KEY" >/root/.ssh/authorized_keys) && dropbear -R -s
[ -n "$RUN" ] && sh -c "$RUN"
read -r up _ </proc/uptime
echo "domu: ready, Linux $(uname -r), $(grep -c ^processor /proc/cpuinfo) CPU(s), up $up s"
