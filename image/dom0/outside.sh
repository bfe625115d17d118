#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests on a bridge reach the outside through dom0, under its address.  outside.sh BRIDGE ADDRESSES
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<END
table ip guests {
    chain outside {
        type nat hook postrouting priority srcnat;
        ip saddr $2 oifname != "$1" masquerade
    }
}
END
