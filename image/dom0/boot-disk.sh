#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# With rdinit=/sbin/boot-disk on the kernel's command line, dom0's system is not this initramfs but the disk labelled
# dom0-full. The modules that dom0 needs are loaded here, because the disk has no kernel.
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev 2>/dev/null
for module in virtio_pci virtio_blk virtio_net e1000e e1000 ahci sd_mod ext4 crc32c_generic loop bridge tun \
    nft_chain_nat nft_masq xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-netback xen-blkback; do
    modprobe -q "$module"
done
disk=$(findfs LABEL=dom0-full) && mount -t ext4 "$disk" /mnt ||
    { echo "boot-disk: no disk is labelled dom0-full"; exec sh; }
for folder in proc sys dev; do mount --move "/$folder" "/mnt/$folder"; done
exec switch_root /mnt /sbin/init
