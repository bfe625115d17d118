# SPDX-License-Identifier: GPL-2.0-or-later
"""Which kernel images start, and what is said of the others: by the hypervisor, and by xnl of the same file."""
import bz2
import json
import os
import re
import subprocess

import pytest

import kernels
import rig as rigs
from kernels import BASE, MEMSZ, PADDR, SAYS, TOP, bzimage, gzipped, load, tiny, usual_notes

XNL = os.path.join(rigs.BUILD, "xnl")
OPTIONS = "dom0_mem=64M"
LAST_PAGE = TOP + MEMSZ - 0x1000


def xnl_says(path, *options):
    """(exit status, summary) of xnl image."""
    run = subprocess.run([XNL, "image", "--json", *options, str(path)], capture_output=True, text=True, check=False)
    return run.returncode, json.loads(run.stdout)[0]["summary"]


def features(text):
    return tiny(usual_notes(FEATURES=text))


# name: (image, more options, what is said before the kernel runs)
STARTS = {
    "as small as it can be": (tiny(), "", "can be dom0: yes, as 64-bit PV"),
    "unknown optional features": (features(b"telepathy||!writable_page_tables|levitation"), "",
                                  'also lists feature "telepathy"(.*\n)+.*also lists feature "levitation"'),
    "an unknown required feature, ignored": (features(b"!telepathy"), "dom0=ignore-required",
                                             'requires feature "telepathy", which is not known here: ignored as you '
                                             'asked'),
    "a long name": (features(b"x" * 4000), "", 'also lists feature "xxxx'),
    "a hypercall page in its last page": (tiny(usual_notes(HYPERCALL_PAGE=LAST_PAGE), page=LAST_PAGE), "", "yes"),
    "an unknown note": (tiny(usual_notes() + kernels.note(99, b"abc")), "", "unknown type 0x63"),
    "symbols that it does not have": (tiny(usual_notes() + kernels.note(11, b"yes\0")), "",
                                      "are left out: .* no symbol table"),
    "packed with gzip, no bzImage": (gzipped(tiny()), "", "unpacking the kernel, gzip"),
    "a bzImage packed with bzip2": (bzimage(bz2.compress(tiny()), len(tiny())), "", "unpacking the kernel, bzip2"),
    "a bzImage that is not packed": (bzimage(tiny(), 0), "", "yes"),
    "its own p2m": (tiny(usual_notes(INIT_P2M=0x8000000000)), "", "yes"),
    "no VIRT_BASE": (tiny(usual_notes(VIRT_BASE=None, PADDR_OFFSET=None, ENTRY=PADDR)), "", "yes"),
    "physical addresses from VIRT_BASE on": (tiny(usual_notes(PADDR_OFFSET=BASE), paddr=TOP), "", "yes"),
}

BOMB = gzipped(bytes(64 << 20))

