#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What udhcpc calls with a lease: address, route, name server.
case $1 in
bound | renew)
    ip addr flush dev "$interface"
    ip addr add "$ip/${mask:-24}" dev "$interface"
    for gateway in $router; do ip route replace default via "$gateway" dev "$interface"; done
    for server in $dns; do echo "nameserver $server"; done >/etc/resolv.conf
    ;;
deconfig) ip link set "$interface" up ;;
esac
