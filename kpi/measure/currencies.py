"""Two currencies are never added: a KPI of money over rows in several currencies is refused, not summed."""

from __future__ import annotations

from kpi.catalogue import needs_of
from kpi.core import Computation, Kpi, Query
from kpi.model import tables


def clash(workspace, kpi: Kpi, computation: Computation, query: Query) -> tuple[str, tuple[str, ...]] | None:
    """(table, currencies) where the KPI would add amounts in more than one; None where it would not.

    A split or filter by currency keeps them apart, so nothing is added.
    """
    asked = [query.split or "", *(name for name, _ in query.filters)]
    if any(name.rpartition(".")[2] == "currency" for name in asked):
        return None
    for path in sorted(needs_of(kpi, computation).columns):
        table, _, column = path.partition(".")
        field = tables()[table].fields.get(column) if table in tables() else None
        if field is not None and field.type == "money" and f"{table}.currency" in workspace.columns():
            sql = f"select distinct upper(trim(currency)) from {table} where currency is not null order by 1"
            found = tuple(row[0] for row in workspace.memo(("sql", sql), lambda sql=sql: workspace.rows(sql)))
            if len(found) > 1:
                return table, found
    return None
