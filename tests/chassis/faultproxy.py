"""A TCP proxy that misbehaves on demand: freezes, cuts, resets."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress


class FaultProxy:
    """Forwards to one port until told otherwise."""

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._flowing = threading.Event()
        self._flowing.set()
        self._links: list[socket.socket] = []
        #: After so many bytes towards the target, freeze by itself.
        self.freeze_after: int | None = None
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def freeze(self) -> None:
        """Keep every connection open and move not one byte more; new ones hang too."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Flow again."""
        self.freeze_after = None
        self._flowing.set()

    def reset(self) -> None:
        """Drop every connection with a RST."""
        for link in self._links:
            with suppress(OSError):
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with suppress(OSError):
                link.shutdown(socket.SHUT_RD)
            link.close()
        self._links.clear()

    def cut(self) -> None:
        """End every connection politely."""
        for link in self._links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._flowing.set()
        # Closing alone would leave the thread in `accept`, and the port taken.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join(timeout=5)
        self.reset()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._links.append(near)
                far = socket.create_connection(self._target)
                self._links.append(far)
                threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, outbound: bool) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                if outbound and self.freeze_after is not None:
                    self.freeze_after -= len(chunk)
                    if self.freeze_after <= 0:
                        self.freeze()
                self._flowing.wait()
                sink.sendall(chunk)
        for link in (source, sink):
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
