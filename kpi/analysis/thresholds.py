"""The bounds that hold for a KPI: those of `definitions/alerts.toml`, side by side overruled by the user's rules."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable

from kpi.analysis.alerts import Threshold
from kpi.errors import BadDefinition
from kpi.model import DEFINITIONS
from kpi.workspace.alert_rules import SIDES, Rule, Side

_FILE = "alerts.toml"


@functools.cache
def proposed() -> tuple[Rule, ...]:
    """The bounds that the sources or the field give."""
    found = []
    for block in tomllib.loads((DEFINITIONS / _FILE).read_text(encoding="utf-8"))["threshold"]:
        given: list[Side] = [side for side in SIDES if side in block]
        if len(given) != 1 or not block.get("from"):
            raise BadDefinition(_FILE, str(block.get("kpi")), "needs `above` or `below`, and `from`")
        found.append(Rule(block["kpi"], given[0], float(block[given[0]])))
    return tuple(found)


def thresholds(kpi: str, own: Iterable[Rule]) -> tuple[Threshold, ...]:
    """The bounds in force for `kpi`; own: the user's rules."""
    held = {rule.side: rule.value for rule in [*proposed(), *own] if rule.kpi == kpi}
    return tuple(Threshold(side == "above", held[side]) for side in SIDES if held.get(side) is not None)  # type: ignore[arg-type]
