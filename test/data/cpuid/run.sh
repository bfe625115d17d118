#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs xnl on the recorded processors and compares with *.expected beside this file; `run.sh XNL --update` writes those
# anew.
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
               truncated contradictory missing no-leaf-0 cut-leaf-0xd cut-end not-a-dump empty; do
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
for what in fields refused state none; do
    try "check-$what" cpu check $what.cfg zen4.txt
done
for what in name equals value length register list type string; do
    try "check-bad-$what" cpu check bad-$what.cfg zen4.txt
done
try check-dump-missing cpu check none.cfg missing.txt
try check-cfg-missing cpu check missing.cfg zen4.txt
try check-directory cpu check none.cfg .
try compare-truncated cpu compare --json zen4.txt truncated.txt
try usage cpu bogus
try usage-show cpu show --policy none zen4.txt
try usage-compare cpu compare zen4.txt
try usage-check cpu check
try usage-preflight preflight --nonsense
try help-preflight preflight --help
try help-cpu cpu check --help

try version --version
try usage-domain domain show abc
try usage-kexec kexec crashkernel 256Q 2G
try json-kexec kexec crashkernel --json 256M 2G
try image-directory image ../../unit

# What --json prints is one JSON value, whatever the answer is, an error as well.
json() {
    "$xnl" "$@" 2>/dev/null | python3 -c 'import json, sys; json.load(sys.stdin)' && return
    echo "FAILED: no JSON: xnl $*"
    failed=1
}

for machine in virtualbox zen4 sapphire-rapids pre-xsave qemu-epyc-milan qemu-skylake-client qemu-max qemu-nehalem; do
    json preflight --json $machine.txt
    json cpu show --json $machine.txt
    json cpu compare --json zen4.txt $machine.txt
    for what in fields refused state none settings registers; do
        json cpu check --json $what.cfg $machine.txt
    done
done
json cpu show --json missing.txt
json cpu show --json --policy none zen4.txt
json cpu compare --json zen4.txt
json cpu check --json bad-value.cfg zen4.txt
json preflight --json truncated.txt
json preflight --json --nonsense
json domain show --json abc
json domain show --json 0
json kexec check --json
json kexec check --json --memory=../kexec/iomem --entry=0x100000 0x100000:0x1000:0x1000
json kexec crashkernel --json 256Q 2G
json image --json ../../unit
json image --json --nonsense
json nonsense --json
[ "$failed" = 0 ] && echo "xnl cpu: all as expected"
exit $failed
