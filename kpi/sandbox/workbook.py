"""Workbooks: xlsx, xlsm, xlsb, xls, ods. Cells as the reader library gives them; formulas by their kept values."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kpi.sandbox import ooxml, text
from kpi.sandbox.process import Part, Stopped

EXACT = 1e15  # a spreadsheet keeps 15 digits of a number
TOP = 50  # lines among which a header is looked for


def read(path: Path, folder: Path, wanted: str | None = None) -> list[Part]:
    """Every visible worksheet as a grid, lines numbered as the spreadsheet shows them; the one `wanted` though hidden."""
    try:
        book = CalamineWorkbook.from_path(str(path))
    except PasswordError as locked:
        raise Stopped("file_locked") from locked
    except CalamineError as error:
        raise Stopped from error
    with ThreadPoolExecutor(1) as beside:  # the library reads without holding the interpreter
        errors = beside.submit(ooxml.errors, path) if zipfile.is_zipfile(path) else None
        parts = _parts(book, folder, wanted)
        found = errors.result() if errors else {}
    return [_with_errors(part, found.get(part.name or "")) if part.file else part for part in parts]


def _parts(book: CalamineWorkbook, folder: Path, wanted: str | None) -> list[Part]:
    parts = []
    for number, sheet in enumerate(book.sheets_metadata):
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != SheetVisibleEnum.Visible and sheet.name != wanted:
            parts.append(Part(sheet.name, hidden=True))
            continue
        if wanted is not None and sheet.name != wanted:
            parts.append(Part(sheet.name))
            continue
        try:
            parts.append(_part(book.get_sheet_by_name(sheet.name), folder / f"{number}.arrow"))
        except CalamineError:
            parts.append(Part(sheet.name, error=("sheet_damaged", {"sheet": sheet.name})))
    return parts


def _with_errors(part: Part, errors: Counter[str] | None) -> Part:
    """The part with what is to be told of its cells with errors."""
    if not errors:
        return part
    words = ", ".join(f"{word} ({n})" for word, n in errors.most_common())
    return replace(part, notes=(*part.notes, ("error_cells", {"n": errors.total(), "words": words})))


def _part(sheet: CalamineSheet, target: Path) -> Part:
    if sheet.start is None:
        return Part(sheet.name)
    grid = _Grid(sheet)
    text.write(target, sheet.width, grid.batches(), grid.watch)
    notes = []
    if grid.filled:
        notes.append(("merged_filled", {"lines": grid.filled}))
    if grid.unsafe:
        notes.append(("digits_lost", {"n": grid.unsafe, "example": grid.example}))
    return Part(sheet.name, target.name, sheet.width, merged=tuple(grid.merged), notes=tuple(notes))


class _Grid:
    """The rows of a sheet. A text merged downwards over several rows belongs to each of them; a number would then count
    several times and stays in the first."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self.sheet = sheet
        self.filled: list[int] = []
        self.unsafe = 0
        self.example = ""
        self.merged: list[tuple[int, int, int, int]] = []
        self.down: dict[int, list[tuple[int, int]]] = {}
        self.running: list[tuple[int, int, str]] = []
        left = (sheet.start or (0, 0))[1]
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():
            if bottom > top:
                self.down.setdefault(top, []).append((first - left, bottom))
            if top < TOP:
                self.merged.append((top, first - left, bottom, min(last - left, sheet.width - 1)))

    def batches(self) -> Iterator[tuple[range, list[list]]]:
        """The lines and the cells of the rows down to the last filled one."""
        rows = self.sheet.iter_rows()
        done = 0
        while batch := list(islice(rows, text.BATCH)):
            if self.down:
                for row, cells in enumerate(batch, done):
                    if self.running or row in self.down:
                        self._fill(row, cells)
            yield range(done + 1, done + len(batch) + 1), batch
            done += len(batch)

    def _fill(self, row: int, cells: list) -> None:
        for column, _, value in self.running:
            if cells[column] == "":
                cells[column] = value
                self.filled.append(row + 1)
        for column, bottom in self.down.get(row, ()):
            if 0 <= column < len(cells) and isinstance(cells[column], str) and cells[column]:
                self.running.append((column, bottom, cells[column]))
        self.running = [each for each in self.running if row < each[1]]

    def watch(self, values: Sequence[object]) -> None:
        """Counts the whole numbers with more digits than a spreadsheet keeps."""
        numbers = [value for value in values if type(value) is float]
        if max(max(numbers), -min(numbers)) >= EXACT:
            long = [value for value in numbers if abs(value) >= EXACT and value.is_integer()]
            self.unsafe += len(long)
            self.example = self.example or (str(int(long[0])) if long else "")
