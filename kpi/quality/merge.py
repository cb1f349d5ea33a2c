"""Two customers made one: previewed, done by aliases as an import of its own, taken back like any import.

Nothing is deleted or changed: `customer_aliases` says that an id stands for another, so every order, ticket and answer
of both is kept and counts for the one that stays. Where both say something different, what the one that stays says is
written once more with the merge, so that it wins until a newer import says otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi import model
from kpi.errors import Refused
from kpi.workspace import Import, next_import, record
from kpi.workspace.storage import Cursor, quoted
from kpi.workspace.workspace import Workspace

FILE = "merge"  # what the import is called; also the source of its aliases
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Move:
    """n rows of `table` name the customer that goes in `column`: they will name the one that stays."""

    table: str
    column: str
    n: int


@dataclass(frozen=True)
class Preview:
    """What a merge will do. keep, drop: ids; moves: which rows follow; cells: (column, value of keep, of drop, after)
    of every column that either has a value in."""

    keep: str
    drop: str
    moves: tuple[Move, ...]
    cells: tuple[tuple[str, object, object, object], ...]


def preview(workspace: Workspace, keep: str, drop: str) -> Preview:
    """What merging the customer `drop` into `keep` does; nothing is written. Refused where it cannot be done."""
    return workspace.ask(lambda cur: _preview(cur, keep, drop))


def _preview(cur: Cursor, keep: str, drop: str) -> Preview:
    resolved(cur, [(keep, drop)])
    moves = []
    for name, table in model.tables().items():
        for column in (c.name for c in table.fields.values() if c.refers == "customers" and name != "customer_aliases"):
            n = cur.execute(f"SELECT count(*) FROM main.{quoted(name)} WHERE {quoted(column)} = ?", [drop]).fetchall()
            if n[0][0]:
                moves.append(Move(name, column, n[0][0]))
    return Preview(keep, drop, tuple(moves), _cells(cur, keep, drop))


def _own_columns() -> list[str]:
    """The columns of customers that are uploaded, without the id."""
    return [c.name for c in model.table("customers").fields.values() if not c.derived and c.name != "customer_id"]


def _cells(cur: Cursor, keep: str, drop: str) -> tuple[tuple[str, object, object, object], ...]:
    columns = _own_columns()
    sql = f"SELECT customer_id, {', '.join(map(quoted, columns))} FROM main.customers WHERE customer_id IN (?, ?)"
    found = {row[0]: row[1:] for row in cur.execute(sql, [keep, drop]).fetchall()}
    cells = [(c, a, b, b if a is None else a) for c, a, b in zip(columns, found[keep], found[drop], strict=True)]
    return tuple(cell for cell in cells if cell[1] is not None or cell[2] is not None)


def merge(workspace: Workspace, pairs: Iterable[tuple[str, str]]) -> Import:
    """Merges customers, (keep, drop) each, as one import; the import as it is logged: `undo(workspace, id)` takes it
    back. Refused where an id is no customer, or where somebody would be merged into themselves."""
    given = list(dict.fromkeys(pairs))
    with workspace.write() as cur:
        done = resolved(cur, given)
        number, kept = next_import(cur), _write_kept(cur, done, next_import(cur))
        text = "\n".join(f"{keep} {drop}" for keep, drop in done)
        made = Import(
            FILE, hashlib.sha256(f"{FILE} {number}\n{text}".encode()).hexdigest(), "customer_aliases", len(done), len(done),
            0, tables={"customer_aliases": len(done)} | ({"customers": kept} if kept else {}), id=number,
        )  # fmt: skip
        record(cur, made)
        cur.execute(
            "INSERT INTO rows.customer_aliases (alias_id, source, customer_id, _import, _line) "
            "SELECT unnest(?::VARCHAR[]), ?, unnest(?::VARCHAR[]), ?, unnest(?::BIGINT[])",
            [[drop for _, drop in done], FILE, [keep for keep, _ in done], number, list(range(1, len(done) + 1))],
        ).fetchall()
    return made


def _write_kept(cur: Cursor, done: Pairs, number: int) -> int:
    """Writes what those that stay say where one that goes says something else; the number of rows written."""
    columns = _own_columns()
    said = ", ".join(
        f"CASE WHEN bool_or(d.{q} IS NOT NULL AND d.{q} IS DISTINCT FROM k.{q}) THEN any_value(k.{q}) END AS {q}"
        for q in map(quoted, columns)
    )
    listed = ", ".join(map(quoted, columns))
    sql = (
        f"INSERT INTO rows.customers (customer_id, {listed}, _import, _line) "
        f"SELECT customer_id, {listed}, {number}, row_number() OVER (ORDER BY customer_id) + {len(done)} FROM ("
        f"SELECT k.customer_id, {said} FROM (SELECT unnest(?::VARCHAR[]) AS keep, unnest(?::VARCHAR[]) AS gone) p "
        "JOIN main.customers k ON k.customer_id = p.keep JOIN main.customers d ON d.customer_id = p.gone "
        f"GROUP BY k.customer_id) WHERE coalesce({', '.join(f'{q}::VARCHAR' for q in map(quoted, columns))}) IS NOT NULL "
        "RETURNING 1"
    )
    return len(cur.execute(sql, [[keep for keep, _ in done], [drop for _, drop in done]]).fetchall())


def resolved(cur: Cursor, pairs: Pairs) -> list[tuple[str, str]]:
    """(the one that stays in the end, the one that goes), one for each that goes. Refused as `merge` says."""
    if not pairs:
        raise Refused("merge_nothing")
    ids = sorted({id_ for pair in pairs for id_ in pair})
    sql = "SELECT customer_id FROM main.customers WHERE customer_id IN (SELECT unnest(?::VARCHAR[]))"
    known = {id_ for (id_,) in cur.execute(sql, [ids]).fetchall()}
    for id_ in ids:
        if id_ not in known:
            raise Refused("merge_unknown", id=id_)
    into: dict[str, str] = {}
    for keep, drop in pairs:
        one, other = _end(into, keep), _end(into, drop)
        if one != other:
            into[other] = one
        elif keep == drop:
            raise Refused("merge_itself", id=keep)
    return [(_end(into, drop), drop) for drop in sorted(into)]


def _end(into: dict[str, str], id_: str) -> str:
    while id_ in into:
        id_ = into[id_]
    return id_
