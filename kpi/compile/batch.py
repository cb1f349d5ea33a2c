"""One query per fact table and date column for a whole board: the leaves of all its KPIs at once.

Periods are a small table of half-open ranges, joined on the day, so buckets in any calendar cost the same. A stock is
joined to the periods by its own condition. Aggregates carry their condition as FILTER; ratios stay numerator and
denominator to the end.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from kpi.compile.expression import parse_condition
from kpi.compile.filters import conditions as filter_conditions
from kpi.compile.inlined import inlined
from kpi.compile.printing import named_in, parsed, printed
from kpi.compile.scope import facts, scope
from kpi.compile.stocks import FEW, grouped, grouped_by
from kpi.core import NOT_RECORDED, Measure, Period, SettingsByName

_MARK = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\?""")  # a parameter, or a text or name that may hold its sign
_DAY_JOIN_LIMIT = 200_000  # days over all periods; beyond that the range join is cheaper


@dataclass(frozen=True)
class Leaf:
    """A measure in a sequence of periods; `total`: over all groups, whatever the split."""

    measure: Measure
    periods: tuple[Period, ...]
    total: bool = False

    @functools.cached_property
    def _hash(self) -> int:
        return hash((self.measure, self.periods, self.total))

    def __hash__(self) -> int:
        return self._hash  # asked for every cell of a board: reading 120 periods each time would take most of its time


@dataclass(frozen=True)
class Statement:
    """SQL with parameters. Its columns: period index, group, then value and n of each leaf.

    shown: the SQL as a reader is shown it. The texts of a user's own definitions are parameters in `sql` and stand
    in their place in `shown`; `own` tells such a statement, which is not to run longer than a limit.
    """

    sql: str
    params: tuple[object, ...]
    leaves: tuple[Leaf, ...]
    shown: str = ""
    own: bool = False
    facts: tuple[tuple[str, str], ...] = ()  # the helper facts that `sql` begins with, each followed by a comma


def compile_batch(
    leaves: Sequence[Leaf],
    *,
    now: date,
    split: str | None = None,
    filters: Sequence[tuple[str, str]] = (),
    settings: SettingsByName | None = None,
) -> list[Statement]:
    """The statements that answer all `leaves`. now: the day after the last known day."""
    groups: dict[tuple, list[Leaf]] = {}
    for leaf in dict.fromkeys(leaves):
        m = leaf.measure
        groups.setdefault((m.own, m.table, m.date, m.all_rows, leaf.periods, leaf.total), []).append(leaf)
    found = []
    for key, group in groups.items():
        asked = tuple(group), now, None if key[-1] else split, tuple(filters), settings or {}
        shown, params = _statement(*asked, None)
        if key[0]:
            sql, bound = _statement(*asked, [])
            found.append(Statement(sql, bound, asked[0], inlined(shown, params), own=True))
        else:
            facts_read = tuple(_fact_texts(key[1], now, settings or {}).items())
            found.append(Statement(shown, params, asked[0], inlined(shown, params), facts=facts_read))
    return found


def _statement(
    leaves: tuple[Leaf, ...],
    now: date,
    split: str | None,
    filters: tuple[tuple[str, str], ...],
    settings: SettingsByName,
    bound: list[object] | None,
) -> tuple[str, tuple[object, ...]]:
    """The SQL with its parameters. bound: the texts of the expressions become parameters, collected there."""
    first = leaves[0].measure
    periods = leaves[0].periods
    own = scope(first.table)
    joins: dict[str, None] = {}
    params: list[object] = []
    columns: list[str] = []
    wheres = {leaf.measure.where for leaf in leaves}
    shared = len(wheres) == 1 and None not in wheres  # one condition for all: rows are left out before aggregating
    conditions: list[str] = []
    rows_of = _grouped(leaves, settings, now) if bound is None and not split and not filters else ""
    for k, leaf in enumerate(leaves):
        told = printed(leaf.measure, settings, shared, bound)
        joins.update(dict.fromkeys(told.joins))
        if shared and not conditions:
            conditions.append(f"({told.condition})")
        value, n = told.value, told.rows
        if rows_of:
            value, n = (
                f"cast(coalesce({each.replace('COUNT(*)', 'SUM(f._n)', 1)}, 0) as bigint)" for each in (value, n)
            )
        columns += [f"cast({value} as double) as v{k}", f"{n} as n{k}"]
    group = "cast(null as varchar)"
    if split:
        dimension = own.dimension(split)
        joins.update(dict.fromkeys(dimension.joins))
        group = f"coalesce(nullif(trim(cast({dimension.sql} as varchar)), ''), '{NOT_RECORDED}')"
    if own.live and not first.all_rows:
        conditions.append(f"({_live(first.table)})")
    for each in filter_conditions(own, filters):
        joins.update(dict.fromkeys(each.joins))
        conditions.append(each.sql)
        params += each.params
    if first.date:
        day = own.column(first.date).sql
        conditions.insert(
            0, f"{day} >= {_time(min(p.since for p in periods))} and {day} < {_time(max(p.until for p in periods))}"
        )
        if len(periods) == 1:
            relation, on = "p", "true"
        elif sum(p.days for p in periods) <= _DAY_JOIN_LIMIT:
            relation, on = _DAYS, f"p.day = cast({day} as date)"
        else:
            relation, on = "p", f"{day} >= p.since and {day} < p.until"
    else:
        relation, on = "p", "true"
    lines = [
        f"with {_with(first.table, periods, now, settings)}",
        f"select p.i, {group} as g,\n  " + ",\n  ".join(columns),
        f"from {rows_of or first.table} f",
        *joins,
        f"{'left ' if relation == _DAYS and _without_gap(periods) else ''}join {relation} on {on}",
    ]
    if conditions:
        lines.append("where " + "\n  and ".join(conditions))
    lines.append("group by 1, 2")
    sql = "\n".join(lines)
    if bound is None:
        return sql, tuple(params)
    return _numbered(sql, len(bound)), (*bound, *params)


