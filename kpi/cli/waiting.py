"""Long work of a command: how far it is, line by line, and Ctrl-C heard while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from kpi.cli.call import Call

T = TypeVar("T")
QUIET = 2.0  # seconds before the first word and between two
STEP = 0.1


def waited(work: Callable[[threading.Event], T]) -> T:
    """`work(stop)` in a thread of its own: the one that hears Ctrl-C is not busy with a query then.

    Ctrl-C sets `stop`; what `work` then returns or raises is returned or raised here.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, stop)
        while not future.done():
            try:
                wait([future], STEP)
            except KeyboardInterrupt:
                stop.set()
    return future.result()


def shown(call: Call, file: str) -> Callable[[str, float], None]:
    """A callback of progress that writes a line on stderr now and then."""
    last = [time.monotonic()]

    def tell(step: str, share: float) -> None:
        if time.monotonic() - last[0] >= QUIET:
            last[0] = time.monotonic()
            call.progress(call.texts.t("cli.import_progress", file=file, share=round(share * 100)))

    return tell
