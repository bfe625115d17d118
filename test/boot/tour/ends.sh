# SPDX-License-Identifier: GPL-2.0-or-later
# How guests end, and how those are refused that can't begin: nothing of them is left.
step_shutdown() {
    timeout $PATIENCE xl shutdown -w tour >/dev/null || { wrong "shutdown -w: status $?"; return 1; }
    wait_for '! xl domid tour' && saw "gone" || return 1
    tr -d '\r' <$CONSOLE | grep -Eq 'reboot: (Power down|System halted)' && saw "the guest powered off itself" ||
        wrong "no power-off on its console"
}

step_destroy() {
    local before; before=$(free_frames)
    xl create -q -p /tmp/kit/tour/tour.cfg || return 1
    want "created paused" "$(listed tour 5) $(listed tour 6)" "--p--- 0.0" || return 1
    xl unpause tour; wait_for '[ "$(centis "$(listed tour 6)")" -ge 100 ]' && xl destroy tour || return 1
    ! xl domid tour 2>/dev/null && wait_for "frames_are $before" && saw "$before frames are free again"
}

# ending WORD KEY ACTION: a guest that ends at once by WORD, started with on_KEY=ACTION.
ending() {
    printf 'name="end"\nkernel="/tmp/kit/still.elf"\nmemory=32\nextra="%s"\non_%s="%s"\n' "$1" "$2" "$3" >/tmp/end.cfg
    xl create -q /tmp/end.cfg
}

# Ends all guests, and the xl that would start them again; one that is just being made may have no name yet.
stop_ends() {
    local number
    kill $(pidof xl) 2>/dev/null; wait_for '! pidof xl'
    for number in $(xl list | awk 'NR > 1 && $2 > 0 { print $2 }'); do xl destroy "$number"; done
}

# lives WHAT: three lives of the guest are seen.
lives() {
    local seen=0 last= now end=$((SECONDS + PATIENCE))
    while [ $seen -lt 3 ] && [ $SECONDS -lt $end ]; do
        now=$(xl domid end 2>/dev/null)
        [ -z "$now" ] || [ "$now" = "$last" ] || { last=$now; seen=$((seen + 1)); }
    done
    want "lives of one that ends by $1:" $seen 3
}

step_on_end() {
    local before how; before=$(free_frames)
    for how in "poweroff poweroff" "reboot reboot" "crash crash"; do
        ending $how destroy; wait_for '! xl domid end' || return 1
        ending $how preserve; wait_for 'listed end 5 | grep -q s' || return 1
        saw "${how% *} preserved: $(listed end 5)"
        stop_ends
        ending $how restart; lives $how || return 1
        stop_ends
        ending $how rename-restart; wait_for 'xl list | grep -q "^end-2"' || return 1
        saw "$(xl list | grep -o '^end-[^ ]*' | head -n 1)"
        stop_ends
        wait_for "frames_are $before" || return 1
    done
    ending crash crash coredump-destroy; wait_for '! xl domid end' || return 1
    want "magic of the core" "$(head -c 4 /var/lib/xen/dump/*end* | tail -c 3)" ELF || return 1
    rm /var/lib/xen/dump/*end*
    wait_for "frames_are $before" && saw "$before frames are free again"
}

# refused WHAT PATTERN LINE...: a configuration of these lines doesn't become a guest, and the tools say why.
refused() {
    local what=$1 pattern=$2 before text; shift 2
    printf '%s\n' 'name="bad"' 'memory=32' 'kernel="/tmp/kit/still.elf"' "$@" >/tmp/bad.cfg
    before=$(free_frames)
    text=$(timeout $PATIENCE xl create -q /tmp/bad.cfg 2>&1) && { wrong "$what is taken"; xl destroy bad; return 1; }
    echo "$text" | grep -Eiq -- "$pattern" || { wrong "$what, without /$pattern/: $text"; return 1; }
    ! xl domid bad >/dev/null 2>&1 || { wrong "$what leaves a domain"; return 1; }
    wait_for "frames_are $before" && saw "$what: $(echo "$text" | grep -Eio -- "$pattern" | head -n 1)"
}

step_refusals() {
    dd if=/dev/urandom of=/tmp/noise bs=64k count=16 2>/dev/null
    head -c 3000 /tmp/kit/still.elf >/tmp/half.elf
    refused "no kernel file" 'No such file' 'kernel="/nowhere"' &&
        refused "a kernel that is noise" 'no loader|Invalid kernel|find' 'kernel="/tmp/noise"' &&
        refused "half a kernel" 'ELF|elf|Invalid|corrupt' 'kernel="/tmp/half.elf"' &&
        refused "too much memory" 'failed to free memory|populate|memory' 'memory=100000' &&
        refused "10000 vCPUs" 'domain creation|Invalid argument|vcpu' 'vcpus=10000' &&
        refused "a disk that isn't there" 'No such file' 'disk=["/nowhere.img,raw,xvda,w"]' &&
        refused "a bridge that isn't there" 'bridge' 'vif=["bridge=nowhere"]' &&
        refused "an HVM guest" '.' 'type="hvm"' &&
        refused "an unknown pool" 'pool|config' 'pool="nowhere"' &&
        refused "an empty mask of CPUs" '.' 'vcpus=1' 'cpus="77"'
}

# A container of ours checks what it is (guests/pvh), says so, and powers off.
step_container() {
    local verdict
    printf '%s\n' 'name="container"' 'type="pvh"' 'kernel="/tmp/kit/pvh.elf"' memory=64 vcpus=2 'extra="a word"' \
        >/tmp/container.cfg
    xl create -q /tmp/container.cfg || { wrong "xl create: $?"; return 1; }
    wait_for "! xl domid container" || return 1
    verdict=$(xl dmesg | sed -n 's/.*PVH kernel: \([0-9]* passed, [0-9]* failed\).*/\1/p' | tail -n 1)
    case "$verdict" in
    *" 0 failed") saw "$verdict" ;;
    *) wrong "$verdict" "$(xl dmesg | grep -E 'FAIL|exception')" ;;
    esac
}
