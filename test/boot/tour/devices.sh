# SPDX-License-Identifier: GPL-2.0-or-later
# Disks through blkback, network through netback, those that come and go.
sum() { sha256sum "$@" | cut -d ' ' -f 1; }

step_create() {
    dd if=/dev/urandom of=/tmp/phy bs=64k count=32 2>/dev/null && losetup /dev/loop7 /tmp/phy || return 1
    cp /tmp/kit/tour/agent /guest/agent && httpd -h /guest || return 1
    xl create -q /tmp/kit/tour/tour.cfg || return 1
    up || return 1
    want "processors of the guest" "$(g 'grep -c ^processor /proc/cpuinfo')" 2 || return 1
    want "vCPUs in xl list" "$(listed tour 4)" 2 || return 1
    brctl show xenbr0 | grep -q "vif$(xl domid tour).0" && saw "its card is on the bridge" || wrong "no card on xenbr0"
}

step_disk_image() {
    local text
    text=$(g 'for i in $(seq 600); do [ -b /dev/xvda ] && break; sleep 1; done
        mount /dev/xvda /mnt && cd /mnt && sha256sum -c payload.sha256; cd /; umount /mnt')
    want "the image's file" "$text" "payload: OK"
}

step_disk_phy() {
    local there written
    there=$(g 'sha256sum /dev/xvdb' | cut -d ' ' -f 1)
    [ "$there" = "$(sum /tmp/phy)" ] && saw "guest reads $there" || { wrong "guest reads $there"; return 1; }
    written=$(g 'dd if=/dev/urandom of=/dev/xvdb bs=64k count=32 conv=fsync 2>/dev/null
        echo 3 >/proc/sys/vm/drop_caches; sha256sum /dev/xvdb' | cut -d ' ' -f 1)
    [ "$written" != "$there" ] || { wrong "nothing was written"; return 1; }
    sync; echo 3 >/proc/sys/vm/drop_caches
    want "guest wrote, and dom0 reads" "$(sum /dev/loop7)" "$written"
}

step_network() {
    ping -c 2 -W 100 10.1.0.2 >/dev/null || { wrong "dom0 can't ping the guest"; return 1; }
    saw "$(g 'ping -c 2 -W 100 10.1.0.1' | grep received)"
    g 'ping -c 1 -W 100 10.1.0.1 >/dev/null && echo pong' | grep -q pong || { wrong "guest can't ping dom0"; return 1; }
    got=$(g 'wget -q -O - http://10.1.0.1/payload | sha256sum' | cut -d ' ' -f 1)
    want "file by HTTP" "$got" "$(sum /guest/payload)"
}

step_block_attach() {
    local there
    dd if=/dev/urandom of=/tmp/extra bs=64k count=16 2>/dev/null && losetup /dev/loop6 /tmp/extra || return 1
    xl block-attach tour phy:/dev/loop6,xvdc,w || { wrong "block-attach"; return 1; }
    wait_for "g 'ls /dev/xvdc' | grep -qx /dev/xvdc" || return 1
    there=$(g 'sha256sum /dev/xvdc' | cut -d ' ' -f 1)
    want "attached disk" "$there" "$(sum /tmp/extra)" || return 1
    xl block-list tour | grep -q '^51744 ' || { wrong "block-list lacks 51744: $(xl block-list tour)"; return 1; }
    xl block-detach tour xvdc || { wrong "block-detach"; return 1; }
    wait_for "! g 'ls /dev/xvdc' | grep -qx /dev/xvdc" && saw "detached: no node" || return 1
    wait_for 'losetup -d /dev/loop6 && ! losetup | grep -q loop6' && saw "loop device is free"
}

step_network_attach() {
    xl network-attach tour mac=00:16:3e:00:00:02 bridge=xenbr0 || { wrong "network-attach"; return 1; }
    wait_for "g 'cat /sys/class/net/eth1/address' | grep -q 00:16:3e:00:00:02" || return 1
    xl network-list tour | grep -q 00:16:3e:00:00:02 || { wrong "network-list"; return 1; }
    g 'ip link set eth1 up; ip addr add 10.1.0.3/24 dev eth1'
    ping -c 1 -W 100 10.1.0.3 >/dev/null && saw "ping of the second card" || { wrong "no ping of 10.1.0.3"; return 1; }
    xl network-detach tour 1 || { wrong "network-detach"; return 1; }
    wait_for "! g 'ls /sys/class/net' | grep -q eth1" && saw "detached: no eth1"
    g 'ping -c 1 -W 100 10.1.0.1 >/dev/null && echo pong' | grep -q pong || wrong "the first card doesn't work any more"
}
