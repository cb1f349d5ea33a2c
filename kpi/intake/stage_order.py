"""In which order the stages of a pipeline come: proposed from the data.

The first that tells: numbers at the beginning of the names; the way that deals of a history take through them; the
probability that goes with each; the usual words. What none of them tells comes in the order of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kpi.intake import lexicon
from kpi.intake.messages import Message, say
from kpi.intake.names import DIGITS, plain
from kpi.intake.plan import Plan
from kpi.intake.typed import Typed

ASCII = str.maketrans(DIGITS)
NUMBER = re.compile(r"^\D{0,8}?(\d{1,2})(?!\d)")
LEAST_PAIRS = 3  # deals that went from one stage to another, for a history to tell
SPREAD = 0.05  # how much probabilities of one stage may differ to be those of the stage
UNKNOWN = 50.0


@dataclass(frozen=True)
class Order:
    """places: stage → its place among the open stages of its pipeline. why: what told."""

    places: Mapping[str, float]
    why: Message


def of(typed: Typed, plan: Plan, names: Iterable[str], kinds: Mapping[str, str]) -> Order:
    """The order of the stages `names`. kinds: stage → open, won, lost; only open ones are ordered."""
    open_ = [name for name in dict.fromkeys(names) if kinds.get(name, "open") == "open"]
    for told in (_numbered(open_), _walked(typed, plan, open_), _probable(typed, plan, open_)):
        if told:
            return told
    usual = lexicon.stage_order()
    return Order({name: float(usual.get(plain(name), UNKNOWN)) for name in open_}, say("why_stages_words"))


def _numbered(names: list[str]) -> Order | None:
    """By the numbers at the beginning of the names, where each has its own."""
    found = {name: NUMBER.match(name.translate(ASCII)) for name in names}
    numbers = {name: float(match[1]) for name, match in found.items() if match}
    if len(names) < 2 or len(numbers) < len(names) or len(set(numbers.values())) < len(names):
        return None
    return Order(numbers, say("why_stages_numbers"))


def _walked(typed: Typed, plan: Plan, names: list[str]) -> Order | None:
    """By the order in which deals of a history enter them: the mean place among the stages that a deal went through."""
    main = plan.main
    if main is None or main.table != "opportunity_stage_history" or len(names) < 2:
        return None
    deal, stage, at = (typed.name(0, field) for field in ("opportunity_id", "stage", "entered_at"))
    if not (deal and stage and at):
        return None
    rows = typed.raw.query(
        f"SELECT stage, avg(place), count(*) FILTER (n > 1) FROM (SELECT stage, (rank() OVER (PARTITION BY deal ORDER BY "
        f"first) - 1) / greatest(count(*) OVER (PARTITION BY deal) - 1, 1) AS place, count(*) OVER (PARTITION BY deal) "
        f"AS n FROM (SELECT {deal} AS deal, {stage} AS stage, min({at}) AS first FROM typed WHERE bad IS NULL AND "
        f"{at} IS NOT NULL GROUP BY 1, 2)) GROUP BY 1"
    )
    places = {name: float(place) for name, place, several in rows if name in names and several >= LEAST_PAIRS}
    return Order(places, say("why_stages_history")) if len(places) >= max(2, len(names) // 2) else None


def _probable(typed: Typed, plan: Plan, names: list[str]) -> Order | None:
    """By the probability of each stage, where the deals of one stage share it."""
    stage, chance = typed.name(0, "stage"), typed.name(0, "probability")
    if plan.main is None or plan.main.table != "opportunities" or not stage or not chance or len(names) < 2:
        return None
    rows = typed.raw.query(
        f"SELECT {stage}, avg({chance}), coalesce(stddev_pop({chance}), 0) FROM typed WHERE bad IS NULL AND "
        f"{chance} IS NOT NULL GROUP BY 1"
    )
    places = {name: float(mean) for name, mean, spread in rows if name in names and spread <= SPREAD}
    if len(places) < max(2, len(names) - 1) or len(set(places.values())) < 2:
        return None
    return Order(places, say("why_stages_probability"))
