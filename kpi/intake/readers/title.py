"""What a part of a file is called, for recognising what its lines are."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from kpi.intake.raw import Format
from kpi.intake.readers import SUFFIXES

# Names that say nothing: of sheets, of the lists in the answers of interfaces, of the one table of a small database.
PLAIN = {"", "sheet", "table", "data", "results", "result", "items", "records", "value", "values", "rows", "content"}
PLAIN |= {"аркуш", "лист", "таблиця", "дані", "برگه", "شیت", "داده"}


def title(format: Format, path: Path) -> str:
    """The name of the sheet, the table or the file in the archive; where it says no more than "Sheet1", of what holds it."""
    names = list(PurePosixPath(format.sheet or "").parts)
    if names and format.kind == "json" and not _bare(names[-1]):
        names += names.pop().split(".")  # the path of a list in a document
    for name in reversed(names):
        plain = (_bare(name) or name).strip()
        if plain.rstrip("0123456789 _").casefold() not in PLAIN:
            return plain
    return _bare(path.name) or path.stem


def _bare(name: str) -> str:
    """A file's name without its endings (orders.csv.gz is orders); "" where it has none that we know."""
    bare = ""
    while PurePosixPath(name).suffix.lower() in SUFFIXES:
        bare = name = PurePosixPath(name).stem
    return bare
