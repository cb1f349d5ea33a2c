"""Behind the number: how the values of its rows are spread, and the rows themselves; made only when opened."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from kpi import charts
from kpi.core import Query
from kpi.measure.behind import FIRST, LEFT_OUT, USED, Listing, listing
from kpi.measure.proof import PartBehind, parts_of
from kpi.measure.run import chosen
from kpi.measure.spread import Spread, spread, spread_part
from kpi.measure.story import Story
from kpi.quality.download import as_csv, as_xlsx
from pages.parts.frame import Frame
from pages.parts.head import caption, captions
from pages.parts.proven import part_name
from pages.parts.slices import dimension_name

MOST = 50_000  # rows in a downloaded file


def behind_part(here: Frame, told: Story, filters: tuple[tuple[str, str], ...]) -> None:
    """Two folded parts: the spread of the rows' values, where rows have one, and the rows."""
    row, kpi = told.current, told.item.reading.kpi
    if row is None:
        return
    query = Query((kpi.id,), row.period.since, row.period.until, filters=filters)
    parts = here.workspace.memo(("behind", query), lambda: parts_of(here.workspace, query, row.period))
    if not parts:
        here.show(caption(here.t("no_rows_behind")), key="no_rows_behind")
        return
    valued = spread_part(here.workspace, chosen(here.workspace, kpi)[0], parts)
    if valued:
        with st.expander(here.t("spread"), key=f"kpi_spread_{kpi.id}", on_change="rerun") as opened:
            if opened.open:
                _spread_part(here, told, valued)
    with st.expander(here.t("behind"), key=f"kpi_behind_{kpi.id}", on_change="rerun") as opened:
        if opened.open:
            _rows_part(here, told, parts)


def _spread_part(here: Frame, told: Story, part: PartBehind) -> None:
    kpi = told.item.reading.kpi
    log = False
    if kpi.unit == "currency":
        log = st.toggle(here.t("spread_log"), key=f"kpi_spread_log_{kpi.id}")
    found = spread(here.workspace, part, log)
    if found is None:
        here.show(caption(here.t("spread_none")), key="spread_none")
        return
    here.chart(spread_chart(here, kpi.unit, found), key="spread")
    here.show(captions(spread_texts(here, kpi.unit, found)), key="spread_note")


def spread_chart(here: Frame, unit: str, found: Spread) -> charts.Chart:
    """The histogram with the median and the quartiles."""
    texts = here.texts
    scale = charts.divisor([found.bins[-1][1]]) if unit in ("currency", "count") and not found.log else 1.0
    bins = [
        charts.Bin(low, high, n, f"{texts.range_(low, high, unit)}: {texts.number(n)}") for low, high, n in found.bins
    ]
    name = here.t(f"unit_name.{unit}", currency=texts.currency_word())
    title = here.t("axis_scaled", name=name, unit="", scale=here.t(f"scale_{int(scale)}")) if scale > 1 else name
    low, high = found.bins[0][0], found.bins[-1][1]
    named = ((found.lower, ""), (found.median, here.t("spread_median")), (found.upper, ""))  # three words would collide
    marks = [charts.Line(value, label) for value, label in named if low <= value <= high]
    x = charts.Axis(title, percent=unit == "percent", divisor=scale)
    return charts.distribution(here.style, bins, x, charts.Axis(here.t("rows")), marks, log=found.log)


def spread_texts(here: Frame, unit: str, found: Spread) -> list[str]:
    """The same in words, with what is not drawn."""

    def shown(value: float) -> str:
        return here.texts.number(value, unit, short=True)

    said = [
        here.t("spread_said", n=found.n, median=shown(found.median), lower=shown(found.lower), upper=shown(found.upper),
               least=shown(found.least), most=shown(found.most))
    ]  # fmt: skip
    if found.below:
        said.append(here.t("spread_below", n=found.below, value=shown(found.bins[0][0])))
    if found.above:
        said.append(here.t("spread_above", n=found.above, value=shown(found.bins[-1][1])))
    if found.unfit:
        said.append(here.t("spread_unfit", n=found.unfit))
    return said


def _rows_part(here: Frame, told: Story, parts: Sequence[PartBehind]) -> None:
    """The first rows of one measure, used or left out, and all of them as a file."""
    kpi, formula = told.item.reading.kpi.id, told.proof.formula if told.proof else ""
    with st.container(horizontal=True, key="kpi_behind_ways"):
        which = 0
        if len(parts) > 1:
            which = st.selectbox(
                here.t("behind_part"), range(len(parts)), key=f"kpi_behind_part_{kpi}", label_visibility="collapsed",
                format_func=lambda i: part_name(here, [parts[i].name], parts[i].rows.table, formula),
            )  # fmt: skip
        reason = LEFT_OUT if here.choice("behind_which", ("used", "out")) == "out" else USED
    part = parts[which]
    found = listing(here.workspace, part.rows, reason)
    if not found.rows:
        here.show(caption(here.t(f"behind_none_{reason}")), key="behind_none")
        return
    heads = _heads(here, found.columns)
    first = min(found.total, FIRST)
    here.show(caption(here.t("behind_said", n=found.total, first=first)), key="behind_said")
    st.dataframe(
        {head: _cells([_said(here, found, row)[i] for row in found.rows]) for i, head in enumerate(heads)},
        hide_index=True, height=min(36 * (len(found.rows) + 1) + 2, 420), key="kpi_behind_rows",
    )  # fmt: skip
    _downloads(here, kpi, part, reason, heads)


def _downloads(here: Frame, kpi: str, part: PartBehind, reason: str, heads: Sequence[str]) -> None:
    def rows() -> list[list[object]]:
        found = listing(here.workspace, part.rows, reason, MOST)
        return [_said(here, found, row) for row in found.rows]

    name = f"{kpi}_{reason}"
    with st.container(horizontal=True, key="kpi_behind_files"):
        st.download_button(
            here.t("behind_csv"), lambda: as_csv(heads, rows()), f"{name}.csv", "text/csv", key="kpi_behind_csv",
            on_click="ignore",
        )  # fmt: skip
        st.download_button(
            here.t("behind_xlsx"), lambda: as_xlsx(heads, rows(), here.texts.direction == "rtl"), f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", key="kpi_behind_xlsx",
            on_click="ignore",
        )  # fmt: skip
    here.show(caption(here.t("behind_masked", most=MOST)), key="behind_masked")


def _heads(here: Frame, columns: Sequence[str]) -> list[str]:
    """The columns in words; where two have the same, the second with its name in the model."""
    heads: list[str] = []
    for column in columns:
        head = _head(here, column)
        heads.append(f"{head} ({column})" if head in heads else head)
    return heads


def _head(here: Frame, column: str) -> str:
    if column == "reason":
        return here.t("behind_reason")
    return dimension_name(here, column)


def _said(here: Frame, found: Listing, row: Sequence[object]) -> list[object]:
    """The reason in words, all else as it stands in the data."""
    if found.columns[0] != "reason":
        return list(row)
    return [here.t(f"proof.{row[0]}"), *row[1:]]


def _cells(values: Sequence[object]) -> list[object]:
    """A column of the table on the page: decimals as numbers, blanks among texts as empty ones."""
    texts = all(value is None or isinstance(value, str) for value in values)
    return [
        "" if value is None and texts else float(value) if isinstance(value, Decimal) else value for value in values
    ]
