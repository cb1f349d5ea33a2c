"""Words, numbers and dates in three languages."""

from kpi.text.bidi import bare
from kpi.text.locale import mark
from kpi.text.numbers import UNDEFINED, Parts
from kpi.text.texts import Texts, UnknownText

__all__ = ["UNDEFINED", "Parts", "Texts", "UnknownText", "bare", "mark"]
