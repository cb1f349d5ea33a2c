"""Where the limits of each watched KPI come from: frozen at the first look, begun anew where a change is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kpi.errors import Refused
from kpi.workspace.storage import Cursor
from kpi.workspace.workspace import Workspace


@dataclass(frozen=True)
class Base:
    """since: nothing earlier says what is usual (None: all of the past may); until: the day on which the baseline ends
    and judging begins (None: not yet, there are too few values)."""

    since: date | None = None
    until: date | None = None


def bases(workspace: Workspace) -> dict[str, Base]:
    """The baseline of every KPI that has been watched."""
    rows = workspace.rows("select kpi_id, since, until from state.limit_bases")
    return {id_: Base(since, until) for id_, since, until in rows}


def keep_bases(cur: Cursor, made: Mapping[str, Base]) -> None:
    """Freezes baselines that are not yet; one that is stays as it is. Within a write or a jot."""
    done = "select 1 from state.limit_bases where kpi_id = ? and until is not null"
    for id_, base in made.items():
        if base.until is not None and not cur.execute(done, [id_]).fetchall():
            cur.execute("delete from state.limit_bases where kpi_id = ?", [id_]).fetchall()
            _put(cur, id_, base)


def declare_change(workspace: Workspace, kpi: str, since: date, newest: date | None) -> None:
    """From `since` on the KPI is another process: its limits come from what follows.

    newest: the last day of the data; Refused("change_in_future") for a later one.
    """
    if newest is not None and since > newest:
        raise Refused("change_in_future", day=since, newest=newest)
    with workspace.write() as cur:
        cur.execute("delete from state.limit_bases where kpi_id = ?", [kpi]).fetchall()
        _put(cur, kpi, Base(since))


def withdraw_change(workspace: Workspace, kpi: str) -> None:
    """Takes a declared change back: limits come from the last values before the newest again, and freeze anew."""
    with workspace.write() as cur:
        cur.execute("delete from state.limit_bases where kpi_id = ?", [kpi]).fetchall()


def _put(cur: Cursor, kpi: str, base: Base) -> None:
    values = [kpi, base.since, base.until, datetime.now()]
    cur.execute("insert into state.limit_bases (kpi_id, since, until, set_at) values (?, ?, ?, ?)", values).fetchall()
