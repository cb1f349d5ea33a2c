"""The board as a file: one line a KPI, as its card shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kpi.measure import Item
from kpi.quality.download import as_csv, as_xlsx
from pages.parts.frame import Frame
from pages.parts.items import blocked_card, item_state, kpi_name
from pages.parts.slices import filter_name, filters_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADS = (
    "kpi", "role", "value", "unit", "shown", "since", "until", "against", "compared", "change", "judged", "low",
    "high", "n", "state", "target", "target_until", "running", "running_since", "running_until", "running_compared",
    "owner", "filters", "note",
)  # fmt: skip


def file_menu(here: Frame, items: Sequence[Item], by: str, against: str, owners: Mapping[str, str]) -> None:
    """A popover with the board as CSV and as a workbook; the files are made when they are asked for."""

    filters = "; ".join(filter_name(here, each) for each in filters_of(here))  # now: a file is made without a session

    def lines() -> list[list[object]]:
        return [_line(here, item, against, owners.get(item.result.kpi.id, ""), filters) for item in items]

    heads = [here.t(f"board_file.{head}") for head in HEADS]
    rtl = here.texts.direction == "rtl"
    with st.popover(here.t("board_file.title"), key="board_file"):
        st.download_button(
            here.t("board_file.csv"), lambda: as_csv(heads, lines()), f"board-{by}.csv", "text/csv", key="board_csv",
            on_click="ignore", type="tertiary",
        )  # fmt: skip
        st.download_button(
            here.t("board_file.xlsx"), lambda: as_xlsx(heads, lines(), rtl), f"board-{by}.xlsx", XLSX, key="board_xlsx",
            on_click="ignore", type="tertiary",
        )  # fmt: skip


def _line(here: Frame, item: Item, against: str, owner: str, filters: str) -> list[object]:
    """Numbers as numbers, days as days, and beside them the texts of the card."""
    reading, kpi = item.reading, item.result.kpi
    row, so_far, target = reading.current, item.running, item.target
    note = blocked_card(here, item).meaning if item.blocked and not item.result.missing else ""
    needs = ", ".join(item.result.missing)
    return [
        kpi_name(here, kpi),
        here.t(f"role.{item.role}") if item.role else "",
        reading.value,
        here.t(f"unit_name.{kpi.unit}", currency=here.texts.currency_word()),
        here.texts.number(reading.value, kpi.unit, short=True) if reading.value is not None else "",
        row.period.since if row else None,
        row.period.last if row else None,
        here.t(f"board.against_{against}"),
        reading.compared,
        reading.change,
        here.t(f"board_file.{_judged(item)}") if _judged(item) else "",
        row.low if row else None,
        row.high if row else None,
        row.n if row else None,
        item_state(here, item).text,
        item.line,
        target.until if target else None,
        so_far.value if so_far else None,
        so_far.period.since if so_far else None,
        so_far.period.last if so_far else None,
        so_far.compared if so_far else None,
        owner,
        filters,
        needs or note,
    ]


def _judged(item: Item) -> str:
    """What the change is worth: inside the usual range, or a signal for the better or worse."""
    if item.reading.tone in ("better", "worse"):
        return item.reading.tone
    return "noise" if item.reading.noise else ""
