# SPDX-License-Identifier: GPL-2.0-or-later
# Disks through blkback, network through netback.
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
    text=$(g 'for i in 1 2 3 4 5 6 7 8 9; do [ -b /dev/xvda ] && break; sleep 1; done
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
    ping -c 2 -W 20 10.1.0.2 >/dev/null || { wrong "dom0 can't ping the guest"; return 1; }
    saw "$(g 'ping -c 2 -W 20 10.1.0.1' | grep received)"
    g 'ping -c 1 -W 20 10.1.0.1 >/dev/null && echo pong' | grep -q pong || { wrong "guest can't ping dom0"; return 1; }
    got=$(g 'wget -q -O - http://10.1.0.1/payload | sha256sum' | cut -d ' ' -f 1)
    want "file by HTTP" "$got" "$(sum /guest/payload)"
}
