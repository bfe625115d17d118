# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU with a hypervisor in it, driven over its serial port.

A Rig is a context manager. expect() waits for a pattern and fails at once, with the end of the log, when the machine
dies instead. After shell() it talks to dom0's root shell with run(), and with console() to a guest. The whole serial
output and the command line are in BUILD/test/boot/NAME.log, QEMU's own complaints in NAME.qemu.

No test depends on how fast this machine is. A timeout is for a machine that does nothing any more: it counts from what
came last, and is long. What is typed next waits for what answers the last; nothing is typed behind a pause in the hope
that it was long enough.
"""
import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
import time

import pexpect

import machine_gdb as debugger

BUILD = os.environ.get("BUILD", "build")
IMAGE = os.path.join(BUILD, "image")
LOGS = os.path.join(BUILD, "test/boot")
HV = os.environ.get("HV", os.path.join(BUILD, "xenolith"))
ELF = os.path.join(BUILD, "hv/xenolith.elf")  # the same with symbols
PEER = os.environ.get("PEER", os.path.join(BUILD, "xen417"))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HV_OPTIONS = "console=com1 com1=115200,8n1 dom0_mem=768M loglvl=all guest_loglvl=all"
READY = r"dom0: ready, Linux (\S+), (\d+) CPU\(s\)"
# Any of these ends the hope for what is expected: a hypervisor panic (ours, Debian's Xen's) or a dom0 panic.
FATAL = r"Kernel panic - not syncing[^\n]*|Panic on CPU \d+[^\n]*|hypervisor panic[^\n]*"
SECONDS = 600  # of silence: far more than a step takes on an idle machine
LEAVE = "\x1d"  # Ctrl-], which leaves a guest's console
ISO_PROTOCOL = "2"  # of GRUB on BIOS (image/iso)


def image(name):
    return os.path.join(IMAGE, name)


def kernel(version):
    """(kernel, initrd) of "6.1" or "6.12", dom0 made of Debian 12; the second may not exist where the mirrors have no
    Debian 13."""
    return image("vmlinuz-" + version), image(f"dom0-{version}.cpio.gz")


def debian(release):
    """(kernel, dom0's initrd, disk), all made of Debian "12" or "13"; they exist where the mirrors have it."""
    version, folder = {"12": ("6.1", ""), "13": ("6.12", "13/")}[release]
    return image("vmlinuz-" + version), image(f"{folder}dom0-{version}.cpio.gz"), image(folder + "disk.img")


def qemu10():
    """The command of QEMU 10: this system's, or the one from backports, or None where that could not be had."""
    own = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True, check=False).stdout
    if re.match(r"QEMU emulator version [1-9]\d", own):
        return ["qemu-system-x86_64"]
    root = os.path.join(BUILD, "root/qemu-10/usr")
    if not os.path.exists(os.path.join(root, "../.complete")):
        return None
    folders = [f"{root}/share/seabios", f"{root}/share/qemu", "/usr/lib/ipxe/qemu", "/usr/share/qemu"]
    return [f"{root}/bin/qemu-system-x86_64"] + [word for folder in folders for word in ("-L", folder)]


class RigError(AssertionError):
    """What was expected did not come; the text ends with the last lines of the log."""


