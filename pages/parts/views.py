"""What a page fills in: frozen records of texts that are already formatted, and of lengths as numbers.

Lengths are shares of their track (0–1) unless said otherwise; the builders keep them inside it. None is "not defined".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Way = Literal["", "up", "down"]
Tone = Literal["", "better", "worse", "noise"]
StateCode = Literal["reached", "on_track", "at_risk", "corrective_action_needed", "no_target", "needs_data"]


@dataclass(frozen=True)
class Value:
    """A number as shown, its unit smaller after it, the exact number on hover."""

    text: str
    unit: str = ""
    exact: str = ""


@dataclass(frozen=True)
class Change:
    """A difference with its sign. way: where it went; tone: whether that is good; noise: neither is shown."""

    text: str
    way: Way = ""
    tone: Tone = "noise"


@dataclass(frozen=True)
class State:
    """How a KPI stands to its target, as mark and word."""

    code: StateCode
    text: str


@dataclass(frozen=True)
class Action:
    """A button: what it says and what `show()` returns when it is clicked."""

    text: str
    pick: str


@dataclass(frozen=True)
class Chip:
    """Something that narrows the page and can be removed: what it says and what `show()` returns when it is clicked."""

    text: str
    pick: str


@dataclass(frozen=True)
class DataGrade:
    """How good the data behind a KPI are. code: good, fair, poor; note: in words, on hover and for screen readers."""

    code: str
    text: str
    note: str


@dataclass(frozen=True)
class KpiCard:
    """One KPI on the board. points: up to 13 periods, oldest first, None where not defined; target in their unit.

    marks: for each point None, or that it is a signal: "better", "worse" or "" where neither is known. low, high: the
    interval of the last point, interval: in words. open_end: the last point is a period that still runs. target_text:
    what stands at the lower right. running: the unfinished period in a line, running_note: with its days, on hover.
    hint: something to keep an eye on. owner: who answers for it. band: both ends of a target that is one.
    """

    pick: str
    name: str
    value: Value
    state: State
    change: Change | None = None
    points: tuple[float | None, ...] = ()
    target: float | None = None
    target_text: str = ""
    open_end: bool = False
    label: str = ""
    data: DataGrade | None = None
    marks: tuple[str | None, ...] = ()
    low: float | None = None
    high: float | None = None
    interval: str = ""
    running: str = ""
    running_note: str = ""
    hint: str = ""
    owner: str = ""
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class BlockedKpi:
    """A KPI that the data cannot answer yet: the columns it needs and what they mean."""

    name: str
    columns: tuple[str, ...]
    meaning: str
    action: Action | None = None


@dataclass(frozen=True)
class GoalRow:
    """A goal with its KPI. progress: way from baseline to target; elapsed: time gone; chance: of reaching it in time."""

    goal: str
    kpi: str
    now: Value
    state: State
    target: str = ""
    progress: float | None = None
    elapsed: float | None = None
    progress_text: str = ""
    by: str = ""
    chance: str = ""
    chance_range: str = ""
    pick: str = ""


@dataclass(frozen=True)
class ActionRow:
    """Something that needs doing: what, why, how much is at stake, where to go."""

    title: str
    detail: str
    stake: str = ""
    action: Action | None = None


@dataclass(frozen=True)
class FunnelStep:
    """One step. advanced, lost, other: lengths on the one scale of the funnel; before: advanced in the compared period.

    strong: the step the finding names. The last step (won) has only `advanced`.
    """

    name: str
    entered: str
    advanced: float
    lost: float = 0.0
    other: float = 0.0
    before: float | None = None
    rate: str = ""
    rate_note: str = ""
    change: Change | None = None
    change_note: str = ""
    lost_text: str = ""
    back_text: str = ""
    open_text: str = ""
    days: Value | None = None
    strong: bool = False


@dataclass(frozen=True)
class Bar:
    """One row of ranked bars. tone: "" is grey, quantity violet, worse orange; strong: the row that is talked about."""

    name: str
    length: float
    value: str
    share: str = ""
    change: Change | None = None
    tone: Literal["", "quantity", "worse", "better"] = ""
    strong: bool = False
    pick: str = ""


@dataclass(frozen=True)
class Spread:
    """One row of the middle half and the median, as places on the track."""

    name: str
    low: float
    middle: float
    high: float
    value: Value
    range: str = ""


@dataclass(frozen=True)
class HeatCell:
    """One cell: the count big, the share small; step 0–5 of the shade."""

    text: str
    note: str = ""
    step: int = 0
    pick: str = ""
    label: str = ""


@dataclass(frozen=True)
class HeatMap:
    """rows: labels and cells from the top; columns: labels from the reading side."""

    row_title: str
    column_title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]


@dataclass(frozen=True)
class Move:
    """One cell of a migration matrix. way: same (the diagonal), up, down, none; step 0–2 of the tint."""

    text: str
    way: Literal["same", "up", "down", "none"] = "none"
    step: int = 0
    pick: str = ""


@dataclass(frozen=True)
class Migration:
    """From rows to columns; the totals at the end of the rows."""

    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Move, ...], str], ...]
    total: str


@dataclass(frozen=True)
class Factor:
    """One factor of the scorecard, scores 0–10. low, high: the spread of the raters.

    detail: HTML of a builder, shown under the row: the factor is unfolded.
    """

    name: str
    data: float | None
    data_text: str
    people: float | None
    people_text: str
    low: float | None = None
    high: float | None = None
    gap: str = ""
    apart: bool = False
    weight: str = ""
    pick: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Perspective:
    """One perspective: its score 0–10, how much of it is measured, its change, its factors."""

    name: str
    measured: str
    score: float | None
    score_text: str
    weight: str
    factors: tuple[Factor, ...]
    change: Change | None = None
    change_note: str = ""
    weak: bool = False


@dataclass(frozen=True)
class Column:
    """One column of a table. number: aligned at the end, tabular digits; secondary: left out where it is narrow."""

    head: str
    number: bool = False
    secondary: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell with more than a text: a second line, a change, a button, emphasis."""

    text: str
    note: str = ""
    change: Change | None = None
    action: Action | None = None
    strong: bool = False
    grey: bool = False


@dataclass(frozen=True)
class Table:
    """A table that people read, up to some 50 rows. total: the last row, which is the sum of the others."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]
    total: tuple[str | Cell, ...] = ()
    caption: str = ""
