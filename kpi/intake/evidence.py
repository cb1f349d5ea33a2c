"""What the values of a column say for or against a field: a factor on the confidence, in words."""

from __future__ import annotations

from collections.abc import Mapping

from kpi import model
from kpi.intake import lexicon
from kpi.intake.messages import Message, say
from kpi.intake.names import plain
from kpi.intake.profile import Column

Known = Mapping[str, frozenset[str]]  # table → ids that it has, in the workspace or in a file beside this one
Weight = tuple[float, str, tuple[Message, ...]]
FEW = 50


def weigh(column: Column, field: model.Field, form: str, unit: str, known: Known) -> Weight:
    """(factor, form, why). The form of an id is settled here: id or name."""
    if not column.filled:
        return 0.75, form if form != "either" else "id", (say("why_empty"),)
    if field.table == "surveys" and field.name == "score":
        return _score(column, form)
    if field.type == "id":
        return _id(column, field, form, known)
    if field.type == "time":
        return _time(column, form)
    if field.type in ("money", "number", "integer"):
        return _number(column, field, form)
    if field.type == "flag":
        return _flag(column, field, form)
    return _text(column, field, form)


def _score(column: Column, form: str) -> Weight:
    if column.number < 0.6 or column.date > 0.5:
        return 0.1, form, ()
    if column.low is None or column.high is None or column.low < 0 or column.high > 100:
        return 0.4, form, ()
    return 1.0, form, (say("why_scale", low=column.low, high=column.high),)


def _id(column: Column, field: model.Field, form: str, known: Known) -> Weight:
    if column.number > 0.9 and column.integer < 0.9:
        return 0.2, "id", ()
    if column.date > 0.9 and not column.code:
        return 0.2, "id", ()
    why: list[Message] = []
    if form == "either":
        form = "id" if column.code > 0.8 and column.spaced < 0.2 else "name"
    elif form == "id" and column.spaced > 0.5:
        form = "name"
    form = form or "id"
    factor = 1.0
    target = field.refers or field.table
    own = field.name in model.table(field.table).key and not field.refers
    if own:
        factor, said = _unique(column)
        why += said
    elif field.refers == "employees" and column.uniqueness > 0.8 and column.filled > FEW:
        factor = 0.4  # a colleague stands in many lines
    elif field.path == "leads.customer_id" and column.uniqueness < 0.5 and column.filled > FEW:
        factor = 0.9  # a lead becomes one customer: who stands in many lines rather is a colleague
    shared = _overlap(column, known.get(target, frozenset()))
    if shared is not None and form == "id":
        if shared >= 0.5:
            factor *= 1.04
            why.append(say("why_known_ids", share=round(shared * 100), table=target))
        elif shared == 0 and not own:
            factor *= 0.95
    return factor, form, tuple(why)


def _unique(column: Column) -> tuple[float, list[Message]]:
    if column.uniqueness >= 0.999:
        return 1.03, [say("why_unique")]
    if column.uniqueness >= 0.9:
        return 0.95, []
    return (0.8 if column.uniqueness >= 0.5 else 0.38), []


def _overlap(column: Column, ids: frozenset[str]) -> float | None:
    values = set(column.values)
    if not ids or not values:
        return None
    return len(values & ids) / len(values)


def _time(column: Column, form: str) -> Weight:
    if column.date >= 0.6:
        return (1.0 if column.date >= 0.9 else 0.93), form, (say("why_dates"),)
    if column.number >= 0.9 and column.low is not None and column.high is not None:
        serial = column.low >= 20000 and column.high <= 73050
        unix = column.low >= 5e8
        if serial or unix:
            return 0.85, form, (say("why_dates_serial" if serial else "why_dates_unix"),)
    return (0.25 if column.clock > 0.6 else 0.08), form, ()


def _number(column: Column, field: model.Field, form: str) -> Weight:
    duration = field.name.endswith(("_minutes", "_seconds"))
    if duration and column.clock >= 0.8:
        return 1.0, form, (say("why_durations"),)
    if column.number < 0.6 or column.date > 0.6:
        return 0.1, form, ()
    factor = 1.0 if column.number >= 0.9 else 0.93
    if field.name == "discount_amount" and column.high is not None and 0 < column.high <= 1 and column.integer < 0.9:
        return 0.3, form, ()  # a share of the price, not money
    return factor, form, (say("why_numbers"),)


def _flag(column: Column, field: model.Field, form: str) -> Weight:
    if column.flag >= 0.9:
        return 1.0, form, (say("why_flags"),)
    if field.name == "reopened" and column.integer >= 0.9:
        return 0.9, form, (say("why_numbers"),)
    return 0.1, form, ()


def _text(column: Column, field: model.Field, form: str) -> Weight:
    if form.startswith("yes "):
        return 1.0, form, (say("why_flags"),)
    if field.values:
        words = lexicon.words(field.path)
        distinct = {plain(value) for value in column.values}
        share = sum(word in words for word in distinct) / max(1, len(distinct))
        if share >= 0.5:
            return 1.02, form, (say("why_words", share=round(share * 100)),)
        return (0.85 if share else 0.4), form, ()
    if field.name in ("email", "contact_email"):
        return (1.03, form, (say("why_emails"),)) if column.email > 0.5 else (0.4, form, ())
    if column.date > 0.9:
        return 0.3, form, ()
    if field.path == "opportunities.stage" and _is_outcome(column):
        return 0.8, form, ()
    if field.name in ("phone", "postal_code", "wave", "age_band", "recording_ref", "stage", "question"):
        return 1.0, form, ()
    if column.number > 0.9:
        return 0.5, form, ()
    return 1.0, form, ()


def _is_outcome(column: Column) -> bool:
    """Whether the words only say open, won, lost: what became of a deal, no stage of its way."""
    kinds = lexicon.words("opportunities.outcome")
    words = {plain(value) for value in column.values}
    return 2 <= len(words) <= 4 and words <= kinds.keys() and len({kinds[word] for word in words}) == len(words)
