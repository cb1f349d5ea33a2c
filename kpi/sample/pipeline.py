"""The rows of the pipeline: stages, opportunities with their history and changes, quotes."""

from __future__ import annotations

from datetime import datetime

from kpi.sample.clock import DAY, DAYS, MONTHS, NOW, at, at_work, midnight, month_of
from kpi.sample.dice import Dice
from kpi.sample.leads import LEAD_STAGES
from kpi.sample.sales import NAMES, PIPELINE, STEPS, Deal
from kpi.sample.world import EUR, Order, Row, World, facts, money

LEVELS = ("low", "medium", "high")
SMALL_QUOTES_A_MONTH = 11
DECIDES_WITHIN = 14 * DAY


def stages(world: World) -> None:
    """Fills `stages`: of deals, and of leads."""
    deals = [*NAMES, "Won", "Lost"]
    odds = [step[3] for step in STEPS] + [1.0, 0.0]
    kinds = ["open"] * len(NAMES) + ["won", "lost"]
    rows = [
        _stage("opportunity", PIPELINE, name, place, kind, share)
        for place, (name, kind, share) in enumerate(zip(deals, kinds, odds, strict=True), 1)
    ]
    rows += [_stage("lead", "Leads", name, place, "open", None) for place, name in enumerate(LEAD_STAGES, 1)]
    world.add("stages", rows)


def _stage(entity: str, pipeline: str, name: str, place: int, kind: str, share: float | None) -> Row:
    return {
        "entity": entity,
        "pipeline": pipeline,
        "stage": name,
        "position": float(place),
        "kind": kind,
        "probability": share,
    }


def opportunities(world: World) -> None:
    """Fills `opportunities`, `opportunity_stage_history` and the changes made on the way."""
    dice = world.dice("opportunity rows")
    world.deals.sort(key=lambda deal: (deal.created, deal.id))
    rows: list[Row] = []
    history: list[Row] = []
    changes: list[Row] = []
    for deal in world.deals:
        rows.append(_opportunity(world, dice, deal, changes))
        history.extend(
            {"opportunity_id": deal.id, "entered_at": at(moment), "stage": stage, "left_at": None}
            for stage, moment in deal.history
        )
    world.add("opportunities", rows)
    world.add("opportunity_stage_history", history)
    world.add("field_changes", changes)


