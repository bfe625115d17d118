#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# /etc/init.d/xen start: the daemons in the order of Debian's xen init script, then a bridge that guests' network cards
# are put on, where dom0 is 10.1.0.1. A failure is told and is not fatal.
bin=$(echo /usr/lib/xen-[0-9]*/bin)

step() {
    timeout 20 "$@" >/run/xen/step.log 2>&1 && return 0
    echo "dom0: FAILED: $* (status $?)"
    tail -n 3 /run/xen/step.log
    return 1
}

start() {
    for module in xen-evtchn xen-gntdev xen-gntalloc xen-privcmd xenfs xen-netback xen-blkback tun; do
        modprobe -q $module
    done
    step mount -t xenfs xenfs /proc/xen || return
    grep -q control_d /proc/xen/capabilities || { echo "dom0: FAILED: this domain is not the control domain"; return; }
    step $bin/xenstored --pid-file /run/xen/xenstored.pid || return
    step $bin/xen-init-dom0 && step $bin/xenconsoled --pid-file=/run/xen/xenconsoled.pid &&
        echo "dom0: xenstored and xenconsoled are running"
    bridge xenbr0 10.1.0.1/24 || return
    /etc/outside.sh xenbr0 10.1.0.0/24 >/run/xen/outside.log 2>&1 ||
        echo "dom0: FAILED: guests reach dom0 alone: $(tail -n 1 /run/xen/outside.log)"
}

bridge() {
    modprobe -q bridge
    step brctl addbr "$1" && step ip addr add "$2" dev "$1" && step ip link set "$1" up
}

case $1 in
start) start ;;
*) echo "usage: $0 start" >&2; exit 2 ;;
esac
