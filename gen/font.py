# SPDX-License-Identifier: GPL-2.0-or-later
"""A console font (PSF 1 or 2, with its Unicode table, gzipped or not) as a C table of the printable ASCII characters.

    font.py FONT.psf.gz OUT.h

Each character is one byte for each of its rows, the leftmost pixel in the highest bit. The last entry of the table is
for whatever has no character: a frame.
"""
import gzip
import struct
import sys

WIDTH, HEIGHT = 8, 16
FIRST, LAST = 0x20, 0x7e
FRAME = bytes([0, 0, 0x7e] + [0x42] * 9 + [0x7e, 0, 0, 0])


def unicode_table(data, kind, count):
    """{code point: index} of the table behind the glyphs: for each glyph characters, then sequences, then an end."""
    table, index = {}, 0
    if kind == 1:
        words = [word for word, in struct.iter_unpack("<H", data[:len(data) & ~1])]
        end, sequence = 0xffff, 0xfffe
    else:
        words, end, sequence = [], -1, -2
        for part in data.split(b"\xff"):
            words += [ord(c) for c in part.split(b"\xfe")[0].decode("utf-8")] + [end]
    ignore = False
    for word in words:
        if word == end:
            index, ignore = index + 1, False
        elif word == sequence:
            ignore = True
        elif not ignore and index < count:
            table.setdefault(word, index)
    return table


def load(path):
    """{character: 16 bytes} for all printable ASCII characters."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:2] == b"\x36\x04":
        mode, size, start, kind = data[2], data[3], 4, 1
        count, width, height, has_table = 512 if mode & 1 else 256, 8, size, mode & 2
    elif data[:4] == b"\x72\xb5\x4a\x86":
        start, flags, count, size, height, width = struct.unpack_from("<6I", data, 8)
        kind, has_table = 2, flags & 1
    else:
        sys.exit(f"{path}: not a PSF font")
    if (width, height, size) != (WIDTH, HEIGHT, HEIGHT) or not has_table:
        sys.exit(f"{path}: {width}x{height}; a font of {WIDTH}x{HEIGHT} with a Unicode table is wanted")
    index = unicode_table(data[start + count * size:], kind, count)
    missing = [chr(c) for c in range(FIRST, LAST + 1) if c not in index]
    if missing:
        sys.exit(f"{path}: no glyph for {' '.join(missing)}")
    return {chr(c): data[start + index[c] * size:][:size] for c in range(FIRST, LAST + 1)}


def main():
    font, out = sys.argv[1:]
    glyphs = load(font)
    with open(out, "w", encoding="ascii") as file:
        file.write("/* Made by gen/font.py. */\n#ifndef FONT_H\n#define FONT_H\n\n#include <stdint.h>\n\n"
                   f"#define FONT_WIDTH {WIDTH}u\n#define FONT_HEIGHT {HEIGHT}u\n"
                   f"#define FONT_FIRST {FIRST:#x}u\n#define FONT_COUNT {len(glyphs)}u\n\n"
                   "static const uint8_t font_glyph[FONT_COUNT + 1][FONT_HEIGHT] = {\n")
        for rows in [*glyphs.values(), FRAME]:
            file.write("    {" + ", ".join(f"{row:#04x}" for row in rows) + "},\n")
        file.write("};\n\n#endif\n")


if __name__ == "__main__":
    main()
