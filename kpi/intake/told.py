"""What need not be recognised: the user's mappings, and the columns of a known export."""

from __future__ import annotations

from kpi import model
from kpi.errors import Refused
from kpi.intake import lexicon, presets
from kpi.intake.guesses import NAMED, Guess
from kpi.intake.messages import say
from kpi.intake.options import Options
from kpi.intake.profile import Column
from kpi.intake.tables import TOLD, Kept

PRESET = 0.98


class Told:
    """The options and the preset of one file, as guesses that come before all others."""

    def __init__(self, columns: tuple[Column, ...], options: Options, file: str) -> None:
        self.columns, self.options, self.file = columns, options, file
        self.preset = presets.recognise(columns)

    def table(self) -> str | None:
        """The table given, or the one that all of several mappings name."""
        named = {table for table, _, column in self.options.maps if table and column}
        return self.options.table or (named.pop() if len(named) == 1 and len(self.options.maps) > 1 else None)

    def fits(self, table: str) -> bool:
        """Whether the mappings name columns of the table or of what it leads to."""
        return all(
            _lies(table, owner, field) if owner else _owner(table, field)
            for owner, field, column in self.options.maps
            if column
        )

    def kept(self) -> Kept:
        """(columns, fields) that are not to be mapped by recognition."""
        ignored = frozenset(self.column(header).index for header in self.options.ignore)
        empty = frozenset((table, field) for table, field, column in self.options.maps if not column and table)
        told = frozenset((table, field) for table, field, _ in self.options.sets if table)
        return ignored, empty | told

    def _find(self, header: str) -> Column | None:
        same = header.strip().casefold()
        return next((c for c in self.columns if header in (c.header, c.plain) or same == c.header.casefold()), None)

    def has(self, header: str) -> bool:
        """Whether the file has a column of that name."""
        return self._find(header) is not None

    def column(self, header: str) -> Column:
        """The column of that name; Refused("map_column_missing") with the names there are."""
        found = self._find(header)
        if found:
            return found
        known = ", ".join(column.header for column in self.columns)
        raise Refused("map_column_missing", column=header, file=self.file, known=known)

    def guesses(self, table: str) -> tuple[Guess, ...]:
        """What the user mapped, then what the preset says, for lines that are rows of `table`."""
        found = []
        for owner, field, header in self.options.maps:
            place = (_via(table, owner, field) if owner else _owner(table, field)) if header else None
            if place is None:
                continue
            column = self.column(header)
            form = self._form(column, place[0], field)
            found.append(Guess(column.index, place[0], field, TOLD, (say("why_told"),), form, place[1]))
        return (*found, *self._by_preset(table, {guess.column for guess in found}))

    def _form(self, column: Column, table: str, field: str) -> str:
        if model.table(table).field(field).type == "id":
            return _id_form(column)
        if table == "surveys" and field == "score":
            told = next((value for _, name, value in self.options.sets if name == "survey_type"), None)
            return told or lexicon.names()["surveys"].scores.get(column.plain, "")
        return ""

    def _by_preset(self, table: str, taken: set[int]) -> list[Guess]:
        """What the columns mean in a known export, where the user has not said otherwise."""
        found: list[Guess] = []
        if self.preset is None or self.preset.table != table:
            return found
        for header, owner, field in self.preset.columns:
            column = next((c for c in self.columns if c.plain == header and c.index not in taken), None)
            if column is None or not column.filled:
                continue
            why = (say("why_preset", export=self.preset.name),)
            form = self._form(column, owner, field)
            found.append(Guess(column.index, owner, field, PRESET, why, form, _via(table, owner, field)[1]))
        return found


def _id_form(column: Column) -> str:
    """Whether a column that is to hold ids holds names."""
    return "name" if column.spaced > 0.3 or (column.code < 0.5 and column.number < 0.5) else "id"


def _owner(table: str, field: str) -> tuple[str, str] | None:
    """(table, via) that an unqualified field belongs to when lines are rows of `table`."""
    if field in model.table(table).fields:
        return table, ""
    parent = lexicon.names()[table].parent
    above = model.table(table).fields[parent].refers if parent else None
    for owner in (table, above):
        if owner is None:
            continue
        if owner != table and field in model.table(owner).fields:
            return owner, parent or ""
        for name in NAMED:
            reference = model.table(owner).reference_to(name)
            if reference and field in model.table(name).fields:
                return name, f"{owner}.{reference.name}"
    return None


def _lies(table: str, owner: str, field: str) -> tuple[str, str] | None:
    """Where a mapping that names its table lies when lines are rows of `table`, None where nothing leads there."""
    if owner == table or (owner == "surveys" and field == "score"):
        return owner, ""
    parent = lexicon.names()[table].parent
    above = model.table(table).fields[parent].refers if parent else None
    if parent and above == owner:
        return owner, parent
    for step in (table, above):
        reference = model.table(step).reference_to(owner) if step else None
        if reference and owner in NAMED:
            return owner, f"{step}.{reference.name}"
    return None


def _via(table: str, owner: str, field: str) -> tuple[str, str]:
    found = _lies(table, owner, field)
    if found is None:
        raise Refused("map_unreachable", field=f"{owner}.{field}", table=table)
    return found
