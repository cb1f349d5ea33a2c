"""Board, Home, the KPIs that wait for a column, the scorecard, and two pages for tests only."""

import streamlit as st
from words import number, w

from pages import parts as p


def kpi(here, name, x, unit, delta, way, tone, points, target, code, text=None):
    said = here.texts.change(delta, unit) if unit != "currency" else here.texts.percent(delta, sign=True)
    if tone == "noise":
        said = f"{said} · {here.texts.t('state.noise')}"
    return p.KpiCard(
        name, w(here, name), number(here, x, unit), p.State(code, here.texts.t(f"state.{code}")), p.Change(said, way, tone), points, target,
        w(here, "set one") if target is None else f"{w(here, 'target')} {here.texts.number(target, unit, short=True)}",
    )  # fmt: skip


FIRST = (
    ("Win rate", 0.63, "percent", -0.021, "down", "worse", (66.9, 66, 66.8, 65.4, 64.6, 65.6, 67.3, 66.4, 65.9, 63.3, 64.2, 62.6, 63), 69.6, "corrective_action_needed"),
    ("Repeat purchase rate", 0.412, "percent", 0.008, "up", "better", (37, 37.3, 37.8, 39.1, 39.2, 39.5, 39.9, 39.4, 39.9, 40.5, 41, 41.4, 41.2), 44, "on_track"),
    ("Revenue won", 1240000, "currency", 0.041, "up", "better", (1.05, 0.96, 1.06, 1.09, 1.09, 1.06, 1.13, 1.09, 1.22, 1.23, 1.21, 1.20, 1.24), 1.2, "on_track"),
    ("NPS", 31, None, 2, "", "noise", (32, 29, 33, 33, 29.5, 28.7, 31, 29.5, 27, 28.5, 34, 26.6, 31), 37, "at_risk"),
)  # fmt: skip
SECOND = (
    ("Engaging to won", 0.58, "percent", -0.054, "down", "worse", (63, 64, 62.2, 62.4, 61.7, 60.6, 62, 58.8, 58.9, 57.8, 58.4, 56.9, 57), 64.2, "corrective_action_needed"),
    ("Sales cycle, median", 47, "days", 3, "up", "worse", (43, 45.3, 43.5, 45, 47, 43.1, 43.2, 44.5, 47.4, 46.9, 45.2, 46, 47.3), 45, "at_risk"),
    ("First response, median", 3.4, "hours", -0.6, "down", "better", (4.6, 4.6, 4.35, 4.5, 4.48, 4.4, 4.2, 4.2, 3.7, 3.7, 3.85, 3.7, 3.5), 3.2, "on_track"),
    ("Contacts per open deal", 2.7, None, 0.3, "up", "better", (1.6, 2.0, 1.9, 2.05, 1.93, 1.97, 2.15, 2.1, 2.3, 2.7, 2.5, 2.45, 2.75), None, "no_target"),
)  # fmt: skip
SCALES = {"percent": 0.01, "currency": 1e6}


def board(here):
    here.head(
        finding=w(here, "<worse>Win rate 63%</worse>, 4 points under target; the drop is in <b>Engaging</b>. Customers come back more often."),
        context=w(here, "October 2026 against September"), until=w(here, "data until 15 Nov 2026"),
    )  # fmt: skip
    with here.filters():
        for key in ("by", "against"):
            st.segmented_control(
                key,
                ["month", "quarter", "year"],
                default="month",
                key=key,
                label_visibility="collapsed",
                required=True,
                format_func=lambda c: w(here, c.title()),
            )
        with st.popover("All regions, all goals"):
            st.write("…")
    for title, note, rows in (("Outcomes", "what the goals ask for", FIRST), ("Drivers", "what moves them", SECOND)):
        scaled = [
            (*r[:6], tuple(p * SCALES.get(r[2], 1) for p in r[6]), r[7] and r[7] * SCALES.get(r[2], 1), r[8])
            for r in rows
        ]
        picked = here.show(
            p.section(w(here, title), w(here, note)) + p.cards(p.kpi_card(kpi(here, *r)) for r in scaled), key=title
        )
        if picked:
            st.session_state["picked"] = picked
    here.show(
        p.caption(
            w(
                here,
                "Lines: 13 months, dashed line is the target. “Within noise”: the change is smaller than months usually differ.",
            )
        ),
        key="how",
    )
    st.caption(st.session_state.get("picked", ""), help=None)


