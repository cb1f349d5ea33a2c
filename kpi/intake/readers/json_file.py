"""JSON and JSON lines: every list of objects is a table; several lists in one document are like sheets of a workbook."""

from __future__ import annotations

import json
import re
from pathlib import Path

from kpi.errors import Refused
from kpi.intake.options import Options
from kpi.intake.raw import MOST_COLUMNS, Format, Raw
from kpi.intake.readers import foreign, grid, limits

BEGINS = re.compile(r'\s*(\{\s*("|\}|$)|\[\s*(["{\[\]\d-]|true|false|null|$))')
RECORDS = re.compile(r'\s*(\{\s*"|\[\s*[\[{"])')


def read(path: Path, options: Options, format: Format | None = None) -> list[Raw]:
    """One Raw per list. Lines are those of the file in JSON lines; in a document the records are counted from 1."""
    wanted = format.sheet if format else options.sheet
    settings = {"wanted": wanted, "levels": limits.json_levels(), "most_columns": MOST_COLUMNS}
    found = []
    with foreign.parsed("json", path, "json_broken", **settings) as (folder, parts):
        foreign.refuse_unknown(wanted, parts, path.name)
        for part in parts:
            layout = format or Format("json", sheet=part.name)
            if part.headers is not None:
                raw = foreign.table(folder, part, layout)
            else:
                raw = grid.table(folder, part, layout, options.header, True) if part.width else None
            if raw and (raw.rows or raw.broken):
                found.append(raw)
            elif raw:
                raw.close()
    if not found:
        raise Refused("json_no_table", file=path.name)
    return found


def begins(head: bytes, named: bool) -> bool:
    """Whether a file begins like JSON. named: its suffix says so too; without that, only what no text begins with."""
    try:
        text = head.decode(json.detect_encoding(head), errors="replace").lstrip("\ufeff")
    except (LookupError, UnicodeDecodeError):
        return False
    return bool((BEGINS if named else RECORDS).match(text))
