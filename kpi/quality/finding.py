"""One thing that was found: what it is, how many rows, which columns, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kpi.core import Text
from kpi.quality.checks import Check
from kpi.quality.rules import rules
from kpi.text import Texts

WORDS = ("field.", "table.")  # what is said about a finding may be names of the model: keys of the locales


@dataclass(frozen=True)
class Finding:
    """n rows of `of` in `table`. id: unique in the workspace; columns: the `table.column` concerned; said: what its
    text needs besides {n} and {of}; kpis: those that use the columns, those of the board first; examples: keys of the
    first few rows, as text; where: SQL over a row `t` of the table ("" where no condition names the rows)."""

    id: str
    check: Check
    table: str
    n: int
    of: int
    columns: tuple[str, ...] = ()
    said: dict[str, Any] = field(default_factory=dict)
    kpis: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    where: str = ""

    @property
    def code(self) -> str:
        return self.check.code

    @property
    def about(self) -> Text:
        return self.check.about

    @property
    def severity(self) -> str:
        return self.check.severity

    @property
    def share(self) -> float:
        """The part of the rows, 0 to 1."""
        return self.n / self.of if self.of else 0.0

    def message(self, texts: Texts) -> str:
        """What was found, in words."""
        words = {
            key: texts.t(value) if isinstance(value, str) and value.startswith(WORDS) else value
            for key, value in self.said.items()
        }
        return texts.of(self.check.about, n=self.n, of=self.of, **words)

    def effect(self, texts: Texts) -> str:
        """What it does to the KPIs it touches, in words."""
        return texts.of(rules().effects[self.check.effect])
