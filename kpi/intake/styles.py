"""How the values of each mapped column are read: date orders, decimal marks, units; and what must be asked."""

from __future__ import annotations

import re
from dataclasses import replace

from kpi import model
from kpi.intake import dates, lexicon, missing, numbers, written
from kpi.intake.date_style import DateStyle
from kpi.intake.guesses import DURATIONS
from kpi.intake.messages import Message, say
from kpi.intake.numbers import NumberStyle
from kpi.intake.options import DATE_ORDERS, DECIMALS, Options
from kpi.intake.plan import Fill, Question, Target
from kpi.intake.profile import Column
from kpi.intake.raw import Raw

WORDED = say("why_dates_words")
NUMBERS = ("money", "number", "integer")
TEXT_KINDS = ("csv", "fixed")  # formats that know no numbers
ARABIC = re.compile("[\u0600-\u06ff]")
PERSIAN_DIGITS = re.compile("[\u06f0-\u06f9]")


class Styles:
    """Decides each column once, in the light of the others of the same file."""

    def __init__(self, raw: Raw, columns: tuple[Column, ...], options: Options) -> None:
        self.raw, self.columns, self.options = raw, columns, options
        self.questions: list[Question] = []
        self.warnings: list[Message] = []
        self._dates: dict[int, dates.Decision] = {}
        self._numbers: dict[int, numbers.Decision] = {}

    def settle(self, targets: list[Target]) -> list[Target]:
        """The targets with a style in every fill that needs one. Sure columns first: they tell about the unsure."""
        kinds = {
            (i, kind)
            for target in targets
            for fill in target.fills
            if (i := fill.column) is not None and (kind := _kind(target.table, fill.field))
        }
        self._decide_dates(sorted(i for i, kind in kinds if kind == "time"))
        self._decide_numbers(sorted(i for i, kind in kinds if kind == "number"))
        return [
            replace(
                each, fills=tuple(self._with_missing(each.table, self._fill(each.table, fill)) for fill in each.fills)
            )
            for each in targets
        ]

    def _decide_dates(self, indexes: list[int]) -> None:
        like: tuple[str, str] | None = None
        for again in (False, True):
            for i in indexes:
                if i in self._dates and not (again and self._dates[i].ask):
                    continue
                found = dates.decide(self.raw, self.columns[i], self.options.dates, like)
                self._dates[i] = found
                if found.style and found.style.kind == "strptime" and found.why != WORDED:
                    like = like or (found.style.order, self.columns[i].header)
        asked = next((each.ask for each in self._dates.values() if each.ask), None)
        if asked:
            self.questions.append(Question(asked, "--dates dmy|mdy|ymd|jalali", "dates", DATE_ORDERS))

    def _decide_numbers(self, indexes: list[int]) -> None:
        like: tuple[str, str] | None = (",", "") if self.raw.format.delimiter == ";" else None
        for again in (False, True):
            for i in indexes:
                if i in self._numbers and not (again and self._numbers[i].ask):
                    continue
                column = self.columns[i]
                near = like if like and like[1] else None
                typed = self.raw.format.kind not in TEXT_KINDS
                self._numbers[i] = numbers.decide(column.values, column.header, self.options.decimal, near, typed)
                if self._numbers[i].sure:
                    like = (self._numbers[i].style.decimal, column.header)
        asked = next((each.ask for each in self._numbers.values() if each.ask), None)
        if asked:
            self.questions.append(Question(asked, "--decimal ,|.", "decimal", DECIMALS))

    def _fill(self, table: str, fill: Fill) -> Fill:
        kind = _kind(table, fill.field)
        if fill.column is None or not kind:
            return fill
        if kind == "time":
            found = self._dates[fill.column]
            style = found.style or DateStyle("iso")
            self.warnings += [note for note in found.notes if note not in self.warnings]
            return replace(fill, style=style, why=(*fill.why, *_said(found.why)))
        column, decided = self.columns[fill.column], self._numbers[fill.column]
        style, in_cells = self._with_units(table, fill, column, decided.style)
        scale, why = self._scale(table, fill, column, bool(style.units))
        form = "clock" if fill.field.endswith(tuple(f"_{unit}" for unit in DURATIONS)) and column.clock >= 0.8 else ""
        said = (*fill.why, *_said(decided.why), *in_cells, *_said(why))
        scale *= fill.scale
        return replace(fill, style=style, scale=scale, form=form, why=said)

    def _with_units(
        self, table: str, fill: Fill, column: Column, style: NumberStyle
    ) -> tuple[NumberStyle, tuple[Message, ...]]:
        """The style with what percent signs and units of time in the cells stand for in this field."""
        field = model.table(table).field(fill.field)
        said: list[Message] = []
        fractions = lexicon.shared()["fractions"] | {"value"}  # of kpi_values: a share is kept as one
        percent = None if field.type == "money" else 0.01 if fill.field in fractions else 1.0
        if percent is not None and _percent(column):
            said.append(say("why_percent" if percent == 0.01 else "why_percent_points"))
        units: tuple[tuple[str, float], ...] = ()
        kept = _unit_of(fill.field)
        found = {found["k"] for value in column.values if (found := numbers.loose().fullmatch(written.one_form(value)))}
        if kept and found & written.durations().keys():
            units = tuple((word, by / DURATIONS[kept]) for word, by in written.durations().items())
            said.append(say("why_units_in_cells", kept=kept))
        return replace(style, percent=percent, units=units), tuple(said)

    def _with_missing(self, table: str, fill: Fill) -> Fill:
        """The fill with the cells that stand for nothing; told or asked once."""
        if fill.column is None:
            return fill
        found = missing.find(self.raw, self.columns[fill.column], table, fill, self.options)
        self.warnings += [note for note in found.notes if note not in self.warnings]
        if found.ask and found.ask not in self.questions:
            self.questions.append(found.ask)
        return replace(fill, missing=found.words)

    def _scale(self, table: str, fill: Fill, column: Column, in_cells: bool) -> tuple[float, Message | None]:
        """Percent to fractions, hours to minutes, thousands to ones."""
        if fill.field in lexicon.shared()["fractions"]:
            whole = column.high is not None and 1 < column.high <= 100 and not _percent(column)
            return (0.01, say("why_percent")) if whole else (1.0, None)
        if model.table(table).field(fill.field).type == "money":
            word = next(
                (word for word in column.plain.split() if word in written.multipliers() and word not in "mb"), ""
            )
            by = written.multipliers().get(word, 1)
            return float(by), (say("why_multiplier", word=word, by=by) if word else None)
        kept = next((unit for unit in DURATIONS if fill.field.endswith(f"_{unit}")), None)
        if kept is None or in_cells:
            return 1.0, None
        if column.clock >= 0.8:
            return 1.0 / DURATIONS[kept], None
        words = column.plain.split()
        given = next(
            (unit for word in reversed(words) if (unit := lexicon.shared()["units"].get(word)) in DURATIONS), None
        )
        if given is None:
            self.warnings.append(say("unit_assumed", column=column.header, unit=kept))
            return 1.0, None
        return DURATIONS[given] / DURATIONS[kept], (None if given == kept else say("why_unit", given=given, kept=kept))


