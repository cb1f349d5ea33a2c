"""What is loaded but looks odd: counted and told, never changed."""

from __future__ import annotations

from typing import Any

from kpi import model
from kpi.intake import stages
from kpi.intake.messages import Message, say
from kpi.intake.names import identifier
from kpi.intake.plan import Plan
from kpi.intake.rows import GOOD, variants
from kpi.intake.typed import Typed
from kpi.workspace.repeats import certainly_none

MOST_WORDS = 8
# (table, earlier, later, code): moments in an order that business does not allow
ORDERS = (
    ("leads", "created_at", "converted_at", "converted_before_created"),
    ("opportunities", "created_at", "closed_at", "closed_before_created"),
    ("tickets", "opened_at", "closed_at", "closed_before_created"),
    ("tickets", "opened_at", "resolved_at", "resolved_before_opened"),
    ("contracts", "started_at", "ends_at", "ends_before_starts"),
    ("campaigns", "started_at", "ended_at", "ends_before_starts"),
    ("calls", "dialled_at", "ended_at", "ends_before_starts"),
    ("activities", "occurred_at", "completed_at", "ends_before_starts"),
    ("surveys", "sent_at", "responded_at", "answered_before_sent"),
    ("invoices", "issued_at", "due_at", "due_before_issued"),
    ("system_incidents", "started_at", "ended_at", "ends_before_starts"),
)
MONEY = {
    "orders": "amount",
    "order_lines": "line_amount",
    "opportunities": "amount",
    "invoices": "amount",
    "payments": "amount",
}


def of_lines(typed: Typed, plan: Plan, sorted_: bool) -> list[Message]:
    """Findings that the file alone shows."""
    main = plan.main
    if main is None:
        return []
    found = [
        say(
            "unmapped_words",
            column=column,
            field=_listed(plan, column),
            words=", ".join(f"{word} ({n})" for word, n in words[:MOST_WORDS]),
        )
        for column, words in typed.unmapped.items()
    ]
    found += stages.order_told(typed, plan)
    for table, names in variants(typed, plan):
        found.append(say("same_name", table=table, names=" = ".join(names[:4])))
    found += [*_amounts(typed, plan, sorted_), *_keys(typed, plan), *_customers(typed, plan, sorted_)]
    if main.table == "surveys" and main.fill("score"):
        blank = _count(typed, f"{typed.names[0, 'score']} IS NULL")
        found += [say("unanswered", n=blank)] if blank else []
    if main.table == "tickets":
        found += _tickets(typed)
    return found


def _listed(plan: Plan, header: str) -> str:
    """The closed list that a column goes to."""
    index = next(i for i, each in enumerate(plan.headers) if each.name == header)
    paths = (f"{t.table}.{f.field}" for t in plan.targets for f in t.fills if f.column == index)
    return next((path for path in paths if model.field(path).values), "")


def _count(typed: Typed, condition: str) -> int:
    return typed.raw.query(f"SELECT count(*) FROM typed WHERE {GOOD} AND {condition}")[0][0]


def _amounts(typed: Typed, plan: Plan, sorted_: bool) -> list[Message]:
    """Zero and negative amounts of what is loaded as a sale, a deal, a bill."""
    table = plan.table or ""
    amount = typed.name(0, MONEY.get(table, ""))
    if table == "order_lines" and amount is None:
        quantity, price = typed.name(0, "quantity"), typed.name(0, "unit_price")
        amount = f"({quantity} * {price})" if quantity and price else None
    if amount is None:
        return []
    kept = "kind = 'sale'" if sorted_ else "true"
    zero, below = typed.raw.query(
        f"SELECT count(*) FILTER ({amount} = 0), count(*) FILTER ({amount} < 0) FROM typed WHERE {GOOD} AND {kept}"
    )[0]
    return [*([say("zero_amounts", n=zero)] if zero else []), *([say("negative_amounts", n=below)] if below else [])]


