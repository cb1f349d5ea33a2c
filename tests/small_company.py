"""Small companies with everything in them: some customers of the sample, drawn by a seed, and all that belongs to them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kpi import model
from kpi.workspace import Workspace
from kpi.workspace.storage import state_tables

Tables = dict[str, list[dict]]
WHOLE = ("employees", "products", "stages", "campaigns", "manufacturers", "product_prices", "finance_periods")
STATE = ("targets", "kpi_selections", "goal_plans", "assessments")
MOST = 400  # rows of a table that belongs to no customer


def small_company(workspace: Workspace, seed: int, customers: int = 60) -> Tables:
    """Rows of every canonical table as queries see them (derived columns filled), those of the state too."""
    dice = np.random.default_rng(seed)
    ids = [row[0] for row in workspace.rows("select customer_id from customers order by 1")]
    chosen = {"customer_id": set(dice.choice(ids, customers, replace=False))}
    frames: dict[str, pd.DataFrame] = {}
    for name in (
        "customers",
        "orders",
        "opportunities",
        "tickets",
        "calls",
        "invoices",
        "contracts",
        "leads",
        *model.tables(),
    ):
        if name in frames:
            continue
        table = model.table(name)
        columns = ", ".join(f'"{c}"' for c in table.fields)
        rows = workspace.frame(f'select {columns} from "{name}" order by all')
        frames[name] = rows = _drawn(rows, name, chosen, dice)
        key = table.key[0] if len(table.key) == 1 else None
        if key and key.endswith("_id") and name not in WHOLE:
            chosen.setdefault(key, set(rows[key].dropna()))
    tables = {name: _records(rows) for name, rows in frames.items() if len(rows)}
    for name in STATE:
        listed = ", ".join(f'"{c}"' for c in state_tables()[name])
        tables[f"state.{name}"] = _records(workspace.frame(f"select {listed} from state.{name} order by all"))
    return tables


def _drawn(rows: pd.DataFrame, name: str, chosen: dict[str, set], dice: np.random.Generator) -> pd.DataFrame:
    """The rows of the chosen customers; of other tables those of chosen records, else a few."""
    if name in WHOLE:
        return rows
    keys = [
        c for c in ("customer_id", "order_id", "invoice_id", "ticket_id", "contract_id", "opportunity_id") if c in rows
    ]
    known = [c for c in keys if c in chosen]
    if known and rows[known].notna().any(axis=None):
        mine = pd.Series(False, index=rows.index)
        for column in known:
            mine |= rows[column].isin(chosen[column])
        nobody = rows[known].isna().all(axis=1)
        return rows[mine | (nobody & (dice.random(len(rows)) < MOST / 4 / max(nobody.sum(), 1)))]
    return rows[dice.random(len(rows)) < MOST / max(len(rows), 1)]


def _records(rows: pd.DataFrame) -> list[dict]:
    blank = rows.astype(object).where(rows.notna(), None)
    return blank.to_dict("records")
