"""What customers say: recommendation, satisfaction, effort."""

from __future__ import annotations

from kpi.sample.clock import DAY, MONTHS, NOW, any_time, at, at_work, month_of
from kpi.sample.stories import HURRIED, NPS_DROP, PORTAL
from kpi.sample.tickets import Ticket
from kpi.sample.world import Customer, Row, World, facts

NPS_A_MONTH = 76
BETWEEN = 110  # days between two NPS questions to one customer
TOO_NEW = 45
LEAVING = 150
ANSWERED = {"nps": 0.42, "csat": 0.55, "ces": 0.46}
AFTER_TICKET = 0.46
EFFORT_AFTER = 0.2
AFTER_ORDER = 0.085
SCALES = {"nps": (0.0, 10.0, None), "csat": (1.0, 4.0, True), "ces": (1.0, 7.0, False)}


class Answers:
    """The surveys sent so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = world.dice("surveys")
        self.found: list[tuple[int, Row]] = []

    def ask(self, kind: str, sent: int, customer: Customer | None, latent: float, **about: object) -> None:
        """One survey; `latent` is the answer before rounding, given by those who answer."""
        dice = self.dice
        low, high, better = SCALES[kind]
        responded = any_time(dice, sent // DAY + int(dice.waiting(2.2)))
        responded = responded if responded > sent else sent + dice.whole(5, 900)
        answered = dice.chance(ANSWERED[kind]) and responded <= NOW
        score = max(low, min(high, float(int(latent + 0.5)))) if answered else None
        month = MONTHS[month_of(sent)]
        row: Row = {
            "survey_id": None,
            "customer_id": customer.id if customer else None,
            "contact_id": None,
            "survey_type": kind,
            "wave": f"{month.year}-Q{(month.month + 2) // 3}",
            "question": facts()["voice"][f"{kind}_question"],
            "topic": "other",
            "journey_stage": None,
            "product_id": None,
            "order_id": None,
            "ticket_id": None,
            "call_id": None,
            "employee_id": None,
            "sent_at": at(sent),
            "responded_at": at(responded) if answered else None,
            "score": score,
            "scale_min": low,
            "scale_max": high,
            "higher_is_better": better if better is not None else True,
            "comment": self._comment(kind, score, customer) if score is not None and dice.chance(0.3) else None,
        }
        row |= about
        self.found.append((sent, row))

    def _comment(self, kind: str, score: float, customer: Customer | None) -> str:
        low, high, better = SCALES[kind]
        share = (score - low) / (high - low)
        if better is False:
            share = 1 - share
        mood = "bad" if share <= 0.6 and kind == "nps" or share < 0.4 else ("middle" if share < 0.85 else "good")
        language = customer.language if customer else "latin"
        return self.dice.one(facts()["voice"]["comments"][language][mood])


def surveys(world: World) -> None:
    """Fills `surveys`."""
    answers = Answers(world)
    _recommend(answers)
    by_ticket = {row["ticket_id"]: row["call_id"] for row in world.tables["calls"] if row["direction"] == "in"}
    for ticket in world.things["tickets"]:
        _after_ticket(answers, ticket, by_ticket.get(ticket.row["ticket_id"]))
    _after_orders(answers)
    _on_the_way(answers)
    answers.found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(answers.found, 1):
        row["survey_id"] = f"V{number:05d}"
    world.add("surveys", [row for _, row in answers.found])


def _leaving(customer: Customer, day: int) -> bool:
    return 0 < customer.died - day < LEAVING and not customer.once


def _recommend(answers: Answers) -> None:
    """NPS: customers of some standing, at most every few months."""
    dice, world = answers.dice, answers.world
    asked: dict[str, int] = {}
    for month in MONTHS:
        known = [c for c in world.customers if not c.prospect and c.born < month.first - TOO_NEW and c.weight]
        known = [c for c in known if c.died > month.first]
        for _ in range(dice.about(NPS_A_MONTH * month.growth * month.share * (1.35 if month.year == 2026 else 1.0))):
            customer = dice.one(known)
            sent = at_work(dice, dice.one(month.working))
            day = sent // DAY
            if day - asked.get(customer.id, -999) < BETWEEN:
                continue
            asked[customer.id] = day
            latent = 8.35 + 1.25 * customer.mood + 1.1 * dice.normal() + 0.12 * world.quality[month.index]
            latent -= 1.5 if _leaving(customer, day) else 0.0
            if customer.region == NPS_DROP.region and day >= NPS_DROP.since:
                latent += NPS_DROP.shift
            contact = dice.one(customer.contacts)["contact_id"]
            answers.ask("nps", sent, customer, latent, contact_id=contact, journey_stage="repeat")


def _after_ticket(answers: Answers, ticket: Ticket, call: str | None) -> None:
    """CSAT and sometimes effort, when a ticket is solved."""
    dice = answers.dice
    if ticket.resolved is None:
        return
    day = ticket.resolved // DAY
    sent = ticket.resolved + dice.whole(20, 600)
    about = {"ticket_id": ticket.row["ticket_id"], "call_id": call, "employee_id": ticket.agent}
    about["journey_stage"] = "customer"
    if dice.chance(AFTER_TICKET) and sent <= NOW:
        latent = 3.22 + 0.2 * ticket.customer.mood + 0.68 * dice.normal()
        latent -= 0.3 * (ticket.row["ticket_type"] == "complaint") + 0.3 * ticket.slow + 0.3 * ticket.leaving
        if ticket.agent == HURRIED.employee and day >= HURRIED.since:
            latent += HURRIED.satisfaction
        topic = "support" if ticket.row["ticket_type"] != "request" else "service"
        answers.ask("csat", sent, ticket.customer, latent, topic=topic, **about)
    if dice.chance(EFFORT_AFTER) and sent <= NOW:
        latent = 3.75 + 1.25 * dice.normal() + 0.8 * ticket.slow + (PORTAL.shift if day >= PORTAL.since else 0.0)
        answers.ask("ces", sent, ticket.customer, latent, topic="support", **about)


def _after_orders(answers: Answers) -> None:
    """CSAT after a delivery; late ones please less."""
    dice = answers.dice
    for order in answers.world.orders:
        if order.customer is None or order.delivered is None or not dice.chance(AFTER_ORDER):
            continue
        sent = order.delivered + dice.whole(600, 2600)
        if sent > NOW:
            continue
        latent = 3.3 + 0.2 * order.customer.mood + 0.65 * dice.normal() - 0.7 * bool(order.late)
        first = order.customer.orders and order.customer.orders[0] is order
        about = {
            "topic": "product" if dice.chance(0.5) else "service",
            "journey_stage": "customer" if first else "repeat",
            "order_id": order.id,
            "product_id": order.lines[0]["product_id"],
        }
        answers.ask("csat", sent, order.customer, latent, **about)


def _on_the_way(answers: Answers) -> None:
    """CSAT with the contact itself: on the web site, after a proposal, at a renewal."""
    dice = answers.dice
    for lead in answers.world.things["leads"]:
        if dice.chance(0.045) and lead.created + 900 <= NOW:
            answers.ask("csat", lead.created + 900, None, 3.0 + 0.7 * dice.normal(), **_contact("lead"))
    for deal in answers.world.deals:
        if deal.closed and deal.customer and dice.chance(0.08) and deal.closed + 1500 <= NOW:
            latent = 2.95 + 0.7 * dice.normal() + 0.2 * deal.won
            about = _contact("prospect") | {"employee_id": deal.owner}
            answers.ask("csat", deal.closed + 1500, deal.customer, latent, **about)
    by_id = {c.id: c for c in answers.world.customers}
    for row in answers.world.tables["contracts"]:
        if row["renewed_at"] is not None and dice.chance(0.35):
            sent = int((row["renewed_at"] - at(0)).total_seconds()) // 60 + 700
            if sent <= NOW:
                answers.ask("csat", sent, by_id[row["customer_id"]], 3.25 + 0.65 * dice.normal(), **_contact("renewal"))


def _contact(stage: str) -> Row:
    return {"topic": "interaction", "journey_stage": stage}
