"""One KPI, the funnel, the customers."""

import streamlit as st
from words import number, w

from kpi import charts
from pages import parts as p

LEFT_OUT = (("closed in another month", "6,640"), ("still open", "1,043"), ("no close date", "44"))

MONTHS = ("May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr")


def one(here):
    here.head(
        finding="<worse>63%</worse> of decided deals were won in October, <b>4 points under target.</b> This is a signal, not noise.",
        title=w(here, "Win rate"), context="won ÷ (won + lost), by close date", until="October 2026",
        note="Seven months in a row lie under the long-run mean of 66.5%. 1,079 deals decided; 95% interval 60–66%.",
    )  # fmt: skip
    values = (
        66.9,
        65.2,
        68.1,
        67.4,
        66,
        69.8,
        68.5,
        67.2,
        69,
        67.9,
        66.8,
        65.9,
        65.1,
        64.8,
        65.6,
        64.2,
        65.1,
        63,
        66.5,
    )
    points = tuple(
        charts.Point((MONTHS[i % 12], here.texts.number(2025 + (i > 7), decimals=0).replace(",", "").replace("٬", "")), v / 100, v / 100 - 0.03, v / 100 + 0.031, i < 18, 11 <= i < 18, f"{MONTHS[i % 12]}", f"{v}%")
        for i, v in enumerate(values)
    )  # fmt: skip
    percent = here.texts.percent
    here.chart(charts.trend(here.style, charts.Trend(
        points, charts.Axis(w(here, "% of decided deals won"), percent=True), (0.612, 0.715), w(here, "usual range"),
        charts.Line(0.665, here.texts.t("parts.mean", value=percent(0.665))), charts.Line(0.67, here.texts.t("parts.target_at", value=percent(0.67)), 11),
        ((11, here.texts.number(1)), (15, here.texts.number(2))), w(here, "half month"),
    )), key="trend")  # fmt: skip
    here.show(
        p.caption(
            "<b>1</b> April 2026: new pricing &nbsp; <b>2</b> August 2026: two reps left &nbsp; thin lines: 95% interval · orange: 7 months under the mean".replace(
                "&nbsp;", " "
            )
        ),
        key="events",
    )
    left, right = st.columns([1.85, 1], gap="large")
    names = (
        ("Web form", 412, 0.561, -2.7),
        ("Partner", 208, 0.635, -1.2),
        ("Outbound", 171, 0.596, -0.4),
        ("Referral", 196, 0.765, 0.3),
        ("Trade fair", 74, 0.716, 0.3),
        ("Unknown", 18, 0.667, None),
    )
    rows = tuple(
        p.Leader(n, here.texts.number(k), percent(v, 1), v, v - 1 / k**0.5, v + 1 / k**0.5, part, part and p.Change(here.texts.change(part / 100, "percent"), "up" if part > 0 else "down", "better" if part > 0 else "worse"), k < 30, n)
        for n, k, v, part in names
    )  # fmt: skip
    total = p.Leader(
        "All", here.texts.number(1079), percent(0.63, 1), part_shown=p.Change(here.texts.change(-0.037, "percent"))
    )
    with left:
        picked = here.show(
            p.section("What changed it", "October against the 12 months before: −3.7 points")
            + p.leaderboard(
                here.texts,
                p.Leaderboard(("Source", "Decided", w(here, "Win rate"), "Part of the change"), rows, total, 0.67),
            ),
            key="leaders",
        )
        st.session_state["picked"] = picked or st.session_state.get("picked", "")
    with right:
        here.show(
            p.section("Proof")
            + p.proof_card(
                here.texts,
                p.Proof(
                    "won ÷ (won + lost)",
                    "680 ÷ 1,079 = 63.0%",
                    "version 3, 2 Oct 2026",
                    parts=(p.ProofPart("Denominator · opportunities", "1,079", "8,806", "1,079", "7,727", LEFT_OUT),),
                ),
            ),
            key="proof",
        )


