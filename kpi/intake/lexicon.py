"""What the words of headers and cells mean: the TOML files of definitions/intake, in plain form."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kpi import model
from kpi.core import LANGUAGES
from kpi.errors import BadDefinition
from kpi.intake.names import plain
from kpi.text import Texts
from kpi.text.bidi import bare

FOLDER = model.DEFINITIONS / "intake"
OWN, SHARED, WEAK = 0.95, 0.92, 0.68
SURVEYS = ("nps", "csat", "ces")


@dataclass(frozen=True)
class Names:
    """How exports call a table and its columns.

    phrases: plain header → (field, weight). words: what one line is called. needs: sets of fields, one of which must
    be found. parent: the reference whose table a line belongs to (order lines → orders).
    """

    table: str
    phrases: dict[str, tuple[str, float]]
    words: tuple[str, ...]
    files: tuple[str, ...]
    date: str | None
    needs: tuple[frozenset[str], ...]
    stand_in: tuple[str, ...] = ()
    prior: float = 0.0
    parent: str | None = None
    scores: dict[str, str] = field(default_factory=dict)  # plain header → kind of survey
    bare: frozenset[str] = frozenset()  # fields that the lines of another table may hold without saying whose they are
    seconds: dict[str, tuple[str, float]] = field(default_factory=dict)  # what a phrase may mean besides; values decide


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@functools.cache
def shared() -> dict[str, Any]:
    """shared.toml with its words in plain form."""
    blocks = _toml(FOLDER / "shared.toml")
    units = {plain(word): unit for unit, words in blocks["units"].items() for word in words}
    fields = {
        name: [("~" if w.startswith("~") else "") + plain(w) for w in words] for name, words in blocks["fields"].items()
    }
    return {
        "fields": fields,
        "any_date": {plain(w) for w in blocks["dates"]["any"]},
        "time_of_day": {plain(w) for w in blocks["dates"]["time_of_day"]},
        "id_words": tuple(plain(w) for w in blocks["ids"]["words"]),
        "id_alone": {plain(w) for w in blocks["ids"]["alone"]},
        "units": units,
        "blank": tuple(blocks["values"]["blank"]),
        "moments": tuple(plain(w) for w in blocks["ids"]["moments"]),
        "zones": {plain(w) for w in blocks["ids"]["zones"]},
        "changes": {plain(w) for w in blocks["near"]["changes"]},
        "empty": tuple(plain(w) for w in blocks["near"]["empty"]),
        "name_parts": {part: tuple(map(plain, words)) for part, words in blocks["name_parts"].items()},
        "fractions": frozenset(blocks["values"]["fractions"]),
    }


@functools.cache
def names() -> dict[str, Names]:
    """The names of every table of the model, in its order."""
    blocks: dict[str, dict[str, Any]] = {}
    for path in sorted((FOLDER / "tables").glob("*.toml")):
        for table, block in _toml(path).items():
            for key in block:
                if not key.startswith("_") and key not in model.table(table).fields:
                    raise BadDefinition(f"intake/tables/{path.name}", f"{table}.{key}", "no such column in the model")
            blocks[table] = block
    return {table: _names(each, blocks.get(table, {})) for table, each in model.tables().items()}


def _names(table: model.Table, block: dict[str, Any]) -> Names:
    phrases: dict[str, tuple[str, float]] = {}

    seconds: dict[str, tuple[str, float]] = {}

    def add(phrase: str, name: str, weight: float) -> None:
        if not phrase:
            return
        best = phrases.get(phrase)
        if best is None or best[1] < weight:
            phrases[phrase] = (name, weight)
            name, weight = best or (name, 0.0)
        if name != phrases[phrase][0] and weight > seconds.get(phrase, ("", 0.0))[1]:
            seconds[phrase] = (name, weight)

    date = block.get("_date")
    for name, column in table.fields.items():
        add(plain(name), name, 0.97)
        if column.refers:
            add(plain(name.removesuffix("_id")), name, OWN)
        for phrase in block.get(name, ()):
            add(plain(phrase), name, WEAK if phrase.startswith("~") else OWN)
        for phrase in shared()["fields"].get(name, ()):
            add(phrase.lstrip("~"), name, WEAK if phrase.startswith("~") else SHARED)
    if date:
        for phrase in shared()["fields"]["created_at"]:
            add(phrase, date, 0.85)
        for phrase in shared()["any_date"]:
            add(phrase, date, 0.8)
    return Names(
        table.name,
        phrases,
        tuple(plain(w) for w in block.get("_words", ())),
        tuple(plain(w) for w in block.get("_files", ())),
        date,
        tuple(frozenset(each) for each in block.get("_needs", ())),
        tuple(block.get("_stand_in", ())),
        block.get("_prior", 0.0),
        block.get("_parent"),
        {plain(w): kind for kind in SURVEYS for w in block.get(f"_{kind}", ())},
        frozenset(block.get("_bare", ())),
        seconds,
    )


@functools.cache
def limits(block: str) -> dict[str, Any]:
    """A block of mapping.toml: thresholds, and words in plain form."""
    found = _toml(FOLDER / "mapping.toml")[block]
    return {name: tuple(map(plain, each)) if isinstance(each, list) else each for name, each in found.items()}


@functools.cache
def said_by_yes() -> dict[str, tuple[str, str, str]]:
    """table + plain header → (field, value of a yes, value of a no) of columns of yes and no that tell a state."""
    found = {}
    for path, (words, yes, no) in _toml(FOLDER / "mapping.toml")["flags"].items():
        table, _, name = path.partition(".")
        found |= {f"{table} {plain(word)}": (name, yes, no) for word in words}
    return found


@functools.cache
def _aliases() -> dict[str, Any]:
    return _toml(FOLDER / "aliases.toml")


@functools.cache
def words(path: str) -> dict[str, str]:
    """The words for the values of column `table.field`: plain word → value of the model. Empty where it has none."""
    blocks = _toml(FOLDER / "words.toml")
    field_name = path.partition(".")[2]
    found: dict[str, str] = {}
    for block in (_aliases()["words"].get(path), field_name, path):
        if block and (block == path or block not in found):
            for value, listed in blocks.get(block, {}).items():
                found.update({plain(word): value for word in listed})
    values = model.field(path).values
    own = {plain(word): value for value in values for word in _said(value)}
    listed = {word: value for word, value in found.items() if value in values}
    return own | listed | {plain(value): value for value in values}


def _said(value: str) -> list[str]:
    """What the product itself calls a value, in its languages: the choices of its templates."""
    spoken = [Texts(lang) for lang in LANGUAGES]
    return [bare(texts.t(f"value.{value}")) for texts in spoken if texts.has(f"value.{value}")]


def flag_word(cell: str) -> str:
    """A cell in the form in which words for true and false are compared; signs such as ✓ count, 1.0 is 1."""
    words = plain(cell)
    bare = cell.strip().rstrip("\ufe0f")
    return bare[0] if re.fullmatch(r"[01][.,]0+", bare) else words or bare


@functools.cache
def flags() -> dict[str, bool]:
    """The words for true and false."""
    blocks = _toml(FOLDER / "words.toml")["flag"]
    return {flag_word(word): value == "true" for value, listed in blocks.items() for word in listed}


@functools.cache
def stage_order() -> dict[str, int]:
    """Plain stage name → its usual place, from 1."""
    return {plain(word): place for place, group in enumerate(_aliases()["stages"]["order"], 1) for word in group}


@functools.cache
def adjustments() -> tuple[str, ...]:
    """What lines of a sale say that only correct the books."""
    return tuple(word.casefold() for word in _aliases()["sales"]["adjustments"])