def _percent(column: Column) -> bool:
    """Whether percent signs stand in the cells."""
    return any("%" in written.one_form(value) for value in column.values)


def _unit_of(field: str) -> str | None:
    """The unit of time that a field is kept in."""
    return next((unit for unit in DURATIONS if field == unit or field.endswith(f"_{unit}")), None)


def _said(message: Message | None) -> tuple[Message, ...]:
    return (message,) if message else ()


def _kind(table: str, field: str) -> str | None:
    type_ = model.table(table).field(field).type
    return "time" if type_ == "time" else "number" if type_ in NUMBERS else None


def currency_of(target: Target, columns: tuple[Column, ...]) -> str | None:
    """The currency that the headers of the money columns name, as a code."""
    units = lexicon.shared()["units"]
    for fill in target.fills:
        if fill.column is not None and model.table(target.table).field(fill.field).type == "money":
            for word in reversed(columns[fill.column].plain.split()):
                if (units.get(word) or "").isupper():
                    return units[word]
    return None


def currency_in_cells(raw: Raw, target: Target) -> tuple[Fill | None, Message | None]:
    """How `currency` is filled from the signs beside the amounts: one for all rows, or row by row; and what is told."""
    holds = "currency" in model.table(target.table).fields
    for fill in target.fills:
        money = fill.column is not None and model.table(target.table).field(fill.field).type == "money"
        if not money or fill.column is None or not isinstance(fill.style, NumberStyle):
            continue
        pairs = numbers.around(raw, fill.column, fill.style)
        codes = [code for pair in pairs if numbers.factor(fill.style, pair) and (code := numbers.currency(pair))]
        codes = list(dict.fromkeys(codes))
        if not codes:
            continue
        if len(codes) > 1 and not holds:
            return None, say("currencies_mixed", column=raw.headers[fill.column], codes=", ".join(codes))
        if not holds:
            continue
        why = (say("why_currency_cells", codes=", ".join(codes)),)
        if len(codes) == 1:
            return Fill("currency", value=codes[0], confidence=0.9, why=why), None
        told = say("currencies_by_row", column=raw.headers[fill.column], codes=", ".join(codes))
        return Fill("currency", fill.column, 0.9, why, form="cells", style=fill.style), told
    return None, None


def rial_or_toman(target: Target, columns: tuple[Column, ...]) -> str | None:
    """The header of a Persian money column, whose amounts may be rial or toman."""
    for fill in target.fills:
        money = model.table(target.table).field(fill.field).type == "money"
        if money and fill.column is not None:
            column = columns[fill.column]
            if ARABIC.search(column.header) or any(PERSIAN_DIGITS.search(value) for value in column.values[:50]):
                return column.header
    return None
