"""Which fields of a table the columns of a file may be: by name, then weighed by what their values look like."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kpi import model
from kpi.intake import lexicon
from kpi.intake.evidence import FEW, Known, weigh
from kpi.intake.lexicon import Names
from kpi.intake.messages import Message, say
from kpi.intake.names import plain
from kpi.intake.profile import Column

NAMED = ("customers", "contacts", "products", "employees", "campaigns", "manufacturers")  # a name may stand for the id
LINES = ("order_lines", "returns", "inventory", "deliveries", "production")  # whose lines are about products
DURATIONS = {"minutes": 60.0, "seconds": 1.0, "hours": 3600.0, "days": 86400.0}
LEAST = 0.3
BRACKETS = re.compile(r"([^()]+)\(([^()]+)\)")


@dataclass(frozen=True)
class Guess:
    """Column `column` may be `table.field`. form: how an id is given (id, name, either), or the kind of a survey.

    via: the reference of the main table that leads there, "" for the main table itself. unit: what the header says.
    """

    column: int
    table: str
    field: str
    confidence: float
    why: tuple[Message, ...]
    form: str = ""
    via: str = ""
    unit: str = ""
    question: str = ""  # of a survey with a column per question


def guesses(columns: tuple[Column, ...], table: str, known: Known) -> list[Guess]:
    """All guesses for a file whose lines are rows of `table`, the surest first."""
    found: list[Guess] = []
    for column in columns:
        own = list(_own(column, table))
        found += own
        if table != "surveys":
            found += scored(column)
        for via, reached, factor, bare in _reach(table):
            if reached == "employees" and column.uniqueness > 0.8 and column.filled > FEW:
                continue  # a colleague stands in many lines
            found += [
                replace(each, confidence=each.confidence * factor, via=via)
                for each in _attributes(column, reached, bare and not any(g.confidence > 0.8 for g in own))
            ]
    weighed = [weigh_guess(each, columns[each.column], known) for each in found]
    kept = [each for each in weighed if each.confidence >= LEAST]
    return sorted(kept, key=lambda g: (-round(g.confidence, 3), -columns[g.column].filled, g.column, g.table, g.field))


def weigh_guess(guess: Guess, column: Column, known: Known) -> Guess:
    """The guess after a look at the values."""
    factor, form, why = weigh(column, model.table(guess.table).field(guess.field), guess.form, guess.unit, known)
    confidence = min(0.99, guess.confidence * factor)
    return replace(guess, confidence=confidence, form=form, why=(*guess.why, *why))


def _reach(table: str) -> Iterator[tuple[str, str, float, bool]]:
    """(reference, table reached, factor, whether its columns may come without its name) of the many-to-one joins."""
    names = lexicon.names()[table]
    fields = model.table(table).fields
    parent = model.table(table).fields[names.parent].refers if names.parent else None
    if parent:
        yield names.parent or "", parent, 0.98, True
    seen = {table, parent}
    for owner in (table, parent):
        for name, column in (model.table(owner).fields if owner else fields).items():
            if column.refers and column.refers not in seen and column.refers in NAMED:
                reference = model.table(owner).reference_to(column.refers) if owner else None
                if reference is not None and reference.name == name:
                    seen.add(column.refers)
                    bare = column.refers == "customers" or (column.refers == "products" and table in LINES)
                    yield f"{owner}.{name}", column.refers, 0.95, bare


def _variants(column: Column) -> Iterator[tuple[str, str]]:
    """(name, unit): the header as it is, and without the unit at its end."""
    yield column.plain, ""
    yield from ((name, "") for name in _rewritten(column))
    words = column.plain.split()
    units = lexicon.shared()["units"]
    for cut in range(min(3, len(words) - 1), 0, -1):
        unit = units.get(" ".join(words[-cut:]))
        if unit:
            yield " ".join(words[:-cut]), unit
            return


def _rewritten(column: Column) -> Iterator[str]:
    """The header said otherwise: "City (Billing)" as "billing city", "Created (UTC)" and "status_label" without what
    says nothing."""
    shared = lexicon.shared()
    around = BRACKETS.fullmatch(column.header.strip())
    if around:
        outer, inner = plain(around[1]), plain(around[2])
        if inner in shared["zones"]:
            yield outer
        elif outer and inner and inner not in shared["units"]:
            yield f"{inner} {outer}"
    for word in shared["empty"]:
        if column.plain.endswith(f" {word}"):
            yield column.plain.removesuffix(f" {word}")


def _fits(unit: str, field: model.Field) -> bool:
    if not unit:
        return True
    if unit in DURATIONS:
        return field.name.endswith(tuple(DURATIONS)) or field.name in ("hours", "days")
    if unit == "percent":
        return field.type == "number"
    return field.type == "money"


def _own(column: Column, table: str) -> Iterator[Guess]:
    fields = model.table(table).fields
    for name, unit in _variants(column):
        for field, weight, form, why in match(name, table, unit):
            if _fits(unit, fields[field]):
                weight += 0.01 if unit else 0.0  # a name that says its unit is the safer one
                yield Guess(column.index, table, field, weight, (why,), form, unit=unit)
    told = lexicon.said_by_yes().get(f"{table} {column.plain}")
    if told and column.flag >= 0.9:
        name, yes, no = told
        yield Guess(column.index, table, name, 0.9, (say("why_yes_means", value=yes),), f"yes {yes}|{no}")
    if table == "surveys":
        yield from (replace(each, table="surveys") for each in scored(column))


@functools.lru_cache(maxsize=50_000)
def match(name: str, table: str, unit: str = "") -> tuple[tuple[str, float, str, Message], ...]:
    """(field, weight, form, why) of the fields of `table` that a column may be by its name alone."""
    return tuple(_match(name, lexicon.names()[table], unit))


def _match(name: str, names: Names, unit: str) -> Iterator[tuple[str, float, str, Message]]:
    table, ids = model.table(names.table), lexicon.shared()["id_words"]
    key = table.key[0] if len(table.key) == 1 and not table.fields[table.key[0]].refers else None
    for phrases in (names.phrases, names.seconds):
        if name in phrases:
            field, weight = phrases[name]
            yield field, weight, _form(table.fields[field]), say("why_name", name=name)
    if unit in DURATIONS:
        for field in table.fields:
            if field.endswith(tuple(DURATIONS)) and name == plain(field).rpartition(" ")[0]:
                yield field, 0.94, "", say("why_name_unit", unit=unit)
    for word in names.words:
        rest = strip(name, word)
        if rest is None:
            continue
        if rest == "" and names.table in NAMED and key:
            yield key, 0.9, "either", say("why_called", word=word)
        elif rest in ids and key:
            yield key, 0.97, "id", say("why_id_of", word=word)
        elif rest == "" and "name" in table.fields:
            yield "name", 0.85, "", say("why_called", word=word)
        elif rest in names.phrases:
            field, weight = names.phrases[rest]
            yield field, min(0.96, weight + 0.02), _form(table.fields[field]), say("why_name_of", word=word, name=rest)
        elif rest:
            yield from _references(rest, table, ids)
    if key:
        yield from _alone(name, key, names, ids)
    yield from _moments(name, names, table)
    for word in ids:
        rest = strip(name, word)
        for place, phrases in enumerate((names.phrases, names.seconds)):
            if rest and rest in phrases and table.fields[phrases[rest][0]].refers:
                yield phrases[rest][0], 0.96 - 0.03 * place, "id", say("why_id_of", word=rest)
    yield from _references(name, table, ids)
    yield from _near(name, names)


def _moments(name: str, names: Names, table: model.Table) -> Iterator[tuple[str, float, str, Message]]:
    """Moments by another of the words for time: "resolved time" is "resolved at"."""
    if name in names.phrases and table.fields[names.phrases[name][0]].type == "time":
        return
    for word in lexicon.shared()["moments"]:
        base = strip(name, word)
        if not base:
            continue
        for said in (base, *(f"{base} {other}" for other in lexicon.shared()["moments"])):
            field, weight = names.phrases.get(said, ("", 0.0))
            if field and table.fields[field].type == "time":
                yield field, weight - 0.04, "", say("why_name", name=said)
                return


def _alone(name: str, key: str, names: Names, ids: tuple[str, ...]) -> Iterator[tuple[str, float, str, Message]]:
    """Columns only called "ID" or "No": the key of the line, or of what several lines belong to."""
    alone = lexicon.shared()["id_alone"]
    if name in alone:
        yield key, 0.78, "id", say("why_id_alone")
    elif any(" " in word and name.endswith(f" {word}") for word in alone) or name in ids:
        yield key, 0.7, "id", say("why_id_alone")
    if name in ids and names.parent:
        yield names.parent, 0.68, "id", say("why_id_alone")


def _references(name: str, table: model.Table, ids: tuple[str, ...]) -> Iterator[tuple[str, float, str, Message]]:
    """Columns named after what they point to: "customer", "Customer ID"."""
    for field in table.fields.values():
        if not field.refers or field.refers == table.name:
            continue
        default = table.reference_to(field.refers)
        if default is None or default.name != field.name:
            continue
        for word in lexicon.names()[field.refers].words:
            rest = strip(name, word)
            if rest == "":
                yield field.name, 0.9, "either", say("why_called", word=word)
            elif rest in ids:
                yield field.name, 0.96, "id", say("why_id_of", word=word)
            elif rest in ("name", "title") and field.refers in NAMED:
                yield field.name, 0.9, "name", say("why_name_of", word=word, name=rest)


def _near(name: str, names: Names) -> Iterator[tuple[str, float, str, Message]]:
    """Names that hold a known one among other words, or that are misspelt."""
    if name in names.phrases:
        return
    words = set(name.split())
    best: tuple[float, str, str] | None = None
    for phrase, (field, weight) in names.phrases.items():
        parts = phrase.split()
        if len(phrase) < 4:
            continue
        if words.difference(parts) & lexicon.shared()["changes"]:
            continue
        if len(parts) > 1 and words.issuperset(parts) and len(parts) >= 0.6 * len(words):
            near = weight * (0.5 + 0.4 * len(parts) / len(words))
        elif len(name) > 5 and abs(len(name) - len(phrase)) < 3 and name[0] == phrase[0] and _alike(name, phrase):
            near = weight * 0.75
        else:
            continue
        if best is None or near > best[0]:
            best = (near, field, phrase)
    if best:
        field = model.table(names.table).fields[best[1]]
        yield best[1], best[0], _form(field), say("why_near", name=best[2])


def _alike(name: str, phrase: str) -> bool:
    matcher = difflib.SequenceMatcher(None, name, phrase)
    return matcher.quick_ratio() >= 0.9 and matcher.ratio() >= 0.9


def strip(name: str, word: str) -> str | None:
    """`name` without `word` at its beginning or end; None where it stands at neither."""
    if name == word:
        return ""
    if name.startswith(word + " "):
        return name[len(word) + 1 :]
    if name.endswith(" " + word):
        return name[: -len(word) - 1]
    return None


def _form(field: model.Field) -> str:
    return "either" if field.refers else ""


def scored(column: Column) -> Iterator[Guess]:
    """Answers on a scale, wherever they stand: NPS, CSAT, CES."""
    scores = lexicon.names()["surveys"].scores
    name = column.plain
    kind, weight = scores.get(name), 0.95
    if kind is None:
        held = [(len(phrase), phrase, kind) for phrase, kind in scores.items() if f" {phrase} " in f" {name} "]
        if held:
            _, phrase, kind = max(held)
            weight = 0.6 + 0.3 * len(phrase.split()) / len(name.split())
    if kind:
        yield Guess(column.index, "surveys", "score", weight, (say("why_survey", kind=kind.upper()),), kind)


def _attributes(column: Column, table: str, bare: bool) -> Iterator[Guess]:
    """Columns of a table that is reached: "Customer Name", or (bare) what only that table can mean."""
    names, fields = lexicon.names()[table], model.table(table).fields
    ids = lexicon.shared()["id_words"]
    for name, unit in _variants(column):
        for word in names.words:
            rest = strip(name, word)
            if rest and rest in names.phrases and rest not in ids:
                field, weight = names.phrases[rest]
                if _fits(unit, fields[field]) and field not in model.table(table).key:
                    why = say("why_name_of", word=word, name=rest)
                    yield Guess(column.index, table, field, weight, (why,), _form(fields[field]), unit=unit)
        if bare and name in names.phrases:
            field, weight = names.phrases[name]
            alone = table == "orders" or (field in names.bare and (field != "name" or weight == lexicon.OWN))
            if alone and _fits(unit, fields[field]) and field not in model.table(table).key:
                why = say("why_name", name=name)
                factor = 1.0 if table == "orders" else 0.87
                yield Guess(column.index, table, field, weight * factor, (why,), _form(fields[field]), unit=unit)
    if table == "orders":
        for field, weight, form, why in _references(column.plain, model.table("orders"), ids):
            yield Guess(column.index, "orders", field, weight, (why,), form)