def _keys(typed: Typed, plan: Plan) -> list[Message]:
    """Keys that stand in several lines; without a key, lines that are alike in every cell."""
    table = model.table(plan.table or "")
    keys = [name for field in table.key if (name := typed.name(0, field))]
    if keys and len(keys) == len(table.key):
        listed = ", ".join(keys)
        whole = " AND ".join(f"{name} IS NOT NULL" for name in keys)
        if certainly_none(typed.raw.query, typed.raw.arrays, "typed", keys, f"{GOOD} AND {whole}"):
            return []
        n = typed.raw.query(f"SELECT count(*) - count(DISTINCT ({listed})) FROM typed WHERE {GOOD} AND {whole}")[0][0]
        return [say("key_repeated", n=n, field=", ".join(table.key))] if n else []
    cells = ", ".join(f"c{i}" for i in range(len(typed.raw.headers)))
    n = typed.raw.query(
        f"SELECT count(*) - count(DISTINCT hash({cells})) FROM raw WHERE rowid IN (SELECT row FROM typed WHERE {GOOD})"
        if typed.checks
        else f"SELECT count(*) - count(DISTINCT hash({cells})) FROM raw"
    )[0][0]
    return [say("exact_duplicates", n=n)] if n else []


def _customers(typed: Typed, plan: Plan, sorted_: bool) -> list[Message]:
    """Sales without a customer: they count for revenue and not for what is told per customer."""
    place = next((i for i, t in enumerate(plan.targets) if t.table == "orders"), None)
    if not plan.sales or place is None or not (name := typed.name(place, "customer_id")):
        return []
    kept = "kind = 'sale'" if sorted_ else "true"
    if not typed.raw.query(f"SELECT 1 FROM typed WHERE {GOOD} AND {kept} AND {name} IS NULL LIMIT 1"):
        return []
    order = typed.name(place, "order_id") or "row::VARCHAR"
    n = typed.raw.query(
        f"SELECT coalesce(sum(n), 0)::BIGINT FROM (SELECT count(*) AS n FROM typed WHERE {GOOD} AND {kept} "
        f"GROUP BY coalesce({order}, row::VARCHAR) HAVING count({name}) = 0)"
    )[0][0]
    return [say("without_customer", n=n)] if n else []


def _tickets(typed: Typed) -> list[Message]:
    """Open tickets with a resolution time, and tickets solved before anybody answered."""
    found = []
    status, minutes = typed.name(0, "status"), typed.name(0, "resolution_minutes")
    if status and minutes:
        n = _count(typed, f"{status} IN ('open', 'pending') AND {minutes} IS NOT NULL")
        found += [say("open_with_resolution", n=n)] if n else []
    opened, answer = typed.name(0, "opened_at"), typed.name(0, "first_response_minutes")
    first = typed.name(0, "first_response_at") or (
        f"{opened} + to_microseconds(({answer} * 60e6)::BIGINT)" if opened and answer else None
    )
    done = typed.name(0, "resolved_at") or (
        f"{opened} + to_microseconds(({minutes} * 60e6)::BIGINT)" if opened and minutes else None
    )
    if first and done:
        finished = f" AND coalesce({status} NOT IN ('open', 'pending'), true)" if status else ""
        n = _count(typed, f"{done} < {first}{finished}")
        found += [say("resolved_before_response", n=n)] if n else []
    return found


def spellings(cur: Any, number: int, plan: Plan) -> list[Message]:
    """Names of this import that are known by another spelling. cur: as for `in_order`."""
    found = []
    for table in sorted({t.table for t in plan.targets for f in t.fills if f.form == "name" and t.fill("name")}):
        key = identifier(model.table(table).key[0])
        rows = cur.execute(
            f"SELECT DISTINCT m.name, r.name FROM rows.{table} r JOIN main.{table} m ON m.{key} = r.{key} "
            f"WHERE r._import = ? AND m.name <> r.name ORDER BY 1, 2 LIMIT {MOST_WORDS}",
            [number],
        ).fetchall()
        found += [say("same_name", table=table, names=f"{old} = {new}") for old, new in rows]
    return found


def in_order(cur: Any, number: int, tables: set[str]) -> list[Message]:
    """Moments the wrong way round among the rows just inserted, seen together with what was there before.

    cur: inside the transaction, before the derived tables are made anew. Days are compared where one has no time.
    """
    found = []
    for table, earlier, later, code in ORDERS:
        if table not in tables:
            continue
        key = identifier(model.table(table).key[0])
        first, last = (f"coalesce(r.{name}, m.{name})" for name in (earlier, later))
        day = f"({first} = date_trunc('day', {first}) OR {last} = date_trunc('day', {last}))"
        wrong = f"CASE WHEN {day} THEN {last}::DATE < {first}::DATE ELSE {last} < {first} END"
        n = cur.execute(
            f"SELECT count(*) FROM rows.{table} r LEFT JOIN main.{table} m ON m.{key} = r.{key} "
            f"WHERE r._import = ? AND {wrong}",
            [number],
        ).fetchall()[0][0]
        found += [say(code, n=n, table=table)] if n else []
    return found
