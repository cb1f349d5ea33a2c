"""Receivables: what customers owe, how long they take, what is sold to those whose credit is at risk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from kpi.analysis.claims import CLAIMS
from kpi.analysis.context import Context
from kpi.analysis.question import Source, filled, shares, source
from kpi.core import Row

LIMITS = "customers.credit_limit"
RATINGS = "customers.credit_rating"
INVOICED = {"invoices.invoice_id", "invoices.customer_id", "payments.invoice_id", "payments.paid_at"}


def open_amount(context: Context) -> list[Row]:
    """What is owed at the end of each period; n: the claims that are open.

    Without payments: the invoices said to be open, which is known only for the end of the data.
    """
    if not has_payments(context.workspace):
        return _by_status(context)
    return filled(context, _owed(context), empty=0)


def has_payments(workspace: Any) -> bool:
    """Whether payments can be matched with invoices."""
    present = workspace.columns()
    of_orders = {"payments.order_id", "invoices.order_id"} <= present
    return "payments.paid_at" in present and ("payments.invoice_id" in present or of_orders)


def days_sales_outstanding(context: Context) -> list[Row]:
    """What is owed at the end of the period / invoiced in it * days of it (the known ones, in a running period)."""
    owed = {(row.period, row.group): row.value for row in filled(context, _owed(context), empty=0)}
    asked = source(context, "invoices")
    sql = f"""
with {asked.ctes}
select p.i, {asked.group} as g, sum(f.amount)::double as value, count(*) as n
from {asked.relation} join p on f.issued_at >= p.since and f.issued_at < p.until where {asked.where} group by 1, 2
"""

    def days(row: Row) -> float | None:
        owing = owed.get((row.period, row.group), 0.0)
        return owing / row.value * context.known(row.period) if row.value and owing is not None else None

    return [replace(row, value=days(row)) for row in filled(context, context.frame(sql, asked.params))]


def _owed(context: Context) -> pd.DataFrame:
    """i, g, value and n of the open claims at the end of each period.

    What a claim is owed changes with a bill or a payment only: its changes are added up over the ends of periods,
    so that a hundred periods cost little more than one.
    """
    asked = _bills(context)
    sql = f"""
with {asked.ctes},
ends as (select until, row_number() over (order by until) as k from (select distinct until from p)),
events as (
  select f.claim, f.issued_at as at, f.amount, {asked.group} as g, true as bill, f.amount is not null as known
  from {asked.relation} where {asked.where}
  union all select claim, paid_at, -amount, null, false, false from paid where claim is not null
),
moved as (
  select v.claim, e.k, sum(v.amount) as amount, min(v.g) as g, bool_or(v.bill) as bill, bool_or(v.known) as known
  from events v asof join ends e on v.at < e.until group by 1, 2
),
standing as (
  select k, lead(k) over w as until_k, case when bool_or(known) over w then greatest(sum(amount) over w, 0) end as owed,
         min(g) over w as g, bool_or(bill) over w as billed
  from moved window w as (partition by claim order by k)
),
changes as (
  select k, g, owed, 1 as claims, cast(owed > 0 as integer) as n from standing where billed
  union all select until_k, g, -owed, -1, -cast(owed > 0 as integer) from standing where billed and until_k is not null
),
summed as (select k, g, sum(owed) as owed, sum(claims) as claims, sum(n) as n from changes group by 1, 2)
select p.i, c.g, sum(c.owed)::double as value, coalesce(sum(c.n), 0)::bigint as n
from p join ends e on e.until = p.until join summed c on c.k <= e.k group by 1, 2 having sum(c.claims) > 0
"""
    found = context.frame(sql, asked.params)
    loose = context.frame(f"with {CLAIMS.strip()} select count(*) as n from paid where claim is null")
    if n := int(loose["n"].iloc[0]):
        context.note("payments_unmatched", n=n)
    return found


def _bills(context: Context) -> Source:
    """The question over `bills`, which have the columns of invoices."""
    asked = source(context, "invoices")
    _, _, joins = asked.relation.partition("\n")
    return Source(f"{CLAIMS.strip()},\n{asked.ctes}", f"bills f\n{joins}", asked.group, asked.where, asked.params)


def _by_status(context: Context) -> list[Row]:
    context.note("open_by_status")
    asked = source(context, "invoices")
    sql = f"""
with {asked.ctes}
select p.i, {asked.group} as g, sum(f.amount)::double as value, count(*) as n
from {asked.relation} join p on f.issued_at < p.until
where {asked.where} and f.status in ('open', 'partly_paid') group by 1, 2
"""
    rows = filled(context, context.frame(sql, asked.params), empty=0)
    return [row if row.period.until >= context.now else Row(row.period, None, 0, group=row.group) for row in rows]


def ageing(workspace: Any, until: date) -> pd.DataFrame:
    """The open claims at the end of the day before `until`, the longest overdue first.

    claim, customer_id, owner_employee_id, issued_at, due_at (the earliest), amount, paid, owed, overdue (days; 0 while
    not due, null without a due date).
    """
    sql = f"""
