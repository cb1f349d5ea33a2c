"""One million order lines, made by DuckDB itself: the same every time."""

from __future__ import annotations

from pathlib import Path

import duckdb

LINES = 1_000_000

_LINES = """
select 'O' || (100000 + i // 3) as order_id, 'L' || i as order_line_id,
       'C' || (hash(i // 3) % 60000) as customer_id, 'P' || (hash(i * 7) % 400) as product_id,
       timestamp '2021-01-01' + to_minutes(cast((hash(i // 3 * 31) % 2620800) as integer)) as ordered_at,
       1 + hash(i * 13) % 9 as quantity,
       round(5 + (hash(i * 17) % 20000) / 100.0, 2) as unit_price,
       round((5 + (hash(i * 17) % 20000) / 100.0) * (0.5 + (hash(i * 19) % 40) / 100.0), 2) as unit_cost,
       case hash(i // 3 * 37) % 4 when 0 then 'web' when 1 then 'shop' when 2 then 'phone' else 'partner' end as channel
from range({n}) t(i)
"""


def order_lines_csv(folder: Path, lines: int = LINES) -> Path:
    """A flat CSV of order lines with their order, customer and product."""
    path = folder / f"order_lines_{lines}.csv"
    if not path.exists():
        with duckdb.connect() as con:
            con.execute(f"copy ({_LINES.format(n=lines)}) to '{path}' (header)").fetchall()
    return path
