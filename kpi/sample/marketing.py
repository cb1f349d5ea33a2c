"""Campaigns, what they cost, and who answered them."""

from __future__ import annotations

from kpi.sample.clock import DAYS, MONTHS, any_time, at, midnight
from kpi.sample.dice import Dice, Weights
from kpi.sample.stories import DRAW
from kpi.sample.world import EUR, Row, World, facts, money

COST_KINDS = Weights({"marketing": 62, "content production": 18, "planned": 12, "technical": 8})


class Campaigns:
    """The campaigns by channel, to be asked which one ran."""

    def __init__(self, rows: list[Row], spans: dict[str, tuple[int, int]]) -> None:
        self.rows = rows
        self.spans = spans
        self.by_id = {row["campaign_id"]: row for row in rows}

    def running(self, channel: str, purpose: str, day: int) -> str | None:
        """A campaign of the channel and purpose that runs on the day."""
        for row in self.rows:
            first, until = self.spans[row["campaign_id"]]
            if row["channel"] == channel and row["purpose"] == purpose and first <= day < until:
                return None if row["name"] == DRAW.name else row["campaign_id"]
        return None


def campaigns(world: World) -> None:
    """Fills `campaigns` and `campaign_costs`; they stand in `world.things["campaigns"]`."""
    dice = world.dice("campaigns")
    planned: list[tuple[int, int, dict, str]] = []
    for kind in facts()["campaigns"]:
        start = dice.whole(0, 2)
        while start < len(MONTHS):
            month = MONTHS[start]
            label = f"{kind['name']} {month.year}-{month.month:02d}"
            planned.append((month.first, MONTHS[start].first + kind["months"] * 30, kind, label))
            start += kind["every"]
    draw = {"channel": DRAW.channel, "purpose": "acquisition", "monthly": DRAW.monthly, "audience": 60000}
    planned.append((DRAW.since, DRAW.until, draw, DRAW.name))
    planned.sort(key=lambda plan: (plan[0], plan[3]))
    rows: list[Row] = []
    costs: list[Row] = []
    spans: dict[str, tuple[int, int]] = {}
    for number, (first, until, kind, label) in enumerate(planned, 1):
        key = f"M{number:03d}"
        spans[key] = (first, until)
        cost = _costs(dice, key, first, min(until, DAYS), kind["monthly"])
        costs.extend(cost)
        rows.append(
            {
                "campaign_id": key,
                "name": label,
                "channel": kind["channel"],
                "purpose": kind["purpose"],
                "started_at": midnight(first),
                "ended_at": midnight(until - 1) if until <= DAYS else None,
                "audience_size": int(kind["audience"] * dice.spread(0.15)) if dice.chance(0.95) else None,
                "budget": float(round(kind["monthly"] * (until - first) // 30 * 1.1, -1)),
            }
        )
    world.add("campaigns", rows)
    world.add("campaign_costs", costs)
    world.things["campaigns"] = Campaigns(rows, spans)


def _costs(dice: Dice, key: str, first: int, until: int, monthly: int) -> list[Row]:
    found: list[Row] = []
    for day in range(first, until, 10):
        cents = int(monthly * 100 / 3 * dice.spread(0.18))
        found.append(
            {
                "campaign_id": key,
                "incurred_at": midnight(day),
                "cost_category": dice.drawn(COST_KINDS),
                "amount": money(cents),
                "currency": EUR,
            }
        )
    return found


def responses(world: World) -> None:
    """Fills `campaign_responses`: leads that came by a campaign, customers that answered an offer, unknown readers."""
    dice = world.dice("responses")
    found: list[Row] = []
    for lead in world.tables["leads"]:
        if lead["campaign_id"] and dice.chance(0.75):
            found.append(_response(lead["campaign_id"], None, lead["lead_id"], lead["created_at"]))
    all_campaigns: Campaigns = world.things["campaigns"]
    buyers = [c for c in world.customers if not c.prospect]
    for row in all_campaigns.rows:
        if row["purpose"] == "acquisition":
            continue
        first, until = all_campaigns.spans[row["campaign_id"]]
        for _ in range(dice.whole(40, 110)):
            day = dice.whole(first, min(until, DAYS) - 1)
            customer = dice.one(buyers)
            if customer.born < day < customer.died:
                found.append(_response(row["campaign_id"], customer.id, None, at(any_time(dice, day))))
            elif dice.chance(0.2):
                found.append(_response(row["campaign_id"], None, None, at(any_time(dice, day))))
    found.sort(key=lambda row: row["responded_at"])
    world.add("campaign_responses", found)


def _response(campaign: str, customer: str | None, lead: str | None, when: object) -> Row:
    return {"campaign_id": campaign, "customer_id": customer, "lead_id": lead, "responded_at": when}
