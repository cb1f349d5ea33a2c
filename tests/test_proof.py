"""The proof of a number: rows add up, the command repeats it, the definition is the one in its file, rows can be seen."""

from __future__ import annotations

import io
import json
import shlex
import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import cli
from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.catalogue.version import block_of, version_of
from kpi.compile import Leaf
from kpi.compile.row_value import row_value
from kpi.core import NOT_RECORDED, Measure, Period, Query
from kpi.measure import explain, run
from kpi.measure.behind import LEFT_OUT, USED, behind, counts, listing
from kpi.measure.proof import parts_of
from kpi.measure.run import chosen
from kpi.measure.spread import spread, spread_part
from kpi.quality.download import as_csv, as_xlsx
from tests.support import memory_workspace
from tests.workspaces import load

MAY = (date(2026, 5, 1), date(2026, 6, 1))


def rows():
    """12 customers in two regions; orders of March to May, one cancelled, one without a day; closed and open deals."""
    customers = [
        {
            "customer_id": f"C{n}",
            "name": f"Person {n}",
            "email": f"p{n}@example.com",
            "region": ("North", "", "=South")[n % 3],
        }
        for n in range(12)
    ]
    orders = [
        {"order_id": f"O{m}{n:02}", "customer_id": f"C{n}", "ordered_at": f"2026-{m:02}-10", "amount": 10 * (n + 1) * m}
        for m in (3, 4, 5)
        for n in range(12)
    ]
    orders[-1]["status"] = "cancelled"
    orders.append({"order_id": "O999", "customer_id": "C1", "ordered_at": None, "amount": 5})
    deals = [
        {"opportunity_id": f"D{n}", "customer_id": f"C{n}", "created_at": "2026-04-01", "closed_at": f"2026-05-{n + 1:02}",
         "outcome": "won" if n % 3 else "lost", "stage": "end"}
        for n in range(9)
    ]  # fmt: skip
    deals += [
        {"opportunity_id": f"E{n}", "customer_id": "C0", "created_at": "2026-05-02", "stage": "open"} for n in range(2)
    ]
    tickets = [
        {"ticket_id": f"T{n}", "customer_id": f"C{n}", "opened_at": "2026-05-03 08:00",
         "resolved_at": f"2026-05-03 {9 + n:02}:00", "status": "closed"}
        for n in range(8)
    ]  # fmt: skip
    return {"customers": customers, "orders": orders, "opportunities": deals, "tickets": tickets}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    home = tmp_path_factory.mktemp("proof")
    made = workspaces.create(home, "My shop")
    load(made, rows())
    yield made
    workspaces.close_workspace(home, "My shop")


def repeated(command: str) -> dict:
    """The one row that the command of a proof gives, run as it stands."""
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "kpi"]
    out, err = io.StringIO(), io.StringIO()
    assert cli.main([*words[3:], "--json"], out=out, err=err) == 0, err.getvalue()
    (row,) = json.loads(out.getvalue())["results"][0]["rows"]
    return row


@pytest.mark.parametrize("filters", [(), (("customers.region", "North"),), (("customers.region", NOT_RECORDED),),
                                     (("customers.region", "=South"), ("customers.region", "North"))])  # fmt: skip
@pytest.mark.parametrize(
    "kpi", ["total_revenue", "close_rate", "sales_count", "average_order_value", "top20_revenue_share"]
)
def test_the_command_repeats_the_very_number(shop, kpi, filters):
    proof = explain(shop, Query((kpi,), *MAY, filters=filters))
    row = repeated(proof.command)
    assert row["value"] == (pytest.approx(proof.value) if proof.value is not None else None)
    assert (row["since"], row["until"]) == tuple(day.isoformat() for day in MAY)
    for part in proof.parts:
        assert part.read == part.used + sum(n for _, n in part.left_out)


def test_rows_left_out_have_one_reason_each(shop):
    (part,) = explain(shop, Query(("total_revenue",), *MAY, filters=(("customers.region", "North"),))).parts
    assert (part.read, part.used, part.value) == (37, 4, sum(10 * (n + 1) * 5 for n in (0, 3, 6, 9)))
    assert dict(part.left_out) == {"not_counting": 1, "no_date": 1, "outside_period": 24, "filtered_out": 7}
    assert part.period.since == MAY[0] and part.table == "orders"


def test_the_card_has_definition_version_rules_and_how_far_the_data_reach(shop):
    proof = explain(shop, Query(("churn_rate",), *MAY))
    assert tomllib.loads(proof.block).keys() == {"churn_rate"} and len(proof.version) == 8
    assert any(code.startswith("rule.") for code, _ in proof.rules), "a churn gap is in force"
    assert proof.as_of == date(2026, 5, 10)
    revenue = explain(shop, Query(("total_revenue",), *MAY, filters=(("customers.region", "North"),)))
    assert "= 'North'" in revenue.sql and revenue.query.filters == (("customers.region", "North"),)
    assert [row[2] for row in shop.rows(revenue.sql)] == [revenue.value], "the SQL is shown as it can be run"


