"""Leads: where they come from, how soon somebody calls them, which are qualified and handed to sales."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.sample.clock import DAY, MONTHS, NOW, Month, any_time, at, at_work
from kpi.sample.customers import LARGEST
from kpi.sample.dice import Dice, Weights
from kpi.sample.identity import Identity, identity
from kpi.sample.stories import DRAW
from kpi.sample.world import Row, World, facts

A_MONTH = 107
LEVELS = ("low", "medium", "high")
LEAD_STAGES = ("First contact", "Needs talk", "Product demo", "Closing meeting")
GAPS_UNTIL = 14  # months until the criteria became compulsory


@dataclass
class Lead:
    """A lead while the sample is made; moments in minutes, None where it did not come to that."""

    row: Row
    who: Identity
    source: str
    created: int
    promise: float  # latent, 0 on average
    campaign: str | None
    size: float
    qualified: int | None = None
    handed: int | None = None


def leads(world: World) -> None:
    """Fills `leads` (conversion and loss follow from the deals) and `world.things["leads"]`."""
    dice = world.dice("leads")
    sources = {s["name"]: s for s in facts()["sources"]}
    shares = Weights((s["name"], s["share"]) for s in facts()["sources"])
    captured = {name: Weights(s["captured"]) for name, s in sources.items()}
    found: list[Lead] = []
    for month in MONTHS:
        season = 1 + (month.season - 1) * 0.7
        drafts = [
            (any_time(dice, dice.drawn(month.any_day)), dice.drawn(shares), None)
            for _ in range(dice.about(A_MONTH * month.growth * season * month.share))
        ]
        drafts += [(moment, DRAW.channel, DRAW) for moment in _draw_moments(dice, month)]
        for moment, source, story in sorted(drafts, key=lambda draft: draft[:2]):
            found.append(_lead(world, dice, len(found) + 1, moment, sources[source], captured[source], story))
    world.things["leads"] = found
    world.add("leads", [lead.row for lead in found])


def _draw_moments(dice: Dice, month: Month) -> list[int]:
    """When the leads of the prize draw of this month come."""
    days = [d for d in range(month.first, month.first + month.days) if DRAW.since <= d < DRAW.until]
    count = DRAW.leads * len(days) // (DRAW.until - DRAW.since)
    return [any_time(dice, dice.one(days)) for _ in range(count)]


def _lead(world: World, dice: Dice, number: int, created: int, source: dict, captured: Weights, story) -> Lead:
    day = created // DAY
    campaigns, staff = world.things["campaigns"], world.things["staff"]
    world.things["number"] += 1
    who = identity(dice, world.things["number"])
    if story:
        campaign = next(row["campaign_id"] for row in campaigns.rows if row["name"] == DRAW.name)
    else:
        campaign = campaigns.running(source["name"], "acquisition", day) if dice.chance(0.9) else None
    size = min(LARGEST, dice.spread(0.75)) * (0.55 if who.is_person else 1.0)
    promise = dice.normal() + (source["qualify"] - 0.38) * 2
    products = world.things["catalogue"].products
    lead = Lead({}, who, source["name"], created, promise, campaign, size)
    contacted = None if dice.chance(0.06) else at_work(dice, day + int(dice.waiting(1.3)))
    if contacted is not None and contacted <= created:
        contacted = created + dice.whole(9, 190)
    if contacted is not None and contacted > NOW:
        contacted = None
    share = DRAW.qualify if story else source["qualify"] + 0.08 * promise
    if contacted is not None and dice.chance(share):
        lead.qualified = _later(dice, contacted, 9.0)
        if lead.qualified is not None and dice.chance(0.93):
            lead.handed = _later(dice, lead.qualified, 2.5)
    status, lost, reason = _fate(dice, lead, created, contacted)
    email = who.email if dice.chance(0.94) else None
    if email and dice.chance(0.015):
        email = email.replace(".example", "")
    known = 0.88 if day // 30 >= GAPS_UNTIL else 0.6
    lead.row = {
        "lead_id": f"L{number:05d}",
        "name": who.person,
        "company": None if who.is_person else who.name,
        "email": email,
        "phone": who.phone if dice.chance(0.7) else None,
        "country": who.country,
        "created_at": at(created),
        "source_channel": source["name"] if dice.chance(0.975) else None,
        "captured_via": dice.drawn(captured),
        "campaign_id": campaign,
        "owner_employee_id": staff.seller(dice, who.region, min(size, 0.5) if dice.chance(0.6) else size, day),
        "product_id": dice.one(products).id if dice.chance(0.55) else None,
        "status": status,
        "first_contacted_at": at(contacted),
        "qualified_at": at(lead.qualified),
        "handed_to_sales_at": at(lead.handed),
        "converted_at": None,
        "customer_id": None,
        "lost_at": at(lost),
        "lost_reason": reason,
        "interest_level": _level(dice, promise, known),
        "contact_influence": _level(dice, 0.4 * promise, known),
        "need_level": _level(dice, 0.8 * promise, known),
        "sales_stage": _stage(dice, lead, contacted),
        "score": float(max(1, min(99, int(50 + 14 * promise + 11 * dice.normal())))) if dice.chance(0.8) else None,
    }
    return lead


def _later(dice: Dice, moment: int, days: float) -> int | None:
    """A working moment some days after another; None where that lies ahead of the data."""
    later = at_work(dice, moment // DAY + int(dice.waiting(days)))
    later = later if later > moment else moment + dice.whole(20, 400)
    return later if later <= NOW else None


def _fate(dice: Dice, lead: Lead, created: int, contacted: int | None) -> tuple[str, int | None, str | None]:
    """(status, moment of loss, reason) of a lead before any deal decides."""
    if lead.qualified is not None:
        return "qualified", None, None
    if contacted is None:
        return "new", None, None
    given_up = _later(dice, contacted, 28.0)
    if given_up is None or dice.chance(0.16):
        return "working", None, None
    return "lost", given_up, dice.one(facts()["losses"]["lead"]) if dice.chance(0.8) else None


def _level(dice: Dice, promise: float, known: float) -> str | None:
    if not dice.chance(known):
        return None
    seen = promise + 0.9 * dice.normal()
    return LEVELS[0 if seen < -0.6 else (1 if seen < 0.7 else 2)]


def _stage(dice: Dice, lead: Lead, contacted: int | None) -> str | None:
    if contacted is None or dice.chance(0.1):
        return None
    reached = 0 if lead.qualified is None else (1 if lead.handed is None else 2)
    return LEAD_STAGES[min(3, reached + (1 if dice.chance(0.3) else 0))]
