"""Section E: real public files through the command line; mapped by hand only where the plan asks a person."""

from __future__ import annotations

import io
import json

import pytest

from kpi import cli, workspace
from tests.support import SHARED

DATA = SHARED / "data"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.exists(), reason="the real files are not beside the checkout"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    yield folder
    for name in workspace.names(folder):
        workspace.close_workspace(folder, name)


@pytest.fixture(scope="module")
def kpi(home):
    """Runs a command line with --json: (exit status, answer, stderr)."""

    def run(*argv: str):
        out, err = io.StringIO(), io.StringIO()
        status = cli.main(["--home", str(home), "--json", *map(str, argv)], out=out, err=err)
        return status, json.loads(out.getvalue()), err.getvalue()

    return run


def rows(home, name, sql):
    return workspace.open_workspace(home, name).rows(sql)


def places(entry):
    return {(each["column"], each["field"]) for each in entry["mapping"]}


def said(entry, *words):
    """Whether one warning holds all the words."""
    return any(all(word in text for word in words) for text in entry["warnings"])


def whole(entry):
    return entry["rows_read"] == entry["rows_loaded"] + entry["rows_rejected"]


@pytest.fixture(scope="module")
def maven(kpi):
    folder = DATA / "maven_crm_opportunities"
    status, answer, _ = kpi("import", "maven", *sorted(folder.glob("*.csv")))
    assert status == 0
    return {entry["file"]: entry for entry in answer["imports"]}


def test_maven_four_files_are_recognised(maven):
    assert {name: entry["table"] for name, entry in maven.items()} == {
        "accounts.csv": "customers",
        "products.csv": "products",
        "sales_pipeline.csv": "opportunities",
        "sales_teams.csv": "employees",
    }
    assert all(whole(entry) and entry["rows_rejected"] == 0 for entry in maven.values())
    assert maven["sales_pipeline.csv"]["rows_loaded"] == 8800


def test_maven_dates_are_day_month_year(maven, home):
    engaged = next(m for m in maven["sales_pipeline.csv"]["mapping"] if m["column"] == "engage_date")
    assert "31 values" in engaged["why"] and "2: day first" in engaged["why"]
    (span,) = rows(home, "maven", "SELECT min(created_at)::DATE::TEXT, max(closed_at)::DATE::TEXT FROM opportunities")
    assert span == ("2016-10-20", "2017-12-31")


def test_maven_outcomes_and_values(maven, home):
    found = dict(rows(home, "maven", "SELECT outcome, count(*) FROM opportunities GROUP BY 1"))
    assert found == {"won": 4238, "lost": 2473, "open": 1589 + 500}
    ((rate, mean),) = rows(
        home,
        "maven",
        "SELECT count(*) FILTER (outcome = 'won') * 100.0 / count(*) FILTER (outcome IN ('won', 'lost')), "
        "avg(amount) FILTER (outcome = 'won') FROM opportunities",
    )
    assert rate == pytest.approx(63.15, abs=0.005)
    assert mean == pytest.approx(2360.91, abs=0.005)


def test_maven_two_spellings_of_a_product_are_one(maven, home):
    """1,480 deals say GTXPro, the list of products GTX Pro; the 729 won ones are worth 3,510,578."""
    found = rows(
        home,
        "maven",
        "SELECT product_id, count(*), count(*) FILTER (outcome = 'won'), sum(amount) FILTER (outcome = 'won') "
        "FROM opportunities JOIN products USING (product_id) WHERE category = 'GTX' AND product_id LIKE '%gtxpro' GROUP BY 1",
    )
    assert found == [("gtxpro", 1480, 729, 3510578)]
    assert said(maven["sales_pipeline.csv"], "GTX Pro", "GTXPro")
    assert rows(home, "maven", "SELECT count(*) FROM products") == [(7,)]
    assert rows(home, "maven", "SELECT count(*) FROM customers") == [(85,)]


