"""Who answers for each KPI: a dialog over the chosen ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from kpi.analysis.scopes import staff
from kpi.workspace.own_kpis import kpis_of
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.items import kpi_name

OPEN = "owners_open"


def owner_name(workspace: Any, owner: str | None) -> str:
    """The name of an owner: of an employee the name, else as it was typed; "" without one."""
    return staff(workspace, "employee", gone=True).get(owner, owner) if owner else ""


def open_owners() -> None:
    """From the next run on the dialog is shown: for `on_click`."""
    st.session_state[OPEN] = True


def _close() -> None:
    st.session_state.pop(OPEN, None)


def owners_dialog(
    here: Frame,
    selected: Sequence[str],
    owners: Mapping[str, str | None],
    save: Callable[[dict[str, str | None]], None],
) -> None:
    """Ask for the owner of each KPI, once `open_owners` was called and until it is answered or closed.

    owners: as they stand; save: is given all of them.
    """
    if not st.session_state.get(OPEN):
        return

    @st.dialog(here.t("lint.owners"), on_dismiss=_close)
    def ask() -> None:
        people = staff(here.workspace, "employee")
        options = list(dict.fromkeys([*people, *(o for o in owners.values() if o)]))
        here.show(caption(here.t("lint.owners_note")), key="owners_note")

        def person(label: str, held: str | None, key: str) -> str | None:
            return st.selectbox(
                label, options, index=options.index(held) if held in options else None, key=key, accept_new_options=True,
                placeholder=here.t("lint.owners_nobody"), format_func=lambda id_: people.get(id_) or str(id_),
            )  # fmt: skip

        with st.form("owners", border=False):
            everybody = person(here.t("lint.owners_all"), None, "owners_all")
            given = {
                id_: person(kpi_name(here, kpis_of(here.workspace)[id_]), owners.get(id_), f"owners_{id_}")
                for id_ in selected
            }
            if st.form_submit_button(here.t("lint.owners_save"), type="primary", key="owners_save"):
                save({id_: owner or everybody for id_, owner in given.items()})
                _close()
                st.rerun()

    ask()
