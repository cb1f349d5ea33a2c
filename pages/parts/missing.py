"""Where a page cannot answer: what is missing and the way to it, or the filter that it does not know. Both end the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import streamlit as st

from kpi.measure.filtering import leads_to
from pages.parts import frame
from pages.parts.empty import empty_state
from pages.parts.frame import Frame
from pages.parts.head import caption
from pages.parts.slices import dimension_name
from pages.parts.views import Action


def nothing(here: Frame, section: str, page: str, code: str = "empty") -> NoReturn:
    """Say what is missing (the text `code`) and what it would give, lead to that page, and end this one."""
    here.head(finding=here.t(code))
    way = Action(here.t(f"to_{page}"), page)
    if here.show(empty_state("", here.t(f"{code}_text"), way), key="empty"):
        frame.go(section, page)
    st.stop()


def only_known(here: Frame, table: str, filters: Sequence[tuple[str, str]], **params: object) -> None:
    """End the page where rows of `table` do not know one of the filters; params: of the page's own text, where it has one."""
    strange = [dimension_name(here, name) for name, _ in filters if not leads_to(table, name)]
    if not strange:
        return
    own = here.texts.has(f"{here.name}.no_such_part")
    here.head(finding=here.t("no_such_part" if own else "filter.no_such_part", dimension=strange, **params))
    here.show(caption(here.t("no_such_part_text" if own else "filter.no_such_part_text")), key="no_such_part")
    st.stop()
