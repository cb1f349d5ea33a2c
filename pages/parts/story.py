"""The page of one KPI: the sentence, the grey line, names of groups."""

from __future__ import annotations

from kpi.core import NOT_RECORDED
from kpi.measure import Finding
from kpi.measure.story import Story
from pages.parts.frame import Frame
from pages.parts.items import item_state


def finding_of(told: Story) -> Finding:
    """The sentence about this KPI alone."""
    item = told.item
    if item.reading.value is None:
        return Finding("begun" if item.begun else "no_value", item)
    if item.state in ("at_risk", "corrective_action_needed"):
        return Finding("behind", item)
    if item.reading.tone in ("worse", "better"):
        return Finding(item.reading.tone, item)
    return Finding("too_short" if item.reading.noise is None else "steady_one", item)


def note_of(here: Frame, told: Story) -> str:
    """The grey line: rows behind, interval, state, what must be said; the rules in force stand on the proof card."""
    row, kpi = told.current, told.item.reading.kpi
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
        if code.startswith("rule."):
            continue
        label = dict(params).get("text")
        parts.append(label.get(here.texts.lang) if code == "label" and label else here.t(code, **dict(params)))  # type: ignore[union-attr]
    return " · ".join(parts)


def group_label(here: Frame, group: str | None, names: dict[str, str]) -> str:
    """The group as people call it: a name behind an id, a translated word of the model, else as it stands."""
    if group in (None, "", NOT_RECORDED):
        return here.t("parts.not_recorded")
    if here.texts.has(f"value.{group}"):
        return here.t(f"value.{group}")
    return here.texts.name(names.get(str(group), str(group)))
