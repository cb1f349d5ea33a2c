"""A query that somebody else wrote: interrupted after a time, its failure told as a refusal."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import duckdb

from kpi.errors import Refused

AGAIN = 0.05  # seconds between two interrupts: one that comes between two steps of a query is lost


def rows_within(workspace, sql: str, params: Sequence[object], seconds: float) -> list[tuple]:
    """The rows of a query, if it is done within `seconds`. workspace: anything with `ask`.

    Refused("query_too_long") where it is not, Refused("query_failed") with the database's words where it cannot run.
    """

    def ask(cursor) -> list[tuple]:
        done, late = threading.Event(), threading.Event()

        def watch() -> None:
            wait = seconds
            while not done.wait(wait):
                late.set()
                cursor.interrupt()
                wait = AGAIN

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            return cursor.execute(sql, list(params)).fetchall()
        except duckdb.Error as error:
            if late.is_set():
                raise Refused("query_too_long", seconds=seconds) from error
            raise Refused("query_failed", why=str(error).splitlines()[0]) from error
        finally:
            done.set()
            watcher.join()

    return workspace.ask(ask)
