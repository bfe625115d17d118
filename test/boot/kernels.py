# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel files made by tests: a tiny PV kernel of any shape, Debian's with other notes, bzImages of other contents."""
import gzip
import lzma
import struct

ENTRY, HYPERCALL_PAGE, VIRT_BASE, PADDR_OFFSET, XEN_VERSION, GUEST_OS, LOADER = 1, 2, 3, 4, 5, 6, 8
FEATURES, INIT_P2M, MOD_START_PFN, SUPPORTED_FEATURES, PHYS32_ENTRY = 10, 15, 16, 17, 18

BASE, PADDR, MEMSZ = 0xffffffff80000000, 0x100000, 0x3000
TOP = BASE + PADDR
SAYS = "a tiny kernel runs"


def quad(value):
    return struct.pack("<Q", value & (1 << 64) - 1)


def note(kind, contents):
    return struct.pack("<III4s", 4, len(contents), kind, b"Xen\0") + contents + bytes(-len(contents) % 4)


def usual_notes(**changes):
    """The notes of a PV kernel at TOP; changes by the names above. None leaves one out, a number takes 8 bytes."""
    notes = {"LOADER": b"generic\0", "XEN_VERSION": b"xen-3.0\0", "VIRT_BASE": BASE, "PADDR_OFFSET": 0, "ENTRY": TOP}
    notes.update(changes)
    return b"".join(note(globals()[name], quad(value) if isinstance(value, int) else value)
                    for name, value in notes.items() if value is not None)


def tiny_code(at, page=None):
    """Prints SAYS and powers off, by syscall or through a hypercall page (only then it depends on its position)."""
    text = (SAYS + "\n").encode()
    size = 0x40

    def call(number, where):
        if page is None:
            return b"\xb8" + struct.pack("<I", number) + b"\x0f\x05"
        return b"\xe8" + struct.pack("<i", page + 32 * number - (at + where + 5)) + b"\x90\x90"

    code = b"\x31\xff\xbe" + struct.pack("<I", len(text))            # console_io: write, length,
    code += b"\x48\x8d\x15" + struct.pack("<i", size - len(code) - 7)  # text
    code += call(18, len(code))
    code += b"\xbf\x02\0\0\0"                                        # sched_op: shutdown, power off
    code += b"\x48\x8d\x35" + struct.pack("<i", size + len(text) - len(code) - 7)
    code += call(29, len(code))
    return (code + b"\x0f\x0b").ljust(size, b"\x90") + text + bytes(4)


def load(offset, paddr, filesz, memsz, vaddr=0, kind=1):
    return struct.pack("<IIQQQQQQ", kind, 7, offset, vaddr, paddr, filesz, memsz, 0x1000)


def tiny(notes=None, paddr=PADDR, memsz=MEMSZ, segments=None, page=None, machine=62, order="<", phnum=None, vaddr=None):
    """An ELF image of that code. segments: the load headers instead of the one that loads it to paddr."""
    notes = usual_notes() if notes is None else notes
    code = tiny_code(BASE + paddr if vaddr is None else vaddr, page)
    segments = [load(0x1000, paddr, len(code), memsz)] if segments is None else segments
    table = load(0x2000, 0, len(notes), 0, kind=4)
    count = len(segments) + 1 if phnum is None else phnum
    ident = b"\x7fELF\x02" + (b"\x01" if order == "<" else b"\x02") + b"\x01" + bytes(9)
    header = struct.pack(order + "16sHHIQQQIHHHHHH", ident, 2, machine, 1, 0, 64, 0, 0, 64, 56, count, 0, 0, 0)
    return (header + b"".join(segments) + table).ljust(0x1000, b"\0") + code.ljust(0x1000, b"\0") + notes


def payload_of(bzimage):
    """(offset, length) of the packed kernel in a bzImage."""
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    return (bzimage[0x1f1] + 1) * 512 + offset, length


def vmlinux(bzimage):
    """The ELF image in Debian's bzImage, which is packed with xz."""
    offset, length = payload_of(bzimage)
    return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(bzimage[offset:offset + length])


def bzimage(payload, announced, protocol=0x20f, offset=0, length=None):
    """A bzImage of a boot header and that payload, with the size that it announces behind it."""
    head = bytearray(1024)
    payload = payload + struct.pack("<I", announced & 0xffffffff)
    head[0x1f1] = 1
    head[0x1fe:0x200], head[0x202:0x206] = b"\x55\xaa", b"HdrS"
    struct.pack_into("<H", head, 0x206, protocol)
    struct.pack_into("<II", head, 0x248, offset, len(payload) if length is None else length)
    return bytes(head) + payload


def gzipped(data):
    return gzip.compress(data, 1, mtime=0)
