# SPDX-License-Identifier: GPL-2.0-or-later
# What xl does to a running guest: time, names, vCPUs, memory, keys.
step_pause() {
    local used
    xl pause tour; used=$(listed tour 6)
    want "state" "$(listed tour 5)" --p--- || return 1
    ! ping -c 1 -W 3 10.1.0.2 >/dev/null || { wrong "a paused guest answers"; return 1; }
    want "CPU time after 3 s" "$(listed tour 6)" "$used" || return 1
    xl unpause tour
    ping -c 1 -W 100 10.1.0.2 >/dev/null && saw "it answers again" || wrong "no answer after unpause"
}

step_names() {
    local number
    number=$(xl domid tour)
    want "domname" "$(xl domname "$number")" tour || return 1
    xl rename tour other
    want "domid of other" "$(xl domid other)" "$number" || return 1
    want "new domname" "$(xl domname "$number")" other || return 1
    ! xl domid tour 2>/dev/null || { wrong "the old name is still there"; return 1; }
    xl rename other tour
}

step_vcpu_pin() {
    local n
    for n in 1 0; do
        xl vcpu-pin tour 0 $n || return 1
        want "hard affinity" "$(vcpu tour 0 7)" $n || return 1
        g true; want "runs on CPU" "$(vcpu tour 0 4)" $n || return 1
    done
    xl vcpu-pin tour 0 all all && want "back to" "$(vcpu tour 0 7)" all
}

step_vcpu_set() {
    xl vcpu-set tour 1 || return 1
    wait_for "[ \"\$(vcpu tour 1 5)\" = --p ]" || return 1
    want "vCPUs in xl list" "$(listed tour 4)" 1 || return 1
    want "processors of the guest" "$(g 'grep -c ^processor /proc/cpuinfo')" 1 || return 1
    xl vcpu-set tour 2 || return 1
    wait_for "g 'echo 1 >/sys/devices/system/cpu/cpu1/online && echo up' | grep -q up" || return 1
    wait_for "[ \"\$(listed tour 4)\" = 2 ]" || return 1
    want "processors after up" "$(g 'grep -c ^processor /proc/cpuinfo')" 2
}

step_sysrq() {
    xl sysrq tour h || return 1
    wait_for "tr -d '\r' <$CONSOLE | grep -q 'sysrq: HELP'" && saw "sysrq: HELP on the console"
}

step_trigger() {
    xl trigger tour nmi 0 || return 1
    wait_for "g dmesg | grep -q 'NMI received'" && saw "$(g dmesg | grep 'NMI received' | tail -n 1)" || return 1
    local what
    for what in "nmi 99" reset power; do
        xl trigger tour $what 2>&1 | grep -q "Send trigger '${what% *}' failed" || { wrong "trigger $what"; return 1; }
    done
    g true && saw "it runs on"
}

step_dump_core() {
    xl dump-core tour /guest/core >/dev/null || { wrong "dump-core"; return 1; }
    between "MiB of core" "$(($(stat -c %s /guest/core) >> 20))" 158 170 || return 1
    want "magic" "$(head -c 4 /guest/core | tail -c 3)" ELF; rm /guest/core
    want "domain" "$(listed tour 1)" tour && g true && saw "it runs on" || wrong "guest doesn't answer after dump-core"
}
