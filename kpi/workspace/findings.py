"""The quality report: rows that contradict themselves or that some numbers cannot use. See definitions/findings.toml."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta

from kpi import model
from kpi.core import Text
from kpi.errors import BadDefinition
from kpi.workspace import merge
from kpi.workspace.sources import Sources
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace

EXAMPLES = 5
EVERYWHERE = ("dated_ahead", "same_lines", "known_by_id_only")


@dataclass(frozen=True)
class Check:
    """What is looked for. given: over what was uploaded, before derived columns; about: a text with {n} and {of}."""

    code: str
    about: Text
    table: str = ""
    where: str = ""
    given: bool = False


@dataclass(frozen=True)
class Finding:
    """What was found: n rows of `of` in `table`; examples: keys of the first few, as text."""

    code: str
    about: Text
    table: str
    n: int
    of: int
    examples: tuple[str, ...] = ()


@functools.cache
def checks() -> dict[str, Check]:
    """All checks by code."""
    blocks = tomllib.loads((model.DEFINITIONS / "findings.toml").read_text(encoding="utf-8"))
    found = {code: Check(code, **(block | {"about": Text(**block["about"])})) for code, block in blocks.items()}
    for code, check in found.items():
        if (code in EVERYWHERE) == bool(check.table) or check.table and check.table not in model.tables():
            raise BadDefinition("findings.toml", code, f"table {check.table!r} does not fit")
    return found


def findings(workspace: Workspace) -> list[Finding]:
    """What the quality report has to say, most rows first within a table; remembered per revision (and day)."""
    return workspace.memo(("findings", date.today()), lambda: workspace.ask(lambda cur: _findings(cur, workspace)))


def _findings(cur: Cursor, workspace: Workspace) -> list[Finding]:
    uploaded = {check.table for check in checks().values() if check.given}
    sources = Sources(cur, workspace.settings, workspace.as_of(), uploaded)
    found: list[Finding] = []
    try:
        for name, table in model.tables().items():
            rows = cur.execute(f"SELECT count(*), count(*) FILTER (_stub) FROM main.{quoted(name)}").fetchall()[0]
            if rows[0]:
                here = [check for check in checks().values() if check.table == name]
                here_found = [*_own(sources, table, here, rows[0] - rows[1]), *_everywhere(cur, table, *rows)]
                found += sorted(here_found, key=lambda finding: -finding.n)
    finally:
        sources.close()
    return found


def _own(sources: Sources, table: model.Table, wanted: list[Check], of: int) -> list[Finding]:
    found = []
    for check in wanted:
        relation = sources.relation(table.name) if check.given else f"(FROM main.{quoted(table.name)} WHERE NOT _stub)"
        n, examples = _count(sources.cur, table, f"{relation} t", check.where)
        if n:
            found.append(Finding(check.code, check.about, table.name, n, of, examples))
    return found


def _count(cur: Cursor, table: model.Table, relation: str, where: str) -> tuple[int, tuple[str, ...]]:
    n = cur.execute(f"SELECT count(*) FROM {relation} WHERE {where}").fetchall()[0][0]
    if not n or not table.key:
        return n, ()
    key = " || ' · ' || ".join(f"coalesce({quoted(column)}::VARCHAR, '')" for column in table.key)
    rows = cur.execute(f"SELECT {key} AS k FROM {relation} WHERE {where} ORDER BY k LIMIT {EXAMPLES}").fetchall()
    return n, tuple(text for (text,) in rows if text)


def _everywhere(cur: Cursor, table: model.Table, rows: int, stubs: int) -> list[Finding]:
    found = []

    def add(code: str, n: int, of: int, examples: tuple[str, ...] = ()) -> None:
        if n:
            found.append(Finding(code, checks()[code].about, table.name, n, of, examples))

    main = f"main.{quoted(table.name)}"
    times = [quoted(each.name) for each in table.fields.values() if each.type == "time" and not each.planned]
    if times:
        tomorrow = date.today() + timedelta(days=1)
        ahead = " OR ".join(f"{column} >= DATE '{tomorrow}'" for column in times)
        add("dated_ahead", *_total(_count(cur, table, main, ahead), rows - stubs))
    if stubs:
        add("known_by_id_only", *_total(_count(cur, table, main, "_stub"), rows))
    # Rows with a key cannot repeat; without one each line stays a row, also where it says the same as another.
    columns = ", ".join([*map(quoted, table.fields), "_extra::VARCHAR"])
    keyless = f"NOT coalesce({merge.keyed(table)}, false)"
    sql = f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM {main} WHERE {keyless} GROUP BY {columns})"
    add("same_lines", cur.execute(sql).fetchall()[0][0], rows - stubs)
    return found


def _total(counted: tuple[int, tuple[str, ...]], of: int) -> tuple[int, int, tuple[str, ...]]:
    return counted[0], of, counted[1]
