"""What will be done with a file: a Plan, made by `inspect`, corrected by the user, carried out by `load`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

from kpi.intake.date_style import DateStyle
from kpi.intake.messages import Message
from kpi.intake.numbers import NumberStyle
from kpi.intake.options import Options
from kpi.intake.raw import Format


@dataclass(frozen=True)
class Fill:
    """How one field of a row gets its value: from a column, or one `value` for all rows.

    form: for ids "id" (as uploaded), "name" (the normalised name), "email" (in lower case), "line" (made from import
    and line); for durations "clock" (hours:minutes:seconds); else "".
    clock: column of the time of day that belongs to a date. more: column whose text follows (a last name). words:
    (plain word, value, "" for none) that the header gives a meaning: a yes under "churned" is lost. scale: factor on a
    number (60: hours given, minutes kept). missing: cells that say that nothing was given.
    """

    field: str
    column: int | None = None
    confidence: float = 1.0
    why: tuple[Message, ...] = ()
    form: str = ""
    value: str | None = None
    clock: int | None = None
    more: int | None = None
    words: tuple[tuple[str, str], ...] = ()
    scale: float = 1.0
    style: DateStyle | NumberStyle | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """Rows made in one table. kind: main (one per line), each (one per line with `present` filled), distinct (one per
    key). via: the field of the main table that leads there."""

    table: str
    kind: str
    fills: tuple[Fill, ...]
    present: str = ""
    via: str = ""

    def fill(self, field: str) -> Fill | None:
        """How `field` is filled, None where it is not."""
        return next((each for each in self.fills if each.field == field), None)

    def with_fill(self, fill: Fill) -> Target:
        """The same with `fill` in place of the one of that field."""
        kept = tuple(each for each in self.fills if each.field != fill.field)
        return replace(self, fills=(*kept, fill))


@dataclass(frozen=True)
class Question:
    """What only the user can decide.

    option: the words of the command line that answer it. about: what the answer sets: "table", "dates", "decimal",
    "shape", "set <field>", "map <table.field>" (answered by a column) or "column <header>" (answered by a
    table.field, "" to leave it as it is) or "word <table.field>:<word>" (answered by its value). answers: what may be
    answered, () for any table.
    """

    text: Message
    option: str
    about: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """One column of the file for the eyes: its name, some values, how much of it is filled."""

    name: str
    samples: tuple[str, ...]
    filled: float


@dataclass(frozen=True)
class Plan:
    """The plan of one file or sheet. table: what one line stands for, None while that is a question."""

    path: str
    file: str
    sheet: str | None
    sha256: str
    format: Format
    rows: int
    headers: tuple[Header, ...]
    options: Options
    table: str | None = None
    confidence: float = 0.0
    targets: tuple[Target, ...] = ()
    questions: tuple[Question, ...] = ()
    warnings: tuple[Message, ...] = ()
    sales: bool = False
    others: tuple[tuple[str, float], ...] = field(default=())  # other tables it may be, the likeliest first

    @property
    def main(self) -> Target | None:
        """The target that takes one row per line."""
        return next((each for each in self.targets if each.kind == "main"), None)

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Columns that go to no field; they are kept with each row."""
        used = {
            i
            for each in self.targets
            for fill in each.fills
            for i in (fill.column, fill.clock, fill.more)
            if i is not None
        }
        return tuple(header.name for i, header in enumerate(self.headers) if i not in used)

    def mapping(self) -> list[tuple[str, str, float, tuple[Message, ...]]]:
        """(column, table.field, confidence, why) of every column that goes somewhere, in the order of the file."""
        found = []
        for target in self.targets:
            for fill in target.fills:
                path = f"{target.table}.{fill.field}"
                found += [
                    (i, path, fill.confidence, fill.why) for i in (fill.column, fill.clock, fill.more) if i is not None
                ]
        unique = {(i, path): (i, path, confidence, why) for i, path, confidence, why in reversed(found)}
        return [
            (self.headers[i].name, path, c, why) for i, path, c, why in sorted(unique.values(), key=lambda m: m[:2])
        ]

    def plain(self) -> dict:
        """The plan as JSON-ready values."""
        return asdict(self)
