"""The SELECTs that make the rows of each table from the typed lines, which lie in the order of the file."""

from __future__ import annotations

from dataclasses import dataclass

from kpi import model
from kpi.intake import stages
from kpi.intake.names import identifier, name_id, quote
from kpi.intake.plan import Plan, Target
from kpi.intake.typed import Typed

GOOD = "bad IS NULL"


@dataclass(frozen=True)
class Rows:
    """Rows for one table: SELECT of `columns`, line and extra from the scratch database."""

    table: str
    columns: tuple[str, ...]
    sql: str


def made(typed: Typed, plan: Plan, sorted_: bool) -> list[Rows]:
    """The rows that a file makes, main table first. sorted_: `typed` tells sales from returns (see sales.py)."""
    found = []
    for place, target in enumerate(plan.targets):
        rows = (
            _distinct(typed, place, target, sorted_)
            if target.kind == "distinct"
            else _each(typed, place, target, sorted_)
        )
        found += [rows] if rows else []
    if sorted_:
        found.append(_returns(typed, plan))
    return [*found, *of_stages(typed, plan)]


def _each(typed: Typed, place: int, target: Target, sorted_: bool) -> Rows:
    """One row per line; for answers beside another record only where there is one."""
    columns = {fill.field: typed.names[place, fill.field] for fill in target.fills}
    where, extra = GOOD, "extra" if target.kind == "main" else "NULL"
    if target.kind == "each":
        where += f" AND {columns[target.present]} IS NOT NULL"
    if sorted_ and target.kind == "main" and "order_id" in columns:
        where += " AND kind <> 'return'"
        order = columns["order_id"]
        number = target.fill("order_id")
        header = typed.raw.headers[number.column] if number and number.column is not None else "order_id"
        # what is no sale belongs to no order, so that nothing counts it as one; its number stays readable
        aside = f"json_object({quote(header)}, {order}, 'not a sale', kind)"
        extra = (
            f"CASE WHEN kind = 'sale' THEN extra ELSE json_merge_patch(coalesce(extra, '{{}}'), {aside})::VARCHAR END"
        )
        columns["order_id"] = f"CASE WHEN kind = 'sale' THEN {order} END"
    listed = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in columns.items())
    sql = f"SELECT {listed}, line, {extra} AS extra FROM typed WHERE {where}"
    return Rows(target.table, tuple(columns), sql)


def _distinct(typed: Typed, place: int, target: Target, sorted_: bool) -> Rows | None:
    """One row per key: of every column the last value given."""
    table = model.table(target.table)
    key = typed.name(place, table.key[0])
    if key is None:
        return None
    columns = {fill.field: typed.names[place, fill.field] for fill in target.fills}
    where = f"{GOOD} AND {key} IS NOT NULL"
    if sorted_ and target.table == "orders":
        where += " AND kind = 'sale'"
    listed = ", ".join(
        f"{sql} AS {identifier(name)}" if name == table.key[0] else f"arg_max({sql}, row) AS {identifier(name)}"
        for name, sql in columns.items()
    )
    sql = (
        f"SELECT {listed}, min(line) AS line, NULL AS extra FROM typed WHERE {where} GROUP BY {key} ORDER BY min(line)"
    )
    return Rows(target.table, tuple(columns), sql)


def _returns(typed: Typed, plan: Plan) -> Rows:
    """Negative lines as returns, with positive quantities and amounts."""
    from kpi.intake.sales import sale

    found = sale(typed, plan)
    assert found is not None
    columns = {"order_id": "matched"}
    for field, sql in (("customer_id", found.customer), ("product_id", found.product), ("returned_at", found.date)):
        if sql:
            columns[field] = sql
    if found.quantity:
        columns["quantity"] = f"abs({found.quantity})"
    if found.amount:
        columns["amount"] = f"abs({found.amount})"
    number = plan.main.fill("order_id") if plan.main else None
    header = typed.raw.headers[number.column] if number and number.column is not None else "order_id"
    extra = f"json_merge_patch(coalesce(extra, '{{}}'), json_object({quote(header)}, {found.order}))::VARCHAR"
    listed = ", ".join(f"{sql} AS {identifier(name)}" for name, sql in columns.items())
    sql = f"SELECT {listed}, line, {extra} AS extra FROM typed WHERE {GOOD} AND kind = 'return'"
    return Rows("returns", tuple(columns), sql)


def of_stages(typed: Typed, plan: Plan) -> list[Rows]:
    """The stages that opportunities stand in, each with what it means and its place."""
    listed = [
        f"('opportunity', {'NULL' if each.pipeline is None else quote(each.pipeline)}, {quote(each.name)}, "
        f"{quote(each.kind)}, {each.position}::DOUBLE, {each.line}, NULL)"
        for each in stages.found(typed, plan)
    ]
    if not listed:
        return []
    columns = ("entity", "pipeline", "stage", "kind", "position")
    sql = f"SELECT * FROM (VALUES {', '.join(listed)}) s({', '.join(columns)}, line, extra)"
    return [Rows("stages", columns, sql)]


def variants(typed: Typed, plan: Plan) -> list[tuple[str, list[str]]]:
    """(table, names that are taken for one): spellings in this file that stand for the same id."""
    found = []
    seen = set()
    for target in plan.targets:
        for fill in target.fills:
            if fill.form != "name" or fill.column is None or fill.column in seen:
                continue
            seen.add(fill.column)
            refers = model.table(target.table).fields[fill.field].refers or target.table
            text = f"trim(c{fill.column})"
            rows = typed.raw.query(
                f"SELECT list_sort(list(DISTINCT name)) FROM (SELECT DISTINCT {text} AS name FROM raw "
                f"WHERE c{fill.column} IS NOT NULL) GROUP BY {name_id('name')} HAVING count(*) > 1 ORDER BY 1"
            )
            found += [(refers, names) for (names,) in rows]
    return found