# name: (image, what the sentence says, whether only the hypervisor can know)
REFUSED = {
    "an unknown required feature": (features(b"foo|!telepathy|bar"), 'the kernel requires feature "telepathy"', False),
    "a malformed feature": (features(b"! writable_page_tables"), 'malformed entry "! writable_page_tables"', False),
    "SUPPORTED_FEATURES without dom0": (tiny(usual_notes(SUPPORTED_FEATURES=b"\x01\x80\0\0")),
                                        r"SUPPORTED_FEATURES is 0x8001 .*without dom0 \(bit 11\)", False),
    "PVH only": (tiny(kernels.note(6, b"linux\0") + kernels.note(5, b"xen-3.0\0") + kernels.note(18, b"\0\0\x10\0")),
                 "supports PVH, which this hypervisor cannot run here; not as 64-bit PV either: it has no note ENTRY",
                 False),
    "an entry outside": (tiny(usual_notes(ENTRY=TOP + MEMSZ)), "the entry point is at", False),
    "a hypercall page outside": (tiny(usual_notes(HYPERCALL_PAGE=TOP + MEMSZ)), "the hypercall page is at", False),
    "a hypercall page askew": (tiny(usual_notes(HYPERCALL_PAGE=TOP + 8)), "does not begin a page", False),
    "a p2m over the kernel": (tiny(usual_notes(INIT_P2M=TOP + 0x1000)), "the p2m table is at", False),
    "a p2m that grows into the kernel": (tiny(usual_notes(INIT_P2M=BASE - 0x1000)),
                                         r"INIT_P2M\) at .* overlaps the kernel", True),
    "a p2m that wraps": (tiny(usual_notes(INIT_P2M=-0x1000)), r"INIT_P2M\) at .* addresses that a kernel cannot have",
                         True),
    "a p2m over the end of the low half": (tiny(usual_notes(INIT_P2M=0x7ffffffff000)),
                                           r"INIT_P2M\) at .* addresses that a kernel cannot have", True),
    "a kernel at the end of the low half": (
        tiny(usual_notes(VIRT_BASE=0x7fffffef0000, ENTRY=0x7fffffef0000 + PADDR)), "reaches into addresses", True),
    "a kernel below the hypervisor": (tiny(usual_notes(VIRT_BASE=0xffff7fffffe00000, ENTRY=0xffff7fffffe00000 + PADDR)),
                                      "the image is at", False),
    "far from VIRT_BASE": (tiny(usual_notes(VIRT_BASE=0xffff880000000000, ENTRY=0xffff880000000000 + (1 << 40)),
                                paddr=1 << 40),
                           "too little memory for domain 0", True),
    "an enormous segment": (tiny(memsz=1 << 60), "more address space than is allowed", False),
    "a segment that wraps": (tiny(segments=[load(0x1000, (1 << 64) - 0x1000, 16, 0x2000)]), "addresses wrap around",
                             False),
    "overlapping segments": (tiny(segments=[load(0x1000, PADDR, 16, 0x2000), load(0x1000, PADDR + 0x1fff, 16, 16)]),
                             "a segment overlaps another", False),
    "more bytes than memory": (tiny(segments=[load(0x1000, PADDR, 32, 16)]), "more bytes in the file than in memory",
                               False),
    "a segment past the end": (tiny(segments=[load(0x1000, PADDR, 1 << 20, 1 << 20)]),
                               "reaches past the end of the file", False),
    "headers past the end": (tiny(phnum=0xffff), "headers reach past the end", False),
    "no segment": (tiny(segments=[]), "nothing to load", False),
    "big-endian": (tiny(order=">"), "not little-endian", False),
    "for another machine": (tiny(machine=183), "neither x86-64", False),
    "packed twice": (bzimage(gzipped(gzipped(tiny())), len(gzipped(tiny()))), "not an ELF image", False),
    "a payload outside": (bzimage(b"\x1f\x8b", 0, offset=1 << 31), "bzImage is truncated", False),
    "an old bzImage": (bzimage(gzipped(tiny()), len(tiny()), protocol=0x207), "boot protocol 2.07", False),
    "a bomb": (bzimage(BOMB, 1 << 20), "cannot be unpacked|unpacks to more", False),
    "a bomb that says so": (bzimage(BOMB, 0xfffffff0), "claims to unpack to 4095 MiB", True),
    "less than announced": (bzimage(gzipped(tiny()), len(tiny()) + 1), "announces .* unpacks to", False),
    "an unknown packing": (bzimage(b"PACKED" * 9, 99), "a method that is not known", False),
    "xz, no bzImage": (kernels.lzma.compress(tiny()), "packed with xz and is no bzImage", True),
}


@pytest.mark.quick
@pytest.mark.parametrize("case", STARTS)
def test_starts(rig, tmp_path, case):
    image, options, says = STARTS[case]
    path = tmp_path / "kernel"
    path.write_bytes(image)
    status, summary = xnl_says(path, *["--ignore-required"] * bool(options))
    assert status == 0 and summary.startswith("can be dom0: yes, as 64-bit PV")
    with rig(mem=512, modules=[(str(path), "")], options=f"{OPTIONS} {options}") as machine:
        machine.expect(SAYS)
        assert re.search(says, machine.tail(60))
        machine.wait_end()


@pytest.mark.quick
@pytest.mark.parametrize("case", REFUSED)
def test_refused(rig, tmp_path, case):
    image, says, only_here = REFUSED[case]
    path = tmp_path / "kernel"
    path.write_bytes(image)
    if not only_here:
        status, summary = xnl_says(path)
        assert status == 1 and re.search(says, summary), summary
    with rig(mem=512, modules=[(str(path), "")], options=OPTIONS) as machine:
        machine.expect(r"Panic on CPU 0: [^\n]*(" + says + ")", fatal=False)
        assert not machine.triple_faulted()


