"""Home: standings, urgent items and the next step as views of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kpi.analysis.progress import targets_of
from kpi.core import Goal
from kpi.measure import Item, finding
from kpi.measure.home import Loaded, Standing
from kpi.workspace.choices import chosen_goals, selected_kpis
from pages.parts.cards import next_step
from pages.parts.frame import Frame
from pages.parts.items import aim_text, chance_text, item_change, item_state, kpi_name, sentence, short_name
from pages.parts.views import Action, ActionRow, GoalRow, State, Value

DAY = timedelta(days=1)
STALE = 45  # days after which newer data come first: a month that is over, and half a month to export it


@dataclass(frozen=True)
class Step:
    """The next step: its texts are `home.next_<code>…`, its page is where the button leads."""

    code: str
    section: str
    page: str


def finding_of(here: Frame, found: Sequence[Standing], items: Sequence[Item]) -> str:
    """How many goals are on pace, and what is most off."""
    if not found:
        return sentence(here, finding(items)) if items else here.t("no_goals")
    aimed = [s for s in found if s.item and s.item.progress]
    good = [s for s in aimed if s.item and s.item.state in ("on_track", "reached")]
    if not aimed:
        return here.t("no_targets", goals=len(found))
    first = here.t("on_track_of", good=len(good), all=len(aimed))
    rest = finding([s.item for s in aimed if s.item])
    return f"{first} {sentence(here, replace(rest, second=None))}" if rest.code == "behind" else first


def goal_view(here: Frame, standing: Standing, goal: Goal) -> GoalRow:
    """One goal as a row."""
    item, texts = standing.item, here.texts
    name = goal.name.get(texts.lang)
    if item is None:
        return GoalRow(name, here.t("no_kpi"), Value("–"), here.state("needs_data"))
    kpi = item.reading.kpi
    current = item.reading.current
    said = here.t("card.entered", source=current.entered) if current and current.entered else ""
    row = GoalRow(
        name,
        " · ".join(filter(None, (kpi_name(here, kpi), said))),
        here.value(item.reading.value, kpi.unit),
        item_state(here, item),
        pick=kpi.id,
    )
    done, target = item.progress, item.target
    if not done or not target or target.aim is None:
        return row
    share = texts.percent(done.done, decimals=0) if done.done is not None else "–"
    now = here.value(done.actual if item.flow else item.reading.value, kpi.unit)
    text = here.t("way_and_time", way=share, time=texts.percent(done.gone, decimals=0))
    if done.done is not None and done.done < 0:
        text = here.t("way_back", time=texts.percent(done.gone, decimals=0))
    return GoalRow(
        goal=row.goal,
        kpi=row.kpi,
        now=now,
        state=row.state,
        target=here.t("parts.target_at", value=aim_text(texts, kpi, target)),
        progress=done.done,
        elapsed=done.gone,
        progress_text=text,
        by=here.t("until", day=texts.day(target.until - DAY)),
        chance=chance_text(here, item),
        chance_range=_came_true(here, item),
        pick=row.pick,
    )


def _came_true(here: Frame, item: Item) -> str:
    """How often such a chance came true before."""
    if item.outlook is None or item.outlook.chance is None:
        return ""
    hits = item.outlook.came_true()
    if hits:
        return here.t("parts.came_true", hits=hits[0], of=hits[1])
    return here.t("parts.unchecked") if item.outlook.outlook and item.outlook.outlook.checked is None else ""


def action_view(here: Frame, item: Item) -> ActionRow:
    """An item that needs action: what it is, why, where to look."""
    kpi = item.reading.kpi
    state: State = item_state(here, item)
    change = item_change(here, item.reading)
    target = here.texts.number(item.target.aim, kpi.unit, short=True) if item.target else None
    why = here.t("why_target", state=state.text, target=target) if item.progress else here.t("why_worse")
    detail = f"{why} · {change.text}" if change else why
    counted = item.progress.actual if item.flow and item.progress else item.reading.value
    value = here.texts.number(counted, kpi.unit, short=True)
    return ActionRow(short_name(here, kpi), detail, value, Action(here.t("open"), kpi.id))


def review_view(here: Frame, goal: Goal, days: int) -> ActionRow:
    """A goal whose review has fallen due."""
    text = here.t("review_due_since", goal=goal.name.get(here.texts.lang), days=days)
    return ActionRow(here.t("review_due"), text, "", Action(here.t("review_open"), goal.id))


def next_of(here: Frame) -> Step:
    """Goals, then KPIs, then targets, then newer data where these are old, then the ratings, then the board."""
    goals = chosen_goals(here.workspace)
    if not goals:
        return Step("goals", "plan", "goals")
    if not selected_kpis(here.workspace):
        return Step("kpis", "plan", "kpis")
    if not targets_of(here.workspace):
        return Step("target", "plan", "quantify")
    if _behind(here) > STALE:
        return Step("load", "data", "import")
    if not here.workspace.rows("select 1 from state.assessments limit 1"):
        return Step("rate", "decide", "scorecard")
    return Step("board", "explore", "board")


def step_view(here: Frame, step: Step) -> str:
    """The next step, why, and the button that leads there."""
    text = here.t(f"home.next_{step.code}_text", day=here.workspace.as_of(), days=_behind(here))
    way = Action(here.t(f"home.next_{step.code}_go"), step.code)
    return next_step(here.texts, here.t(f"home.next_{step.code}"), text, way)


def _behind(here: Frame) -> int:
    """Days since the newest event in the data."""
    newest = here.workspace.as_of()
    return (date.today() - newest).days if newest else 0


def loaded_text(here: Frame, found: Sequence[Loaded], old_after: int) -> str:
    """What is loaded, in a sentence; what is old in bold."""
    shown = [here.t("parts.rows_of", n=each.rows, table=here.t(f"table.{each.table}")) for each in found[:3]]
    text = here.t("loaded_more" if len(found) > len(shown) else "loaded", tables=shown, n=len(found) - len(shown))
    old = [each for each in found if each.behind > old_after and each.until]
    if not old:
        return text
    oldest = max(old, key=lambda each: each.behind)
    return f"{text} <b>{here.t('old', table=here.t(f'table.{oldest.table}'), days=oldest.behind)}</b>"