def home(here):
    here.head(
        finding="Two of three goals are on pace. <worse>Win rate is 4 points under target</worse>; the drop is in <b>Engaging</b>.",
        title="Northwind Trade", context="data until 15 Nov 2026", until="Half of November is in",
    )  # fmt: skip
    rows = [
        p.GoalRow(w(here, "Win more of the deals we work on"), w(here, "Win rate"), number(here, 0.63, "percent"), here.state("corrective_action_needed"), "target 67%", 0.2, 0.62, "20% of the way · 62% of the time", "by 31 Mar 2027", "18%", "9–31%", "win"),
        p.GoalRow(w(here, "Keep the customers we have"), w(here, "Repeat purchase rate"), number(here, 0.412, "percent"), here.state("on_track"), "target 44%", 0.7, 0.62, "70% of the way · 62% of the time", "by 31 Mar 2027", "81%", "68–90%"),
        p.GoalRow(w(here, "Answer faster"), w(here, "First response, median"), number(here, 3.4, "hours"), here.state("on_track"), "target 3.0 h", 0.76, 0.5, "76% of the way · 50% of the time", "by 31 Dec 2026", "88%", "77–95%"),
    ]  # fmt: skip
    here.show(
        p.section(w(here, "Goals"), "bar: how far from baseline to target · line: how much of the time is gone")
        + p.goal_rows(here.texts, rows),
        key="goals",
    )
    left, right = st.columns([2, 1], gap="large")
    with left:
        here.show(p.section(w(here, "Needs action now"), w(here, "by money at stake")) + p.action_rows([
            p.ActionRow(w(here, "312 deals have had no contact for 30 days"), "All in Engaging, 5 of 9 owners. Deals touched within 10 days are won twice as often.", "€1.84 M", p.Action(w(here, "Open the deals"), "deals")),
            p.ActionRow(w(here, "46 good customers stopped buying"), "Bought every 40 days on average, last order 96 days ago.", "€210 K", p.Action(w(here, "Open the list"), "list")),
            p.ActionRow("9 tickets past their promised time", "Seven wait for a spare part.", "", p.Action("Open the tickets", "t")),
        ]), key="now")  # fmt: skip
    with right:
        here.show(
            p.next_step(
                here.texts,
                "Rate the scorecard with your team",
                "11 of 16 factors have data. Five need a judgement: about 10 minutes with three people.",
                p.Action("Start rating", "rate"),
            )
            + p.caption(
                "8,806 opportunities, 1,483 accounts and 25,914 orders, loaded today. <b>Surveys are 9 days old.</b>"
            ),
            key="next",
        )


def scorecard(here):
    here.head(
        finding="<b>6.1 of 10</b>, up 0.3. <worse>Customer process</worse> holds it back: people rate it higher than the data does.",
        context="October 2026, weights of 2 Oct 2026",
        until="3 raters",
        note="The verdict stands unless the weight of Customer process falls from 30% to under 14%. Coverage: 11 of 16 factors measured.",
    )

    def f(n, d, people, lo, hi, gap, weight):
        return p.Factor(
            n,
            d,
            here.texts.number(d) if d is not None else "no data",
            people,
            here.texts.number(people),
            lo,
            hi,
            here.texts.change(gap) if gap is not None else "",
            gap is not None and abs(gap) >= 2,
            here.texts.percent(weight),
        )

    here.show(p.section("Perspectives and factors", legend=p.score_legend(here.texts)) + p.score_rows(here.texts, [
        p.Perspective("Customer", "4 of 4 measured", 6.9, "6.9", "30%", (f("Satisfaction", 7.2, 7.0, 6.4, 7.6, 0.2, 0.1), f("Loyalty", 7.4, 6.6, 5.7, 7.4, 0.8, 0.1), f("Repeat purchase", 6.1, None, None, None, None, 0.06)), p.Change("+0.2", "up", "better"), "vs Sep"),
        p.Perspective("Customer process", "3 of 4 measured", 4.6, "4.6", "30%", (f("First response", 5.4, 6.8, 6.3, 7.3, -1.4, 0.1), f("Win rate", 3.9, 6.9, 5.8, 8, -3.0, 0.1), f("Quote speed", None, 5.5, 4.7, 6.3, None, 0.04)), p.Change("−0.4", "down", "worse"), "vs Sep", True),
    ]), key="rows")  # fmt: skip


def empty(here):
    here.head(
        finding="Your file answers <b>9 of the 14 KPIs</b> that fit your goals. One missing column would add four.",
        step="kpis",
    )
    blocked = [
        p.BlockedKpi(w(here, n), (c,), m, p.Action("Choose a column", n))
        for n, c, m in (
            ("Sales cycle, median", "closed_at", "the day a deal was won or lost"),
            ("Win rate", "closed_at", "the day a deal was won or lost"),
            ("Repeat purchase rate", "customer_id", "who placed the order"),
        )
    ]
    here.show(
        p.section("Not possible yet", "what each one waits for")
        + p.cards(p.blocked_kpi(here.texts, b) for b in blocked),
        key="blocked",
    )
    here.show(
        p.section("Service")
        + p.empty_state(
            "No tickets are loaded",
            "With tickets you can follow first response, time to solve and reopened cases. A list with an opening date, a closing date and a customer is enough.",
            p.Action("Import tickets", "import"),
            p.Action("Look at sample tickets", "sample"),
        ),
        key="service",
    )
    rows = tuple(
        (
            p.Cell(f"Customer {i} <script>alert(1)</script>", note="since 2024"),
            here.texts.number(1000 * i + 0.5, decimals=1),
            p.Cell("", change=p.Change(here.texts.change(i), "up", "better")),
        )
        for i in range(1, 4)
    )
    here.show(
        p.section("Table")
        + p.table(
            p.Table(
                (
                    p.Column("Customer"),
                    p.Column("Revenue", number=True),
                    p.Column("Change", number=True, secondary=True),
                ),
                rows,
                ("All", here.texts.number(6001.5, decimals=1), ""),
                "How to read it",
            )
        ),
        key="table",
    )
    here.show(p.message("This did not work", "The file is empty. Nothing was loaded."), key="message")


def evil(here):
    here.head(finding="Nothing runs", title="Evil", until="")
    here.show('<div class="k-evil"><script>window.hit = 1</script><img src="x:y" onerror="window.hit = 1">'
              '<iframe srcdoc="x"></iframe><a href="javascript:window.hit = 1" onclick="window.hit = 1">x</a></div>', key="evil")  # fmt: skip


def revision(here):
    here.head(finding=f"Revision {here.workspace.revision}", title="Revision", until="")
    if st.button("write"):
        here.workspace.change_settings({"churn_gap_days": str(300 + here.workspace.revision)})