with {CLAIMS.strip()},
billed as (
  select claim, min(customer_id) as customer_id, min(owner_employee_id) as owner_employee_id,
         min(issued_at) as issued_at, min(due_at) as due_at, sum(amount)::double as amount
  from bills where issued_at < $1 group by 1
),
settled as (select claim, sum(amount)::double as paid from paid where paid_at < $1 group by 1)
select b.*, coalesce(s.paid, 0) as paid, b.amount - coalesce(s.paid, 0) as owed,
       greatest(date_diff('day', cast(b.due_at as date), $1::date - 1), 0) as overdue
from billed b left join settled s on s.claim = b.claim
where b.amount > coalesce(s.paid, 0) order by overdue desc nulls last, owed desc, b.claim
"""
    return workspace.frame(sql, [until])


def credit_risk_sales_share(context: Context) -> list[Row]:
    """Revenue from customers whose credit was at risk when they ordered, of all revenue; n: the orders.

    At risk: a poor rating; or something overdue; or what is owed and this order together above the credit limit. The
    tests that could be made are noted; ratings and limits are today's. An order without a customer is not at risk.
    """
    tests = _tests(context.workspace.columns())
    for name in tests:
        context.note(name)
    asked = source(context, "orders")
    conditions = " or ".join(f"coalesce({_RISKS[name]}, false)" for name in tests) or "false"
    sql = f"""
with {CLAIMS.strip()},
{asked.ctes},
sold as (
  select p.i, {asked.group} as g, f.order_id, f.customer_id, f.ordered_at, f.amount
  from {asked.relation} join p on f.ordered_at >= p.since and f.ordered_at < p.until
  where {asked.where} and f.amount is not null
),
moments as (select distinct customer_id, ordered_at from sold where customer_id is not null),
billed as (
  select m.customer_id, m.ordered_at, b.claim, sum(b.amount) as amount,
         sum(b.amount) filter (where b.due_at < m.ordered_at) as due
  from moments m join bills b on b.customer_id = m.customer_id and b.issued_at < m.ordered_at group by 1, 2, 3
),
owing as (
  select b.customer_id, b.ordered_at, b.claim, b.amount, b.due, coalesce(sum(y.amount), 0) as paid
  from billed b left join paid y on y.claim = b.claim and y.paid_at < b.ordered_at group by 1, 2, 3, 4, 5
),
owed as (
  select customer_id, ordered_at, sum(greatest(amount - paid, 0)) as balance, sum(greatest(coalesce(due, 0) - paid, 0)) as overdue
  from owing group by 1, 2
)
select s.i, s.g, coalesce(sum(s.amount) filter (where {conditions}), 0)::double as numerator,
       sum(s.amount)::double as denominator, count(*) as n
from sold s
left join owed w on w.customer_id = s.customer_id and w.ordered_at = s.ordered_at
left join customers c on c.customer_id = s.customer_id
group by 1, 2
"""
    return shares(context, context.frame(sql, asked.params), counts=False)


_RISKS = {
    "credit_rating": "c.credit_rating = 'poor'",
    "credit_overdue": "w.overdue > 0",
    "credit_limit": "c.credit_limit is not null and coalesce(w.balance, 0) + s.amount > c.credit_limit",
}


def _tests(present: frozenset[str]) -> list[str]:
    """Which of the three tests of a customer's credit the loaded columns allow."""
    billed = present >= INVOICED
    ways = {
        "credit_rating": RATINGS in present,
        "credit_overdue": billed and "invoices.due_at" in present,
        "credit_limit": billed and LIMITS in present,
    }
    return [name for name, possible in ways.items() if possible]


def commission_on_settled(context: Context) -> list[Row]:
    """Commission payable / commission earned in the period; n: the commissions with a known invoice.

    Payable: as much of it as of the invoice was paid before the end of the period (setting commission_rule = pro_rata),
    or all once the invoice is fully paid (all_or_nothing). Of a void invoice nothing is payable.
    """
    share = "least(1, coalesce(s.paid, 0) / nullif(b.amount, 0))"
    if context.settings.get("commission_rule") == "all_or_nothing":
        share = f"case when {share} >= 1 then 1 else 0 end"
    asked = source(context, "commissions")
    sql = f"""
with {CLAIMS.strip()},
{asked.ctes},
earned as (
  select p.i, {asked.group} as g, p.until, f.amount, i.invoice_id, i.amount as billed, b.claim
  from {asked.relation} join p on f.earned_at >= p.since and f.earned_at < p.until
  left join invoices i on i.invoice_id = f.invoice_id
  left join bills b on b.invoice_id = f.invoice_id
  where {asked.where}
),
owed as (select claim, sum(amount) as amount from bills group by 1),
settled as (select p.until, y.claim, sum(y.amount) as paid from paid y join p on y.paid_at < p.until group by 1, 2)
select e.i, e.g, sum(e.amount * coalesce({share}, 0)) filter (where e.billed is not null)::double as numerator,
       sum(e.amount) filter (where e.billed is not null)::double as denominator, count(e.billed) as n,
       count(*) - count(e.billed) as unknown
from earned e
left join owed b on b.claim = e.claim
left join settled s on s.claim = e.claim and s.until = e.until
group by 1, 2
"""
    found = context.frame(sql, asked.params)
    if unknown := int(found["unknown"].sum()):
        context.note("commissions_without_invoice", n=unknown)
    return shares(context, found, counts=False)
