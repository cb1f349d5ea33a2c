"""Smaller tables: offers to keep customers, wishes not met, wallets, benefits of the CRM, checklists, typed-in values."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from kpi.sample.clock import DAY, DAYS, NOW, ORIGIN, any_time, at, day_of, midnight
from kpi.sample.dice import Weights
from kpi.sample.world import Row, World, facts, money

COFFEE = "Coffee and drinks"
END = ORIGIN + timedelta(minutes=NOW)
SIGNALS = {"complaint": "complaint", "contract_question": "contract question", "account_closing": "closing"}


def offers(world: World) -> None:
    """Fills `retention_offers`: to customers who complained, asked about their contract or wanted to leave."""
    dice = world.dice("offers")
    found: list[tuple[int, Row]] = []
    for ticket in world.things["tickets"]:
        signal = SIGNALS.get(ticket.row["ticket_type"])
        if signal is None or not dice.chance(0.11):
            continue
        offered = ticket.opened + dice.whole(1, 6) * DAY
        if offered > NOW:
            continue
        accepted = offered + dice.whole(1, 12) * DAY if dice.chance(0.46) else None
        kind = "incentive" if dice.chance(0.6) else "loyalty_reward"
        row = {
            "offer_id": None,
            "customer_id": ticket.customer.id,
            "trigger_signal": signal,
            "offer_type": kind,
            "offered_at": at(offered),
            "accepted_at": at(accepted) if accepted is not None and accepted <= NOW else None,
            "cost": money(dice.whole(20_00, 160_00)),
        }
        found.append((offered, row))
    found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(found, 1):
        row["offer_id"] = f"U{number:04d}"
    world.add("retention_offers", [row for _, row in found])


def unmet(world: World) -> None:
    """Fills `unmet_requests`: what people asked for that is not on offer; rental is asked for more and more."""
    dice = world.dice("unmet")
    items, values = facts()["unmet"]["items"], facts()["unmet"]["values"]
    found: list[tuple[int, Row]] = []
    buyers = [c for c in world.customers if not c.prospect]
    for day in range(2, DAYS, 5):
        late = day > DAYS - 400
        weights = Weights((i, 3.5 if i == 1 and late else 1.0) for i in range(len(items)))
        for _ in range(dice.events(0.9)):
            place = dice.drawn(weights)
            customer = dice.one(buyers)
            known = customer.born < day and dice.chance(0.6)
            lead = None if known else dice.one(world.tables["leads"])["lead_id"]
            value = values[place] * dice.whole(60, 180)
            moment = min(NOW, any_time(dice, day))
            row = {
                "request_id": None,
                "customer_id": customer.id if known else None,
                "lead_id": lead,
                "requested_item": items[place],
                "requested_at": at(moment),
                "estimated_value": money(value),
                "feasible_price": money(value * 9 // 10) if dice.chance(0.4) else None,
                "decision": dice.one((None, None, "consider", "decline", "offer")),
                "lost": dice.chance(0.35),
            }
            found.append((moment, row))
    found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(found, 1):
        row["request_id"] = f"E{number:04d}"
    world.add("unmet_requests", [row for _, row in found])


def wallets(world: World) -> None:
    """Fills `customer_wallet`: what some customers spend in all, as sellers learned it: three years and a half."""
    dice = world.dice("wallets")
    coffee = {product.id for product in world.things["catalogue"].by_category[COFFEE]}
    found: list[Row] = []
    starts = [date(2023, 1, 1), date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 1), date(2026, 7, 1)]
    for start, end in pairwise(map(day_of, starts)):
        spent: dict[str, int] = {}
        on_coffee: dict[str, int] = {}
        for order in world.orders:
            if order.customer and not order.cancelled and start <= order.minute // DAY < end:
                key = order.customer.id
                spent[key] = spent.get(key, 0) + order.net
                for line in order.lines:
                    if line["product_id"] in coffee:
                        on_coffee[key] = on_coffee.get(key, 0) + round(line["line_amount"] * 100)
        regular = sorted(key for key, cents in spent.items() if cents > 4_000_00)
        for key in sorted(dice.some(regular, 110)):
            part = on_coffee.get(key, 0) > 500_00 and dice.chance(0.4)
            total = (on_coffee if part else spent)[key] * 100 // dice.whole(22, 85)
            found.append(
                {
                    "customer_id": key,
                    "period_start": midnight(start),
                    "category": COFFEE if part else None,
                    "period_end": midnight(end),
                    "total_spend": money(total // 10000 * 10000),
                }
            )
    world.add("customer_wallet", found)


def benefits(world: World) -> None:
    """Fills `crm_benefits`: what the CRM brought, year by year; some lines have no money value."""
    lines = (
        ("revenue", "Deals found again by reminders", None, None, 29000.0),
        ("revenue per lead", "Revenue per lead", 168.0, 236.0, None),
        ("cost per lead", "Cost per lead", 61.0, 54.0, 7400.0),
        ("productivity", "Calls a seller makes in a week", 21.0, 29.0, None),
        ("productivity", "Hours saved by quote templates", 0.0, 610.0, 16500.0),
    )
    found: list[Row] = []
    for year in range(2022, 2027):
        for group, description, before, after, value in lines:
            found.append(
                {
                    "benefit_group": group,
                    "description": description,
                    "before_value": before,
                    "after_value": after,
                    "money_value": value * (1 + 0.08 * (year - 2022)) if value else None,
                    "since": datetime(year, 1, 1),
                    "until": datetime(year + 1, 1, 1),
                }
            )
    world.add("crm_benefits", found)


def checklists(world: World) -> None:
    """Fills `checklist_items`."""
    dice = world.dice("checklists")
    found: list[Row] = []
    for instrument, items in facts()["checklists"].items():
        for place, item in enumerate(items):
            done = place % 3 != 2
            noted = midnight(dice.whole(300, DAYS - 20))
            found.append({"instrument_id": instrument, "item": item, "done": done, "noted_at": noted})
    world.add("checklist_items", found)


def typed_values(world: World) -> None:
    """Fills `kpi_values`: the NPS of the year before the sample, from an old sheet."""
    found: list[Row] = []
    for place, value in enumerate((24.0, 26.0, 25.0, 28.0, 27.0, 29.0, 31.0, 28.0, 27.0, 30.0, 31.0, 30.0)):
        year, month = 2020 + (10 + place) // 12, (10 + place) % 12 + 1
        following = datetime(year + month // 12, month % 12 + 1, 1)
        found.append(
            {
                "kpi_id": "nps",
                "period_start": datetime(year, month, 1),
                "split": None,
                "member": None,
                "period_end": following,
                "value": value,
                "source": "sheet of 2021",
            }
        )
    world.add("kpi_values", found)


def slips(world: World) -> None:
    """The mistakes of real data: first contacts after the conversion, answers after the solution, a wrong year."""
    dice = world.dice("slips")
    won = [row for row in world.tables["leads"] if row["converted_at"] is not None]
    for row in dice.some(won, 6):
        row["first_contacted_at"] = min(row["converted_at"] + timedelta(days=2), END)
    solved = [row for row in world.tables["tickets"] if row["status"] == "closed" and row["contact_count"] == 1]
    for row in dice.some(solved, 25):
        row["first_response_at"] = min(row["resolved_at"] + timedelta(minutes=dice.whole(5, 90)), END)
    done = [row for row in world.tables["deliveries"][6000:] if row["status"] == "done"]
    for row in dice.some(done, 9):  # typed with the year before
        row["delivered_at"] -= timedelta(days=365)
