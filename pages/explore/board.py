"""Board: the chosen KPIs against their past and their targets."""

import streamlit as st

from kpi.catalogue import kpi_set
from kpi.measure import board, finding
from kpi.measure.arranged import arranged
from kpi.measure.board import common_period
from kpi.quality.grade import board_grade
from kpi.workspace.choices import chosen_goals, selected_kpis
from pages.parts import blocked_kpi, caption, cards, frame, kpi_card, section
from pages.parts.board_file import file_menu
from pages.parts.items import blocked_card, item_card, kpi_name, running_note, sentence
from pages.parts.lint import lint_section
from pages.parts.missing import nothing
from pages.parts.owners import owner_name
from pages.parts.quality import banner
from pages.parts.saved import view_menu

here = frame.page("board")
selections = {s.kpi: s for s in selected_kpis(here.workspace)}
selected = list(selections)
goals = chosen_goals(here.workspace)

if here.workspace.is_empty() or not selected:
    if here.workspace.is_empty():
        nothing(here, "data", "import", "empty_data")
    nothing(here, "plan", "goals", "empty_choice")

filters = here.filters()
with filters:
    by = here.choice("by", ("month", "week", "quarter", "year"), address="by")
    which = here.choice("which", ("mine", "essentials"), address="which")
    against = here.choice("against", ("previous", "year", "target"), address="against", listed=True)
    part = here.slice()
    with st.popover(here.t("arrange"), key="board_arrange"):
        order = here.choice("order", ("role", "attention", "name"), address="order")
        group = here.choice("group", ("none", "lens", "function"), address="group")
    view_menu(here)

ids = selected if which == "mine" else list(kpi_set("essentials").kpis)
items = board(
    here.workspace, ids, goals, by, here.calendar, against, part.filters, since=part.since, until=part.until
)  # fmt: skip
ready = [item for item in items if not item.blocked]
waiting = [item for item in items if item.blocked]
owners = {id_: owner_name(here.workspace, each.owner) for id_, each in selections.items()}
running = next((item.running for item in ready if item.running), None)
first = finding(ready)
period = running.period if running and first.code == "begun" else common_period(ready)
here.head(
    finding=here.t("all_blocked") if items and not ready else sentence(here, first),
    context=here.t(f"context_{against}", period=here.texts.period(period, by)) if period else "",
    note=running_note(here, running) if running else "",
)
with filters:
    file_menu(here, [*ready, *waiting], by, against, owners)
warning = banner(here, board_grade(here.workspace, ids))
if warning:
    here.show(warning, key="banner")

for part_ in arranged(ready, order, group, selections, lambda item: kpi_name(here, item.result.kpi)):
    title = part_.name.get(here.texts.lang) if part_.name else here.t(part_.code)
    note = here.t(f"{part_.code}_note") if here.texts.has(f"board.{part_.code}_note") else ""
    here.show(section(title, note), key=f"{part_.code}_head")
    shown = cards(kpi_card(item_card(here, item, owners.get(item.result.kpi.id, ""))) for item in part_.items)
    pick = here.show(shown, key=part_.code)
    if pick:
        frame.go("explore", "kpi", kpi=pick)
if waiting:
    here.show(section(here.t("waiting"), here.t("waiting_note")), key="waiting_head")
    here.show(cards(blocked_kpi(here.texts, blocked_card(here, item)) for item in waiting), key="waiting")
here.show(caption(here.t("how_to_read")), key="caption")
if which == "mine":
    lint_section(here, selected, goals, items)
