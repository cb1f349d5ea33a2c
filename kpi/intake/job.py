"""One piece of work as seen from outside: how far it is, and that it may be given up.

`running` stands around `load` and `inspect`; everything below asks `check()` in long loops and puts `interruptible`
around long queries. Outside of any job both cost nothing and do nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import duckdb

from kpi.errors import Refused

Progress = Callable[[str, float], object]
POLL = 0.05  # seconds between two looks at `stop`, and between two interrupts


class Job:
    """progress: called with a step (read, check, write, keep) and the share of the whole work that is done.
    stop: set by another thread to give the work up. file: what messages call it."""

    def __init__(self, file: str, progress: Progress | None = None, stop: threading.Event | None = None) -> None:
        self.file, self.progress, self.stop = file, progress, stop
        self._cursors: list[Any] = []
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopped(self) -> bool:
        """Whether the work is to be given up."""
        return self.stop is not None and self.stop.is_set()

    def check(self) -> None:
        """Refused("import_stopped") where the work is to be given up."""
        if self.stopped:
            raise Refused("import_stopped", file=self.file)

    def tell(self, step: str, share: float) -> None:
        """Says how far the work is; gives it up where that is asked."""
        self.check()
        if self.progress:
            self.progress(step, share)

    @contextlib.contextmanager
    def interruptible(self, cursor: Any) -> Iterator[None]:
        """What runs on `cursor` meanwhile is interrupted when the work is given up."""
        self.check()
        with self._lock:
            self._cursors.append(cursor)
        try:
            yield
            self.check()
        except duckdb.Error as error:
            if self.stopped:  # whatever the interrupt made of the query
                raise Refused("import_stopped", file=self.file) from error
            raise
        finally:
            with self._lock:  # an interrupt never reaches what runs on the cursor afterwards, such as a ROLLBACK
                self._cursors.remove(cursor)

    def start(self) -> None:
        """Begins to watch `stop`."""
        if self.stop is not None:
            self._thread = threading.Thread(target=self._watch, daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Ends the watch."""
        self._done.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(POLL):
            if self.stopped:  # again and again: an interrupt between two queries is lost
                with self._lock:
                    for cursor in self._cursors:
                        cursor.interrupt()


_current: ContextVar[Job | None] = ContextVar("job", default=None)


@contextlib.contextmanager
def running(file: str, progress: Progress | None = None, stop: threading.Event | None = None) -> Iterator[Job]:
    """The work of this block as a job; within a job with a `stop` of its own the outer one goes on to count."""
    outer = _current.get()
    if outer is not None and stop is None and progress is None:
        yield outer
        return
    job = Job(file, progress, stop)
    token = _current.set(job)
    job.start()
    try:
        yield job
    finally:
        job.finish()
        _current.reset(token)


def check() -> None:
    """Refused("import_stopped") where the running job is to be given up."""
    if (job := _current.get()) is not None:
        job.check()


def tell(step: str, share: float) -> None:
    """Says how far the running job is."""
    if (job := _current.get()) is not None:
        job.tell(step, share)


@contextlib.contextmanager
def interruptible(cursor: Any) -> Iterator[None]:
    """What runs on `cursor` in this block is interrupted when the running job is given up."""
    job = _current.get()
    if job is None:
        yield
        return
    with job.interruptible(cursor):
        yield
