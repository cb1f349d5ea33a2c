"""Invoices, payments, commissions."""

from __future__ import annotations

from kpi.sample.clock import DAY, NOW, at, at_work, midnight
from kpi.sample.dice import Dice
from kpi.sample.stories import OVERDUE
from kpi.sample.world import EUR, Order, Row, World, money

TERMS = {"good": 30, "fair": 21, "poor": 14}
VOID = 0.006
LOST = {"good": 0.001, "fair": 0.006, "poor": 0.03}  # share never paid
LATENESS = {"good": 2.0, "fair": 8.0, "poor": 17.0}  # mean days
COMMISSION = 2  # per cent of the net amount


def invoices(world: World) -> None:
    """Fills `invoices`, `payments` and `commissions`, and says which orders are paid."""
    dice = world.dice("invoices")
    bills: list[Row] = []
    paid: list[tuple[int, Row]] = []
    earned: list[Row] = []
    for order in world.orders:
        if order.cancelled:
            continue
        issued = _issued(dice, order)
        if issued > NOW or dice.chance(0.004):
            continue
        bill, due = _invoice(order, issued, len(bills) + 1)
        bills.append(bill)
        if dice.chance(VOID):
            bill["status"] = "void"
            continue
        settled = _pay(dice, order, bill, issued, due, paid)
        _commission(order, bill, issued, settled, earned)
    paid.sort(key=lambda item: item[0])
    for number, (_, row) in enumerate(paid, 1):
        row["payment_id"] = f"Y{number:05d}"
    for number, row in enumerate(earned, 1):
        row["commission_id"] = f"B{number:05d}"
    world.add("invoices", bills)
    world.add("payments", [row for _, row in paid])
    world.add("commissions", earned)


def _issued(dice: Dice, order: Order) -> int:
    """Shop orders are invoiced at once, the others when they are on their way."""
    if order.row["channel"] == "web shop":
        return order.minute + dice.whole(1, 20)
    return at_work(dice, order.minute // DAY + dice.whole(1, 4))


def _invoice(order: Order, issued: int, number: int) -> tuple[Row, int]:
    row = order.row
    terms = TERMS[order.customer.credit] if order.customer else 0
    due = issued // DAY + terms
    cents = order.net + round((row["tax_amount"] + row["shipping_amount"]) * 100)
    bill = {
        "invoice_id": f"I{number:05d}",
        "order_id": order.id,
        "quote_id": row["quote_id"],
        "customer_id": row["customer_id"],
        "owner_employee_id": row["owner_employee_id"],
        "issued_at": at(issued),
        "due_at": midnight(due),
        "amount": money(cents),
        "currency": EUR,
        "status": "open",
    }
    return bill, due


def _pay(dice: Dice, order: Order, bill: Row, issued: int, due: int, paid: list[tuple[int, Row]]) -> int | None:
    """The payments of an invoice; the moment it is settled, None while it is not."""
    cents = round(bill["amount"] * 100)
    days = _days_late(dice, order, issued, due)
    if days is None or cents == 0:
        return None
    moment = max(at_work(dice, max(issued // DAY, due + days)), issued + 10)
    parts = [(moment, cents)]
    if order.customer and dice.chance(0.06):
        first = cents * dice.whole(30, 70) // 100
        parts = [(moment, first), (moment + dice.whole(8, 30) * DAY, cents - first)]
    known = [(when, part) for when, part in parts if when <= NOW]
    linked = not dice.chance(0.004)
    for when, part in known:
        row = {
            "payment_id": None,
            "invoice_id": bill["invoice_id"] if linked else None,
            "order_id": order.id,
            "customer_id": order.row["customer_id"],
            "paid_at": at(when),
            "amount": money(part),
            "currency": EUR,
        }
        paid.append((when, row))
    if len(known) == len(parts):
        bill["status"] = order.row["status"] = "paid"
        return known[-1][0]
    if known:
        bill["status"] = "partly_paid"
    return None


def _days_late(dice: Dice, order: Order, issued: int, due: int) -> int | None:
    """Days after the due day (before it: negative); None: never."""
    customer = order.customer
    if customer is None or (order.row["channel"] == "web shop" and dice.chance(0.45)):
        return issued // DAY - due  # by card
    if customer.industry == OVERDUE.industry and issued // DAY >= OVERDUE.since and dice.chance(OVERDUE.share):
        return OVERDUE.days // 2 + int(dice.waiting(OVERDUE.days / 2))
    if dice.chance(LOST[customer.credit]):
        return None
    if dice.chance(0.7):
        return -1 - int(dice.waiting(6.0))
    return int(dice.waiting(LATENESS[customer.credit] * 2.5)) + 1


def _commission(order: Order, bill: Row, issued: int, settled: int | None, earned: list[Row]) -> None:
    """Sellers earn a share of what they sold, payable when the customer has paid."""
    if not order.row["owner_employee_id"] or order.row["channel"] == "web shop":
        return
    paid = ((settled // DAY) // 30 + 1) * 30 * DAY + 600 if settled is not None else None
    earned.append(
        {
            "commission_id": None,
            "employee_id": order.row["owner_employee_id"],
            "invoice_id": bill["invoice_id"],
            "amount": money(order.net * COMMISSION // 100),
            "earned_at": at(issued),
            "payable_at": at(settled),
            "paid_at": at(paid) if paid is not None and paid <= NOW else None,
        }
    )