def funnel(here):
    here.head(
        finding="Of 100 deals that enter, <b>38 are won</b>. Most are lost <worse>in Engaging</worse>: 29 of 100, 8 more than half a year ago.",
        context="deals that entered between Jan and Jun 2026",
        until="seen until 15 Nov 2026",
    )
    data = (
        ("Prospecting", 4120, 3470, 520, 130, 3430, 0.842, 1.2, (520, 24, 106), 9),
        ("Engaging", 3470, 2255, 1006, 209, 2530, 0.65, -7.6, (1006, 31, 178), 21),
        ("Proposal", 2255, 1822, 301, 132, 1810, 0.808, 0.4, (301, 12, 120), 12),
        ("Negotiation", 1822, 1566, 214, 42, 1590, 0.859, -0.9, (214, 0, 42), 8),
    )
    steps = [
        p.FunnelStep(w(here, n), here.texts.number(e), a / 4120, lost / 4120, o / 4120, b / 4120, here.texts.percent(r, 1), here.texts.range_(r - 0.011, r + 0.011, "percent", decimals=1), p.Change(here.texts.change(d / 100, "percent"), "down" if d < -2 else "", "worse" if d < -2 else "noise"), here.texts.t("state.signal" if d < -2 else "state.noise"), *(here.texts.number(c) for c in cs), number(here, days, "days"), n == "Engaging")
        for n, e, a, lost, o, b, r, d, cs, days in data
    ]  # fmt: skip
    steps.append(
        p.FunnelStep(
            w(here, "Won"),
            here.texts.number(1566),
            1566 / 4120,
            rate=here.texts.percent(0.38, 1),
            rate_note="of all that entered",
            change=p.Change(here.texts.change(-0.031, "percent"), "down", "worse"),
            change_note=here.texts.t("state.signal"),
            days=number(here, 47, "days"),
        )
    )
    here.show(
        p.section(w(here, "Where they went"), legend=p.funnel_legend(here.texts))
        + p.funnel_rows(here.texts, steps)
        + p.caption(
            "Entered = advanced + lost + moved back + open, in every row. Open deals count as undecided, not as lost; the interval allows for them."
        ),
        key="rows",
    )
    left, right = st.columns(2, gap="large")
    with left:
        here.show(
            p.section("Why deals are lost in Engaging", "1,006 deals")
            + p.bar_rows(
                [
                    p.Bar(n, v / 431, here.texts.number(v), here.texts.percent(v / 1006, 0), strong=i == 0)
                    for i, (n, v) in enumerate(
                        (
                            ("No reply", 431),
                            ("Price", 236),
                            ("Competitor", 148),
                            ("No budget", 97),
                            ("Not recorded", 94),
                        )
                    )
                ]
            ),
            key="why",
        )
    with right:
        here.show(
            p.section("How long the winners took", "days in each step: middle half and median")
            + p.spread_rows(
                [
                    p.Spread(w(here, n), lo / 40, m / 40, hi / 40, number(here, m, "days"), here.texts.range_(lo, hi))
                    for n, lo, m, hi in (
                        ("Prospecting", 4, 9, 17),
                        ("Engaging", 11, 21, 38),
                        ("Proposal", 6, 12, 20),
                        ("Negotiation", 4, 8, 15),
                    )
                ]
            ),
            key="long",
        )