@pytest.mark.parametrize("kpi", kpis().values(), ids=lambda k: k.id)
def test_every_definition_is_found_word_for_word(kpi):
    block = block_of(kpi)
    assert list(tomllib.loads(block)) == [kpi.id]
    assert tomllib.loads(block)[kpi.id]["name"]["en"] == kpi.name.en


def test_a_version_changes_with_what_decides_the_number_and_with_nothing_else():
    kpi = kpis()["close_rate"]
    told = version_of(kpi)
    assert version_of(replace(kpi, name=kpis()["nps"].name, about=kpis()["nps"].about)) == told
    first = kpi.computations[0]
    name, measure = first.parts[0]
    stricter = replace(measure, where=f"({measure.where}) and amount > 0" if measure.where else "amount > 0")
    other = replace(first, parts=((name, stricter), *first.parts[1:]))
    assert version_of(replace(kpi, computations=(other, *kpi.computations[1:]))) != told
    assert version_of(replace(kpi, empty="null" if kpi.empty != "null" else "")) != told
    assert len({version_of(each) for each in kpis().values()}) == len(kpis())


def test_explain_tells_all_of_it_as_json(shop):
    out, err = io.StringIO(), io.StringIO()
    words = ["--home", str(shop.folder.parent), "explain", shop.name, "total_revenue", "--from", "2026-05-01"]
    words += ["--to", "2026-06-01", "--filter", "customers.region=North", "--json"]
    assert cli.main(words, out=out, err=err) == 0
    told = json.loads(out.getvalue())
    assert told["value"] == 1100 and told["filters"] == [{"dimension": "customers.region", "value": "North"}]
    assert (told["since"], told["until"], told["as_of"]) == ("2026-05-01", "2026-06-01", "2026-05-10")
    assert told["version"] == version_of(kpis()["total_revenue"]) and "[total_revenue]" in told["toml"]
    assert told["about"] and told["definition"] and told["sql"] and isinstance(told["rules"], list)
    assert repeated(told["command"])["value"] == 1100
    (part,) = told["parts"]
    assert part["rows_read"] == part["rows_used"] + sum(each["rows"] for each in part["left_out"])


# The rows


def test_rows_are_those_that_were_counted_with_people_masked(shop):
    query = Query(("total_revenue",), *MAY, filters=(("customers.region", "North"),))
    (part,) = parts_of(shop, query, explain(shop, query).period)
    used = listing(shop, part.rows)
    assert used.total == len(used.rows) == 4
    assert used.columns[0] == "order_id" and {"ordered_at", "amount", "customers.region"} <= set(used.columns)
    assert sum(row[used.columns.index("amount")] for row in used.rows) == part.value
    out = listing(shop, part.rows, LEFT_OUT)
    assert out.columns[0] == "reason" and out.total == len(out.rows) == 33
    by_reason = counts(shop, part.rows)
    assert {why: sum(row[0] == why for row in out.rows) for why in by_reason if why != USED} == {
        why: n for why, n in by_reason.items() if why != USED
    }
    assert listing(shop, part.rows, LEFT_OUT, most=5).total == 33


def test_a_download_of_the_rows_runs_nothing(shop):
    query = Query(("total_revenue",), *MAY, filters=(("customers.region", "=South"),))
    (part,) = parts_of(shop, query, explain(shop, query).period)
    found = listing(shop, part.rows)
    lines = as_csv(found.columns, found.rows).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + found.total > 1 and all("'=South" in line for line in lines[1:])
    assert as_xlsx(found.columns, found.rows)[:2] == b"PK"


def test_names_of_people_are_masked():
    ws = memory_workspace(
        {
            "customers": [
                {
                    "customer_id": "a@b.org",
                    "name": "Olena Petrenko",
                    "first_order_at": "2026-05-02",
                    "created_at": "2026-05-01",
                }
            ]
        },
        as_of=date(2026, 5, 31),
    )
    query = Query(("new_customers",), *MAY)
    (part, *_) = parts_of(ws, query, explain(ws, query).period)
    shown = json.dumps([[str(cell) for cell in row] for row in listing(ws, part.rows).rows], ensure_ascii=False)
    assert "Olena" not in shown and "a@b.org" not in shown
    assert "a@b.org" in str(listing(ws, part.rows, unmasked=True).rows)


@pytest.mark.parametrize("raters", [2, 3])
def test_nobody_can_read_off_who_gave_which_rating(raters):
    rated = [{"instrument_id": instrument, "assessed_at": "2026-05-02", "respondent_id": f"boss {n}", "respondent_role": "boss",
              "score": n + 2, "scale_max": 5} for n in range(raters) for instrument in ("perceived_loyalty", "reward_fit")]  # fmt: skip
    ws = memory_workspace({"state.assessments": rated}, as_of=date(2026, 5, 31))
    query = Query(("perceived_loyalty",), *MAY)
    (part,) = parts_of(ws, query, explain(ws, query).period)
    shown = {reason: str(listing(ws, part.rows, reason).rows) for reason in (USED, LEFT_OUT)}
    assert not any("boss" in text for text in shown.values())
    assert ("75.0" in shown[USED]) == (raters == 3) and "75.0" not in shown[LEFT_OUT], "three raters and more"
    assert "boss" in str(listing(ws, part.rows, unmasked=True).rows)


