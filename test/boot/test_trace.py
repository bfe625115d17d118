# SPDX-License-Identifier: GPL-2.0-or-later
"""Trace buffers and power management: Debian's xentrace records what happens, its xenalyze understands every record,
`xnl trace` makes a picture of it, and xenpm finds a processor whose idle CPUs halt."""
import json
import os
import re
import subprocess
import xml.dom.minidom

import pytest

import rig as rigs

SCRATCH = 48 << 20
COMPLAINT = re.compile(r"(?i)strange|fatal|warning|error|unknown|unexpected|skew|wrong|not updating|lost")
TOOLS = {"12": "tools", "13": "tools-13"}
SPINNER = {"kernel": "/tmp/kit/still.elf", "memory": 32, "extra": "spin"}


@pytest.fixture(params=["12", "13"])
def traced(host, tmp_path, request):
    """(dom0 of a release, a function that records a command into a file of ours, the folder of the release's tools)"""
    linux, initrd, _ = rigs.debian(request.param)
    if not os.path.exists(initrd):
        pytest.skip(f"no dom0 of Debian {request.param}")
    disk = str(tmp_path / "scratch")
    with open(disk, "wb") as file:
        file.truncate(SCRATCH)
    dom0 = host(scratch=disk, modules=[(linux, "console=hvc0"), (initrd, "")])

    def record(name, words, command):
        dom0.run(f"/usr/lib/xen-*/bin/xentrace -D {words} /tmp/{name} 2>/tmp/xentrace.log & sleep 2")
        dom0.run(command, 240)
        dom0.run("kill -INT $(pidof xentrace); while pidof xentrace >/dev/null; do sleep 0.2; done")
        return fetch(dom0, disk, f"/tmp/{name}", str(tmp_path / name))

    return dom0, record, TOOLS[request.param]


def fetch(dom0, disk, name, target):
    """A file of dom0's, by way of the third disk, which it begins."""
    size = int(dom0.run(f"wc -c <{name}").split()[-1])
    assert 0 < size < SCRATCH
    dom0.run(f"dd if={name} of=/dev/vdc bs=1M conv=fsync 2>/dev/null")
    with open(disk, "rb") as file, open(target, "wb") as out:
        out.write(file.read(size))
    return target


def xenalyze(tools, trace, *words):
    """What xenalyze says of the file, and what it complains about."""
    program = os.path.join(rigs.BUILD, "root", tools, "usr/bin/xenalyze")
    done = subprocess.run([program, *words, trace], capture_output=True, text=True, errors="replace", check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if COMPLAINT.search(line)]


def xnl(*words):
    program = os.path.join(rigs.BUILD, "xnl")
    return subprocess.run([program, "trace", *words], capture_output=True, text=True, check=True).stdout


def shares(trace):
    """{vCPU: (percent it ran, percent it waited)} as `xnl trace` tells them."""
    found = re.findall(r"^(d\d+v\d+) +([\d.]+) % +([\d.]+) %", xnl(trace), re.M)
    return {name: (float(ran), float(waited)) for name, ran, waited in found}


def guest_life(record, tools):
    """All classes of events around the life of a guest, with two CPUs."""
    trace = record("life", "-S 256", "xl create -q /tmp/hello.cfg; sleep 1")
    text, complaints = xenalyze(tools, trace, "-a")
    assert not complaints
    for word in ("runstate_change d0v0 runnable->running", "runstate_change d32767v1", "hypercall", "page_fault"):
        assert word in text
    xml.dom.minidom.parseString(xnl("--svg", trace))
    timeline = json.loads(xnl("--json", trace))
    names = {event["name"] for event in timeline["traceEvents"]}
    assert {"d0v0", "waits for a CPU", "blocked", "page_fault", "iret", "domain created", "wake"} <= names
    assert any("by d0v" in event.get("args", {}).get("woken", "") for event in timeline["traceEvents"])


def weights(dom0, record):
    """Two vCPUs that share a CPU by weights of 256 and 512: seen by the records, one ran twice as much."""
    for name in ("spin1", "spin2"):
        dom0.configure(name, **SPINNER)
        dom0.create(name)
        dom0.run(f"xl vcpu-pin {name} 0 1")
    dom0.run("xl sched-credit2 -d spin2 -w 512; xl vcpu-pin Domain-0 all 0")
    light, heavy = (int(dom0.run(f"xl domid {name}").split()[-1]) for name in ("spin1", "spin2"))
    share = shares(record("weights", "-S 256 -e 0x2f000", "sleep 3"))
    (ran, waited), (ran2, waited2) = share[f"d{light}v0"], share[f"d{heavy}v0"]
    assert 1.7 < ran2 / ran < 2.3 and ran + ran2 > 90
    assert abs(ran - waited2) < 5 and abs(ran2 - waited) < 5
    dom0.run("xl destroy spin1; xl destroy spin2; xl vcpu-pin Domain-0 all all")


def power(dom0):
    """xenpm: two states, running and halted, whose counters grow; no frequencies."""
    text = dom0.run("/usr/lib/xen-*/bin/xenpm get-cpuidle-states 1")
    assert re.search(r"total C-states\s*: 2", text), text
    states = re.findall(r"C(\d)\s*: transition \[\s*(\d+)\]\s*residency\s*\[\s*(\d+) ms\]", text.replace("\r", ""))
    assert [state[0] for state in states] == ["0", "1"] and all(int(word) for state in states for word in state[1:])
    text = dom0.run("/usr/lib/xen-*/bin/xenpm get-cpufreq-para 2>&1", check=False)
    assert "cpufreq" in text
    text = dom0.run("/usr/lib/xen-*/bin/xenpm start 1", check=False)
    assert re.search(r"Elapsed time|Avg freq|CPU0", text), text
    assert "max C-state" in dom0.run("/usr/lib/xen-*/bin/xenpm set-max-cstate 1 2>&1")
    dom0.run("/usr/lib/xen-*/bin/xenpm set-max-cstate unlimited")


def test_trace(traced):
    dom0, record, tools = traced
    dom0.configure("hello", kernel="/tmp/kit/hello.elf", memory=32)
    power(dom0)
    guest_life(record, tools)
    weights(dom0, record)
