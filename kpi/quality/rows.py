"""The rows behind a finding: their keys, the cells concerned, who owns them, where they stand in which file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from kpi import model
from kpi.quality.checks import checks
from kpi.quality.duplicates import duplicates, likely
from kpi.quality.finding import Finding
from kpi.quality.masking import masked
from kpi.quality.merge import FILE as MERGE
from kpi.quality.rules import rules
from kpi.workspace import merge
from kpi.workspace.sources import Sources
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace

FIRST = 200
CELLS = 8  # columns of a row shown with it
WHO = ("name", "company", "email", "phone")
FILLED_IN = ("scale_min", "scale_max")  # told by the program where a file does not: no help in finding a line


@dataclass(frozen=True)
class BadRow:
    """One row: its key, the columns concerned with their values, the id of who owns it ("" where nobody does), the file
    and line of the newest import that says something of it."""

    key: str
    cells: tuple[tuple[str, object], ...]
    owner: str
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Behind:
    """Where the rows of a finding are: what stands after FROM (its rows are `t`), and the columns to show."""

    relation: str
    columns: tuple[str, ...]


def has_rows(finding: Finding) -> bool:
    """Whether single rows stand behind it; a gap or a table nobody uses has none."""
    return bool(finding.where) or finding.code in ("same_lines", "entered_twice")


def rows(workspace: Workspace, finding: Finding, most: int = FIRST, unmasked: bool = False) -> list[BadRow]:
    """The first `most` rows behind the finding, in the order of their keys. Personal data are masked unless asked for."""
    if not has_rows(finding):
        return []
    found = workspace.ask(lambda cur: _rows(cur, workspace, finding, most))
    return found if unmasked else [_masked(finding.table, row) for row in found]


def _masked(table: str, row: BadRow) -> BadRow:
    key = model.table(table).key
    shown = str(masked(table, key[0], row.key)) if len(key) == 1 else row.key
    return replace(row, key=shown, cells=tuple((column, masked(table, column, value)) for column, value in row.cells))


def _rows(cur: Cursor, workspace: Workspace, finding: Finding, most: int) -> list[BadRow]:
    table = model.table(finding.table)
    with behind(cur, workspace, finding) as source:
        shown = ", ".join(f"t.{quoted(column)}" for column in source.columns)
        sql = (
            f"SELECT {_key(table)} AS k, {owner_of(table)}, {_mark(table)}{', ' if shown else ''}{shown} "
            f"FROM {source.relation} ORDER BY ALL LIMIT {int(most)}"
        )
        found = cur.execute(sql).fetchall()
        places = _places(cur, table, [row[2] for row in found])
    return [
        BadRow(row[0] or "", tuple(zip(source.columns, row[3:], strict=True)), row[1] or "", *places.get(row[2], (None, None)))
        for row in found
    ]  # fmt: skip


@contextmanager
def behind(cur: Cursor, workspace: Workspace, finding: Finding) -> Iterator[Behind]:
    """The rows of a finding while the block runs."""
    table = model.table(finding.table)
    name = f"main.{quoted(table.name)}"
    own = tuple(path.partition(".")[2] for path in finding.columns if path.startswith(f"{table.name}."))
    if finding.code == "entered_twice":
        ids = sorted({each.drop.id for each in likely(duplicates(workspace, table.name))})
        listed = ", ".join("'" + id_.replace("'", "''") + "'" for id_ in ids)
        yield Behind(
            f"{name} t WHERE t.{quoted(table.key[0])} IN ({listed})", tuple(c for c in WHO if c in table.fields)
        )
    elif finding.code == "same_lines":
        cells = ", ".join([*map(quoted, table.fields), "_extra::VARCHAR"])
        keyless = f"NOT coalesce({merge.keyed(table)}, false) AND NOT _stub"
        again = f"(SELECT * FROM {name} WHERE {keyless} QUALIFY row_number() OVER (PARTITION BY {cells}) > 1)"
        yield Behind(f"{again} t", _filled(cur, table))
    elif checks()[finding.code].given if finding.code in checks() else False:
        sources = Sources(cur, workspace.settings, workspace.as_of(), {table.name})
        try:
            yield Behind(f"{sources.relation(table.name)} t WHERE {finding.where}", own[:CELLS])
        finally:
            sources.close()
    elif finding.code == "known_by_id_only":
        yield Behind(f"{name} t WHERE t._stub", ())
    else:
        yield Behind(f"{name} t WHERE NOT t._stub AND ({finding.where})", own[:CELLS])


def _filled(cur: Cursor, table: model.Table) -> tuple[str, ...]:
    """The first columns of the table that hold anything."""
    counts = ", ".join(f"count({quoted(column)})" for column in table.fields)
    row = cur.execute(f"SELECT {counts} FROM main.{quoted(table.name)}").fetchall()[0]
    return tuple(column for column, n in zip(table.fields, row, strict=True) if n)[:CELLS]


def owner_of(table: model.Table) -> str:
    """SQL: the id of who can put a row `t` right: its owner or agent, else the owner of its order, else of its customer."""
    ways = [f"nullif(t.{quoted(column)}, '')" for column in rules().owners if column in table.fields]
    if table.name == "employees":
        ways = ["t.manager_id"]
    if "order_id" in table.fields and table.name != "orders":
        ways.append("(SELECT any_value(o.owner_employee_id) FROM main.orders o WHERE o.order_id = t.order_id)")
    if "customer_id" in table.fields and table.name != "customers":
        ways.append("(SELECT any_value(c.owner_employee_id) FROM main.customers c WHERE c.customer_id = t.customer_id)")
    return f"coalesce({', '.join([*ways, 'NULL::VARCHAR'])})"


def _key(table: model.Table) -> str:
    parts = [f"coalesce(t.{quoted(column)}::VARCHAR, '')" for column in table.key]
    return " || ' · ' || ".join(parts) if parts else "''"


def _mark(table: model.Table, alias: str = "t") -> str:
    """SQL: what a row is found by among the uploaded lines: its key, else all that was uploaded of it."""
    uploaded = [c.name for c in table.fields.values() if not c.derived and c.name not in FILLED_IN]
    cells = ", ".join(f"{alias}.{quoted(column)}" for column in uploaded)
    keys = ", ".join(f"{alias}.{quoted(column)}" for column in table.key)
    return f"CASE WHEN {merge.keyed(table, alias)} THEN hash({keys or '0'}) ELSE hash({cells}) END"


def _places(cur: Cursor, table: model.Table, marks: Sequence[int]) -> dict[int, tuple[str, int]]:
    """{mark: (file, line)} of the newest line of each."""
    if not marks:
        return {}
    rows = (
        f"SELECT {_mark(table, 'r')} AS mark, r._import, r._line, {merge.AGE.replace('rowid', 'r.rowid')} AS age "
        f"FROM rows.{quoted(table.name)} r WHERE r._import NOT IN (SELECT id FROM state.imports WHERE file = '{MERGE}')"
    )
    sql = (
        f"SELECT p.mark, i.file, p.line FROM (SELECT mark, arg_max(_import, age) AS number, arg_max(_line, age) AS line "
        f"FROM ({rows}) WHERE mark IN (SELECT unnest(?::UBIGINT[])) GROUP BY mark) p JOIN state.imports i ON i.id = p.number"
    )
    return {mark: (file, line) for mark, file, line in cur.execute(sql, [list(marks)]).fetchall()}
