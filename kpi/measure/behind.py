"""The rows behind a number: those of a measure's table, each with the reason why it is in the number or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.compile import Leaf, parse_condition, scope
from kpi.compile.batch import fact_ctes
from kpi.compile.filters import conditions
from kpi.compile.printing import parsed
from kpi.compile.row_value import left_out
from kpi.model import tables
from kpi.quality.masking import HIDDEN, masked
from kpi.workspace.storage import quoted

# Why a row of the table is not in the number, in the order in which it is asked; each row has one reason.
REASONS = ("not_counting", "no_date", "outside_period", "filtered_out", "not_meant", "no_value")
USED = "used"
LEFT_OUT = "left_out"
CELLS = 9  # columns of a row shown with it
FIRST = 200
RATERS = ("respondent_id", "respondent_role")


@dataclass(frozen=True)
class Behind:
    """relation: what follows FROM, so that rows are `f`, the period `p`, joined tables `j_<table>`; reason: SQL of the
    reason of a row, with `params` for its marks; columns: those that decide, (name to show, SQL)."""

    table: str
    ctes: str
    relation: str
    reason: str
    params: tuple[object, ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Listing:
    """The first rows of `total`. columns: as the model calls them; the first is the reason where rows are left out."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    total: int


def behind(leaf: Leaf, filters: tuple[tuple[str, str], ...], now: date, settings) -> Behind:
    """The rows of the leaf's table over its first period. Unknown: the table does not lead to a filter's dimension."""
    measure, period = leaf.measure, leaf.periods[0]
    own = scope(measure.table)
    value, condition = parsed(measure, settings)
    joins = dict.fromkeys([*value.joins, *(condition.joins if condition else ())])
    cases: list[tuple[str, str]] = []
    params: list[object] = []
    named = [*value.columns, *(condition.columns if condition else ())]
    if own.live and not measure.all_rows:
        live = parse_condition(own.live, own, ("model.toml", measure.table))
        cases.append(("not_counting", f"({live.sql()}) is not true"))
        named += live.columns
    if measure.date:
        day = own.column(measure.date).sql
        cases += [("no_date", f"{day} is null"), ("outside_period", f"not ({day} >= p.since and {day} < p.until)")]
        named.insert(0, f"{measure.table}.{measure.date}")
    for each in conditions(own, filters):
        joins.update(dict.fromkeys(each.joins))
        cases.append(("filtered_out", f"({each.sql}) is not true"))
        params += each.params
        named.append(own.dimension(each.dimension).name)
    if condition:
        cases.append(("not_meant", f"({condition.sql()}) is not true"))
    cases += zip(("not_meant", "no_value"), left_out(value), strict=False)
    whens = " ".join(f"when {test} then '{reason}'" for reason, test in cases)
    bounds = f"timestamp '{period.since}', timestamp '{period.until}', timestamp '{now}'"
    ctes = ",\n".join([*fact_ctes(measure.table, now, settings), f"p(since, until, now) as (values ({bounds}))"])
    relation = "\n".join([f"{measure.table} f", *joins, "join p on true"])
    reason = f"case {whens} else '{USED}' end" if cases else f"'{USED}'"
    return Behind(measure.table, ctes, relation, reason, tuple(params), _sources(measure.table, named))


def counts(workspace, found: Behind) -> dict[str, int]:
    """Rows by reason, `used` among them; remembered: the card, the list and its file ask for the same."""
    sql = f"with {found.ctes}\nselect {found.reason} as reason, count(*) from {found.relation} group by 1"
    return workspace.memo(("sql", sql, found.params), lambda: dict(workspace.rows(sql, found.params)))


def listing(workspace, found: Behind, reason: str = USED, most: int = FIRST, unmasked: bool = False) -> Listing:
    """The first rows with this reason, or with any but `used` (LEFT_OUT), the newest first, personal data masked."""
    wanted = f"reason <> '{USED}'" if reason == LEFT_OUT else f"reason = '{reason}'"
    shown = _shown(workspace, found)
    columns = [name for name, _ in shown]
    select = ", ".join(f"{sql} as {quoted(name)}" for name, sql in shown)
    order = _order(found.table, columns)
    heads = (["reason"] if reason == LEFT_OUT else []) + columns
    statement = (
        f"with {found.ctes},\nr as (select {found.reason} as reason, {select}\nfrom {found.relation})\n"
        f"select {', '.join(map(quoted, heads))} from r where {wanted} order by {order} limit {int(most)}"
    )
    rows = workspace.rows(statement, found.params)
    total = sum(
        n for why, n in counts(workspace, found).items() if (why != USED if reason == LEFT_OUT else why == reason)
    )
    if not unmasked:
        hidden = _of_raters(heads, reason == USED and total >= int(getattr(workspace.settings, "min_raters", 0)))
        rows = [
            tuple(HIDDEN if c in hidden else _masked(found.table, c, v) for c, v in zip(heads, row, strict=True))
            for row in rows
        ]
    return Listing(found.table, tuple(heads), tuple(map(tuple, rows)), total)


def _of_raters(heads: list[str], enough: bool) -> tuple[str, ...]:
    """The columns that would tell who gave which rating: of too few raters, and of other numbers, the ratings, too."""
    if "respondent_id" not in heads:
        return ()
    return RATERS if enough else (*RATERS, "points")


def _sources(table: str, named: list[str]) -> tuple[tuple[str, str], ...]:
    """`table.column` → (name to show, SQL), each once."""
    found: dict[str, str] = {}
    for path in named:
        owner, _, column = path.rpartition(".")
        if owner in ("", table):
            found[column] = f"f.{quoted(column)}"
        elif owner != "extra":
            found[path] = f"j_{owner}.{quoted(column)}"
    return tuple(found.items())


def _shown(workspace, found: Behind) -> list[tuple[str, str]]:
    """Key, what decides, then other columns that hold data, as far as there is room."""
    own = tables().get(found.table)
    if own is None:
        names = [(name, f"f.{quoted(name)}") for name in scope(found.table).columns]
        return list(dict([*found.columns, *names]).items())[: CELLS + 3]
    held = [c for c in own.fields if f"{own.name}.{c}" in workspace.columns()]
    keys = [(c, f"f.{quoted(c)}") for c in own.key]
    rest = [(c, f"f.{quoted(c)}") for c in held if own.fields[c].type not in ("json",)]
    decisive = dict([*keys, *found.columns])
    room = max(CELLS, len(decisive))
    return list((decisive | dict(rest)).items())[:room]


def _order(table: str, columns: list[str]) -> str:
    own = tables().get(table)
    times = [c for c in columns if own and c in own.fields and own.fields[c].type == "time"]
    keys = [c for c in columns if own and c in own.key]
    return ", ".join([*(f"{quoted(c)} desc nulls last" for c in times[:1]), *map(quoted, keys or columns[:3])])


def _masked(table: str, column: str, value: object) -> object:
    """Masked as its own table says; the columns of a helper fact as any table that has such a column says."""
    owner, _, name = column.rpartition(".")
    if owner or table in tables():
        return masked(owner or table, name, value)
    of = next((t.name for t in tables().values() if name in t.fields and t.fields[name].personal), None)
    return masked(of, name, value) if of else masked(next(iter(tables())), name, value)
