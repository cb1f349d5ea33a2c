"""Workbooks (xlsx, xlsm, xlsb, xls, ods), parsed in a process with a memory and a time limit."""

from __future__ import annotations

import zipfile
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.messages import say
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw, refuse_wide
from kpi.intake.readers import foreign, grid, limits
from kpi.intake.readers.parts import Unread


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw | Unread]:
    """One Raw per visible sheet that holds a table; only the one named by `options` or `format` where one is named."""
    if path.stat().st_size == 0:
        raise Refused("file_empty", file=path.name)
    _refuse_bomb(path)
    wanted = format.sheet if format else options.sheet
    found: list[Raw | Unread] = []
    bare = False  # a sheet has a header and nothing under it
    with foreign.parsed("workbook", path, "sheet_unreadable", "sheet_too_big", wanted=wanted) as (folder, parts):
        foreign.refuse_unknown(wanted, parts, path.name)
        for part in parts:
            if part.error:
                found.append(Unread(part.name, foreign.refusal(part, path.name)))
            elif part.width:
                refuse_wide(path.name, part.width)
                layout = format or Format("sheet", sheet=part.name)
                raw = grid.table(folder, part, layout, options.header, wanted is not None)
                bare |= raw is not None and not _has_rows(raw)
                found += [raw] if raw and _has_rows(raw) else []
        hidden = [part.name or "" for part in parts if part.hidden]
    _tell_hidden(found, hidden)
    if not found:
        empty = "sheet_no_table" if any(part.width for part in parts) else "file_empty"
        raise Refused("file_no_rows" if bare else empty, file=path.name)
    return found


def _has_rows(raw: Raw) -> bool:
    """Whether a table holds anything; one that does not is closed."""
    if raw.rows or raw.broken:
        return True
    raw.close()
    return False


def _tell_hidden(found: list[Raw | Unread], hidden: list[str]) -> None:
    """Hidden sheets are left out; the first table says so and how to get them."""
    first = next((each for each in found if isinstance(each, Raw)), None)
    if first and hidden:
        first.notes = (*first.notes, say("sheets_hidden", n=len(hidden), sheets=", ".join(hidden[:8])))


def _refuse_bomb(path: Path) -> None:
    """Refused("sheet_too_big") for a workbook that unpacks beyond the limit."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > limits.unpacked()["mb"] << 20:
                raise Refused("sheet_too_big", file=path.name)
