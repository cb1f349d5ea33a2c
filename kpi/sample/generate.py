"""The sample company, made step by step in the order in which one thing follows from another."""

from __future__ import annotations

import hashlib
import json

from kpi.model import tables
from kpi.sample import (
    activity,
    adoption,
    books,
    calls,
    catalogue,
    contracts,
    customers,
    delivery,
    extras,
    invoicing,
    leads,
    marketing,
    orders,
    outreach,
    people,
    pipeline,
    sales,
    state,
    tickets,
    voice,
)
from kpi.sample.clock import MONTHS
from kpi.sample.stories import service_quality
from kpi.sample.world import Row, World

SEED = 20261115

STEPS = (
    people.employees,
    catalogue.products,
    catalogue.stock,
    marketing.campaigns,
    pipeline.stages,
    customers.first_customers,
    leads.leads,
    sales.deals,
    contracts.contracts,
    sales.expansions,
    customers.customer_rows,
    orders.orders,
    customers.parents_and_doubles,
    pipeline.opportunities,
    pipeline.quotes,
    delivery.deliveries,
    delivery.returns,
    invoicing.invoices,
    tickets.tickets,
    calls.calls,
    voice.surveys,
    marketing.responses,
    outreach.web_visits,
    outreach.email_events,
    activity.activities,
    adoption.logins,
    adoption.trainings,
    adoption.hours,
    adoption.audits,
    books.costs,
    books.finance,
    books.forecasts,
    extras.offers,
    extras.unmet,
    extras.wallets,
    extras.benefits,
    extras.checklists,
    extras.typed_values,
    extras.slips,
    state.decisions,
)


def generate(seed: int = SEED) -> dict[str, list[Row]]:
    """The rows of every canonical table, and of the state tables under `state.<table>`; the same on every Python.

    Values are str, int, float (money rounded to cents), bool, date, datetime or None; each row has every column.
    """
    world = World(seed, quality=service_quality(seed, len(MONTHS)))
    for step in STEPS:
        step(world)
    decided = [name for name in world.tables if name.startswith("state.")]
    return {name: world.tables[name] for name in [*tables(), *decided]}


def digest(made: dict[str, list[Row]]) -> str:
    """The SHA-256 of rows in one written form: the same rows give the same digest on every Python."""
    found = hashlib.sha256()
    write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode
    for name, rows in made.items():
        found.update(f"{name} {len(rows)}\n".encode())
        for row in rows:
            found.update(write(row).encode())
            found.update(b"\n")
    return found.hexdigest()
