"""An event in words: the same sentence on a page and in the command line."""

from __future__ import annotations

from datetime import timedelta

from kpi.analysis.targets import SCOPES
from kpi.core import Kpi, Period
from kpi.measure.alerts import Alert
from kpi.measure.dimensions import group_names
from kpi.text import Texts
from kpi.workspace.workspace import Workspace

DAY = timedelta(days=1)


def said(workspace: Workspace, texts: Texts, alert: Alert) -> str:
    """The sentence of an event. Days in the reader's calendar; a target's last day is the one before its end."""
    params = dict(alert.event.params)
    shown: dict[str, object] = {"name": name_of(workspace, texts, alert)}
    for key, value in params.items():
        if isinstance(value, Period):
            shown[key] = texts.day(value.since)
        elif key == "until":
            shown[key] = texts.day(value - DAY)  # type: ignore[operator]
        elif key == "value":
            shown[key] = texts.number(value, alert.kpi.unit)
        elif key == "outcome" and alert.outcome:
            shown[key] = _bare(alert.outcome, texts)
        else:
            shown[key] = value
    return texts.t(f"alerts.{alert.event.code}", **shown)


def name_of(workspace: Workspace, texts: Texts, alert: Alert) -> str:
    """The KPI's name; of a target of a team or a person with theirs."""
    params = dict(alert.event.params)
    name, scope = _bare(alert.kpi, texts), str(params.get("scope", "all"))
    if scope not in SCOPES:
        return name
    member = str(params["scope_id"])
    return f"{name} ({texts.name(group_names(workspace, SCOPES[scope]).get(member) or member)})"


def _bare(kpi: Kpi, texts: Texts) -> str:
    """The name without a bracket at its end."""
    name = kpi.name.get(texts.lang)
    return name.rpartition(" (")[0] or name if name.endswith(")") else name
