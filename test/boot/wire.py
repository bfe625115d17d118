# SPDX-License-Identifier: GPL-2.0-or-later
"""Packets of GDB's remote protocol: `$body#sum`, each answered by a plus."""
import re


class Wire:
    def __init__(self, socket):
        self.socket, self.buffer = socket, b""

    def send(self, text):
        body = text.encode()
        self.socket.sendall(b"$%s#%02x" % (body, sum(body) & 255))

    def reply(self):
        """The next packet's body. ConnectionError when the other side has ended."""
        while True:
            match = re.search(rb"\$([^#]*)#..", self.buffer)
            if match:
                self.buffer = self.buffer[match.end():]
                self.socket.sendall(b"+")
                return match[1].decode()
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("nobody at the other end of GDB's connection")
            self.buffer += data
