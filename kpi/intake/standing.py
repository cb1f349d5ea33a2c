"""What the workspace knows when a file is loaded: all of it, or, for a file loaded anew, what stood before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from kpi import model
from kpi.intake.names import identifier
from kpi.workspace import merge


class Standing:
    """The tables of the workspace that a new import meets: names and their ids, merged, with aliases applied."""

    def __init__(self, workspace: Any) -> None:
        self.workspace = workspace

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple]:
        """The rows of a query."""
        return self.workspace.rows(sql, params)

    def relation(self, table: str) -> str:
        """What stands after FROM for the rows of `table`."""
        return f"main.{identifier(table)}"


class Part(Standing):
    """The same from only those imports that fulfil a condition on their number."""

    def __init__(self, workspace: Any, condition: str) -> None:
        super().__init__(workspace)
        self.condition = condition

    def relation(self, table: str) -> str:
        """The rows of those imports merged by key; customers under the ids that their aliases lead to."""
        merged = merge.merged(model.table(table), self._source(table))
        if table != "customers":
            return f"({merged})"
        # one step of aliases: a chain of them is made by several later files, which do not stand before this one
        named = (
            f"SELECT alias_id, arg_max(customer_id, {merge.AGE}) AS real_id FROM {self._source('customer_aliases')} "
            "WHERE alias_id IS NOT NULL AND customer_id IS NOT NULL GROUP BY alias_id"
        )
        return (
            f"(SELECT c.* REPLACE (coalesce(a.real_id, c.customer_id) AS customer_id) FROM ({merged}) c "
            f"LEFT JOIN ({named}) a ON a.alias_id = c.customer_id)"
        )

    def _source(self, table: str) -> str:
        return f"(SELECT *, rowid FROM rows.{identifier(table)} WHERE {self.condition})"


def before(workspace: Any, number: int) -> Standing:
    """What was there when import `number` came: a file loaded anew in its old place finds what it found then."""
    return Part(workspace, f"_import < {int(number)}")


def without(workspace: Any, numbers: Iterable[int]) -> Standing:
    """What is there once these imports are taken back; everything where there are none."""
    listed = ", ".join(str(int(each)) for each in numbers)
    return Part(workspace, f"_import NOT IN ({listed})") if listed else Standing(workspace)
