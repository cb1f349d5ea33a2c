"""What one line of a file stands for: the table whose fields its columns fill best."""

from __future__ import annotations

from dataclasses import dataclass

from kpi import model
from kpi.intake import lexicon
from kpi.intake.evidence import Known
from kpi.intake.guesses import NAMED, Guess, guesses, strip
from kpi.intake.names import plain
from kpi.intake.profile import Column
from kpi.intake.remembered import MARK

ANSWER = 1.8  # what an answer on a known scale counts for a survey
TOLD = 1.0
GENERIC = {"dataset", "data", "export", "exports", "csv", "sample", "table", "full", "list", "report", "all"}


Kept = tuple[frozenset[int], frozenset[tuple[str, str]]]
KEPT: Kept = (frozenset(), frozenset())


@dataclass(frozen=True)
class Reading:
    """A file read as lines of `table`: the guesses taken, how well they fit together, and why this table."""

    table: str
    taken: tuple[Guess, ...]
    score: float
    complete: bool  # one of the sets of fields that such a table needs is there


def read_as(
    columns: tuple[Column, ...], table: str, known: Known, title: str, forced: tuple[Guess, ...] = (), kept: Kept = KEPT
) -> Reading:
    """The columns read as lines of `table`. title: the name of the sheet or file; forced: what the user mapped;
    kept: (columns, fields) that are not to be mapped by themselves."""
    free = [g for g in guesses(columns, table, known) if g.column not in kept[0] and (g.table, g.field) not in kept[1]]
    taken = _assign([*forced, *free], table)
    own = {each.field for each in taken if not each.via and each.table == table}
    own |= _through(taken, table)
    if table in NAMED and "name" in own:
        own |= set(model.table(table).key)  # until a file with ids comes, the name is the id
    names = lexicon.names()[table]
    told = any(each.confidence == TOLD for each in taken)
    bare = len(taken) < 2 and any(m.code == "why_id_alone" for each in taken for m in each.why)
    complete = (told or not bare) and any(need <= own for need in names.needs)
    return Reading(table, tuple(taken), _score(taken, table, columns, title), complete)


def _through(taken: list[Guess], table: str) -> set[str]:
    """Fields of the main table that follow from what is reached: a customer's name stands for the customer."""
    return {each.via.rpartition(".")[2] for each in taken if each.via.startswith(f"{table}.") and each.field == "name"}


def _place(guess: Guess) -> tuple[str, str, str]:
    return guess.table, guess.field, f"{guess.form} {guess.question}" if guess.field == "score" else ""


def _assign(found: list[Guess], table: str) -> list[Guess]:
    """One field per column and one column per field, the surest first. Answers on a scale may stand side by side."""
    accepted = lexicon.limits("columns")["accepted"]
    taken: list[Guess] = []
    columns: set[int] = set()
    fields: set[tuple[str, str, str]] = set()
    for guess in found:
        place = _place(guess)
        told = guess.confidence == TOLD
        if guess.confidence < accepted or (guess.column in columns and not told) or place in fields:
            continue
        if guess.table == table and guess.via:
            continue
        taken.append(guess)
        columns.add(guess.column)
        fields.add(place)
    return taken


def _score(taken: list[Guess], table: str, columns: tuple[Column, ...], title: str) -> float:
    key = model.table(table).key
    names = lexicon.names()[table]
    score = names.prior
    own = {each.field for each in taken if each.table == table and not each.via}
    whole = bool(names.parent) and len(own - {names.parent, *key}) >= 2  # both what a line and its order have is there
    asked = [guess for guess in taken if guess.question]
    score += 0.6 * min(len(asked), 3)  # the questions of a block say the same thing
    for guess in taken:
        if guess.question:
            continue
        rare = 1.0 if guess.table == table or (whole and guess.via == names.parent) else 0.45
        common = guess.field in lexicon.shared()["fields"] or guess.field in ("name", "status", "amount")
        weight = ANSWER if table == "surveys" and guess.form and guess.field == "score" else 0.6 if common else 1.0
        score += guess.confidence * rare * weight
    has = {each.field for each in taken if each.table == table and not each.via}
    if key and set(key) <= has:
        unique = all(columns[g.column].uniqueness > 0.9 for g in taken if g.table == table and g.field in key[:1])
        events = any(m.code == "why_log" for g in taken if g.field in key for m in g.why)
        score += 1.2 if unique or events else 0.3
    elif key and not model.table(table).line_key and not (table in NAMED and "name" in has):
        score -= 1.0
    score += 1.5 * _called(title, names)
    used = len({each.column for each in taken})
    return score * (0.6 + 0.4 * min(1.0, used / max(1, sum(MARK not in c.header for c in columns))))


def _called(title: str, names: lexicon.Names) -> float:
    """How well the name of the file or sheet fits the table: 1 for a name of such files, 0.7 for one of its lines."""
    name = plain(title)
    if name not in names.files:
        name = " ".join(word for word in name.split() if not word.isdigit() and word not in GENERIC)
    for phrase in (*names.files, plain(names.table)):
        if name == phrase:
            return 1.0
    padded = f" {name} "
    if any(f" {phrase} " in padded for phrase in (*names.files, plain(names.table))):
        return 0.85
    return 0.6 if any(f" {word} " in padded or strip(name, word) for word in names.words) else 0.0


@dataclass(frozen=True)
class Choice:
    """The reading taken, None where it cannot be told; how sure; the other candidates with their share of the score."""

    reading: Reading | None
    confidence: float
    others: tuple[tuple[str, float], ...] = ()


def choose(readings: list[Reading]) -> Choice:
    """The table whose reading fits best, if it fits well enough and clearly better than the next."""
    fit = sorted((each for each in readings if each.complete and each.score > 0), key=lambda r: (-r.score, r.table))
    if not fit:
        return Choice(None, 0.0)
    best = fit[0]
    second = fit[1].score if len(fit) > 1 else 0.0
    confidence = round(min(0.99, best.score / (best.score + 0.35 * second + 0.4)), 2)
    others = tuple((each.table, round(each.score / best.score, 2)) for each in fit[1:4])
    least = lexicon.limits("tables")
    if best.score < max(least["sure"], least["margin"] * second) or confidence < least["least_sure"]:
        return Choice(None, confidence, ((best.table, 1.0), *others))
    return Choice(best, confidence, others)
