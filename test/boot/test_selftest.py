# SPDX-License-Identifier: GPL-2.0-or-later
"""Our own tiny kernels as dom0: one that asks for what must work and what must be refused, one of another shape."""
import os
import re

import pytest

import rig as rigs
from marks import quick


GUESTS = os.path.join(rigs.BUILD, "guests")


def guest(rig, name, line="", suffix="", **keywords):
    keywords.setdefault("options", "dom0_mem=256M noreboot")
    return rig(suffix, mem=512, modules=[(os.path.join(GUESTS, name + ".elf"), line)], **keywords)


# Processors that differ in what a PV guest meets: FXSAVE alone, XSAVE, SMEP, Intel's and AMD's ways of system calls;
# pages that are all executable, no CMPXCHG16B, XSAVE without what came after it.
MODELS = ["qemu64", "Nehalem", "Haswell-noTSX", "EPYC,-smap", "max,-smap", "EPYC,-smap,-nx,-cx16",
          "EPYC,-smap,-xsaveopt,-xsavec,-xgetbv1"]


@pytest.mark.parametrize("cpu", quick(MODELS, "qemu64", "EPYC,-smap", "EPYC,-smap,-nx,-cx16"))
def test_every_check_passes(rig, cpu):
    with guest(rig, "selftest", cpu=cpu) as machine:
        match = machine.expect(r"(\d+) passed, (\d+) failed")
        log = machine.tail(10**5)
        failed = re.findall(r"^FAIL.*$", log, re.M)
        assert not failed and match[2] == "0", "\n".join(failed)
        assert int(match[1]) > 1100, "checks were left out"
        for whose in ("of d0", "not of RAM"):
            line = rf"d0v0 L1 entry 0x[0-9a-f]+ names frame 0x[0-9a-f]+, {whose}: refused, error -\d+"
            assert re.search(line, log), whose


# What physdev_op refuses about devices has a line in the log that names the rule, and none is silent or has no rule.
@pytest.mark.quick
def test_refusals_name_the_rule(rig):
    with guest(rig, "selftest") as machine:
        machine.expect(r"\d+ passed, \d+ failed")
        log = machine.tail(4000)
    subject = log[:re.search(r"refusals: (\d+)", log).end()]
    lines = re.findall(r"d0v0 (\w+) refused \((-\d+)\): (.*)", subject)
    wanted = int(re.search(r"refusals: (\d+)", subject)[1])
    lines = lines[-wanted:]
    assert len(lines) == wanted
    for rule in ["77 is no kind of interrupt", "GSI 100000 is beyond the last one, 23", "pirq 1048576 is beyond",
                 "MSI of 0000:e0:01.0: no function answers there", "MSI of 0000:00:00.0: the function has no MSI cap",
                 "MSI-X of 0000:00:00.0: the function has no MSI-X cap", "0 MSIs of one function",
                 "pirq 40 is not mapped",
                 "0000:e0:00.0: no function answers", "its physical function 0000:e0:00.0 is not known",
                 "0000:00:00.0 has no MSI-X", "trigger 7 and polarity 0 of GSI 5",
                 "at 0x1000000 is not in a device's memory", "cannot be read or written"]:
        assert any(rule in line[2] for line in lines), f"no line says {rule!r}: {lines}"


# A second vCPU: how it starts, and what two do to the same frames, grants and channels at once. What the processor lets
# guests read of each other stands in the log.
@pytest.mark.quick
@pytest.mark.parametrize("cpu, cpus, leaks", [("EPYC,-smap", 2, ["divider"]),
                                              ("Nehalem", 4, ["meltdown", "l1tf", "buffers"])])
