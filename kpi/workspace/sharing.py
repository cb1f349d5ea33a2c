"""One process has the database file; this lets the others of the same user and machine use it through a socket.

Whoever opens a workspace listens on `door.sock` in its folder. Another process sends its command line and gets back
what the command prints and its exit status. One JSON object a line: the request, then {"accepted": true},
{"out": …}, {"err": …} and at last {"status": n}.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import shutil
import socket
import struct
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

SOCKET = "door.sock"
POINTER = "door"  # a file with the path of the socket, where the folder's own path is too long for one
LONGEST_PATH = 100  # bytes; the systems allow 104 to 108
PATIENCE = 10.0  # seconds a caller waits to be accepted by a busy process
LINGER = 60.0  # seconds a closing process waits for each command it still runs for another


@dataclass(frozen=True)
class Request:
    """A command line to be run elsewhere: argv with an absolute --home, and the folder its file names are seen from."""

    argv: tuple[str, ...]
    cwd: str


class Died(ConnectionError):
    """The process that had accepted a command went away before it finished."""


class Door:
    """Serves one open workspace to other processes until closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._handlers: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._private: Path | None = None
        self._closing = False
        self._listener = self._listen() if hasattr(socket, "AF_UNIX") else None
        if self._listener:
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _listen(self) -> socket.socket:
        """Binds the socket. The caller holds the database's lock, so a socket that is there is a dead process's."""
        path = self.folder / SOCKET
        path.unlink(missing_ok=True)
        (self.folder / POINTER).unlink(missing_ok=True)
        if len(os.fsencode(path)) > LONGEST_PATH:
            self._private = Path(tempfile.mkdtemp(prefix="kpi-"))  # readable by its owner only
            path = self._private / SOCKET
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(64)
        if self._private:
            pointer = self.folder / POINTER
            pointer.touch(mode=0o600)
            pointer.write_text(str(path), encoding="utf-8")
        return listener

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed
                return
            thread = threading.Thread(target=self._handle, args=(connection,), daemon=True)
            with self._lock:
                if self._closing:
                    connection.close()
                    return
                self._handlers.add(thread)
            thread.start()

    def _handle(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
                if not _same_user(connection):
                    return
                connection.settimeout(PATIENCE)
                asked = json.loads(stream.readline())
                request = Request(tuple(map(str, asked["argv"])), str(asked["cwd"]))
                connection.settimeout(None)
                _send(stream, {"accepted": True})
                main = importlib.import_module("kpi.cli").main  # by name: the command line lies floors above
                out, err = _Channel(stream, "out"), _Channel(stream, "err")
                _send(stream, {"status": main(request.argv, out=out, err=err, cwd=Path(request.cwd))})
        except (OSError, ValueError, KeyError, TypeError):  # the caller went away or sent something else
            return
        finally:
            with self._lock:
                self._handlers.discard(threading.current_thread())

    def close(self) -> None:
        """Stops listening and waits for the commands that run (but not for the one that closes)."""
        if not self._listener:
            return
        with self._lock:  # two commands may both want to close; the second must not wait for the first
            if self._closing:
                return
            self._closing = True
            running = [thread for thread in self._handlers if thread is not threading.current_thread()]
        for name in (SOCKET, POINTER):
            (self.folder / name).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in running:
            thread.join(LINGER)
        if self._private:
            shutil.rmtree(self._private, ignore_errors=True)


class _Channel:
    """A text stream that sends what is written to the other process."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream, self._name = stream, name

    def write(self, text: str) -> int:
        _send(self._stream, {self._name: text})
        return len(text)

    def flush(self) -> None:
        """Everything is sent at once."""


def _send(stream: TextIO, message: dict[str, Any]) -> None:
    stream.write(json.dumps(message, ensure_ascii=False) + "\n")
    stream.flush()


def _same_user(connection: socket.socket) -> bool:
    """Whether the other end belongs to this user, where the system tells."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return user == os.getuid()


def _path(folder: Path) -> Path:
    with contextlib.suppress(OSError):
        return Path((folder / POINTER).read_text(encoding="utf-8"))
    return folder / SOCKET


def ask(folder: Path, request: Request, out: TextIO, err: TextIO) -> int | None:
    """Has `request` run by the process that serves `folder`: its exit status, or None where nobody serves it.

    Raises Died where that process took the command and went away.
    """
    path = _path(folder)
    if not hasattr(socket, "AF_UNIX") or len(os.fsencode(path)) > LONGEST_PATH:
        return None
    accepted = False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            with connection.makefile("rw", encoding="utf-8", newline="\n") as stream:
                _send(stream, asdict(request))
                for line in stream:
                    message = json.loads(line)
                    if "accepted" in message:
                        accepted = True
                        connection.settimeout(None)  # from here on it takes as long as it takes
                    elif "status" in message:
                        return message["status"]
                    for name, target in (("out", out), ("err", err)):
                        if name in message:
                            target.write(message[name])
                            target.flush()
        except BrokenPipeError:
            if accepted:
                raise
        except (OSError, ValueError) as error:
            if accepted:
                raise Died(str(error)) from error
            return None
    if accepted:
        raise Died(str(folder))
    return None
