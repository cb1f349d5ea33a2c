"""Answers on a scale: which kind of question, and from where to where its scale goes."""

from __future__ import annotations

from kpi.intake.messages import Message, say
from kpi.intake.names import plain
from kpi.intake.plan import Fill, Question, Target
from kpi.intake.profile import Column

TOPS = (5, 7, 10, 100)
KINDS = ("nps", "csat", "ces")


def with_scales(
    targets: list[Target], columns: tuple[Column, ...], title: str
) -> tuple[list[Target], list[Question], list[Message]]:
    """The targets with survey type and scale where a survey's file gives none. A scale is shown, never silent."""
    questions: list[Question] = []
    warnings: list[Message] = []
    return [_with(each, columns, title, questions, warnings) for each in targets], questions, warnings


def _with(
    target: Target, columns: tuple[Column, ...], title: str, questions: list[Question], warnings: list[Message]
) -> Target:
    score = target.fill("score")
    if target.table != "surveys" or score is None or score.column is None:
        return target
    column = columns[score.column]
    if not target.fill("survey_type"):
        kind = _kind(column, title)
        if kind is None:
            asked = say("ask_survey_type", column=column.header)
            questions.append(Question(asked, "--set survey_type=nps|csat|ces", "set surveys.survey_type", KINDS))
            return target
        target = target.with_fill(Fill("survey_type", value=kind, why=(say("why_survey", kind=kind.upper()),)))
    kind_fill = target.fill("survey_type")
    kind = kind_fill.value if kind_fill else None
    if kind is None or target.fill("scale_max"):
        return target
    low, high = (0.0, 10.0) if kind == "nps" else _scale(column)
    why = (say("why_scale", low=low, high=high),)
    if not target.fill("scale_min"):
        target = target.with_fill(Fill("scale_min", value=f"{low:g}", why=why))
    warnings.append(say("scale_taken", column=column.header, kind=kind.upper(), low=low, high=high))
    return target.with_fill(Fill("scale_max", value=f"{high:g}", why=why))


def _kind(column: Column, title: str) -> str | None:
    """By the name of the column or of the file."""
    words = plain(f"{column.header} {title}").split()
    return next((kind for kind in KINDS if kind in words), None)


def _scale(column: Column) -> tuple[float, float]:
    """The usual scale that holds the values: 1–5, 1–7, 0–10 or 1–10, 0–100."""
    high = next((top for top in TOPS if (column.high or 0) <= top), TOPS[-1])
    low = 0.0 if high == 100 or (column.low is not None and column.low < 1) else 1.0
    return low, float(high)
