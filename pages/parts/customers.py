"""Customers: RFM, segments, moves and clusters as views of the parts."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from kpi.analysis.clusters import Clusters
from kpi.analysis.migration import Migration
from kpi.analysis.rfm import Rfm
from kpi.analysis.segments import segment_map
from kpi.analysis.segments_view import GROUPS, cells, group_moves, quiet, ranges, segments
from kpi.charts import Axis, Dot, Scatter
from kpi.measure.dimensions import group_names
from pages.parts import views
from pages.parts.frame import Frame
from pages.parts.views import Bar, Cell, Change, Column, HeatCell, HeatMap, Table

SHADES = (0.005, 0.02, 0.05, 0.1, 0.2)  # shares of money from which a cell is one step darker
GOOD = {"loyal": True, "newcomer": True, "other": None, "churned": False}
FIRST_ROWS = 12
MOST_ROWS = 200
MOST_DOTS = 600


@dataclass(frozen=True)
class Rows:
    """Customers as a table for reading and downloading."""

    title: str
    first: Table
    frame: pd.DataFrame


def customers_finding(here: Frame, found: Rfm) -> str:
    """Who has gone quiet and what they were worth, else how many there are."""
    if not found.scored:
        return here.t("finding_few", n=len(found.customers))
    gone = quiet(found)
    if not len(gone):
        return here.t("finding_none", n=len(found.customers))
    money = here.texts.number(float(gone["total"].sum()), "currency", short=True)
    share = here.texts.percent(len(gone) / len(found.customers))
    return here.t("finding", n=len(gone), money=money, share=share)


def left_out_text(here: Frame, found: Rfm) -> str:
    """What RFM leaves out, by reason."""
    return " ".join(
        here.t(f"left_{reason}", n=n)
        for reason, n in found.left_out.items()
        if n and here.texts.has(f"customers.left_{reason}")
    )


def _range(here: Frame, bounds: tuple[float | None, float | None], key: str) -> str:
    above, upto = bounds
    if above is None:
        return here.t(f"{key}_upto", n=here.texts.number(upto, decimals=0))
    if upto is None:
        return here.t(f"{key}_over", n=here.texts.number(above, decimals=0))
    if int(above) >= int(upto):  # several fifths begin at the same value: the earlier column holds them all
        return here.t("none_between")
    if int(above) + 1 >= int(upto):
        return here.t(f"{key}_one", n=here.texts.number(upto, decimals=0))
    return here.t(f"{key}_between", low=here.texts.number(int(above) + 1), high=here.texts.number(int(upto)))


def heat_view(here: Frame, found: Rfm) -> HeatMap:
    """Recent at the top, frequent away from the labels; shade = share of money."""
    sums = cells(found)
    recency = ranges(found.scales["recency_days"].points)
    frequency = ranges(found.scales["frequency"].points)
    named = segment_map()
    rows = []
    for r in range(5, 0, -1):
        line = []
        for f in range(1, 6):
            cell = sums[r, f]
            share = cell.share or 0.0
            segment = named.segments[named.grid[f"{r}{f}"]].name.get(here.texts.lang)
            line.append(
                HeatCell(
                    here.texts.number(cell.n),
                    here.texts.percent(cell.share, decimals=1),
                    sum(share >= edge for edge in SHADES),
                    pick=f"cell:{r}{f}",
                    label=here.t("cell", segment=segment, n=cell.n),
                )
            )
        rows.append((_range(here, recency[5 - r], "days"), tuple(line)))
    columns = tuple(_range(here, bounds, "orders") for bounds in frequency)
    return HeatMap(here.t("last_order"), here.t("orders"), columns, tuple(rows))


def segment_bars(here: Frame, found: Rfm, moved: Migration | None) -> list[Bar]:
    """The ten segments with their customers, share of revenue and change."""
    named = segment_map()
    sums = segments(found, moved)
    top = max((s.money_share or 0.0 for s in sums), default=0.0) or 1.0
    bars = []
    for s in sums:
        good = GOOD[named.group(s.segment)]
        change = None
        if s.change is not None:
            tone = "" if good is None or not s.change else "better" if (s.change > 0) == good else "worse"
            change = Change(
                here.texts.change(s.change, "count"), "up" if s.change > 0 else "down" if s.change < 0 else "", tone
            )  # type: ignore[arg-type]
        bars.append(
            Bar(
                named.segments[s.segment].name.get(here.texts.lang),
                (s.money_share or 0.0) / top,
                here.texts.number(s.n),
                here.texts.percent(s.money_share, decimals=1),
                change,
                tone="worse" if good is False else "quantity",
                pick=f"segment:{s.segment}",
            )
        )
    return bars


def migration_view(here: Frame, moved: Migration) -> views.Migration:
    """Who moved from which group to which; better to the left, worse to the right."""
    counts = group_moves(moved)
    named = segment_map()
    titles = [named.groups[g].get(here.texts.lang) for g in GROUPS]
    rows = []
    for i, before in enumerate(GROUPS):
        total = sum(counts.get((before, after), 0) for after in GROUPS)
        line = []
        for j, after in enumerate(GROUPS):
            n = counts.get((before, after), 0)
            way = "same" if i == j else "none" if not n else "up" if j < i else "down"
            line.append(views.Move(here.texts.number(n), way, 2 if total and n / total >= 0.1 else 1))  # type: ignore[arg-type]
        rows.append((titles[i], tuple(line), here.texts.number(total)))
    return views.Migration(here.t("from_to"), tuple(titles), tuple(rows), here.t("before_total"))


def customer_rows(here: Frame, found: Rfm, chosen: str | None) -> Rows:
    """The customers of a cell or segment, the highest money first; without a choice those gone quiet."""
    customers, named = found.customers, segment_map()
    kind, _, value = (chosen or "").partition(":")
    if kind == "cell" and found.scored:
        mine = customers[(customers["r"] == int(value[0])) & (customers["f"] == int(value[1]))]
        title = named.segments[named.grid[value]].name.get(here.texts.lang)
    elif kind == "segment" and value in named.segments:
        mine, title = customers[customers["segment"] == value], named.segments[value].name.get(here.texts.lang)
    elif found.scored:
        mine, title = quiet(found), here.t("quiet")
    else:
        mine, title = customers, here.t("everyone")
    mine = mine.sort_values(["total", "customer_id"], ascending=[False, True]).head(MOST_ROWS)
    names = group_names(here.workspace, "customer_id")
    columns = {
        here.t("field.customer_id"): [names.get(c, c) for c in mine["customer_id"]],
        here.t("days_since"): mine["recency_days"].to_list(),
        here.t("order_count"): mine["frequency"].to_list(),
        here.t("money", currency=here.texts.currency_word()): mine["total"].round(2).to_list(),
    }
    if found.scored:
        columns["R F M"] = [f"{r} {f} {m}" for r, f, m in zip(mine["r"], mine["f"], mine["m"], strict=True)]
    frame = pd.DataFrame(columns)
    if here.texts.direction == "rtl":
        frame = frame[list(frame.columns)[::-1]]
    return Rows(here.t("list_note", name=title, n=len(mine)), _first_rows(here, mine, names, found.scored), frame)


def _first_rows(here: Frame, mine: pd.DataFrame, names: dict[str, str], scored: bool) -> Table:
    """The first customers as a table to read; all of them stand in the frame below it."""
    texts = here.texts
    heads = (
        Column(here.t("field.customer_id")),
        Column(here.t("days_since"), number=True),
        Column(here.t("order_count"), number=True, secondary=True),
        Column(here.t("money", currency=here.texts.currency_word()), number=True),
        Column("R F M", number=True, secondary=True),
    )
    rows = tuple(
        (
            Cell(texts.name(names.get(row.customer_id) or row.customer_id), strong=True),
            texts.number(row.recency_days, decimals=0),
            texts.number(row.frequency, decimals=0),
            texts.number(row.total, decimals=0),
            " ".join(texts.number(score) for score in (row.r, row.f, row.m)) if scored else "–",
        )
        for row in mine.head(FIRST_ROWS).itertuples()
    )
    return Table(heads, rows)


def cluster_name(here: Frame, name: tuple[str, ...]) -> str:
    """What sets a cluster apart, in words."""
    return here.t("customers.cluster_words", words=[here.t(f"clusters.{word}") for word in name])


def cluster_table(here: Frame, grouped: Clusters) -> Table:
    """The clusters with their medians."""
    texts = here.texts
    heads = (
        Column(here.t("cluster")),
        Column(here.t("customers"), number=True),
        Column(here.t("days_since"), number=True),
        Column(here.t("order_count"), number=True),
        Column(here.t("money", currency=here.texts.currency_word()), number=True),
    )
    rows = tuple(
        (
            Cell(here.t("cluster_n", n=p.cluster), note=cluster_name(here, p.name), strong=True),
            texts.number(p.n),
            texts.number(p.recency_days, decimals=0),
            texts.number(p.frequency, decimals=0),
            texts.number(p.monetary, decimals=0),
        )
        for p in grouped.profiles
    )
    return Table(heads, rows, caption=here.t("medians"))


def cluster_scatter(here: Frame, grouped: Clusters, found: Rfm) -> Scatter:
    """Days since the last order against money, at most some hundred dots, evenly drawn."""
    both = grouped.customers.merge(found.customers, on="customer_id")
    step = max(1, len(both) // MOST_DOTS)
    shown = both.iloc[::step]
    dots = tuple(
        Dot(
            float(row.recency_days) + 1,
            max(float(row.total), 1.0),
            here.t("cluster_n", n=row.cluster),
            str(row.customer_id),
        )
        for row in shown.itertuples()
    )
    money = here.t("money", currency=here.texts.currency_word())
    return Scatter(dots, Axis(here.t("days_since")), Axis(money), frozenset({"x", "y"}))