def customers(here):
    here.head(
        finding="<worse>46 good customers</worse> stopped buying this quarter; they were worth €210 K a year.",
        context="1,483 accounts with an order in 24 months",
        until="until 15 Nov 2026",
    )
    left, right = st.columns([1.27, 1], gap="large")
    counts = (
        (18, 29, 51, 96, 123),
        (30, 48, 66, 83, 72),
        (49, 62, 71, 60, 44),
        (74, 66, 52, 38, 21),
        (198, 61, 40, 22, 9),
    )
    shares = (
        (0.4, 1, 3.1, 11, 31),
        (0.5, 1.5, 3.5, 7.4, 12),
        (0.7, 1.6, 3, 4.4, 5.1),
        (1, 1.5, 1.9, 2.2, 2),
        (2.2, 1.2, 1.2, 1, 0.6),
    )
    cells = tuple(
        (
            f"{a}",
            tuple(
                p.HeatCell(
                    here.texts.number(c),
                    here.texts.percent(s / 100),
                    sum(s >= t for t in (1, 2, 4, 10, 20)),
                    f"{a}-{i}",
                )
                for i, (c, s) in enumerate(zip(cs, ss, strict=True))
            ),
        )
        for a, cs, ss in zip(
            ("under 1 month", "1–3 months", "3–6 months", "6–12 months", "over 12 months"), counts, shares, strict=True
        )
    )
    with left:
        picked = here.show(
            p.section(w(here, "Recency × frequency"), "number: customers · shade: share of revenue")
            + p.heat_map(
                p.HeatMap(w(here, "last order"), w(here, "orders in 24 months"), ("1", "2", "3–4", "5–8", "9+"), cells)
            ),
            key="heat",
        )
        st.session_state["picked"] = picked or st.session_state.get("picked", "")
    segments = (
        ("Champions", 195, 46, 9, 1),
        ("Loyal", 277, 27, -4, 0),
        ("New", 118, 3, 21, 1),
        ("Cooling", 209, 11, 12, 0),
        ("Stopped", 46, 6, 17, 0),
    )
    with right:
        here.show(
            p.section(w(here, "Segments"))
            + p.bar_rows(
                [
                    p.Bar(
                        w(here, n),
                        s / 46,
                        here.texts.number(c),
                        here.texts.percent(s / 100),
                        p.Change(here.texts.change(d), "up" if d > 0 else "down", "better" if good else "worse"),
                        "worse" if n == "Stopped" else "quantity",
                        pick=n,
                    )
                    for n, c, s, d, good in segments
                ],
                ("Segment", "Customers", "of revenue", "this quarter"),
            ),
            key="segments",
        )
        st.button("List of the 46")
    names = ("Champions", "Loyal", "Cooling", "Stopped", "Lapsed")
    moves = (
        ((161, "same", 0), (18, "down", 2), (7, "down", 0), (0, "none", 0), (0, "none", 0), 186),
        ((29, "up", 2), (224, "same", 0), (22, "down", 2), (6, "down", 1), (0, "none", 0), 281),
        ((5, "up", 0), (28, "up", 2), (158, "same", 0), (11, "down", 1), (12, "down", 1), 214),
    )
    here.show(
        p.section("Moves this quarter", "customers, from row to column; the diagonal stayed")
        + p.migration(
            p.Migration(
                "from \\ to",
                tuple(w(here, n) for n in names),
                tuple(
                    (
                        w(here, n),
                        tuple(p.Move(here.texts.number(v) if v else "·", way, step) for v, way, step in row[:-1]),
                        here.texts.number(row[-1]),
                    )
                    for n, row in zip(names, moves, strict=False)
                ),
                "before",
            )
        ),
        key="moves",
    )
    dots = tuple(
        charts.Dot(1 + (i * 37 % 100) / 8 + g * 9, 100 * (1 + (i * 53 % 90)) * (g + 1), w(here, n), f"C{i}")
        for g, n in enumerate(("Loyal", "Cooling", "New"))
        for i in range(40)
    )
    here.chart(
        charts.scatter(
            here.style, charts.Scatter(dots, charts.Axis("Orders"), charts.Axis("Revenue, €"), frozenset("y"))
        ),
        key="clusters",
    )
    here.chart(
        charts.distribution(
            here.style,
            tuple(charts.Bin(i * 10, i * 10 + 10, (i * 7 + 3) % 23, f"{i}") for i in range(12)),
            charts.Axis("Days since the last order"),
            charts.Axis("Customers"),
            [charts.Line(45, "median 45")],
        ),
        key="days",
    )
    here.chart(
        charts.ranked_bars(
            here.style,
            [
                charts.Bar(w(here, n), v, here.texts.number(v), i == 0)
                for i, (n, v) in enumerate((("Champions", 431), ("Loyal", 236), ("Cooling", 148)))
            ],
            charts.Axis("Customers"),
        ),
        key="ranked",
    )
