# SPDX-License-Identifier: GPL-2.0-or-later
"""What cannot boot stops with one clear sentence: no triple fault, no silence."""
import gzip
import struct

import pytest

import rig as rigs

pytestmark = pytest.mark.quick


def truncated_kernel(linux):
    return linux[:len(linux) // 2]


def corrupt_payload(linux):
    """The compressed kernel inside a bzImage with a run of bytes in its middle changed."""
    offset = (linux[0x1f1] + 1) * 512 + struct.unpack_from("<I", linux, 0x248)[0]
    middle = offset + struct.unpack_from("<I", linux, 0x24c)[0] // 2
    return linux[:middle] + bytes(64) + linux[middle + 64:]


def elf_with_note(kind, payload):
    """A 64-bit ELF of one segment with nothing but one Xen note."""
    name = b"Xen\0"
    note = struct.pack("<III", len(name), len(payload), kind) + name + payload + bytes(-len(payload) % 4)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 2, 62, 1, 0x100000, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    offset = 64 + 2 * 56
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x100000, 0x100000, offset + len(note), 0x2000, 0x1000)
    notes = struct.pack("<IIQQQQQQ", 4, 4, offset, 0x100000 + offset, 0x100000 + offset, len(note), len(note), 4)
    return header + load + notes + note


def pvh_only(_):
    return elf_with_note(18, struct.pack("<I", 0x100000))  # XEN_ELFNOTE_PHYS32_ENTRY


# name: (what becomes of Debian's kernel, memory in MiB, what the sentence must say)
KERNELS = {
    "no kernel at all": (lambda linux: b"This is a text, not a kernel.\n" * 200, 1024, r"(?i)(kernel|image).*(not|neither|unknown|no )"),
    "gzipped text": (lambda linux: gzip.compress(b"text" * 9999), 1024, r"(?i)(kernel|image).*(not|neither|unknown|no )"),
    "truncated": (truncated_kernel, 1024, r"(?i)(truncated|past the end|too short|beyond)"),
    "corrupt payload": (corrupt_payload, 1024, r"(?i)(corrupt|damaged|decompress|unpack|xz)"),
    "PVH only": (pvh_only, 1024, r"(?i)PVH"),
    "too little memory": (lambda linux: linux, 64, r"(?i)memory"),
}


def stops_with(machine, sentence):
    """The sentence comes, no dom0 starts, and the machine has not fallen over."""
    machine.expect(sentence, timeout=60, fatal=False)
    machine.silent_about(r"Linux version", seconds=5)
    assert not machine.triple_faulted()


@pytest.mark.parametrize("case", KERNELS)
def test_kernel(rig, tmp_path, case):
    change, mem, sentence = KERNELS[case]
    linux, initrd = rigs.kernel("6.1")
    with open(linux, "rb") as file:
        (tmp_path / "kernel").write_bytes(change(file.read()))
    with rig(mem=mem, modules=[(str(tmp_path / "kernel"), "console=hvc0"), (initrd, "")]) as machine:
        stops_with(machine, sentence)


def test_no_module(rig):
    with rig(modules=[]) as machine:
        stops_with(machine, r"(?i)no .*(kernel|module)")


def test_initrd_does_not_fit(rig, tmp_path):
    with open(tmp_path / "initrd", "wb") as file:
        file.truncate(400 << 20)
    linux, _ = rigs.kernel("6.1")
    with rig(mem=1024, options="dom0_mem=300M", modules=[(linux, "console=hvc0"), (str(tmp_path / "initrd"), "")]) as machine:
        stops_with(machine, r"(?i)(initrd|memory)")


def test_unknown_option_is_named_and_ignored(rig):
    with rig(options="no_such_option=1 loglvl=nonsense") as machine:
        machine.expect("no_such_option")
        machine.expect("nonsense")
        machine.shell()
