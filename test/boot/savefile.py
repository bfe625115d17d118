# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in a save file, and how it can be damaged: rows of bytes to change and of lengths to cut it to.

It has three layers: xl's header and configuration, libxl's stream of records, and in its first record libxenguest's.
"""
import struct
from typing import NamedTuple

TYPES = {0: "end", 1: "pages", 2: "PV info", 3: "P2M frames", 4: "vCPU", 5: "extended vCPU", 6: "vCPU's XSAVE",
         7: "shared info", 8: "TSC info", 0xc: "vCPU's MSRs", 0x10: "end of static data",
         0x11: "CPUID policy", 0x12: "MSR policy"}
HEADER = 8
OPTIONAL = 1 << 31 | 0x7e  # a record that nobody needs to understand
# In a vCPU's record: its number, then struct vcpu_guest_context.
CONTEXT = HEADER + 8
REGS = CONTEXT + 520
RIP, CS, RFLAGS, SS, RDX = REGS + 128, REGS + 136, REGS + 144, REGS + 160, REGS + 96
LDT_BASE, LDT_ENTRIES, GDT_FRAMES, GDT_ENTRIES = CONTEXT + 4816, CONTEXT + 4824, CONTEXT + 4832, CONTEXT + 4960
CR, DR, CALLBACK, FS_BASE, GS_USER = CONTEXT + 4984, CONTEXT + 5048, CONTEXT + 5112, CONTEXT + 5144, CONTEXT + 5160
FLAGS = CONTEXT + 512
# In its XSAVE record: its number, XCR0, XCR0's bits ever, then the area.
XCR0 = HEADER + 8
AREA = XCR0 + 16
BAD_ADDRESS = (1 << 63) + 0x1000  # not canonical


class Damage(NamedTuple):
    what: str
    at: int
    value: int | bytes
    size: int = 8
    says: str = ""  # what the hypervisor's log says, where it is the one that refuses
    taken: bool = False  # nobody can see it: it may be restored, and then only this guest can come to harm

    def bytes(self):
        if isinstance(self.value, bytes):
            return self.value.hex()
        return self.value.to_bytes(self.size, "little").hex()


class SaveFile:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.table = None  # where the first pinned L4 table is
        libxl = 48 + self.number(44)
        assert self.data[libxl:libxl + 8] == b"LibxlFmt", "no stream of libxl"
        self.libxl = libxl
        self.start = libxl + 16 + HEADER  # of libxenguest's headers
        self.image = list(self.records_from(self.start + 24 + 16))
        kind, at, length = self.image[-1]
        self.rest = at + HEADER  # of libxl's stream
        assert kind == "end" and not length
        for at in (at for kind, at, _ in self.image if kind == "pages"):
            self.table = self.table or self.table_among(at + HEADER)

    def number(self, at, size=4):
        return int.from_bytes(self.data[at:at + size], "little")

    def records_from(self, at):
        """(kind, offset, length) up to the record that ends the stream."""
        kind = None
        while kind != "end":
            kind, length = TYPES[self.number(at)], self.number(at + 4)
            yield kind, at, length
            at += HEADER + (length + 7) // 8 * 8

    def table_among(self, at):
        """What each page of a record is stands in the highest bits of its frame number; from 0xd on, no contents."""
        count = self.number(at)
        types = [entry >> 60 for entry in struct.unpack_from(f"<{count}Q", self.data, at + 8)]
        if 0xc not in types:
            return None
        return at + 8 + 8 * count + 4096 * len([kind for kind in types[:types.index(0xc)] if kind < 0xd])

    def first(self, name):
        return next(at for kind, at, _ in self.image if kind == name)

    def last(self, name):
        return [at for kind, at, _ in self.image if kind == name][-1]

    def cuts(self):
        """{what is cut: new length}: in the headers, and on the border or inside of each kind of record in turn."""
        found = {"all": 0, "xl's header": 20, "configuration": 60, "libxl's header": self.libxl + 12,
                 "libxl's record": self.libxl + 20, "image header": self.start + 12, "domain header": self.start + 32}
        kinds = {kind: (at, length) for kind, at, length in reversed(self.image)}
        for i, (kind, (at, length)) in enumerate(sorted(kinds.items(), key=lambda item: item[1])):
            inside = HEADER + length // 2 if length else 4
            found[kind] = at + inside if i % 2 else at
        return found

    def headers(self):
        libxl, image = self.libxl, self.start
        return [
            Damage("xl's magic", 0, 0x7f, 1),
            Damage("xl's byte order", 32, 0x04030201, 4),
            Damage("xl's flags", 36, 0x7f, 4),
            Damage("length of the configuration", 44, 0x7fffff, 4),
            Damage("libxl's version", libxl + 8, 0x7f, 1),
            Damage("libxl's options", libxl + 12, 0x7f, 1),
            Damage("libxl's record", libxl + 16, 0x7f, 4),
            Damage("length of libxl's record", libxl + 20, 0x7fffffff, 4),
            Damage("marker", image, 0x7f, 1),
            Damage("id", image + 8, 0x7f, 1),
            Damage("version", image + 12, 0x7f, 4),
            Damage("byte order", image + 16, 0x7f, 1),
            Damage("domain's type: HVM", image + 24, 2, 4),
            Damage("domain's type", image + 24, 0x7f, 4),
            Damage("page shift", image + 28, 13, 2),
        ]

    def memory(self):
        info, frames, pages = (self.first(kind) + HEADER for kind in ("PV info", "P2M frames", "pages"))
        first, top = pages + 8, self.table + 511 * 8  # the kernel's own entry
        return [
            Damage("width of the guest: 32 bits", info, 4, 1),
            Damage("width of the guest", info, 5, 1),
            Damage("levels of tables", info + 1, 3, 1),
            Damage("first frame of P2M", frames, 0xffffffff, 4),
            Damage("last frame of P2M", frames + 4, 1 << 30, 4),
            Damage("a frame of P2M", frames + 8, 1 << 51),
            Damage("no pages", pages, 0, 4),
            Damage("number of pages", pages, 0x10000000, 4),
            Damage("reserved word of pages", pages + 4, 1, 4, taken=True),
            Damage("type of a page", first, 5 << 60),
            Damage("reserved bits of a page", first, 1 << 55, taken=True),
            Damage("frame of a page", first, 1 << 51),
            Damage("same frame twice", first, 1, taken=True),
            Damage("L4 entry: a large page", top, self.number(top, 8) | 0x80),
            Damage("L4 entry: our own slot", self.table + 8 * 256, 0x67, taken=True),
        ]

    def vcpu(self):
        at = self.first("vCPU")

        def row(what, offset, value, size=8, **more):
            return Damage(f"vCPU: {what}", at + offset, value, size, **more)

        return [
            row("number", HEADER, 9, 4),
            row("start info", RDX, 1 << 40),
            row("start info: a table", RDX, 1 << 30),
            row("no CR3", CR + 24, 0),
            row("CR3 out of memory", CR + 24, 1 << 40),
            row("CR3: no table", CR + 24, 0x3000),
            row("user CR3: no table", CR + 8, 0x3001),
            row("GDT: entries", GDT_ENTRIES, 1 << 32),
            row("GDT: frame", GDT_FRAMES, struct.pack("<Q120xQ", 1 << 40, 1)),
            row("LDT: entries", LDT_ENTRIES, 8193, says="LDT"),
            row("LDT: base", LDT_BASE, struct.pack("<QQ", 0x123, 1), says="LDT"),
            row("FS base", FS_BASE, BAD_ADDRESS, says="canonical"),
            row("user GS base", GS_USER, BAD_ADDRESS, says="canonical"),
            row("event callback", CALLBACK, BAD_ADDRESS, says="canonical"),
            row("SYSCALL callback", CALLBACK + 16, BAD_ADDRESS, says="canonical"),
            row("user mode without tables", FLAGS, 0x20, says="user", taken=True),
            row("RIP", RIP, BAD_ADDRESS, taken=True),
            row("RIP in the hypervisor", RIP, 0xffff828000000000, taken=True),
            row("code segment of ring 0", CS, 0xe008, 2, taken=True),
            row("null code segment", CS, 0, 2, taken=True),
            row("stack segment of ring 0", SS, 0xe010, 2, taken=True),
            row("flags", RFLAGS, 0xffffffff, taken=True),
            row("CR4", CR + 32, (1 << 64) - 1, taken=True),
            row("DR7", DR + 56, (1 << 64) - 1, taken=True),
        ]

    def msr(self, what, index, reserved, value):
        """A Linux guest has no MSRs to save: the last vCPU's XSAVE record becomes one of them, and the rest nothing."""
        at = self.last("vCPU's XSAVE")
        record = struct.pack("<IIIIIIQ", 0xc, 24, self.number(at + HEADER), 0, index, reserved, value)
        rest = struct.pack("<II", OPTIONAL, self.number(at + 4) - 32)
        return Damage(f"MSR: {what}", at, record + rest, says="MSR")

    def state(self):
        """What else a vCPU has, and what the domain has."""
        more, area = self.first("extended vCPU") + HEADER + 8, self.first("vCPU's XSAVE")
        tsc, cpuid, msrs = (self.first(kind) + HEADER for kind in ("TSC info", "CPUID policy", "MSR policy"))
        return [
            Damage("extended vCPU: callback", more + 16, BAD_ADDRESS, says="canonical"),
            Damage("extended vCPU: size", more + 4, 4, 4, says="size"),
            Damage("XSAVE: XCR0", area + XCR0, 1 << 62 | 7, says="xstate"),
            Damage("XSAVE: XCR0 without x87", area + XCR0, 6, says="xstate"),
            Damage("XSAVE: state of no component", area + AREA + 512, 1 << 60, says="xstate"),
            Damage("XSAVE: compact", area + AREA + 520, 1 << 63 | 7, says="xstate"),
            Damage("XSAVE: reserved bytes", area + AREA + 528, 1, says="xstate"),
            Damage("XSAVE: MXCSR", area + AREA + 24, 0xffff0000, 4, says="MXCSR"),
            self.msr("index", 0x1b, 0, 0),
            self.msr("reserved", 0x48, 1, 0),
            self.msr("value", 0x48, 0, 1 << 63),
            Damage("TSC: mode", tsc, 9, 4, says="settscinfo"),
            Damage("TSC: reserved", tsc + 20, 1, 4, taken=True),
            Damage("TSC: emulated, 0 kHz", tsc, 1, 4, taken=True),
            Damage("CPUID: leaf", cpuid, 0x30000000, 4, says="cpuid"),
            Damage("CPUID: subleaf", cpuid + 4, 0x1234, 4, says="cpuid"),
            Damage("MSR policy: index", msrs, 0x1234, 4, says="MSR"),
            Damage("MSR policy: flags", msrs + 4, 1, 4, says="MSR"),
        ]
