"""Values and analyses on the command line: keys, types and units of the JSON, and numbers counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from tests.contract import Shell, check, opened, orders

SPAN = ("--from", "2024-01-01", "--to", "2025-01-01")


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    yield from opened(tmp_path_factory)


def one(shell: Shell, *argv: str) -> dict:
    """The only row of the only KPI."""
    (result,) = shell.ask(*argv)["results"]
    (row,) = result["rows"]
    return row


def amounts(channel: str = "", since: date = date.min, until: date = date.max) -> float:
    """What the file says, summed by hand."""
    return sum(float(amount) for _, _, day, amount, by, _ in orders() if channel in ("", by) and since <= day < until)


def month(number: int) -> float:
    return amounts("", date(2024, number, 1), date(2024 + number // 12, number % 12 + 1, 1))


# Values


def test_compute(shell):
    answer = shell.ask("compute", "shop", "total_revenue", "lead_conversion_rate", "sla_compliance_rate", *SPAN)
    check(answer["results"], kpi="text", unit="text", rows="list", missing="list", sql="text", warnings="list")
    revenue, rate, sla = answer["results"]
    keys = {"since": "day", "until": "day", "group": "text?", "value": "number?", "n": "count", "complete": "flag"}
    check([*revenue["rows"], *rate["rows"]], **keys, low="number?", high="number?")
    assert revenue["rows"][0]["value"] == pytest.approx(amounts()) and revenue["rows"][0]["n"] == 73
    assert revenue["rows"][0]["low"] is None and revenue["unit"] == "currency"
    row = rate["rows"][0]
    assert (row["value"], row["n"], rate["unit"]) == (0.25, 40, "percent"), "a fraction, over its denominator"
    assert row["low"] < 0.25 < row["high"]
    assert (sla["rows"], bool(sla["missing"])) == ([], True)


def test_without_dates_the_whole_period_covered(shell):
    row = one(shell, "compute", "shop", "total_revenue")
    days = [day for _, _, day, *_ in orders()]
    assert date.fromisoformat(row["since"]) <= min(days) and date.fromisoformat(row["until"]) > max(days)
    assert row["value"] == pytest.approx(amounts()) and row["group"] is None


def test_by_split_and_filter(shell):
    months = shell.ask("compute", "shop", "total_revenue", *SPAN, "--by", "month")["results"][0]["rows"]
    assert [row["value"] for row in months] == pytest.approx([month(m) for m in range(1, 13)])
    assert [row["until"] for row in months[:-1]] == [row["since"] for row in months[1:]]
    groups = shell.ask("compute", "shop", "total_revenue", *SPAN, "--split", "channel")["results"][0]["rows"]
    assert {row["group"]: row["value"] for row in groups} == pytest.approx({c: amounts(c) for c in ("web", "shop")})
    filtered = one(shell, "compute", "shop", "total_revenue", *SPAN, "--filter", "channel=web")
    assert filtered["value"] == pytest.approx(amounts("web"))


def test_not_defined_is_null_and_no_sale_is_zero(shell):
    span = ("--from", "2023-01-01", "--to", "2023-02-01")
    assert one(shell, "compute", "shop", "average_order_value", *span)["value"] is None
    assert one(shell, "compute", "shop", "total_revenue", *span)["value"] == 0


def test_a_breakdown_gives_its_headline_without_a_split(shell):
    channels = shell.ask("compute", "shop", "leads_per_channel", *SPAN, "--split", "source_channel")["results"][0][
        "rows"
    ]
    headline = one(shell, "compute", "shop", "leads_per_channel", *SPAN)
    assert headline["group"] is None and headline["value"] == sum(row["value"] for row in channels) == 40


def test_compare(shell):
    def beside(against: str, *options: str) -> float | None:
        span = ("--from", "2024-03-01", "--to", "2024-04-01", "--compare", against)
        row = one(shell, "compute", "shop", "total_revenue", *span, *options)
        assert row["value"] == pytest.approx(month(3)) or options
        return row[against]

    assert beside("previous") == pytest.approx(amounts("", date(2024, 1, 30), date(2024, 3, 1))), "the 31 days before"
    assert beside("year") == 0
    assert beside("target") == pytest.approx(36600 * 31 / 366), "of a sum the share by days"
    assert beside("target", "--filter", "channel=web") is None, "a part has no target of its own"
    whole = one(shell, "compute", "shop", "total_revenue", *SPAN, "--compare", "target")
    assert whole["target"] == pytest.approx(36600)
    months = shell.ask("compute", "shop", "total_revenue", *SPAN, "--by", "month", "--compare", "previous")
    rows = months["results"][0]["rows"]
    assert [row["previous"] for row in rows[1:]] == [row["value"] for row in rows[:-1]]


def test_calendars(shell):
    row = one(
        shell, "compute", "shop", "total_revenue", "--calendar", "jalali", "--from", "1403-01-01", "--to", "1403-02-01"
    )
    assert (row["since"], row["until"]) == ("2024-03-20", "2024-04-20")
    rows = shell.ask("compute", "shop", "total_revenue", "--calendar", "jalali", "--by", "year")["results"][0]["rows"]
    assert [row["since"] for row in rows] == ["2023-03-21", "2024-03-20"]
    shell.ask("settings", "shop", "fiscal_year_start=07-01")
    rows = shell.ask("compute", "shop", "total_revenue", "--calendar", "fiscal", "--by", "year")["results"][0]["rows"]
    assert [row["since"] for row in rows] == ["2023-07-01", "2024-07-01"]


def test_explain_proves_the_very_number(shell):
    options = (*SPAN, "--filter", "channel=web")
    proof = shell.ask("explain", "shop", "lead_conversion_rate", *SPAN)
    assert proof["result"]["rows"][0]["value"] == 0.25 and proof["sql"] and proof["definition"] and proof["formula"]
    check(proof["parts"], name="text", table="text", rows_used="count", rows_read="count", left_out="list")
    proof = shell.ask("explain", "shop", "total_revenue", *options)
    assert proof["result"]["rows"][0]["value"] == pytest.approx(amounts("web"))
    words = proof["command"].split()
    assert words[:3] == ["python", "-m", "kpi"] and "compute" in words and "channel=web" in proof["command"]


# Analyses


def test_funnel_adds_up(shell):
    steps = shell.ask("funnel", "shop", "--kind", "leads", *SPAN)["steps"]
    counts = dict.fromkeys(("entered", "advanced", "lost", "moved_back", "open"), "count")
    check(
        steps,
        step="text",
        group="text?",
        **counts,
        rate="number?",
        low="number?",
        high="number?",
        median_days="number?",
    )
    assert [step["entered"] for step in steps] == [40, 20, 10]
    for step in shell.ask("funnel", "shop", "--split", "source_channel")["steps"]:
        assert step["entered"] == sum(step[key] for key in ("advanced", "lost", "moved_back", "open"))
        assert step["group"] in ("web", "fair")


def test_rfm_and_clusters(shell):
    answer = shell.ask("rfm", "shop", "--as-of", "2024-12-31")
    keys = {"customer_id": "text", "recency_days": "count", "frequency": "count", "monetary": "number"}
    keys |= {"segment": "text", "group": "text", "r": "count", "f": "count", "m": "count"}
    check(answer["customers"], **keys)
    assert len(answer["customers"]) == 30 and answer["as_of"] == "2024-12-31"
    assert {"cuts", "left_out"} <= answer.keys()
    assert {each[key] for each in answer["customers"] for key in "rfm"} <= {1, 2, 3, 4, 5}
    few = shell.ask("rfm", "shop", "--as-of", "2024-02-01")["customers"]
    assert 0 < len(few) < 25 and {each[key] for each in few for key in "rfm"} == {None}
    clusters = shell.ask("clusters", "shop", "--k", "3", "--as-of", "2024-12-31")
    check(clusters["customers"], customer_id="text", cluster="count")
    assert len({each["cluster"] for each in clusters["customers"]}) == 3 == len(clusters["profiles"])


def test_nps(shell):
    (row,) = shell.ask("nps", "shop")["results"]
    counts = dict.fromkeys(("promoters", "passives", "detractors", "n"), "count")
    check([row], since="day", until="day", group="text?", **counts, score="number", low="number", high="number")
    assert [row[key] for key in counts] == [8, 8, 8, 24] and row["score"] == 0
    quarters = shell.ask("nps", "shop", "--by", "quarter")["results"]
    assert sum(each["n"] for each in quarters) == 24 and quarters[0]["until"] == quarters[1]["since"]
    topics = shell.ask("nps", "shop", "--split", "topic")["results"]
    assert {each["group"] for each in topics} == {"service", "product"}


def test_scorecard_rate_and_target(shell):
    assert shell.ask("rate", "shop", "perceived_loyalty", "4", "--role", "sales", "--rater", "a", "--round", "1")
    answer = shell.ask("scorecard", "shop")
    keys = {"objective": "number?", "subjective": "number?", "score": "number?", "coverage": "number?"}
    check(answer["factors"], perspective="text", factor="text", **keys, weight="number", instruments="list")
    assert len(answer["factors"]) == 19 and {"score", "coverage"} <= answer.keys()
    assert len({each["perspective"] for each in answer["factors"]}) == 4
    band = ("--low", "100", "--high", "125", "--from", "2024-01-01", "--until", "2025-01-01")
    assert shell.ask("target", "shop", "weekly_calls_per_rep", *band)["kpi"] == "weekly_calls_per_rep"
