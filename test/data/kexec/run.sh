#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `xnl kexec check` over the rows of vectors: exit status and words.   run.sh XNL
set -eu
xnl=$(realpath "$1")
cd "$(dirname "$0")"
rows=0 failed=0
while IFS='|' read -r name arguments status words; do
    case $name in '#'*) continue ;; esac
    rows=$((rows + 1)) got=0
    # shellcheck disable=SC2086
    text=$("$xnl" kexec check --memory=iomem $arguments 2>&1) || got=$?
    if [ "$got" != $((status)) ] || ! echo "$text" | grep -qi "$(echo "$words" | sed 's/^ *//')"; then
        failed=$((failed + 1))
        echo "FAIL $name: status $got: $text"
    fi
done <vectors
for row in "128M 2G 128" "1G-2G:64M,2G-:128M 1G 64" "1G-:64M,below=1G 512M 0"; do
    set -- $row
    text=$("$xnl" kexec crashkernel "$1" "$2") || : # its status says whether anything is kept
    echo "$text" | grep -q "\b$3\b" || { failed=$((failed + 1)); echo "FAIL crashkernel $row: $text"; }
    rows=$((rows + 1))
done
echo "xnl kexec: $rows vectors, $failed failed"
[ $failed = 0 ]
