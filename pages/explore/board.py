"""Board: the chosen KPIs against their past and their targets."""

import streamlit as st

from kpi.catalogue import kpi_set
from kpi.measure import board, finding
from kpi.measure.board import by_attention, common_period
from kpi.quality.grade import board_grade
from kpi.workspace.choices import chosen_goals, selected_kpis
from pages.parts import blocked_kpi, caption, cards, empty_state, frame, kpi_card, section
from pages.parts.frame import FILTER
from pages.parts.items import blocked_card, item_card, sentence
from pages.parts.lint import lint_section
from pages.parts.quality import banner
from pages.parts.saved import view_menu
from pages.parts.views import Action

here = frame.page("board")
selected = [s.kpi for s in selected_kpis(here.workspace)]
goals = chosen_goals(here.workspace)

if here.workspace.is_empty() or not selected:
    empty = "data" if here.workspace.is_empty() else "choice"
    here.head(finding=here.t(f"empty_{empty}"))
    first = Action(here.t("to_import"), "import") if empty == "data" else Action(here.t("to_goals"), "goals")
    pick = here.show(empty_state(here.t(f"empty_{empty}"), here.t(f"empty_{empty}_text"), first), key="empty")
    if pick:
        frame.go("data" if pick == "import" else "plan", pick)
    st.stop()

filters = here.filters()
with filters:
    by = here.choice("by", ("month", "quarter", "year"))
    against = here.choice("against", ("previous", "year"))
    which = here.choice("which", ("mine", "essentials"))
    order = here.choice("order", ("role", "attention"))
    only = here.filter_choice()
    view_menu(here, ("board_by", "board_against", "board_which", "board_order", FILTER))

ids = selected if which == "mine" else list(kpi_set("essentials").kpis)
items = board(here.workspace, ids, goals, by, here.calendar, against, only)
ready = [item for item in items if not item.result.missing]
waiting = [item for item in items if item.result.missing]
period = common_period(ready)
context = here.t(f"context_{against}", period=here.texts.period(period, by)) if period else ""
here.head(finding=sentence(here, finding(ready)), context=context)
warning = banner(here, board_grade(here.workspace, ids))
if warning:
    here.show(warning, key="banner")

GROUPS = (("outcomes", ("direct",)), ("drivers", ("supporting",)), ("guardrails", ("guardrail",)), ("others", ("",)))
groups = [(name, [item for item in ready if item.role in roles]) for name, roles in GROUPS]
if order == "attention":
    groups = [("attention", by_attention(ready))]
for name, shown in groups:
    if shown:
        here.show(section(here.t(name), here.t(f"{name}_note")), key=f"{name}_head")
        pick = here.show(cards(kpi_card(item_card(here, item)) for item in shown), key=name)
        if pick:
            frame.go("explore", "kpi", kpi=pick)
if waiting:
    here.show(section(here.t("waiting"), here.t("waiting_note")), key="waiting_head")
    here.show(cards(blocked_kpi(here.texts, blocked_card(here, item)) for item in waiting), key="waiting")
here.show(caption(here.t("how_to_read")), key="caption")
if which == "mine":
    lint_section(here, selected, goals, items)
