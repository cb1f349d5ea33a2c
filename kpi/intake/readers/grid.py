"""A grid of cells whose header is still to be found: sheets of workbooks, JSON lists of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kpi.intake.messages import Message, say
from kpi.intake.raw import Format, Raw, finish, unique_headers
from kpi.intake.readers import ending, foreign, shape
from kpi.sandbox import Part

LOOKED_AT = 400


def table(folder: Path, part: Part, layout: Format, header: int | None, asked: bool) -> Raw | None:
    """The table of a grid, maybe without rows; None where it holds none (prose, a lone title) and nobody asked for it.

    layout: with the header where a plan knows it. header: its line where the user says it, 0 for none.
    """
    width = part.width
    raw = foreign.load(folder / part.file, ("",) * width, layout)
    lines = _lines(raw, width)
    merged = _Merged(part.merged, lines)
    if layout.header is None and header is None and not (asked or _is_table(lines, width)):
        raw.close()
        return None
    if layout.header is None:
        top = merged.top(width, header)
    else:
        rows, units = layout.rows or 1, layout.units or 0
        names = shape.named(merged.filled(), layout.header, rows, units, width) if layout.header else ()
        top = shape.Top(layout.header, rows if layout.header else 0, units, names)
    raw.headers, repeated = unique_headers(list(top.names), width)
    raw.query("DELETE FROM raw WHERE line <= ?", [top.last])
    raw.format = Format(
        layout.kind,
        header=top.header,
        sheet=layout.sheet,
        rows=top.rows if top.rows > 1 else None,
        units=top.units or None,
    )
    said = [say("repeated_header", column=name) for name in repeated]
    raw.notes = (*said, *top.notes(), *_notes(part, top.last))
    return _without_empty_columns(ending.trim(finish(raw)))


class _Merged:
    """The merged ranges among the first lines of a sheet: seen bare to find the header, filled to name its columns."""

    def __init__(self, ranges: Sequence[tuple[int, int, int, int]], lines: list[list[str]]) -> None:
        self.ranges = [each for each in ranges if each[0] < len(lines)]
        self.lines = lines

    def top(self, width: int, header: int | None) -> shape.Top:
        """How the table begins. A header goes down as far as the ranges that begin in it."""
        bare = self._with(lambda first, value: value if first else "")
        top = shape.top(bare, width, header)
        begin, last = top.header - top.rows + 1, top.header
        if not top.header and header is None:
            begin, last = self._groups()
        if not last or not self.ranges:
            return top
        last = max([last, *(bottom + 1 for row, _, bottom, _ in self.ranges if begin <= row + 1 <= last)])
        last = min(last, len(self.lines))
        if last - begin >= shape.ROWS + 2:  # one label over the whole table is no header of many rows
            last = top.header
        units = top.units if top.units > last else 0
        names = shape.named(self.filled(), last, last - begin + 1, units, width)
        above = top.above if top.header else sum(map(any, bare[: begin - 1]))
        return shape.Top(last, last - begin + 1, units, names, above)

    def _groups(self) -> tuple[int, int]:
        """The lines of a header that only its merged ranges show, such as years over plan and fact; (0, 0) for none."""
        rows = [top for top, *_ in self.ranges]
        wide = [(top, bottom) for top, left, bottom, right in self.ranges if right > left and rows.count(top) > 1]
        if not wide:
            return 0, 0
        first = min(wide)[0]
        below = (first, first) in wide
        return first + 1, first + 1 + below

    def filled(self) -> list[list[str]]:
        """The lines with the text of every range in all of its cells."""
        return self._with(lambda first, value: value)

    def _with(self, cell: Callable[[bool, str], str]) -> list[list[str]]:
        lines = [list(line) for line in self.lines]
        for top, left, bottom, right in self.ranges:
            value = lines[top][left] if 0 <= left < len(lines[top]) else ""
            for row in range(top, min(bottom + 1, len(lines))):
                for column in range(max(0, left), min(right + 1, len(lines[row]))):
                    lines[row][column] = cell((row, column) == (top, left), value)
        return lines


def _lines(raw: Raw, width: int) -> list[list[str]]:
    """The first lines, each at its own place, so that their numbers are those of the file."""
    lines = [[""] * width for _ in range(LOOKED_AT)]
    found = raw.query("SELECT * FROM raw WHERE line <= ? ORDER BY line", [LOOKED_AT])
    for line, *cells in found:
        lines[line - 1] = [cell or "" for cell in cells]
    return lines[: found[-1][0] if found else 0]


def _is_table(lines: list[list[str]], width: int) -> bool:
    """Whether some line at the top is as wide as those of a table."""
    widths = sorted((sum(map(bool, line)) for line in lines if any(line)), reverse=True)
    if not widths or width < 2:
        return False
    least = max(2, 0.6 * widths[len(widths) // 2], 0.5 * min(width, widths[0]))
    return any(sum(map(bool, line)) >= least for line in lines[: shape.LOOKED_AT])


def _notes(part: Part, last: int) -> list[Message]:
    """What the parser tells; of filled cells of merged ranges only those below the header."""
    told = []
    for code, params in part.notes:
        if code == "merged_filled":
            n = sum(line > last for line in params["lines"])
            told += [say(code, n=n)] if n else []
        else:
            told.append(say(code, **params))
    return told


def _without_empty_columns(raw: Raw) -> Raw:
    """Columns without a header and without a value come from formatting only: left out."""
    counts = raw.query("SELECT " + ", ".join(f"count(c{i})" for i in range(len(raw.headers))) + " FROM raw")[0]
    keep = [i for i, n in enumerate(counts) if n or not raw.headers[i].startswith("column ")]
    if len(keep) == len(raw.headers) or not keep:
        return raw
    listed = ", ".join(f"c{old} AS c{new}" for new, old in enumerate(keep))
    raw.query(f"CREATE OR REPLACE TABLE raw AS SELECT line, {listed} FROM raw")
    raw.headers = tuple(raw.headers[i] for i in keep)
    return raw
