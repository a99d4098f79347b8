"""A relay before a server or its database: to cut the line, to mend it, to lose an answer."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Relay:
    """Passes every connection to its port on to the target, until `cut`."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._last_words: bytes | None = None
        #: Set when an answer has been lost, which is then in `lost`.
        self.has_lost = threading.Event()
        self.lost = b""
        self._sockets: list[socket.socket] = []
        self._listener = self._listen(0)
        self.port = int(self._listener.getsockname()[1])

    def drop(self) -> None:
        """End the connections there are; new ones pass."""
        sockets, self._sockets = self._sockets, []
        for end in sockets:
            _close(end)

    def cut(self) -> None:
        """End everything: from now on nothing answers."""
        _close(self._listener)
        self.drop()

    def lose_answer_to(self, words: bytes) -> None:
        """From the next message with these words on, whatever its case, lose all answers."""
        self._last_words = words.lower()

    def mend(self) -> None:
        """Pass connections on again."""
        self._listener = self._listen(self.port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
                self._sockets += [near, far]
                said = threading.Event()
                for work, ends in ((self._ask, (near, far)), (self._answer, (far, near))):
                    threading.Thread(target=work, args=(*ends, said), daemon=True).start()

    def _ask(self, source: socket.socket, sink: socket.socket, said: threading.Event) -> None:
        with _closing(source, sink):
            while data := source.recv(65536):
                if self._last_words and self._last_words in data.lower():
                    said.set()
                sink.sendall(data)

    def _answer(self, source: socket.socket, sink: socket.socket, said: threading.Event) -> None:
        with _closing(source, sink):
            while data := source.recv(65536):
                if said.is_set():
                    self.lost += data
                    self.has_lost.set()
                else:
                    sink.sendall(data)


@contextlib.contextmanager
def _closing(*ends: socket.socket) -> Iterator[None]:
    """Close both ends when one of them breaks or is through."""
    with contextlib.suppress(OSError):
        yield
    for end in ends:
        _close(end)


def _close(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
