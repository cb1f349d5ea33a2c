"""What a person overrules: the options of `import`, the same for the command line and the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kpi import model
from kpi.errors import Refused, Unknown
from kpi.intake.names import plain

DATE_ORDERS = ("dmy", "mdy", "ymd", "jalali")
DATES = (*DATE_ORDERS, "1904")  # days counted from 1904, as old workbooks of the Mac do
DECIMALS = (",", ".")
SHAPES = ("as_is", "months", "log")


@dataclass(frozen=True)
class Options:
    """maps: (table or "", field, column; column "" leaves the field empty). sets: (table or "", field, value).

    dates: dmy, mdy, ymd, jalali. decimal: "," or ".". header: line of the header, 0 for none. ignore: columns that
    are kept as they are and mapped to nothing. words: (table.field or field, word of the file, value of the model).
    stages: (pipeline or "", stage, kind) in their order, kind open, won or lost; others follow as recognised.
    missing: (table or "", field, word that means "not given"; "": no word does).
    shape: "months" (columns of months become lines), "log" (lines are events of a record), "as_is". None everywhere:
    as recognised.
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
    words: tuple[tuple[str, str, str], ...] = ()
    shape: str | None = None
    stages: tuple[tuple[str, str, str], ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()
    again: bool = False

    def with_map(self, table: str, field: str, column: str) -> Options:
        """The same with one more mapping; an older one of that field gives way."""
        kept = tuple(each for each in self.maps if each[:2] != (table, field))
        return replace(self, maps=(*kept, (table, field, column)))

    def with_word(self, path: str, word: str, value: str) -> Options:
        """The same with one more word; an older meaning of that word gives way. value "": no meaning."""
        kept = tuple(each for each in self.words if each[:2] != (path, word))
        return replace(self, words=(*kept, (path, word, value)) if value else kept)

    def meanings(self, path: str) -> dict[str, str]:
        """Plain word → value of the words given for column `table.field`."""
        name = path.partition(".")[2]
        return {plain(word): value for given, word, value in self.words if given in (path, name)}

    def answered(self, about: str, answer: str) -> Options:
        """The same with the answer to a question (`Question.about`)."""
        kind, _, place = about.partition(" ")
        if kind == "word":
            path, _, word = place.partition(":")
            kept = tuple(each for each in self.words if each[:2] != (path, word))
            return replace(self, words=(*kept, (path, word, answer)))
        owner, _, field = place.rpartition(".")
        if kind == "column":
            owner, _, field = answer.rpartition(".")
            return self.with_map(owner, field, place) if answer else replace(self, ignore=(*self.ignore, place))
        if kind == "map":
            return self.with_map(owner, field, answer)
        if kind == "missing":
            kept = tuple(each for each in self.missing if each[:2] != (owner, field))
            return replace(self, missing=(*kept, (owner, field, answer)))
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
    words: Iterable[str] = (),
    shape: str | None = None,
    stages: Iterable[str] = (),
    missing: Iterable[str] = (),
    **rest: object,
) -> Options:
    """Checked options from the words of a command line: maps "[table.]field=column", sets "[table.]field=value",
    words "[table.]field:WORD=VALUE", stages "NAME=open|won|lost" in their order, missing "[table.]field=word".

    Unknown tables and fields raise Unknown, other mistakes Refused("bad_option").
    """
    if table is not None:
        model.table(table)
    if dates is not None and dates not in DATES:
        raise Refused("bad_option", option="--dates", value=dates, known=", ".join(DATES))
    if decimal is not None and decimal not in DECIMALS:
        raise Refused("bad_option", option="--decimal", value=decimal, known=", ".join(DECIMALS))
    if shape is not None and shape not in SHAPES:
        raise Refused("bad_option", option="--shape", value=shape, known=", ".join(SHAPES))
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
        words=tuple(_word(each, table) for each in words),
        shape=shape,
        stages=tuple(_stage(each) for each in stages),
        missing=tuple(_pair("--missing", each, table) for each in missing),
        **rest,  # type: ignore[arg-type]
    )


def _stage(text: str) -> tuple[str, str, str]:
    """`NAME=kind` of a stage, in whichever pipeline it stands."""
    name, equals, kind = text.rpartition("=")
    known = model.field("stages.kind").values
    if not equals or not name.strip() or kind.strip() not in known:
        raise Refused("bad_option", option="--stage", value=text, known=" ".join(f"NAME={each}" for each in known))
    return "", name.strip(), kind.strip()


def _word(text: str, table: str | None) -> tuple[str, str, str]:
    """`[table.]field:WORD=VALUE` in three parts; the value must be one that the field can have."""
    place, colon, rest = text.partition(":")
    word, equals, value = rest.rpartition("=")
    owner, _, name = place.strip().rpartition(".")
    owner = owner or (table if table and name in model.table(table).fields else "")
    if not colon or not equals or not word.strip() or not name:
        raise Refused("bad_option", option="--word", value=text, known="[table.]field:WORD=VALUE")
    known = (
        [model.table(owner).field(name)]
        if owner
        else [t.fields[name] for t in model.tables().values() if name in t.fields]
    )
    if not known:
        raise Unknown("column", name, {f for each in model.tables().values() for f in each.fields})
    values = {v for each in known for v in (("true", "false") if each.type == "flag" else each.values)}
    if value.strip() not in values:
        listed = ", ".join(sorted(values)) or "–"
        raise Refused("bad_option", option="--word", value=text, known=listed)
    return f"{owner}.{name}" if owner else name, word.strip(), value.strip()


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
