"""Quality: what the data are worth as views of the parts: sentence, parts of the grade, findings, what is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from kpi.charts import Axis, Point, Trend
from kpi.model import table as model_table
from kpi.quality.finding import Finding
from kpi.quality.grade import Grade, kpi_grade
from kpi.quality.merge import FILE as MERGE
from kpi.quality.rows import BadRow, has_rows
from kpi.quality.rules import rules
from kpi.quality.scattered import Problem
from kpi.quality.stock import Stock
from kpi.quality.trend import Measured
from kpi.workspace.own_kpis import kpis_of
from pages.parts import empty
from pages.parts.frame import Frame
from pages.parts.views import Action, ActionRow, Bar, Cell, Column, DataGrade, Table

FIRST = 3
NAMED = 3  # KPIs named in a sentence
FULL = 100
SMALL = 0.01


def score_text(here: Frame, grade: Grade) -> str:
    """The score as shown."""
    return here.texts.number(grade.score, decimals=0)


def quality_finding(here: Frame, grade: Grade, found: Sequence[Finding]) -> str:
    """Can I trust these data, and what should be put right first."""
    said = here.t(f"finding_{grade.state}", score=score_text(here, grade))
    first = first_ones(found)
    if not first:
        return f"{said} {here.t('nothing_wrong')}"
    table = here.t(f"table.{first[0].table}")
    return f"{said} {here.t('first_fix', table=table, what=first[0].message(here.texts))}"


def first_ones(found: Sequence[Finding]) -> list[Finding]:
    """The gravest findings, those that KPIs rest on before the others."""
    order = {"high": 0, "medium": 1, "low": 2}
    ranked = sorted(found, key=lambda f: (not f.kpis, order[f.severity], -f.share))
    return [each for each in ranked if each.kpis or each.severity == "high"][:FIRST]


def part_name(here: Frame, part: str) -> str:
    """A part of the grade in the reader's language."""
    return rules().parts[part].name.get(here.texts.lang)


def grade_bars(here: Frame, grade: Grade) -> list[Bar]:
    """The parts of the grade: how much of each is good, and what it weighs."""
    return [
        Bar(
            part_name(here, part), share, here.texts.percent(share), here.texts.number(rules().parts[part].weight),
            tone="worse" if FULL * share < grade.threshold else "quantity", strong=part == grade.weakest,
        )
        for part, share in grade.parts.items()
    ]  # fmt: skip


def fix_rows(here: Frame, found: Sequence[Finding]) -> list[ActionRow]:
    """What to put right first, with what it does and how many KPIs it touches."""
    return [
        ActionRow(
            each.message(here.texts),
            f"{here.t(f'table.{each.table}')} · {each.effect(here.texts)}",
            here.t("touches", n=len(each.kpis)),
            Action(here.t("look"), each.id),
        )
        for each in first_ones(found)
    ]


def stock_table(here: Frame, held: Sequence[Stock]) -> Table:
    """What is loaded, with its grade."""
    texts = here.texts
    heads = (
        Column(here.t("table")), Column(here.t("rows"), number=True), Column(here.t("period"), secondary=True),
        Column(here.t("last"), secondary=True), Column(here.t("complete"), number=True), Column(here.t("grade"), number=True),
    )  # fmt: skip
    rows = []
    for each in held:
        loaded = each.loaded
        period = f"{texts.day(loaded.since)} – {texts.day(each.last)}" if loaded.since and each.last else "–"
        stubs = here.t("known_by_id", n=loaded.stubs) if loaded.stubs else ""
        rows.append(
            (
                Cell(here.t(f"table.{each.table}"), note=stubs, strong=True),
                texts.number(loaded.rows - loaded.stubs),
                period,
                here.t("days_ago", n=each.age) if each.age is not None else "–",
                texts.percent(each.completeness) if each.completeness is not None else "–",
                Cell(score_text(here, each.grade), strong=each.grade.state == "poor"),
            )
        )
    return Table(heads, tuple(rows))


def problems_table(here: Frame, found: Sequence[Problem]) -> Table:
    """The five problems of scattered data, each with its number."""

    def told(each: Problem) -> Cell:
        if each.n is None or not each.of:
            return Cell(here.t("cannot_tell"), grey=True)
        if not each.n:
            return Cell(here.t("none_of", of=each.of))
        return Cell(here.t("of", n=each.n, of=each.of, share=here.texts.percent(each.n / each.of)), strong=True)

    rows = tuple(
        (Cell(here.t(f"problem_{each.code}"), note=here.t(f"problem_{each.code}_note"), strong=True), told(each))
        for each in found
    )
    return Table((Column(here.t("problem")), Column(here.t("here"), number=True)), rows)


def event_text(here: Frame, each: Measured) -> str:
    """What happened before a measurement."""
    file = here.t("merging") if each.file == MERGE else each.file or ""
    return here.t(f"event_{each.event}", file=file)


