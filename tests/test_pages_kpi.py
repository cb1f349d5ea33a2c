"""The page of one KPI: its limits and signals, what changed it, clicks that filter, rows and proof; bad input in words."""

from __future__ import annotations

import random
from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.measure.board import board
from kpi.measure.dimensions import every_split, splits
from kpi.measure.story import story
from kpi.stats import TooLittle
from kpi.text import Texts
from kpi.workspace import Import, record
from tests.support_app import errors, html, start
from tests.workspaces import insert, load

TEXTS = Texts("en")
REGIONS = ("North", "South")


def orders(months, seed=1):
    """Some 40 orders a month by region; in the last month the south orders three times as much."""
    rng = random.Random(seed)
    found = []
    for m in range(months):
        year, month = divmod(2023 * 12 + m, 12)
        for n in range(40 + m % 3):
            region = REGIONS[n % 2]
            amount = rng.uniform(80, 120) * (3 if m == months - 1 and region == "South" else 1)
            found.append(
                {
                    "order_id": f"{m}-{n}", "customer_id": f"C{n % 2}", "ordered_at": f"{year}-{month + 1:02}-{n % 27 + 1:02}",
                    "amount": round(amount, 2), "channel": "web" if n % 5 else "shop",
                }
            )  # fmt: skip
    # a day in the month after, so that the last month is whole
    year, month = divmod(2023 * 12 + months, 12)
    found.append({"order_id": "last", "customer_id": "C0", "ordered_at": f"{year}-{month + 1:02}-01", "amount": 1})
    return found


CUSTOMERS = [
    {"customer_id": f"C{n}", "region": region, "name": f"Person {n}", "city": f"Town {n}"}
    for n, region in enumerate(REGIONS)
]


def made(home, name, rows):
    workspace = workspaces.create(home, name)
    load(workspace, rows)
    return workspace


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kpi_page")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_HOME", str(folder))
        made(folder, "long", {"customers": CUSTOMERS, "orders": orders(40)})
        made(folder, "short", {"customers": CUSTOMERS, "orders": orders(3)})
        steady = [
            {"order_id": str(m), "ordered_at": f"{2023 + m // 12}-{m % 12 + 1:02}-02", "amount": 10} for m in range(30)
        ]
        made(folder, "steady", {"orders": steady})
        yield folder
        for name in workspaces.names(folder):
            workspaces.close_workspace(folder, name)


@pytest.fixture(scope="module")
def long(home):
    return workspaces.open_workspace(home, "long")


def page(workspace, kpi, lang="en", **params):
    at = start("explore/kpi", lang=lang, workspace=workspace, kpi=kpi, **params)
    assert not errors(at)
    return at


# What is usual


def test_page_and_board_tell_the_same_signals(long):
    told = story(long, kpis()["total_revenue"], "month", split="customers.region")
    item = board(long, ["total_revenue"])[0]
    assert not isinstance(told.process, TooLittle) and told.process.base[1] <= len(told.past.rows) - 12
    whole = [i for i, row in enumerate(told.rows) if row.period.complete]
    assert told.signals[whole[-1]] == item.reading.tone == "better"
    assert [told.signals.get(i) for i in whole[-13:]] == list(item.reading.marks)
    low, middle, high = told.usual(whole[-1])
    assert low < middle < high < told.rows[whole[-1]].value
    assert {s.rule for s in told.why(whole[-1])} >= {"limit"} and told.why(whole[-1])[0].up
    assert told.usual(len(told.rows) - 1) is None, "of the running period nothing is usual"


def test_the_signal_has_words_in_the_table(home):
    shown = html(page("long", "total_revenue"))
    assert TEXTS.t("kpi.signal_limit_up") in shown and TEXTS.t("parts.usual_range") in shown
    assert "Usual range: from" in shown


def test_three_points_and_a_constant_series_are_told_in_a_sentence(home):
    assert "Too few periods to tell what is usual: 3 with a value, 13 are needed." in html(
        page("short", "total_revenue")
    )
    assert "The value never varied" in html(page("steady", "total_revenue"))


def test_entered_values_are_marked_as_such(home):
    workspace = workspaces.create(home, "entered")
    values = [
        {"kpi_id": "nps", "period_start": f"2026-{m:02}-01", "period_end": f"2026-{m + 1:02}-01", "value": 10 + m, "source": "old sheet"}
        for m in range(1, 6)
    ]  # fmt: skip
    load(workspace, {"kpi_values": values})
    shown = html(page("entered", "nps"))
    assert shown.count(TEXTS.t("kpi.entered", source="old sheet")) >= 5
    assert TEXTS.t("proof.entered") in shown and TEXTS.t("kpi.no_rows_behind") not in shown
    assert TEXTS.t("proof.part_entered") in shown and TEXTS.t("proof.outside_period") in shown


# What changed it


def test_any_column_of_the_rows_is_a_dimension(long):
    kpi = kpis()["total_revenue"]
    every = every_split(long, kpi)
    assert every[: len(splits(long, kpi))] == splits(long, kpi)
    assert {"customers.region", "channel", "customer_id"} <= set(every)
    assert not {name for name in every if name.endswith((".name", ".email", "amount", "ordered_at", "order_id"))}
    assert "customers.industry" not in every, "a column without data is none"


