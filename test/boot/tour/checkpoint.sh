# SPDX-License-Identifier: GPL-2.0-or-later
# A guest that is saved and goes on in place keeps all that its vCPUs had; its programs use the widest registers.
step_checkpoint() {
    xl save -c tour /guest/checkpoint >/dev/null 2>&1 || { wrong "xl save -c failed"; return 1; }
    rm -f /guest/checkpoint
    wait_for 'g "echo here" | grep -q here' || return 1
    want "programs that end well" "$(g 'for i in 1 2 3 4 5 6 7 8; do uptime | grep -c load; done' | grep -c 1)" 8
}
