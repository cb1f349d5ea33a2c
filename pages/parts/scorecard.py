"""The scorecard: factors with what the data and what people say, their instruments, what is missing."""

from __future__ import annotations

from kpi import measure
from kpi.analysis.card import OBJECTIVE, SUBJECTIVE, read_card
from kpi.analysis.scorecard import NO_DATA, NO_TARGET, SCORED, FactorScore, Instrument, PerspectiveScore, Scorecard
from kpi.analysis.scorecard_view import (
    APART,
    farthest_apart,
    gap,
    missing,
    people_range,
    scored,
    side,
    side_state,
    weakest,
    weakest_factor,
)
from kpi.core import Query
from kpi.stats.composite import MIN_COVERAGE
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.items import kpi_name
from pages.parts.tables import table
from pages.parts.views import Action, Cell, Column, Factor, Perspective, Table

FULL = 10.0  # the scale that is shown: scores of 0 to 100 as 0 to 10


def tenth(score: float | None) -> float | None:
    """A score of 0 to 100 on the scale that is shown."""
    return None if score is None else score * FULL / 100


def score_text(here: Frame, score: float | None) -> str:
    """A score as shown: 6.1."""
    return here.texts.number(tenth(score), decimals=1)


def factor_name(here: Frame, factor: str) -> str:
    """The factor in the reader's language."""
    return read_card().factors[factor].name.get(here.texts.lang)


def perspective_name(here: Frame, perspective: str) -> str:
    """The perspective in the reader's language."""
    return read_card().perspectives[perspective].get(here.texts.lang)


def card_finding(here: Frame, card: Scorecard) -> str:
    """The whole and what holds it back; where too little is covered, what is missing most."""
    gone = missing(card)
    if card.score is None:
        most = here.t(f"scorecard.most_{gone[0].state}", n=gone[0].n) if gone else ""
        return here.t("finding_suppressed", **_covered(here, card.coverage), most=most)
    params = {
        "score": score_text(here, card.score),
        "full": here.texts.number(FULL, decimals=0),
    }
    low = weakest(card)
    worst = weakest_factor(card, low.perspective) if low else None
    if low is None or worst is None:
        return here.t("finding_even", **params)
    names = {"name": perspective_name(here, low.perspective), "factor": factor_name(here, worst.factor)}
    return here.t("finding", **params, **names, low=score_text(here, worst.score))


def _covered(here: Frame, coverage: float) -> dict[str, str]:
    """How much is covered, and the least for a score."""
    return {
        "coverage": here.texts.percent(coverage, decimals=0),
        "least": here.texts.percent(MIN_COVERAGE, decimals=0),
    }


def card_note(here: Frame, card: Scorecard) -> str:
    """The grey line: coverage, what is missing, where data and people contradict each other most."""
    has, all_ = scored(card)
    parts = [here.t("coverage", coverage=here.texts.percent(card.coverage, decimals=0), n=has, all=all_)]
    apart = farthest_apart(card)
    if apart:
        name, data = factor_name(here, apart.factor), score_text(here, apart.objective)
        parts.append(here.t("apart", name=name, data=data, people=score_text(here, apart.subjective)))
    return " ".join(parts)


def perspectives_view(here: Frame, card: Scorecard, unfolded: str | None) -> list[Perspective]:
    """The four perspectives with their factors; unfolded: the factor that shows its instruments."""
    low = weakest(card)
    return [_perspective(here, card, each, each == low, unfolded) for each in card.perspectives]


def _perspective(here: Frame, card: Scorecard, p: PerspectiveScore, weak: bool, unfolded: str | None) -> Perspective:
    has, all_ = scored(card, p.perspective)
    factors = tuple(_factor(here, f, unfolded) for f in card.factors if f.perspective == p.perspective)
    text = score_text(here, p.score)
    measured = here.t("measured", n=has, all=all_)
    if p.score is None:
        text = ""
        measured = here.t("not_enough", **_covered(here, p.coverage))
    weight = here.texts.percent(p.weight, decimals=0)
    return Perspective(
        perspective_name(here, p.perspective), measured, tenth(p.score), text, weight, factors, weak=weak
    )


