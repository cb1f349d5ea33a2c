"""What need not be recognised: the user's mappings, what this workspace confirmed before, the columns of a known export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpi import model
from kpi.errors import Refused
from kpi.intake import lexicon, own_headers, presets
from kpi.intake.evidence import Known
from kpi.intake.guesses import NAMED, Guess, weigh_guess
from kpi.intake.messages import say
from kpi.intake.options import Options
from kpi.intake.plan import Question
from kpi.intake.profile import Column
from kpi.intake.remembered import MARK, Memory, Place, as_in
from kpi.intake.tables import TOLD, Kept
from kpi.workspace import Import

REMEMBERED = 0.99
ALIKE = 0.985  # a column of that name and table, in an import of another source
PRESET = 0.98
LEAST_FACTOR = 0.5  # what the values must bear out of a column remembered from another source


class Told:
    """The options, the memory and the preset of one file, as guesses that come before all others."""

    def __init__(
        self, columns: tuple[Column, ...], options: Options, file: str, memory: Memory | None = None, title: str = ""
    ) -> None:
        self.columns, self.options, self.file = columns, options, file
        self.memory = memory or Memory()
        self.known: Known = {}  # ids of the workspace and of the files beside
        self.preset = own_headers.recognise(columns, title) or presets.recognise(columns)

    def table(self) -> str | None:
        """The table given, or the one that all of several mappings name, or that of the same source before."""
        named = {table for table, _, column in self.options.maps if table and column}
        given = self.options.table or (named.pop() if len(named) == 1 and len(self.options.maps) > 1 else None)
        earlier = self.before()
        return given or (earlier.table if earlier else None)

    def before(self) -> Import | None:
        """The import of the same source that tells what this file is, unless what is given says otherwise."""
        earlier = self.memory.earlier
        if earlier is None or earlier.table not in model.tables():
            return None
        return earlier if self.options.table in (None, earlier.table) and self.fits(earlier.table) else None

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
        ignored |= frozenset(c.index for c in self.columns if MARK in c.header)  # computed: taken where they are meant
        if self.preset and not self.before():
            ignored |= frozenset(c.index for c in self.columns if c.plain in self.preset.nothing)
        if self.before():  # what went nowhere then is kept as it is now too
            ignored |= frozenset(c.index for c in self.columns if c.plain not in self.memory.places)
        empty = frozenset(
            (table, field)
            for owner, field, column in self.options.maps
            if not column
            for table in ([owner] if owner else model.tables())
        )
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
        found += self._by_memory(table, {guess.column for guess in found})
        found += self._by_preset(table, {guess.column for guess in found})
        columns, fields = self.kept()
        told = [g for g in found if g.confidence == TOLD]
        known = [g for g in found if g.column not in columns and (g.table, g.field) not in fields]
        return (*told, *(g for g in known if g.confidence != TOLD))

    def _by_memory(self, table: str, taken: set[int]) -> list[Guess]:
        """Where the columns went in the latest import of the same source, else in one that had such a column."""
        found: list[Guess] = []
        earlier = self.before()
        others = self.memory.columns.get(table, {})
        for column in self.columns:
            if column.index in taken:
                continue
            if earlier and earlier.table == table:
                found += self._recalled(column, table, self.memory.places.get(column.plain, ()), earlier)
            elif not earlier and (before := others.get(column.plain)):
                places, made = before[0]
                weighed = [weigh_guess(g, column, self.known) for g in self._recalled(column, table, places, made)]
                found += [replace(each, confidence=ALIKE) for each in weighed if each.confidence >= LEAST_FACTOR]
        return found

    def _recalled(self, column: Column, table: str, places: tuple[Place, ...], made: Import | None) -> Iterator[Guess]:
        for place in places:
            lies = _lies(table, place.table, place.field)
            if lies is None:
                continue
            form = place.form or self._form(column, place.table, place.field)
            yield Guess(column.index, place.table, place.field, REMEMBERED, (as_in(made),), form, lies[1])

    def disputed(self, table: str) -> list[Question]:
        """Columns that imports before this one took differently; the user says which is right."""
        told = {column.index for _, _, header in self.options.maps if header for column in [self.column(header)]}
        found = []
        for column in self.columns:
            answers = self.memory.disputed.get(column.plain, ())
            if not self.memory.earlier:
                before = self.memory.columns.get(table, {}).get(column.plain, ())[:2]
                paths = tuple(dict.fromkeys(place.path for places, _ in before for place in places))
                answers = paths if len(before) > 1 and before[0][0] != before[1][0] else ()
            if answers and column.index not in told and column.header not in self.options.ignore:
                listed = ", ".join(answers)
                asked = say("ask_disputed", column=column.header, places=listed)
                option = f"--map {answers[0]}={column.header!r}"
                found.append(Question(asked, option, f"column {column.header}", (*answers, "")))
        return found

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
            guess = Guess(column.index, owner, field, PRESET, why, form, _via(table, owner, field)[1])
            if weigh_guess(guess, column, self.known).confidence >= LEAST_FACTOR:
                found.append(guess)
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
