# SPDX-License-Identifier: GPL-2.0-or-later
# What xl and its relatives tell.
# has TEXT PATTERN...: each is in the text.
has() {
    local text=$1 pattern; shift
    for pattern; do
        echo "$text" | grep -Eq -- "$pattern" && saw "/$pattern/" || { wrong "no /$pattern/ in: $text"; return 1; }
    done
}

step_reports() {
    has "$(xl cpupool-list)" 'Pool-0 +2 +credit2 +y +[0-9]+' || return 1
    has "$(xl uptime tour)" 'tour +[0-9]+ +[0-9]+:[0-9]+:[0-9]+' || return 1
    has "$(timeout $PATIENCE xentop -b -i 1)" '^ *tour ' 'Domain-0' || return 1
    has "$(timeout $PATIENCE xentop -b -i 1 -n -x -v | tr -s ' ')" 'VCPUs' 'Net0 RX: *[1-9]' 'VBD' || return 1
    has "$(xl list -l tour)" '"name": "tour"' '"memory_max"|"target_memkb"' || return 1
    has "$(xl info -n)" '^cpu_topology' '^cpu: *core *socket *node' '^ *1: ' '^numa_info' '^xen_scheduler +: credit2'
}

step_log() {
    xl dmesg -c >/dev/null
    ! xl dmesg | grep -q . || ! xl dmesg | grep -q Xenolith || { wrong "the log is not empty after -c"; return 1; }
    xl debug-keys h
    has "$(xl dmesg)" "'h' pressed" "key" || return 1
    want "lines about a key" "$(xl dmesg | grep -c "'h' pressed")" 1
}
