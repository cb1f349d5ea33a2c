"""Whose target is set: the company's, a team's, a person's, a customer segment's; one of them or each."""

from __future__ import annotations

import streamlit as st

from kpi.analysis.progress import Target
from kpi.analysis.scopes import SCOPES, WHOLE
from kpi.errors import Refused
from kpi.measure.scopes import members
from pages.parts.frame import Frame

EACH = ""  # in place of a member


def scope_choice(here: Frame, key: str, held: Target | None = None) -> tuple[str, str | None]:
    """The kind of member and the one of them (None: each); kinds of which the data name nobody are not offered."""
    offered = [scope for scope in SCOPES if _known(here, scope)]
    if len(offered) == 1:
        return WHOLE, None
    start = held.scope if held and held.scope in offered else WHOLE
    left, right = st.columns(2)
    with left:
        scope = st.selectbox(
            here.t("quantify.scope"), offered, index=offered.index(start), key=f"{key}_scope",
            format_func=lambda code: here.t(f"quantify.scope_{code}"),
        )  # fmt: skip
    if scope == WHOLE:
        return WHOLE, None
    people = members(here.workspace, scope, here.texts.lang)
    if not people:
        raise Refused("scope_empty", scope=here.t(f"quantify.scope_{scope}"))
    options = [EACH, *people]
    first = options.index(held.scope_id) if held and held.scope == scope and held.scope_id in options else 1
    with right:
        member = st.selectbox(
            here.t("quantify.member"), options, index=first, key=f"{key}_member_{scope}",
            format_func=lambda id_: here.texts.name(people[id_]) if id_ else here.t(f"aim.each_{scope}"),
        )  # fmt: skip
    return scope, member or None


def _known(here: Frame, scope: str) -> bool:
    """Whether the data can name members; of segments only whether orders tell them, as working them out takes time."""
    if scope == "segment":
        return here.workspace.columns() >= {"orders.customer_id", "orders.ordered_at"}
    return scope == WHOLE or bool(members(here.workspace, scope))
