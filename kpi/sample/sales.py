"""Deals: how they move through the stages, who wins them, and the customers they bring."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.sample.clock import DAY, DAYS, MONTHS, NOW, at, at_work, month_of
from kpi.sample.customers import settle
from kpi.sample.dice import Dice, Weights
from kpi.sample.leads import Lead
from kpi.sample.people import Staff
from kpi.sample.stories import LEAK, QUIET
from kpi.sample.world import Customer, World, facts

# stage: share that moves on, median days in it, probability of winning as the CRM states it
STEPS = (("Discovery", 0.82, 6, 0.10), ("Needs analysis", 0.83, 9, 0.25), ("Proposal", 0.76, 12, 0.5))
STEPS += (("Negotiation", 0.80, 8, 0.75),)
NAMES = tuple(step[0] for step in STEPS)
EXPANSIONS_A_MONTH = 32
KNOWN_CUSTOMER = 0.065  # the share that moves on is higher with those who know the company
STALE = 0.02
OPEN_AT_MOST = 420 * DAY
PIPELINE = "Sales"


@dataclass
class Deal:
    """A deal while the sample is made; moments in minutes, cents for money."""

    id: str
    created: int
    region: str
    size: float
    promise: float
    source: str | None
    owner: str
    deal_type: str
    category: str
    cents: int
    lead: Lead | None = None
    customer: Customer | None = None
    history: list[tuple[str, int]] = field(default_factory=list)
    closed: int | None = None
    won: bool = False
    reason: str | None = None
    order: str | None = None
    stated: int = 0  # amount as the CRM knows it, cents


class Effort:
    """How much each seller puts in, month by month: meetings follow it, and the deals won follow too."""

    def __init__(self, world: World, staff: Staff) -> None:
        dice = world.dice("effort")
        sellers = [e.id for e in staff.everyone if e.role == "sales"]
        self.levels = {key: [round(dice.normal(), 3) for _ in MONTHS] for key in sellers}

    def __call__(self, employee: str, minute: int) -> float:
        return self.levels[employee][month_of(minute)]


def deals(world: World) -> None:
    """All deals of new and known customers, in `world.deals`; the leads learn what became of them."""
    staff: Staff = world.things["staff"]
    effort = world.things["effort"] = Effort(world, staff)
    dice = world.dice("new business")
    for lead in world.things["leads"]:
        if lead.handed is None or not dice.chance(0.96):
            _forget(dice, lead)
            continue
        created = at_work(dice, lead.handed // DAY + dice.whole(0, 3))
        created = created if created > lead.handed else lead.handed + dice.whole(15, 240)
        if created <= NOW:
            kind = dice.drawn(_NEW_TYPES)
            deal = _deal(world, dice, created, lead.who.region, lead.who.industry, lead.size, kind)
            deal.lead, deal.source, deal.promise = lead, lead.source, lead.promise
            win = next(s["win"] for s in facts()["sources"] if s["name"] == lead.source)
            _run(dice, deal, win + 0.02 * lead.promise, staff, effort)
            _settle_lead(world, dice, deal)


def _forget(dice: Dice, lead: Lead) -> None:
    """Most qualified leads that never became a deal are given up after some weeks."""
    given_up = (lead.qualified or NOW) + dice.whole(20, 70) * DAY
    if given_up <= NOW and dice.chance(0.8):
        lead.row |= {"status": "lost", "lost_at": at(given_up), "lost_reason": "no budget"}


def expansions(world: World) -> None:
    """Deals with customers who bought before; to be called when all customers are there."""
    staff, effort = world.things["staff"], world.things["effort"]
    dice = world.dice("expansions")
    for month in MONTHS:
        known = [c for c in world.customers if c.born < month.first - 45 and c.died > month.first + 20 and c.weight]
        odds = Weights((c, min(c.weight, 4.0) + 0.3) for c in known)
        for _ in range(dice.about(EXPANSIONS_A_MONTH * month.growth * month.season * month.share)):
            customer = dice.drawn(odds)
            created = at_work(dice, dice.one(month.working))
            quiet = customer.region == QUIET.region and customer.industry == QUIET.industry
            if quiet and created // DAY >= QUIET.since and dice.chance(0.85):
                continue
            kind = dice.drawn(_KNOWN_TYPES)
            deal = _deal(world, dice, created, customer.region, customer.industry, customer.size, kind)
            deal.customer, deal.promise = customer, dice.normal()
            deal.source = "existing customer"
            _run(dice, deal, KNOWN_CUSTOMER + 0.015 * deal.promise, staff, effort)
            if deal.won and deal.closed is not None and deal.closed // DAY >= customer.died:
                deal.won, deal.reason = False, "no reply"
                deal.history[-1] = ("Lost", deal.closed)


_NEW_TYPES = Weights({"new business": 70, "one-off": 18, "framework": 12})
_KNOWN_TYPES = Weights({"expansion": 72, "framework": 18, "one-off": 10})
_FACTOR = {"new business": 1.0, "expansion": 0.9, "framework": 1.55, "one-off": 0.7}


def _deal(world: World, dice: Dice, created: int, region: str, industry: str, size: float, kind: str) -> Deal:
    staff, catalogue = world.things["staff"], world.things["catalogue"]
    month = MONTHS[month_of(created)]
    worth = (0.45 + 0.55 * size) * _FACTOR[kind] * dice.spread(0.35) * (1 + 0.004 * month.index)
    deal = Deal(
        id=f"D{len(world.deals) + 1:05d}",
        created=created,
        region=region,
        size=size,
        promise=0.0,
        source=None,
        owner=staff.seller(dice, region, size, created // DAY),
        deal_type=kind,
        category=dice.drawn(catalogue.tastes[industry]),
        cents=int(2_950_00 * worth),
    )
    world.deals.append(deal)
    return deal


def _run(dice: Dice, deal: Deal, bonus: float, staff: Staff, effort: Effort) -> None:
    """Moves a deal through the stages until it is won, lost, or the data end."""
    moment, position = deal.created, 0
    deal.history.append((NAMES[0], moment))
    while True:
        name, share, days, _ = STEPS[position]
        after = at_work(dice, moment // DAY + 1 + int(days * dice.spread(0.6)))
        stale = dice.chance(STALE) and NOW - moment < OPEN_AT_MOST
        if after > NOW or stale:
            return
        share += bonus + staff.by_id[deal.owner].skill * 0.5 + 0.035 * effort(deal.owner, moment)
        if deal.lead and deal.source == LEAK.source and name == LEAK.stage and moment // DAY >= LEAK.since:
            share *= LEAK.factor
        if not dice.chance(share):
            deal.closed, deal.reason = after, _reason(dice, deal, name, moment)
            deal.history.append(("Lost", after))
            return
        if position + 1 == len(STEPS):
            deal.closed, deal.won = after, True
            deal.history.append(("Won", after))
            return
        back = name == "Proposal" and dice.chance(0.06) and ("Needs analysis", after) not in deal.history
        position = 1 if back and len(deal.history) < 6 else position + 1
        if position == 1 and not back and dice.chance(0.07):
            position = 2
        moment = after
        deal.history.append((NAMES[position], moment))


def _reason(dice: Dice, deal: Deal, stage: str, moment: int) -> str | None:
    losses = facts()["losses"]
    leaking = deal.lead and deal.source == LEAK.source and stage == LEAK.stage and moment // DAY >= LEAK.since
    if leaking and dice.chance(0.65):
        return losses["leak"]
    return dice.one(losses["deal"]) if dice.chance(0.82) else None


def _settle_lead(world: World, dice: Dice, deal: Deal) -> None:
    """What the outcome of its deal means for a lead: a customer, a loss, or an account that never bought."""
    lead = deal.lead
    assert lead is not None
    if deal.closed is None:
        return
    day = deal.closed // DAY
    once = next(s["once"] for s in facts()["sources"] if s["name"] == lead.source)
    if deal.won:
        customer = settle(world, dice, lead.who, lead.source, min(day + dice.whole(0, 3), DAYS - 1), once)
        customer.size, customer.lead, customer.campaign = lead.size, lead.row, lead.campaign
        deal.customer = customer
        lead.row["status"] = "converted"
        lead.row["customer_id"] = customer.id
        lead.row["converted_at"] = at(deal.closed) if dice.chance(0.9) else None
        return
    lead.row["status"] = "lost"
    lead.row["lost_at"] = at(deal.closed)
    lead.row["lost_reason"] = deal.reason
    if deal.history[-2][0] == "Negotiation" and dice.chance(0.6):
        account = settle(world, dice, lead.who, lead.source, day, 1.0)
        account.prospect, account.campaign = True, lead.campaign
        deal.customer = account
