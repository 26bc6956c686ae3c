"""An IMAP server that says exactly what a test tells it to, right or wrong."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Self

Reply = bytes | None
"""What to send, with %TAG for the command's tag; None hangs up."""

SILENCE = b"(silence)"


def numbers(text: str) -> list[int]:
    """Read a set of UIDs as it stands in a command."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition(":")
        found += range(int(first), int(last or first) + 1)
    return found


class Scripted:
    """Serves one inbox of letters by their UIDs. `on` replaces the answer to a command."""

    def __init__(self, letters: Mapping[int, bytes] = {}) -> None:
        self.letters = dict(letters)
        self.greeting: Reply = b"* OK ready\r\n"
        self.capabilities = b"IMAP4rev1"
        self.on: dict[str, Callable[[str], Reply]] = {}
        self.said: list[str] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._closed = threading.Event()
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            self._lines.append(line)
            thread = threading.Thread(target=self._serve, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError), line.makefile("rb") as commands:
            if not self._say(line, self.greeting, ""):
                return
            for command in commands:
                tag, _, rest = command.decode(errors="replace").strip().partition(" ")
                self.said.append(rest)
                if not self._say(line, self._answer(rest), tag):
                    return

    def _say(self, line: socket.socket, reply: Reply, tag: str) -> bool:
        if reply == SILENCE:
            self._closed.wait()
        if reply is None or reply == SILENCE:
            return False
        line.sendall(reply.replace(b"%TAG", tag.encode()))
        return True

    def _answer(self, command: str) -> Reply:
        for begins, reply in self.on.items():
            if command.startswith(begins):
                return reply(command)
        return self.usual(command)

    def usual(self, command: str) -> bytes:
        """Answer as a server should."""
        done = b"%TAG OK done\r\n"
        uidnext = max(self.letters, default=0) + 1
        if command == "CAPABILITY":
            return b"* CAPABILITY " + self.capabilities + b"\r\n" + done
        if command == "LOGOUT":
            return b"* BYE\r\n" + done
        if command.startswith("LIST"):
            return b'* LIST () "/" INBOX\r\n' + done
        if command.startswith("STATUS"):
            line = f"* STATUS INBOX (UIDVALIDITY 1 UIDNEXT {uidnext})\r\n"
            return line.encode() + done
        if command.startswith("EXAMINE"):
            exists = f"* {len(self.letters)} EXISTS\r\n* OK [UIDVALIDITY 1]\r\n"
            return f"{exists}* OK [UIDNEXT {uidnext}]\r\n".encode() + done
        if match := re.match(r"UID SEARCH UID (\S+)", command):
            found = set(numbers(match[1])) & self.letters.keys()
            return b"* SEARCH " + " ".join(map(str, found)).encode() + b"\r\n" + done
        if match := re.match(r"UID FETCH (\S+) ", command):
            uids = [uid for uid in numbers(match[1]) if uid in self.letters]
            return b"".join(self.fetched(uid, command) for uid in uids) + done
        return done

    def fetched(self, uid: int, command: str) -> bytes:
        """Write the answer for one letter."""
        raw = self.letters[uid]
        sequence = sorted(self.letters).index(uid) + 1
        if "BODY" not in command:
            told = f'RFC822.SIZE {len(raw)} INTERNALDATE "02-Mar-2026 09:00:00 +0300"'
            return f"* {sequence} FETCH (UID {uid} {told})\r\n".encode()
        if "HEADER.FIELDS" in command:
            data = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            section = "BODY[HEADER.FIELDS (FROM)]"
        else:
            data, section = raw, "BODY[]"
            if match := re.search(r"<(\d+)\.(\d+)>", command):
                start, length = int(match[1]), int(match[2])
                data, section = raw[start : start + length], f"BODY[]<{start}>"
        head = f"* {sequence} FETCH (UID {uid} {section} {{{len(data)}}}\r\n"
        return head.encode() + data + b")\r\n"
