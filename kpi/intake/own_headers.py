"""Headers of our own templates: the user's words with the model's name behind them, "Сума (amount)"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpi import model
from kpi.intake.names import plain
from kpi.intake.presets import Preset
from kpi.intake.profile import Column

_MARKED = re.compile(r"\((\w+)\)\s*$")
LEAST = 0.8  # share of the headers that carry a name: columns of one's own may stand beside them


def marked(name: str, field: str) -> str:
    """The header of a template's column."""
    return f"{name[:1].upper()}{name[1:]} ({field})"


def recognise(columns: Sequence[Column], title: str = "") -> Preset | None:
    """A filled template as a preset; None where the file is none. title: of the sheet or file, the table's own name
    unless somebody changed it."""
    found = {column.plain: match[1] for column in columns if (match := _MARKED.search(column.header))}
    if not found or len(found) < LEAST * len(columns):
        return None
    fields = set(found.values())
    fit = [table for table in model.tables().values() if fields <= set(table.fields)]
    named = [table for table in fit if plain(table.name) == plain(title)]
    whole = sorted(fit, key=lambda table: len(table.fields))
    if not fit or (not named and len(whole) > 1 and fields != set(whole[0].fields)):
        return None
    table = (named or whole)[0].name
    places = tuple((header, table, field) for header, field in found.items())
    return Preset("KPI workbench", table, frozenset(found), places)
