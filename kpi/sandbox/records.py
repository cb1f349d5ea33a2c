"""JSON and JSON lines: lists of objects as tables; nested objects become columns `parent.child`, nested lists stay JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from kpi.sandbox import text
from kpi.sandbox.process import Part, Stopped
from kpi.sandbox.stream import Broken, elements, encoding, is_lines, lines

DEEP = 5  # levels at which lists are looked for
KEPT = 10_000  # broken lines that are kept
Numbered = Iterable[tuple[int, Any]]


def read(path: Path, folder: Path, wanted: str | None = None, levels: int = 6, most_columns: int = 2000) -> list[Part]:
    """The lists of a document, each a part under the path of its key; JSON lines and a plain list are one part.

    Lines are counted as an editor does in JSON lines, else the records from 1.
    """
    try:
        return _parts(path, folder, wanted, _Flat(levels, most_columns))
    except RecursionError as deep:
        raise Stopped("json_deep") from deep
    except json.JSONDecodeError as error:
        raise Stopped("json_unreadable", {"line": error.lineno, "why": error.msg}) from error
    except UnicodeDecodeError as error:
        raise Stopped("json_unreadable", {"line": 0, "why": error.reason}) from error
    except ValueError as error:  # a number with thousands of digits
        raise Stopped("json_unreadable", {"line": 0, "why": str(error)[:80]}) from error


def _parts(path: Path, folder: Path, wanted: str | None, flat: _Flat) -> list[Part]:
    code = encoding(path)
    target = folder / "0.arrow"
    if is_lines(path, code):
        broken: list[Broken] = []
        part = _table(None, lambda: lines(path, code, broken), target, flat)
        unique = list({each.line: each for each in broken}.values())
        if len(unique) > KEPT:
            raise Stopped("json_unreadable", {"line": unique[0].line, "why": unique[0].why})
        return [_with(part, broken=tuple((each.line, each.text, each.why) for each in unique))]
    first = list(zip(range(2), elements(path, code), strict=False))
    if not first:
        return []
    (_, (one, whole)) = first[0]
    if len(first) > 1 or not whole:
        return [
            _table(None, lambda: ((n, value) for n, (value, _) in enumerate(elements(path, code), 1)), target, flat)
        ]
    found = dict(_lists(one, ()))
    aside = [key for key, value in one.items() if not isinstance(value, list | dict)] if isinstance(one, dict) else []
    parts = []
    for number, (key, records) in enumerate(found.items()):
        name = ".".join(key) or None
        if wanted in (None, name):
            part = _table(name, _counted(records), folder / f"{number}.arrow", flat)
            note = (("json_aside", {"keys": ", ".join(aside[:8])}),) if aside and key else ()
            parts.append(_with(part, notes=(*part.notes, *note)))
        else:
            parts.append(Part(name))
    return parts


def _counted(records: list) -> Callable[[], Numbered]:
    return lambda: enumerate(records, 1)


def _with(part: Part, **changes: Any) -> Part:
    return Part(**{**vars(part), **changes})


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list]]:
    """The lists of records in a document. An object without any is one record itself."""
    if isinstance(value, list):
        yield path, value
        return
    if not isinstance(value, dict):
        raise Stopped("json_no_table")
    if (records := _turned(value)) is not None:
        yield path, records
        return
    found = list(_inside(value, path))
    yield from found or ([(path, [value])] if value else [])


def _inside(value: dict, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list]]:
    for key, inner in value.items():
        here = (*path, str(key))
        if isinstance(inner, list) and any(isinstance(each, dict) for each in inner):
            yield here, inner
        elif isinstance(inner, dict) and (records := _turned(inner)) is not None:
            yield here, records
        elif isinstance(inner, dict) and len(here) < DEEP:
            yield from _inside(inner, here)


def _turned(value: dict) -> list | None:
    """The records of a table that is written another way: columns and data apart, column by column, or by key."""
    columns, data = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(data, list) and data and all(isinstance(row, list) for row in data):
        return [columns, *data]
    inner = list(value.values())
    if len(inner) < 2 or not all(type(each) is type(inner[0]) for each in inner):
        return None
    if isinstance(inner[0], list) and len({len(each) for each in inner}) == 1 and len(inner[0]) > 1:
        nested = any(isinstance(cell, list | dict) for each in inner for cell in each)
        return None if nested else [list(value), *map(list, zip(*inner, strict=True))]
    if isinstance(inner[0], dict) and len({tuple(sorted(each)) for each in inner}) == 1 and inner[0]:
        scalar = not any(isinstance(cell, list | dict) for each in inner for cell in each.values())
        if scalar and all(str(key).isdigit() for key in inner[0]):
            return [list(value), *([each[key] for each in inner] for key in inner[0])]
        if scalar:
            return [{"key": key, **each} for key, each in value.items()]
    return None


def _table(name: str | None, records: Callable[[], Numbered], target: Path, flat: _Flat) -> Part:
    """Records as a table: the first way through finds the columns, the second writes them."""
    columns: dict[str, int] = {}
    count = grids = 0
    nested: set[str] = set()
    width = 0
    for _, record in records():
        count += 1
        if isinstance(record, list):
            grids, width = grids + 1, max(width, len(record))
            continue
        for key, _ in flat.cells(record, nested):
            columns.setdefault(key, len(columns))
        flat.refuse_wide(len(columns))
    if count and grids == count:
        flat.refuse_wide(width)
        text.write(target, width, text.batches((n, _row(record, width)) for n, record in records()))
        return Part(name, target.name, width)
    if not columns:
        return Part(name)

    def rows() -> Iterator[tuple[int, list]]:
        for number, record in records():
            cells: list[object] = [None] * len(columns)
            for key, value in flat.cells(record, nested):
                cells[columns[key]] = value
            yield number, cells

    text.write(target, len(columns), text.batches(rows()))
    notes = (("json_nested", {"columns": ", ".join(sorted(nested)[:8])}),) if nested else ()
    return Part(name, target.name, len(columns), tuple(columns), notes=notes)


def _row(record: list, width: int) -> list[object]:
    cells = [json.dumps(each, ensure_ascii=False) if isinstance(each, list | dict) else each for each in record]
    return [*cells, *([None] * (width - len(cells)))]


class _Flat:
    """Objects as rows. levels: how deep nested objects become columns; most: how many columns there may be."""

    def __init__(self, levels: int, most: int) -> None:
        self.levels, self.most = levels, most

    def cells(self, record: Any, nested: set[str]) -> Iterator[tuple[str, object]]:
        """(column, value) of one record; what is no object is the column `value`."""
        if not isinstance(record, dict):
            record = {"value": record}
        yield from self._walk(record, "", nested, 1)

    def _walk(self, record: dict, path: str, nested: set[str], level: int) -> Iterator[tuple[str, object]]:
        for key, value in record.items():
            name = f"{path}{key}"
            if isinstance(value, dict) and level < self.levels:
                yield from self._walk(value, f"{name}.", nested, level + 1)
            elif isinstance(value, dict | list):
                if value:
                    nested.add(name)
                yield name, json.dumps(value, ensure_ascii=False) if value else None
            else:
                yield name, value

    def refuse_wide(self, n: int) -> None:
        """Stopped("too_many_columns") where the records are no list of alike things."""
        if n > self.most:
            raise Stopped("too_many_columns", {"n": n, "most": self.most})
