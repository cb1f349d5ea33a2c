"""Functions run in a process of their own with a time and a memory limit, many calls to one process."""

from __future__ import annotations

import multiprocessing
import resource
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

SECONDS = 10.0
MEMORY = 8 << 30  # address space that the worker may take beside what the process it was forked from holds


def each(work: Callable[[Any], Any], items: Iterable[Any], seconds: float = SECONDS) -> Iterator[tuple[Any, str, Any]]:
    """(item, outcome, value) for every item, in order.

    outcome: "done" with what `work` returned, "error" with the traceback, "hang" after `seconds`, "crash" where the
    process died. After a hang or a crash the next item gets a new process.
    """
    process, pipe = _start(work)
    try:
        for item in items:
            pipe.send(item)
            outcome, value = _answer(process, pipe, seconds)
            if outcome in ("hang", "crash"):
                _end(process)
                process, pipe = _start(work)
            yield item, outcome, value
    finally:
        _end(process)


def _answer(process: multiprocessing.Process, pipe: Connection, seconds: float) -> tuple[str, Any]:
    if not pipe.poll(seconds):
        return "hang", None
    try:
        return pipe.recv()
    except EOFError:
        return "crash", process.exitcode


def _start(work: Callable[[Any], Any]) -> tuple[multiprocessing.Process, Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(work, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _end(process: multiprocessing.Process) -> None:
    process.kill()
    process.join()


def _serve(work: Callable[[Any], Any], pipe: Connection) -> None:
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        with _Caught() as caught:
            caught.answer = ("done", work(item))
        pipe.send(caught.answer)


class _Caught:
    """Whatever a reader raises is what is counted here."""

    answer: tuple[str, Any]

    def __enter__(self) -> _Caught:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        if error is not None:
            self.answer = ("error", "".join(traceback.format_exception(error)))
        return True
