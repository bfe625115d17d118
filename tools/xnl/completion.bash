# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of xnl for bash: commands, then options that fit, then files.

_xnl()
{
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=

    case $COMP_CWORD:${COMP_WORDS[1]}:${COMP_WORDS[2]} in
    1:*) words="preflight cpu kexec image domain trace help" ;;
    2:cpu:*) words="show compare check" ;;
    2:domain:*) words="show" ;;
    2:kexec:*) words="check crashkernel" ;;
    *:kexec:check) words="--json --type=crash --arch= --crash-area= --memory= --entry=" ;;
    *:domain:show | *:kexec:crashkernel) words="--json" ;;
    *:cpu:show) words="--json --policy" ;;
    *:cpu:compare) words="--json --pv" ;;
    *:cpu:check | *:preflight:*) words="--json" ;;
    *:trace:*) words="--json --svg --mhz= --from= --to=" ;;
    *:image:*) words="--json --guest --ignore-required --can-run=" ;;
    esac
    [ "$before" = --policy ] && words="raw host pv-max hvm-max pv hvm"
    if [ "$COMP_CWORD" -lt 2 ] || [[ "$COMP_CWORD:${COMP_WORDS[1]}" = 2:@(cpu|domain|kexec) ]] ||
        [ "$before" = --policy ] || [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}

complete -o filenames -F _xnl xnl
