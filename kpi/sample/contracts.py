"""Service plans: yearly contracts that are renewed, or end and take the customer with them."""

from __future__ import annotations

from kpi.sample.clock import DAYS, midnight
from kpi.sample.dice import Dice
from kpi.sample.world import EUR, Customer, Row, World, facts, money

YEAR = 365
SHARE = 0.15  # of the regular customers


def contracts(world: World) -> None:
    """Fills `contracts` and `contract_changes`; customers who do not renew stop buying."""
    dice = world.dice("contracts")
    found: list[Row] = []
    changes: list[Row] = []
    for customer in world.customers:
        if customer.weight and customer.died > customer.born + 200 and dice.chance(SHARE):
            _plan(world, dice, customer, found, changes)
    world.add("contracts", found)
    world.add("contract_changes", changes)


def _plan(world: World, dice: Dice, customer: Customer, found: list[Row], changes: list[Row]) -> None:
    product = dice.one(world.things["plans"])
    stays = next(share for name, _, share in facts()["service_plans"]["plans"] if name == product.name)
    start = max(customer.born, -340) + dice.whole(1, 150)
    cents = int(product.price * min(4, max(1, round(customer.size))))
    while start < DAYS:
        end = start + YEAR
        number = f"A{len(found) + 1:04d}"
        renews = dice.chance(stays)
        known_end = end <= DAYS
        cancelled = end - dice.whole(5, 45) if not renews and dice.chance(0.45) else None
        if cancelled is not None and cancelled >= DAYS:
            cancelled = None
        row = {
            "contract_id": number,
            "customer_id": customer.id,
            "product_id": product.id,
            "started_at": midnight(start),
            "ends_at": midnight(end),
            "renewed_at": None,
            "cancelled_at": midnight(cancelled) if cancelled is not None else None,
            "amount": money(cents),
            "currency": EUR,
            "status": "active",
        }
        found.append(row)
        changes.append({"contract_id": number, "changed_at": midnight(start), "mrr": money(cents // 12)})
        if dice.chance(0.22) and start + 120 < DAYS:
            factor = 130 if dice.chance(0.65) else 75
            changed = money(cents * factor // 1200)
            changes.append({"contract_id": number, "changed_at": midnight(start + dice.whole(60, 120)), "mrr": changed})
        if not known_end:
            row["status"] = "cancelled" if cancelled is not None else "active"
            customer.died = end
            return
        if not renews:
            row["status"] = "cancelled" if cancelled is not None else "expired"
            customer.died = max(customer.born + 30, min(cancelled or end, end))
            customer.closing = cancelled is not None
            return
        row["status"] = "renewed"
        row["renewed_at"] = midnight(end - dice.whole(0, 25))
        cents = cents * (103 + dice.whole(0, 3)) // 100
        start = end