@pytest.mark.quick
def test_symbols(rig):
    """A kernel finds itself in the symbols that it asked for."""
    with rig(mem=512, modules=[(os.path.join(rigs.BUILD, "guests/symbols.elf"), "")], options=OPTIONS) as machine:
        machine.expect("PASS symbols")


@pytest.fixture(scope="module")
def linux():
    with open(rigs.kernel("6.1")[0], "rb") as file:
        return kernels.vmlinux(file.read())


# What Debian's kernel says, and instead of it; what follows.
DEBIAN = b"!writable_page_tables|pae_pgdir_above_4gb"
OTHER_NOTES = {
    "an unknown optional feature": (DEBIAN.replace(b"4gb", b"9gb"), 'also lists feature "pae_pgdir_above_9gb"', True),
    "an unknown required feature": (DEBIAN.replace(b"tables", b"tablez"), 'requires feature "writable_page_tablez"',
                                    False),
}


@pytest.mark.parametrize("case", OTHER_NOTES)
def test_debian_with_other_features(rig, linux, tmp_path, case):
    """Debian's kernel as it is but for its note, unpacked, and so packed again with gzip."""
    features_note, says, starts = OTHER_NOTES[case]
    assert linux.count(DEBIAN) == 1
    (tmp_path / "kernel").write_bytes(gzipped(linux.replace(DEBIAN, features_note)))
    modules = [(str(tmp_path / "kernel"), "console=hvc0"), (rigs.kernel("6.1")[1], "")]
    with rig(modules=modules) as machine:
        machine.expect(says, fatal=starts)
        if starts:
            machine.shell()
        else:
            machine.silent_about("Linux version", seconds=3)


@pytest.mark.quick
@pytest.mark.parametrize("version", ["6.1", "6.12"])
def test_xnl_on_debian(kernel, version):
    """What xnl says of the kernels that the other tests boot; a directory of them; a file that is none."""
    path, initrd = kernel(version)
    status, summary = xnl_says(path)
    assert status == 0 and "yes, as 64-bit PV" in summary and "dom0" in summary
    run = subprocess.run([XNL, "image", os.path.dirname(path)], capture_output=True, text=True, check=False)
    assert run.stdout.count("can be dom0: yes, as 64-bit PV") >= 1 and "initrd" not in run.stdout
    assert xnl_says(initrd)[0] == 1


# What xnl says of other systems' images, and of files that are no kernels: (file, exit status, summary).
GRUB, MACH = "root/kernels/usr/lib/grub-xen/grub-", "root/kernels/boot/gnumach-1.8-xen-486.gz"
OTHERS = [
    (GRUB + "x86_64-xen.bin", 0, "yes, as 64-bit PV .* does not say itself that it can be dom0"),
    (GRUB + "i386-xen.bin", 1, "supports 32-bit PV, which this hypervisor cannot run here"),
    (GRUB + "i386-xen_pvh.bin", 1, "supports PVH, which this hypervisor cannot run here"),
    (MACH, 0, r"yes, as 64-bit PV \(entry 0x40000000, 0x40000000 to 0x400a19f0"),
    ("/usr/share/seabios/bios-256k.bin", 1, "not a kernel"),
    ("/usr/share/seabios/vgabios-stdvga.bin", 1, "not a kernel"),
    ("xenolith", 1, "built without Xen support"),
]


@pytest.mark.quick
@pytest.mark.parametrize("path,status,says", OTHERS)
def test_xnl_on_others(path, status, says):
    got, summary = xnl_says(os.path.join(rigs.BUILD, path))
    assert got == status and re.search(says, summary), summary


@pytest.mark.quick
def test_mach_as_dom0(rig):
    """GNU Mach, declared by a __xen_guest section, starts and says, by an old hypercall, that it is only a guest."""
    with rig(mem=512, modules=[(os.path.join(rigs.BUILD, MACH), "")], options=OPTIONS) as machine:
        machine.expect(r"dom0 (shut down|crashed|ended)[^\n]*")
