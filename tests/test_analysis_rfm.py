"""RFM scores, segments and moves between them (features F66, F67, F68)."""

import csv
import random
from datetime import date, timedelta

import pytest

from kpi.analysis.migration import migration
from kpi.analysis.rfm import rfm
from kpi.analysis.segments import CELLS, GROUPS, read_segments, segment_map
from kpi.errors import BadDefinition, Refused
from tests.support import SHARED, memory_workspace

ORACLES = SHARED / "oracles"
there = pytest.mark.skipif(not ORACLES.exists(), reason="the reference outputs are not beside the checkout")
AS_OF = date(2024, 6, 30)


def orders(customers=40, seed=1):
    """Some orders of made-up customers, the later ones buying more often and for more."""
    dice = random.Random(seed)
    rows = []
    for i in range(customers):
        for _ in range(1 + dice.randrange(1 + i // 5)):
            day = AS_OF - timedelta(days=dice.randrange(700))
            rows.append({"customer_id": f"c{i:03}", "ordered_at": day, "amount": dice.randrange(1000, 9000) / 100})
    return [{**row, "order_id": f"o{n}"} for n, row in enumerate(rows)]


def scores(found):
    return {r.customer_id: (r.r, r.f, r.m, r.segment) for r in found.customers.itertuples()}


def read(name):
    with (ORACLES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@there
def test_cdnow_scores_equal_oracle_for_all_2357():
    """No order id: every line is an order, exact duplicates included."""
    lines = read("cdnow_sample_transactions.csv")
    workspace = memory_workspace(
        {"orders": [{"customer_id": r["customer_id"], "ordered_at": r["date"], "amount": r["sales"]} for r in lines]}
    )
    found = rfm(workspace, date(1998, 6, 30))
    expected = {r["customer_id"]: r for r in read("rfm_cdnow_19980630_scores.csv")}
    grid = {r["R"] + r["F"]: r["segment"] for r in read("rf_map_25cells.csv")}
    assert len(found.customers) == len(expected) == 2357
    for row in found.customers.itertuples():
        oracle = expected[row.customer_id]
        assert row.recency_days == int(oracle["recency_days"])
        assert row.frequency == int(oracle["transaction_count"])
        assert row.monetary == pytest.approx(float(oracle["amount"]), abs=0.005)
        assert (row.r, row.f, row.m) == (int(oracle["rawbin_R"]), int(oracle["q7_F"]), int(oracle["q7_M"]))
        assert row.segment == grid[f"{row.r}{row.f}"]
    assert found.cuts["frequency"] == [1, 1, 2, 4]  # R adds 1 for its left-closed bins
    assert dict(found.notes)["analysis.rfm_zero_orders"] == (("n", 8),)


@there
def test_rfm_orders_equals_oracle():
    """R rfm 0.3.0 scores R and F alike for all but one customer, M for all but two (its "+ 1" on money)."""
    lines = read("rfm_orders_input.csv")
    workspace = memory_workspace(
        {
            "orders": [
                {"customer_id": r["customer_id"], "ordered_at": r["order_date"], "amount": r["revenue"]} for r in lines
            ]
        }
    )
    found = rfm(workspace, date(2006, 12, 31))
    expected = {r["customer_id"]: r for r in read("rfm_orders_scores.csv")}
    assert len(found.customers) == len(expected) == 995
    differ = {"r": 0, "f": 0, "m": 0}
    for row in found.customers.itertuples():
        oracle = expected[row.customer_id]
        assert (row.recency_days, row.frequency, row.monetary) == tuple(
            float(oracle[c]) for c in ("recency_days", "transaction_count", "amount")
        )
        for column, of in (("r", "recency_score"), ("f", "frequency_score"), ("m", "monetary_score")):
            differ[column] += int(getattr(row, column) != int(oracle[of]))
    assert differ == {"r": 1, "f": 0, "m": 2}


def test_f66_scores_are_1_to_5_and_the_latest_buyer_has_5():
    found = rfm(memory_workspace({"orders": orders()}), AS_OF)
    customers = found.customers
    assert len(customers) == 40 and found.scored
    assert customers[["r", "f", "m"]].min().min() >= 1 and customers[["r", "f", "m"]].max().max() <= 5
    assert set(customers[customers.recency_days == customers.recency_days.min()]["r"]) == {5}


def test_f66_scores_are_null_below_25_customers():
    found = rfm(memory_workspace({"orders": orders(24)}), AS_OF)
    assert not found.scored
    assert found.cuts == {"recency_days": None, "frequency": None, "monetary": None}
    assert found.customers[["r", "f", "m", "segment", "group"]].isna().all().all()
    assert found.customers[["recency_days", "frequency", "monetary"]].notna().all().all()
    assert found.notes == (("analysis.rfm_too_few", (("least", 25), ("n", 24))),)
    assert rfm(memory_workspace({"orders": orders(25)}), AS_OF).scored


def test_f66_constant_data_do_not_fail():
    same = [{"customer_id": f"c{i}", "ordered_at": AS_OF, "amount": 10} for i in range(30)]
    found = rfm(memory_workspace({"orders": same}), AS_OF)
    assert set(map(tuple, found.customers[["r", "f", "m"]].to_numpy().tolist())) == {(3, 3, 3)}
    assert {code for code, _ in found.notes} >= {"analysis.rfm_flat_recency_days", "analysis.rfm_flat_monetary"}


def test_f66_money_is_net_of_returns_and_a_refund_is_no_purchase():
    rows = orders()
    rows += [{"order_id": "refund", "customer_id": "c001", "ordered_at": AS_OF, "amount": -5}]
    rows += [{"order_id": "gone", "customer_id": "c002", "ordered_at": AS_OF, "amount": 500, "status": "cancelled"}]
    rows += [{"order_id": "tied", "customer_id": "c003", "ordered_at": date(2024, 1, 1), "amount": 100}]
    returns = [
        {"customer_id": "c001", "returned_at": AS_OF, "amount": 2},
        {"order_id": "tied", "returned_at": AS_OF, "amount": 30},  # its customer follows from the order
        {"customer_id": "c001", "returned_at": AS_OF + timedelta(days=1), "amount": 9999},
    ]
    plain = rfm(memory_workspace({"orders": orders()}), AS_OF).customers.set_index("customer_id")
    found = rfm(memory_workspace({"orders": rows, "returns": returns}), AS_OF)
    now = found.customers.set_index("customer_id")
    assert now.total["c001"] == pytest.approx(plain.total["c001"] - 7)
    assert now.frequency["c001"] == plain.frequency["c001"] and now.recency_days["c001"] == plain.recency_days["c001"]
    assert now.total["c002"] == pytest.approx(plain.total["c002"])
    assert now.total["c003"] == pytest.approx(plain.total["c003"] + 70)
    assert now.loc["c003", "mean"] == pytest.approx(now.total["c003"] / now.frequency["c003"])
    assert found.left_out["orders_cancelled"] == 1 and found.left_out["negative_orders"] == 1


def test_f66_left_out_rows_are_counted():
    rows = orders()
    rows += [{"order_id": "a", "ordered_at": AS_OF, "amount": 5}, {"order_id": "b", "customer_id": "c000", "amount": 5}]
    rows += [{"order_id": "c", "customer_id": "c000", "ordered_at": AS_OF + timedelta(days=3), "amount": 5}]
    rows += [{"order_id": "d", "customer_id": "late", "ordered_at": AS_OF + timedelta(days=3), "amount": 5}]
    customers = [{"customer_id": f"c{i:03}"} for i in range(40)] + [
        {"customer_id": "late"},
        {"customer_id": "prospect"},
    ]
    found = rfm(memory_workspace({"orders": rows, "customers": customers}), AS_OF)
    assert len(found.customers) == 40  # people without orders would shift every quintile
    assert found.left_out == {
        "customers_without_orders": 2,
        "orders_without_customer": 1,
        "orders_without_date": 1,
        "orders_cancelled": 0,
        "negative_orders": 0,
        "orders_after_as_of": 2,
    }


def test_f66_as_of_is_inclusive_and_defaults_to_the_last_day_of_the_data():
    rows = orders()
    last = max(row["ordered_at"] for row in rows)
    found = rfm(memory_workspace({"orders": rows}))
    assert found.as_of == last and found.customers["recency_days"].min() == 0
    assert scores(found) == scores(rfm(memory_workspace({"orders": rows}), last))


def test_f66_row_order_and_currency_unit_do_not_matter():
    rows = orders(60, seed=3)
    mixed = rows[:]
    random.Random(5).shuffle(mixed)
    plain = scores(rfm(memory_workspace({"orders": rows}), AS_OF))
    assert scores(rfm(memory_workspace({"orders": mixed}), AS_OF)) == plain
    for factor in (100, 0.01):
        scaled = [{**row, "amount": round(row["amount"] * factor, 4)} for row in rows]
        assert scores(rfm(memory_workspace({"orders": scaled}), AS_OF)) == plain


def test_f66_mean_money_and_window_are_options():
    rows = orders()
    mean = rfm(memory_workspace({"orders": rows}, settings={"rfm_m": "mean"}), AS_OF).customers
    assert mean["monetary"].tolist() == pytest.approx(mean["mean"].tolist(), abs=1e-4)
    windowed = rfm(memory_workspace({"orders": rows}, settings={"rfm_window_months": "6"}), AS_OF).customers
    since = date(2023, 12, 30)
    for row in windowed.itertuples():
        assert row.frequency == sum(r["customer_id"] == row.customer_id and r["ordered_at"] > since for r in rows)
    assert (windowed["frequency"] == 0).any()
    assert windowed["recency_days"].tolist() == mean["recency_days"].tolist()  # recency looks at all of history


def test_f66_without_amounts_recency_and_frequency_still_name_the_segment():
    rows = [{k: v for k, v in row.items() if k != "amount"} for row in orders()]
    found = rfm(memory_workspace({"orders": rows}), AS_OF)
    assert found.customers["m"].isna().all() and found.customers["segment"].notna().all()
    assert found.cuts["monetary"] is None


def test_f66_without_customers_it_is_refused():
    with pytest.raises(Refused) as refused:
        rfm(memory_workspace({"orders": [{"ordered_at": AS_OF, "amount": 1}]}))
    assert refused.value.params["columns"] == "orders.customer_id"


def test_f67_every_score_has_one_segment_and_one_group():
    grid = segment_map()
    seen = []
    for r in range(1, 6):
        for f in range(1, 6):
            for _m in range(1, 6):
                (name,) = grid.names([r], [f], [1])
                assert grid.group(name) in GROUPS
                seen.append(name)
    assert len(seen) == 125 and set(seen) == set(grid.segments) and len(grid.segments) == 10
    groups = {name: grid.group(name) for name in grid.segments}
    assert {n for n, g in groups.items() if g == "churned"} == {"hibernating", "at_risk", "cant_lose"}
    assert {n for n, g in groups.items() if g == "loyal"} == {"champions", "loyal_customers"}
    assert {n for n, g in groups.items() if g == "newcomer"} == {"new_customers", "promising"}


@there
def test_f67_grid_equals_oracle():
    assert {r["R"] + r["F"]: r["segment"] for r in read("rf_map_25cells.csv")} == segment_map().grid


def test_f67_new_means_a_single_order():
    assert segment_map().names([5, 5], [1, 1], [1, 2]).tolist() == ["new_customers", "promising"]


def edited(**cells):
    blocks = {
        "groups": {name: {"name": {"en": name}} for name in GROUPS},
        "segments": {
            s.id: {"group": s.group, "name": {"en": s.id}, "about": {"en": ""}, "cells": list(s.cells)}
            for s in segment_map().segments.values()
        },
    }
    for name, new in cells.items():
        blocks["segments"][name]["cells"] = new
    return blocks


def test_f67_an_edited_map_must_cover_25_cells_once_each():
    assert read_segments(edited()).grid == segment_map().grid and set(segment_map().grid) == CELLS
    for bad in (
        edited(need_attention=[]),
        edited(need_attention=["33", "55"]),
        edited(need_attention=["33", "66"]),
    ):
        with pytest.raises(BadDefinition):
            read_segments(bad)
    wrong = edited()
    wrong["segments"]["champions"]["group"] = "heroes"
    with pytest.raises(BadDefinition):
        read_segments(wrong)


@pytest.mark.parametrize("frozen", [False, True])
def test_f67_moves_add_up_to_customers_present_on_both_days(frozen):
    workspace = memory_workspace({"orders": orders(80, seed=7)})
    before, after = date(2023, 12, 31), AS_OF
    found = migration(workspace, before, after, frozen)
    first, second = rfm(workspace, before).customers, rfm(workspace, after).customers
    both = set(first.customer_id) & set(second.customer_id)
    assert found.present == len(both) == sum(move.n for move in found.moves)
    assert sum(found.joined.values()) == len(second) - len(both) > 0
    for name in {move.before for move in found.moves}:
        assert sum(move.share for move in found.moves if move.before == name) == pytest.approx(1)
    assert all(move.low <= move.share <= move.high for move in found.moves)


def test_f67_frozen_cuts_judge_by_the_earlier_scale():
    """Everybody buys the same again: relative scores stay, on the old scale frequency rises."""
    rows = orders(60, seed=9)
    again = [{**row, "order_id": row["order_id"] + "x", "ordered_at": AS_OF + timedelta(days=30)} for row in rows]
    workspace = memory_workspace({"orders": rows + again})
    later = AS_OF + timedelta(days=30)
    base = rfm(workspace, AS_OF)
    assert rfm(workspace, later).customers["f"].tolist() == base.customers["f"].tolist()
    assert rfm(workspace, later, base.scales).customers["f"].sum() > base.customers["f"].sum()
    champions = {
        frozen: sum(m.n for m in migration(workspace, AS_OF, later, frozen).moves if m.after == "champions")
        for frozen in (False, True)
    }
    assert champions[True] > champions[False]


def test_f67_migration_needs_order_of_days_and_enough_customers():
    workspace = memory_workspace({"orders": orders(60)})
    with pytest.raises(Refused):
        migration(workspace, AS_OF, AS_OF)
    with pytest.raises(Refused):
        migration(workspace, date(2010, 1, 1), AS_OF)
