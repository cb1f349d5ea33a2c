"""An event in words: the same sentence on a page and in the command line."""

from __future__ import annotations

from datetime import timedelta

from kpi.analysis.scopes import DIMENSIONS
from kpi.core import Kpi, Period
from kpi.measure.alerts import Alert
from kpi.measure.scopes import members
from kpi.text import Texts
from kpi.workspace.workspace import Workspace

DAY = timedelta(days=1)


def said(workspace: Workspace, texts: Texts, alert: Alert) -> str:
    """The sentence of an event. Days in the reader's calendar; a target's last day is the one before its end."""
    return texts.t(f"alerts.{alert.event.code}", name=name_of(workspace, texts, alert), **_params(texts, alert))


def in_short(workspace: Workspace, texts: Texts, alert: Alert) -> str:
    """The same where the KPI's name stands beside it; of a target of a team or a person with theirs."""
    short, member = (
        texts.t(f"warnings.{alert.event.code}", **_params(texts, alert)),
        _member(workspace, alert, texts.lang),
    )
    return f"{texts.name(member)}: {short}" if member else short


def _params(texts: Texts, alert: Alert) -> dict[str, object]:
    params = dict(alert.event.params)
    shown: dict[str, object] = {}
    for key, value in params.items():
        if isinstance(value, Period):
            shown[key] = texts.day(value.since)
        elif key == "until":
            shown[key] = texts.day(value - DAY)  # type: ignore[operator]
        elif key in ("value", "aim"):
            shown[key] = texts.number(value, alert.kpi.unit, short=key == "aim")
        elif key == "outcome" and alert.outcome:
            shown[key] = _bare(alert.outcome, texts)
        else:
            shown[key] = value
    return shown


def name_of(workspace: Workspace, texts: Texts, alert: Alert) -> str:
    """The KPI's name; of a target of a team or a person with theirs."""
    name, member = _bare(alert.kpi, texts), _member(workspace, alert, texts.lang)
    return f"{name} ({texts.name(member)})" if member else name


def _member(workspace: Workspace, alert: Alert, lang: str) -> str:
    params = dict(alert.event.params)
    scope = str(params.get("scope", "all"))
    if scope not in DIMENSIONS:
        return ""
    member = str(params["scope_id"])
    return members(workspace, scope, lang, gone=True).get(member) or member


def _bare(kpi: Kpi, texts: Texts) -> str:
    """The name without a bracket at its end."""
    name = kpi.name.get(texts.lang)
    return name.rpartition(" (")[0] or name if name.endswith(")") else name
