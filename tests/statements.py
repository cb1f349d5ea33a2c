"""What a workspace asks its database, statement by statement."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kpi.workspace import Workspace


class _Watched:
    """A cursor that keeps what it executes."""

    def __init__(self, cursor: Any, asked: list[str]) -> None:
        self._cursor, self._asked = cursor, asked

    def execute(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> Any:
        self._asked.append(sql)
        return self._cursor.execute(sql, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that all workspaces of this process ask meanwhile, in their order."""
    asked: list[str] = []
    plain = Workspace._cursor

    @contextlib.contextmanager
    def watched(self: Workspace) -> Iterator[Any]:
        with plain(self) as cursor:
            yield _Watched(cursor, asked)

    Workspace._cursor = watched  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        Workspace._cursor = plain  # type: ignore[method-assign]
