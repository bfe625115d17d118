#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# `xnl trace` over the beginning of a recorded file, whole and damaged: exit status and words.   run.sh XNL
set -u
xnl=$(realpath "$1")
cd "$(dirname "$0")" || exit 2
made=$(mktemp -d) || exit 2
trap 'rm -r "$made"' EXIT
cases=0 failed=0

# says STATUS WORDS ARGUMENTS...
says() {
    status=$1 words=$2 got=0
    shift 2
    cases=$((cases + 1))
    text=$("$xnl" trace "$@" 2>&1) || got=$?
    [ $got = "$status" ] && echo "$text" | grep -q -- "$words" && return
    failed=$((failed + 1))
    echo "FAIL xnl trace $*: status $got: $text" | head -n 3
}

says 0 '^d0v0 .*%' dom0.trace
says 0 'cut short' dom0.trace
says 0 'at 1000 MHz' --mhz=1000 dom0.trace
says 0 '"name":"CPU 1"' --json dom0.trace
says 0 '</svg>' --svg dom0.trace
says 0 'usage' --help
says 2 'json or --svg' --json --svg dom0.trace
says 2 'number from 0' --mhz=fast dom0.trace
says 2 'nothing is between' --from=100 dom0.trace
says 2 'which file'
says 3 'cannot be read' nowhere.trace
says 3 '"status": 3' --json nowhere.trace
: >"$made/empty"
says 3 'has no records' "$made/empty"
says 3 'does not begin' run.sh
{ head -c 8 dom0.trace; printf '\001\000\000\000'; tail -c +13 dom0.trace; } >"$made/damaged"
says 3 'is damaged' "$made/damaged"
"$xnl" trace --json dom0.trace | python3 -m json.tool >/dev/null || { failed=$((failed + 1)); echo "FAIL: no JSON"; }
"$xnl" trace --svg dom0.trace | python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.stdin)' ||
    { failed=$((failed + 1)); echo "FAIL: no XML"; }
echo "xnl trace: $((cases + 2)) cases, $failed failed"
[ $failed = 0 ]
