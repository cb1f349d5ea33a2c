"""Lines of a sale that are no sale: returns, write-offs, corrections of the books.

A negative line is a return of its customer at its date, matched to the order where possible. An order without a
customer and without a positive total is a write-off. Ids of another kind than all others (a rare letter before the
number), without customers and of both signs or named a correction, are adjustments. None of these is a purchase.
"""

from __future__ import annotations

from dataclasses import dataclass

from kpi.intake import lexicon
from kpi.intake.messages import Message, say
from kpi.intake.names import quote
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw
from kpi.intake.typed import Typed

LOOKED_AT = 10_000  # sales whose ids are looked at first
RARE = 0.001  # share of the lines under which a kind of id is an exception
PREFIX = "regexp_extract({id}, '^([^0-9]{{0,4}})[0-9]', 1)"


@dataclass(frozen=True)
class Sale:
    """The columns of `typed` that tell what a line is; None where the file has none."""

    order: str | None
    customer: str | None
    product: str | None
    date: str | None
    quantity: str | None
    amount: str | None  # SQL: what the line is worth


def sale(typed: Typed, plan: Plan) -> Sale | None:
    """The columns of a sale, None where the file holds none."""
    if not plan.sales or plan.main is None:
        return None
    main = 0
    orders = next((i for i, t in enumerate(plan.targets) if t.table == "orders"), None)

    def name(field: str, *where: int | None) -> str | None:
        return next((n for place in where if place is not None and (n := typed.name(place, field))), None)

    quantity, price = typed.name(main, "quantity"), typed.name(main, "unit_price")
    amount = name("line_amount", main) or (name("amount", main) if plan.table == "orders" else None)
    if amount is None and quantity and price:
        amount = f"({quantity} * {price} - coalesce({typed.name(main, 'discount_amount') or '0'}, 0))"
    return Sale(
        name("order_id", main),
        name("customer_id", orders),
        name("product_id", main),
        name("ordered_at", orders),
        quantity,
        amount,
    )


def sort(typed: Typed, plan: Plan) -> tuple[bool, list[Message]]:
    """Adds the column `kind` (sale, return, aside) and `matched` (order of a return) to `typed`, and tells what it found.

    False: every line is a sale and nothing was added.
    """
    decided = mixed(typed, plan)
    if decided is None:
        return False, []
    found, negative, credit, odd = decided
    raw = typed.raw
    prefix = PREFIX.format(id=found.order)
    _orders(raw, found, prefix, credit)
    lines = plan.table == "order_lines"  # a list of whole orders keeps its negative ones, but for credit notes
    aside = f"{prefix} IN ({_list(odd)})" if odd and lines else "false"
    off = "o.written_off" if found.customer and lines else "false"
    back = negative if lines else f"({negative} AND {prefix} IN ({_list(credit)}))"
    raw.query("DROP TABLE IF EXISTS sorted")
    raw.query(
        f"CREATE TABLE sorted AS SELECT t.*, CASE WHEN t.bad IS NOT NULL THEN NULL WHEN {aside} THEN 'adjustment' "
        f"WHEN coalesce({off}, false) THEN 'write_off' WHEN {back} THEN 'return' ELSE 'sale' END AS kind "
        f"FROM typed t LEFT JOIN losses o ON o.id = t.{found.order}"
    )
    raw.query("DROP TABLE typed")
    _match(raw, found)
    return True, _messages(raw, found, credit)


def mixed(typed: Typed, plan: Plan) -> tuple[Sale, str, list[str], list[str]] | None:
    """Where not every line is a sale: the columns that tell, the condition of a negative line, the letters that begin
    the ids of credit notes and of corrections."""
    found = sale(typed, plan)
    raw = typed.raw
    if found is None or (found.amount is None and found.quantity is None):
        return None
    signs = [f"{x} < 0" for x in (found.quantity, found.amount) if x]
    negative = "coalesce(" + " OR ".join(signs) + ", false)"
    nothing = f"coalesce({found.amount or found.quantity} <= 0, false)"
    any_negative, any_nothing = raw.query(
        f"SELECT count(*) FILTER ({negative}), count(*) FILTER ({nothing}) FROM typed WHERE bad IS NULL"
    )[0]
    made = plan.main and plan.main.fill("order_id")
    if not (any_negative or any_nothing) or found.order is None or (made and made.form == "line"):
        return None
    if plan.table == "orders" and _as_others(raw, found, negative):
        return None
    credit, odd = _prefixes(raw, found, negative, plan, typed)
    if plan.table == "orders" and not credit:
        return None
    return found, negative, credit, odd


def _as_others(raw: Raw, found: Sale, negative: str) -> bool:
    """Whether negative orders have ids that begin like those of sales. A quick look that spares one at every id."""
    prefix, good = PREFIX.format(id=found.order), f"bad IS NULL AND {found.order} IS NOT NULL"
    first = f"SELECT {found.order} FROM typed WHERE {good} AND NOT {negative} LIMIT {LOOKED_AT}"
    return not raw.query(
        f"SELECT 1 FROM typed WHERE {good} AND {negative} AND {prefix} NOT IN "
        f"(SELECT DISTINCT {prefix} FROM ({first})) LIMIT 1"
    )


