"""The evidence on the KPIs of the chosen goals: their series fetched at once, read by `kpi.analysis.evidence`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from kpi.analysis.evidence import Backing, Candidate, Evidence, Fact, evidence, ranked
from kpi.analysis.evidence_rules import Rules, weighted
from kpi.analysis.matching import Match, match
from kpi.analysis.series import SEASONS, Series, series_of
from kpi.core import ROLES, Period, Query, Row
from kpi.measure.frame import recent
from kpi.measure.home import speaker
from kpi.measure.run import run
from kpi.quality.grade import kpi_grade
from kpi.quality.rules import rules as quality_rules
from kpi.text import Texts
from kpi.workspace.choices import selected_kpis
from kpi.workspace.own_goals import goals_of
from kpi.workspace.own_kpis import kpi_of, kpis_of
from kpi.workspace.workspace import Workspace

MOST = 120  # months looked back


WHOLE = 0.995  # a share that is said as 100 %
RECENT = 12  # periods that the cases of a period are told from


def rules_of(workspace: Workspace) -> Rules:
    """The rules in force: the weights that the workspace has set, else those of the definitions."""
    settings = workspace.settings
    return weighted(settings.evidence_weights if "evidence_weights" in settings.given else None)


def series(workspace: Workspace, kpis: Sequence[str], by: str = "month", calendar: str = "") -> dict[str, Series]:
    """The series of whole periods of several KPIs, all over the same periods; {} without data."""
    return {id_: found for id_, (found, _) in _asked(workspace, kpis, by, calendar).items()}


def _asked(
    workspace: Workspace, kpis: Sequence[str], by: str, calendar: str
) -> dict[str, tuple[Series, tuple[Row, ...]]]:
    since, until = recent(workspace, by, calendar, MOST)
    results = run(workspace, Query(tuple(kpis), since, until, by, calendar)).results
    return {each.kpi.id: (series_of(each.kpi, each.rows), each.rows) for each in results}


def _backing(workspace: Workspace, kpi: str, rows: Sequence[Row]) -> Backing | None:
    """The grade of the data behind a KPI, and how many cases a recent period rests on."""
    grade = kpi_grade(workspace, kpi)
    if grade.score is None:
        return None
    cases = [row.n for row in rows if row.period.complete and row.n is not None][-RECENT:]
    weakest = grade.weakest or ""
    share = grade.parts.get(weakest, 1.0)
    weakest = weakest if share < WHOLE else ""
    return Backing(grade.score / 100, grade.state, weakest, share, median(cases) if cases else None)


def evidence_on(
    workspace: Workspace,
    matches: Sequence[Match],
    speaker: str | None,
    chosen: Sequence[str] = (),
    by: str = "month",
    calendar: str = "",
) -> list[Evidence]:
    """The evidence on every match, best first as the rules order it.

    speaker: the KPI that speaks for the goal, None where none can be computed; chosen: the KPIs of the board.
    """

    def make() -> list[Evidence]:
        ready = [m.kpi.id for m in matches if m.computable]
        known = [id_ for id_ in chosen if kpi_of(workspace, id_)]
        spoken = [speaker] if speaker else []
        wanted = list(dict.fromkeys([*ready, *spoken, *known]))
        asked = _asked(workspace, wanted, by, calendar) if wanted else {}
        held = {id_: found for id_, (found, _) in asked.items()}
        periods = max((each.periods for each in held.values()), key=len, default=())
        candidates = [
            Candidate(
                held.get(m.kpi.id) or Series(m.kpi, periods, (None,) * len(periods)), m.role, m.computable, m.missing,
                _backing(workspace, m.kpi.id, asked[m.kpi.id][1]) if m.kpi.id in asked else None,
            )
            for m in matches
        ]  # fmt: skip
        goal = held.get(speaker or "")
        told = evidence(candidates, goal, [held[id_] for id_ in known if id_ in held], SEASONS[by], rules_of(workspace))
        return ranked(told)

    key = ("evidence", tuple(m.kpi.id for m in matches), speaker, tuple(chosen), by, calendar)
    return workspace.memo(key, make)


@dataclass(frozen=True)
class Ranked:
    """A match with the evidence on it, and the KPI and goal that it was compared with."""

    match: Match
    evidence: Evidence
    goal: str
    speaker: str | None


def ranked_matches(workspace: Workspace, goals: Sequence[str], by: str = "month", calendar: str = "") -> list[Ranked]:
    """The KPIs of the goals in rank order: strongest role, computable, evidence.

    Each is compared with the KPI that speaks for the goal in which its role is strongest.
    """
    matches = match(goals, workspace.columns(), goals_of(workspace), kpis_of(workspace))
    chosen = [each.kpi for each in selected_kpis(workspace)]
    found: dict[str, Ranked] = {}
    for goal in goals:
        mine = [m for m in matches if m.roles[0].goal == goal]
        voice = speaker(workspace, goal)
        for each in evidence_on(workspace, mine, voice, chosen, by, calendar) if mine else []:
            found[each.kpi] = Ranked(next(m for m in mine if m.kpi.id == each.kpi), each, goal, voice)
    listed = [found[m.kpi.id] for m in matches]

    def place(each: Ranked) -> tuple[int, bool, float]:
        return ROLES.index(each.match.role), not each.match.computable, -each.evidence.score

    return sorted(listed, key=place)


def fact_text(texts: Texts, fact: Fact, by: str = "month", names: Mapping[str, str] | None = None) -> str:
    """The sentence of a finding in the reader's language. names: of the KPIs that it speaks of, by id."""
    values = {name: _said(texts, name, value, by, names or {}) for name, value in fact.params}
    section, _, code = fact.code.partition("_") if fact.code.startswith("quality_") else ("", "", fact.code)
    return texts.t(f"evidence_{section}.{code}" if section else f"evidence.{code}", **values)


def _said(texts: Texts, name: str, value: object, by: str, names: Mapping[str, str]) -> object:
    if name in ("goal", "other"):
        return names.get(str(value), value)
    if name == "part":
        return quality_rules().parts[str(value)].name.get(texts.lang)
    if name == "columns" and isinstance(value, tuple):
        return [texts.t(f"field.{column.partition('.')[2]}") for column in dict.fromkeys(value)]
    return texts.period(value, by) if isinstance(value, Period) else value