def _grouped(leaves: tuple[Leaf, ...], settings: SettingsByName, now: date) -> str:
    """The rows of a state that is asked at many days, counted in groups; "" where that cannot be."""
    first, periods = leaves[0].measure, leaves[0].periods
    if first.date or len(periods) < FEW or (scope(first.table).live and not first.all_rows):
        return ""
    by = grouped_by(tuple((leaf.measure, named_in(leaf.measure, settings)) for leaf in leaves))
    return grouped(first.table, *by, periods, now) if by else ""


@functools.cache
def _live(table: str) -> str:
    """The condition under which the rows of a table count, as SQL."""
    own = scope(table)
    return parse_condition(own.live or "true", own, ("model.toml", table)).sql()


def _numbered(sql: str, before: int) -> str:
    """`sql` with the marks of its filters numbered behind the bound texts: both kinds may not be mixed."""
    numbers = itertools.count(before + 1)
    return _MARK.sub(lambda found: f"${next(numbers)}" if found[0] == "?" else found[0], sql)


def _without_gap(periods: Sequence[Period]) -> bool:
    """Whether every day from the first to the last lies in a period: then each row in reach meets one, and a left join
    says the same. The database knows how many rows a left join gives; of a join by days it expects next to none, and
    then builds what follows around the wrong table."""
    ordered = sorted((p.since, p.until) for p in periods)
    reach = ordered[0][0]
    for since, until in ordered:
        if since > reach:
            return False
        reach = max(reach, until)
    return True


_DAYS = "(select *, cast(unnest(range(since, until, interval 1 day)) as date) as day from p) p"


@functools.lru_cache(maxsize=4096)
def is_additive(measure: Measure) -> bool:
    """Whether no rows mean zero: counts and sums, and what is added up from them."""
    tree = parsed(measure)[0].tree
    aggregates = list(tree.find_all(exp.Count, exp.Sum, exp.Avg, exp.Median, exp.Min, exp.Max))
    return all(isinstance(a, exp.Count | exp.Sum) for a in aggregates) and not tree.find(exp.Div, exp.Nullif)


@functools.lru_cache(maxsize=4096)
def is_count(measure: Measure) -> bool:
    """Whether the value is a plain count, so that a share of it is a proportion."""
    tree = parsed(measure)[0].tree
    return isinstance(tree.this if isinstance(tree, exp.Filter) else tree, exp.Count)


def fact_ctes(table: str, now: date, settings: SettingsByName) -> list[str]:
    """The helper facts that `table` needs, as CTE texts in order of dependency."""
    return list(_fact_texts(table, now, settings).values())


def _fact_texts(table: str, now: date, settings: SettingsByName) -> dict[str, str]:
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        fact = facts()[name]
        for used in fact.uses:
            if used in facts() and used not in texts:
                add(used)
        texts[name] = f"{name} as (\n{_filled(fact.sql, now, settings)}\n)"

    if table in facts():
        add(table)
    return texts


def _filled(sql: str, now: date, settings: SettingsByName) -> str:
    """period.now and settings.<name> of a helper fact as literals."""
    sql = re.sub(r"\bperiod\.now\b", _time(now), sql)

    def literal(match: re.Match[str]) -> str:
        value = settings.get(match[1])
        return "null" if value is None else exp.convert(value).sql(dialect="duckdb")

    return re.sub(r"\bsettings\.(\w+)", literal, sql)


def _with(table: str, periods: tuple[Period, ...], now: date, settings: SettingsByName) -> str:
    rows = ", ".join(f"({i}, {_time(p.since)}, {_time(p.until)}, {_time(now)})" for i, p in enumerate(periods))
    return ",\n".join([*fact_ctes(table, now, settings), f"p(i, since, until, now) as (values {rows})"])


def _time(day: date) -> str:
    return f"timestamp '{day.isoformat()}'"
