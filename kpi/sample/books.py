"""The books: costs by purpose, the result of each month, sales forecasts."""

from __future__ import annotations

from datetime import datetime

from kpi.sample.clock import DAY, DAYS, MONTHS, Month, at, midnight, month_of
from kpi.sample.people import Staff
from kpi.sample.world import EUR, Row, World, money

# purpose, category, euros a month at the start of the sample
MONTHLY = (
    ("acquisition", "planned", 700),
    ("acquisition", "marketing", 1700),
    ("acquisition", "salaries", 8200),
    ("acquisition", "commission", 1500),
    ("acquisition", "technical", 900),
    ("acquisition", "content production", 1200),
    ("acquisition", "maintenance", 600),
    ("acquisition", "staff pay and benefits", 1400),
    ("lead_generation", "lead acquisition", 2400),
    ("sales", "salaries", 24000),
    ("sales", "commission", 3900),
    ("sales", "travel", 2600),
    ("sales_support", "salaries", 4300),
    ("sales_support", "tools", 900),
    ("service", "salaries", 16800),
    ("service", "tools", 1300),
    ("retention", "tools", 700),
    ("retention", "materials", 900),
    ("retention", "staff time", 2800),
    ("crm", "subscription", 1450),
    ("crm", "storage", 160),
    ("crm", "training internal time", 420),
    ("other", "rent", 6800),
    ("other", "administration", 7400),
    ("other", "transport", 5200),
)
CRM_ONCE = (
    (1, "training materials", 1900),
    (2, "training consultants", 4200),
    (2, "productivity loss", 5200),
    (0, "procurement time", 3100),
    (3, "customisation", 7800),
    (27, "customisation", 3600),
    (36, "upgrade", 4900),
    (51, "upgrade", 2600),
    (52, "training materials", 800),
)


def costs(world: World) -> None:
    """Fills `costs`: monthly by purpose and category, the CRM's own, and gifts and visits for single customers."""
    dice = world.dice("costs")
    drafts: list[tuple[int, Row]] = []
    for month in MONTHS:
        for purpose, category, euros in MONTHLY:
            rise = 1 + 0.0045 * month.index
            cents = int(euros * 100 * rise * month.share * dice.spread(0.05))
            drafts.append((month.last, _cost(month.last, purpose, category, cents)))
        for index, category, euros in CRM_ONCE:
            if index == month.index:
                drafts.append((month.first + 9, _cost(month.first + 9, "crm", category, euros * 100)))
    buyers = [c for c in world.customers if c.size > 1.2 and not c.prospect]
    for customer in dice.some(buyers, 320):
        low, high = max(0, customer.born), min(customer.died, DAYS) - 1
        if high > low:
            day = dice.whole(low, high)
            row = _cost(day, "retention" if dice.chance(0.6) else "sales", "materials", dice.whole(25_00, 240_00))
            row |= {"customer_id": customer.id, "employee_id": customer.owner}
            if row["purpose"] == "retention":
                row["campaign_id"] = world.things["campaigns"].running("email", "retention", day)
                row["product_id"] = dice.one(world.things["catalogue"].by_category["Coffee and drinks"]).id
            drafts.append((day, row))
    drafts.sort(key=lambda draft: draft[0])
    for number, (_, row) in enumerate(drafts, 1):
        row["cost_id"] = f"F{number:05d}"
    world.add("costs", [row for _, row in drafts])


def _cost(day: int, purpose: str, category: str, cents: int) -> Row:
    return {
        "cost_id": None,
        "incurred_at": midnight(day),
        "purpose": purpose,
        "category": category,
        "customer_id": None,
        "campaign_id": None,
        "employee_id": None,
        "product_id": None,
        "amount": money(cents),
        "currency": EUR,
    }


def _cents(amount: float | None) -> int:
    return round((amount or 0.0) * 100)


