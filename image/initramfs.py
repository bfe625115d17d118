#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make an initramfs from unpacked Debian packages and a recipe.

usage: initramfs.py RECIPE --tools ROOT --kernel ROOT [--program FILE]... -o FILE

A recipe has one item a line:
    copy PATTERN...          files of the tools root, by shell pattern, with the shared libraries that they need; a path
                             is as the image has it (usr/bin/NAME), wherever the package keeps the file
    file SOURCE PATH MODE    a file beside the recipe
    program NAME PATH        a program of our own, given with --program, without its symbols
    directory PATH MODE
    link PATH TARGET         TARGET may be a shell pattern of something that is in the image by then
    device PATH MAJOR MINOR  a character device
    modules NAME...          kernel modules with what they depend on
    applets                  a link for every command of busybox that nothing else provides
The image is merged-/usr: whatever a package has in /bin, /sbin or /lib lands in /usr. (Debian 12's packages have them
there, Debian 13's don't.)
"""
import argparse
import fnmatch
import glob
import gzip
import os
import re
import subprocess
import tempfile

import kmod
import newc

LIBRARY_FOLDER = "usr/lib/x86_64-linux-gnu"


def merged(path):
    return path if path.startswith("usr/") else re.sub(r"^(bin|sbin|lib|lib64)/", r"usr/\1/", path)


def needed(path):
    """The sonames that an ELF file names, none for any other file."""
    with open(path, "rb") as file:
        if file.read(4) != b"\x7fELF":
            return []
    text = subprocess.run(["readelf", "-d", path], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.+)\]", text)


class Builder:
    def __init__(self, recipe, tools, kernel, programs):
        self.here = os.path.dirname(recipe)
        self.tools = tools
        self.kernel = kernel
        self.programs = {os.path.basename(path): path for path in programs}
        self.tree = newc.Tree()
        self.tree.directory(".")
        for name in ("bin", "sbin", "lib", "lib64"):
            self.tree.directory("usr/" + name)
            self.tree.link(name, "usr/" + name)

    def library(self, soname):
        for path in self.find(os.path.join(LIBRARY_FOLDER, soname)):
            return self.copy_one(path)

    def find(self, pattern):
        """What the packages have for a path or pattern of the image, as they name it; at least one."""
        pattern = merged(pattern)
        found = glob.glob(pattern, root_dir=self.tools)
        if pattern.startswith("usr/"):
            split = glob.glob(pattern[len("usr/"):], root_dir=self.tools)
            found += [path for path in split if merged(path).startswith("usr/")]
        if not found:
            raise SystemExit(f"image: no package of the tools group has {pattern}")
        return sorted(found)

    def copy_one(self, path):
        source, target = os.path.join(self.tools, path), merged(path)
        if target in self.tree:
            return
        if os.path.islink(source):
            link = os.readlink(source)
            self.tree.link(target, link)
            inner = link.lstrip("/") if link.startswith("/") else os.path.join(os.path.dirname(path), link)
            for found in self.find(os.path.normpath(inner)):
                self.copy_one(found)
        else:
            with open(source, "rb") as file:
                self.tree.file(target, file.read(), os.stat(source).st_mode & 0o777)
            for soname in needed(source):
                self.library(soname)

    def do_copy(self, *patterns):
        for pattern in patterns:
            for path in self.find(pattern):
                self.copy_one(path)

    def do_file(self, source, path, mode):
        with open(os.path.join(self.here, source), "rb") as file:
            self.tree.file(merged(path), file.read(), int(mode, 8))

    def do_program(self, name, path):
        with tempfile.NamedTemporaryFile() as stripped:
            subprocess.run(["strip", "-o", stripped.name, self.programs[name]], check=True)
            self.tree.file(merged(path), stripped.read(), 0o755)
        for soname in needed(self.programs[name]):
            self.library(soname)

    def do_directory(self, path, mode):
        self.tree.directory(path, int(mode, 8))

    def do_link(self, path, target):
        if "*" in target:
            matches = fnmatch.filter(self.tree.nodes, target.lstrip("/"))
            if len(matches) != 1:
                raise SystemExit(f"image: link {path}: {len(matches)} files of the image match {target}, one should")
            target = "/" + matches[0]
        self.tree.link(merged(path), target)

    def do_device(self, path, major, minor):
        self.tree.char_device(path, int(major), int(minor))

    def do_modules(self, *names):
        kmod.install(self.tree, kmod.Modules(self.kernel), names)

    def do_applets(self):
        busybox = os.path.join(self.tools, self.find("usr/bin/busybox")[0])
        listing = subprocess.run([busybox, "--list-full"], capture_output=True, text=True, check=True).stdout
        for path in map(merged, listing.split()):
            name = os.path.basename(path)
            if not any(f"usr/{folder}/{name}" in self.tree for folder in ("bin", "sbin")) and path.startswith("usr/"):
                self.tree.link(path, "/usr/bin/busybox")

    def run(self, recipe):
        with open(recipe, encoding="utf-8") as file:
            text = file.read().replace("\\\n", " ")
        for line in text.splitlines():
            words = line.split("#")[0].split()
            if words:
                getattr(self, "do_" + words[0])(*words[1:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("recipe")
    parser.add_argument("--tools", required=True)
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--program", action="append", default=[])
    parser.add_argument("-o", dest="out", required=True)
    options = parser.parse_args()
    builder = Builder(options.recipe, options.tools, options.kernel, options.program)
    builder.run(options.recipe)
    with gzip.GzipFile(options.out + ".new", "wb", compresslevel=6, mtime=0) as out:
        builder.tree.write(out)
    os.rename(options.out + ".new", options.out)


main()
