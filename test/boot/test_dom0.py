# SPDX-License-Identifier: GPL-2.0-or-later
"""An unmodified Debian kernel reaches a root shell as dom0, and is what it should be there."""
import pytest

import rig as rigs

pytestmark = pytest.mark.peer


def boot(rig, cpus, **keywords):
    with rig(cpus=cpus, **keywords) as machine:
        _, seen = machine.shell(timeout=120 + 60 * cpus)
        assert seen == cpus
        assert machine.run("cat /sys/hypervisor/type") == "xen"
        assert machine.run("cat /sys/hypervisor/version/major; cat /sys/hypervisor/version/minor").split() == ["4", "17"]
        return machine.run("dmesg")


@pytest.mark.parametrize("cpus", [pytest.param(1, marks=pytest.mark.quick), 2,
                                  pytest.param(4, marks=pytest.mark.quick), 8])
def test_cpus(rig, cpus):
    text = boot(rig, cpus)
    assert "Hypervisor detected: Xen PV" in text
    for word in ("Call Trace", "BUG:", "WARNING: CPU", "Oops"):
        assert word not in text


@pytest.mark.parametrize("version", [pytest.param("6.12", marks=pytest.mark.quick)])
def test_kernel(rig, kernel, version):
    linux, initrd = kernel(version)
    text = boot(rig, 2, modules=[(linux, "console=hvc0"), (initrd, "")])
    assert f"Linux version {version}." in text


NO_XSAVE = "max,-smap,-xsave,-avx,-avx2"
MODELS = ["qemu64", "Nehalem", "Haswell-noTSX,-smap", "Skylake-Client,-smap", "EPYC,-smap", "EPYC-Milan,-smap", "max,-smap",
          NO_XSAVE, "max,-smap,-avx,-avx2"]
QUICK = ("qemu64", "Nehalem", "max,-smap", NO_XSAVE)


@pytest.mark.parametrize("cpus", [1, 4])
@pytest.mark.parametrize("model", MODELS)
def test_model_all(rig, model, cpus):
    boot(rig, cpus, cpu=model)


@pytest.mark.quick
@pytest.mark.parametrize("model", QUICK)
def test_model(rig, model):
    boot(rig, 1, cpu=model)


@pytest.mark.parametrize("model", ["EPYC", "max", "qemu64"])
def test_qemu10(rig, model):
    """QEMU 10 has SMAP right, so it stays on."""
    qemu = rigs.qemu10()
    if not qemu:
        pytest.skip("no QEMU 10: this system's mirror has no backports")
    boot(rig, 2, cpu=model, qemu=qemu)


@pytest.mark.quick
@pytest.mark.parametrize("loader", ["grub-bios", "grub-uefi"])
def test_loader(rig, loader):
    boot(rig, 1, boot=loader)


@pytest.mark.quick
def test_toolstack_daemons(rig):
    with rig() as machine:
        machine.expect("dom0: xenstored and xenconsoled are running")


@pytest.mark.quick
def test_poweroff(rig):
    with rig(reboot=True) as machine:
        machine.shell()
        machine.child.sendline("poweroff")
        machine.wait_end()


@pytest.mark.quick
def test_reboot(rig):
    with rig(reboot=True) as machine:
        machine.shell()
        machine.child.sendline("reboot")
        machine.expect("dom0: init runs")
        machine.expect(rigs.READY)
