"""A wire between a client and a server that counts, and breaks when it is told to."""

import contextlib
import socket
import threading
from typing import Self


class Relay:
    """Forwards to a local port. A wire that broke stays broken until `mend`."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._closed = threading.Event()
        self._client_spoke_last = False
        self.round_trips = 0  # times the client began to speak after the server had
        self.down = 0  # bytes from the server
        self.marks: list[int] = []  # bytes from the server at the start of each
        self.heard = bytearray()  # what the client said
        self.connections = 0
        self.cut_after: int | None = (
            None  # bytes from the server, then the line is dead
        )
        self.stall_after: int | None = None  # bytes from the server, then silence

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._hang_up()
        for thread in self._threads:
            thread.join(5)

    def reset(self) -> None:
        """Start counting anew."""
        with self._lock:
            self.round_trips = self.down = self.connections = 0
            self._client_spoke_last = False
            self.marks.clear()
            self.heard.clear()

    def mend(self) -> None:
        """Let the next connection through."""
        self.cut_after = self.stall_after = None

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            if self.cut_after is not None and self.down >= self.cut_after:
                client.close()
                continue
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._target))
            self._ends += [client, server]
            for pump in (self._up, self._down):
                thread = threading.Thread(
                    target=pump, args=(client, server), daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                with self._lock:
                    if not self._client_spoke_last:
                        self.round_trips += 1
                        self.marks.append(self.down)
                    self._client_spoke_last = True
                    self.heard += data
                server.sendall(data)
        self._end(client, server)

    def _down(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                with self._lock:
                    self._client_spoke_last = False
                limit = self.cut_after if self.stall_after is None else self.stall_after
                let = data if limit is None else data[: max(limit - self.down, 0)]
                self.down += len(let)
                client.sendall(let)
                if limit is not None and self.down >= limit:
                    if self.stall_after is not None:
                        self._closed.wait()
                    break
        self._end(client, server)

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        for end in self._ends:
            self._end(end)
            end.close()
