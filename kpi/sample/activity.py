"""Activities of sellers and agents: calls, e-mails, notes, meetings, tasks."""

from __future__ import annotations

from kpi.sample.clock import DAY, DAYS, NOW, at, at_work, midnight
from kpi.sample.dice import Dice
from kpi.sample.sales import Deal
from kpi.sample.world import Row, World

# of one stage of a deal, on average
MEETINGS, EMAILS, NOTES, TASKS = 0.5, 0.85, 0.38, 0.42
MEETING_EFFORT = 0.26  # more meetings in a month of more effort
LEAD_EMAILS = 0.34
TICKET_NOTES = 0.16


def activities(world: World) -> None:
    """Fills `activities`."""
    dice = world.dice("activities")
    found: list[tuple[int, Row]] = []
    for deal in world.deals:
        _of_deal(world, dice, deal, found)
    for lead in world.things["leads"]:
        if lead.row["first_contacted_at"] is not None and dice.chance(LEAD_EMAILS):
            minute = at_work(dice, lead.created // DAY + dice.whole(1, 6))
            if minute <= NOW:
                owner, key = lead.row["owner_employee_id"], lead.row["lead_id"]
                found.append((minute, _done("email", owner, minute, lead_id=key)))
    for ticket in world.things["tickets"]:
        if ticket.agent and dice.chance(TICKET_NOTES):
            minute = min(NOW, ticket.opened + dice.whole(5, 400))
            about = {"customer_id": ticket.row["customer_id"], "ticket_id": ticket.row["ticket_id"]}
            found.append((minute, _done("note", ticket.agent, minute, **about)))
    found.extend(_calls(world))
    _ahead(world, dice, found)
    found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(found, 1):
        row["activity_id"] = f"N{number:05d}"
    world.add("activities", [row for _, row in found])


def _of_deal(world: World, dice: Dice, deal: Deal, found: list[tuple[int, Row]]) -> None:
    effort = world.things["effort"]
    contacts = deal.customer.contacts if deal.customer else []
    about = {
        "opportunity_id": deal.id,
        "customer_id": deal.customer.id if deal.customer else None,
        "lead_id": deal.lead.row["lead_id"] if deal.lead else None,
        "contact_id": contacts[0]["contact_id"] if contacts else None,
    }
    stops = [moment for _, moment in deal.history] + ([NOW] if deal.closed is None else [])
    for begin, end in zip(stops, stops[1:], strict=False):
        level = effort(deal.owner, begin)
        kinds = (
            ("meeting", max(0.05, MEETINGS + MEETING_EFFORT * level)),
            ("email", EMAILS),
            ("note", NOTES),
            ("task", TASKS),
        )
        for kind, mean in kinds:
            for _ in range(dice.events(mean)):
                minute = at_work(dice, begin // DAY + dice.whole(0, max(0, min(45, (end - begin) // DAY))))
                if begin <= minute <= min(end, NOW):
                    row = _done(kind, deal.owner, minute, **about)
                    if kind == "task":
                        row["due_at"] = midnight(minute // DAY + dice.whole(-2, 3))
                    elif kind == "meeting":
                        row["duration_minutes"] = float(dice.one((30, 45, 60, 60, 90)))
                    if dice.chance(0.03):
                        row |= {"status": "cancelled", "completed_at": None}
                    found.append((minute, row))


def _done(kind: str, employee: str, minute: int, **about: object) -> Row:
    row: Row = {
        "activity_id": None,
        "activity_type": kind,
        "employee_id": employee,
        "lead_id": None,
        "opportunity_id": None,
        "customer_id": None,
        "contact_id": None,
        "ticket_id": None,
        "occurred_at": at(minute),
        "due_at": None,
        "completed_at": at(minute) if kind == "task" else None,
        "duration_minutes": None,
        "status": "done",
    }
    row |= about
    return row


def _calls(world: World) -> list[tuple[int, Row]]:
    """The answered calls of sellers, as the telephone system writes them into the CRM."""
    found = []
    begin = at(0)
    for call in world.tables["calls"]:
        if call["team"] == "sales" and call["answered_at"] is not None:
            minute = int((call["dialled_at"] - begin).total_seconds()) // 60
            about = {key: call[key] for key in ("lead_id", "opportunity_id", "customer_id")}
            row = _done("call", call["employee_id"], minute, **about)
            row["duration_minutes"] = round(call["handle_seconds"] / 60, 1)
            found.append((minute, row))
    return found


def _ahead(world: World, dice: Dice, found: list[tuple[int, Row]]) -> None:
    """What is planned for the coming weeks in the deals that are open."""
    for deal in world.deals:
        if deal.closed is None and dice.chance(0.5):
            row = _done(dice.one(("meeting", "task", "call")), deal.owner, NOW, opportunity_id=deal.id)
            day = DAYS + dice.whole(0, 25)
            row |= {"occurred_at": None, "completed_at": None, "due_at": midnight(day), "status": "planned"}
            found.append((NOW, row))
