"""Who uses the CRM: active users, users of several modules, managers."""

from __future__ import annotations

from kpi.analysis.context import Context
from kpi.analysis.question import filled, shares, source
from kpi.core import Row

MODULE = ("module", "crm_logins.module")
_EMPLOYED = "(f.hired_at is null or f.hired_at < p.until) and (f.left_at is null or f.left_at >= p.until)"


def active_users(context: Context) -> list[Row]:
    """Employees with enough days with a login: active_user_days per 30 known days of the period. n: all who logged in."""
    asked = source(context, "login_days")
    sql = f"""
with {asked.ctes},
days as (
  select p.i, {asked.group} as g, f.employee_id, count(*) as days, {_least(context)} as least
  from {asked.relation} join p on f.day >= p.since and f.day < p.known
  where {asked.where} and f.employee_id is not null group by 1, 2, 3, p.since, p.known
)
select i, g, count(*) filter (where days >= least) as value, count(*) as n from days group by 1, 2
"""
    return filled(context, context.frame(sql, asked.params), empty=0)


def active_managers(context: Context) -> list[Row]:
    """Managers meant to use the CRM, employed at the end of the period, who are active users, of all of them."""
    asked = source(context, "employees", uses=["login_days"])
    sql = f"""
with {asked.ctes},
people as (
  select p.i, {asked.group} as g, {_least(context)} as least,
         (select count(*) from login_days d
          where d.employee_id = f.employee_id and d.day >= p.since and d.day < p.known) as days
  from {asked.relation} join p on p.known > p.since
  where {asked.where} and f.is_manager and coalesce(f.crm_user, true) and {_EMPLOYED}
)
select i, g, count(*) filter (where days >= least) as numerator, count(*) as denominator from people group by 1, 2
"""
    return shares(context, context.frame(sql, asked.params))


def broad_users(context: Context) -> list[Row]:
    """CRM users who used at least usage_min_modules modules in the period, of all CRM users.

    Split by module: the share of the sessions that each module has.
    """
    if context.split in MODULE:
        return _sessions(context)
    least = int(context.settings.get("usage_min_modules"))
    asked = source(context, "employees", uses=["crm_users"])
    sql = f"""
with {asked.ctes},
people as (
  select p.i, {asked.group} as g,
         (select count(distinct lower(trim(l.module))) from crm_logins l
          where l.employee_id = f.employee_id and l.logged_in_at >= p.since and l.logged_in_at < p.until) as modules
  from {asked.relation} join p on true
  where {asked.where} and f.employee_id in (select employee_id from crm_users) and {_EMPLOYED}
)
select i, g, count(*) filter (where modules >= {least}) as numerator, count(*) as denominator from people group by 1, 2
"""
    return shares(context, context.frame(sql, asked.params))


def _sessions(context: Context) -> list[Row]:
    asked = source(context, "crm_logins")
    sql = f"""
with {asked.ctes},
sessions as (
  select p.i, {asked.group} as g, count(*) as numerator
  from {asked.relation} join p on f.logged_in_at >= p.since and f.logged_in_at < p.until
  where {asked.where} group by 1, 2
)
select i, g, numerator, sum(numerator) over (partition by i) as denominator from sessions
"""
    return shares(context, context.frame(sql, asked.params))


def _least(context: Context) -> str:
    """The days with a login that make a user active in the known part of a period."""
    days = float(context.settings.get("active_user_days"))
    return f"{days} * date_diff('day', p.since, p.known) / 30"
