"""The parts that pages are built from, and how to write a page in 60 to 140 lines.

A page is a script in `pages/<section>/<name>.py`, one name in `app.py`, its texts under `[<name>]` in the locales:

    from kpi import measure
    from kpi.core import Query
    from pages.parts import frame, kpi_card, cards, section, KpiCard, Value

    here = frame.page("board")                            # texts, workspace, a free place at the top for the head
    by = here.choice("by", ("month", "quarter", "year"))  # options are codes; their texts: board.by_month …
    result = measure.run(here.workspace, Query(("win_rate",), by=by, calendar=here.calendar))
    here.head(finding=here.t("finding", value=…), context=here.t("against", period=…))
    here.show(section(here.t("outcomes"), here.t("outcomes_note")), key="outcomes")
    picked = here.show(cards(kpi_card(card) for card in …), key="cards")
    if picked:
        frame.go("explore", "kpi", kpi=picked)

What goes where
- Numbers come from `kpi.measure` or one function of `kpi.analysis`; the page holds no SQL and no arithmetic.
- Texts come from the locales: `here.t("key")` is `[<name>] key`, `here.t("state.on_track")` any other section. A sentence
  may mark key words: `<b>…</b>`, `<better>…</better>`, `<worse>…</worse>`, `<code>…</code>`; all else is escaped.
- Numbers and dates become text with `here.texts` (`number`, `parts`, `change`, `range_`, `day`, `period`);
  `here.value(…)` makes a `Value`, `here.state(…)` a `State`. Give `here.calendar` to every Query.
- Builders (`kpi_card`, `leaderboard`, `funnel_rows`, …) take the records of `views.py` and return HTML; several may be
  joined with `+` into one `here.show(…)`. They escape every text; HTML of your own goes through `markup.esc`.
- `here.show(html, key)` returns the `pick` of what was clicked in this run, else None. Act on it at once
  (`frame.go`, or `st.session_state[…] = picked; st.rerun()`).
- Charts: `here.chart(charts.trend(here.style, …), key="trend")`; below every chart a table view.
- Side by side: `left, right = st.columns((3, 2), gap="large")`, then `with left: here.show(…)`.
- A choice lasts for the session (`here.choice`). What the link must carry is a parameter: read with
  `frame.param("kpi")`, set with `frame.go(…, kpi=…)` or `st.query_params["kpi"] = …`.
  Other widgets: `key="<name>_…"`, options as codes, `format_func` for their texts, `persist_state="session"`.
- Errors: let them rise. The frame shows a `KpiError` in its own words, anything else with a reference into the log.
  Inside a fragment or a dialog: `with guard(here.texts): …`.
- Widgets of Streamlit are fine for input; their look is set in `look.css`. One primary button a page.
- No `st.cache_*`: `workspace.memo` remembers per revision.

Tests: `AppTest.from_file("app.py")`, then `at.switch_page("pages/explore/board.py").run()`; our HTML is read with
`tests.support_app.html(at)`. In a browser: see `tests/browser/conftest.py`.
"""

from pages.parts import frame
from pages.parts.bars import bar_rows, spread_rows
from pages.parts.cards import blocked_kpi, cards, kpi_card, next_step, spark
from pages.parts.empty import banner, empty_state, message
from pages.parts.errors import guard
from pages.parts.funnel import funnel_legend, funnel_rows
from pages.parts.goals import action_rows, goal_rows
from pages.parts.grids import heat_map, migration
from pages.parts.head import STEPS, caption, captions, page_head, section, steps
from pages.parts.leaders import leaderboard
from pages.parts.proof import proof_card
from pages.parts.score import score_legend, score_rows
from pages.parts.tables import table
from pages.parts.views import (
    Action,
    ActionRow,
    Bar,
    BlockedKpi,
    Cell,
    Change,
    Column,
    DataGrade,
    Factor,
    FunnelStep,
    GoalRow,
    HeatCell,
    HeatMap,
    KpiCard,
    Migration,
    Move,
    Perspective,
    Spread,
    State,
    Table,
    Value,
)
from pages.parts.views_kpi import Leader, Leaderboard, Proof, ProofPart

__all__ = [
    "STEPS",
    "Action",
    "ActionRow",
    "Bar",
    "BlockedKpi",
    "Cell",
    "Change",
    "Column",
    "DataGrade",
    "Factor",
    "FunnelStep",
    "GoalRow",
    "HeatCell",
    "HeatMap",
    "KpiCard",
    "Leader",
    "Leaderboard",
    "Migration",
    "Move",
    "Perspective",
    "Proof",
    "ProofPart",
    "Spread",
    "State",
    "Table",
    "Value",
    "action_rows",
    "banner",
    "bar_rows",
    "blocked_kpi",
    "caption",
    "captions",
    "cards",
    "empty_state",
    "frame",
    "funnel_legend",
    "funnel_rows",
    "goal_rows",
    "guard",
    "heat_map",
    "kpi_card",
    "leaderboard",
    "message",
    "migration",
    "next_step",
    "page_head",
    "proof_card",
    "score_legend",
    "score_rows",
    "section",
    "spark",
    "spread_rows",
    "steps",
    "table",
]
