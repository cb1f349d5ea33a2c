"""Tickets: who writes, about what, who answers how soon."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.sample.clock import DAY, MONTHS, NOW, Month, any_time, at
from kpi.sample.dice import Dice, Weights
from kpi.sample.people import Staff
from kpi.sample.stories import ANSWERS, HURRIED
from kpi.sample.world import Customer, Order, Row, World, facts

A_MONTH = 101
LATE_COMPLAINTS = 0.34  # of the late deliveries
LEAVING = 130  # days before the end in which a leaving customer shows it
LEAVING_TYPES = Weights(
    {"request": 24, "complaint": 38, "contract_question": 20, "account_closing": 13, "other": 5},
)
FIRST_ANSWER = {"low": 420, "medium": 270, "high": 140, "critical": 45}  # minutes, median
SOLUTION = {"low": 30, "medium": 19, "high": 11, "critical": 6}  # hours, median
QUICK = {"phone": 0.06, "chat": 0.05, "email": 1.0, "web form": 0.9}
FIRST_CONTACT = 0.64
WAITING = 0.06  # of the tickets not solved at once wait for parts or decisions
OPENED_BY = ("delivery", "invoice", "product fault")


@dataclass
class Ticket:
    """A ticket while the sample is made; moments in minutes."""

    row: Row
    customer: Customer
    opened: int
    resolved: int | None
    agent: str | None
    leaving: bool
    slow: bool


class Agents:
    """Who takes the next ticket or call; the hurried agent takes more since his story began."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.cache: dict[int, Weights] = {}

    def pick(self, dice: Dice, day: int) -> str:
        """An agent on duty."""
        week = day // 7
        if week not in self.cache:
            present = self.staff.team("Support", day)
            hurried = day >= HURRIED.since
            self.cache[week] = Weights(
                (e.id, HURRIED.share if hurried and e.id == HURRIED.employee else 1.0) for e in present
            )
        return dice.drawn(self.cache[week])


def tickets(world: World) -> None:
    """Fills `tickets`; they stand in `world.things["tickets"]` for calls and surveys."""
    dice = world.dice("tickets")
    agents = world.things["agents"] = Agents(world.things["staff"])
    kinds = {name: Weights(facts()["service"][name]) for name in ("categories", "channels", "types", "priorities")}
    starts: list[tuple[int, Customer, Order | None]] = []
    for order in world.orders:
        if order.late and order.customer and order.delivered is not None and dice.chance(LATE_COMPLAINTS):
            starts.append((min(NOW, order.delivered + dice.whole(30, 3000)), order.customer, order))
    for month in MONTHS:
        starts.extend(_of_month(world, dice, month))
    starts.sort(key=lambda start: (start[0], start[1].id))
    found = [
        _ticket(dice, agents, kinds, number, opened, customer, order)
        for number, (opened, customer, order) in enumerate(starts, 1)
    ]
    world.things["tickets"] = found
    world.add("tickets", [ticket.row for ticket in found])


def _of_month(world: World, dice: Dice, month: Month) -> list[tuple[int, Customer, None]]:
    known = [c for c in world.customers if not c.prospect and c.born <= month.first and c.died > month.first]
    odds = Weights((c, 0.25 + min(c.weight, 3.0) * (1.25 if c.mood < 0 else 0.85)) for c in known)
    leaving = [c for c in known if 0 < c.died - month.first < LEAVING and not c.once]
    found: list[tuple[int, Customer, None]] = []
    for _ in range(dice.about(A_MONTH * month.growth * (0.6 + 0.4 * month.season) * month.share)):
        found.append((any_time(dice, dice.drawn(month.any_day)), dice.drawn(odds), None))
    for customer in leaving:
        if dice.chance(0.2):
            day = month.first + dice.whole(0, min(month.days, customer.died - month.first) - 1)
            found.append((any_time(dice, day), customer, None))
    return [start for start in found if start[0] <= NOW]


def _ticket(
    dice: Dice, agents: Agents, kinds: dict, number: int, opened: int, customer: Customer, order: Order | None
) -> Ticket:
    day = opened // DAY
    leaving = 0 < customer.died - day < LEAVING and not customer.once
    category = "delivery" if order else dice.drawn(kinds["categories"])
    kind = "complaint" if order else dice.drawn(LEAVING_TYPES if leaving else kinds["types"])
    if kind in ("contract_question", "account_closing"):
        category = "contract"
    priority = dice.drawn(kinds["priorities"])
    channel = dice.drawn(kinds["channels"])
    agent = agents.pick(dice, day)
    hurried = agent == HURRIED.employee and day >= HURRIED.since
    first = int(
        FIRST_ANSWER[priority] * QUICK[channel] * dice.spread(0.7) * (ANSWERS.factor if day >= ANSWERS.since else 1.0)
    )
    hours = SOLUTION[priority] * dice.spread(0.85) * (1.5 if kind == "complaint" else 1.0) * (2.0 if leaving else 1.0)
    answered = opened + max(1, first)
    solved = dice.chance(FIRST_CONTACT + (0.07 if day >= ANSWERS.since else 0) - (0.24 if hurried or leaving else 0))
    if dice.chance(WAITING):
        hours += 24 * dice.whole(5, 40)
    resolved: int | None = answered + (dice.whole(8, 150) if solved else int(hours * 60))
    if resolved is not None and (resolved > NOW or (NOW - opened < 60 * DAY and dice.chance(0.012))):
        resolved = None
    contacts = 1 if solved else 2 + dice.events(0.7)
    closed = resolved + dice.whole(2, 7) * DAY if resolved is not None else None
    if closed is not None and closed > NOW:
        closed = None
    about = order or (_last_order(customer, opened) if category in OPENED_BY and dice.chance(0.8) else None)
    service = facts()["service"]
    subject = dice.one(service["subjects"][customer.language][category])
    if resolved is None:
        status = "open" if answered > NOW or dice.chance(0.6) else "pending"
    else:
        status = "resolved" if closed is None else "closed"
    recorded = dice.chance(0.96)
    row = {
        "ticket_id": f"T{number:05d}",
        "customer_id": about.row["customer_id"] if about else customer.id,
        "contact_id": dice.one(customer.contacts)["contact_id"] if dice.chance(0.8) else None,
        "ticket_type": kind,
        "category": category,
        "subject": subject,
        "channel": channel,
        "priority": priority,
        "product_id": dice.one(about.lines)["product_id"] if about and category == "product fault" else None,
        "order_id": about.id if about else None,
        "team": "Support",
        "region": customer.region,
        "agent_employee_id": agent,
        "opened_at": at(opened),
        "first_response_at": at(answered) if answered <= NOW else None,
        "resolved_at": at(resolved),
        "closed_at": at(closed),
        "response_due_at": at(opened + service["response_due"][priority] * 60),
        "resolution_due_at": at(opened + service["resolution_due"][priority] * 60),
        "first_response_minutes": None,
        "resolution_minutes": None,
        "response_sla_met": None,
        "resolution_sla_met": None,
        "contact_count": contacts if recorded else None,
        "follow_up_count": contacts - 1 if recorded else None,
        "reopened": dice.chance(0.15 if hurried else 0.035) if resolved is not None else False,
        "status": status,
    }
    slow = not solved and hours > 40
    return Ticket(row, customer, opened, resolved, agent, leaving, slow)


def _last_order(customer: Customer, opened: int) -> Order | None:
    """The newest order of a customer before a moment."""
    for order in reversed(customer.orders):
        if order.minute < opened:
            return order
    return None
