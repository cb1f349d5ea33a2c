"""Where a funnel loses: each step against the same step of an earlier cohort, and the step to look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi.analysis.steps import Step
from kpi.stats.proportions import newcombe


@dataclass(frozen=True)
class StepChange:
    """A step and the same step before. change: difference of the rates with its 95 % interval (Newcombe 1998).

    settled: a fall stays a fall even if everything still open should advance; a young cohort is not called worse.
    """

    step: Step
    before: Step | None
    change: float | None
    low: float | None
    high: float | None

    @property
    def settled(self) -> bool:
        if self.change is None or self.before is None or self.before.rate is None:
            return False
        if self.change > 0 or not self.step.entered:
            return True
        best = (self.step.advanced + self.step.open + self.step.moved_back) / self.step.entered
        return best < self.before.rate

    @property
    def signal(self) -> bool:
        """The interval leaves out zero, and what is still open cannot turn it round."""
        clear = self.low is not None and self.high is not None and not self.low <= 0 <= self.high
        return clear and self.settled


def against(now: Sequence[Step], before: Sequence[Step]) -> list[StepChange]:
    """The steps of one group, each with its change."""
    past = {s.step: s for s in before}
    found = []
    for step in now:
        old = past.get(step.step)
        if old is None or step.rate is None or old.rate is None:
            found.append(StepChange(step, old, None, None, None))
            continue
        difference = newcombe(step.advanced, step.entered, old.advanced, old.entered)
        found.append(StepChange(step, old, *(difference or (None, None, None))))
    return found


def weakest(changes: Sequence[StepChange]) -> StepChange | None:
    """The step that got significantly worse by the most cases, else the one that loses the most."""
    losing = [c for c in changes if c.step.rate is not None and c.step.entered]
    worse = [c for c in losing if c.signal and (c.change or 0) < 0]
    if worse:
        return min(worse, key=lambda c: (c.change or 0) * c.step.entered)
    return max(losing, key=lambda c: c.step.lost, default=None)
