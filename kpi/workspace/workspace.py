"""One client's data: a DuckDB database opened once per process, read by many sessions, written by one at a time."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from kpi.errors import Refused
from kpi.model import tables
from kpi.workspace import changes, derive
from kpi.workspace.columns import columns
from kpi.workspace.door import door_check
from kpi.workspace.leftovers import sweep
from kpi.workspace.memory import Memory
from kpi.workspace.names import DATABASE
from kpi.workspace.settings import Settings
from kpi.workspace.storage import Cursor, bring_up_to_date, meta, put_meta
from kpi.workspace.timed import RUNNING

if TYPE_CHECKING:  # slow to load, and a command line may not need it
    import pandas

MEMORY = "60%"
PATIENCE = 10.0  # seconds for somebody's own definition to end
Around = Callable[[Cursor], contextlib.AbstractContextManager[object]]


class Workspace:
    """An open workspace. Get one from `open_workspace` or `create`; every session of a process shares it."""

    def __init__(self, root: Path, name: str) -> None:
        """Opens the database, bringing it up to date. Raises duckdb.IOException while another process holds it."""
        self.home, self.name, self.folder = root, name, root / name
        self.originals, self.spool = self.folder / "originals", self.folder / "spool"
        for each in (self.folder, self.originals, self.spool):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._writing = threading.Lock()
        self._writer: int | None = None
        self._cursors = threading.Lock()
        self._memory = Memory()
        self._closed = False
        self._connection = _connect(self.folder, self.originals, self.spool)
        self.revision = 0
        try:
            self._start()
        except BaseException:
            self._connection.close()
            raise

    def _start(self) -> None:
        with self._cursor() as cur:
            cur.execute("BEGIN").fetchall()
            grown = bring_up_to_date(cur)
            if grown or derive.stale(cur):
                derive.refresh(cur, None, self._read_settings(cur))
                put_meta(cur, "revision", int(meta(cur, "revision") or 0) + 1)
            cur.execute("COMMIT").fetchall()
            self.revision = int(meta(cur, "revision") or 0)
            self.settings = self._read_settings(cur)
            sweep(cur, self.originals, self.spool)

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        if self._closed:
            raise Refused("workspace_closed", name=self.name)
        with self._cursors:
            cur = self._connection.cursor()
        try:
            yield cur
        finally:
            cur.close()

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple]:
        """The rows of a query with bound parameters, as tuples."""
        return self.ask(lambda cur: cur.execute(sql, list(params)).fetchall())

    def frame(self, sql: str, params: Sequence[object] = ()) -> pandas.DataFrame:
        """The rows of a query as a data frame (DECIMAL arrives as float64)."""
        return self.ask(lambda cur: cur.execute(sql, list(params)).df())

    @contextlib.contextmanager
    def write(self, role: str = "editor", around: Around = contextlib.nullcontext) -> Iterator[Cursor]:
        """A cursor inside the one transaction of a write; writes happen one at a time. role: who may (see `door`).
        around: a context manager made of the cursor, within which all is done but the commit (to interrupt it).

        At the end the derived tables are brought up to date, the revision grows by one, and all is committed.
        On any exception nothing of it stays. Insert and delete rows of schema `rows`, never update them in place:
        a change is noticed by counts and row ids. Not to be nested.
        """
        door_check(self, role)
        if self._writer == threading.get_ident():
            raise RuntimeError("a write within a write would wait for itself")
        with self._writing, self._cursor() as cur:
            self._writer = threading.get_ident()
            cur.execute("BEGIN").fetchall()
            try:
                with around(cur):
                    before = changes.signatures(cur)
                    yield cur
                    settings = self._read_settings(cur)
                    derive.refresh(cur, changes.changed(before, changes.signatures(cur)), settings, self.settings)
                revision = int(meta(cur, "revision") or 0) + 1
                put_meta(cur, "revision", revision)
                cur.execute("COMMIT").fetchall()
            except BaseException:
                with contextlib.suppress(duckdb.Error):  # a failed COMMIT has already ended the transaction
                    cur.execute("ROLLBACK").fetchall()
                raise
            finally:
                self._writer = None
            self.settings, self.revision = settings, revision
            self._memory.forget()

    @contextlib.contextmanager
    def jot(self) -> Iterator[Cursor]:
        """A cursor inside a write of what no number depends on (a measurement): derives nothing, keeps the revision
        and what is remembered. Otherwise like `write`."""
        if self._writer == threading.get_ident():
            raise RuntimeError("a write within a write would wait for itself")
        with self._writing, self._cursor() as cur:
            cur.execute("BEGIN").fetchall()
            try:
                yield cur
                cur.execute("COMMIT").fetchall()
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    cur.execute("ROLLBACK").fetchall()
                raise

    def columns(self) -> frozenset[str]:
        """`table.column` of every column that holds a value or whose rule can be applied."""
        return self.memo(("columns",), lambda: self.ask(columns))

    def is_empty(self) -> bool:
        """Whether no business data are loaded (goals and ratings are none)."""
        return not any(column.partition(".")[0] in tables() for column in self.columns())

    def as_of(self) -> date | None:
        """The last day with an event in the data, never after today; None while there is none."""
        return self.memo(("as_of", date.today()), lambda: self.ask(derive.as_of))

    def notes(self) -> dict[str, dict[str, object]]:
        """The rules in force that a reader must be told, with the params of their texts:
        {"orders_from_deals": {}, "churn_gap": {"days": 365}, …}."""
        return self.memo(("notes",), lambda: self.ask(derive.notes))

    def memo(self, key: object, make: Callable[[], Any]) -> Any:
        """`make()` remembered under `key` (hashable) until the next revision; made once even if asked for at once."""
        return self._memory.get(key, make)

    def change_settings(self, texts: dict[str, str]) -> None:
        """Stores settings given as texts (see `settings.parse_assignments`)."""
        with self.write("owner") as cur:
            for key, value in texts.items():
                cur.execute("DELETE FROM state.settings WHERE key = ?", [key]).fetchall()
                cur.execute("INSERT INTO state.settings VALUES (?, ?)", [key, value]).fetchall()

    def close(self) -> None:
        """Waits for a running write and closes the database; later calls raise Refused("workspace_closed")."""
        with self._writing:
            self._closed = True
            self._connection.close()

    def ask(self, question: Callable[[Cursor], Any]) -> Any:
        """`question(cursor)`: several queries on one cursor, temporary tables included. To read, not to write: where
        somebody's own definition takes all the memory just then, it is asked again when that has ended."""
        try:
            with self._cursor() as cur:
                return question(cur)
        except duckdb.OutOfMemoryException:
            RUNNING.wait(PATIENCE)
        with self._cursor() as cur:
            return question(cur)

    @staticmethod
    def _read_settings(cur: Cursor) -> Settings:
        return Settings(dict(cur.execute("SELECT key, value FROM state.settings").fetchall()))


def _connect(folder: Path, originals: Path, spool: Path) -> duckdb.DuckDBPyConnection:
    """Opens the database with nothing reachable but the folder's originals and its spool, and no way to change that.

    Imports read the copy in `originals` (or what a child process left in `spool`), so a query that names any other
    file fails, whoever wrote it.
    """
    connection = duckdb.connect(
        str(folder / DATABASE),
        config={
            "memory_limit": os.environ.get("KPI_MEMORY_LIMIT", MEMORY),
            "temp_directory": str(spool),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    reachable = ", ".join("'" + str(each).replace("'", "''") + "'" for each in (originals, spool))
    for statement in (
        "SET GLOBAL TimeZone = 'UTC'",
        f"SET allowed_directories = [{reachable}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement).fetchall()
    return connection
