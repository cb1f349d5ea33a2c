"""What is sold: manufacturers, products, prices; stock counts and the own packing room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kpi.sample.clock import DAY, DAYS, MONTHS, SEASON, at, midnight
from kpi.sample.dice import Dice, Weights
from kpi.sample.stories import STOCK
from kpi.sample.world import Row, World, facts, money

RISE = (100, 103, 108, 112, 115, 118)  # list prices by year, 2021 = 100


@dataclass(frozen=True)
class Product:
    """One product; prices in cents of 2021."""

    id: str
    name: str
    category: str
    manufacturer: str
    price: int
    cost: int
    discount: float

    def price_in(self, year: int) -> int:
        return self.price * RISE[year - 2021] // 100

    def cost_in(self, year: int) -> int:
        return self.cost * RISE[year - 2021] // 100


class Catalogue:
    """The products, by category and price, and what each industry buys."""

    def __init__(self, products: list[Product]) -> None:
        self.products = products
        self.by_name = {p.name: p for p in products}
        self.by_category: dict[str, list[Product]] = {}
        for product in products:
            self.by_category.setdefault(product.category, []).append(product)
        self.tastes: dict[str, Weights] = {}
        for industry in facts()["categories"][0]["buyers"]:
            self.tastes[industry] = Weights((c["name"], c["buyers"][industry]) for c in facts()["categories"])

    def pick(self, dice: Dice, category: str, value: int) -> Product:
        """A product of the category that fits into `value` cents; the cheapest where none does."""
        items = self.by_category[category]
        fitting = [p for p in items if p.price <= value]
        return dice.one(fitting) if fitting else min(items, key=lambda p: p.price)


def products(world: World) -> None:
    """Fills `manufacturers`, `products`, `product_prices`; the catalogue stands in `world.things["catalogue"]`."""
    dice = world.dice("products")
    makers = {m["name"]: f"M{i:02d}" for i, m in enumerate(facts()["manufacturers"], 1)}
    world.add(
        "manufacturers",
        [
            {
                "manufacturer_id": makers[m["name"]],
                "name": m["name"],
                "deal_terms": m["deal_terms"],
                "warranty_months": float(m["warranty"]),
                "reliability_score": m["reliability"],
            }
            for m in facts()["manufacturers"]
        ],
    )
    goods: list[Product] = []
    rows: list[Row] = []
    number = 0
    for category in facts()["categories"]:
        for name, subcategory, price, maker in category["products"]:
            number += 1
            share = category["margin"] + dice.between(-0.04, 0.04)
            cents = round(price * 100)
            goods.append(
                Product(
                    f"P{number:03d}",
                    name,
                    category["name"],
                    makers[maker],
                    cents,
                    round(cents * (1 - share)),
                    category["discount"],
                )
            )
            rows.append(_product_row(goods[-1], subcategory, dice.whole(8, 40)))
    services = facts()["service_plans"]
    plans: list[Product] = []
    for name, price, _ in services["plans"]:
        number += 1
        cents = round(price * 100)
        maker = makers[services["manufacturer"]]
        plans.append(Product(f"P{number:03d}", name, services["category"], maker, cents, cents * 45 // 100, 0.0))
        rows.append(_product_row(plans[-1], "Plans", None))
    world.add("products", rows)
    world.things["plans"] = plans
    world.things["catalogue"] = Catalogue(goods)
    world.add("product_prices", [_price_row(p, year) for p in goods + plans for year in range(2021, 2027)])


def _product_row(product: Product, subcategory: str, reorder_point: int | None) -> Row:
    stopped = product.name in facts()["catalogue"]["discontinued"]
    return {
        "product_id": product.id,
        "name": product.name,
        "category": product.category,
        "subcategory": subcategory,
        "status": "discontinued" if stopped else "active",
        "manufacturer_id": product.manufacturer,
        "details": f"{product.name}; {product.category.lower()}",
        "target_margin": 0.25 if product.category != "Paper and print" else 0.2,
        "reorder_point": float(reorder_point) if reorder_point else None,
    }


def _price_row(product: Product, year: int) -> Row:
    return {
        "product_id": product.id,
        "valid_from": datetime(year, 1, 1),
        "wholesale_price": money(product.cost_in(year)),
        "retail_price": money(product.price_in(year)),
    }


def stock(world: World) -> None:
    """Fills `inventory` (a count a month) and `production` (the own packing room, by month)."""
    dice = world.dice("stock")
    catalogue: Catalogue = world.things["catalogue"]
    short = next(m["manufacturer_id"] for m in world.tables["manufacturers"] if m["name"] == STOCK.manufacturer)
    counts: list[Row] = []
    for product in catalogue.products:
        level = dice.whole(40, 160)
        for month in MONTHS:
            out = STOCK.share if product.manufacturer == short and month.first >= STOCK.since else 0.025
            on_hand = 0 if dice.chance(out) else max(1, int(level * dice.spread(0.35)))
            day = month.first + min(dice.whole(0, 2), month.days - 1)
            reordered = day + dice.whole(1, 6) if on_hand < 30 and dice.chance(0.9) else None
            counts.append(
                {
                    "product_id": product.id,
                    "counted_at": at(day * DAY + 18 * 60),
                    "on_hand": float(on_hand),
                    "reordered_at": midnight(reordered) if reordered is not None and reordered < DAYS else None,
                }
            )
    world.add("inventory", counts)
    made: list[Row] = []
    own = [p for p in catalogue.products if p.manufacturer == catalogue.products[0].manufacturer]
    for product in own:
        usual = 22_000_00 // product.price
        for month in MONTHS[:-1]:
            planned = int(usual * month.growth * SEASON[month.month - 1])
            output = int(planned * min(1.04, 0.955 * dice.spread(0.04)))
            hours = output / 55 * dice.spread(0.06)
            made.append(
                {
                    "product_id": product.id,
                    "produced_at": midnight(month.last),
                    "output_quantity": float(output),
                    "planned_quantity": float(planned),
                    "input_hours": round(hours, 1),
                }
            )
    world.add("production", made)
