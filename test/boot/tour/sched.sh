# SPDX-License-Identifier: GPL-2.0-or-later
# What guests get of a CPU: two that spin on the same one, which say nothing and need nothing else.
spinner() {
    printf 'name="%s"\nkernel="/tmp/kit/still.elf"\nmemory=32\nvcpus=1\nextra="spin"\ncpus="1"\n' "$1" >"/tmp/$1.cfg"
    xl create -q "/tmp/$1.cfg" || { wrong "create $1"; return 1; }
    want "CPUs of $1" "$(vcpu "$1" 0 7)" 1
}

# used: CPU time of spin1 and spin2 and dom0's clock, all in hundredths of a second.
used() {
    xl list | awk '{ time[$1] = $6 } END { printf "%d %d ", time["spin1"] * 100, time["spin2"] * 100 }'
    cut -d ' ' -f 1 /proc/uptime | tr -d .
}

# share: percent of CPU time that spin1 and spin2 get in the next seconds, as "A B".
share() {
    local a b
    read -r -a a <<<"$(used)"; sleep 8; read -r -a b <<<"$(used)"
    echo "$(((b[0] - a[0]) * 100 / (b[2] - a[2]))) $(((b[1] - a[1]) * 100 / (b[2] - a[2])))"
}

step_weight() {
    local got
    spinner spin1 && spinner spin2 || return 1
    xl sched-credit2 -d spin2 -w 512 || return 1
    want "weight" "$(xl sched-credit2 -d spin2 | awk 'END { print $3 }')" 512 || return 1
    got=$(share)
    between "tenths of spin1 that spin2 gets, $got percent:" "$((10 * ${got#* } / ${got% *}))" 15 26
}

step_cap() {
    local got
    xl destroy spin2; xl sched-credit2 -d spin1 -c 50 || return 1
    want "cap" "$(xl sched-credit2 -d spin1 | awk 'END { print $4 }')" 50 || return 1
    got=$(share)
    between "percent with a cap of 50" "${got% *}" 38 60 || return 1
    xl sched-credit2 -d spin1 -c 0; got=$(share); between "percent without" "${got% *}" 65 110
}

# no MESSAGE COMMAND: it fails, and says so.
no() {
    local text
    text=$($2 2>&1) && { wrong "'$2' is taken"; return 1; }
    echo "$text" | grep -Eq -- "$1" && saw "no $2" || wrong "'$2' says: $text"
}

step_sched_limits() {
    no 'weight out of range' "xl sched-credit2 -d spin1 -w 0" &&
        no 'weight out of range' "xl sched-credit2 -d spin1 -w 65536" &&
        no 'cap out of range' "xl sched-credit2 -d spin1 -c 101" &&
        no 'Ratelimit out of range' "xl sched-credit2 -s -r 99" &&
        no 'Ratelimit out of range' "xl sched-credit2 -s -r 500001" &&
        no 'invalid domain' "xl sched-credit2 -d nobody -w 1" || return 1
    xl sched-credit2 -s -r 5000; want "" "$(xl sched-credit2 -s)" "Cpupool Pool-0: ratelimit=5000us" || return 1
    xl sched-credit2 -s -r 1000
    want "weight and cap" "$(xl sched-credit2 -d spin1 | awk 'END { print $3, $4 }')" "256 0" && xl destroy spin1
}
