"""Whether a column fits what an expression does with it: numbers are added, a closed list has only its own words."""

from __future__ import annotations

from sqlglot import exp

from kpi import model
from kpi.compile.grammar import Source, near

ADDING = (exp.Sum, exp.Avg, exp.Median)
NO_NUMBERS = ("id", "text", "time")


def check_fit(column: exp.Column, table: str, source: Source) -> None:
    """BadExpression where texts or times of `table` are added up, or compared with a word that is never in the column.

    Of helper facts nobody knows the types: there the database tells.
    """
    known = model.tables().get(table)
    if known is None:
        return
    field = known.fields[column.name]
    holder = column.parent
    while isinstance(holder, exp.Paren):
        holder = holder.parent
    if isinstance(holder, ADDING) and field.type in NO_NUMBERS:
        said = source.shown(column)
        raise source.of(column, "no_number", f"count(distinct {said})", name=said, function=holder.key)
    words = _compared(column)
    if field.values and words and not any(word.this in field.values for word in words):
        wrong = str(words[0].this)
        close = near(wrong, field.values) or ", ".join(field.values)
        raise source.of(words[0], "no_word", close, word=wrong, name=source.shown(column))


def _compared(column: exp.Column) -> list[exp.Literal]:
    """The texts that the column itself is compared with."""
    holder = column.parent
    if isinstance(holder, exp.EQ | exp.NEQ):
        others = [holder.expression if holder.this is column else holder.this]
    elif isinstance(holder, exp.In) and holder.this is column:
        others = holder.expressions
    else:
        return []
    texts = [each for each in others if isinstance(each, exp.Literal) and each.is_string]
    return texts if len(texts) == len(others) else []