class Rig:
    def __init__(self, name, hv=HV, cpus=1, mem=2048, cpu="EPYC,-smap", modules=None, options="", append="console=hvc0",
                 boot="multiboot1", devices=(), qemu=None, reboot=False, firmware=None, medium=None):
        """modules: list of (file, command line), default dom0's 6.1 kernel and initrd, the kernel's line being append.
        options: more for the hypervisor, after HV_OPTIONS (a later one wins); None gives none at all.
        boot: multiboot1 (QEMU's own loader), grub-bios or grub-uefi (Multiboot 2), bios or uefi (from a disk that is
        among the devices). mem in MiB. devices: QEMU arguments.
        medium: for grub-bios and grub-uefi, a function (path) that makes the medium instead of image/iso.
        firmware: a function that edits the machine's memory through a Gdb at the hypervisor's entry (multiboot1 only).
        """
        os.makedirs(LOGS, exist_ok=True)
        self.path = os.path.join(LOGS, re.sub(r"[^\w.,=-]", "_", name))
        if os.path.abspath(hv) == os.path.abspath(PEER) and "EPYC" in cpu:
            cpu += ",-monitor"  # Debian's Xen uses MWAIT's extension without asking for it
        self.hv, self.append, self.make_medium = hv, append, medium or self._make_medium
        self.options = "" if options is None else f"{HV_OPTIONS} {options}".strip()
        self.modules = [(kernel("6.1")[0], append), (kernel("6.1")[1], "")] if modules is None else modules
        self.argv = (qemu or ["qemu-system-x86_64"]) + [
            "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", cpu, "-m", str(mem), "-smp", str(cpus),
            "-display", "none", "-monitor", "none", "-serial", "stdio", "-d", "cpu_reset", "-D", self.path + ".qemu"]
        self.argv += [] if reboot else ["-no-reboot"]
        self.argv += list(devices) or ["-nic", "none"]
        self.argv += getattr(self, "_boot_" + boot.replace("-", "_"))()
        self.argv += debugger.arguments(self.path + ".gdb") if firmware else []
        self.firmware = firmware
        self.child = self.log = self.gdb = None

    # --- how it is loaded ---
    def _boot_multiboot1(self):
        initrd = ",".join(f"{path} {line}".strip().replace(",", ",,") for path, line in self.modules)
        return ["-kernel", self.hv, "-append", self.options] + (["-initrd", initrd] if initrd else [])

    def _boot_grub_bios(self):
        medium = self.path + ".iso"
        self.make_medium(medium)
        return ["-drive", f"if=none,id=medium,format=raw,snapshot=on,file={medium}",
                "-device", "ide-hd,drive=medium,bus=ide.0"]

    def _make_medium(self, medium):
        words = [*self.modules[0], *(path for path, _ in self.modules[1:])] if self.modules else []
        subprocess.run([os.path.join(TOP, "image/iso"), medium, self.hv, self.options, *words], check=True,
                       env={**os.environ, "GRUB_TIMEOUT": "0", "ISO_PROTOCOL": ISO_PROTOCOL})

    def _boot_bios(self):
        return []  # from the disks among the devices, as they are

    def _boot_uefi(self):
        firmware, variables = "/usr/share/OVMF/OVMF_CODE_4M.fd", self.path + ".vars"
        shutil.copyfile("/usr/share/OVMF/OVMF_VARS_4M.fd", variables)
        return ["-drive", f"if=pflash,format=raw,readonly=on,file={firmware}",
                "-drive", f"if=pflash,format=raw,file={variables}"]

    def _boot_grub_uefi(self):
        return self._boot_uefi() + self._boot_grub_bios()

    # --- life ---
    def __enter__(self):
        self.log = open(self.path + ".log", "w", encoding="utf-8", errors="replace", newline="")
        self.log.write(shlex.join(self.argv) + "\n")
        self.child = pexpect.spawn(self.argv[0], self.argv[1:], timeout=SECONDS, encoding="utf-8",
                                   codec_errors="replace", echo=False, dimensions=(50, 500))
        self.child.logfile_read = self.log
        if self.firmware:
            self._edit_firmware()
        return self

    def _edit_firmware(self):
        with open(self.hv, "rb") as file:
            entry, = struct.unpack_from("<I", file.read(64), 24)  # e_entry of a 32-bit ELF file
        self.gdb = debugger.Gdb(self.path + ".gdb")
        self.gdb.run_to(entry)
        self.firmware(self.gdb)
        self.gdb.go()

    def __exit__(self, *_):
        self._kill()
        self.log.close()
        for left in (self.path + ".iso", self.path + ".vars", self.path + ".gdb"):
            if os.path.exists(left):
                os.remove(left)

    def _kill(self):
        """pexpect's own close() gives a killed process a tenth of a second to be gone."""
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.child.wait()
        self.child.close()

    def tail(self, lines=25):
        self.log.flush()
        with open(self.path + ".log", encoding="utf-8", errors="replace", newline="") as file:
            return "".join(file.read().replace("\r", "").splitlines(keepends=True)[-lines:])

    def fail(self, what):
        end = self.tail(200)
        if re.search(r"\bint3: 0000 ", end):
            what += " (guests/patcher tells whether this QEMU keeps code that another CPU has changed: 7.2 does)"
        raise RigError(f"{what}\n--- end of {self.path}.log ---\n{self.tail()}")

    def _await(self, patterns, timeout):
        """pexpect's expect(), for @timeout seconds (at least SECONDS) after the last output; ten times that in all."""
        timeout, start = max(timeout, SECONDS), time.monotonic()
        end, seen = start + timeout, -1
        while True:
            try:
                return self.child.expect(patterns, timeout=5)
            except pexpect.TIMEOUT:
                if time.monotonic() > min(end, start + 10 * timeout):
                    raise
                if self.log.tell() != seen:
                    seen, end = self.log.tell(), time.monotonic() + timeout

    def expect(self, pattern, timeout=SECONDS, fatal=True):
        """Wait for a pattern; returns its match. With fatal False a panic is no reason to stop waiting."""
        try:
            index = self._await([pattern, FATAL] if fatal else [pattern], timeout)
        except pexpect.TIMEOUT:
            self.fail(f"{max(timeout, SECONDS)} s of silence without {pattern!r}")
        except pexpect.EOF:
            self.fail(f"QEMU ended before {pattern!r}")
        if index:
            self.fail(f"{self.child.after.strip()!r} before {pattern!r}")
        return self.child.match

    def silent_about(self, pattern, seconds):
        """The pattern doesn't come for a while, or until QEMU ends."""
        if self.child.expect([pattern, pexpect.TIMEOUT, pexpect.EOF], timeout=seconds) == 0:
            self.fail(f"{pattern!r} came")

    def wait_end(self, timeout=SECONDS):
        """QEMU ends by itself: powered off, or with -no-reboot a reset."""
        try:
            self._await(pexpect.EOF, timeout)
        except pexpect.TIMEOUT:
            self.fail(f"QEMU still runs after {max(timeout, SECONDS)} s of silence")

    def triple_faulted(self):
        with open(self.path + ".qemu", encoding="utf-8", errors="replace") as file:
            return "Triple fault" in file.read()

    # --- dom0's shell ---
    def shell(self, timeout=SECONDS):
        """Wait for dom0's shell and make it quiet; returns (kernel release, number of CPUs)."""
        match = self.expect(READY, timeout)
        self.quiet()
        return match[1], int(match[2])

    def quiet(self, prompt=r"dom0:\S*# "):
        """From a shell's prompt on: bash without prompt and editing, and a kernel that says little."""
        self._prompt(prompt)
        self.type("exec bash --norc --noprofile --noediting\n")
        self.type("PS1=; PS2=; dmesg -n 1; echo quiet$((40+2))\n")
        self.expect("quiet42")

    def _prompt(self, prompt):
        """Until bash reads. A late kernel message may stand in the middle of a prompt: then ask for another, as long as
        something comes."""
        start, seen, end = time.monotonic(), -1, 0
        while self.log.tell() != seen or time.monotonic() < end:
            if self.log.tell() != seen:
                seen, end = self.log.tell(), min(time.monotonic(), start + 9 * SECONDS) + SECONDS
            if self.child.expect([prompt, pexpect.TIMEOUT], timeout=3) == 0:
                return
            self.child.sendline("")
        self.fail("the shell doesn't prompt")

    def type(self, text):
        """Type as fast as the terminal echoes, no faster: a console's input buffer is small, the rest is lost. An echo
        that a message of the kernel interrupts is waited for in vain, so not for long."""
        for start in range(0, len(text), 24):
            piece = text[start:start + 24]
            self.child.send(piece)
            self.child.expect_exact([piece.strip()[-8:], pexpect.TIMEOUT], timeout=10)

    def run(self, command, timeout=SECONDS, check=True):
        """Run a command of one line in dom0; returns what it printed. With check a status other than 0 fails."""
        self.type(f'{command}; echo "<<end:$?>>"')
        self.child.sendline("")
        match = self.expect(r"<<end:(\d+)>>", timeout)
        text = self.child.before.replace("\r", "").strip()
        if check and match[1] != "0":
            self.fail(f"in dom0: {command!r} gave status {match[1]}: {text}")
        return text

    # --- a guest's console ---
    def console(self, command):
        """Run a command of dom0 that shows a guest's console: until leave(), what is typed is the guest's."""
        self.type(f'{command}; echo "<<left:"$?">>"')
        self.child.sendline("")

    def leave(self):
        """Back to dom0's shell, which says so itself.

        xenconsole leaves only if Ctrl-] is all that one of its read()s gets. On a busy machine what was typed before it
        comes in the same one, and the guest has it all: hence nothing is typed behind it before dom0 has answered, and
        it is typed again if no answer comes.
        """
        for tries in range(SECONDS // 5):
            self.child.send(LEAVE)
            if self.child.expect([r"<<left:\d+>>", pexpect.TIMEOUT], timeout=5) == 0:
                break
        else:
            self.fail("Ctrl-] doesn't leave the guest's console")
        if tries:  # the last one may have come too late, and stands before the next command
            self.child.sendline("")
            self.run(":", check=False)
