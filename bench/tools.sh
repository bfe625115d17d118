#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What bench/tools.py runs in dom0: the toolstack's work between marks (bench/mark.c). While it is measured, nothing is
# printed.
PATH=$(echo /usr/lib/xen-[0-9]*/bin):/usr/sbin:/usr/bin
export PATH
cd /run || exit 1

fail() {
    echo "TOOLS FAILED: $*"
    cat /run/log
    exit 1
}

# guest NAME MEMORY RAMDISK EXTRA [DISK]: its configuration, with a network card when EXTRA gives an address
guest() {
    {
        echo "name = '$1'"
        echo "memory = $2"
        echo "kernel = '/guest/vmlinuz'"
        echo "ramdisk = '/guest/$3'"
        echo "extra = 'console=hvc0 $4'"
        case $4 in IP=*) echo "vif = ['bridge=xenbr0']" ;; esac
        [ -n "$5" ] && echo "disk = ['$5']"
    } >"$1.cfg"
}

step() { "$@" >>/run/log 2>&1 || fail "$*"; }

echo "TOOLS begin"
# A guest whose init is a mark, and which then sleeps.
guest small 256 mark.cpio quiet
mark 1 >marks
step xl create small.cfg
sleep 10
mark 3 >>marks
step xl save small saved
mark 4 >>marks
step xl restore saved
mark 5 >>marks
sleep 1
mark 6 >>marks
step xl destroy small
mark 7 >>marks
rm saved

# Two guests on the bridge, one of them with a disk of dom0's. The client sets its marks itself and powers off.
dd if=/dev/zero of=disk bs=1M count=32 2>/dev/null
step losetup /dev/loop0 disk
guest server 128 domu.gz "IP=10.1.0.2/24 RUN=/etc/server"
guest client 128 domu.gz "IP=10.1.0.3/24 RUN=/etc/client" phy:/dev/loop0,xvda,w
step xl create server.cfg
step xl create client.cfg
vif=/sys/bus/xen-backend/devices/vif-$(xl domid client)-0
[ -e "$vif" ] || fail "the client has no network card"
waited=0
while [ -e "$vif" ]; do
    [ $((waited += 5)) -lt 300 ] || fail "the client did not end"
    sleep 5
done
cat marks
echo "TOOLS end"
