"""The tables that queries see, in schema `main`: merged by key, stubs added, derived columns filled.

A table whose rows lie ready is a view that costs nothing. Only tables whose inputs changed are made anew.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from kpi import model
from kpi.workspace import derive_customers, derive_orders, derive_sales, derive_tickets
from kpi.workspace.changes import affected, referring
from kpi.workspace.layers import Rule, stacked
from kpi.workspace.settings import Settings
from kpi.workspace.sources import Sources, counts
from kpi.workspace.storage import Cursor, meta, put_meta, quoted

RULES: dict[str, Rule] = {
    "opportunities": derive_sales.opportunities,
    "opportunity_stage_history": derive_sales.opportunity_stage_history,
    "order_lines": derive_orders.order_lines,
    "orders": derive_orders.orders,
    "leads": derive_sales.leads,
    "customers": derive_customers.customers,
    "tickets": derive_tickets.tickets,
}
VERSION = "3"  # grows when the tables are made in another way: workspaces of older versions are made anew when opened


def order() -> list[str]:
    """All tables, those first that rules of others read in their final form."""
    last = [name for name in RULES if name in model.tables()]
    return [name for name in model.tables() if name not in last] + last


def stale(cur: Cursor) -> bool:
    """Whether the tables were made by another version, or for another last day (events dated ahead have come)."""
    return meta(cur, "derived_by") != VERSION or meta(cur, "as_of") != str(as_of(cur))


def refresh(cur: Cursor, names: set[str] | None, settings: Settings, before: Settings | None = None) -> None:
    """Makes the tables of schema `main` anew that depend on changed rows (names), on settings that differ from
    `before`, or on how far the data reach; all of them where names is None."""
    reach = as_of(cur)
    moved = meta(cur, "as_of") != str(reach)
    anew = set(model.tables()) if names is None else affected(names, settings, before, moved)
    if not anew:
        return
    put_meta(cur, "as_of", reach)
    put_meta(cur, "derived_by", VERSION)
    sources, standing = Sources(cur, settings, reach, anew), _standing(cur)
    try:
        made = [
            _make(sources, model.table(name), standing.get(name), names is None) for name in order() if name in anew
        ]
    finally:
        sources.close()
    cur.execute("DELETE FROM state.derived WHERE list_contains(?, table_name)", [sorted(anew)]).fetchall()
    columns = list(map(list, zip(*made, strict=True)))
    cur.execute("INSERT INTO state.derived SELECT unnest(?), unnest(?), unnest(?), unnest(?)::JSON", columns).fetchall()


def _standing(cur: Cursor) -> dict[str, str]:
    """The tables of schema main as they stand: {name: VIEW or TABLE}."""
    sql = "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'main'"
    return {name: "VIEW" if kind == "VIEW" else "TABLE" for name, kind in cur.execute(sql).fetchall()}


def _make(sources: Sources, table: model.Table, standing: str | None, anyway: bool) -> tuple[str, str, int, str]:
    """Makes one table and says how: its row of state.derived. A view that stays a view is left alone unless `anyway`."""
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
    kind = "VIEW" if plain and not touched and not count else "TABLE"
    if standing and (anyway or (standing, kind) != ("VIEW", "VIEW")):
        cur.execute(f"DROP {standing} main.{name}").fetchall()
        standing = None
    if not standing:
        cur.execute(f"CREATE {kind} main.{name} AS SELECT {columns}, {is_stub} FROM {relation}").fetchall()
    if stubs:
        cur.execute("DROP TABLE temp.stubs").fetchall()
    return table.name, kind.lower(), count, json.dumps(sources.notes)


def _stubs(sources: Sources, table: model.Table) -> str | None:
    """The SELECT of the ids that other tables (and its own rows) name and that have no row; None where none can."""
    if not table.stub:
        return None
    named = []
    for each in model.tables().values():
        columns = referring(each, table.name)
        if columns and sources.loaded(each.name):
            named += [f"SELECT {quoted(c)} AS id FROM {sources.relation(each.name)}" for c in columns]
    if not named:
        return None
    key = quoted(table.key[0])
    return (
        f"SELECT DISTINCT id FROM ({' UNION ALL '.join(named)}) WHERE id IS NOT NULL "
        f"AND id NOT IN (SELECT {key} FROM {sources.relation(table.name)} WHERE {key} IS NOT NULL)"
    )


def as_of(cur: Cursor) -> date | None:
    """The last day, not after today, in any uploaded time column that is not planned.

    Where KPI values were entered and nothing else, the last day that they speak of.
    """
    parts = []
    loaded = counts(cur)
    for name, table in model.tables().items():
        times = [quoted(c.name) for c in table.fields.values() if c.type == "time" and not c.planned]
        if times and loaded[name]:
            latest = ", ".join(f"max({c}) FILTER ({c} < $tomorrow)" for c in times)
            parts.append(f"SELECT greatest({latest})::DATE AS day FROM rows.{quoted(name)}")
    tomorrow = date.today() + timedelta(days=1)
    if not parts:
        return cur.execute(_LAST_ENTERED, {"tomorrow": tomorrow}).fetchall()[0][0]
    return cur.execute(f"SELECT max(day) FROM ({' UNION ALL '.join(parts)})", {"tomorrow": tomorrow}).fetchall()[0][0]


# An end on the weekday or day of the month of the start is the day after the last, else the last itself.
_LAST_ENTERED = """
SELECT max(last) FROM (
  SELECT CASE WHEN period_end IS NULL THEN last_day(period_start::date)
              WHEN day(period_end) = day(period_start) OR datediff('day', period_start, period_end) % 7 = 0
              THEN period_end::date - 1 ELSE period_end::date END AS last
  FROM rows.kpi_values
) WHERE last < $tomorrow
"""


def notes(cur: Cursor) -> dict[str, dict[str, object]]:
    """The rules in force that a reader must be told, by code, with the params of their text."""
    found = cur.execute("SELECT notes FROM state.derived ORDER BY table_name").fetchall()
    return {code: params for (text,) in found for code, params in json.loads(text).items()}
