#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs xnl on the recorded processors and compares with *.expected beside this file. `run.sh XNL --update` rewrites those.
set -u
xnl=$(realpath "$1")
update=${2:-}
cd "$(dirname "$0")" || exit 2
failed=0

try() {
    name=$1
    shift
    got=$("$xnl" "$@" 2>&1; echo "status $?")
    if [ "$update" = --update ]; then
        printf '%s\n' "$got" > "$name.expected"
    elif ! printf '%s\n' "$got" | diff -u "$name.expected" -; then
        echo "FAILED: xnl $*"
        failed=1
    fi
}

for machine in virtualbox zen4 sapphire-rapids pre-xsave qemu-epyc-milan qemu-skylake-client qemu-max qemu-nehalem \
               truncated contradictory missing; do
    try "preflight-$machine" preflight "$machine.txt"
done
try preflight-json preflight --json virtualbox.txt
for policy in raw host pv-max hvm-max pv hvm; do
    try "show-zen4-$policy" cpu show --policy "$policy" zen4.txt
done
try compare-newer-to-older cpu compare virtualbox.txt pre-xsave.txt
try compare-older-to-newer cpu compare pre-xsave.txt sapphire-rapids.txt
try compare-vendors cpu compare zen4.txt sapphire-rapids.txt
try compare-qemu-newer-to-older cpu compare --pv qemu-skylake-client.txt qemu-nehalem.txt
try compare-qemu-older-to-newer cpu compare --pv qemu-nehalem.txt qemu-skylake-client.txt
try compare-json cpu compare --json --pv virtualbox.txt pre-xsave.txt
try check-settings cpu check settings.cfg virtualbox.txt
try check-registers cpu check registers.cfg sapphire-rapids.txt
try check-json cpu check --json registers.cfg sapphire-rapids.txt
try check-settings-zen4 cpu check settings.cfg zen4.txt
try usage cpu bogus
[ "$failed" = 0 ] && echo "xnl cpu: all as expected"
exit $failed
