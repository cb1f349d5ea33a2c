"""The stages that opportunities of a file stand in: in which order, and which of them are won or lost."""

from __future__ import annotations

from dataclasses import dataclass

from kpi.intake import lexicon
from kpi.intake.names import plain
from kpi.intake.plan import Plan
from kpi.intake.typed import Typed

KINDS = ("open", "won", "lost")
UNKNOWN, ENDS = 50, {"won": 98, "lost": 99}  # places behind those that are known, and behind all


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
    """The stages of the good lines in their proposed order, pipeline by pipeline; `plan.options.stages` overrules it."""
    main = plan.main
    if main is None or main.table != "opportunities" or not main.fill("stage"):
        return []
    stage, pipeline = typed.names[0, "stage"], typed.name(0, "pipeline") or "NULL::VARCHAR"
    rows = typed.raw.query(
        f"SELECT {pipeline}, {stage}, count(*), min(line), min(row) FROM typed WHERE bad IS NULL AND {stage} IS NOT NULL "
        "GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 5"
    )
    told = {(way, name): (place, kind) for place, (way, name, kind) in enumerate(plan.options.stages)}
    kinds, order = lexicon.words("stages.kind"), lexicon.stage_order()
    listed = []
    for way, name, n, line, row in rows:
        place, kind = told.get((way or "", name)) or told.get(("", name)) or (None, _kind(name, kinds))
        usual = order.get(plain(name), UNKNOWN) if kind == "open" else ENDS[kind]
        listed.append(
            (way or "", (0, place) if place is not None else (1, usual), row, Stage(way, name, kind, 0, n, line))
        )
    listed.sort(key=lambda each: each[:3])
    made: list[Stage] = []
    for *_, each in listed:
        last = made[-1] if made and made[-1].pipeline == each.pipeline else None
        made.append(Stage(each.pipeline, each.name, each.kind, last.position + 1 if last else 1, each.rows, each.line))
    return made


def _kind(name: str, kinds: dict[str, str]) -> str:
    """won, lost or open by the words of a stage's name."""
    words = plain(name)
    if words in kinds:
        return kinds[words]
    for kind in ("lost", "won"):
        if any(f" {word} " in f" {words} " for word, value in kinds.items() if value == kind and len(word) > 2):
            return kind
    return "open"