def _list(words: list[str]) -> str:
    return ", ".join(quote(word) for word in words) or "NULL"


def _prefixes(raw: Raw, found: Sale, negative: str, plan: Plan, typed: Typed) -> tuple[list[str], list[str]]:
    """(letters that begin the ids of credit notes, letters of corrections of the books)."""
    prefix = PREFIX.format(id=found.order)
    customers = f"count({found.customer})" if found.customer else "0"
    rows = raw.query(
        f"SELECT {prefix} AS p, count(*), count(*) FILTER ({negative}), {customers} FROM typed "
        f"WHERE bad IS NULL AND {found.order} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    lines = sum(row[1] for row in rows)
    others = [row for row in rows[1:] if row[0] is not None]
    credit = [p for p, n, minus, _ in others if n == minus]
    rare = (
        [p for p, n, minus, who in others if n <= RARE * lines and not who and 0 < minus < n] if found.customer else []
    )
    named = _corrections(raw, plan, typed, prefix, [p for p, n, _, who in others if n <= RARE * lines and not who])
    return [p for p in credit if p not in named], list(dict.fromkeys([*rare, *named]))


def _corrections(raw: Raw, plan: Plan, typed: Typed, prefix: str, candidates: list[str]) -> list[str]:
    """Of rare kinds of ids those whose lines say that they correct the books."""
    place = next((i for i, t in enumerate(plan.targets) if t.table == "products" and t.fill("name")), None)
    name = typed.name(place, "name") if place is not None else None
    if not candidates or name is None:
        return []
    said = " OR ".join(f"contains(lower({name}), {quote(word)})" for word in lexicon.adjustments())
    rows = raw.query(
        f"SELECT {prefix} FROM typed WHERE bad IS NULL AND {prefix} IN ({_list(candidates)}) "
        f"GROUP BY 1 HAVING bool_and({said}) ORDER BY 1"
    )
    return [p for (p,) in rows]


def _orders(raw: Raw, found: Sale, prefix: str, credit: list[str]) -> None:
    """Table `losses`: orders with a line that is worth nothing or less, and whether they are written off."""
    worth = found.amount or found.quantity
    customer = f"count({found.customer}) = 0" if found.customer else "false"
    known = raw.query(f"SELECT count({found.customer}) FROM typed WHERE bad IS NULL")[0][0] if found.customer else 0
    plain = f"bool_and({prefix} NOT IN ({_list(credit)}))" if credit else "true"
    raw.query("DROP TABLE IF EXISTS losses")
    raw.query(
        f"CREATE TABLE losses AS SELECT {found.order} AS id, {plain} AND {customer} AND {bool(known)} "
        f"AND sum({worth}) <= 0 AS written_off FROM typed WHERE bad IS NULL AND {found.order} IS NOT NULL "
        f"GROUP BY 1 HAVING min({worth}) <= 0 OR min({found.quantity or worth}) < 0"
    )


def _match(raw: Raw, found: Sale) -> None:
    """The order that a return belongs to: its own where that has sales too, else the latest earlier order of the same
    customer with the same product."""
    known = f"EXISTS (SELECT 1 FROM sorted s WHERE s.kind = 'sale' AND s.{found.order} = r.{found.order})"
    raw.query("DROP TABLE IF EXISTS matches")
    own = f"SELECT r.row, r.{found.order} AS matched FROM sorted r WHERE r.kind = 'return' AND {known}"
    if found.customer and found.product and found.date:
        who, what, when = found.customer, found.product, found.date
        earlier = (
            f"SELECT r.row, s.matched FROM (SELECT row, {who} AS who, {what} AS what, {when} AS at FROM sorted r "
            f"WHERE kind = 'return' AND {who} IS NOT NULL AND {what} IS NOT NULL AND {when} IS NOT NULL AND NOT {known}) r "
            f"ASOF JOIN (SELECT {who} AS who, {what} AS what, {when} AS at, {found.order} AS matched FROM sorted "
            f"WHERE kind = 'sale' AND {who} IS NOT NULL) s ON r.who = s.who AND r.what = s.what AND r.at >= s.at"
        )
        own = f"{own} UNION ALL {earlier}"
    raw.query(f"CREATE TABLE matches AS {own}")
    raw.query(
        "CREATE TABLE typed AS SELECT s.*, m.matched FROM sorted s LEFT JOIN matches m ON m.row = s.row ORDER BY s.row"
    )
    for table in ("sorted", "matches", "losses"):
        raw.query(f"DROP TABLE {table}")


def _messages(raw: Raw, found: Sale, credit: list[str]) -> list[Message]:
    rows = raw.query(
        f"SELECT kind, count(*), count(DISTINCT {found.order}), count(matched) FROM typed WHERE kind IS NOT NULL GROUP BY 1"
    )
    counts = {kind: (n, orders, matched) for kind, n, orders, matched in rows}
    said = []
    if "return" in counts:
        n, orders, matched = counts["return"]
        said.append(say("returns_found", n=n, orders=orders, matched=matched))
    if "write_off" in counts:
        said.append(say("write_offs", n=counts["write_off"][0], orders=counts["write_off"][1]))
    if "adjustment" in counts:
        said.append(say("adjustments", n=counts["adjustment"][0], orders=counts["adjustment"][1]))
    return said
