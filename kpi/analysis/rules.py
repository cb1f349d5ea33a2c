"""The if-then rules of `definitions/rules.toml`: a condition, advice in words, the places that show it, the KPIs it speaks of."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from kpi.catalogue import goal, kpi
from kpi.catalogue.blocks import names, read, text
from kpi.core import Text
from kpi.errors import BadDefinition, Unknown

FILE = "rules.toml"
# What a condition of each kind must name besides.
KINDS = {
    "always": (),
    "main_goal": ("goal",),
    "goal": ("goal",),
    "worse": ("any",),
    "off_target": (),
    "no_target": ("of",),
    "hint": ("code",),
    "unused": (),
    "lenses": ("lenses", "with"),
    "stage": ("stage",),
}
PLACES = ("kpis", "board", "review", "quantify", "funnel", "relations", "lint")  # lint: the hint itself says it


@dataclass(frozen=True)
class Rule:
    """One rule. kind and given: its condition; kpis: shown with their values; explicit: the text says it, not only implies."""

    id: str
    kind: str
    given: dict[str, Any]
    text: Text
    places: tuple[str, ...]
    kpis: tuple[str, ...] = ()
    seed: str = ""
    explicit: bool = True


@functools.cache
def rules() -> dict[str, Rule]:
    """All rules by id, in the order of the file; BadDefinition names what is wrong with them."""
    return {id_: rule_of(id_, block) for id_, block in read(FILE).items()}


def rule_of(id_: str, block: dict[str, Any]) -> Rule:
    """A checked rule from its block."""
    when = dict(block.get("when", {}))
    kind = when.pop("kind", "")
    if kind not in KINDS:
        raise BadDefinition(FILE, f"{id_}.when", f"{kind!r} is not one of {', '.join(KINDS)}")
    if set(when) != set(KINDS[kind]):
        raise BadDefinition(FILE, f"{id_}.when", f"{kind} needs exactly: {', '.join(KINDS[kind]) or 'nothing'}")
    places = names(block.get("places"), FILE, f"{id_}.places")
    if not places or not set(places) <= set(PLACES):
        raise BadDefinition(FILE, f"{id_}.places", f"must be some of {', '.join(PLACES)}")
    listed = names(block.get("kpis"), FILE, f"{id_}.kpis")
    try:
        for each in (*listed, *when.get("any", ()), *when.get("of", ())):
            kpi(each)
        if "goal" in when:
            goal(when["goal"])
    except Unknown as error:
        raise BadDefinition(FILE, id_, str(error)) from error
    said = text(block.get("text"), FILE, f"{id_}.text")
    return Rule(id_, kind, when, said, places, listed, block.get("seed", ""), block.get("explicit", True))
