"""From rows per import to one row per key: per column the newest import's non-null value, within one the later line's."""

from __future__ import annotations

from kpi.model import Table
from kpi.workspace.repeats import certainly_none
from kpi.workspace.storage import Cursor, quoted

# Later wins: the import, then the line, then the place in the table (one line can make two rows of one key).
# 20 bits of imports, 40 of lines and 62 of row ids fit a HUGEINT; text or struct orders are many times slower.
AGE = "(_import::HUGEINT * 1329227995784915872903807060280344576 + _line::HUGEINT * 4611686018427387904 + rowid)"


def key_parts(table: Table) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(parts that must be there, parts that may be empty). An empty text part is a value of its own:
    the KPI value of no split, the stage of no pipeline."""
    needed = tuple(name for name in table.key if table.fields[name].type != "text")
    return needed, tuple(name for name in table.key if table.fields[name].type == "text")


def keyed(table: Table, alias: str = "") -> str:
    """The SQL condition under which a row has a key; without one it stays a row of its own."""
    needed, optional = key_parts(table)
    dot = f"{alias}." if alias else ""
    if needed:
        return " AND ".join(f"{dot}{quoted(name)} IS NOT NULL" for name in needed)
    if optional:
        return "coalesce(" + ", ".join(f"{dot}{quoted(name)}" for name in optional) + ") IS NOT NULL"
    return "false"


def repeated(cur: Cursor, table: Table, source: str) -> bool:
    """Whether any key occurs twice in `source`."""
    if not table.key:
        return False
    names = [quoted(name) for name in table.key]

    def query(sql: str) -> list[tuple]:
        return cur.execute(sql).fetchall()

    if certainly_none(query, lambda sql: cur.execute(sql).fetchnumpy(), source, names, keyed(table)):
        return False
    key = ", ".join(names)
    sql = f"SELECT 1 FROM {source} WHERE {keyed(table)} GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    return bool(cur.execute(sql).fetchall())


def plain(table: Table, source: str) -> str:
    """The SELECT of the model's columns where nothing needs merging."""
    return f"SELECT {', '.join(map(quoted, table.fields))}, _extra FROM {source}"


def merged(table: Table, source: str) -> str:
    """The SELECT that merges `source` (columns of rows.<table>) by key; rows without a key pass through."""
    key = ", ".join(quoted(name) for name in table.key)
    columns = ", ".join(
        quoted(name) if name in table.key else f"arg_max({quoted(name)}, age) AS {quoted(name)}"
        for name in table.fields
    )
    # json_merge_patch lets the newer file's extra columns win and keeps those only the older one had.
    extra = (
        "CASE WHEN count(DISTINCT _extra) < 2 THEN any_value(_extra) ELSE "
        "list_reduce(list(_extra ORDER BY age) FILTER (_extra IS NOT NULL), lambda a, b: json_merge_patch(a, b)) END"
    )
    return (
        f"WITH aged AS (SELECT *, {AGE} AS age FROM {source}) "
        f"SELECT {columns}, {extra} AS _extra FROM aged WHERE {keyed(table)} GROUP BY {key} "
        f"UNION ALL {plain(table, source)} WHERE NOT coalesce({keyed(table)}, false)"
    )
