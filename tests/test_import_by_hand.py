"""Tables typed in: read like a file, wrong cells named, saved as an import of their own that can be undone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import intake, model
from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import by_hand
from kpi.text import Texts
from kpi.workspace import imports
from kpi.workspace.choices import Selection, select_kpis
from tests.intake_files import import_file, write_csv

COSTS = [
    {"incurred_at": date(2024, 1, 5), "purpose": "sales", "category": "ads, print", "amount": 100.5},
    {"incurred_at": date(2024, 2, 5), "purpose": "crm", "category": 'the "big" one', "amount": Decimal("70")},
]


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def told(faults):
    return [(each.row, each.field, each.reason.code) for each in faults]


def test_saved_as_an_import_of_its_own(ws):
    report = by_hand.save(ws, "costs", COSTS)
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (2, 2, 0)
    assert report.tables == {"costs": 2} and imports(ws)[0].file == "costs.by-hand.csv"
    assert ws.rows("SELECT incurred_at, purpose, category, amount FROM costs ORDER BY 1") == [
        (datetime(2024, 1, 5), "sales", "ads, print", Decimal("100.5")),
        (datetime(2024, 2, 5), "crm", 'the "big" one', Decimal("70")),
    ]
    back = by_hand.entered(ws, "costs")
    assert [(each["category"], each["amount"], each["customer_id"]) for each in back] == [
        ("ads, print", Decimal("100.5"), None),
        ('the "big" one', Decimal("70"), None),
    ]
    assert list(ws.spool.iterdir()) == []


def test_changed_cells_and_rows_taken_out_replace_what_was(ws):
    by_hand.save(ws, "costs", COSTS)
    rows = by_hand.entered(ws, "costs")
    rows[0]["amount"] = 90
    second = by_hand.save(ws, "costs", [rows[0], {"incurred_at": date(2024, 3, 1), "purpose": "crm", "amount": 5}, {}])
    assert ws.rows("SELECT amount FROM costs ORDER BY incurred_at") == [(Decimal(90),), (Decimal(5),)]
    assert [each.undone_at is None for each in imports(ws)] == [False, True]
    done, again = intake.undo(ws, second.id)
    assert [each.id for each in again] == [1] and ws.rows("SELECT sum(amount) FROM costs") == [(Decimal("170.5"),)]
    assert by_hand.save(ws, "costs", []) is None
    assert ws.rows("SELECT count(*) FROM costs") == [(0,)] and by_hand.entered(ws, "costs") == []
    assert by_hand.save(ws, "costs", []) is None


def test_rows_of_files_stay_beside(ws, tmp_path):
    import_file(
        ws,
        write_csv(tmp_path / "costs.csv", ["Date", "Purpose", "Amount"], [["2024-01-05", "sales", "7"]]),
        table="costs",
    )
    by_hand.save(ws, "costs", COSTS)
    assert by_hand.from_files(ws, "costs") == 1 and len(by_hand.entered(ws, "costs")) == 2
    assert ws.rows("SELECT count(*) FROM costs") == [(3,)]


def test_wrong_cells_are_named(ws):
    rows = [
        {"period_start": date(2024, 1, 1), "period_end": date(2024, 2, 1), "net_sales": "a lot"},
        {},
        {"period_start": None, "period_end": date(2024, 2, 1), "net_sales": 5},
        {"period_start": "yesterday", "period_end": date(2024, 3, 1), "net_sales": 5},
        {"period_start": date(2024, 1, 1), "period_end": date(2024, 2, 1), "net_sales": 6},
    ]
    assert told(by_hand.check(ws, "finance_periods", rows)) == [
        (0, "net_sales", "bad_number"),
        (2, "period_start", "needed"),
        (3, "period_start", "bad_date"),
        (4, "period_start", "twice"),
    ]
    with pytest.raises(Refused) as refused:
        by_hand.save(ws, "finance_periods", rows)
    assert refused.value.code == "by_hand_wrong" and imports(ws) == []
    for lang in ("en", "fa", "uk"):
        assert "{" not in Texts(lang).error(refused.value)


def test_too_many_rows_are_a_file(ws):
    with pytest.raises(Refused) as refused:
        by_hand.check(ws, "costs", [COSTS[0]] * 501)
    assert refused.value.code == "too_many_by_hand"


def test_all_tables_are_offered_once():
    assert sorted(by_hand.tables()) == sorted(model.tables())
    assert by_hand.tables()[0] == "costs" and by_hand.has_time("system_incidents") and not by_hand.has_time("costs")


def test_tables_that_chosen_kpis_lack_come_first(ws):
    assert by_hand.missing(ws) == []
    select_kpis(ws, [Selection("win_rate"), Selection("return_on_investment")])
    lacking = by_hand.missing(ws)
    assert lacking == [name for name in by_hand.tables() if name in lacking] and "finance_periods" in lacking
    by_hand.save(
        ws, "finance_periods", [{"period_start": date(2024, 1, 1), "period_end": date(2024, 2, 1), "net_sales": 5}]
    )
    assert "finance_periods" not in by_hand.missing(ws)


@pytest.mark.parametrize("table", list(model.tables()))
def test_every_table_can_be_typed_in(table, tmp_path_factory):
    """One whole row: every value comes back as it was typed."""
    home = tmp_path_factory.mktemp("home")
    ws = workspaces.create(home, "w")
    made = {"id": "A1", "text": "word", "money": Decimal("10.25"), "number": 0.5, "integer": 3, "flag": True}
    made["time"] = datetime(2024, 3, 4, 5, 6)
    row = {
        name: field.values[-1] if field.values else "a@b.co" if name.endswith("email") else made[field.type]
        for name, field in model.table(table).fields.items()
    }
    if table == "surveys":
        row |= {"survey_type": "nps", "scale_min": 0.0, "scale_max": 10.0}
    report = by_hand.save(ws, table, [row])
    assert report.rows_loaded == 1 and report.tables[table] == 1
    (back,) = by_hand.entered(ws, table)
    assert back == row
    workspaces.close_all()


VALUES = st.fixed_dictionaries(
    {
        "incurred_at": st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        "purpose": st.sampled_from(["sales", "crm", "other"]),
        "category": st.none() | st.text("abc ,;\"'\u06cc\u0456|\t-0123", max_size=8),
        "amount": st.decimals(-(10**9), 10**9, places=4),
    }
)


@settings(max_examples=10, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=6))
def test_whatever_is_typed_comes_back(tmp_path_factory, rows):
    home = tmp_path_factory.mktemp("home")
    ws = workspaces.create(home, "w")
    by_hand.save(ws, "costs", rows)
    back = by_hand.entered(ws, "costs")
    for typed, read in zip(rows, back, strict=True):
        assert read["incurred_at"] == datetime.combine(typed["incurred_at"], datetime.min.time())
        assert (read["purpose"], read["amount"]) == (typed["purpose"], typed["amount"])
        said = " ".join((typed["category"] or "").split())
        assert " ".join((read["category"] or "").split()) == said
    workspaces.close_all()
