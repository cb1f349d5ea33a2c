"""Answers on a scale: which kind of question, and from where to where its scale goes."""

from __future__ import annotations

from dataclasses import replace

from kpi.intake.messages import Message, say
from kpi.intake.names import plain
from kpi.intake.plan import Fill, Question, Target
from kpi.intake.profile import ASCII, Column

TOPS = (5, 7, 10, 100)
KINDS = ("nps", "csat", "ces")
LOWEST_TOP = 3  # a scale that ends below is no rating


def with_scales(
    targets: list[Target], columns: tuple[Column, ...], title: str
) -> tuple[list[Target], list[Question], list[Message]]:
    """The targets with survey type and scale where a survey's file gives none. A scale is shown, never silent."""
    questions: list[Question] = []
    warnings: list[Message] = []
    block = _block(targets, columns)
    named = [t for t in targets if t.table == "surveys" and t.fill("survey_type")]
    others = [t for t in targets if t.table == "surveys" and _asked(t) and not t.fill("survey_type")]
    aside = others if named and others else []  # questions of no kind beside an answer that says its own
    if aside:
        headers = ", ".join(columns[f.column].header for t in aside if (f := t.fill("score")) and f.column is not None)
        warnings.append(say("questions_without_kind", n=len(aside), columns=headers))
    found = [each if each in aside else _with(each, columns, title, questions, warnings, block) for each in targets]
    unique = {each.about: each for each in reversed(questions)}
    return found, list(reversed(unique.values())), list(dict.fromkeys(warnings))


def _block(targets: list[Target], columns: tuple[Column, ...]) -> tuple[float, float] | None:
    """(lowest, highest) answer of the questions that stand in a column each: they share one scale."""
    asked = [t for t in targets if t.table == "surveys" and _asked(t)]
    given = [columns[f.column] for t in asked if (f := t.fill("score")) and f.column is not None]
    values = {float(v) for c in given for v in c.values if v.translate(ASCII).replace(".0", "").isdigit()}
    return (min(values), max(values)) if len(given) > 1 and values else None


def _asked(target: Target) -> bool:
    """Whether its question is the name of its column."""
    question, kind = target.fill("question"), target.fill("survey_type")
    return question is not None and question.value is not None and (kind is None or kind.value != "nps")


def _with(
    target: Target,
    columns: tuple[Column, ...],
    title: str,
    questions: list[Question],
    warnings: list[Message],
    block: tuple[float, float] | None,
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
            return _within(target, column, warnings) if target.fill("scale_max") else target
        target = target.with_fill(Fill("survey_type", value=kind, why=(say("why_survey", kind=kind.upper()),)))
    kind_fill = target.fill("survey_type")
    kind = kind_fill.value if kind_fill else None
    if kind is None or target.fill("scale_max"):
        return _within(target, column, warnings)
    among = block if block and _asked(target) else None
    if among and among[1] not in TOPS:
        top = f"{among[1]:g}"
        asked = say("ask_scale_top", column=column.header, high=among[1])
        answers = tuple(f"{each:g}" for each in (among[1] - 1, among[1]))
        questions.append(Question(asked, f"--set scale_max={answers[0]}|{top}", "set surveys.scale_max", answers))
        return target
    low, high = (0.0, 10.0) if kind == "nps" else _scale(*among) if among else _scale(column.low, column.high)
    why = (say("why_scale", low=low, high=high),)
    if not target.fill("scale_min"):
        target = target.with_fill(Fill("scale_min", value=f"{low:g}", why=why))
    warnings.append(say("scale_taken", column=column.header, kind=kind.upper(), low=low, high=high))
    return target.with_fill(Fill("scale_max", value=f"{high:g}", why=why))


def _within(target: Target, column: Column, warnings: list[Message]) -> Target:
    """Of a question among others, codes outside the scale that the user gave are no answers (6: "does not apply")."""
    score, top, low = target.fill("score"), target.fill("scale_max"), target.fill("scale_min")
    if score is None or top is None or not top.value or not _asked(target):
        return target
    high = float(top.value)
    if low is None:
        low = Fill("scale_min", value="0" if high == 10 else "1", why=(say("why_scale", low=1.0, high=high),))
        target = target.with_fill(low)
    least = float(low.value or 0)
    outside = sorted({v for v in column.values if v.lstrip("-").isdigit() and not least <= float(v) <= high})
    for word in outside:
        warnings.append(say("taken_as_blank", column=column.header, word=word))
    return target.with_fill(replace(score, missing=(*score.missing, *outside)))


def _kind(column: Column, title: str) -> str | None:
    """By the name of the column or of the file."""
    words = plain(f"{column.header} {title}").split()
    return next((kind for kind in KINDS if kind in words), None)


def _scale(lowest: float | None, highest: float | None) -> tuple[float, float]:
    """The usual scale that holds the values: 1–5, 1–7, 0–10 or 1–10, 0–100."""
    high = next((top for top in TOPS if (highest or 0) <= top), TOPS[-1])
    low = 0.0 if high == 100 or (lowest is not None and lowest < 1) else 1.0
    return low, float(high)