def _factor(here: Frame, f: FactorScore, unfolded: str | None) -> Factor:
    apart, spread = gap(f), people_range(f)
    low, high = (tenth(spread[0]), tenth(spread[1])) if spread else (None, None)
    return Factor(
        name=factor_name(here, f.factor),
        data=tenth(f.objective),
        data_text=_side_text(here, f, OBJECTIVE, f.objective),
        people=tenth(f.subjective),
        people_text=_side_text(here, f, SUBJECTIVE, f.subjective),
        low=low,
        high=high,
        gap="" if apart is None else here.texts.change(tenth(apart), decimals=1),
        apart=apart is not None and abs(apart) >= APART,
        weight=here.texts.percent(f.weight, decimals=1),
        pick=f"factor:{f.factor}",
        detail=factor_detail(here, f) if f.factor == unfolded else "",
    )


def _side_text(here: Frame, f: FactorScore, kind: str, score: float | None) -> str:
    state = side_state(f, kind)
    return score_text(here, score) if state == SCORED else here.t(f"scorecard.state_{state}")


def factor_detail(here: Frame, f: FactorScore) -> str:
    """The instruments of a factor: first what the data say, then what people say."""
    remark = read_card().factors[f.factor].remark
    parts = [caption(remark.get(here.texts.lang))] if remark else []
    data, people = side(f, OBJECTIVE), side(f, SUBJECTIVE)
    if data:
        parts.append(table(_data_table(here, data)))
    if people:
        parts.append(table(_people_table(here, people)))
    return "".join(parts)


def _data_table(here: Frame, instruments: list[Instrument]) -> Table:
    """What is counted: value and target, both up to today; what is missing in words."""
    heads = (
        Column(here.t("counted")),
        Column(here.t("parts.value"), number=True),
        Column(here.t("baseline"), number=True, secondary=True),
        Column(here.t("target"), number=True),
        Column(here.t("score"), number=True),
        Column("", number=True),
    )
    rows = tuple(_data_row(here, i) for i in instruments)
    return Table(heads, rows)


def _data_row(here: Frame, i: Instrument) -> tuple[str | Cell, ...]:
    kpi, number = kpis_of(here.workspace)[i.id], here.texts.number
    aim = number(i.target, kpi.unit)
    if i.target is None and i.low is not None and i.high is not None:
        aim = here.texts.range_(i.low, i.high, kpi.unit)
    score = Cell(score_text(here, i.score), strong=True)
    if i.state != SCORED:
        score = Cell(here.t(f"scorecard.state_{i.state}"), grey=True)
    step = here.t("set_target") if i.state == NO_TARGET else here.t("open")
    return (
        Cell(kpi_name(here, kpi), note=_lacking(here, i)),
        number(i.value, kpi.unit),
        number(i.baseline, kpi.unit),
        aim,
        score,
        Cell("", action=Action(step, f"kpi:{i.id}")),
    )


def _lacking(here: Frame, i: Instrument) -> str:
    """What the instrument waits for."""
    if i.state != NO_DATA:
        return ""
    lacking = measure.run(here.workspace, Query((i.id,)))[i.id].missing
    if not lacking:
        return here.t("no_value")
    return here.t("needs", columns=[here.t(f"field.{column.partition('.')[2]}") for column in lacking])


def _people_table(here: Frame, instruments: list[Instrument]) -> Table:
    """What is rated: how many, median, spread; hidden until enough have rated."""
    heads = (
        Column(here.t("rated")),
        Column(here.t("raters"), number=True),
        Column(here.t("median"), number=True),
        Column(here.t("spread"), number=True, secondary=True),
        Column(here.t("score"), number=True),
        Column("", number=True),
    )
    rows = []
    for i in instruments:
        kpi = kpis_of(here.workspace)[i.id]
        score = Cell(score_text(here, i.score), strong=True)
        if i.state != SCORED:
            score = Cell(here.t(f"scorecard.state_{i.state}"), grey=True)
        cells = (here.texts.number(i.n), score_text(here, i.median), score_text(here, i.spread), score)
        rows.append((Cell(kpi_name(here, kpi)), *cells, Cell("", action=Action(here.t("rate"), "rate"))))
    return Table(heads, tuple(rows))