def _by_month(rows: list[Row], date: str, amount: str) -> list[int]:
    """Cents by month."""
    sums = [0] * len(MONTHS)
    begin = at(0)
    for row in rows:
        if row[date] is not None:
            sums[month_of(int((row[date] - begin).total_seconds()) // 60)] += _cents(row[amount])
    return sums


def finance(world: World) -> None:
    """Fills `finance_periods`: full months, from the orders, returns and costs of the sample."""
    dice = world.dice("finance")
    sold, cost_of_goods = [0] * len(MONTHS), [0] * len(MONTHS)
    for order in world.orders:
        if not order.cancelled:
            index = month_of(order.minute)
            sold[index] += order.net
            for line in order.lines:
                share = _cents(line["unit_cost"]) or _cents(line["unit_price"]) * 68 // 100
                cost_of_goods[index] += share * int(line["quantity"])
    back = _by_month(world.tables["returns"], "returned_at", "amount")
    spent = _by_month(world.tables["costs"], "incurred_at", "amount")
    campaigns = _by_month(world.tables["campaign_costs"], "incurred_at", "amount")
    owed = _owed(world)
    cash, debt, tied_before = 240_000_00, 380_000_00, None
    found: list[Row] = []
    for month in MONTHS[:-1]:
        i = month.index
        net = sold[i] - back[i]
        goods, operating = cost_of_goods[i] - back[i] * 7 // 10, spent[i] + campaigns[i]
        profit = net - goods - operating
        stock = int(520_000_00 * month.growth * dice.spread(0.03))
        suppliers = int(330_000_00 * month.growth * dice.spread(0.04))
        tied = owed[i] + stock - suppliers
        cash += profit - (tied - (tied if tied_before is None else tied_before)) - 3_000_00
        if cash < 60_000_00:
            debt, cash = debt + 60_000_00 - cash, 60_000_00
        liabilities = suppliers + debt * 4 // 10
        current = cash + owed[i] + stock
        total = current + 940_000_00 - 1_000_00 * i
        found.append(
            {
                "period_start": midnight(month.first),
                "period_end": _next(month),
                "net_sales": money(net),
                "cogs": money(goods),
                "operating_expenses": money(operating),
                "net_profit": money(profit),
                "total_assets": money(total),
                "net_capital_employed": money(total - liabilities),
                "current_assets": money(current),
                "current_liabilities": money(liabilities),
                "cash": money(cash),
                "shareholder_value": money((total - liabilities) * 125 // 100),
            }
        )
        tied_before = tied
    world.add("finance_periods", found)


def _next(month: Month) -> datetime:
    return midnight(month.last + 1)


def _owed(world: World) -> list[int]:
    """Cents owed by customers at the end of each month."""
    change = [0] * len(MONTHS)
    billed = _by_month([r for r in world.tables["invoices"] if r["status"] != "void"], "issued_at", "amount")
    paid = _by_month(world.tables["payments"], "paid_at", "amount")
    total, series = 90_000_00, change
    for i in range(len(MONTHS)):
        total += billed[i] - paid[i]
        series[i] = total
    return series


def forecasts(world: World) -> None:
    """Fills `forecasts`: what each seller expected for the next month, a few days before it began."""
    dice = world.dice("forecasts")
    staff: Staff = world.things["staff"]
    sold: dict[tuple[str, int], int] = {}
    total = [0] * (len(MONTHS) + 1)
    for order in world.orders:
        if not order.cancelled:
            index = month_of(order.minute)
            total[index] += order.net
            owner = order.row["owner_employee_id"]
            if owner:
                sold[owner, index] = sold.get((owner, index), 0) + order.net
    total[-1] = total[-3]
    for index in (len(MONTHS) - 1, len(MONTHS)):
        total[index] = total[len(MONTHS) - 2]
    found: list[Row] = []
    for index in range(1, len(MONTHS) + 1):
        start = MONTHS[index].first if index < len(MONTHS) else MONTHS[-1].first + 30
        end = MONTHS[index + 1].first if index + 1 < len(MONTHS) else start + (30 if index < len(MONTHS) else 31)
        made = start - dice.whole(2, 6)
        if made >= DAYS:
            made = DAYS - 1
        sellers = [e for e in staff.everyone if e.role == "sales" and e.on_duty(made)]
        owned = [max(1, sold.get((e.id, max(0, index - 1)), 1)) for e in sellers]
        pool = sum(owned)
        hope = 1.02 if index < 57 else 1.12  # sellers did not see the fall of autumn 2026 coming
        for employee, share in zip(sellers, owned, strict=True):
            cents = int(total[index] * share // pool * hope * dice.spread(0.12))
            found.append(
                {
                    "forecast_id": f"J{len(found) + 1:04d}",
                    "employee_id": employee.id,
                    "made_at": at(made * DAY + 900),
                    "period_start": midnight(start),
                    "period_end": midnight(end),
                    "amount": money(cents // 10000 * 10000),
                }
            )
    world.add("forecasts", found)
