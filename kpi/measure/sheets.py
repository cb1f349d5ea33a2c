"""A list as a file that people pass on: CSV, a workbook, Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kpi.errors import Refused
from kpi.quality.download import as_csv, as_xlsx

KINDS = ("csv", "xlsx", "md")


@dataclass(frozen=True)
class Sheet:
    """A title, the heads of the columns, the rows as people read them, and lines of text above."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    notes: tuple[str, ...] = ()
    right_to_left: bool = False


def written(sheets: Sequence[Sheet], kind: str) -> bytes:
    """The lists as one file of this kind; CSV and a workbook hold one after the other in the same columns where they have
    the same heads. Refused("sheet_kind") for a kind that is not known."""
    if kind not in KINDS:
        raise Refused("sheet_kind", kind=kind or "–", known=", ".join(KINDS))
    if kind == "md":
        return "\n".join(_markdown(each) for each in sheets).encode()
    heads, rows = sheets[0].heads, [row for each in sheets for row in _rows(each, sheets[0].heads)]
    return as_csv(heads, rows) if kind == "csv" else as_xlsx(heads, rows, sheets[0].right_to_left)


def write(sheets: Sequence[Sheet], path: Path) -> None:
    """The lists into a file whose ending names the kind. Refused("not_writable") where that does not work."""
    content = written(sheets, path.suffix.lower().lstrip("."))
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused("not_writable", file=str(path), why=error.strerror or "") from error


def _rows(sheet: Sheet, heads: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Its rows; below each other with different heads, each begins with a line of its own heads."""
    return list(sheet.rows) if sheet.heads == heads else [(), sheet.heads, *sheet.rows]


def _markdown(sheet: Sheet) -> str:
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in (sheet.heads, *sheet.rows)]
    rule = "|" + " --- |" * len(sheet.heads)
    notes = "".join(f"{note}\n\n" for note in sheet.notes)
    return f"# {sheet.title}\n\n{notes}" + "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ")