def test_maven_workbook_holds_the_same_deals(kpi, home):
    """The workbook has the same 8,800 deals with true dates: the key to the two-digit ones of the CSV."""
    status, answer, _ = kpi("import", "maven book", DATA / "maven_crm_opportunities" / "data_model.xlsx")
    assert status == 0
    loaded = {entry["sheet"]: entry["table"] for entry in answer["imports"] if entry["id"]}
    assert loaded["sales_pipeline"] == "opportunities" and loaded["accounts"] == "customers"
    sql = "SELECT opportunity_id, created_at, closed_at, amount FROM opportunities ORDER BY 1"
    kpi("import", "maven deals", DATA / "maven_crm_opportunities" / "sales_pipeline.csv")
    assert rows(home, "maven book", sql) == rows(home, "maven deals", sql)


@pytest.mark.parametrize(
    "order", [("marketing_qualified_leads", "closed_deals"), ("closed_deals", "marketing_qualified_leads")]
)
def test_olist_funnel(kpi, home, order):
    """8,000 leads, 842 converted = 10.525 %, one of them before its first contact; in either order of the files."""
    name = f"olist {order[0][:6]}"
    files = [DATA / "olist_partial" / f"olist_{part}_dataset.csv" for part in order]
    status, answer, _ = kpi("import", name, *files)
    assert status == 0
    assert [entry["table"] for entry in answer["imports"]] == ["leads", "leads"]
    assert rows(home, name, "SELECT count(*), count(converted_at), count(created_at) FROM leads") == [(8000, 842, 8000)]
    assert said(answer["imports"][1], "1 lead converted before")


def test_airport_survey(kpi, home):
    """2,746 answers; 84 coded 11 rejected with the reason, one left blank. A person gives the date the file lacks."""
    file = DATA / "sfo_customer_survey" / "2017_SFO_Customer_Survey_20250817.csv"
    status, answer, _ = kpi("import", "sfo", file, "--set", "surveys.responded_at=2017-05-25")
    (entry,) = answer["imports"]
    assert status == 0
    assert (entry["table"], entry["rows_read"], entry["rows_rejected"]) == ("surveys", 2831, 84)
    assert ("NETPRO", "surveys.score") in places(entry)
    assert {(r["column"], r["value"]) for r in entry["rejects"]} == {("NETPRO", "11")}
    assert "0 to 10" in entry["rejects"][0]["reason"]
    assert said(entry, "1 answer left blank")
    found = rows(
        home,
        "sfo",
        "SELECT count(score), count(*) FILTER (score >= 9), count(*) FILTER (score <= 6), min(responded_at)::DATE::TEXT "
        "FROM surveys WHERE survey_type = 'nps'",
    )
    assert found == [(2746, 1436, 342, "2017-05-25")]


def test_airport_survey_says_that_it_has_no_date(kpi):
    file = DATA / "sfo_customer_survey" / "2017_SFO_Customer_Survey_20250817.csv"
    _, answer, _ = kpi("import", "sfo plan", file, "--dry-run")
    assert said(answer["imports"][0], "no date", "--set surveys.responded_at=")


@pytest.fixture(scope="module")
def retail(kpi):
    status, answer, _ = kpi("import", "retail", DATA / "online_retail_uci" / "online_retail.parquet")
    assert status == 0
    return answer["imports"][0]


def test_retail_lines_and_invoices(retail, home):
    assert (retail["table"], retail["rows_read"], retail["rows_rejected"]) == ("order_lines", 541909, 0)
    # 22,064 invoices without C, less 3 adjustments and the write-offs: total <= 0 and no customer
    assert retail["tables"]["orders"] == 22064 - 3 - 2098
    assert retail["tables"]["returns"] == 9288
    assert retail["tables"]["order_lines"] == 541909 - 9288
    assert said(retail, "2,098 orders", "write-offs") and said(retail, "3 orders", "corrections of the books")
    assert said(retail, "5,268 lines repeat")


def test_retail_returns_belong_to_their_customer_and_date(retail, home):
    found = rows(
        home, "retail", "SELECT count(*), count(customer_id), sum(amount)::DOUBLE, min(amount) >= 0 FROM returns"
    )
    assert found == [(9288, 8905, pytest.approx(896812.49), True)]
    matched = rows(
        home,
        "retail",
        "SELECT count(*) FROM returns r JOIN orders o USING (order_id) "
        "WHERE o.customer_id = r.customer_id AND o.ordered_at <= r.returned_at",
    )
    assert matched == rows(home, "retail", "SELECT count(order_id) FROM returns")
    assert rows(home, "retail", "SELECT count(*) FROM orders WHERE order_id LIKE 'C%' OR order_id LIKE 'A%'") == [(0,)]


