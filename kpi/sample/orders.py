"""Orders: who orders when. The deals won, first orders in the shop, regular rhythms, subscriptions, and all the rest."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.sample.basket import Basket
from kpi.sample.clock import DAY, DAYS, MONTHS, NOW, Month, any_time, at_work, month_of
from kpi.sample.dice import Dice, Weights
from kpi.sample.sales import Deal
from kpi.sample.stories import LATE, QUIET, STREAM, quiet_factor
from kpi.sample.world import Customer, World, facts

A_MONTH = 348_000_00  # cents of all orders in a usual month at the start
GUESTS = 0.03
USUAL = 1_350_00  # cents of a usual repeat order of a customer of size 1
MEAN = 1_640_00  # of all repeat orders


@dataclass(frozen=True)
class Draft:
    """An order to be: when, whose, why, and about how many cents."""

    minute: int
    place: int
    customer: Customer | None
    cents: int
    kind: str  # deal, first, repeat, rhythm, subscription, guest
    deal: Deal | None = None


def orders(world: World) -> None:
    """Fills `orders` and `order_lines` in the order of time."""
    dice = world.dice("orders")
    drafts = _deals(world, dice) + _firsts(world, dice) + _rhythms(world, dice)
    planned = [0] * len(MONTHS)
    for draft in drafts:
        planned[month_of(draft.minute)] += draft.cents
    for month in MONTHS:
        drafts += _repeats(world, dice, month, planned[month.index])
    drafts += _subscriptions(world, dice)
    drafts = [d for d in drafts if d.minute <= NOW]
    drafts.sort(key=lambda draft: (draft.minute, draft.kind, draft.place))
    basket = Basket(world)
    for draft in drafts:
        basket.fill(draft)
    world.add("orders", [order.row for order in world.orders])
    world.add("order_lines", [line for order in world.orders for line in order.lines])


def _deals(world: World, dice: Dice) -> list[Draft]:
    found = []
    for place, deal in enumerate(world.deals):
        if deal.won and deal.closed is not None and deal.customer is not None:
            day = deal.customer.born if deal.lead else deal.closed // DAY + dice.whole(0, 3)
            minute = max(at_work(dice, day), deal.closed + 5)
            found.append(Draft(min(minute, NOW), place, deal.customer, deal.cents, "deal", deal))
    return found


def _firsts(world: World, dice: Dice) -> list[Draft]:
    found = []
    for place, customer in enumerate(world.customers):
        if customer.lead is None and customer.born >= 0 and not customer.prospect:
            cents = int(USUAL * 0.7 * customer.size * dice.spread(0.4))
            found.append(Draft(any_time(dice, customer.born), place, customer, cents, "first"))
    return found


def _rhythms(world: World, dice: Dice) -> list[Draft]:
    """Orders of customers who order every few weeks."""
    found = []
    for place, customer in enumerate(world.customers):
        if not customer.rhythm:
            continue
        day = max(customer.born, 0) + dice.whole(5, customer.rhythm + 5)
        while day < min(customer.died, DAYS):
            if not _quiet(dice, customer, day):
                cents = int(USUAL * 0.6 * customer.size * dice.spread(0.3))
                found.append(Draft(any_time(dice, day), place, customer, cents, "rhythm"))
            day += max(7, int(customer.rhythm * dice.spread(0.16)))
    return found


def _repeats(world: World, dice: Dice, month: Month, planned: int) -> list[Draft]:
    """The rest of the month's orders, drawn among those who are customers, so that the month sells what it should.

    planned: cents of the orders that are there already. What it should sell follows service two months before.
    """
    known = [c for c in world.customers if c.weight and c.born < month.first < c.died]
    odds = Weights((c, c.weight) for c in known)
    before = month.index - LATE.lag
    quality = world.quality[before] if before >= 0 else 0.0
    usual = A_MONTH * month.growth * month.season * month.share * (1 + LATE.effect * quality)
    found = []
    for place in range(dice.about(max(0.0, usual - planned) / MEAN)):
        day = dice.drawn(month.any_day)
        if dice.chance(GUESTS):
            found.append(Draft(any_time(dice, day), place, None, int(USUAL * 0.3 * dice.spread(0.6)), "guest"))
            continue
        customer = dice.drawn(odds)
        while day >= customer.died:
            customer = dice.drawn(odds)
        if _quiet(dice, customer, day):
            continue
        cents = int(USUAL * customer.size * dice.spread(0.3))
        found.append(Draft(any_time(dice, day), place, customer, cents, "repeat"))
    return found


def _quiet(dice: Dice, customer: Customer, day: int) -> bool:
    """Whether an order is not placed because its segment goes quiet."""
    if day < QUIET.since or customer.region != QUIET.region or customer.industry != QUIET.industry:
        return False
    return not dice.chance(quiet_factor((day - QUIET.since) // 30))


def _subscriptions(world: World, dice: Dice) -> list[Draft]:
    """A box every month for those who joined the subscription."""
    found = []
    price = round(facts()["subscription"]["price"] * 100)
    for month in MONTHS:
        if month.first < STREAM.since:
            continue
        for customer in world.customers:
            if customer.subscribed is not None and customer.died > month.last and dice.chance(0.97):
                day = month.first + min(customer.subscribed % 28, month.days - 1)
                found.append(Draft(any_time(dice, day), customer.subscribed, customer, price, "subscription"))
        wanting = [c for c in world.customers if c.weight and c.born < month.first < c.died - 60 and not _leaving(c)]
        for customer in dice.some(wanting, dice.about(STREAM.joining * month.share)):
            if customer.subscribed is None:
                customer.subscribed = dice.whole(0, 27) + 28 * month.index
    return found


def _leaving(customer: Customer) -> bool:
    return customer.region == QUIET.region and customer.industry == QUIET.industry
