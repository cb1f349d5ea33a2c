"""Surveys with a column per question: blocks of columns that hold answers on one scale."""

from __future__ import annotations

import re
from collections import defaultdict

from kpi.intake import lexicon
from kpi.intake.names import plain
from kpi.intake.profile import ASCII, Column

NUMBERED = re.compile(r"^(q\s?\d+|[^\W\d]+?)(?=[\s_.-]|\d|$)", re.I)
QUESTION = re.compile(r"^(?:q|question|питання|вопрос|سوال|پرسش)\s?\d+(?=[^\W\d]|[\s_.)-]|$)", re.I)


def blocks(columns: tuple[Column, ...]) -> dict[int, str]:
    """Column → its question, of the columns that are the questions of one survey."""
    limits = lexicon.limits("questions")
    answers = {c.index: top for c in columns if (top := _top(c))}
    by_stem: dict[tuple[str, int], list[Column]] = defaultdict(list)
    for column in columns:
        if column.index in answers:
            by_stem[_stem(column.header), answers[column.index]].append(column)
    found = [c for (stem, _), block in by_stem.items() if stem and len(block) >= limits["least"] for c in block]
    tops = {answers[c.index] for c in found}
    filled = sum(c.filled > 0 for c in columns)
    if len(found) >= limits["whole"] * max(1, filled):
        taken = {c.index for c in found}
        found += [c for c in columns if c.index not in taken and answers.get(c.index) in tops and not _known(c)]
    return {c.index: c.header for c in found}


def _top(column: Column) -> int:
    """The highest answer of a column that may hold answers on a scale, else 0."""
    limits = lexicon.limits("questions")
    if column.share_filled < limits["filled"] or column.number < 0.95 or column.integer < 0.99 or column.date > 0.5:
        return 0
    given = {float(v) for value in column.values if re.fullmatch(r"\d{1,2}(?:\.0+)?", v := value.translate(ASCII))}
    if len(given) < 4 or len(given) > limits["distinct"] or len(set(column.values)) > len(given) + 2:
        return 0
    top = int(max(given))
    return top if limits["lowest_top"] <= top <= limits["highest_top"] else 0


def _stem(header: str) -> str:
    """What the names of one block have in common: "Q7" of "Q7ART", "csor" of "csor_2", "?" of whole questions."""
    if header.rstrip().endswith(("?", "؟")) or len(header.split()) > 5:
        return "?"
    asked = QUESTION.match(header.strip())
    if asked:
        return re.sub(r"\W", "", asked[0]).casefold()
    found = NUMBERED.match(header.strip())
    rest = header.strip()[found.end() :] if found else ""
    return found[1].casefold() if found and rest else ""


def _known(column: Column) -> bool:
    """Whether the name means something by itself."""
    name = plain(column.header)
    return any(name in each.phrases for each in lexicon.names().values())
