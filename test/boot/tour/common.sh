# SPDX-License-Identifier: GPL-2.0-or-later
# What the steps of the tour share. A step is a function that says what it saw with `saw` and ends with `return 1` (by
# `wrong`) when that is not what should be. Bash in dom0.
PATH=$PATH:$(echo /usr/lib/xen-[0-9]*/bin)
CONSOLE=/tmp/tour.console
PATIENCE=600 # seconds for what takes a few on an idle machine
SEEN=

saw() { SEEN="$SEEN $*;"; }
wrong() { saw "WRONG: $*"; return 1; }

# want WHAT VALUE WANTED: both equal.
want() { [ "$2" = "$3" ] && saw "$1 $2" || wrong "$1 is '$2', wanted '$3'"; }

# wait_for COMMAND: until it succeeds.
wait_for() {
    local end=$((SECONDS + PATIENCE))
    until eval "$1" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || { wrong "$PATIENCE s without success of: $1"; return 1; }
        sleep 1
    done
}

# g COMMAND: run it in the guest's shell, which answers over HTTP (see agent).
g() {
    {
        printf 'POST /cgi-bin/run HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' ${#1} "$1" >&5
        timeout $PATIENCE sed '1,/^\r*$/d' <&5
    } 5<>/dev/tcp/10.1.0.2/80
} 2>/dev/null

# One column of the guest's line in xl list: 2 id, 3 MiB, 4 vCPUs, 5 state, 6 seconds.
listed() { xl list "$1" | awk -v n="$2" 'NR == 2 { print $n }'; }
# One column of a vCPU's line in xl vcpu-list: 4 CPU, 5 state, 6 seconds, 7... affinity.
vcpu() { xl vcpu-list "$1" | awk -v v="$2" -v n="$3" '$3 == v { print $n }'; }
# Hundredths of a second of CPU time, for arithmetic.
centis() { echo "$1" | tr -d .; }
# Frames that nobody has, by the hypervisor's own books.
free_frames() { xl debug-keys H; xl dmesg | sed -n 's/.* \([0-9]*\) of them free.*/\1/p' | tail -n 1; }
frames_are() { [ "$(free_frames)" = "$1" ]; }
# between WHAT VALUE LEAST MOST
between() { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] && saw "$1 $2" || wrong "$1 is $2, wanted $3 to $4"; }

# A terminal that reads all that the guest says.
attend() { sleep 100000 | xl console tour >>$CONSOLE 2>&1 & }

# up: the guest's agent answers.
up() { wait_for 'g "echo here" | grep -q here' && attend; }

run_step() {
    SEEN=
    if "step_$1"; then echo "tour: ok $1:$SEEN"; else echo "tour: FAILED $1:$SEEN"; fi
}
