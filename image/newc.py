# SPDX-License-Identifier: GPL-2.0-or-later
"""An initramfs in memory, written as a cpio archive in the kernel's "newc" form
(Documentation/driver-api/early-userspace).

Everything belongs to root and carries time 0, so the same input gives the same bytes, and no privilege is needed for
device nodes.
"""
import os
import stat


class Tree:
    """Paths (without a leading slash) with mode, contents and device number; parents appear by themselves."""

    def __init__(self):
        self.nodes = {}

    def __contains__(self, path):
        return path in self.nodes

    def _put(self, path, mode, data=b"", device=(0, 0)):
        parent = os.path.dirname(path)
        if parent and parent not in self.nodes:
            self.directory(parent)
        self.nodes[path] = (mode, data, device)

    def directory(self, path, mode=0o755):
        self._put(path, stat.S_IFDIR | mode)

    def file(self, path, data, mode=0o644):
        self._put(path, stat.S_IFREG | mode, data)

    def link(self, path, target):
        self._put(path, stat.S_IFLNK | 0o777, target.encode())

    def char_device(self, path, major, minor, mode=0o600):
        self._put(path, stat.S_IFCHR | mode, device=(major, minor))

    def write(self, out):
        """The archive, parents before children, to the binary file out."""
        for inode, path in enumerate(sorted(self.nodes), 1):
            mode, data, device = self.nodes[path]
            _entry(out, inode, path, mode, data, device)
        _entry(out, 0, "TRAILER!!!", 0)


def _entry(out, inode, path, mode, data=b"", device=(0, 0)):
    name = path.encode() + b"\0"
    fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    out.write(header + bytes(-len(header) % 4))
    out.write(data + bytes(-len(data) % 4))
