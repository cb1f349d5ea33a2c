"""Customers who may leave: the four signals they give (F14), and a score to begin with the most urgent.

complaint: a ticket or call with that reason; frequency: many contacts; contract_question; closing: of the account.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from kpi.analysis.context import Context
from kpi.analysis.question import filled, source
from kpi.core import Row

SIGNALS = {"closing": "account_closing", "contract_question": "contract_question", "complaint": "complaint"}
FREQUENCY = "frequency"
STARTS = {"orders.ordered_at", "contracts.started_at", "customers.first_order_at"}

_CONTACTS = """
select customer_id, opened_at as at, ticket_type as reason, true as contact from tickets
where customer_id is not null and opened_at is not null
union all
select customer_id, dialled_at, reason, coalesce(direction, 'in') = 'in' from calls
where customer_id is not null and dialled_at is not null
order by 1, 2
"""
_CUSTOMERS = """
select c.customer_id, c.churned_at, least(c.first_order_at, k.started_at) as started_at
from customers c
left join (select customer_id, min(started_at) as started_at from contracts group by 1) k on k.customer_id = c.customer_id
order by 1
"""


def churn_risk_customers(context: Context) -> list[Row]:
    """Customers active at the end of the period with at least one signal in the risk_window_days before it.

    n: the active customers. A customer is active from the first order or contract until lost; where neither orders
    nor contracts are loaded, every customer who is not lost (noted).
    """
    if not knows_starts(context.workspace):
        context.note("everyone_active")
    asked = source(context, "customers")
    sql = f"select f.customer_id, {asked.group} as g from {asked.relation} where {asked.where}"
    groups = context.frame(sql, asked.params)
    context.prove(_CUSTOMERS)
    context.prove(_CONTACTS)
    found = []
    for i, period in enumerate(context.periods):
        active = signals(context.workspace, context.end(period)).merge(groups, on="customer_id")
        for group, part in active.groupby("g") if context.split else [(None, active)]:
            found.append({"i": i, "g": group, "value": int((part["signals"] > 0).sum()), "n": len(part)})
    return filled(context, pd.DataFrame(found, columns=["i", "g", "value", "n"]), empty=0)


def at_risk(workspace: Any, until: date) -> pd.DataFrame:
    """The customers of `signals` who gave one, the most urgent first."""
    found = signals(workspace, until)
    return (
        found[found["score"] > 0].sort_values(["score", "customer_id"], ascending=[False, True]).reset_index(drop=True)
    )


def signals(workspace: Any, until: date) -> pd.DataFrame:
    """Every customer active at the end of the day before `until`, with what they gave in the window before it.

    customer_id; closing, contract_question, complaint: the last time of the signal, null without; contacts: tickets
    and incoming calls; norm: what is usual; frequency: whether contacts reach risk_contact_factor times the norm;
    signals: how many were given; score: the sum of their risk_weights. The norm is the customer's own mean per window before (at least
    one: a single contact is not often) once a whole window of history lies before, else the median of all active
    customers with a contact in the window.
    """
    return workspace.memo(("risk_signals", until), lambda: _signals(workspace, until))


def knows_starts(workspace: Any) -> bool:
    """Whether the data tell when a customer became one."""
    return bool(STARTS & workspace.columns())


def _signals(workspace: Any, until: date) -> pd.DataFrame:
    settings = workspace.settings
    end, days = pd.Timestamp(until), int(settings.get("risk_window_days"))
    start = pd.Timestamp(until - timedelta(days=days))
    customers = workspace.memo(("risk_customers",), lambda: workspace.frame(_CUSTOMERS))
    lost = customers["churned_at"] < end
    begun = (customers["started_at"] < end) | (not knows_starts(workspace))
    active = customers.loc[begun & ~lost, ["customer_id"]]
    events = workspace.memo(("risk_contacts",), lambda: workspace.frame(_CONTACTS))
    events = events[(events["at"] < end) & events["customer_id"].isin(active["customer_id"])]
    now, before = events[events["at"] >= start], events[(events["at"] < start) & events["contact"]]
    found = active.set_index("customer_id")
    for name, reason in SIGNALS.items():
        found[name] = now[now["reason"] == reason].groupby("customer_id")["at"].max()
    found["contacts"] = now[now["contact"]].groupby("customer_id").size()
    found["contacts"] = found["contacts"].fillna(0).astype(int)
    found["norm"] = _norm(found["contacts"], before, start, days)
    found[FREQUENCY] = found["contacts"] >= float(settings.get("risk_contact_factor")) * found["norm"]
    weights = settings.get("risk_weights")
    given = {name: found[name].notna() for name in SIGNALS} | {FREQUENCY: found[FREQUENCY]}
    found["signals"] = sum(flag.astype(int) for flag in given.values())
    found["score"] = sum(weights[name] * flag for name, flag in given.items())
    return found.reset_index()


def _norm(contacts: pd.Series, before: pd.DataFrame, start: pd.Timestamp, days: int) -> pd.Series:
    grouped = before.groupby("customer_id")["at"]
    history = (start - grouped.min()) / pd.Timedelta(days=days)
    own = (grouped.size() / history).where(history >= 1).clip(lower=1)
    usual = contacts[contacts > 0].median()
    return own.reindex(contacts.index).fillna(np.nan if pd.isna(usual) else float(usual))
