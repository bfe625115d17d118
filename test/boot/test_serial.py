# SPDX-License-Identifier: GPL-2.0-or-later
"""Where com2= finds its serial port: on a PCI card, which is named or looked for, and in memory."""
import os
import re
import time

import machine_gdb as debugger
import pytest
import rig as rigs

CONSOLE = os.path.join(rigs.BUILD, "guests/console.elf")
PCI_BUS_1 = ["-device", "pci-bridge,id=bridge,chassis_nr=1,addr=8"]
UNKNOWN = "0x000000000000"  # in place of an address that firmware gives out


def boot(rig, com2, devices, **keywords):
    return rig(mem=512, modules=[(CONSOLE, "")], options=f"dom0_mem=64M console=com1,com2 com2={com2}",
               devices=["-nic", "none", *devices], **keywords)


def arrives(look, wanted):
    """What look() gives once wanted() likes it: what com1 shows need not be on another line by then."""
    end = time.monotonic() + rigs.SECONDS
    while not wanted(found := look()) and time.monotonic() < end:
        time.sleep(0.1)
    assert wanted(found), found
    return found


# com2=: what stands before the card, and its place
CARDS = {
    "115200,8n1,pci": ([], "addr=9"),
    "115200,8n1,,,00:09.0": ([], "addr=9"),
    "115200,8n1,,0,01:03.0": (PCI_BUS_1, "bus=bridge,addr=3"),
    "115200,8n1,0xc100,0,00:09.0": ([], "addr=9"),
    "baud=115200,port=00:09.0": ([], "addr=9"),
}


@pytest.mark.parametrize("com2", [pytest.param(com2, marks=[pytest.mark.quick] * com2.endswith("pci"))
                                  for com2 in CARDS])
def test_card(rig, tmp_path, com2):
    """The whole log is on the card's line, too."""
    before, place = CARDS[com2]
    line = tmp_path / "line"
    card = ["-chardev", f"file,id=line,path={line}", "-device", f"pci-serial,chardev=line,{place}"]
    with boot(rig, com2, [*before, *card]) as machine:
        machine.expect("console: stays")
        assert "no serial port answers" not in machine.tail(200)
        text = arrives(lambda: line.read_text("ascii", "replace"), lambda text: "console: stays" in text)
    assert "(XEN) loaded at" in text


@pytest.mark.parametrize("com2, says", [
    ("115200,8n1,pci", "option com2: no PCI function of class 07/00 or 07/02 has a serial port that is free"),
    ("115200,8n1,,,00:09.0", "option com2: there is no PCI function 00:09.0"),
    ("115200,8n1,,,00:00.0", "option com2: PCI function 00:00.0 has no serial port that is free"),
])
def test_no_card(rig, com2, says):
    with boot(rig, com2, []) as machine:
        machine.expect(re.escape(says))
        machine.expect("console: no serial port answers as com2")
        machine.expect("console: stays")


def test_registers_in_memory(rig, tmp_path):
    """Words, four bytes apart, in the memory that a card shares with this test: it says that it can send."""
    shared = tmp_path / "shared"
    registers = bytearray(1 << 20)
    registers[5 << 2] = 0x60  # line status: the transmitter is empty
    shared.write_bytes(registers)

    def tell_address(gdb):
        address = re.search(r"BAR2: 64 bit prefetchable memory at (0x[0-9a-f]+)", gdb.monitor("info pci"))[1]
        info = gdb.register(debugger.RBX)
        line = int.from_bytes(gdb.read(info + 16, 4), "little")
        at = gdb.read(line, 512).index(UNKNOWN.encode())
        gdb.write(line + at, f"{int(address, 16):#014x}".encode())

    def words():
        registers = shared.read_bytes()
        return [int.from_bytes(registers[4 * n:4 * n + 4], "little") for n in range(8)]

    card = ["-object", f"memory-backend-file,id=shared,mem-path={shared},size=1M,share=on",
            "-device", "ivshmem-plain,memdev=shared,addr=9"]
    with boot(rig, f"115200,8n1,{UNKNOWN},0,reg-shift=2,reg-width=4", card, firmware=tell_address) as machine:
        machine.expect("console: stays")
        assert "no serial port answers" not in machine.tail(200) and "no 16550" not in machine.tail(200)
        word = arrives(words, lambda word: word[0] == ord("\n"))
    assert word[3] == 0x03 and word[4] == 0x0b, word
