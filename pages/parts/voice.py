"""Voice: NPS as views of the parts."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.analysis.voice import Against, NpsRow, nps_change
from kpi.charts import Axis, Trend
from pages.parts.frame import Frame
from pages.parts.story import group_label
from pages.parts.views import Cell, Change, Column, Table
from pages.parts.views_kpi import Leader, Leaderboard
from pages.parts.voice_scales import points_of

SURE = 0.05
DIMENSIONS = (
    "customers.region",
    "customers.industry",
    "product_id",
    "topic",
    "customers.customer_type",
    "journey_stage",
)


def splits_loaded(workspace) -> list[str]:
    """The dimensions of answers that hold data."""
    present = workspace.columns()
    return [d for d in DIMENSIONS if (d if "." in d else f"surveys.{d}") in present][:5]


def nps_note(here: Frame, row: NpsRow) -> str:
    """The grey line: answers, interval, and that the period still runs, where it does."""
    interval = here.texts.range_(row.low, row.high, "score", decimals=0)
    said = [here.t("interval", n=row.n, range=interval)]
    return " · ".join(said if row.period.complete else [*said, here.t("parts.unfinished")])


def voice_finding(here: Frame, whole: Sequence[NpsRow], tests: Sequence[Against], names: dict[str, str]) -> str:
    """NPS now against the period before, and the group that stands out for the worse."""
    now, texts = whole[-1], here.texts
    value = texts.number(now.score, decimals=0)
    change = nps_change(now, whole[-2]) if len(whole) > 1 else None
    if change is None:
        text = here.t("finding", value=value)
    else:
        code = "noise" if change.p >= SURE else "better" if change.difference > 0 else "worse"
        text = here.t(f"finding_{code}", value=value, change=texts.change(change.difference, "score", decimals=0))
    worst = min((t for t in tests if t.p < SURE and t.difference < 0), key=lambda t: t.difference, default=None)
    if worst is None:
        return text
    points = texts.distance(worst.difference, "score", decimals=0)
    return f"{text} {here.t('finding_group', group=group_label(here, worst.group, names), points=points)}"


def nps_trend(here: Frame, rows: Sequence[NpsRow], by: str) -> Trend:
    """The score with its interval."""
    points = points_of(here, [(r, r.score) for r in rows], by, None, 0)
    return Trend(points, Axis(here.t("axis", low=-100, high=100)), unfinished_label=here.t("parts.unfinished"))


def groups_view(
    here: Frame,
    rows: Sequence[NpsRow],
    whole: NpsRow,
    tests: Sequence[Against],
    split: str,
    names: dict[str, str],
    most: int = 10,
) -> Leaderboard:
    """Groups with their score and interval; the difference from all others where it is more than chance."""
    texts = here.texts
    against = {a.group: a for a in tests}

    def leader(row: NpsRow) -> Leader:
        test = against.get(row.group or "")
        sure = test is not None and test.p < SURE and not row.small
        shown = None
        if test is not None and not row.small:
            text = texts.change(test.difference, "score", decimals=0)
            up = test.difference > 0
            shown = Change(
                text, ("up" if up else "down") if sure else "", ("better" if up else "worse") if sure else "noise"
            )
        return Leader(
            name=group_label(here, row.group, names),
            n=texts.number(row.n),
            value=texts.number(row.score, decimals=0),
            point=row.score,
            low=row.low,
            high=row.high,
            part=test.difference if test is not None and not row.small else None,
            part_shown=shown,
            few=row.small,
        )

    ordered = sorted((r for r in rows if r.n), key=lambda r: (r.small, r.score if r.score is not None else 0.0))
    heads = (here.t(f"field.{split.rpartition('.')[2]}"), here.t("answers"), here.t("score"), here.t("against_rest"))
    total = Leader(
        here.t("parts.all"),
        texts.number(whole.n),
        texts.number(whole.score, decimals=0),
        whole.score,
        whole.low,
        whole.high,
    )
    return Leaderboard(heads, tuple(leader(r) for r in ordered[:most]), total)


def band_table(here: Frame, rows: Sequence[NpsRow], by: str) -> Table:
    """Promoters, passives and detractors per period, adding up to all answers."""
    texts = here.texts
    heads = (
        Column(here.t("period")),
        Column(here.t("promoters"), number=True),
        Column(here.t("passives"), number=True, secondary=True),
        Column(here.t("detractors"), number=True),
        Column(here.t("answers"), number=True, secondary=True),
        Column(here.t("score"), number=True),
    )
    shown = tuple(
        (
            Cell(texts.period(r.period, by), note="" if r.period.complete else here.t("parts.unfinished")),
            *(texts.percent(x / r.n, decimals=0) if r.n else "–" for x in (r.promoters, r.passives, r.detractors)),
            texts.number(r.n),
            Cell(texts.number(r.score, decimals=0), grey=r.small, strong=not r.small),
        )
        for r in reversed(rows)
    )
    return Table(heads, shown)
