"""Voice: would customers recommend us, are they satisfied, how much effort does it take them."""

import streamlit as st

from kpi import charts
from kpi.analysis.voice import ces, csat, nps, nps_against_rest
from kpi.measure.dimensions import group_names
from kpi.measure.frame import recent_periods
from pages.parts import caption, frame, leaderboard, section, table
from pages.parts.address import held_name, used
from pages.parts.missing import nothing, only_known
from pages.parts.proof_links import proof_links
from pages.parts.saved import view_menu
from pages.parts.voice import band_table, groups_view, nps_note, nps_trend, splits_loaded, voice_finding
from pages.parts.voice_scales import answered, first_scale, latest, scale_finding, scale_note, scale_part

here = frame.page("voice")
if not {"surveys.score", "surveys.responded_at"} <= here.workspace.columns():
    nothing(here, "data", "import")

with here.filters():
    by = here.choice("by", ("quarter", "month", "year"), address="by")
    part = here.slice()
    view_menu(here)
only_known(here, "surveys", part.filters)
spans = recent_periods(here.workspace, by, here.calendar, 8, part.since, part.until)
trend = nps(here.workspace, spans, None, part.filters)
asked = {"csat": csat(here.workspace, spans, None, part.filters), "ces": ces(here.workspace, spans, None, part.filters)}
scales = {kind: found for kind, found in asked.items() if any(row.n for row in found.rows)}
whole = latest(trend.rows)
if whole:
    last = whole[-1]
    dimensions = splits_loaded(here.workspace)
    split = here.said("split", dimensions, dimensions[0], "voice_split") if dimensions else None
    rows = nps(here.workspace, [last.period], split, part.filters).rows if split else ()
    judged = {row.group for row in rows if not row.small}
    tests = [test for test in nps_against_rest(rows) if test.group in judged]
    names = group_names(here.workspace, split) if split else {}
    here.head(
        finding=voice_finding(here, whole, tests, names),
        context=here.texts.period(last.period, by),
        note=nps_note(here, last),
    )
    shown = answered(trend.rows)
    if len(shown) > 1:
        here.chart(charts.trend(here.style, nps_trend(here, shown, by)), key="trend")
        here.show(caption(here.t("bands_note")), key="bands_note")
    unread = trend.outside + trend.blank
    if unread:
        here.show(caption(here.t("bands_left_out", n=unread)), key="left_out")
    beside = st.columns((55, 45), gap="large") if split else [st.container()]
    if split:
        with beside[0]:
            here.show(section(here.t("groups"), here.texts.period(last.period, by)), key="groups_head")
            if len(dimensions) > 1:
                st.session_state["voice_split"] = split
                st.segmented_control(
                    here.t("groups"), dimensions, key="voice_split", label_visibility="collapsed", required=True,
                    format_func=lambda d: here.t(f"field.{d.rpartition('.')[2]}"), persist_state="session",
                    on_change=used, args=(held_name("voice", "split"), "voice_split"),
                )  # fmt: skip
                here.address.carry("split", [] if split == dimensions[0] else [split])
            here.show(leaderboard(here.texts, groups_view(here, rows, last, tests, split, names)), key="groups")
            here.show(caption(here.t("groups_note")), key="groups_note")
    with beside[-1]:
        here.show(section(here.t("bands"), here.t("bands_rule")), key="bands_head")
        here.show(table(band_table(here, shown, by)), key="bands")
elif scales:
    first = next(iter(scales))
    told = latest(first_scale(scales[first]))
    here.head(
        finding=scale_finding(here, first, told),
        context=here.texts.period(told[-1].period, by),
        note=scale_note(here, first, told[-1]),
    )
else:
    here.head(finding=here.t("no_answers"))

for kind, found in scales.items():
    scale_part(here, kind, found, by)
proof_links(here, [*(["nps"] if whole else []), *scales])
