"""The page of one KPI: what was told in numbers, as views of the parts."""

from __future__ import annotations

from kpi.charts import Axis, Line, Point, Trend, divisor
from kpi.core import NOT_RECORDED, Row
from kpi.measure import Finding
from kpi.measure.story import Story
from pages.parts.frame import Frame
from pages.parts.items import item_state
from pages.parts.views import Cell, Change, Column, Leader, Leaderboard, Proof, Table


def finding_of(told: Story) -> Finding:
    """The sentence about this KPI alone."""
    item = told.item
    if item.reading.value is None:
        return Finding("no_values")
    if item.state in ("at_risk", "corrective_action_needed"):
        return Finding("behind", item)
    if item.reading.tone in ("worse", "better"):
        return Finding(item.reading.tone, item)
    return Finding("too_short" if item.reading.noise is None else "steady_one", item)


def note_of(here: Frame, told: Story) -> str:
    """The grey line: rows behind, interval, state, what is in force."""
    row, kpi = told.item.reading.current, told.item.reading.kpi
    parts = []
    if row and row.n is not None:
        parts.append(here.t("rows_behind", n=row.n))
    if row and row.low is not None:
        parts.append(here.t("interval", range=here.texts.range_(row.low, row.high, kpi.unit)))
    for beside, value in row.beside if row else ():
        name = next(b.name for b in kpi.beside if b.id == beside)
        parts.append(
            here.t("beside", name=name.get(here.texts.lang), value=here.texts.number(value, kpi.unit, short=True))
        )
    if told.item.target:
        parts.append(item_state(here, told.item).text)
    for code, params in told.item.result.notes:
        label = dict(params).get("text")
        parts.append(label.get(here.texts.lang) if code == "label" and label else here.t(code, **dict(params)))  # type: ignore[union-attr]
    return " · ".join(parts)


def trend_view(here: Frame, told: Story, by: str, events: tuple[tuple[int, str], ...] = ()) -> Trend:
    """The trend chart's records. events: (index of a period, numbers of what happened in it)."""
    kpi, texts = told.item.reading.kpi, here.texts
    scale = divisor([r.value for r in told.rows]) if kpi.unit in ("currency", "count") else 1.0
    points = tuple(
        Point(
            label=tuple(texts.period(r.period, by).rsplit(" ", 1)) if by == "month" else (texts.period(r.period, by),),
            value=r.value,
            low=r.low,
            high=r.high,
            complete=r.period.complete and r.mature,
            signal=i in told.signals,
            name=texts.period(r.period, by),
            shown=texts.number(r.value, kpi.unit),
        )
        for i, r in enumerate(told.rows)
    )
    limits, target = told.limits, told.item.target
    mean = usual = aim = None
    if limits:
        mean = Line(limits.center, here.t("parts.mean", value=texts.number(limits.center, kpi.unit, short=True)))
        usual = (limits.low, limits.high)
    if target and target.aim is not None and told.item.line is not None:
        since = next((i for i, r in enumerate(told.rows) if r.period.until > target.since), 0)
        aim = Line(
            told.item.line, here.t("parts.target_at", value=texts.number(told.item.line, kpi.unit, short=True)), since
        )
    return Trend(
        points,
        Axis(_axis_title(here, told, scale), percent=kpi.unit == "percent", divisor=scale),
        usual=usual,
        usual_label=here.t("parts.usual_range"),
        mean=mean,
        target=aim,
        events=events,
        unfinished_label=here.t("parts.unfinished"),
    )


def _axis_title(here: Frame, told: Story, scale: float) -> str:
    kpi = told.item.reading.kpi
    name = kpi.name.get(here.texts.lang)
    unit = here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word())
    if scale > 1:
        return here.t("axis_scaled", name=name, unit=unit, scale=here.t(f"scale_{int(scale)}"))
    return here.t("axis", name=name, unit=unit) if unit else name


def rows_table(here: Frame, told: Story, by: str) -> Table:
    """The trend as a table, newest first."""
    kpi, texts = told.item.reading.kpi, here.texts
    heads = (
        Column(here.t("period")),
        Column(kpi.name.get(texts.lang), number=True),
        Column(here.t("parts.interval"), number=True),
        Column(here.t("rows"), number=True, secondary=True),
    )
    rows = tuple(
        (
            Cell(
                texts.period(r.period, by),
                note="" if r.period.complete and r.mature else here.t("parts.unfinished" if r.mature else "maturing"),
            ),
            texts.number(r.value, kpi.unit),
            texts.range_(r.low, r.high, kpi.unit) if r.low is not None else "",
            texts.number(r.n),
        )
        for r in reversed(told.rows)
    )
    return Table(heads, rows)


def group_label(here: Frame, group: str | None, names: dict[str, str]) -> str:
    """The group as people call it: a name behind an id, a translated word of the model, else as it stands."""
    if group in (None, "", NOT_RECORDED):
        return here.t("parts.not_recorded")
    if here.texts.has(f"value.{group}"):
        return here.t(f"value.{group}")
    return here.texts.name(names.get(str(group), str(group)))


def split_view(here: Frame, told: Story, split: str, names: dict[str, str], most: int = 12) -> Leaderboard:
    """The breakdown as a leaderboard, the largest contributions first."""
    kpi, texts, parts = told.item.reading.kpi, here.texts, told.parts
    if parts is None:
        raise LookupError("no breakdown was asked for")

    def shown(part: float | None) -> Change | None:
        if part is None or not parts.adds_up:
            return None
        if part == 0 or kpi.better == "target":
            return Change(texts.change(part, kpi.unit))
        tone = "better" if (part > 0) == (kpi.better == "higher") else "worse"
        return Change(texts.change(part, kpi.unit), "up" if part > 0 else "down", tone)

    def leader(name: str, row: Row | None, part: float | None, few: bool) -> Leader:
        point = row.value if row and row.low is not None else None
        return Leader(
            name=name,
            n=texts.number(row.n if row else None),
            value=texts.number(row.value if row else None, kpi.unit, short=True),
            point=point,
            low=row.low if row else None,
            high=row.high if row else None,
            part=None if few else part,
            part_shown=None if few else shown(part),
            few=few,
        )

    rows = tuple(leader(group_label(here, p.group, names), p.now, p.part, p.few) for p in parts.parts[:most])
    total = leader(here.t("parts.all"), parts.total, parts.change, False)
    heads = (here.t(f"field.{split.rpartition('.')[2]}"), here.t("rows"), here.t("parts.value"), here.t("part"))
    target = told.item.line if not told.item.flow else None
    return Leaderboard(heads, rows, total, target)


def proof_view(here: Frame, told: Story) -> Proof:
    """The proof card's records: the rows of the measure that decides n."""
    proof, texts, kpi = told.proof, here.texts, told.item.reading.kpi
    if proof is None:
        raise LookupError("nothing to prove")
    row = proof.result.rows[-1] if proof.result.rows else None
    value = texts.number(row.value if row else None, kpi.unit)
    if row and row.denominator is not None:
        value = f"{texts.number(row.numerator)} ÷ {texts.number(row.denominator)} = {value}"
    last = proof.parts[-1] if proof.parts else None
    return Proof(
        formula=proof.formula if proof.formula and proof.formula != "result" else kpi.id,
        value=value,
        read=texts.number(last.read if last else None),
        used=texts.number(last.used if last else None),
        left_out=texts.number(sum(n for _, n in last.left_out) if last else None),
        reasons=tuple((here.t(f"proof.{reason}"), texts.number(n)) for reason, n in (last.left_out if last else ())),
        definition=kpi.formula,
        sql=proof.sql,
        command=proof.command,
    )
