"""The nouns of the product: frozen, comparable, without behaviour that needs a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

LANGUAGES = ("en", "fa", "uk")
NOT_RECORDED = "not recorded"  # the group of rows whose split column is empty
ROLES = ("direct", "supporting", "guardrail")  # in order of strength


class SettingsByName(Protocol):
    """The settings of a workspace by name, None where there is none: a dict will do."""

    def get(self, name: str, /) -> object: ...


@dataclass(frozen=True)
class Text:
    """One text in the three languages; `of` marks the English text that the translations were made from."""

    en: str
    fa: str = ""
    uk: str = ""
    of: str = ""

    def get(self, lang: str) -> str:
        """The text in `lang`, in English where a translation is missing."""
        return getattr(self, lang, "") or self.en


@dataclass(frozen=True, order=True)
class Period:
    """Half-open: since <= day < until. `complete` is False while the period still runs."""

    since: date
    until: date
    complete: bool = True

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def last(self) -> date:
        """The last day, for people."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True)
class Measure:
    """One aggregate over one fact table (or helper fact): the atom the engine computes.

    table: a canonical table or a helper fact of `definitions/facts.toml`.
    date: its date column (a flow or cohort: rows with since <= date < until); None: a stock, whose `where`
          names `since`, `until` or `as_of` itself.
    value: the aggregate expression; where: the row condition.
    """

    table: str
    value: str
    date: str | None = None
    where: str | None = None
    all_rows: bool = False
    own: bool = False  # of a definition that a user wrote: asked apart, for a limited time, with bound literals


@dataclass(frozen=True)
class Computation:
    """How a KPI is computed: a formula over named parts, or a function of kpi/analysis.

    A KPI has one or more, in order of preference; the first whose `needs` are met is in force, and `label` says so
    where it is not the first.
    """

    formula: str = ""
    parts: tuple[tuple[str, Measure], ...] = ()
    function: str = ""
    needs: str = ""  # grammar in docs/adding-a-kpi.md; empty: follows from the expressions
    label: Text | None = None
    over: str = ""  # a breakdown: without a split its value is picked among the groups of this dimension
    pick: str = ""  # max, min or median
    min_n: str = ""  # the setting with the smallest n for a group to be picked
    # Of a function: what it reads, as measures whose rows are those behind the number. Several: the first whose first
    # measure has rows is what it read.
    reads: tuple[Computation, ...] = ()


@dataclass(frozen=True)
class Beside:
    """A second number that stands beside a KPI and is never mixed in: the median beside a mean."""

    id: str
    name: Text
    computation: Computation


@dataclass(frozen=True)
class Kpi:
    """One KPI as defined in `kpi/definitions/kpis/*.toml`. docs/adding-a-kpi.md explains the keys."""

    id: str
    name: Text
    about: Text
    unit: str  # count, currency, days, hours, minutes, percent, ratio, score
    better: str  # higher, lower, target
    nature: str  # input, activity, outcome
    timing: str  # leading, lagging
    polarity: str  # success, loss, neutral
    display: str
    lens: str
    group: str
    formula: str  # the definition in the terms of the canonical model
    needs: str
    proportion: bool = False
    kind: str = "objective"  # or subjective: rated by people
    headline: Text | None = None
    refines: str = ""
    stage: str = ""
    perspective: str = ""
    factor: str = ""
    threshold: str = ""
    notes: str = ""
    serves: tuple[str, ...] = ()
    guardrails: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()  # groups of the set "departments" that list it
    settings: tuple[str, ...] = ()  # settings that its function reads; those of expressions are found in them
    splits: tuple[str, ...] = ()  # dimensions worth splitting by, first the most telling
    interval: str = ""  # wilson, nps; empty: wilson for a proportion of counts, else none
    # "null": no rows mean not defined, also for a count or a sum; "settings.<name>": not defined until that is set
    empty: str = ""
    stock: bool = False  # a state at the end of the period, not something that happened in it
    matures: str = ""  # for a cohort: the days from a row's date to what is waited for, as a row expression
    computations: tuple[Computation, ...] = ()
    beside: tuple[Beside, ...] = ()
    file: str = ""
    origin: str = ""  # "": built in; of a workspace: "own", or "changed" (a built-in one that it defines otherwise)


@dataclass(frozen=True)
class GoalKpi:
    """A KPI's place in a goal."""

    kpi: str
    role: str
    reason: Text


@dataclass(frozen=True)
class Goal:
    """One of the goals: what it means and which KPIs serve it, strongest role first."""

    id: str
    name: Text
    about: Text
    group: str
    kpis: tuple[GoalKpi, ...]
    question: Text | None = None
    aliases: tuple[str, ...] = ()
    sources: str = ""
    source: str = ""
    seeds: tuple[str, ...] = ()
    quick: int = 0


@dataclass(frozen=True)
class Query:
    """What is asked: frozen, so it is a cache key and a URL."""

    kpis: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    by: str | None = None  # day, week, month, quarter, year
    calendar: str = ""  # gregorian, jalali, fiscal; empty: the workspace's
    split: str | None = None
    filters: tuple[tuple[str, str], ...] = ()
    compare: str | None = None  # previous, year, target


@dataclass(frozen=True)
class Row:
    """One value of one KPI. None is "not defined", never 0 in its place."""

    period: Period
    value: float | None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    group: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    compared: float | None = None  # the value it is compared with (Query.compare)
    mature: bool = True  # False: a young cohort, most of whose outcomes are still to come
    beside: tuple[tuple[str, float | None], ...] = ()  # id of a Beside of the KPI → its value
    entered: str = ""  # not computed but entered by people: where it came from


@dataclass(frozen=True)
class KpiResult:
    """The rows of one KPI with their proof. Not computable: no rows, `missing` filled."""

    kpi: Kpi
    rows: tuple[Row, ...] = ()
    missing: tuple[str, ...] = ()
    sql: str = ""
    warnings: tuple[str, ...] = ()  # English sentences for the command line
    notes: tuple[tuple[str, tuple[tuple[str, object], ...]], ...] = ()  # (text key, params) for the pages

    @property
    def computable(self) -> bool:
        return not self.missing


@dataclass(frozen=True)
class Result:
    """The answer to a Query, in the order of its KPIs."""

    query: Query
    results: tuple[KpiResult, ...] = ()
    as_of: date | None = None
    revision: int = 0
    index: dict[str, KpiResult] = field(default_factory=dict, compare=False)

    def __getitem__(self, kpi: str) -> KpiResult:
        return self.index[kpi]