def test_every_check_passes_with_several_vcpus(rig, cpu, cpus, leaks):
    with guest(rig, "selftest", cpu=cpu, cpus=cpus) as machine:
        match = machine.expect(r"(\d+) passed, (\d+) failed", timeout=240)
        log = machine.tail(10**6)
        assert re.findall(r"CPU leaks \((\w+)\)", log) == leaks
        failed = re.findall(r"^FAIL.*$", log, re.M)
        assert not failed and match[2] == "0", "\n".join(failed)
        assert "SKIP there is no second vCPU" not in log and int(match[1]) > 1150, "checks were left out"


# The same kernel in a domU, where nothing privileged may work; guests/nursery is the dom0 that raises it.
@pytest.mark.quick
@pytest.mark.parametrize("vcpus, checks", [(1, 1100), (2, 1150)])
def test_every_check_passes_in_a_domu(rig, vcpus, checks):
    modules = [(os.path.join(GUESTS, "nursery.elf"), f"from=1 to=1 vcpus={vcpus} frames=8000 seconds=3000"),
               (os.path.join(GUESTS, "selftest.elf"), "")]
    with rig("", mem=512, modules=modules, options="dom0_mem=64M noreboot guest_loglvl=all", cpus=vcpus) as machine:
        match = machine.expect(r"(\d+) passed, (\d+) failed")
        failed = re.findall(r"^.*FAIL.*$", machine.tail(4000), re.M)
        assert not failed and match[2] == "0", "\n".join(failed)
        assert int(match[1]) > checks, "checks were left out"
        machine.expect(r"nursery: 1 ended \(0 crashed\), 0 slept, 0 stopped, 0 bad")


# Two vCPUs on one processor: registers and XCR0 of one are not seen in the other.
@pytest.mark.parametrize("cpu", quick(["Nehalem", "EPYC,-smap", "EPYC,-smap,-avx"], "EPYC,-smap"))
def test_extended_state_of_two_vcpus(rig, cpu):
    with guest(rig, "selftest", "fpu=1", cpu=cpu, options="dom0_mem=256M dom0_max_vcpus=2 noreboot") as machine:
        match = machine.expect(r"(\d+) passed, (\d+) failed")
        failed = re.findall(r"^FAIL.*$", machine.tail(4000), re.M)
        assert not failed and match[2] == "0" and int(match[1]) >= 7, "\n".join(failed)


# The failsafe callback's frame on a stack whose lower part is the hypervisor's: the guest ends, the hypervisor lives.
@pytest.mark.quick
def test_failsafe_frame_in_the_hypervisor(rig):
    with guest(rig, "selftest", "failsafe=1", options="dom0_mem=256M dom0_max_vcpus=2 noreboot") as machine:
        machine.expect("the descriptor is gone")
        machine.expect(r"failsafe callback: the kernel stack at 0xffff87ffffffffe8 cannot be written")
        machine.expect(r"dom0 crashed\b")
        assert not re.findall(r"^FAIL.*$", machine.tail(4000), re.M)
        assert not machine.triple_faulted()


# name: (command line, what the hypervisor says, it stays halted afterwards)
ENDS = {
    "power off": ("poweroff", r"dom0 powered off", False),
    "crash": ("crash", r"dom0 crashed\b", True),
    "a fault without a handler": ("fault", r"dom0 crashed\b", True),
    "an exception without a stack": ("stack", r"dom0 crashed\b", True),
}


@pytest.mark.quick
@pytest.mark.parametrize("case", ENDS)
def test_kernel_at_low_addresses(rig, case):
    line, says, halted = ENDS[case]
    with guest(rig, "low", line, options="dom0_mem=64M noreboot") as machine:
        machine.expect("low: hello")
        machine.expect(says)
        if halted:
            machine.expect(r"halted, as noreboot says")
        else:
            machine.wait_end()
        assert not machine.triple_faulted()


@pytest.mark.quick
@pytest.mark.parametrize("line", ["crash", "reboot"])
def test_machine_starts_again(rig, line):
    with guest(rig, "low", line, options="dom0_mem=64M") as machine:
        machine.expect("low: hello")
        machine.wait_end()
