"""What a command answers: data for scripts, lines and tables for people."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from kpi.text import UNDEFINED, Texts


@dataclass(frozen=True)
class Table:
    """A table for people. Cells: texts as they are; numbers, days and None as the language writes them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Answer:
    """data: the JSON object; lines: what a person reads; status: the exit status."""

    data: Mapping[str, object]
    lines: Sequence[str | Table] = field(default=())
    status: int = 0


def as_json(answer: Answer, warnings: Iterable[str]) -> str:
    """The one JSON object: dates ISO, decimals as numbers, what is not a number as null."""
    return json.dumps(
        _plain({"warnings": list(warnings), **answer.data}), ensure_ascii=False, indent=2, allow_nan=False
    )


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int):
        return value
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)  # numpy scalars; paths and the like as text


def as_text(answer: Answer, texts: Texts) -> str:
    """The lines and tables as a person reads them."""
    parts = [_table(each, texts) if isinstance(each, Table) else each for each in answer.lines]
    return "\n".join(parts)


def _cell(value: object, texts: Texts) -> str:
    if value is None or value == "":
        return UNDEFINED
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return texts.number(value)
    if isinstance(value, datetime):
        return f"{texts.day(value.date())} {value:%H:%M}"
    if isinstance(value, date):
        return texts.day(value)
    return " ".join(str(value).split())


def _table(table: Table, texts: Texts) -> str:
    cells = [[_cell(value, texts) for value in row] for row in table.rows]
    widths = [max(map(width, column)) for column in zip(table.columns, *cells, strict=True)]
    right = [_all_numbers(column) for column in zip(*table.rows, strict=True)] or [False] * len(widths)
    lines = [_line(table.columns, widths, right), "  ".join("-" * each for each in widths)]
    return "\n".join(lines + [_line(row, widths, right) for row in cells])


def _all_numbers(values: Iterable[object]) -> bool:
    return all(value is None or isinstance(value, int | float | Decimal) for value in values)


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = []
    for cell, size, to_right in zip(cells, widths, right, strict=True):
        space = " " * (size - width(cell))
        padded.append(space + cell if to_right else cell + space)
    return "  ".join(padded).rstrip()


def width(text: str) -> int:
    """The columns that `text` takes in a terminal: marks and joiners take none, wide characters two."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
