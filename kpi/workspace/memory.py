"""What a workspace remembers until its next revision: bounded, and each thing made once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

MOST = 1000


class _Entry:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Any = None
        self.made = False


class Memory:
    """A bounded cache (least recently used goes first) whose entries are made once, also under concurrency."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[object, _Entry] = OrderedDict()

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        """The value under `key`, made by `make` where it is not there. An exception of `make` is not remembered."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        with entry.lock:
            if not entry.made:
                entry.value = make()
                entry.made = True
            return entry.value

    def forget(self) -> None:
        """Empties it. A value still being made goes to those who asked before, and to nobody after."""
        with self._lock:
            self._entries.clear()