def _opportunity(world: World, dice: Dice, deal: Deal, changes: list[Row]) -> Row:
    catalogue = world.things["catalogue"]
    stage = deal.history[-1][0]
    cents = deal.stated or deal.cents // 100 * 100
    product = dice.one(catalogue.by_category[deal.category])
    contact = dice.one(deal.customer.contacts)["contact_id"] if deal.customer and deal.customer.contacts else None
    expected = deal.created // DAY + 34 + dice.whole(-8, 20)
    last = (deal.closed or NOW) // DAY
    while expected < last and dice.chance(0.8):
        later = expected + dice.whole(7, 30)
        changed = min(max(deal.created // DAY + 1, expected - dice.whole(0, 5)), DAYS - 1)
        changes.append(_change(deal, "expected_close_at", midnight(expected), midnight(later), changed * DAY + 600))
        expected = later
    if dice.chance(0.22) and len(deal.history) > 2:
        old = cents * dice.whole(82, 125) // 100
        changes.append(_change(deal, "amount", money(old), money(cents), deal.history[2][1]))
    seen = deal.promise + 0.8 * dice.normal()
    name = deal.customer.name if deal.customer else (deal.lead.who.name if deal.lead else "")
    return {
        "opportunity_id": deal.id,
        "name": f"{name}: {deal.category.lower()}",
        "customer_id": deal.customer.id if deal.customer else None,
        "contact_id": contact,
        "lead_id": deal.lead.row["lead_id"] if deal.lead else None,
        "owner_employee_id": deal.owner,
        "product_id": product.id if dice.chance(0.9) else None,
        "campaign_id": deal.lead.campaign if deal.lead else None,
        "source_channel": deal.source,
        "pipeline": PIPELINE,
        "stage": stage,
        "deal_type": deal.deal_type,
        "amount": money(cents) if len(deal.history) > 1 or dice.chance(0.7) else None,
        "currency": EUR,
        "expected_margin": money(cents * dice.whole(20, 36) // 100) if dice.chance(0.8) else None,
        "probability": _probability(dice, stage),
        "quality_rating": LEVELS[0 if seen < -0.7 else (1 if seen < 0.6 else 2)] if dice.chance(0.85) else None,
        "created_at": at(deal.created),
        "expected_close_at": midnight(expected) if dice.chance(0.96) else None,
        "closed_at": at(deal.closed),
        "outcome": None,
        "lost_reason": deal.reason,
        "competitor": dice.one(facts()["losses"]["competitors"]) if deal.reason in ("competitor", "price") else None,
    }


def _probability(dice: Dice, stage: str) -> float | None:
    """What the CRM states; now and then a seller typed another number, or none."""
    for name, _, _, share in STEPS:
        if name == stage:
            return None if dice.chance(0.05) else round(share + (0.1 if dice.chance(0.15) else 0.0), 2)
    return 1.0 if stage == "Won" else 0.0


def _change(deal: Deal, field: str, old: object, new: object, minute: int) -> Row:
    return {
        "entity": "opportunity",
        "record_id": deal.id,
        "field": field,
        "old_value": _text(old),
        "new_value": _text(new),
        "changed_at": at(min(minute, NOW)),
        "employee_id": deal.owner,
    }


def _text(value: object) -> str:
    return value.date().isoformat() if isinstance(value, datetime) else f"{value:.2f}"


def quotes(world: World) -> None:
    """Fills `quotes`: one or two for each deal that came to a proposal, and small ones to known customers."""
    dice = world.dice("quotes")
    drafts: list[tuple[int, Row]] = []
    for deal in world.deals:
        sent = next((moment for stage, moment in deal.history if stage == "Proposal"), None)
        if sent is not None:
            drafts.extend(_of_deal(world, dice, deal, sent))
    drafts.extend(_small(world, dice))
    drafts.sort(key=lambda draft: draft[0])
    by_id = {order.id: order for order in world.orders}
    for number, (_, row) in enumerate(drafts, 1):
        row["quote_id"] = f"Q{number:05d}"
        if row["order_id"]:
            by_id[row["order_id"]].row["quote_id"] = row["quote_id"]
    world.add("quotes", [row for _, row in drafts])


def _of_deal(world: World, dice: Dice, deal: Deal, reached: int) -> list[tuple[int, Row]]:
    sent = min(reached + dice.whole(30, 2 * DAY), NOW, (deal.closed or NOW) - 1)
    cents = deal.stated or deal.cents
    found = []
    if dice.chance(0.18) and deal.closed and deal.closed - sent > 6 * DAY:
        status, reason = ("expired", None) if dice.chance(0.3) else ("rejected", "price")
        found.append((sent, _quote(deal, sent, cents * dice.whole(104, 120) // 100, status, reason)))
        sent += dice.whole(2, 4) * DAY
    if deal.won:
        found.append((sent, _quote(deal, sent, cents, "accepted", None)))
    elif deal.closed:
        status = "rejected" if dice.chance(0.68) else "expired"
        reason = deal.reason if status == "rejected" or dice.chance(0.4) else None
        found.append((sent, _quote(deal, sent, cents, status, reason)))
    else:
        found.append((sent, _quote(deal, sent, cents, "sent", None)))
    return found


def _quote(deal: Deal, sent: int, cents: int, status: str, reason: str | None) -> Row:
    return {
        "quote_id": None,
        "quote_kind": "proposal" if deal.deal_type in ("new business", "framework") else "quote",
        "opportunity_id": deal.id,
        "customer_id": deal.customer.id if deal.customer else None,
        "owner_employee_id": deal.owner,
        "sent_at": at(sent),
        "amount": money(cents),
        "currency": EUR,
        "status": status,
        "lost_reason": reason,
        "order_id": deal.order if status == "accepted" else None,
    }


def _small(world: World, dice: Dice) -> list[tuple[int, Row]]:
    """Quotes without a deal: some lead to an order within two weeks, some do not, a few are never sent."""
    by_month: list[list[Order]] = [[] for _ in MONTHS]
    for order in world.orders:
        if order.customer and not order.cancelled and not order.row["opportunity_id"]:
            by_month[month_of(order.minute)].append(order)
    found = []
    for month in MONTHS:
        for _ in range(dice.about(SMALL_QUOTES_A_MONTH * month.growth * month.share)):
            order = dice.one(by_month[month.index])
            accepted = dice.chance(0.52) and order.row["quote_id"] is None
            sent = at_work(dice, max(0, order.minute // DAY - dice.whole(1, 12)))
            if accepted and sent < order.minute:
                order.row["quote_id"] = "taken"
                found.append((sent, _small_quote(order, sent, order.net, "accepted", order.id)))
                continue
            status = "sent" if sent > NOW - DECIDES_WITHIN else dice.one(("rejected", "expired", "expired", "draft"))
            if sent <= NOW:
                found.append((sent, _small_quote(order, sent, order.net * dice.whole(60, 180) // 100, status, None)))
    return found


def _small_quote(order: Order, sent: int, cents: int, status: str, number: str | None) -> Row:
    assert order.customer is not None
    return {
        "quote_id": None,
        "quote_kind": "quote",
        "opportunity_id": None,
        "customer_id": order.customer.id,
        "owner_employee_id": order.row["owner_employee_id"] or order.customer.owner,
        "sent_at": at(sent) if status != "draft" else None,
        "amount": money(cents),
        "currency": EUR,
        "status": status,
        "lost_reason": ("price" if status == "rejected" else None),
        "order_id": number,
    }
