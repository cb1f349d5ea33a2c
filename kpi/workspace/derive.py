"""The tables that queries see, in schema `main`: merged by key, stubs added, derived columns filled.

A table whose rows lie ready is a view that costs nothing. Only tables whose inputs changed are made anew.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from kpi import model
from kpi.workspace import derive_customers, derive_orders, derive_sales, derive_tickets
from kpi.workspace.layers import Rule, stacked
from kpi.workspace.settings import Settings
from kpi.workspace.sources import Sources
from kpi.workspace.storage import Cursor, meta, put_meta, quoted

Signature = tuple[int, int | None, int | None]

RULES: dict[str, Rule] = {
    "opportunities": derive_sales.opportunities,
    "opportunity_stage_history": derive_sales.opportunity_stage_history,
    "order_lines": derive_orders.order_lines,
    "orders": derive_orders.orders,
    "leads": derive_sales.leads,
    "customers": derive_customers.customers,
    "tickets": derive_tickets.tickets,
}
# What the rule of a table reads besides its own rows, and the settings it depends on.
READS: dict[str, tuple[str, ...]] = {
    "opportunities": ("stages",),
    "opportunity_stage_history": ("stages",),
    "order_lines": ("orders", "opportunities", "products"),
    "orders": ("order_lines", "opportunities"),
    "leads": ("opportunities", "orders"),
    "customers": ("orders", "contracts"),
}
SETTINGS: dict[str, tuple[str, ...]] = {
    "orders_from_deals": ("orders", "order_lines"),
    "derive_sale_type": ("order_lines",),
    "churn_rule": ("customers",),
    "churn_gap_days": ("customers",),
    "renewal_grace_days": ("customers",),
}
VERSION = "2"  # grows when the tables are made in another way: workspaces of older versions are made anew when opened
AS_OF = ("customers", "tickets")  # tables whose rules ask how far the data reach


def order() -> list[str]:
    """All tables, those first that rules of others read in their final form."""
    last = [name for name in RULES if name in model.tables()]
    return [name for name in model.tables() if name not in last] + last


def signatures(cur: Cursor) -> dict[str, Signature]:
    """What tells whether rows of a table were inserted or deleted within the running transaction."""
    parts = [
        f"SELECT '{name}', count(*), max(rowid), sum(_import)::BIGINT FROM rows.{quoted(name)}"
        for name in model.tables()
    ]
    return {name: tuple(rest) for name, *rest in cur.execute(" UNION ALL ".join(parts)).fetchall()}


def changed(before: dict[str, Signature], after: dict[str, Signature]) -> set[str]:
    """The tables whose rows differ between two signatures."""
    return {name for name in after if before.get(name) != after[name]}


def inputs(table: model.Table) -> set[str]:
    """The tables that the final form of `table` depends on."""
    found = set(READS.get(table.name, ()))
    if table.stub:
        found |= {each.name for each in model.tables().values() if _referring(each, table.name)}
    if any(column.refers == "customers" for column in table.fields.values()) or table.name == "customers":
        found.add("customer_aliases")
    return found - {table.name}


def _referring(table: model.Table, target: str) -> list[str]:
    return [column.name for column in table.fields.values() if column.refers == target]


def affected(names: set[str]) -> set[str]:
    """The tables to be made anew when the rows of `names` change: what reads them, and what reads those."""
    found = set(names)
    while True:
        more = {name for name, table in model.tables().items() if name not in found and _reads(table, names, found)}
        if not more:
            return found
        found |= more


def _reads(table: model.Table, names: set[str], found: set[str]) -> bool:
    """Rules read the final form of other tables; stubs and aliases only their rows."""
    return bool(inputs(table) & names) or bool(set(READS.get(table.name, ())) & found)


def stale(cur: Cursor) -> bool:
    """Whether the tables were made by another version, or for another last day (events dated ahead have come)."""
    return meta(cur, "derived_by") != VERSION or meta(cur, "as_of") != str(as_of(cur))


def refresh(cur: Cursor, names: set[str] | None, settings: Settings, before: Settings | None = None) -> None:
    """Makes the tables of schema `main` anew that depend on changed rows (names), on settings that differ from
    `before`, or on how far the data reach; all of them where names is None."""
    reach = as_of(cur)
    if names is None:
        anew = set(model.tables())
    else:
        anew = affected(names)
        for setting, tables in SETTINGS.items():
            if before is not None and settings[setting] != before[setting]:
                anew |= affected_by_rule(tables)
        if meta(cur, "as_of") != str(reach):
            anew |= set(AS_OF)
    if not anew:
        return
    put_meta(cur, "as_of", reach)
    put_meta(cur, "derived_by", VERSION)
    sources = Sources(cur, settings, reach, anew)
    try:
        for name in order():
            if name in anew:
                _make(sources, model.table(name))
    finally:
        sources.close()


def affected_by_rule(names: tuple[str, ...]) -> set[str]:
    """`names` and the tables whose rules read them."""
    found = set(names)
    for _ in RULES:
        found |= {name for name, read in READS.items() if set(read) & found}
    return found


def _make(sources: Sources, table: model.Table) -> None:
    cur, name = sources.cur, quoted(table.name)
    sources.notes = {}
    relation, plain = sources.relation(table.name), sources.is_plain(table.name)
    columns = ", ".join([*map(quoted, table.fields), "_extra"])
    stubs = _stubs(sources, table)
    count = 0
    if stubs:
        cur.execute(f"CREATE TEMP TABLE stubs AS {stubs}").fetchall()
        count = cur.execute("SELECT count(*) FROM temp.stubs").fetchall()[0][0]
    # _stub: the row stands for an id that only other tables name; such a row is no record of its own.
    is_stub = "false AS _stub"
    if count:
        named = f"SELECT id AS {quoted(table.key[0])}, true AS _stub FROM temp.stubs"
        relation = f"(SELECT {columns}, {is_stub} FROM {relation} UNION ALL BY NAME {named})"
        is_stub = "_stub"
    layers = RULES[table.name](sources) if table.name in RULES else ()
    relation, touched = stacked(cur, table, relation, layers)
    _drop(cur, table.name)
    kind = "VIEW" if plain and not touched and not count else "TABLE"
    cur.execute(f"CREATE {kind} main.{name} AS SELECT {columns}, {is_stub} FROM {relation}").fetchall()
    if stubs:
        cur.execute("DROP TABLE temp.stubs").fetchall()
    cur.execute("DELETE FROM state.derived WHERE table_name = ?", [table.name]).fetchall()
    cur.execute(
        "INSERT INTO state.derived VALUES (?, ?, ?, ?)", [table.name, kind.lower(), count, json.dumps(sources.notes)]
    ).fetchall()


def _stubs(sources: Sources, table: model.Table) -> str | None:
    """The SELECT of the ids that other tables (and its own rows) name and that have no row; None where none can."""
    if not table.stub:
        return None
    named = []
    for each in model.tables().values():
        columns = _referring(each, table.name)
        if columns and sources.loaded(each.name):
            named += [f"SELECT {quoted(c)} AS id FROM {sources.relation(each.name)}" for c in columns]
    if not named:
        return None
    key = quoted(table.key[0])
    return (
        f"SELECT DISTINCT id FROM ({' UNION ALL '.join(named)}) WHERE id IS NOT NULL "
        f"AND id NOT IN (SELECT {key} FROM {sources.relation(table.name)} WHERE {key} IS NOT NULL)"
    )


def _drop(cur: Cursor, name: str) -> None:
    sql = "SELECT table_type FROM information_schema.tables WHERE table_schema = 'main' AND table_name = ?"
    for (kind,) in cur.execute(sql, [name]).fetchall():
        cur.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} main.{quoted(name)}").fetchall()


def as_of(cur: Cursor) -> date | None:
    """The last day, not after today, in any uploaded time column that is not planned."""
    tomorrow, last = date.today() + timedelta(days=1), None
    for name, table in model.tables().items():
        times = [c.name for c in table.fields.values() if c.type == "time" and not c.planned]
        if times:
            latest = ", ".join(f"max({quoted(c)}) FILTER ({quoted(c)} < $day)" for c in times)
            sql = f"SELECT greatest({latest})::DATE FROM rows.{quoted(name)}"
            last = max(
                (day for day in (last, cur.execute(sql, {"day": tomorrow}).fetchall()[0][0]) if day), default=None
            )
    return last


def notes(cur: Cursor) -> dict[str, dict[str, object]]:
    """The rules in force that a reader must be told, by code, with the params of their text."""
    found = cur.execute("SELECT notes FROM state.derived ORDER BY table_name").fetchall()
    return {code: params for (text,) in found for code, params in json.loads(text).items()}
