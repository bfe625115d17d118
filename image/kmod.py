# SPDX-License-Identifier: GPL-2.0-or-later
"""Choose kernel modules with all that they depend on, and make the indices that busybox modprobe reads."""
import lzma
import os
import re


class Modules:
    """The modules of one unpacked linux-image package."""

    def __init__(self, root):
        base = os.path.join(root, "lib/modules")
        if not os.path.isdir(base):
            base = os.path.join(root, "usr/lib/modules")
        (self.release,) = os.listdir(base)
        self.base = os.path.join(base, self.release)
        self.paths = {}
        for folder, _, names in os.walk(self.base):
            for name in names:
                match = re.fullmatch(r"(.+)\.ko(\.xz)?", name)
                if match:
                    self.paths[match[1].replace("-", "_")] = os.path.join(folder, name)
        with open(os.path.join(self.base, "modules.builtin"), encoding="ascii") as file:
            self.builtin = {os.path.basename(line.strip())[:-3].replace("-", "_") for line in file}

    def read(self, name):
        with open(self.paths[name], "rb") as file:
            data = file.read()
        return lzma.decompress(data) if self.paths[name].endswith(".xz") else data


def modinfo(data, key):
    """The values of a key in a module's .modinfo section."""
    return [value.decode() for value in re.findall(rb"\0" + key + rb"=([^\0]*)(?=\0)", data)]


def install(tree, modules, names):
    """Put the named modules and their dependencies into tree. A name that the kernel has built in is skipped."""
    chosen = {}  # name -> (path in the image, names it depends on), a dependency before what needs it

    def add(name):
        name = name.replace("-", "_")
        if name in chosen or name in modules.builtin:
            return
        if name not in modules.paths:
            raise SystemExit(f"image: kernel {modules.release} has no module {name}")
        data = modules.read(name)
        needs = [need for field in modinfo(data, rb"depends") for need in field.split(",") if need]
        for need in needs:
            add(need)
        path = "kernel/" + name + ".ko"
        tree.file(f"usr/lib/modules/{modules.release}/{path}", data)
        chosen[name] = (path, [need.replace("-", "_") for need in needs], modinfo(data, rb"alias"))

    for name in names:
        add(name)
    _indices(tree, modules.release, chosen)


def _closure(chosen, name):
    """All that a module needs, each before its own needs: modprobe loads from the end, as modules.dep demands."""
    found = []
    for need in chosen[name][1]:
        if need in chosen:
            found += [need] + _closure(chosen, need)
    return list(dict.fromkeys(reversed(found)))[::-1]


def _indices(tree, release, chosen):
    dep = alias = ""
    for name, (path, _, aliases) in chosen.items():
        dep += f"{path}: {' '.join(chosen[need][0] for need in _closure(chosen, name))}".rstrip() + "\n"
        alias += "".join(f"alias {value} {name}\n" for value in aliases)
    for index, text in (("dep", dep), ("alias", alias), ("symbols", "")):
        tree.file(f"usr/lib/modules/{release}/modules.{index}", text.encode())
