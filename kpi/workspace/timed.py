"""A query that somebody else wrote: stopped after a time or when it takes too much memory, its failure told as a refusal.

The database has one limit of memory for all (`Workspace`), and whoever asks while one query has taken everything
fails. So such a query is watched and may take half; who met its peak all the same asks again after it (`RUNNING`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType

import duckdb

from kpi.errors import Refused
from kpi.workspace.storage import Cursor

STEP = 0.02  # seconds between two looks, and two interrupts: one that comes between two steps of a query is lost
SHARE = 0.5  # of the memory of the database, held while such a query runs
UNITS = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
# What tables take of it is given back when somebody else needs it.
_HELD = """select current_setting('memory_limit'), sum(memory_usage_bytes) from duckdb_memory()
where tag not in ('BASE_TABLE', 'METADATA')"""


class Running:
    """The queries of this kind that run in this process now."""

    def __init__(self) -> None:
        self._none = threading.Condition()
        self._count = 0

    def __enter__(self) -> None:
        with self._none:
            self._count += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._none:
            self._count -= 1
            self._none.notify_all()

    def wait(self, patience: float) -> None:
        """Returns when none runs any more, or after `patience` seconds."""
        with self._none:
            self._none.wait_for(lambda: not self._count, patience)


RUNNING = Running()


def rows_within(workspace, sql: str, params: Sequence[object], seconds: float) -> list[tuple]:
    """The rows of a query, if it is done within `seconds` and half the memory. workspace: anything with `ask`.

    Refused("query_too_long"), Refused("query_too_big") where it is not, Refused("query_failed") with the database's
    words where it cannot run.
    """

    def ask(cursor: Cursor) -> list[tuple]:
        watch = _Watch(cursor, seconds)
        thread = threading.Thread(target=watch.look, daemon=True)
        thread.start()
        try:
            return cursor.execute(sql, list(params)).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise Refused("query_too_big") from error
        except duckdb.Error as error:
            if watch.why:
                raise watch.refusal() from error
            raise Refused("query_failed", why=str(error).splitlines()[0]) from error
        finally:
            watch.done.set()
            thread.join()

    with RUNNING:
        return workspace.ask(ask)


class _Watch:
    """Interrupts a query that goes too far. why: "long" or "big", "" while it may go on."""

    def __init__(self, cursor: Cursor, seconds: float) -> None:
        self.done = threading.Event()
        self.why = ""
        self._cursor, self._meter, self._seconds = cursor, cursor.cursor(), seconds

    def look(self) -> None:
        """Until the query is done."""
        late = time.monotonic() + self._seconds
        while not self.done.wait(STEP):
            if not self.why:
                self.why = "big" if self._too_big() else "long" if time.monotonic() > late else ""
            if self.why:
                self._cursor.interrupt()
        self._meter.close()

    def _too_big(self) -> bool:
        try:
            ((limit, held),) = self._meter.execute(_HELD).fetchall()
        except duckdb.OutOfMemoryException:
            return True
        number, unit = limit.split()
        return (held or 0) > SHARE * float(number) * UNITS[unit]

    def refusal(self) -> Refused:
        """What is told of a query that was stopped."""
        return Refused("query_too_long", seconds=self._seconds) if self.why == "long" else Refused("query_too_big")
