"""A derivation rule as data: columns, the expression of each, the joins it needs, the rows it concerns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kpi.model import Table
from kpi.workspace.storage import Cursor


@dataclass(frozen=True)
class Layer:
    """columns: {column: SQL expression over `t` and the joined tables}; joins: SQL after FROM … t;
    where: the rows it can change; without any, the layer is left out, with some it goes over all rows."""

    columns: dict[str, str]
    joins: str = ""
    where: str = "true"


class Rule(Protocol):
    """Makes the layers of one table; notes on `sources.notes` what a reader must be told."""

    def __call__(self, sources) -> Iterable[Layer]: ...


def stacked(cur: Cursor, table: Table, relation: str, layers: Iterable[Layer]) -> tuple[str, bool]:
    """`relation` with the layers that concern any row put over it, and whether there were any.

    Every column keeps its type of the model; a value that does not fit it is not defined."""
    touched = False
    for layer in layers:
        if not cur.execute(f"SELECT 1 FROM {relation} t WHERE {layer.where} LIMIT 1").fetchall():
            continue
        replaced = ", ".join(
            f"TRY_CAST({expression} AS {table.fields[column].sql_type}) AS {column}"
            for column, expression in layer.columns.items()
        )
        relation = f"(SELECT t.* REPLACE ({replaced}) FROM {relation} t {layer.joins})"
        touched = True
    return relation, touched
