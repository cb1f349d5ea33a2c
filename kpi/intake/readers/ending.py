"""What stands below a table and is no row of it: totals, footnotes, its header once more."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from kpi.intake.messages import Message, say
from kpi.intake.names import plain, quote
from kpi.intake.raw import Broken, Raw
from kpi.intake.readers.shape import NUMBER, typed, words

LOOKED_AT = 60  # lines at the end that may hold something else than rows
SAMPLE = 200  # first rows, which show how a usual one looks
MOST_GAPS = 200  # blank lines below which another table is looked for
MOST_SUMMED = 20_000  # rows above which no sum is tried
MOST_NAMED = 12  # line numbers that a message names


@dataclass(frozen=True)
class _Row:
    id: int
    line: int
    cells: tuple[str, ...]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell]


def trim(raw: Raw) -> Raw:
    """Takes the lines out of `raw` that are no rows of its table, and tells which.

    Totals and repeated headers are set aside in raw.broken, each with its reason, so that they count as read and
    rejected; footnotes are told with their line numbers.
    """
    if raw.rows < 3:
        return raw
    _repeated_headers(raw)
    _other_table(raw)
    rows = _rows(raw, "DESC", LOOKED_AT)
    usual = sorted(len(row.filled) for row in _rows(raw, "ASC", SAMPLE))[min(SAMPLE, raw.rows) // 2]
    first = [row.cells[0] for row in _rows(raw, "ASC", SAMPLE) if row.cells[0]]
    notes: list[_Row] = []
    totals: list[_Row] = []
    for place, row in enumerate(rows[:-1]):
        gap = row.line - rows[place + 1].line > 1
        if _is_total(row, usual, raw):
            totals.append(row)
        elif _is_note(row, usual, first, gap or bool(notes and notes[-1].line == row.line + 1)):
            notes.append(row)
        else:
            break
    if len(notes) + len(totals) < raw.rows:
        _take_out(raw, [*notes, *totals])
        raw.notes = (*raw.notes, *_told("footnotes", notes), *_told("totals_rows", totals))
        _set_aside(raw, totals, say("is_total"))
    return raw


def second(raw: Raw) -> tuple[int, int, int] | None:
    """Where another table of the same width begins below a blank line: (line of its header, rows above it, rows below).

    A line of names there, where the table has numbers, is a header; a title may stand before it.
    """
    if raw.line != "line" or raw.rows < 4:  # computed numbers have no gaps
        return None
    values = typed([row.cells for row in _rows(raw, "ASC", SAMPLE)])
    cells = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    filled = " OR ".join(f"c{i} IS NOT NULL" for i in range(len(raw.headers)))
    found = raw.query(
        f"SELECT id, line, after, above, {cells} FROM (SELECT *, rowid AS id, line - lag(line) OVER w AS gap, "
        "row_number() OVER w - 1 AS above, lead(line) OVER w AS after, "
        f"coalesce(lag(line, 2) OVER w, 0) AS third FROM raw WHERE {filled} WINDOW w AS (ORDER BY rowid)) "
        f"WHERE gap > 1 OR line - third > 2 ORDER BY id LIMIT {MOST_GAPS}"
    )
    for _, line, after, above, *row in found:
        names = [(cell or "").strip() for cell in row]
        given = {i for i, name in enumerate(names) if name}
        if after is None or len(given) < 2 or not given & values or any(map(NUMBER.match, names)):
            continue
        return line, above, raw.rows - above - 1
    return None


def _other_table(raw: Raw) -> None:
    """Leaves the second of two tables out, and the title above it."""
    found = second(raw)
    if not found or found[2] > found[1]:
        return
    rows = [row for row in _rows(raw, "ASC", raw.rows) if row.line >= found[0]]
    titles = [
        row for row in _rows(raw, "ASC", raw.rows) if found[0] - 2 <= row.line < found[0] and len(row.filled) == 1
    ]
    names = ", ".join(rows[0].filled[:8])
    _take_out(raw, [*titles, *rows])
    lines = lines_text([row.line for row in [*titles, *rows]])
    raw.notes = (*raw.notes, say("other_tables", n=len(titles) + len(rows), lines=lines, columns=names))


def lines_text(lines: Sequence[int]) -> str:
    """Line numbers as text: "12, 14–17"; of many only the first."""
    spans: list[list[int]] = []
    for line in sorted(lines):
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    shown = [str(a) if a == b else f"{a}–{b}" for a, b in spans[:MOST_NAMED]]
    return ", ".join(shown) + (" …" if len(spans) > MOST_NAMED else "")


def _told(code: str, rows: list[_Row]) -> list[Message]:
    return [say(code, n=len(rows), lines=lines_text([row.line for row in rows]))] if rows else []


def _rows(raw: Raw, order: str, most: int) -> list[_Row]:
    cells = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    filled = " OR ".join(f"c{i} IS NOT NULL" for i in range(len(raw.headers)))
    found = raw.query(f"SELECT rowid, {raw.line}, {cells} FROM raw WHERE {filled} ORDER BY rowid {order} LIMIT {most}")
    return [_Row(row[0], row[1], tuple((cell or "").strip() for cell in row[2:])) for row in found]


def _take_out(raw: Raw, rows: list[_Row]) -> None:
    if rows:
        raw.query(f"DELETE FROM raw WHERE rowid IN ({', '.join(str(row.id) for row in rows)})")
        raw.rows -= len(rows)


def _set_aside(raw: Raw, rows: list[_Row], reason: Message) -> None:
    mark = raw.format.delimiter or "\t"
    found = [Broken(row.line, mark.join(row.cells).rstrip(mark), reason) for row in rows]
    raw.broken = tuple(sorted((*raw.broken, *found), key=lambda each: each.line))


def _repeated_headers(raw: Raw) -> None:
    """Lines that hold the header again, as where pages or files were joined."""
    given = [(i, name) for i, name in enumerate(raw.headers) if name != f"column {i + 1}"]
    if len(given) < 2 or not raw.format.header:
        return
    same = " AND ".join(f"trim(c{i}) = {quote(name)}" for i, name in given)
    cells = ", ".join(f"c{i}" for i in range(len(raw.headers)))
    found = raw.query(f"SELECT rowid, {raw.line}, {cells} FROM raw WHERE c{given[0][0]} IS NOT NULL AND {same}")
    rows = [_Row(row[0], row[1], tuple(cell or "" for cell in row[2:])) for row in found]
    if len(rows) < raw.rows:
        _take_out(raw, rows)
        raw.notes = (*raw.notes, *_told("headers_again", rows))
        _set_aside(raw, rows, say("is_header"))


@functools.cache
def _totals() -> frozenset[str]:
    return frozenset(map(plain, words()["totals"]["words"]))


@functools.cache
def _notes() -> tuple[str, ...]:
    return tuple(map(plain, words()["notes"]["words"]))


def _is_total(row: _Row, usual: int, raw: Raw) -> bool:
    """A line of sums: called so and emptier than a row, or with numbers that are the sums of their columns."""
    filled = row.filled
    numbers = {i: cell for i, cell in enumerate(row.cells) if NUMBER.match(cell)}
    labels = [plain(cell) for cell in filled if not NUMBER.match(cell)]
    named = any(label in _totals() for label in labels[:1])
    begins = any(label.startswith(f"{word} ") for label in labels[:1] for word in _totals())
    if not numbers or len(labels) > 2 or (labels and NUMBER.match(filled[0])):
        return False
    if named:
        return True
    if begins and len(filled) < usual:
        return True
    unnamed = not labels and not row.cells[0] and len(filled) < usual
    return (begins or unnamed) and _are_sums(raw, row, numbers)


def _are_sums(raw: Raw, row: _Row, numbers: dict[int, str]) -> bool:
    """Whether every number is the sum of the cells above it."""
    if raw.rows > MOST_SUMMED or raw.rows < 3:
        return False
    for i, cell in numbers.items():
        above = raw.query(f"SELECT c{i} FROM raw WHERE rowid < {row.id} AND c{i} IS NOT NULL")
        values = [_value(cell) for (cell,) in above]
        if len(values) < 2 or None in values:
            return False
        total = _value(cell)
        if total is None or abs(sum(v for v in values if v is not None) - total) > 0.005 * max(1.0, len(values) ** 0.5):
            return False
    return True


def _value(cell: str) -> float | None:
    """A number as most exports write it; only sums are compared, so that a wrong guess never fits."""
    text = "".join(c for c in cell if c in "0123456789.,-")
    if text.count(",") == 1 and len(text.partition(",")[2]) != 3:
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _is_note(row: _Row, usual: int, first: list[str], apart: bool) -> bool:
    """A lone cell in the first column that is set apart, called a note, or unlike all others of that column."""
    filled = row.filled
    if usual < 3 or len(filled) != 1 or filled[0] != row.cells[0]:
        return False
    text, label = filled[0], plain(filled[0])
    marked = text.startswith(tuple(words()["notes"]["marks"]))
    named = any(label == word or label.startswith(f"{word} ") for word in _notes())
    spaced = sum(" " in cell.strip() for cell in first)
    unlike = len(text.split()) > 3 and spaced < 0.1 * len(first)
    return apart or marked or named or unlike
