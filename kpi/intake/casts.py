"""SQL that turns cells into typed values: one expression per fill, NULL where a cell is blank or cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from kpi import model
from kpi.intake import date_style, lexicon, numbers
from kpi.intake.date_style import DateStyle
from kpi.intake.layers import CELL, CHECK, FAST, VALUE, Layers
from kpi.intake.messages import Message, say
from kpi.intake.names import name_id, plain, quote
from kpi.intake.numbers import NumberStyle
from kpi.intake.options import Options
from kpi.intake.plan import Fill
from kpi.intake.raw import Raw, cell

MOST_WORDS = 1000  # distinct words of a closed list above which a column is no list
NOTHING = ("null", "nan", "nat", "n/a", "#n/a", "<null>", "(null)", "(blank)")  # as ids and texts
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H:%M:%S.%f")


@dataclass(frozen=True)
class Cast:
    """column: of the layers, with the typed value. bad: the condition under which a filled cell could not be read, ""
    where it always can."""

    column: str
    bad: str = ""
    reason: Message | None = None


class Casts:
    """The casts of one file; words are looked up in its values."""

    def __init__(self, raw: Raw, layers: Layers, time_zone: str, number: int, options: Options | None = None) -> None:
        self.raw, self.layers, self.time_zone, self.number = raw, layers, time_zone, number
        self.options = options or Options()  # the words whose meaning the user gave
        self.unmapped: dict[str, list[tuple[str, int]]] = {}  # header → words without a meaning, with counts
        self.translated: set[int] = set()  # columns whose words were changed, so that the originals are kept

    def text(self, column: int) -> str:
        """The column of the layers with the trimmed cell."""
        return self.layers.add(CELL, cell(column))

    def cast(self, table: str, fill: Fill) -> Cast:
        """The cast of a fill."""
        field = model.table(table).field(fill.field)
        if fill.form == "line":
            return Cast(self.layers.add(VALUE, f"'{self.number}-' || line"))
        if fill.column is None:
            return self._constant(field, fill.value or "")
        text = self.text(fill.column)
        if fill.missing:
            text = self.layers.add(
                CELL,
                f"CASE WHEN {cell(fill.column)} NOT IN ({', '.join(map(quote, fill.missing))}) THEN {cell(fill.column)} END",
            )
        if fill.more is not None:
            text = self.layers.add(FAST, f"nullif(concat_ws(' ', {text}, {self.text(fill.more)}), '')")
        if fill.form == "cells":  # the currency beside each amount
            style = fill.style if isinstance(fill.style, NumberStyle) else NumberStyle()
            code = numbers.currencies(style, text, numbers.around(self.raw, fill.column, style), self.layers)
            return Cast(self.layers.add(VALUE, code))
        if field.type == "id":
            return Cast(self.layers.add(VALUE, self._id(fill, self._given(text))))
        if field.type == "time":
            return self._time(fill, text)
        if field.type == "flag":
            return self._flag(field, fill.column, text)
        if field.type == "text":
            sql = self._words(field, fill, text) if field.values else self._given(text)
            return Cast(self.layers.add(VALUE, sql))
        return self._number(field, fill, text)

    def _given(self, text: str) -> str:
        """`text` unless it says that nothing was given."""
        said = f"{text} IN ({', '.join(quote(form) for word in NOTHING for form in _forms(word))})"
        return self.layers.add(FAST, f"CASE WHEN {said} THEN NULL ELSE {text} END")

    def _constant(self, field: model.Field, value: str) -> Cast:
        if field.type == "flag":
            sql = str(lexicon.flags().get(lexicon.flag_word(value), "NULL")).lower()
        elif field.values:
            sql = quote(lexicon.words(field.path).get(plain(value), value))
        else:
            sql = f"CAST({quote(value)} AS {field.sql_type})"
        return Cast(self.layers.add(VALUE, sql))

    def _id(self, fill: Fill, text: str) -> str:
        if fill.form == "name":
            return name_id(text)
        if fill.form == "email":
            return f"lower({text})"
        whole, broken = self.raw.query(
            f"SELECT count(*) FILTER (c{fill.column} LIKE '%.0'), "
            f"count(*) FILTER (regexp_matches(c{fill.column}, '\\.[0-9]*[1-9]')) FROM raw"
        )[0]
        if whole and not broken:  # whole numbers that went through a column of floats
            return f"regexp_replace({text}, '^(-?[0-9]+)\\.0+$', '\\1')"
        return text

    def _time(self, fill: Fill, text: str) -> Cast:
        style = fill.style if isinstance(fill.style, DateStyle) else DateStyle("iso")
        shapes = date_style.shapes(self.raw, fill.column, style) if fill.column is not None else ()
        value = date_style.read(style, text, self.time_zone, self.layers, shapes)
        if fill.clock is not None:
            clock = self.text(fill.clock)
            formats = ", ".join(quote(each) for each in CLOCKS)
            moment = f"coalesce(try_cast({clock} AS TIME), try_strptime({clock}, [{formats}])::TIME)"
            sql = f"CASE WHEN {clock} IS NULL THEN {value} ELSE {value}::DATE + {moment} END"
            value = self.layers.add(CHECK, sql)
            return Cast(value, _bad(text, f"({sql})"), say("bad_date"))
        return Cast(value, _bad(text, value), say("bad_date"))

    def _number(self, field: model.Field, fill: Fill, text: str) -> Cast:
        style = fill.style if isinstance(fill.style, NumberStyle) else NumberStyle()
        kind = "DECIMAL(18,4)" if field.type == "money" else "DOUBLE"
        pairs = numbers.around(self.raw, fill.column, style) if fill.column is not None else ()
        sql = numbers.read(style, text, kind, self.layers, pairs)
        if fill.form == "clock":
            sql = f"coalesce(epoch(try_cast({text} AS INTERVAL)), {sql})"
        if fill.scale != 1.0:
            sql = f"try_cast({sql} * {fill.scale!r} AS {kind})"
        if field.type == "money":
            value = self.layers.add(VALUE, sql)
        elif field.type == "integer":
            value = self.layers.add(VALUE, f"CASE WHEN {sql} = floor({sql}) THEN try_cast({sql} AS BIGINT) END")
        else:
            value = self.layers.add(VALUE, f"CASE WHEN isfinite({sql}) THEN {sql} END")
        return Cast(value, _bad(text, value), say("bad_integer" if field.type == "integer" else "bad_number"))

    def _distinct(self, column: int) -> list[tuple[str, int]]:
        text = cell(column)
        return self.raw.query(
            f"SELECT {text}, count(*) FROM raw WHERE {text} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_WORDS}"
        )

    def _words(self, field: model.Field, fill: Fill, text: str) -> str:
        """Words of the file as values of the model; the others stay in the extra columns and are reported."""
        column = fill.column or 0
        known = lexicon.words(field.path) | dict(fill.words) | self.options.meanings(field.path)
        cases, strange = [], []
        for word, n in self._distinct(column):
            value = known.get(plain(word)) or known.get(plain(word).lstrip("0123456789 "))
            if value is None and known.get(plain(word)) == "":
                self.translated.add(column)  # it says nothing by what the header means
                continue
            if value is None:
                if plain(word) not in _blank():
                    strange.append((word, n))
                continue
            cases.append(f"WHEN {quote(word)} THEN {quote(value)}")
            if plain(word) != plain(value):
                self.translated.add(column)
        if strange:
            self.unmapped[self.raw.headers[column]] = strange
            self.translated.add(column)
        return f"CASE {text} {' '.join(cases)} END" if cases else "NULL::VARCHAR"

    def _flag(self, field: model.Field, column: int, text: str) -> Cast:
        yes, no = [], []
        for word, _ in self._distinct(column):
            told = self.options.meanings(field.path).get(plain(word))
            value = told == "true" if told else lexicon.flags().get(lexicon.flag_word(word))
            if value is None and field.name == "reopened" and plain(word).isdigit():
                value = int(plain(word)) > 0  # a count of reopenings
            if value is not None:
                (yes if value else no).append(quote(word))
        yes, no = yes or ["NULL"], no or ["NULL"]
        sql = f"CASE WHEN {text} IN ({', '.join(yes)}) THEN true WHEN {text} IN ({', '.join(no)}) THEN false END"
        value = self.layers.add(VALUE, sql)
        return Cast(value, _bad(text, value), say("bad_flag"))


def _forms(word: str) -> tuple[str, ...]:
    """A word in the cases it is written in: null, NULL, Null, NaN."""
    return tuple(
        dict.fromkeys((word, word.upper(), word.capitalize(), word[:1].upper() + word[1:-1] + word[-1:].upper()))
    )


def _blank() -> frozenset[str]:
    return frozenset(plain(word) for word in lexicon.shared()["blank"])


def _bad(text: str, value: str) -> str:
    """A filled cell that does not read and does not say "nothing" either."""
    blank = ", ".join(quote(word) for word in lexicon.shared()["blank"])
    return f"({text} IS NOT NULL AND {value} IS NULL AND lower({text}) NOT IN ({blank}))"
