"""The stages that opportunities of a file stand in: in which order, and which of them are won or lost."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.intake import lexicon, stage_order
from kpi.intake.messages import Message, say
from kpi.intake.names import plain
from kpi.intake.plan import Plan
from kpi.intake.typed import Typed

KINDS = ("open", "won", "lost")
MOST_NAMED = 12
BEHIND, ENDS = 97, {"won": 98, "lost": 99}  # places behind those that are known, and behind all


@dataclass(frozen=True)
class Stage:
    """One stage of one pipeline (None: the file has none). position: from 1; rows: of the file; line: the first."""

    pipeline: str | None
    name: str
    kind: str
    position: int
    rows: int
    line: int


def found(typed: Typed, plan: Plan) -> list[Stage]:
    """The stages of the good lines in their order, pipeline by pipeline: as `plan.options.stages` says, else as proposed.

    A stage that is told and in which no deal of the file stands keeps its place (0 rows): next month's file without it
    moves no other. An open stage that is not told comes behind the told open ones, before what ends a deal.
    """
    names = columns(typed, plan)
    if names is None:
        return []
    stage, pipeline = names
    rows = typed.raw.query(
        f"SELECT {pipeline}, {stage}, count(*), min(line), min(row) FROM typed WHERE bad IS NULL AND {stage} IS NOT NULL "
        "GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 5"
    )
    told = {(way, name): (place, kind) for place, (way, name, kind) in enumerate(plan.options.stages)}
    known = lexicon.words("stages.kind") | plan.options.meanings("stages.kind")
    kinds = {name: _kind(name, known) for _, name, *_ in rows}
    places = stage_order.of(typed, plan, kinds, kinds).places
    ways = {way or "" for way, name, *_ in rows if (way or "", name) in told}
    there = {(way or "", name) for way, name, *_ in rows}
    rows += [
        (way or None, name, 0, 0, 0) for way, name, _ in plan.options.stages if way in ways and (way, name) not in there
    ]
    behind = max((place for place, kind in told.values() if kind == "open"), default=-1)
    listed = []
    for way, name, n, line, row in rows:
        place, kind = told.get((way or "", name)) or told.get(("", name)) or (None, kinds[name])
        usual = places.get(name, BEHIND) if kind == "open" else ENDS[kind]
        order = (place, 0) if place is not None else (behind if kind == "open" else len(told), 1)
        listed.append((way or "", order, usual, row, Stage(way, name, kind, 0, n, line)))
    listed.sort(key=lambda each: each[:4])
    made: list[Stage] = []
    for *_, each in listed:
        last = made[-1] if made and made[-1].pipeline == each.pipeline else None
        made.append(Stage(each.pipeline, each.name, each.kind, last.position + 1 if last else 1, each.rows, each.line))
    return made


def columns(typed: Typed, plan: Plan) -> tuple[str, str] | None:
    """SQL of stage and pipeline in a file of deals or of their history, None in any other."""
    main = plan.main
    if main is None or main.table not in ("opportunities", "opportunity_stage_history") or not main.fill("stage"):
        return None
    deal = next((i for i, each in enumerate(plan.targets) if each.table == "opportunities"), None)
    pipeline = typed.name(deal, "pipeline") if deal is not None else None
    return typed.names[0, "stage"], pipeline or "NULL::VARCHAR"


def order_told(typed: Typed, plan: Plan) -> list[Message]:
    """The stages in their proposed order, which of them end a deal, and what told."""
    listed = found(typed, plan)
    if not listed or plan.options.stages:
        return []
    kinds = {each.name: each.kind for each in listed}
    why = stage_order.of(typed, plan, kinds, kinds).why
    names = {kind: list(dict.fromkeys(each.name for each in listed if each.kind == kind)) for kind in KINDS}
    text = {kind: (" → " if kind == "open" else ", ").join(each[:MOST_NAMED]) or "–" for kind, each in names.items()}
    return [say("stages_proposed", open=text["open"], won=text["won"], lost=text["lost"]), why]


def _kind(name: str, kinds: dict[str, str]) -> str:
    """won, lost or open by the words of a stage's name."""
    words = plain(name)
    if words in kinds:
        return kinds[words]
    for kind in ("lost", "won"):
        if any(f" {word} " in f" {words} " for word, value in kinds.items() if value == kind and len(word) > 2):
            return kind
    return "open"
