"""Visits to the web site, and what happens to the e-mails sent."""

from __future__ import annotations

from kpi.sample.clock import DAY, MONTHS, NOW, any_time, at
from kpi.sample.dice import Dice, Weights
from kpi.sample.world import Row, World

VISITS_A_MONTH = 250
LEAD_VISITS = 0.32
SENT_A_MONTH = 178
# content: (share, opened of the delivered, clicked of the opened)
CONTENT = {"newsletter": (46, 0.25, 0.13), "useful_content": (26, 0.36, 0.19), "personal_offer": (22, 0.46, 0.27)}
CONTENT |= {"other": (6, 0.22, 0.08)}
VISIT_SOURCES = Weights({"search ads": 24, "website": 33, "social": 21, "email": 12, "referral": 6, "partner": 4})


def web_visits(world: World) -> None:
    """Fills `web_visits`: of strangers, and of leads before they wrote."""
    dice = world.dice("visits")
    found: list[tuple[int, Row]] = []
    for month in MONTHS:
        for _ in range(dice.about(VISITS_A_MONTH * month.growth * month.season * month.share)):
            minute = any_time(dice, dice.drawn(month.any_day))
            found.append((minute, _visit(dice, minute, f"w{dice.whole(1, 9000)}", dice.drawn(VISIT_SOURCES), None)))
    for lead in world.things["leads"]:
        if dice.chance(LEAD_VISITS):
            minute = max(0, lead.created - dice.whole(2, 900))
            visitor = f"v{lead.row['lead_id'][1:]}"
            found.append((minute, _visit(dice, minute, visitor, lead.source, lead.row["lead_id"])))
    found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(found, 1):
        row["visit_id"] = f"W{number:05d}"
    world.add("web_visits", [row for _, row in found])


def _visit(dice: Dice, minute: int, visitor: str, source: str, lead: str | None) -> Row:
    pages = 1 + dice.events(1.4 if lead is None else 4.0)
    seconds = int(38 * pages * dice.spread(0.8))
    return {
        "visit_id": None,
        "visitor_id": visitor,
        "started_at": at(minute),
        "duration_seconds": float(seconds) if dice.chance(0.95) else None,
        "page_views": pages,
        "source_channel": source if dice.chance(0.9) else None,
        "lead_id": lead,
    }


def email_events(world: World) -> None:
    """Fills `email_events`: who joined the list, what was sent, opened, clicked, who left."""
    dice = world.dice("emails")
    content = Weights((name, share[0]) for name, share in CONTENT.items())
    found: list[tuple[int, Row]] = []
    members: list[str] = []
    joining = sorted(_joining(world, dice))
    campaigns = world.things["campaigns"]
    place = 0
    for month in MONTHS:
        end = (month.last + 1) * DAY
        while place < len(joining) and joining[place][0] < end:
            minute, address = joining[place]
            members.append(address)
            found.append((minute, _event(address, None, "subscribed", None, minute)))
            place += 1
        gone: set[str] = set()
        for _ in range(dice.about(SENT_A_MONTH * month.growth * month.share)):
            address, kind = dice.one(members), dice.drawn(content)
            if address in gone:
                continue
            minute = any_time(dice, dice.one(month.working))
            purpose = "retention" if kind == "personal_offer" else "acquisition"
            campaign = campaigns.running("email", purpose, minute // DAY)
            if _send(dice, found, address, campaign, kind, minute):
                gone.add(address)
        members = [address for address in members if address not in gone]
    found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(found, 1):
        row["event_id"] = f"G{number:05d}"
    world.add("email_events", [row for _, row in found])


def _joining(world: World, dice: Dice) -> list[tuple[int, str]]:
    found = []
    for row in world.tables["contacts"]:
        if row["email"] and dice.chance(0.42):
            found.append((dice.whole(0, 40) * DAY + dice.whole(480, 1100), row["email"], row["customer_id"]))
    born = {c.id: c.born for c in world.customers}
    moments = [(max(0, born[customer]) * DAY + minute, address) for minute, address, customer in found]
    for lead in world.things["leads"]:
        if lead.row["email"] and "@" in lead.row["email"] and dice.chance(0.3):
            moments.append((lead.created + dice.whole(5, 300), lead.row["email"]))
    return [(minute, address) for minute, address in moments if minute <= NOW]


def _send(dice: Dice, found: list, address: str, campaign: str | None, kind: str, minute: int) -> bool:
    """One e-mail with its events; True where the reader is gone after it."""
    found.append((minute, _event(address, campaign, "sent", kind, minute)))
    if dice.chance(0.012):
        found.append((minute + 1, _event(address, campaign, "bounced", kind, minute + 1)))
        return True
    found.append((minute + 1, _event(address, campaign, "delivered", kind, minute + 1)))
    _, opened, clicked = CONTENT[kind]
    if not dice.chance(opened):
        return False
    later = minute + dice.whole(4, 1300)
    if later > NOW:
        return False
    found.append((later, _event(address, campaign, "opened", kind, later)))
    if dice.chance(clicked) and later + 3 <= NOW:
        found.append((later + 3, _event(address, campaign, "clicked", kind, later + 3)))
    if dice.chance(0.022) and later + 5 <= NOW:
        found.append((later + 5, _event(address, campaign, "unsubscribed", kind, later + 5)))
        return True
    return False


def _event(address: str, campaign: str | None, kind: str, content: str | None, minute: int) -> Row:
    return {
        "event_id": None,
        "contact_email": address,
        "campaign_id": campaign,
        "event_type": kind,
        "content_type": content,
        "occurred_at": at(minute),
    }
