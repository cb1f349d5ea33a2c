"""From what was measured to what is shown: the items of a board as cards, changes and sentences."""

from __future__ import annotations

import re

from kpi.analysis.alerts import getting_worse
from kpi.analysis.progress import Target
from kpi.analysis.reading import Reading
from kpi.core import Kpi
from kpi.measure import Finding, Item
from kpi.measure.running import Running
from kpi.stats.outlook import SURE
from kpi.text import Texts
from pages.parts.cards import blocked_kpi, kpi_card
from pages.parts.frame import Frame
from pages.parts.quality import data_grade
from pages.parts.slices import dimension_name
from pages.parts.views import BlockedKpi, Change, KpiCard, State, Tone, Way

LAST_BRACKET = re.compile(r"\s*\([^()]*\)$")
CONVERTED = "note.leads_of_customers"
LONG_BRACKET = re.compile(r"\s*\([^()]{9,}\)")


def kpi_name(here: Frame, kpi: Kpi) -> str:
    """The KPI's name in the reader's language."""
    return kpi.name.get(here.texts.lang)


def short_name(here: Frame, kpi: Kpi) -> str:
    """The KPI's name for a card: brackets that hold more than an abbreviation are left out."""
    return LONG_BRACKET.sub("", kpi_name(here, kpi))


def bare_name(here: Frame, kpi: Kpi) -> str:
    """The KPI's name for a sentence: without brackets at its end."""
    return LAST_BRACKET.sub("", kpi_name(here, kpi))


def item_state(here: Frame, item: Item) -> State:
    """The item's state as mark and word."""
    return here.state(item.state)  # type: ignore[arg-type]


def change_text(here: Frame, kpi: Kpi, change: float, relative: float | None) -> str:
    """A difference in words: of sums and counts as a share, of all else in the KPI's unit."""
    if kpi.unit in ("currency", "count") and relative is not None:
        return here.texts.percent(relative, sign=True)
    return here.texts.change(change, kpi.unit)


def item_change(here: Frame, reading: Reading) -> Change | None:
    """The change to the period compared with; inside the usual range without arrow and colour."""
    if reading.change is None:
        return None
    text = change_text(here, reading.kpi, reading.change, reading.relative)
    if reading.noise:
        return Change(here.t("parts.within_noise", change=text))
    way: Way = "up" if reading.change > 0 else "down" if reading.change < 0 else ""
    tone: Tone = reading.tone if reading.tone in ("better", "worse") else "noise"
    return Change(text, way, tone)


def item_card(here: Frame, item: Item, owner: str = "") -> KpiCard:
    """The item as a card of the board. owner: the name of who answers for it."""
    kpi, row = item.reading.kpi, item.reading.current
    so_far = item.running if item.begun else None
    aim = item.line
    ends = item.ends
    aimed = here.texts.range_(*ends, kpi.unit) if ends else here.texts.number(aim, kpi.unit, short=True)
    target = here.t("parts.target_at", value=aimed) if aim is not None else ""
    chance = chance_text(here, item)
    known = row is not None and row.low is not None and row.value is not None
    hints = [here.t("warnings.hint")] if getting_worse(item.reading.points, kpi.better) else []
    if row and row.entered:
        hints.append(here.t("card.entered", source=row.entered))
    if any(code == CONVERTED for code, _ in item.result.notes):
        hints.append(here.t("card.converted"))
    return KpiCard(
        pick=kpi.id,
        name=short_name(here, kpi),
        value=here.value(so_far.value if so_far else item.reading.value, kpi.unit),
        state=item_state(here, item),
        change=item_change(here, item.reading),
        points=item.reading.points,
        target=item.line,
        band=ends,
        target_text=here.t("card.chance", target=target, chance=chance) if chance and target else target,
        data=data_grade(here, kpi.id),
        marks=item.reading.marks,
        low=row.low if row and known else None,
        high=row.high if row and known else None,
        interval=here.texts.range_(row.low, row.high, kpi.unit) if row and known else "",
        running=here.t("parts.unfinished") if so_far else running_text(here, item),
        running_note=running_note(here, item.running) if item.running else "",
        hint=" · ".join(hints),
        owner=here.t("card.owner", name=owner) if owner else "",
    )


