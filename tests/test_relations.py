"""Relations through the whole stack (F93, R67): rows in, pairs of lenses out, on the page and in the command line."""

from __future__ import annotations

import json
from io import StringIO

import numpy as np
import pytest

from kpi import workspace as workspaces
from kpi.cli import main
from kpi.core import LANGUAGES
from kpi.measure.relations import LENSES, across, proposed, related
from kpi.stats import TooLittle
from kpi.text import Texts
from kpi.workspace.choices import Selection, select_kpis
from tests.support_app import errors, html, start
from tests.watched import first_day, last_day
from tests.workspaces import load

T = Texts("en").t
PAIR = ("csat", "total_revenue")


def company(months: int, lag: int = 2, gap: float = 0.0) -> dict[str, list[dict]]:
    """Satisfaction moves `lag` months before revenue; logins are on their own. gap: share of months without answers."""
    rng = np.random.default_rng(4)
    shared, own, other = rng.normal(size=(3, months + lag))
    orders, surveys, logins = [], [], []
    for month in range(months):
        amount = round(10_000 + 800 * (0.85 * shared[month] + 0.5 * own[month]), 2)
        orders.append(
            {"order_id": f"o{month}", "customer_id": "c", "ordered_at": last_day(month).isoformat(), "amount": amount}
        )
        happy = round(140 + 12 * shared[month + lag])
        if rng.uniform() >= gap or month >= months - 20:
            surveys += [
                {"survey_id": f"{month}-{k}", "survey_type": "csat", "responded_at": f"{first_day(month)}"}
                | {"scale_min": 1, "scale_max": 5, "score": 5 if k < happy else 1}
                for k in range(200)
            ]
        logins += [
            {"activity_id": f"{month}-{k}", "activity_type": "call", "employee_id": f"E{k}", "occurred_at": f"{first_day(month)}"}
            for k in range(round(20 + 3 * other[month]))
        ]  # fmt: skip
    return {"orders": orders, "surveys": surveys, "activities": logins}


@pytest.fixture
def ws(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "main")
    select_kpis(made, [Selection("total_revenue"), Selection("csat"), Selection("sales_count")])
    yield made
    workspaces.close_workspace(tmp_path, "main")


def ask(home, *argv, lang="en"):
    out, err = StringIO(), StringIO()
    status = main(["--home", str(home), "--lang", lang, "relations", "main", *argv], out=out, err=err)
    return status, out.getvalue(), err.getvalue()


def test_f93_a_pair_of_two_lenses_with_lag_interval_n_and_correction(ws):
    load(ws, company(60))
    told = related(ws, ["total_revenue", "csat"])
    (pair,) = told.found.strongest()
    assert ((pair.first, pair.second), pair.lag, pair.n, pair.across) == (PAIR, 2, 60, True)
    assert pair.low < pair.r < pair.high and pair.significant and told.found.tests == 13
    assert told.pair("total_revenue", "csat") == told.pair("csat", "total_revenue") == pair
    assert told.coverage(*PAIR) == 1.0
    assert {kpi.lens for kpi in told.kpis} == {"business_performance", "customer_perception"}


def test_f93_below_20_months_too_few_and_no_coefficient_and_no_rank_below_50(ws, tmp_path):
    load(ws, company(19))
    little = related(ws, PAIR).pair(*PAIR)
    assert isinstance(little, TooLittle) and (little.why, little.n, little.needs) == ("few", 19, 20)
    status, out, _ = ask(tmp_path, *PAIR, "--json")
    answer = json.loads(out)
    assert status == 0 and answer["relations"] == [] and answer["untold"][0]["n"] == 19
    at = start("explore/relations", kpis=list(PAIR))
    assert not errors(at) and T("relations.too_few") in html(at) and 'data-pick="csat~' not in html(at)


def test_f93_between_20_and_50_months_it_is_told_but_not_ranked(ws, tmp_path):
    load(ws, company(45))
    told = related(ws, PAIR)
    (pair,) = told.found.told
    assert pair.significant and told.found.strongest() == []
    (row,) = json.loads(ask(tmp_path, *PAIR, "--json")[1])["relations"]
    assert row["significant"] and not row["ranked"] and not row["exploratory"]
    at = start("explore/relations", kpis=list(PAIR))
    assert T("relations.not_ranked", n=50) in html(at)


def test_f41_missing_rows_show_as_coverage(ws):
    load(ws, company(60, gap=0.5))
    share = related(ws, PAIR).coverage(*PAIR)
    assert share is not None and 0.5 < share < 0.85
    at = start("explore/relations", kpis=list(PAIR))
    assert Texts("en").percent(share, decimals=0) in html(at)


