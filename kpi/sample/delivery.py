"""Deliveries, and what comes back."""

from __future__ import annotations

from kpi.sample.clock import DAY, MONTHS, NOW, any_time, at, at_work, month_of
from kpi.sample.dice import Dice
from kpi.sample.stories import LATE
from kpi.sample.world import Order, Row, World, money

RETURNED = 0.036
PARTIAL = 0.05


def deliveries(world: World) -> None:
    """Fills `deliveries`: promised in days, on time as service was in the month of the promise."""
    dice = world.dice("deliveries")
    found: list[Row] = []
    for order in world.orders:
        parts = 2 if len(order.lines) > 2 and dice.chance(PARTIAL * 3) else 1
        for part in range(parts):
            promised = order.minute // DAY + 3 + dice.whole(0, 5) + (4 if order.row["opportunity_id"] else 0)
            found.append(_delivery(world, dice, order, promised + 2 * part, part, parts))
    for number, row in enumerate(found, 1):
        row["delivery_id"] = f"X{number:05d}"
    world.add("deliveries", found)


def _delivery(world: World, dice: Dice, order: Order, promised: int, part: int, parts: int) -> Row:
    quality = world.quality[min(month_of(promised * DAY), len(MONTHS) - 1)]
    share = max(0.55, min(0.985, LATE.usual + LATE.swing * quality))
    late = 0 if dice.chance(share) else 1 + int(dice.waiting(4.0))
    day = promised + late if late else promised - (dice.whole(0, 2) if dice.chance(0.4) else 0)
    moment = max(at_work(dice, day) if late else day * DAY + 9 * 60 + dice.whole(0, 420), order.minute + 4 * 60)
    line = order.lines[-1 if part else 0]
    done = not order.cancelled and moment <= NOW
    if done and (order.delivered is None or moment > order.delivered):
        order.delivered = moment
        order.late = max(order.late, late)
    as_promised = (not late and dice.chance(0.965)) if done and dice.chance(0.9) else None
    return {
        "delivery_id": None,
        "order_id": order.id,
        "order_line_id": line["order_line_id"] if parts > 1 else None,
        "product_id": line["product_id"],
        "promised_at": at(promised * DAY + 18 * 60),
        "delivered_at": at(moment) if done else None,
        "as_promised": as_promised,
        "status": "cancelled" if order.cancelled else ("done" if done else "planned"),
    }


def returns(world: World) -> None:
    """Fills `returns`: part of a line, some days after it came."""
    dice = world.dice("returns")
    found: list[tuple[int, Row]] = []
    for order in world.orders:
        if order.delivered is None or not dice.chance(RETURNED):
            continue
        moment = any_time(dice, order.delivered // DAY + dice.whole(1, 25))
        if moment > NOW:
            continue
        line = dice.one(order.lines)
        pieces = dice.whole(1, int(line["quantity"])) if line["quantity"] < 6 else int(line["quantity"]) // 3
        cents = round(line["line_amount"] * 100) * pieces // int(line["quantity"])
        found.append((moment, _return(order, line, moment, pieces, cents)))
    found.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(found, 1):
        row["return_id"] = f"R{number:05d}"
    world.add("returns", [row for _, row in found])


def _return(order: Order, line: Row, moment: int, pieces: int, cents: int) -> Row:
    return {
        "return_id": None,
        "order_id": order.id,
        "order_line_id": line["order_line_id"],
        "customer_id": order.row["customer_id"],
        "product_id": line["product_id"],
        "returned_at": at(moment),
        "quantity": float(pieces),
        "amount": money(cents),
    }
