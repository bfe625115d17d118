# SPDX-License-Identifier: GPL-2.0-or-later
"""An unmodified Debian kernel reaches a root shell as dom0, and is what it should be there."""
import pytest

import rig as rigs

pytestmark = pytest.mark.peer


def boot(rig, cpus, **keywords):
    """From reset to a shell, and off: QEMU ends although it may restart. Returns dom0's kernel log."""
    with rig(cpus=cpus, reboot=True, **keywords) as machine:
        _, seen = machine.shell(timeout=120 + 60 * cpus)
        assert seen == cpus
        assert machine.run("cat /sys/hypervisor/type") == "xen"
        assert machine.run("cd /sys/hypervisor/version; cat major minor").split() == ["4", "17"]
        assert machine.run("cat /sys/power/mem_sleep") == "[s2idle]", "dom0 offers a state that nobody enters"
        text = machine.run("dmesg")
        machine.child.sendline("poweroff")
        machine.wait_end()
        return text


@pytest.mark.parametrize("cpus", [1, pytest.param(2, marks=pytest.mark.quick), 4, 8])
def test_cpus(rig, cpus):
    text = boot(rig, cpus)
    assert "Hypervisor detected: Xen PV" in text
    for word in ("Call Trace", "BUG:", "WARNING: CPU", "Oops"):
        assert word not in text


@pytest.mark.parametrize("version,cpus", [pytest.param("6.12", 1, marks=pytest.mark.quick), ("6.12", 4)])
def test_kernel(rig, kernel, version, cpus):
    linux, initrd = kernel(version)
    text = boot(rig, cpus, modules=[(linux, "console=hvc0"), (initrd, "")])
    assert f"Linux version {version}." in text


NO_XSAVE, NO_AVX = "max,-smap,-xsave", "max,-smap,-avx"
MODELS = ["qemu64", "Nehalem", "Haswell-noTSX,-smap", "Skylake-Client,-smap", "EPYC,-smap", "EPYC-Milan,-smap",
          "max,-smap", NO_XSAVE, NO_AVX, "EPYC", "max"]
QUICK = ("qemu64", "EPYC")  # the last with SMAP, which QEMU 7.2 gets wrong


@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("model", MODELS)
def test_model_all(rig, model, cpus):
    boot(rig, cpus, cpu=model)


@pytest.mark.quick
@pytest.mark.parametrize("model", QUICK)
def test_model(rig, model):
    boot(rig, 1, cpu=model)


@pytest.mark.parametrize("model,cpus", [("EPYC", 2), ("max", 4), ("qemu64", 1), ("qemu64,+x2apic", 2)])
def test_qemu10(rig, model, cpus):
    """QEMU 10 has SMAP right, so it stays on; and it has x2APIC."""
    qemu = rigs.qemu10()
    if not qemu:
        pytest.skip("no QEMU 10: this system's mirror has no backports")
    boot(rig, cpus, cpu=model, qemu=qemu)


def test_apic_id_beyond_a_byte(rig):
    """A CPU that interrupts of devices cannot name (they have 8 bits for it) runs dom0 all the same, and does I/O."""
    qemu = rigs.qemu10()
    if not qemu:
        pytest.skip("no QEMU 10: this system's mirror has no backports")
    devices = ["-smp", "1,maxcpus=280,sockets=280,cores=1,threads=1", "-device",
               "EPYC-x86_64-cpu,socket-id=270,core-id=0,thread-id=0,x2apic=on", "-nic", "none", "-drive",
               f"if=none,id=disk,format=raw,snapshot=on,file={rigs.image('disk.img')}", "-device",
               "virtio-blk-pci,drive=disk,num-queues=2"]
    with rig(cpu="EPYC,+x2apic", qemu=qemu, devices=devices, options="dom0_vcpus_pin") as machine:
        assert machine.shell()[1] == 2
        for cpu in 0, 1:
            machine.run("cd /guest && echo 3 >/proc/sys/vm/drop_caches")
            machine.run(f"taskset {1 << cpu:x} sha256sum -c payload.sha256")


# MiB: all below the hole for devices under 4 GiB, or parts of it above.
@pytest.mark.parametrize("mem", [1024, 3072, 4096, 8192])
def test_memory(rig, mem):
    """dom0 gets nearly all of it, whatever the map looks like."""
    with rig(cpus=2, mem=mem, options="dom0_mem=-128M") as machine:
        machine.shell()
        total = int(machine.run("grep MemTotal /proc/meminfo").split()[1]) >> 10
        assert total > mem * 0.8 - 256, f"dom0 sees {total} of {mem} MiB"


@pytest.mark.parametrize("loader", ["grub-bios", pytest.param("grub-uefi", marks=pytest.mark.quick)])
def test_loader(rig, loader):
    boot(rig, 1, boot=loader)


def test_toolstack_daemons(rig):
    with rig() as machine:
        machine.expect("dom0: xenstored and xenconsoled are running")


def test_reboot(rig):
    with rig(reboot=True) as machine:
        machine.shell()
        machine.child.sendline("reboot")
        machine.expect("dom0: init runs")
        machine.expect(rigs.READY)
