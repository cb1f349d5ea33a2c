"""What became of a file: the report of a load, and its entry in the JSON of the command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from kpi.intake.messages import Message, say
from kpi.intake.plan import Plan
from kpi.intake.typed import Rejected
from kpi.text import Texts

SHOWN = 100
SURE, LIKELY = 0.9, 0.7  # confidence from which a proposal is called so


@dataclass(frozen=True)
class ImportReport:
    """rows_read = rows_loaded + rows_rejected, in lines of the file. id None: nothing was written (a dry run, or no
    line could be loaded). tables: rows made in each."""

    plan: Plan
    id: int | None = None
    tables: dict[str, int] = field(default_factory=dict)
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rejects: tuple[Rejected, ...] = ()
    warnings: tuple[Message, ...] = ()


def entry(report: ImportReport, texts: Texts) -> dict[str, object]:
    """The entry of one file or sheet as the command line answers it; words in the language of `texts`."""
    plan = report.plan
    return {
        "id": None if report.id is None else str(report.id),
        "file": plan.file,
        "sheet": plan.sheet,
        "table": plan.table,
        "tables": report.tables,
        "confidence": plan.confidence,
        "format": plan.format.plain(),
        "mapping": mapping(plan, texts),
        "set": values(plan),
        "unmapped": list(plan.unmapped),
        "rows_read": report.rows_read,
        "rows_loaded": report.rows_loaded,
        "rows_rejected": report.rows_rejected,
        "rejects": [
            {"row": each.row, "column": each.column, "value": each.value, "reason": each.reason.text(texts)}
            for each in report.rejects[:SHOWN]
        ],
        "questions": [{"question": each.text.text(texts), "option": each.option} for each in plan.questions],
        "warnings": [each.text(texts) for each in report.warnings],
    }


def mapping(plan: Plan, texts: Texts) -> list[dict[str, object]]:
    """Which column goes where, how surely, and why in words."""
    return [
        {"column": column, "field": field, "confidence": round(confidence, 2), "why": why(reasons, texts)}
        for column, field, confidence, reasons in plan.mapping()
    ]


def why(reasons: tuple[Message, ...], texts: Texts) -> str:
    """Several reasons as one text."""
    return "; ".join(dict.fromkeys(each.text(texts) for each in reasons or (say("why_told"),)))


def certainty(confidence: float) -> str:
    """How sure a proposal is in a word: sure, likely, weak."""
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "weak"


def values(plan: Plan) -> list[dict[str, object]]:
    """Fields that the file does not carry and that get one value for all its rows."""
    return [
        {"field": f"{target.table}.{fill.field}", "value": fill.value}
        for target in plan.targets
        for fill in target.fills
        if fill.value is not None
    ]
