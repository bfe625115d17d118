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


def note(kind, payload):
    name = b"Xen\0"
    return struct.pack("<III", len(name), len(payload), kind) + name + payload + bytes(-len(payload) % 4)


def elf64(*notes):
    """An ELF of one segment with nothing but some Xen notes."""
    body = b"".join(notes)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01" + bytes(9), 2, 62, 1, 0x100000, 64, 0, 0, 64, 56,
                         2, 0, 0, 0)
    offset = 64 + 2 * 56
    load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x100000, 0x100000, offset + len(body), 0x2000, 0x1000)
    table = struct.pack("<IIQQQQQQ", 4, 4, offset, 0x100000 + offset, 0x100000 + offset, len(body), len(body), 4)
    return header + load + table + body


def elf32(*notes):
    """The same for the 32-bit x86."""
    body = b"".join(notes)
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01" + bytes(9), 2, 3, 1, 0x100000, 52, 0, 0, 52, 32, 2,
                         0, 0, 0)
    offset = 52 + 2 * 32
    load = struct.pack("<IIIIIIII", 1, 0, 0x100000, 0x100000, offset + len(body), 0x2000, 5, 0x1000)
    table = struct.pack("<IIIIIIII", 4, offset, 0x100000 + offset, 0x100000 + offset, len(body), len(body), 4, 4)
    return header + load + table + body


# XEN_ELFNOTE_GUEST_OS, XEN_VERSION, PHYS32_ENTRY; and ENTRY, VIRT_BASE, PAE_MODE of a 32-bit PV kernel
LINUX = note(6, b"linux\0") + note(5, b"xen-3.0\0")
PVH = note(18, struct.pack("<I", 0x100000))
PV32 = note(1, struct.pack("<I", 0xc0100000)) + note(3, struct.pack("<I", 0xc0000000)) + note(9, b"yes\0")

# name: (what becomes of Debian's kernel, memory in MiB, what the sentence must say)
KERNELS = {
    "no kernel at all": (lambda linux: b"This is a text, not a kernel.\n" * 200, 1024,
                         "not an ELF image that can be loaded"),
    "gzipped text": (lambda linux: gzip.compress(b"text" * 9999), 1024, "not an ELF image that can be loaded"),
    "empty": (lambda linux: b"", 1024, r'the dom0 kernel, "[^"]*/kernel", is empty: the file has 0 bytes'),
    "truncated": (truncated_kernel, 1024, "the bzImage is truncated: its header asks for at least"),
    "corrupt payload": (corrupt_payload, 1024,
                        r"dom0 kernel cannot be unpacked \(xz, .*is the file complete and undamaged"),
    "PVH only": (lambda linux: elf64(LINUX, PVH), 1024,
                 "the image supports PVH, which this hypervisor cannot run here"),
    "32-bit PV only": (lambda linux: elf32(LINUX, PV32), 1024, "32-bit PV"),
    "too little memory": (lambda linux: linux, 64, "too little memory to unpack the dom0 kernel: .*more memory"),
}


def stops_with(machine, sentence):
    """The sentence comes as the reason of a panic, no dom0 starts, and the machine has not fallen over."""
    machine.expect(r"Panic on CPU 0: [^\n]*(" + sentence + ")", fatal=False)
    machine.silent_about(r"Linux version", seconds=3)
    assert not machine.triple_faulted()


@pytest.mark.parametrize("case", KERNELS)
def test_kernel(rig, tmp_path, case):
    change, mem, sentence = KERNELS[case]
    linux, initrd = rigs.kernel("6.1")
    with open(linux, "rb") as file:
        (tmp_path / "kernel").write_bytes(change(file.read()))
    with rig(mem=mem, modules=[(str(tmp_path / "kernel"), "console=hvc0"), (initrd, "")]) as machine:
        stops_with(machine, sentence)


# QEMU's CPU features to take away, and the sentence
PROCESSORS = {
    "-lm": "Xenolith needs a 64-bit processor",
    "-cmov": "Xenolith needs a processor with CMOV",
    "-fxsr": "Panic on CPU 0: cpu: FXSAVE, LDMXCSR or MFENCE faults: 64-bit code needs FXSR, SSE and SSE2",
    "-sse": "Panic on CPU 0: cpu: FXSAVE, LDMXCSR or MFENCE faults",
    "-sse2": "Panic on CPU 0: cpu: FXSAVE, LDMXCSR or MFENCE faults",
    "-syscall": "Panic on CPU 0: cpu: EFER does not take SCE: 64-bit guests need SYSCALL",
    "-apic": "Panic on CPU 0: the local APIC cannot be switched on",
}


@pytest.mark.parametrize("lacks", PROCESSORS)
def test_processor(rig, lacks):
    """One that is no 64-bit processor of any age: a sentence, not an exception that nobody understands."""
    with rig(cpu=f"EPYC,-smap,{lacks}", options="noreboot") as machine:
        machine.expect(PROCESSORS[lacks], fatal=False)
        machine.silent_about("Panic|Linux version", seconds=3)
        assert not machine.triple_faulted()


def test_no_module(rig):
    with rig(modules=[]) as machine:
        stops_with(machine, "no dom0 kernel: the boot loader passed no module")


def test_initrd_does_not_fit(rig, tmp_path):
    with open(tmp_path / "initrd", "wb") as file:
        file.truncate(400 << 20)
    linux, _ = rigs.kernel("6.1")
    modules = [(linux, "console=hvc0"), (str(tmp_path / "initrd"), "")]
    with rig(mem=1024, options="dom0_mem=300M", modules=modules) as machine:
        stops_with(machine, "too little memory for domain 0: its kernel, initrd and tables need")


def test_options(rig):
    """What isn't understood is named and doesn't stop the boot; what stands behind a lone -- is dom0's."""
    with rig(options="console=com1,com2 no_such_option=1 loglvl=nonsense maxcpus=many -- behind_dashes") as machine:
        machine.expect(r"option 'no_such_option=1' is unknown")
        machine.expect(r"loglvl: 'nonsense' is ignored. Wanted: [^\n]*none, error, warning, info, debug, all")
        machine.expect(r"the value of 'maxcpus=many' should be a number from 0 to 4096: ignored")
        machine.expect(r"console: no serial port answers as com2; its address is the third part of that option")
        machine.expect(r"Kernel command line: console=hvc0 behind_dashes\s")
