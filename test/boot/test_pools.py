# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU pools, the scheduler's parameters, and a guest whose TSC is emulated: what Debian's xl does has its effect."""
import re

import rig as rigs

BOOT_SECONDS = 300


def guest_devices():
    disk = rigs.image("disk.img")
    return ["-drive", f"if=none,id=disk,format=raw,snapshot=on,file={disk}", "-device", "virtio-blk-pci,drive=disk",
            "-nic", "none"]


def pools(machine):
    """{name: CPUs}"""
    return {row.split()[0]: row.split()[1] for row in machine.run("xl cpupool-list -c").splitlines()[1:] if row.strip()}


def guest_cpus(machine):
    return re.findall(r"^guest +\d+ +\d+ +(\d+|-)", machine.run("xl vcpu-list guest"), re.M)


def boot_guest(machine, more):
    """Starts the guest; its shell reads commands without a prompt."""
    machine.console(f"xl create -c guest.cfg {more}")
    machine.expect(r"domu: ready[^\n]*\n", timeout=BOOT_SECONDS)
    machine.child.sendline("")
    machine.expect(r"# ")


def guest_clock(machine):
    machine.type("echo clock:$(date +%s):")
    machine.child.sendline("")
    return int(machine.expect(r"clock:(\d+):", 60)[1])


def dom0_clock(machine):
    return int(machine.run("date +%s"))


def test_pools_and_emulated_tsc():
    with rigs.Rig("pools", cpus=2, devices=guest_devices()) as machine:
        machine.shell(timeout=BOOT_SECONDS)
        assert pools(machine) == {"Pool-0": "0,1"}
        machine.run("xl cpupool-cpu-remove Pool-0 1")
        assert pools(machine) == {"Pool-0": "0"}
        assert re.search(r"free_cpus +: 1", machine.run("xl info"))
        machine.run("xl cpupool-create 'name=\"own\"' 'cpus=[\"1\"]'")
        assert pools(machine) == {"Pool-0": "0", "own": "1"}

        boot_guest(machine, "'pool=\"own\"' 'tsc_mode=\"always_emulate\"'")
        first = guest_clock(machine)
        machine.leave()
        before = dom0_clock(machine)
        machine.console("xl console guest")
        now = guest_clock(machine)
        machine.leave()
        after = dom0_clock(machine)
        assert first <= now and before - 5 <= now <= after + 5, (first, before, now, after)
        assert set(guest_cpus(machine)) <= {"1", "-"}, "a vCPU runs outside of its pool"

        machine.run("! xl cpupool-destroy own")
        machine.run("xl cpupool-migrate guest Pool-0")
        while not set(guest_cpus(machine)) <= {"0", "-"}:  # where each ran last: a vCPU that sleeps has to wake first
            machine.console("xl console guest")
            guest_clock(machine)
            machine.leave()
        machine.run("xl cpupool-destroy own")
        machine.run("xl cpupool-cpu-add Pool-0 1")
        assert pools(machine) == {"Pool-0": "0,1"}
        machine.run("xl sched-credit2 -s -r 5000")
        assert "ratelimit=5000us" in machine.run("xl sched-credit2 -s")
        machine.run("! xl sched-credit2 -s -r 50")
        machine.run("xl destroy guest")


def test_null_scheduler():
    """sched=null for Pool-0, and a pool of its own with it: a guest's two vCPUs, of which one CPU has room for one."""
    with rigs.Rig("null", cpus=3, options="sched=null", devices=guest_devices()) as machine:
        machine.shell(timeout=BOOT_SECONDS)
        assert re.search(r"xen_scheduler +: null", machine.run("xl info"))
        assert re.search(r"^Pool-0 +\d+ +null", machine.run("xl cpupool-list"), re.M)
        machine.run("xl vcpu-set 0 1")
        for cpu in (1, 2):
            machine.run(f"xl cpupool-cpu-remove Pool-0 {cpu}")
        machine.run("xl cpupool-create 'name=\"own\"' 'sched=\"null\"' 'cpus=[\"1\"]'")
        machine.run("xl create -q guest.cfg 'pool=\"own\"' 'vcpus=1'")
        machine.run("for i in $(seq 600); do xl vcpu-list guest | grep -q ' 1  *[-rb]' && break; sleep 1; done")
        assert set(guest_cpus(machine)) <= {"1", "-"}
        machine.run("xl destroy guest")
        machine.run("xl cpupool-destroy own")