def test_the_pair_beside_each_other_is_what_the_coefficient_is_of(ws):
    load(ws, company(60))
    told = related(ws, PAIR)
    (pair,) = told.found.told
    found = told.beside(pair)
    x, y = np.array([dot[:2] for dot in found.dots]).T
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(pair.r, abs=0.05)
    assert found.first[:2] == (None, None) and len(found.first) == len(found.second) == 60
    kept = [(a, b) for a, b in zip(found.first, found.second, strict=True) if a is not None and b is not None]
    assert np.corrcoef(*np.array(kept).T)[0, 1] > 0.5  # moved by the lag they lie on each other
    assert np.mean([v for v in found.second if v is not None]) == pytest.approx(0, abs=1e-9)


def test_at_least_two_lenses_are_proposed(ws):
    load(ws, company(60))
    usual = proposed(ws)
    assert usual[:1] == ["total_revenue"] and "csat" in usual
    alone = across(ws, ["total_revenue"])
    assert "customer_perception" in {kpi.lens for kpi in alone} and "business_performance" not in {
        k.lens for k in alone
    }
    at = start("explore/relations", kpis=["total_revenue", "sales_count"])
    assert T("relations.add_lens") in [button.label for button in at.button]
    at.button(key="relations_add_lens").click().run()
    assert not errors(at) and {kpi.id for kpi in alone} <= set(at.multiselect(key="relations_kpis").value)


def test_what_cannot_be_is_one_sentence(ws, tmp_path):
    load(ws, company(24))
    for argv, status, said in (
        (("csat",), 1, "two"),
        (("csat", "total_revenu"), 2, "total_revenue"),
        (("csat", "total_revenue", "--by", "day"), 2, "--by"),
        (("csat", "total_revenue", "--filter", "x"), 1, "x"),
        (("csat", "total_revenue", "--filter", "nothing=1"), 2, "nothing"),
    ):
        got, out, err = ask(tmp_path, *argv)
        assert got == status and not out and said in err and err.count("\n") == 1, argv


@pytest.mark.parametrize("view", ["matrix", "network", "table"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_view_in_every_language_with_the_caveat(ws, lang, view):
    load(ws, company(60))
    at = start("explore/relations", lang=lang, kpis=list(PAIR), view_as=view)
    texts = Texts(lang)
    assert not errors(at)
    assert texts.t("relations.caveat") in html(at)
    assert texts.t("relations.some_of", n=1, all=1).replace("<b>", "").split("1")[0][:4] in html(at).replace("<b>", "")
    assert len(at.get("vega_lite_chart")) == (3 if view == "network" else 2)


def test_the_matrix_says_the_sign_without_colour_and_opens_a_pair(ws):
    load(ws, company(60))
    at = start("explore/relations", kpis=[*PAIR, "sales_count"])
    shown = html(at)
    assert 'data-pick="csat~total_revenue"' in shown and "k-arrow up" in shown and "<b>" in shown
    assert T("relations.before", first="Customer satisfaction rate", lag="2 months", second="Total revenue") in shown
    at = start("explore/relations", kpis=[*PAIR, "sales_count"], pair="csat~sales_count")
    assert not errors(at) and T("relations.lacks_constant") in html(at)


def test_only_pairs_across_lenses(ws):
    load(ws, company(60))
    at = start(
        "explore/relations", kpis=["total_revenue", "average_deal_size", "orders_per_customer", "csat"], only="across"
    )
    assert not errors(at)
    assert 'data-pick="average_deal_size~total_revenue"' not in html(at)


def test_an_empty_workspace_and_one_kpi_say_what_to_do(ws):
    at = start("explore/relations")
    assert not errors(at) and T("relations.empty") in html(at)
    load(ws, company(24))
    at = start("explore/relations", kpis=["csat"])
    assert not errors(at) and T("relations.one_is_none") in html(at)
    assert set(LENSES) == {"business_performance", "user_adoption", "customer_perception"}


def test_too_few_periods_say_how_many_it_takes_and_lead_to_shorter_ones(ws):
    load(ws, company(19))
    at = start("explore/relations", kpis=list(PAIR))
    shown = html(at)
    assert T("relations.periods_lacking", most="19 months", needs="20 months") in shown
    assert T("relations.lacks_few", n=19, needs=20) in shown and T("relations.matrix_note") not in shown
    at.button(key="relations_finer").click().run()
    assert not errors(at) and at.session_state["relations_by"] == "week"


def test_one_kpi_leads_to_the_proposed_ones_and_one_lens_is_told_as_that(ws):
    load(ws, company(60))
    at = start("explore/relations", kpis=["csat"])
    assert T("relations.one_is_none") in html(at) and T("relations.nothing_told") not in html(at)
    at.button(key="relations_usual").click().run()
    assert not errors(at) and at.multiselect(key="relations_kpis").value == proposed(ws)
    at = start("explore/relations", kpis=["total_revenue", "sales_count"], only="across")
    assert not errors(at) and T("relations.one_lens") in html(at)
