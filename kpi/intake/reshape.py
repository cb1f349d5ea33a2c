"""Wide to long: columns named after months become lines, one per month, before anything is mapped.

A step on Raw, recorded in Format.reshape as JSON and so done again when the file is read again. `Category, Jan 2024,
Feb 2024` becomes `Category, period start, value`; a statement (lines are figures such as net sales, columns are months)
becomes one line a month with a column per figure. Sheets of KPI values: kpi_sheet.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from kpi.core import Kpi
from kpi.intake import kpi_names, kpi_sheet, lexicon, periods
from kpi.intake import raw as raws
from kpi.intake.messages import Message, say
from kpi.intake.names import plain, quote
from kpi.intake.options import Options
from kpi.intake.plan import Question
from kpi.intake.profile import Column
from kpi.intake.raw import Raw, cell

START, END, VALUE = "period start", "period end", "value"
MOST_FIGURES = 300  # lines of a statement
MOST_VALUES = 100_000  # lines of a sheet of KPI values


@dataclass(frozen=True)
class Shaped:
    """A file as it is to be mapped. questions: what only the user can tell about its shape."""

    raw: Raw
    changed: bool = False
    questions: tuple[Question, ...] = ()


def settle(
    raw: Raw,
    columns: tuple[Column, ...],
    options: Options,
    title: str,
    known: Collection[frozenset[str]] = (),
    kpis: Mapping[str, Kpi] | None = None,
) -> Shaped:
    """The file with its months as lines, where that is clear or was answered; the question where it is not.

    known: headers of files that were loaded: where one has these with the months as lines, nobody is asked again.
    kpis: the KPIs that lines or columns may be named after.
    """
    found = _months(columns, title)
    if options.shape in (None, "months") and not raw.format.reshape and kpis and raw.rows <= MOST_VALUES:
        sheet = kpi_sheet.find(columns, found or _months(columns, title, 1), kpis, title, options)
        if sheet:
            return Shaped(apply(raw, json.dumps(sheet)), True, kpi_names.asks(sheet["kpis"]["unknown"], kpis, options))
    if options.shape not in (None, "months") or not found or raw.format.reshape:
        return Shaped(raw)
    keys = [c for c in columns if c.index not in {i for i, _ in found}]
    before = frozenset({*(c.plain for c in keys), START, VALUE}) in known
    if options.shape != "months" and not before and len(found) < lexicon.limits("months")["sure"] * len(columns):
        names = [columns[i].header for i, _ in found]
        asked = say("ask_months", n=len(found), first=names[0], last=names[-1])
        return Shaped(raw, False, (Question(asked, "--shape months|as_is", "shape", ("months", "as_is")),))
    step = {"months": [[i, start, end] for i, (start, end) in found], "statement": _is_statement(keys)}
    return Shaped(apply(raw, json.dumps(step)), True)


def again(raw: Raw, step: str | None) -> Raw:
    """A file that was read again, brought into the shape that its plan was made for."""
    return apply(raw, step) if step and not raw.format.reshape else raw


def table_of(step: str | None) -> str | None:
    """The table that a step makes lines of; None where they may be of any."""
    return kpi_sheet.TABLE if step and "kpis" in json.loads(step) else None


def apply(raw: Raw, step: str) -> Raw:
    """`raw` after a step; the old table is gone."""
    block = json.loads(step)
    if "kpis" in block:
        done = kpi_sheet.apply(raw.settle(), block)
        done.format = replace(done.format, reshape=step)
        return done
    if "months" not in block:
        return raw
    raw = raw.settle()
    columns = [(int(i), str(start), str(end)) for i, start, end in block["months"]]
    keys = [i for i in range(len(raw.headers)) if i not in {i for i, _, _ in columns}]
    done = _statement(raw, keys[0], columns) if block["statement"] else _long(raw, keys, columns)
    done.format = replace(done.format, reshape=step)
    note: Message = say("months_as_lines", n=len(columns), rows=raw.rows, lines=done.rows)
    done.notes = (*raw.notes, note)
    return done


def _months(columns: tuple[Column, ...], title: str, least: int = 0) -> list[tuple[int, tuple[str, str]]]:
    """(column, (first day, day after the last)) of the columns named after periods; [] where they make no table.

    least: so many columns are enough, else as the definitions say.
    """
    limits = lexicon.limits("months")
    named = [(c, period) for c in columns if (period := periods.of(c.header))]
    lengths = {period.length for _, period in named}
    if len(named) < (least or limits["least"]) or len(lengths) > 1 or len(named) == len(columns):
        return []
    filled = [c for c, _ in named if c.filled]
    if not filled or any(c.number < limits["numbers"] for c in filled):
        return []
    year = None
    if any(period.year is None for _, period in named):
        given = re.findall(rf"(?<!\d)(?:{periods.YEAR})(?!\d)", title)
        if len(given) != 1:
            return []
        year = int(given[0])
    starts = [(period.start(year), period.end(year)) for _, period in named]
    if len(set(starts)) < len(starts):
        return []
    return [(c.index, span) for (c, _), span in zip(named, starts, strict=True)]


def _is_statement(keys: list[Column]) -> bool:
    """Whether the lines are the figures of a statement: named by the one column beside the months."""
    if len(keys) != 1 or not keys[0].values or keys[0].rows > MOST_FIGURES:
        return False
    phrases = lexicon.names()["finance_periods"].phrases
    names = {plain(value) for value in keys[0].values}
    known = {phrases[name][0] for name in names if name in phrases}
    return len(known) > 1 and len(known) >= lexicon.limits("months")["statement"] * len(names)


def _long(raw: Raw, keys: list[int], columns: list[tuple[int, str, str]]) -> Raw:
    """One line per line of the file and month; empty cells make none."""
    starts = ", ".join(quote(start) for _, start, _ in columns)
    cells = ", ".join(cell(i) for i, _, _ in columns)
    kept = "".join(f", c{i} AS c{place}" for place, i in enumerate(keys))
    n = len(keys)
    raw.query(
        f"CREATE TABLE long AS SELECT line, {''.join(f'c{i}, ' for i in range(n + 2)).rstrip(', ')} FROM ("
        f"SELECT {raw.line} AS line, rowid AS row, generate_subscripts([{starts}], 1) AS place{kept}, "
        f"unnest([{starts}]) AS c{n}, unnest([{cells}]) AS c{n + 1} FROM raw) WHERE c{n + 1} IS NOT NULL "
        "ORDER BY row, place"
    )
    raw.query("DROP TABLE raw")
    raw.query("ALTER TABLE long RENAME TO raw")
    headers = (*(raw.headers[i] for i in keys), START, VALUE)
    return raws.finish(replace(raw, headers=headers, line="line"))


def _statement(raw: Raw, key: int, columns: list[tuple[int, str, str]]) -> Raw:
    """One line per month with a column per figure."""
    listed = ", ".join(cell(i) for i, _, _ in columns)
    rows = raw.query(f"SELECT {cell(key)}, min({raw.line}) OVER (), {listed} FROM raw ORDER BY rowid")
    rows = [row for row in rows if row[0]]
    headers, _ = raws.unique_headers([START, END, *(row[0] for row in rows)], len(rows) + 2)
    lines = ((rows[0][1], [s, e, *(row[2 + place] for row in rows)]) for place, (_, s, e) in enumerate(columns))
    done = raws.from_rows(headers, raw.format, lines)
    raw.close()
    return replace(done, broken=raw.broken)