def test_retail_money_and_customers(retail, home):
    """Revenue of all purchases, also those without a customer; 4,339 customers bought."""
    ((revenue, buyers, anonymous),) = rows(
        home,
        "retail",
        "SELECT sum(amount), count(DISTINCT customer_id), count(*) FILTER (customer_id IS NULL) FROM orders",
    )
    assert float(revenue) == pytest.approx(10655622.484)
    assert buyers == 4339
    assert anonymous == 1428 - 1  # of 1,428 orders with a positive total and no customer one is an adjustment
    assert said(retail, "without a customer", "RFM")
    assert rows(home, "retail", "SELECT count(*) FROM customers WHERE customer_id = '17850'") == [(1,)]


def test_cdnow_without_order_id(kpi, home):
    """A line is an order; exact duplicates are loaded and reported."""
    status, answer, _ = kpi("import", "cdnow", SHARED / "oracles" / "cdnow_sample_transactions.csv")
    (entry,) = answer["imports"]
    assert status == 0
    assert (entry["table"], entry["rows_loaded"], entry["rows_rejected"]) == ("orders", 6919, 0)
    assert (
        said(entry, "order_id", "row of its own") and said(entry, "21 lines repeat") and said(entry, "8 rows", "zero")
    )
    assert rows(home, "cdnow", "SELECT count(*), count(DISTINCT customer_id) FROM orders") == [(6919, 2357)]


def test_support_tickets(kpi, home):
    file = DATA / "support_tickets_synthetic_5000" / "customer_support_tickets.csv"
    status, answer, _ = kpi("import", "support", file)
    (entry,) = answer["imports"]
    assert status == 0
    assert entry["tables"] == {"tickets": 5000, "surveys": 3724}
    assert said(entry, "121 tickets solved before") and said(entry, "1,276 open tickets carry a resolution time")
    ((first, hours, resolved, kept),) = rows(
        home,
        "support",
        "SELECT avg(first_response_minutes), avg(resolution_minutes) / 60, count(resolution_minutes), "
        "avg(response_sla_met::INT) FROM tickets",
    )
    assert first == pytest.approx(67.58, abs=0.005)
    assert (hours, resolved) == (pytest.approx(27.65, abs=0.005), 3724)
    assert kept == pytest.approx(0.4806)
    ((top, linked),) = rows(home, "support", "SELECT avg((score >= 4)::INT), count(ticket_id) FROM surveys")
    assert (top, linked) == (pytest.approx(0.3904, abs=0.00005), 3724)


def test_call_centre_workbook(kpi, home):
    """Date and time in two columns, durations as clock times, CSAT beside the call, a sheet of prose left out."""
    status, answer, _ = kpi("import", "calls", DATA / "call_center_pwc" / "Call-Center-Dataset.xlsx")
    assert status == 0
    (entry,) = answer["imports"]
    assert entry["tables"]["calls"] == 5000 and entry["tables"]["surveys"] == 4054
    assert ("Time", "calls.dialled_at") in places(entry)
    found = rows(
        home, "calls", "SELECT dialled_at::TEXT, wait_seconds, handle_seconds FROM calls WHERE call_id = 'ID0001'"
    )
    assert found == [("2021-01-01 09:12:58", 109.0, 143.0)]


def test_superstore_lines(kpi, home):
    """One flat file: 10,194 lines, 5,111 orders, 804 customers; dates dd/mm/yy."""
    status, answer, _ = kpi("import", "superstore", DATA / "superstore" / "Sample - Superstore.csv")
    (entry,) = answer["imports"]
    assert status == 0
    assert {k: entry["tables"][k] for k in ("order_lines", "orders", "customers")} == {
        "order_lines": 10194,
        "orders": 5111,
        "customers": 804,
    }
    assert rows(home, "superstore", "SELECT min(ordered_at)::DATE::TEXT, max(ordered_at)::DATE::TEXT FROM orders") == [
        ("2019-01-03", "2022-12-30")
    ]
