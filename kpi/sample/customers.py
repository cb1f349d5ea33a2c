"""Customers: those of before, those who came to the web shop by themselves, and those won from leads."""

from __future__ import annotations

from kpi.sample.clock import DAY, DAYS, MONTHS, midnight
from kpi.sample.dice import Dice, Weights
from kpi.sample.identity import Identity, identity, person
from kpi.sample.world import Customer, Row, World, facts

LEGACY = 730
SHOP_A_MONTH = 8.5
LARGEST = 4.0
LIFE = 46 * 30  # mean days a regular customer stays
CREDIT = Weights({"good": 78, "fair": 16, "poor": 6})
RHYTHMS = Weights([(0, 86), (30, 5), (45, 5), (60, 4)])
STAFF_SIZES = (3, 8, 14, 25, 40, 70, 120, 260, 600)
AGES = ("18-29", "30-44", "45-59", "60+")


def settle(world: World, dice: Dice, who: Identity, source: str, born: int, once: float) -> Customer:
    """A new customer of the world: how long it stays, how often and how much it orders."""
    is_once = dice.chance(once)
    stays = int(dice.waiting(LIFE)) + 45
    customer = Customer(
        id=f"C{len(world.customers) + 1:05d}",
        name=who.name,
        slug=who.slug,
        region=who.region,
        country=who.country,
        city=who.city,
        language=who.language,
        industry=who.industry,
        person=who.is_person,
        source=source,
        born=born,
        died=born + 1 if is_once else max(born, 0) + stays,
        weight=0.0 if is_once else dice.spread(1.3),
        size=min(LARGEST, dice.spread(0.75)) * (0.55 if who.is_person else 1.0),
        email=who.email,
        phone=who.phone,
        tax=who.tax,
        credit=dice.drawn(CREDIT),
        mood=dice.normal(),
        once=is_once,
        rhythm=0 if is_once else dice.drawn(RHYTHMS),
        web=dice.one((0.15, 0.3, 0.55, 0.8)),
    )
    world.customers.append(customer)
    world.things["identities"][customer.id] = who
    return customer


def first_customers(world: World) -> None:
    """The customers of before the sample, and those of the web shop."""
    dice = world.dice("customers")
    world.things["identities"] = {}
    once_by_source = {s["name"]: s["once"] for s in facts()["sources"]}
    sources = Weights((s["name"], s["share"]) for s in facts()["sources"])
    for number in range(LEGACY):
        who = identity(dice, number)
        settle(world, dice, who, dice.drawn(sources), -dice.whole(20, 1900), 0.0)
    number = LEGACY
    for month in MONTHS:
        for _ in range(dice.about(SHOP_A_MONTH * month.season * month.share)):
            number += 1
            who = identity(dice, number)
            source = "referral" if dice.chance(0.3) else dice.one(("website", "search ads", "social", "email"))
            customer = settle(world, dice, who, source, dice.drawn(month.any_day), once_by_source[source])
            customer.web = 0.9
    world.things["number"] = number


def customer_rows(world: World) -> None:
    """Fills `customers` and `contacts`, with the gaps and slips that real lists have."""
    dice = world.dice("customer rows")
    staff = world.things["staff"]
    customers: list[Row] = []
    contacts: list[Row] = []
    for customer in world.customers:
        who = world.things["identities"][customer.id]
        customer.owner = staff.seller(dice, customer.region, customer.size, DAYS - 1)
        if customer.source == "referral" and not customer.prospect and dice.chance(0.85):
            customer.referred_by = _referrer(world, dice, customer)
        customers.append(_row(dice, customer, who))
        customer.contacts = _contacts(dice, customer, who, len(contacts))
        contacts.extend(customer.contacts)
    world.add("customers", customers)
    world.add("contacts", contacts)


def _referrer(world: World, dice: Dice, customer: Customer) -> str | None:
    """A customer that was there before."""
    for _ in range(12):
        other = dice.one(world.customers)
        if other.born < customer.born - 60 and other.died > customer.born and not other.prospect:
            return other.id
    return None


