# SPDX-License-Identifier: GPL-2.0-or-later
"""The hypervisor's options as a machine obeys them. How they are read is test/unit/test_options*.c's."""
import os
import re

import pytest

import rig as rigs
import toolstack

HELLO = os.path.join(toolstack.GUESTS, "hello.elf")


@pytest.mark.quick
def test_parts_and_limits(host):
    """A limit of dom0's memory with a wrong sign spoils no other part; a number that is too large gives the most."""
    words = "dom0_mem=1024M,max=1024M gnttab_max_frames=20000 dom0_memm=64M"
    dom0 = host(options=words)
    said = dom0.run("xl dmesg | grep 'Command line:'")
    assert re.search(r"'max=1024M' is ignored, did you mean 'max:1024M'\?", said)
    assert re.search(r"gnttab_max_frames: '20000' is out of range: the maximum 8192 is used", said)
    assert re.search(r"'dom0_memm=64M' is unknown: ignored; did you mean 'dom0_mem'\?", said)
    assert "docs/" not in said
    assert dom0.run("xl list 0 | tail -n 1").split()[2] == "1024"
    assert int(dom0.run("xl info free_memory")) > 900
    dom0.configure("many", **toolstack.small(max_grant_frames=5000, extra="idle"))
    dom0.create("many", "-p")
    dom0.run("xl destroy many")


# options: the line about what is done instead
MEMORY = {
    "dom0_mem=100T": r"dom0_mem: 104857600 MiB are asked for and there are \d+ MiB: dom0 gets \d+ MiB",
    "dom0_mem=128M mem=100M": r"dom0_mem: 128 MiB are asked for and there are \d+ MiB: dom0 gets \d+ MiB "
                              r"\(of \d+ MiB that mem= leaves\)",
}


@pytest.mark.quick
@pytest.mark.parametrize("options", MEMORY)
def test_too_much_memory(rig, options):
    with rig(mem=512, options=f"loglvl=warning {options}", modules=[(HELLO, "")]) as machine:
        machine.expect(MEMORY[options])
        machine.expect("hello")


@pytest.mark.quick
def test_empty_initrd(rig, tmp_path):
    (tmp_path / "nothing").write_bytes(b"")
    with rig(mem=512, options="dom0_mem=64M", modules=[(HELLO, ""), (str(tmp_path / "nothing"), "")]) as machine:
        machine.expect(r'the initrd, "[^"]*/nothing", is empty: dom0 starts without one')
        machine.expect("hello")


@pytest.mark.quick
def test_pin_and_total_memory(rig):
    """dom0_vcpus_pin says where vCPUs may run, not where they like to; total_memory is what the firmware calls RAM."""
    with rig(cpus=2, options="dom0_vcpus_pin") as machine:
        logged = int(machine.expect(r"memory: (\d+) MiB of RAM")[1])
        machine.shell(timeout=300)
        rows = machine.run("xl vcpu-list 0 | tail -n 2").splitlines()
        assert [re.findall(r"(\S+) / (\S+)\s*$", row)[0] for row in rows] == [("0", "all"), ("1", "all")]
        machine.run("xl vcpu-pin 0 all all")
        rows = machine.run("xl vcpu-list 0 | tail -n 2").splitlines()
        assert [re.findall(r"(\S+) / (\S+)\s*$", row)[0] for row in rows] == [("all", "all")] * 2
        assert int(machine.run("xl info total_memory")) == logged == 2047
