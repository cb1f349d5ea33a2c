"""A saved view is opened: its choices become those of the session."""

from __future__ import annotations

import streamlit as st

from kpi.errors import KpiError
from kpi.workspace import Workspace
from kpi.workspace.views import View, view_named
from pages.parts.address import HELD, TRAVELS, VIEW, Address, held, held_name, hold


def apply_view(view: View) -> None:
    """Hold what the view kept and nothing else of its page."""
    kept = {
        name: values for name, values in held().items() if name not in TRAVELS and not name.startswith(f"{view.page}.")
    }
    st.session_state[HELD] = kept
    for key, value in view.query.items():
        values = value if isinstance(value, list) else [value] if value else []
        hold(held_name(view.page, key.removeprefix(f"{view.page}_")), [str(each) for each in values])


def open_named(workspace: Workspace, address: Address) -> None:
    """A link that names a view: shows it; one that is gone is told."""
    asked = address.said.pop(VIEW, ())
    if not asked:
        return
    try:
        view = view_named(workspace, address.page, asked[0])
    except KpiError as error:
        address.unread.append(error)
    else:
        apply_view(view)
        address.said.clear()
        address.whole = False
    address.carry(VIEW, [])
