# SPDX-License-Identifier: GPL-2.0-or-later
# How much memory a guest has and may have, told to its balloon driver and seen in the hypervisor's books.
mib_is() { wait_for "[ \"\$(listed tour 3)\" = $1 ]" && saw "$1 MiB"; }
free_mib() { xl info | awk '$1 == "free_memory" { print $3 }'; }

step_memory() {
    local frames mib
    frames=$(free_frames) mib=$(free_mib)
    xl mem-set tour 136 && mib_is 136 || return 1
    between "frames that came free" "$(($(free_frames) - frames))" 6128 6160 || return 1
    between "MiB more of free_memory" "$(($(free_mib) - mib))" 23 25 || return 1
    xl mem-set tour 160 && mib_is 160 || return 1
    between "frames still missing" "$((frames - $(free_frames)))" -16 16 || return 1
    ! xl mem-set tour 4096 2>/dev/null || wrong "4096 MiB are taken, with a limit of 160"
}

# The limit holds against a guest that asks for more: its target is written behind the tools' back.
step_memory_limit() {
    local path; path=/local/domain/$(xl domid tour)/memory
    ! xl mem-max tour 100 2>/dev/null || { wrong "a limit below the target is taken"; return 1; }
    xl mem-set tour 136 && mib_is 136 && xl mem-max tour 144 || return 1
    want "static-max" "$(xenstore-read "$path/static-max")" 147456 || return 1
    xenstore-write "$path/target" 163840
    wait_for '[ "$(listed tour 3)" -ge 144 ]' || return 1
    sleep 3; between "MiB with a limit of 144 and one of slack" "$(listed tour 3)" 144 145 || return 1
    xl mem-max tour 160 && mib_is 160 && g true
}
