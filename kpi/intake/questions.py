"""Surveys with a column per question: blocks of columns that hold answers on one scale.

A block is told by its names ("Q7ART", "Q7FOOD"; "csor_1", "csor_2"; whole questions) and its common scale, and must
bear itself out: its answers go together. Lone columns join it where their answers go with its mean, as answers about one
thing do and codes of groups do not (corrected item–total correlation; Nunnally & Bernstein 1994, ch. 8; Kline 1986 takes
0.2 as the least).
"""

from __future__ import annotations

import re
from collections import defaultdict

from kpi.intake import lexicon
from kpi.intake.guesses import Guess, scored
from kpi.intake.messages import say
from kpi.intake.names import plain
from kpi.intake.profile import ASCII, Column
from kpi.intake.raw import Raw

NUMBERED = re.compile(r"^(q\s?\d+|[^\W\d]+?)(?=[\s_.-]|\d|$)", re.I)
QUESTION = re.compile(r"^(?:q|question|питання|вопрос|سوال|پرسش)\s?\d+(?=[^\W\d]|[\s_.)-]|$)", re.I)
MOST_LINES = 20_000
FEW_LINES = 30  # below it answers tell nothing about each other


def blocks(raw: Raw, columns: tuple[Column, ...]) -> tuple[int, ...]:
    """The columns that are the questions of one survey; () where the file is none."""
    limits = lexicon.limits("questions")
    tops = {c.index: top for c in columns if (top := _top(c))}
    by_stem: dict[tuple[str, int], list[int]] = defaultdict(list)
    for column in columns:
        if column.index in tops:
            by_stem[_stem(column.header), tops[column.index]].append(column.index)
    named = [block for (stem, _), block in by_stem.items() if stem and len(block) >= limits["least"]]
    if not named:
        return ()
    core = max(named, key=len)
    top = tops[core[0]]
    stems = {stem: top for (stem, top), block in by_stem.items() if block in named}
    near = {i: stems.get(_stem(columns[i].header), top) for i in tops}
    lone = [i for i in tops if near[i] - 1 <= tops[i] <= near[i] and not _known(columns[i])]
    together = _together(raw, core, [*(i for block in named for i in block), *lone])
    if together is None:
        return tuple(sorted(i for block in named for i in block))
    least = limits["together"]
    kept = {i for block in named if _mean([together.get(i, 0.0) for i in block]) >= least for i in block}
    return tuple(sorted(kept | {i for i in lone if kept and together.get(i, 0.0) >= least}))


def known_as(found: tuple[int, ...], columns: tuple[Column, ...], table: str) -> tuple[Guess, ...]:
    """The columns of the blocks as answers, for lines that are rows of `table`."""
    if table != "surveys":
        return ()
    guesses = []
    for i in found:
        kinds = list(scored(columns[i]))
        if not any(each.confidence > 0.9 for each in kinds):
            why = (say("why_question", n=len(found)),)
            kind = next((each.form for each in kinds), "")
            guesses.append(Guess(i, "surveys", "score", 0.8, why, kind, question=columns[i].header))
    return tuple(guesses)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _together(raw: Raw, core: list[int], others: list[int]) -> dict[int, float] | None:
    """Column → correlation of its answers with the mean of the other answers of the core; None where lines are few."""
    columns = sorted({*core, *others})
    cells = ", ".join(
        f"CASE WHEN try_cast(c{i} AS DOUBLE) >= 1 THEN try_cast(c{i} AS DOUBLE) END AS v{i}" for i in columns
    )
    total = " + ".join(f"coalesce(v{i}, 0)" for i in core)
    n = " + ".join(f"(v{i} IS NOT NULL)::INT" for i in core)

    def rest(i: int) -> str:
        own = (f"coalesce(v{i}, 0)", f"(v{i} IS NOT NULL)::INT") if i in core else ("0", "0")
        return f"(total - {own[0]}) / nullif(n - {own[1]}, 0)"

    listed = ", ".join(f"corr(v{i}, {rest(i)})" for i in columns)
    row = raw.query(
        f"SELECT count(*), {listed} FROM (SELECT *, {total} AS total, {n} AS n FROM "
        f"(SELECT {cells} FROM raw LIMIT {MOST_LINES}))"
    )[0]
    if row[0] < FEW_LINES:
        return None
    return {
        i: value if value is not None and value == value else 0.0 for i, value in zip(columns, row[1:], strict=True)
    }


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
    return any(name in each.phrases for table, each in lexicon.names().items() if table != "surveys")