def running_text(here: Frame, item: Item) -> str:
    """The unfinished period: what it has brought so far, and how that compares with the same days before."""
    so_far = item.running
    if so_far is None:
        return ""
    kpi = item.reading.kpi
    value = here.texts.number(so_far.value, kpi.unit, short=True)
    if so_far.change is None:
        return here.t("card.running", value=value)
    change = change_text(here, kpi, so_far.change, so_far.relative)
    return here.t("card.running_against", value=value, change=change)


def running_note(here: Frame, so_far: Running) -> str:
    """The days of an unfinished period, and those it is compared with."""
    return here.t(
        "card.running_note", now=here.texts.period(so_far.period, None), before=here.texts.period(so_far.before, None)
    )


def blocked_card(here: Frame, item: Item) -> BlockedKpi:
    """A KPI that waits for columns, or that something else keeps from a value: what that is, in words."""
    columns = tuple(item.result.missing)
    meaning = item.result.kpi.about.get(here.texts.lang)
    if not columns and item.result.notes:
        meaning = " ".join(_note(here, code, dict(params)) for code, params in item.result.notes if code != "label")
    return BlockedKpi(short_name(here, item.result.kpi), columns, meaning)


def _note(here: Frame, code: str, params: dict[str, object]) -> str:
    if code == "note.no_dimension":
        names = [dimension_name(here, each) for each in str(params["dimension"]).split(", ")]
        params = {"dimension": ", ".join(dict.fromkeys(names))}
    return here.t(code, **params)


def tile(here: Frame, item: Item) -> str:
    """The item as a card, or what it waits for."""
    if item.blocked:
        return blocked_kpi(here.texts, blocked_card(here, item))
    return kpi_card(item_card(here, item))


def chance_text(here: Frame, item: Item) -> str:
    """The chance of reaching the target in time; at its ends "at most", "at least", as nobody knows better; "" without."""
    chance = item.outlook.chance if item.outlook else None
    if chance is None:
        return ""
    share = here.texts.percent(chance, decimals=0)
    edge = "aim.at_most" if chance <= SURE else "aim.at_least" if chance >= 1 - SURE else ""
    return here.t(edge, share=share) if edge else share


def aim_text(texts: Texts, kpi: Kpi, target: Target) -> str:
    """The aim: a value, or a band."""
    if target.band:
        return texts.range_(*target.band, kpi.unit)
    return texts.number(target.value, kpi.unit, short=True)


def _behind(here: Frame, item: Item, params: dict[str, object]) -> str:
    """How to say that a target is behind: by its distance where that is for the worse, else by the chance that is left."""
    kpi, gap = item.reading.kpi, item.gap
    if item.progress and gap is not None and gap * (-1 if kpi.better == "lower" else 1) < 0:
        params["gap"] = here.texts.distance(gap, kpi.unit)
        params["value"] = here.texts.number(item.progress.actual, kpi.unit, short=True)
        return f"{'plan' if item.flow else 'target'}_{'above' if gap > 0 else 'below'}"
    chance = chance_text(here, item)
    params["chance"] = chance
    return "chance" if chance else "behind"


def sentence(here: Frame, found: Finding) -> str:
    """The finding in words."""
    if found.first is None:
        return here.t(f"finding.{found.code}")
    first = found.first
    kpi = first.reading.kpi
    value = first.running.value if first.begun and first.running else first.reading.value
    params: dict[str, object] = {
        "name": bare_name(here, kpi),
        "value": here.texts.number(value, kpi.unit, short=True),
        "change": here.texts.change(first.reading.change, kpi.unit) if first.reading.change is not None else "",
    }
    code = found.code
    if code == "behind":
        code = _behind(here, first, params)
    text = here.t(f"finding.{code}", **params)
    if found.second is None:
        return text
    other = found.second.reading.kpi
    more = here.t(
        f"finding.and_{found.second.reading.tone}",
        name=bare_name(here, other),
        value=here.texts.number(found.second.reading.value, other.unit, short=True),
    )
    return f"{text} {more}"