def test_a_column_outside_the_model_is_a_dimension_too(home):
    workspace = workspaces.create(home, "extra")
    rows = [{"order_id": str(n), "ordered_at": f"2026-0{m}-03", "amount": 10 * n, "_extra": {"Shelf": "AB"[n % 2]}} for m in (3, 4, 5) for n in range(m * 10, m * 10 + 6)]  # fmt: skip
    with workspace.write() as cur:
        insert(cur, "orders", rows, record(cur, Import("a.csv", "x", "orders", 12, 12, 0, tables={"orders": 12}, unmapped=["Shelf"])))  # fmt: skip
    assert "extra.Shelf" in every_split(workspace, kpis()["total_revenue"])
    told = story(workspace, kpis()["total_revenue"], "month", split="extra.Shelf")
    assert {p.group for p in told.parts.parts} == {"A", "B"} and told.parts.adds_up
    at = page("extra", "total_revenue", split="extra.Shelf")
    assert "Shelf" in html(at) and 'data-pick="A"' not in html(at), "other KPIs could not follow such a filter"


def test_parts_of_a_sum_and_effects_of_a_mean_stand_in_the_table(home):
    shown = html(page("long", "total_revenue", split="customers.region"))
    assert "The parts of the groups add up to" in shown and 'data-pick="South"' in shown
    shown = html(page("long", "average_order_value", split="customers.region"))
    assert TEXTS.t("kpi.rate") in shown and TEXTS.t("kpi.mix") in shown and "come from higher values" in shown


def test_a_dimension_of_the_list_becomes_the_split(home):
    at = page("long", "total_revenue")
    at.selectbox(key="kpi_split_more").set_value("customers.city").run()
    assert not errors(at) and at.session_state["kpi_split"] == "customers.city" and "Town 1" in html(at)
    assert (
        at.query_params["split"] in ("customers.city", ["customers.city"])
        and at.selectbox(key="kpi_split_more").value is None
    )


def test_the_filter_in_the_address_holds_for_the_whole_page(home):
    whole, part = page("long", "total_revenue"), page("long", "total_revenue", filter="customers.region=North")
    assert "--filter customers.region=North" in " ".join(code.value for code in part.code)
    assert "--filter" not in " ".join(code.value for code in whole.code)


# Proof, rows, spread


def test_command_definition_and_sql_can_be_copied(home):
    codes = [code.value for code in page("long", "total_revenue").code]
    assert codes[0].startswith("python -m kpi") and codes[1].startswith("[total_revenue]") and "select" in codes[2]


@pytest.mark.parametrize("kpi", ["total_revenue", "average_order_value"])
def test_spread_and_rows_are_made_when_opened(home, kpi):
    at = page("long", kpi)
    assert TEXTS.t("kpi.behind") in {e.label for e in at.expander} and not at.dataframe
    assert TEXTS.t("kpi.spread") in {e.label for e in at.expander}


def test_funnel_voice_and_customers_lead_to_the_proof_of_their_numbers(home):
    workspace = workspaces.create(home, "voice")
    answers = [
        {"survey_id": f"{m}-{n}", "survey_type": "nps", "score": n % 11, "responded_at": f"2026-{m:02}-05"}
        for m in range(1, 8)
        for n in range(40)
    ]
    deals = [
        {"opportunity_id": str(n), "created_at": "2026-03-01", "closed_at": "2026-04-01", "outcome": "won" if n % 2 else "lost"}
        for n in range(9)
    ]  # fmt: skip
    orders = [
        {"order_id": str(n), "customer_id": f"C{n % 40}", "ordered_at": "2026-05-01", "amount": n} for n in range(99)
    ]
    load(workspace, {"surveys": answers, "opportunities": deals, "orders": orders})
    for name, kpi in (("voice", "nps"), ("funnel", "close_rate"), ("customers", "rfm_recency")):
        at = start(f"explore/{name}", lang="en", workspace="voice")
        assert not errors(at) and f'data-pick="{kpi}"' in html(at) and TEXTS.t("proof.of") in html(at)


def test_a_function_shows_the_rows_it_reads(home):
    at = page("long", "top20_revenue_share")
    shown = html(at)
    assert TEXTS.t("kpi.no_rows_behind") not in shown and TEXTS.t("proof.by_function") in shown
    assert TEXTS.t("parts.rows_used") in shown and TEXTS.t("proof.outside_period") in shown
    assert any(each.label == TEXTS.t("kpi.behind") for each in at.expander)


@pytest.mark.parametrize("lang", ["en", "fa", "uk"])
@pytest.mark.parametrize("by", ["week", "quarter", "year"])
def test_other_steps_and_languages(home, lang, by):
    assert not errors(page("long", "average_order_value", lang, by=by))


def test_days_that_hold_no_whole_period_are_one_period(home):
    at = page("long", "total_revenue", since="2026-03-02", until="2026-03-20")
    assert "Too few periods" in html(at)
    assert "--from 2026-03-02" in " ".join(code.value for code in at.code)


def test_what_the_data_cannot_answer_names_the_columns(home):
    shown = html(page("long", "nps"))
    assert "surveys.score" in shown and TEXTS.t("parts.needs") in shown


def test_a_kpi_without_a_column_to_split_by_says_so(home):
    told = story(workspaces.open_workspace(home, "steady"), kpis()["total_revenue"], "month")
    assert told.parts is None
    at = page("steady", "total_revenue")
    assert TEXTS.t("kpi.no_split") in html(at) or TEXTS.t("kpi.no_groups") in html(at) or "add up to" in html(at)


def test_dates_of_the_fixture_reach_into_the_month_after(long):
    assert long.as_of() == date(2026, 5, 1)
