"""Order lines of a made-up company, made by DuckDB itself: the same every time."""

from __future__ import annotations

from pathlib import Path

import duckdb

from kpi.workspace import Workspace

LINES = 1_000_000
CUSTOMERS = 60_000

# Three lines an order, five years.
_LINES = """
select 'O' || (100000 + i // 3) as order_id, 'L' || i as order_line_id,
       'C' || (hash(i // 3) % {customers}) as customer_id, 'P' || (hash(i * 7) % 400) as product_id,
       timestamp '2021-01-01' + to_minutes(cast((hash(i // 3 * 31) % 2629440) as integer)) as ordered_at,
       1 + hash(i * 13) % 9 as quantity,
       round(5 + (hash(i * 17) % 20000) / 100.0, 2) as unit_price,
       round((5 + (hash(i * 17) % 20000) / 100.0) * (0.5 + (hash(i * 19) % 40) / 100.0), 2) as unit_cost,
       case hash(i // 3 * 37) % 4 when 0 then 'web' when 1 then 'shop' when 2 then 'phone' else 'partner' end as channel
from range({lines}) t(i)
"""


def order_lines_csv(folder: Path, lines: int = LINES, customers: int = CUSTOMERS) -> Path:
    """A flat CSV of order lines with their order, customer and product."""
    path = folder / f"order_lines_{lines}_{customers}.csv"
    if not path.exists():
        with duckdb.connect() as con:
            con.execute(f"copy ({_LINES.format(lines=lines, customers=customers)}) to '{path}' (header)").fetchall()
    return path


def fill(workspace: Workspace, lines: int, customers: int) -> None:
    """The same company straight into the rows of a workspace, past the import; a fifth of the lines is cross-selling
    or up-selling."""
    made = _LINES.format(lines=lines, customers=customers)
    with workspace.write() as cur:
        cur.execute(
            "insert into rows.customers (customer_id, _import, _line) select 'C' || i, 1, i from range(?) t(i)",
            [customers],
        ).fetchall()
        cur.execute(
            "insert into rows.order_lines (order_line_id, order_id, product_id, quantity, unit_price, unit_cost, sale_type, _import, _line) "
            "select order_line_id, order_id, product_id, quantity, unit_price, unit_cost, "
            "case hash(order_line_id) % 10 when 0 then 'cross_sell' when 1 then 'up_sell' end, 1, row_number() over () "
            f"from ({made})"
        ).fetchall()
        cur.execute(
            "insert into rows.orders (order_id, customer_id, ordered_at, channel, _import, _line) "
            "select order_id, any_value(customer_id), any_value(ordered_at), any_value(channel), 1, 1 "
            f"from ({made}) group by 1"
        ).fetchall()