def grade_trend(here: Frame, measured: Sequence[Measured]) -> Trend:
    """The grade after each import and undo."""
    points = tuple(
        Point(
            (here.texts.day_month(each.at.date()),), each.score, name=event_text(here, each),
            shown=here.texts.number(each.score, decimals=1),
        )
        for each in measured
    )  # fmt: skip
    return Trend(points, Axis(here.t("grade")))


def measured_table(here: Frame, measured: Sequence[Measured]) -> Table:
    """The measurements, newest first."""
    heads = (
        Column(here.t("when")),
        Column(here.t("event")),
        Column(here.t("rows"), number=True),
        Column(here.t("grade"), number=True),
    )
    rows = tuple(
        (
            here.texts.day(m.at.date()),
            event_text(here, m),
            here.texts.number(m.rows),
            here.texts.number(m.score, decimals=1),
        )
        for m in reversed(measured)
    )
    return Table(heads, rows)


def findings_table(here: Frame, found: Sequence[Finding]) -> Table:
    """Everything that was found, the gravest first; a finding with rows is a button."""
    heads = (
        Column(here.t("finding")), Column(here.t("severity"), secondary=True),
        Column(here.t("share"), number=True, secondary=True), Column(here.t("kpis"), number=True), Column(""),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(each.message(here.texts), note=f"{here.t(f'table.{each.table}')} · {each.effect(here.texts)}"),
            here.t(f"severity_{each.severity}"),
            here.texts.percent(each.share, decimals=1 if each.share >= SMALL else 2),
            here.texts.number(len(each.kpis)),
            Cell("", action=Action(here.t("look"), each.id)) if has_rows(each) else "",
        )
        for each in found
    )
    return Table(heads, rows)


def touched_text(here: Frame, found: Finding) -> str:
    """Which KPIs a finding touches."""
    if not found.kpis:
        return here.t("touched_none")
    names = [kpis_of(here.workspace)[id_].name.get(here.texts.lang) for id_ in found.kpis[:NAMED]]
    left = len(found.kpis) - len(names)
    return here.t("touched_more", kpis=names, n=left) if left else here.t("touched", kpis=names)


def cell_text(here: Frame, value: object) -> str:
    """A value of the data as a cell: words of the model in the reader's language, times to the minute."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        day = here.texts.day(value.date())
        return f"{day} {value:%H:%M}" if value.time() != time() else day
    if isinstance(value, str | bool):
        word = f"value.{value}"
        return here.t(word) if here.texts.has(word) else here.texts.name(str(value))
    return here.texts.number(value)


def rows_heads(here: Frame, table: str, rows: Sequence[BadRow]) -> list[str]:
    """The names over the rows behind a finding."""
    named = [here.t(f"field.{column}") for column, _ in rows[0].cells] if rows else []
    key = model_table(table).key
    first = here.t(f"field.{key[0]}") if len(key) == 1 else here.t("key")
    return [first, *named, here.t("owner"), here.t("place")]


def place_text(here: Frame, row: BadRow) -> str:
    """File and line of a row."""
    return here.t("place_at", file=row.file, line=row.line) if row.file else ""


def bad_rows(here: Frame, table: str, rows: Sequence[BadRow], names: dict[str, str], of: int) -> Table:
    """The rows behind a finding as a table to read."""
    heads = tuple(Column(head, secondary=i > NAMED) for i, head in enumerate(rows_heads(here, table, rows)))
    lines = tuple(
        (
            Cell(here.texts.name(row.key) if row.key else "–", strong=True),
            *(cell_text(here, value) for _, value in row.cells),
            names.get(row.owner, row.owner) or here.t("nobody"),
            Cell(place_text(here, row) or "–", grey=True),
        )
        for row in rows
    )
    return Table(heads, lines, caption=here.t("first_rows", n=len(rows), of=of) if of > len(rows) else "")


def data_grade(here: Frame, kpi: str) -> DataGrade | None:
    """The grade of the data behind a KPI, as a mark for its card; None where it has none."""
    grade = kpi_grade(here.workspace, kpi)
    if grade.score is None:
        return None
    said = {"score": score_text(here, grade), "state": here.t(f"quality.state_{grade.state}")}
    weak = grade.weakest
    note = here.t("quality.badge_weak", **said, part=part_name(here, weak)) if weak else here.t("quality.badge", **said)
    return DataGrade(grade.state, here.t("quality.data_short", score=said["score"]), note)


def grade_note(here: Frame, kpi: str) -> str:
    """The grade of the data behind a KPI, in words."""
    mark = data_grade(here, kpi)
    return mark.note if mark else here.t("quality.finding_unknown")


def banner(here: Frame, grade: Grade) -> str:
    """The warning above numbers that rest on poor data; empty where they are good."""
    if grade.state in ("good", "unknown"):
        return ""
    title = here.t("quality.banner", score=score_text(here, grade))
    threshold = here.texts.number(grade.threshold, decimals=0)
    return empty.banner(title, here.t("quality.banner_text", threshold=threshold, page=here.t("nav.quality")))
