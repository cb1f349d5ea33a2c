"""SQLite databases: every table like a sheet of a workbook; views only where they are asked for."""

from __future__ import annotations

from pathlib import Path

from kpi.errors import Refused
from kpi.intake.messages import say
from kpi.intake.options import Options
from kpi.intake.raw import MOST_COLUMNS, Format, Raw
from kpi.intake.readers import foreign
from kpi.intake.readers.parts import Unread


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw | Unread]:
    """One Raw per table with rows. Rows are counted from 1, as programs that show databases do."""
    wanted = format.sheet if format else options.sheet
    found: list[Raw | Unread] = []
    settings = {"wanted": wanted, "most_columns": MOST_COLUMNS}
    with foreign.parsed("sqlite", path, "sqlite_unreadable", **settings) as (folder, parts):
        foreign.refuse_unknown(wanted, parts, path.name)
        for part in parts:
            if part.error:
                found.append(Unread(part.name, foreign.refusal(part, path.name)))
            elif raw := foreign.table(folder, part, format or Format("sqlite", sheet=part.name)):
                found.append(raw)
        views = [part.name or "" for part in parts if part.hidden]
    first = next((each for each in found if isinstance(each, Raw)), None)
    if first and views and wanted is None:
        first.notes = (*first.notes, say("views_left_out", n=len(views), views=", ".join(views[:8])))
    if not found:
        raise Refused("file_no_rows" if parts else "file_empty", file=path.name)
    return found
