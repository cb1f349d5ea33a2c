"""Calls: customers who ring, agents who ring back, sellers who call leads and deals."""

from __future__ import annotations

from datetime import timedelta

from kpi.sample.clock import DAY, MONTHS, NOW, at, at_work, month_of
from kpi.sample.dice import Weights
from kpi.sample.stories import ANSWERS, HURRIED
from kpi.sample.world import Customer, Row, World, facts

IN_A_MONTH = 104
CALL_BACKS = 0.33  # of the tickets
LEAD_CALLS = 0.4  # of the first contacts are calls
DEAL_CALLS = 0.5  # a stage
EAGER = {"E04": 1.9, "E13": 1.25, "E05": 1.1, "E11": 0.7, "E07": 0.8}  # who calls more or less than others
REACHED = 0.57
TALK = 380  # seconds, median
BOTH_CENTRES = 45
REASONS = Weights({"request": 62, "complaint": 15, "contract_question": 8, "account_closing": 2, "other": 13})


class Calls:
    """The calls made so far, each with the moment it began."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = world.dice("calls")
        self.found: list[tuple[int, Row]] = []

    def add(self, minute: int, direction: str, team: str, employee: str | None, answered: bool, **about: object) -> Row:
        """One call; `about` are the ids it belongs to, and reason and resolved."""
        dice, day = self.dice, minute // DAY
        hurried = employee == HURRIED.employee and day >= HURRIED.since and team == "support" and direction == "in"
        quicker = 0.72 if day >= ANSWERS.since else 1.0
        wait = int((48 * quicker if direction == "in" else 17) * dice.spread(0.7)) + 2
        talk = int(TALK * dice.spread(0.5) * (HURRIED.length if hurried else 1.0)) + 20 if answered else 0
        dialled = at(minute)
        assert dialled is not None
        picked = dialled + timedelta(seconds=wait)
        row: Row = {
            "call_id": None,
            "direction": direction,
            "team": team,
            "call_centre": dice.one(facts()["service"]["call_centres"]) if team == "support" else "Warsaw",
            "employee_id": employee,
            "customer_id": None,
            "contact_id": None,
            "lead_id": None,
            "opportunity_id": None,
            "ticket_id": None,
            "dialled_at": dialled,
            "answered_at": picked if answered else None,
            "ended_at": picked + timedelta(seconds=talk),
            "wait_seconds": float(wait),
            "handle_seconds": float(talk) if answered else None,
            "reason": None,
            "resolved": None,
            "recording_ref": f"rec/{minute}" if answered and dice.chance(0.6) else None,
        }
        row |= about
        self.found.append((minute, row))
        return row


def calls(world: World) -> None:
    """Fills `calls`."""
    book = Calls(world)
    _incoming(book)
    _back(book)
    _to_leads(book)
    _to_deals(book)
    book.found.sort(key=lambda call: call[0])
    for number, (_, row) in enumerate(book.found, 1):
        row["call_id"] = f"Z{number:05d}"
    world.add("calls", [row for _, row in book.found])


def _incoming(book: Calls) -> None:
    """Calls that came with a ticket, and as many more that needed none."""
    world, dice, agents = book.world, book.dice, book.world.things["agents"]
    for ticket in world.things["tickets"]:
        if ticket.row["channel"] == "phone" and ticket.agent:
            about = {
                "customer_id": ticket.row["customer_id"],
                "contact_id": ticket.row["contact_id"],
                "ticket_id": ticket.row["ticket_id"],
                "reason": ticket.row["ticket_type"],
                "resolved": ticket.row["contact_count"] == 1,
            }
            book.add(ticket.opened, "in", "support", ticket.agent, True, **about)
    buyers = [c for c in world.customers if not c.prospect]
    for month in MONTHS:
        known = [c for c in buyers if c.born <= month.first and c.died > month.first]
        for _ in range(dice.about(IN_A_MONTH * month.growth * (0.5 + 0.5 * month.season) * month.share)):
            minute = at_work(dice, dice.one(month.working))
            customer: Customer = dice.one(known)
            extra = dice.chance(HURRIED.share - 1) and minute // DAY >= HURRIED.since
            for _ in range(2 if extra and dice.chance(0.25) else 1):
                _one_incoming(book, agents.pick(dice, minute // DAY), minute, customer)


def _one_incoming(book: Calls, agent: str, minute: int, customer: Customer) -> None:
    dice = book.dice
    if not dice.chance(0.9):
        book.add(minute, "in", "support", None, False, customer_id=customer.id)
        return
    hurried = agent == HURRIED.employee and minute // DAY >= HURRIED.since
    solved = dice.chance(0.45 if hurried else 0.72) if dice.chance(0.94) else None
    book.add(minute, "in", "support", agent, True, customer_id=customer.id, reason=dice.drawn(REASONS), resolved=solved)


def _back(book: Calls) -> None:
    """Calls of agents to customers whose ticket is open."""
    dice = book.dice
    for ticket in book.world.things["tickets"]:
        if dice.chance(CALL_BACKS):
            minute = at_work(dice, ticket.opened // DAY + dice.whole(0, 2))
            if ticket.opened < minute <= NOW:
                about = {"customer_id": ticket.row["customer_id"], "ticket_id": ticket.row["ticket_id"]}
                book.add(minute, "out", "support", ticket.agent, dice.chance(0.74), **about)


def _to_leads(book: Calls) -> None:
    """First contacts by telephone, the attempts before them, and leads called by two centres on one day."""
    dice, world = book.dice, book.world
    reached: list[tuple[int, str, str]] = []
    for lead in world.things["leads"]:
        when, owner, key = lead.row["first_contacted_at"], lead.row["owner_employee_id"], lead.row["lead_id"]
        if when is None or not dice.chance(LEAD_CALLS):
            continue
        minute = lead.created + int((when - at(lead.created)).total_seconds()) // 60
        if dice.chance(0.34) and minute - lead.created > 300:
            book.add(minute - dice.whole(60, 280), "out", "sales", owner, False, lead_id=key)
        book.add(minute, "out", "sales", owner, True, lead_id=key)
        reached.append((minute, owner, key))
    for minute, owner, key in dice.some(reached, BOTH_CENTRES):
        again = book.add(min(NOW, minute + dice.whole(20, 200)), "out", "sales", owner, True, lead_id=key)
        again["call_centre"] = "Lviv"


def _to_deals(book: Calls) -> None:
    """Calls of sellers while a deal is in a stage; some sellers call far more than others."""
    dice, world = book.dice, book.world
    for deal in world.deals:
        customer = deal.customer.id if deal.customer else None
        lead = deal.lead.row["lead_id"] if deal.lead else None
        stops = [moment for _, moment in deal.history] + ([NOW] if deal.closed is None else [])
        for begin, end in zip(stops, stops[1:], strict=False):
            for _ in range(dice.events(DEAL_CALLS * EAGER.get(deal.owner, 1.0))):
                minute = at_work(dice, begin // DAY + dice.whole(0, max(0, min(60, (end - begin) // DAY))))
                if begin < minute < min(end, NOW) and month_of(minute) >= 0:
                    about = {"customer_id": customer, "lead_id": lead, "opportunity_id": deal.id}
                    book.add(minute, "out", "sales", deal.owner, dice.chance(REACHED), **about)
