"""What is in an order: lines, prices, discounts, and what the order costs in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpi.sample.clock import DAY, NOW, at, date_of
from kpi.sample.dice import Weights
from kpi.sample.stories import BUNDLES, MARGIN, STREAM
from kpi.sample.world import EUR, Customer, Order, Row, World, facts, money

if TYPE_CHECKING:
    from kpi.sample.orders import Draft

LINES = Weights([(1, 44), (2, 27), (3, 16), (4, 8), (5, 5)])
CANCELLED = 0.023
UP_SOLD = 0.045
DEAL_DISCOUNT = 0.03


class Basket:
    """Turns drafts into orders with lines, one after another in the order of time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = world.dice("baskets")
        self.catalogue = world.things["catalogue"]
        self.staff = world.things["staff"]
        self.campaigns = world.things["campaigns"]

    def fill(self, draft: Draft) -> None:
        """Adds the order of a draft to the world."""
        number = f"S{len(self.world.orders) + 1:05d}"
        day, customer = draft.minute // DAY, draft.customer
        lines = self._lines(number, draft, day)
        gross = sum(line[0] for line in lines)
        discount = sum(line[1] for line in lines)
        net = gross - discount
        cancelled = draft.kind != "deal" and self.dice.chance(CANCELLED)
        cancelled_at = min(draft.minute + self.dice.whole(30, 3 * DAY), NOW) if cancelled else None
        channel = self._channel(draft)
        tax = net * (customer.tax if customer else 0) // 100
        shipping = 0 if net > 250_00 or draft.kind == "subscription" else 9_90
        row = {
            "order_id": number,
            "customer_id": customer.id if customer else None,
            "opportunity_id": draft.deal.id if draft.deal else None,
            "quote_id": None,
            "campaign_id": self._campaign(draft, day),
            "owner_employee_id": self._owner(draft, channel, day),
            "channel": channel,
            "ordered_at": at(draft.minute),
            "amount": money(net),
            "gross_amount": money(gross),
            "discount_amount": money(discount),
            "tax_amount": money(tax),
            "shipping_amount": money(shipping),
            "currency": EUR,
            "revenue_stream": STREAM.stream if draft.kind == "subscription" else "Goods",
            "status": "cancelled" if cancelled else "open",
            "cancelled_at": at(cancelled_at),
        }
        order = Order(number, customer, draft.minute, row, [line[2] for line in lines], net, cancelled)
        self.world.orders.append(order)
        if customer and not cancelled:
            customer.orders.append(order)
        if draft.deal:
            draft.deal.order = number
            draft.deal.stated = net

    def _lines(self, number: str, draft: Draft, day: int) -> list[tuple[int, int, Row]]:
        """(gross cents, discount cents, row) of each line."""
        dice, customer = self.dice, draft.customer
        count = 1 if draft.kind == "subscription" else dice.drawn(LINES)
        main = self._category(draft)
        known = customer is not None and bool(customer.orders)
        found = []
        for position in range(1, count + 1):
            category, kind, share = main, None, draft.cents // count
            if known and draft.kind not in ("deal", "subscription"):
                if dice.chance(BUNDLES.after if day >= BUNDLES.since else BUNDLES.before):
                    category, kind = self._other(main), "cross_sell"
                elif dice.chance(UP_SOLD):
                    share, kind = share * 2, "up_sell"
            found.append(self._line(f"{number}-{position}", number, draft, day, (category, kind, share)))
        return found

    def _line(self, key: str, number: str, draft: Draft, day: int, want: tuple) -> tuple[int, int, Row]:
        dice = self.dice
        category, kind, cents = want
        year = date_of(day).year
        cents = int(cents * dice.between(0.7, 1.3))
        if draft.kind == "subscription":
            product, cents = self.catalogue.by_name["House blend 5 kg"], draft.cents * dice.one((1, 1, 1, 2))
        else:
            product = self.catalogue.pick(dice, category, cents)
        price = product.price_in(year)
        quantity = max(1, (cents + price // 2) // price)
        gross = price * quantity
        discount = int(gross * self._discount(product, draft, day))
        unit_cost = money(product.cost_in(year)) if dice.chance(0.97) else None
        row = {
            "order_line_id": key,
            "order_id": number,
            "product_id": product.id,
            "quantity": float(quantity),
            "unit_price": money(price),
            "unit_cost": unit_cost,
            "discount_amount": money(discount),
            "line_amount": money(gross - discount),
            "sale_type": kind,
        }
        return gross, discount, row

    def _discount(self, product, draft: Draft, day: int) -> float:
        if draft.kind in ("guest", "subscription"):
            return 0.0
        if product.category == MARGIN.category and day >= MARGIN.since:
            return MARGIN.discount * self.dice.between(0.8, 1.2)
        if draft.kind == "first":
            return 0.0
        return product.discount * self.dice.between(0.0, 2.0) + (DEAL_DISCOUNT if draft.deal else 0.0)

    def _category(self, draft: Draft) -> str:
        customer = draft.customer
        if draft.deal:
            return draft.deal.category
        if customer is None:
            return self.dice.one(list(self.catalogue.by_category))
        if draft.kind == "subscription":
            return facts()["subscription"]["category"]
        if customer.rhythm and draft.kind == "rhythm":
            return "Coffee and drinks" if customer.industry != "Healthcare" else "Cleaning and hygiene"
        return self.dice.drawn(self.catalogue.tastes[customer.industry])

    def _other(self, main: str) -> str:
        return self.dice.one([c for c in self.catalogue.by_category if c != main])

    def _channel(self, draft: Draft) -> str:
        if draft.deal:
            return "sales rep"
        if draft.customer is None or draft.kind in ("first", "subscription"):
            return "web shop"
        if draft.kind == "rhythm" and draft.customer.size > 2.0:
            return "EDI"
        return "web shop" if self.dice.chance(draft.customer.web) else self.dice.one(("phone", "phone", "sales rep"))

    def _owner(self, draft: Draft, channel: str, day: int) -> str | None:
        customer: Customer | None = draft.customer
        if draft.deal:
            return draft.deal.owner
        if customer is None or (channel == "web shop" and self.dice.chance(0.35)):
            return None
        if customer.owner and self.staff.by_id[customer.owner].on_duty(day):
            return customer.owner
        return self.staff.seller(self.dice, customer.region, customer.size, day)

    def _campaign(self, draft: Draft, day: int) -> str | None:
        if draft.deal:
            return draft.deal.lead.campaign if draft.deal.lead else None
        if draft.kind in ("repeat", "rhythm") and self.dice.chance(0.12):
            return self.campaigns.running("email", "retention", day)
        return None
