"""What a person overrules: the options of `import`, the same for the command line and the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kpi import model
from kpi.errors import Refused, Unknown

DATE_ORDERS = ("dmy", "mdy", "ymd", "jalali")
DECIMALS = (",", ".")


@dataclass(frozen=True)
class Options:
    """maps: (table or "", field, column; column "" leaves the field empty). sets: (table or "", field, value).

    dates: dmy, mdy, ymd, jalali. decimal: "," or ".". header: line of the header, 0 for none. ignore: columns that
    are kept as they are and mapped to nothing. None everywhere: as recognised.
    """

    table: str | None = None
    maps: tuple[tuple[str, str, str], ...] = ()
    sets: tuple[tuple[str, str, str], ...] = ()
    dates: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int | None = None
    ignore: tuple[str, ...] = ()
    again: bool = False

    def with_map(self, table: str, field: str, column: str) -> Options:
        """The same with one more mapping; an older one of that field gives way."""
        kept = tuple(each for each in self.maps if each[:2] != (table, field))
        return replace(self, maps=(*kept, (table, field, column)))

    def answered(self, about: str, answer: str) -> Options:
        """The same with the answer to a question (`Question.about`)."""
        kind, _, place = about.partition(" ")
        owner, _, field = place.rpartition(".")
        if kind == "map":
            return self.with_map(owner, field, answer)
        if kind == "set":
            kept = tuple(each for each in self.sets if each[:2] != (owner, field))
            return replace(self, sets=(*kept, (owner, field, answer)))
        return replace(self, **{kind: answer})

    def plain(self) -> dict:
        """Only what was given, as JSON-ready values, for the import log."""
        return {name: value for name, value in vars(self).items() if value not in (None, (), False)}


def options(
    *,
    table: str | None = None,
    maps: Iterable[str] = (),
    sets: Iterable[str] = (),
    dates: str | None = None,
    decimal: str | None = None,
    delimiter: str | None = None,
    **rest: object,
) -> Options:
    """Checked options from the words of a command line: maps "[table.]field=column", sets "[table.]field=value".

    Unknown tables and fields raise Unknown, other mistakes Refused("bad_option").
    """
    if table is not None:
        model.table(table)
    if dates is not None and dates not in DATE_ORDERS:
        raise Refused("bad_option", option="--dates", value=dates, known=", ".join(DATE_ORDERS))
    if decimal is not None and decimal not in DECIMALS:
        raise Refused("bad_option", option="--decimal", value=decimal, known=", ".join(DECIMALS))
    if delimiter is not None:
        delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
        if len(delimiter) != 1:
            raise Refused("bad_option", option="--delimiter", value=delimiter, known="; , tab |")
    return Options(
        table=table,
        maps=tuple(_pair("--map", each, table) for each in maps),
        sets=tuple(_pair("--set", each, table) for each in sets),
        dates=dates,
        decimal=decimal,
        delimiter=delimiter,
        **rest,  # type: ignore[arg-type]
    )


def _pair(option: str, text: str, table: str | None) -> tuple[str, str, str]:
    """`[table.]field=value` in three parts; the field must exist in the table named, else in any."""
    name, equals, value = text.partition("=")
    owner, _, field = name.strip().rpartition(".")
    if not equals or not field:
        raise Refused("bad_option", option=option, value=text, known="[table.]field=…")
    if owner:
        model.table(owner).field(field)
    elif table and field in model.table(table).fields:
        owner = table
    elif not any(field in each.fields for each in model.tables().values()):
        raise Unknown("column", field, {f for each in model.tables().values() for f in each.fields})
    return owner, field, value.strip()
