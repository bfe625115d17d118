#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the shell completion offers behind some words.
cd "$(dirname "$0")" || exit 2
. ../../../tools/xnl/completion.bash
failed=0

offers() {
    local expected=$1
    shift
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
    _xnl
    [ "${COMPREPLY[*]}" = "$expected" ] && return
    echo "FAILED: behind '$*': '${COMPREPLY[*]}', expected '$expected'"
    failed=1
}

offers "preflight cpu kexec image domain trace help" xnl ""
offers "preflight" xnl p
offers "show compare check" xnl cpu ""
offers "--json --policy" xnl cpu show --
offers "pv-max pv" xnl cpu show --policy pv
offers "--pv" xnl cpu compare --p
offers "settings.cfg" xnl cpu check set
offers "show" xnl domain ""
offers "--json" xnl domain show -
offers "--json" xnl preflight -
offers "check crashkernel" xnl kexec ""
offers "--entry=" xnl kexec check --e
offers "--guest" xnl image --g
offers "--json --svg --mhz= --from= --to=" xnl trace --
exit $failed
