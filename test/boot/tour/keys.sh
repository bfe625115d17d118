# SPDX-License-Identifier: GPL-2.0-or-later
# Debug keys: every report that the help lists says something about what the tour has made.
step_keys() {
    local keys key
    xl dmesg -c >/dev/null
    xl debug-keys h
    wait_for "xl dmesg | grep -q \"key 'z'\"" || return 1
    keys=$(xl dmesg | sed -n "s/.*key '\([a-z0-9]\)' =>.*/\1/p" | tr -d '\n')
    for key in $(echo "$keys" | sed 's/./& /g'); do
        xl dmesg -c >/dev/null
        xl debug-keys "$key"
        wait_for "xl dmesg | grep -q \"'$key' pressed\" && [ \$(xl dmesg | wc -l) -ge 2 ]" || return 1
    done
    saw "keys $keys"
    xl dmesg -c >/dev/null
    xl debug-keys agqsu
    wait_for "xl dmesg | grep -q 'single NUMA node'" || return 1
    has "$(xl dmesg)" 'domain 0: the machine.s, mode 0, [0-9]{5,} kHz' \
        'CPU 0: [1-9][0-9]* timers' 'in -?[0-9]+ us: [a-z_]{4,}' \
        'has mapped [1-9][0-9]* of others' 'entry [0-9]+: frame 0x[0-9a-f]+ for domain 0, ' 'vCPU 1: [a-z]+ on CPU'
}