def test_a_function_lists_the_rows_it_reads(shop):
    query = Query(("top20_revenue_share",), *MAY, filters=(("customers.region", "North"),))
    (part,) = explain(shop, query).parts
    assert (part.table, part.read, part.used, part.value) == ("orders", 37, 4, 1100)
    assert dict(part.left_out) == {"not_counting": 1, "no_date": 1, "outside_period": 24, "filtered_out": 7}
    (behind,) = parts_of(shop, query, explain(shop, query).period)
    assert len(listing(shop, behind.rows).rows) == 4 and listing(shop, behind.rows, LEFT_OUT).total == 33


def test_a_row_is_used_where_any_of_several_aggregates_uses_it():
    rows = [("a", 10, None), ("b", None, 2), ("c", None, None), ("d", 7, 3)]
    calls = [{"call_id": i, "dialled_at": "2026-05-02", "handle_seconds": h, "direction": "in", "wait_seconds": w}
             for i, h, w in rows]  # fmt: skip
    ws = memory_workspace({"calls": calls}, as_of=date(2026, 5, 31))
    value = "sum(handle_seconds) filter (where direction = 'in') + sum(wait_seconds) filter (where direction = 'in')"
    leaf = Leaf(Measure("calls", value, "dialled_at"), (Period(*MAY),))
    found = behind(leaf, (), date(2026, 6, 1), {})
    assert counts(ws, found) == {USED: 3, "no_value": 1}
    out = replace(leaf, measure=replace(leaf.measure, value=value.replace("'in'", "'out'")))
    assert counts(ws, behind(out, (), date(2026, 6, 1), {})) == {"not_meant": 4}


def test_a_part_that_no_table_of_a_function_knows_is_told_without_rows(shop):
    query = Query(("accounts_receivable",), *MAY, filters=(("products.category", "x"),))
    assert explain(shop, query).parts == ()


# The spread


def part_of(ws, kpi, filters=()):
    query = Query((kpi,), *MAY, filters=filters)
    parts = parts_of(ws, query, explain(ws, query).period)
    return spread_part(ws, chosen(ws, kpis()[kpi])[0], parts)


def test_the_spread_is_of_the_rows_that_are_used(shop):
    found = spread(shop, part_of(shop, "total_revenue"))
    amounts = [50 * (n + 1) for n in range(11)]
    assert (found.n, found.least, found.median, found.most) == (11, 50, 300, 550)
    assert sum(n for _, _, n in found.bins) + found.below + found.above == 11
    for low, high, n in found.bins[:-1]:
        assert n == sum(low <= each < high for each in amounts)
    assert run(shop, Query(("total_revenue",), *MAY))["total_revenue"].rows[0].value == sum(amounts)


def test_shares_and_counts_have_no_spread(shop):
    assert part_of(shop, "close_rate") is None and part_of(shop, "sales_count") is None


def test_a_mean_per_row_has_the_spread_of_its_rows(shop):
    part = part_of(shop, "issue_resolution_time")
    assert spread(shop, part).n == 8


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e9).map(lambda x: round(x, 2)), min_size=1, max_size=60), st.booleans())
def test_every_value_is_drawn_or_told(amounts, log):
    orders = [{"order_id": str(i), "ordered_at": "2026-05-02", "amount": a} for i, a in enumerate(amounts)]
    ws = memory_workspace({"orders": orders}, as_of=date(2026, 5, 31))
    found = spread(ws, part_of(ws, "total_revenue"), log)
    fit = [a for a in amounts if a > 0] if log else amounts
    if len(fit) < 5 or min(fit) == max(fit):
        assert found is None
        return
    assert sum(n for *_, n in found.bins) + found.below + found.above == len(fit) == found.n
    assert found.unfit == len(amounts) - len(fit) and 1 <= len(found.bins) <= 200
    assert all(low < high for low, high, _ in found.bins)


def test_what_lies_far_out_is_told_and_not_drawn():
    amounts = [*range(100, 140), 1_000_000]
    orders = [{"order_id": str(i), "ordered_at": "2026-05-02", "amount": a} for i, a in enumerate(amounts)]
    ws = memory_workspace({"orders": orders}, as_of=date(2026, 5, 31))
    found = spread(ws, part_of(ws, "total_revenue"))
    assert found.above == 1 and found.below == 0 and found.bins[-1][1] < 1000 and found.most == 1_000_000


def test_row_values_of_measures():
    assert row_value(Measure("orders", "sum(amount)", "ordered_at")) == 'f."amount"'
    assert "100" in row_value(Measure("orders", "avg(amount) / 100", "ordered_at"))
    for none in ("count(*)", "count(distinct customer_id)", "max(amount)", "sum(amount) / count(*)"):
        assert row_value(Measure("orders", none, "ordered_at")) == ""
