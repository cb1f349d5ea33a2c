"""The rules in force that are told with a number: how derived columns were made, and the settings behind it."""

from __future__ import annotations

import functools

from kpi.analysis.notes import Note
from kpi.catalogue import needs_of, settings_of
from kpi.core import LANGUAGES, Computation, Kpi, Text
from kpi.text import Texts
from kpi.workspace import known_settings

# The columns whose numbers rest on a rule that derived them.
TOUCHES = {
    "churn_contracts": ("customers.churned_at", "contracts.ends_at"),
    "churn_gap": ("customers.churned_at",),
    "churn_median": ("customers.churned_at",),
    "sale_type_derived": ("order_lines.sale_type",),
    "orders_from_deals": ("orders.",),
}
TOLD_BY = {"derive_sale_type": "sale_type_derived"}  # a setting that its own rule already tells


def rules_of(workspace, kpi: Kpi, computation: Computation) -> list[Note]:
    """What a reader must be told of how this computation counts, as notes for `Texts.t`."""
    needed = needs_of(kpi, computation).columns
    derived = {
        code: params
        for code, params in getattr(workspace, "notes", dict)().items()
        if any(column.startswith(TOUCHES[code]) for column in needed)
    }
    found: list[Note] = [(f"rule.{code}", tuple(sorted(params.items()))) for code, params in derived.items()]
    return found + [
        in_force(workspace, name) for name in settings_of(kpi, computation) if TOLD_BY.get(name) not in derived
    ]


def in_force(workspace, name: str) -> Note:
    """A setting and what it is set to, as a note."""
    return "rule.setting", (
        ("about", known_settings()[name].about),
        ("value", _said(name, workspace.settings.get(name))),
    )


def _said(name: str, value: object) -> object:
    """The value of a setting as a reader is told it: a number, a name, or words in every language."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and not known_settings()[name].values:
        return value
    return _words(name, tuple(value.items()) if isinstance(value, dict) else value)


@functools.cache
def _words(name: str, value: object) -> Text:
    return Text(**{lang: _in_words(Texts(lang), name, value) for lang in LANGUAGES})


def _in_words(texts: Texts, name: str, value: object) -> str:
    if value is None or value == ():
        return texts.t("rule.not_set")
    if isinstance(value, bool):
        return texts.t("rule.on" if value else "rule.off")
    if isinstance(value, tuple):
        return texts.t("settings.list", names=[_one(texts, name, each) for each in value])
    return _one(texts, name, value)


def _one(texts: Texts, name: str, value: object) -> str:
    """A choice in the words of the Settings page; what somebody typed as it is."""
    if isinstance(value, tuple):  # the weight of something
        return texts.t("rule.weight", name=_one(texts, name, value[0]), weight=value[1])
    if value in known_settings()[name].values and texts.has(f"settings.option_{value}"):
        return texts.t(f"settings.option_{value}")
    return texts.t("rule.all") if value == "all" else str(value)
