"""The chain goal → strategy → tactic → KPI (F96, step 4): what hangs together and what hangs loose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi.catalogue import kpi_set


@dataclass(frozen=True)
class Link:
    """One KPI at the end of a chain. function, tactic: "" where it is tied to none."""

    kpi: str
    function: str = ""
    tactic: str = ""

    @property
    def loose(self) -> bool:
        return not self.tactic


@dataclass(frozen=True)
class Chain:
    """The chain of one goal. idle: functions with a tactic that no KPI measures."""

    goal: str
    strategy: str
    links: tuple[Link, ...]
    idle: tuple[str, ...]

    @property
    def loose(self) -> tuple[str, ...]:
        """The KPIs that no tactic leads to; all of them where there is no strategy."""
        return tuple(link.kpi for link in self.links if link.loose or not self.strategy)

    @property
    def whole(self) -> bool:
        """Whether the wizard may finish: a strategy, at least one KPI, none of them loose."""
        return bool(self.strategy and self.links and not self.loose)


def chain(goal: str, strategy: str, tactics: Mapping[str, str], kpis: Iterable[tuple[str, str | None]]) -> Chain:
    """The chain of a goal. tactics: {function: tactic}; kpis: (KPI, function whose tactic it measures)."""
    said = {function: text.strip() for function, text in tactics.items() if text and text.strip()}
    links = tuple(Link(id_, function or "", said.get(function or "", "")) for id_, function in kpis)
    measured = {link.function for link in links}
    return Chain(goal, strategy.strip(), links, tuple(f for f in said if f not in measured))


def usual_function(kpi: str, fallback: str = "") -> str:
    """The function whose list of measures names the KPI (F94), `fallback` where none does."""
    return next((group.id for group in kpi_set("departments").groups if kpi in group.kpis), fallback)
