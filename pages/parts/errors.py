"""The error net: a kind message instead of a traceback, in one place."""

from __future__ import annotations

import logging
import secrets
from types import TracebackType
from typing import Self

import streamlit as st

from kpi.errors import KpiError
from kpi.text import Texts
from pages.parts import empty

log = logging.getLogger("kpi.app")


class guard:
    """`with guard(texts): …` turns an error into a message on the page; Streamlit's own signals pass through."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):  # nothing, or a stop or rerun of Streamlit, which is no Exception
            return False
        tell(self.texts, error)
        return True


def tell(texts: Texts, error: Exception) -> None:
    """Show what happened: the typed errors in their own words, anything else with a reference into the log."""
    if isinstance(error, KpiError):
        st.html(empty.message(texts.t("app.refused"), texts.error(error)))
        return
    reference = secrets.token_hex(4)
    log.error("error %s on a page", reference, exc_info=error)
    st.html(empty.message(texts.t("app.failed"), texts.t("app.failed_text", reference=reference)))