def _row(dice: Dice, customer: Customer, who: Identity) -> Row:
    staff_size = dice.one(STAFF_SIZES)
    firm = not customer.person
    email = None if dice.chance(0.05) else customer.email
    if email and dice.chance(0.012):
        email = email.replace("@", " at ")
    created = customer.born - dice.whole(0, 20) if customer.lead is None else customer.born - dice.whole(0, 4)
    closed = customer.died if customer.closing and customer.died < DAYS else None
    return {
        "customer_id": customer.id,
        "name": customer.name,
        "customer_type": "person" if customer.person else "company",
        "parent_customer_id": None,
        "source_channel": None if dice.chance(0.04) else customer.source,
        "acquisition_campaign_id": customer.campaign,
        "referred_by_customer_id": customer.referred_by,
        "owner_employee_id": customer.owner,
        "created_at": midnight(created),
        "first_order_at": midnight(customer.born) if customer.born < 0 else None,
        "status": None,
        "churned_at": midnight(closed) if closed is not None else None,
        "credit_rating": customer.credit if dice.chance(0.9) else None,
        "credit_limit": float(dice.one((2000, 5000, 10000, 20000))) if firm and dice.chance(0.7) else None,
        "country": customer.country,
        "region": customer.region,
        "city": customer.city,
        "postal_code": who.postal_code if dice.chance(0.93) else None,
        "age_band": dice.one(AGES) if customer.person and dice.chance(0.8) else None,
        "gender": {"f": "female", "m": "male"}[who.gender] if customer.person and dice.chance(0.9) else None,
        "industry": customer.industry if dice.chance(0.985) else None,
        "employee_count": staff_size if firm and dice.chance(0.75) else None,
        "annual_revenue": float(staff_size * dice.whole(60, 140) * 1000) if firm and dice.chance(0.45) else None,
        "email": email,
        "phone": customer.phone if dice.chance(0.91) else None,
        "consent_given_at": midnight(max(customer.born, created)) if dice.chance(0.72) else None,
    }


def _contacts(dice: Dice, customer: Customer, who: Identity, number: int) -> list[Row]:
    found: list[Row] = []
    for position in range(1 if customer.person else dice.one((1, 1, 1, 2, 2, 3))):
        full, address = who.person, who.email
        if position:
            full, slug, _ = person(dice, customer.language)
            address = f"{slug}@{address.partition('@')[2]}"
        found.append(
            {
                "contact_id": f"K{number + position + 1:05d}",
                "customer_id": customer.id,
                "name": full,
                "email": address if dice.chance(0.92) else None,
                "phone": customer.phone if position == 0 or dice.chance(0.3) else None,
                "job_title": "Owner" if customer.person else dice.one(facts()["contacts"]["job_titles"]),
            }
        )
    return found


def parents_and_doubles(world: World) -> None:
    """Gives some firms a parent, enters a few customers twice, and keeps old ids in `customer_aliases`."""
    dice = world.dice("doubles")
    rows = {row["customer_id"]: row for row in world.tables["customers"]}
    firms = [c for c in world.customers if not c.person and not c.prospect]
    for customer in dice.some(firms, 60):
        parent = dice.one(firms)
        if parent.id != customer.id and parent.born < customer.born and rows[parent.id]["parent_customer_id"] is None:
            rows[customer.id]["parent_customer_id"] = parent.id
    doubles = [
        c for c in world.customers if len(c.orders) >= 4 and rows[c.id]["phone"] and "@" in (rows[c.id]["email"] or "")
    ]
    for customer in dice.some(doubles, 24):
        original = rows[customer.id]
        twin = dict(original)
        twin["customer_id"] = f"C9{len(rows):04d}"
        twin["name"] = dice.one((customer.name.upper(), f" {customer.name}", customer.name.replace(" ", "  ")))
        twin |= {"first_order_at": None, "churned_at": None, "acquisition_campaign_id": None}
        twin |= {"parent_customer_id": None, "credit_rating": None, "consent_given_at": None}
        if dice.chance(0.5):
            twin["email"] = None
        else:
            twin["phone"] = None
        moved = customer.orders[-2:]
        twin["created_at"] = midnight(moved[0].minute // DAY)
        for order in moved:
            order.row["customer_id"] = twin["customer_id"]
        rows[twin["customer_id"]] = twin
        world.add("customers", [twin])
    for customer in world.customers:
        if customer.born < 0 and not customer.orders and rows[customer.id]["churned_at"] is None:
            rows[customer.id]["churned_at"] = midnight(dice.whole(10, 364))  # last order: in the year before the sample
    world.add(
        "customer_aliases",
        [
            {"alias_id": f"ERP-{10000 + i * 37}", "source": "old ERP", "customer_id": c.id}
            for i, c in enumerate(dice.some([c for c in world.customers if c.born < 0], 40))
        ],
    )
