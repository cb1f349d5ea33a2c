"""Next month's export: what it changes adds up; gone rows stay or go; what was replaced comes back by undo."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import intake, model
from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import changes, earlier, inspect, load, options, refresh
from kpi.workspace import imports
from tests.intake_files import import_file, write_csv

HEADER = ["Deal ID", "Deal Name", "Stage", "Amount", "Created"]


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def export(path, rows):
    """rows: {number: (stage, amount)}."""
    listed = [[f"D{i}", f"Deal {i}", stage, amount, f"2024-03-{1 + i % 28:02d}"] for i, (stage, amount) in rows.items()]
    return write_csv(path, HEADER, listed)


def planned(ws, path):
    (plan,) = inspect(ws, [path], options(table="opportunities"))
    return plan


def test_new_updated_unchanged_and_gone(ws, tmp_path):
    import_file(ws, export(tmp_path / "march.csv", dict.fromkeys(range(6), ("New", "10"))), table="opportunities")
    plan = planned(
        ws,
        export(
            tmp_path / "april.csv",
            {0: ("New", "10"), 1: ("Won", "10"), 2: ("Won", "12"), 3: ("New", ""), 9: ("New", "5")},
        ),
    )
    before = earlier(ws, plan)
    assert [each.file for each in before] == ["march.csv"]
    deals = next(each for each in changes(ws, plan, before) if each.table == "opportunities")
    assert (deals.keys, deals.new, deals.updated, deals.unchanged, deals.gone) == (5, 1, 2, 2, 2)
    assert [(each.field, each.rows) for each in deals.fields] == [("stage", 2), ("amount", 1)]
    assert deals.fields[0].examples == (("D1", "New", "Won"), ("D2", "New", "Won"))
    assert [(key, float(old), float(new)) for key, old, new in deals.fields[1].examples] == [("D2", 10.0, 12.0)]
    assert (deals.new_keys, deals.gone_keys) == (("D9",), ("D4", "D5"))
    assert ws.rows("SELECT count(*) FROM opportunities") == [(6,)], "nothing is written"
    load(ws, plan)
    assert ws.rows("SELECT count(*) FROM opportunities") == [(7,)], "gone rows are kept"


def test_the_new_file_replaces_the_earlier_ones(ws, tmp_path):
    import_file(ws, export(tmp_path / "march.csv", dict.fromkeys(range(6), ("New", "10"))), table="opportunities")
    before = snapshot(ws)
    plan = planned(ws, export(tmp_path / "april.csv", {1: ("Won", "10"), 9: ("New", "5")}))
    report = refresh(ws, plan, earlier(ws, plan))
    assert ws.rows("SELECT opportunity_id FROM opportunities ORDER BY 1") == [("D1",), ("D9",)]
    assert [each.undone_at is None for each in imports(ws)] == [False, True]
    plan = planned(ws, export(tmp_path / "may.csv", {9: ("Won", "5")}))
    assert [each.id for each in earlier(ws, plan)] == [report.id]
    _, again = intake.undo(ws, report.id)
    assert [each.file for each in again] == ["march.csv"] and snapshot(ws) == before


def snapshot(ws):
    return {name: sorted(map(str, ws.rows(f'SELECT * FROM main."{name}"'))) for name in model.tables()}


def test_lines_without_a_key_are_matched_by_what_they_say(ws, tmp_path):
    head = ["Date", "Cost category", "Amount"]
    rows = [["2024-01-05", "Ads", "100"], ["2024-01-05", "Ads", "100"], ["2024-01-09", "Fair", "70"]]
    import_file(ws, write_csv(tmp_path / "costs.csv", head, rows), table="costs")
    rows = [["2024-01-05", "Ads", "100"], ["2024-01-09", "Fair", "75"], ["2024-01-09", "Fair", "75"]]
    (plan,) = inspect(ws, [write_csv(tmp_path / "costs2.csv", head, rows)], options(table="costs"))
    (costs,) = changes(ws, plan, earlier(ws, plan))
    assert (costs.keys, costs.lines, costs.new_lines, costs.same_lines, costs.gone_lines) == (0, 3, 2, 1, 2)


def test_another_source_is_no_earlier_one(ws, tmp_path):
    import_file(ws, export(tmp_path / "march.csv", {1: ("New", "10")}), table="opportunities")
    other = write_csv(tmp_path / "other.csv", [*HEADER, "Owner"], [["D1", "x", "Won", "1", "2024-01-01", "Ann"]])
    assert earlier(ws, planned(ws, other)) == ()
    intake.undo(ws, 1)
    assert earlier(ws, planned(ws, export(tmp_path / "april.csv", {1: ("Won", "1")}))) == ()


ROWS = st.dictionaries(
    st.integers(0, 12), st.tuples(st.sampled_from(["New", "Won", ""]), st.sampled_from(["1", "2", ""])), min_size=1
)


@settings(max_examples=10, deadline=None)
@given(first=ROWS, second=ROWS)
def test_counts_add_up(tmp_path_factory, first, second):
    """new + updated + unchanged = keys in the file; after loading it again nothing is new and nothing updated."""
    home = tmp_path_factory.mktemp("home")
    ws = workspaces.create(home, "w")
    import_file(ws, export(home / "a.csv", first), table="opportunities", maps=["stage=Stage", "amount=Amount"])
    path = export(home / "b.csv", second)
    (plan,) = inspect(ws, [path], options(table="opportunities", maps=["stage=Stage", "amount=Amount"], again=True))
    told = next(each for each in changes(ws, plan, earlier(ws, plan)) if each.table == "opportunities")
    assert told.keys == len(second) == told.new + told.updated + told.unchanged
    assert told.new == len(set(second) - set(first)) and told.gone == len(set(first) - set(second))
    updated = {
        i
        for i in set(first) & set(second)
        if any(new and new != old for old, new in zip(first[i], second[i], strict=True))
    }
    assert told.updated == len(updated)
    assert all(each.rows <= told.updated for each in told.fields)
    load(ws, plan)
    (plan,) = inspect(ws, [path], options(table="opportunities", maps=["stage=Stage", "amount=Amount"], again=True))
    again = next(each for each in changes(ws, plan, earlier(ws, plan)) if each.table == "opportunities")
    assert (again.new, again.updated, again.unchanged) == (0, 0, len(second))
    workspaces.close_all()


def test_on_the_command_line(tmp_path, capsys):
    from kpi.cli import main

    def ask(*words, status=0):
        assert main(["--home", str(tmp_path), *map(str, words), "--json"]) == status
        return json.loads(capsys.readouterr().out)

    march = export(tmp_path / "march.csv", dict.fromkeys(range(4), ("New", "10")))
    april = export(tmp_path / "april.csv", {0: ("Won", "10"), 7: ("New", "5")})
    (entry,) = ask("import", "w", march, "--table", "opportunities")["imports"]
    assert entry["changes"] == []
    (entry,) = ask("import", "w", april, "--dry-run")["imports"]
    deals = next(each for each in entry["changes"] if each["table"] == "opportunities")
    assert (deals["keys"], deals["new"], deals["updated"], deals["unchanged"], deals["gone"]) == (2, 1, 1, 0, 3)
    assert deals["fields"] == [
        {"field": "opportunities.stage", "rows": 1, "examples": [{"key": "D0", "before": "New", "after": "Won"}]}
    ]
    ask("import", "w", april, "--replace")
    (loaded,) = [each for each in ask("tables", "w")["tables"] if each["table"] == "opportunities"]
    assert loaded["rows"] == 2
    ask("undo", "w", "2")
    (loaded,) = [each for each in ask("tables", "w")["tables"] if each["table"] == "opportunities"]
    assert loaded["rows"] == 4
    costs = write_csv(tmp_path / "costs.csv", ["Date", "Amount"], [["2024-01-05", "5"]])
    assert "--replace" in str(ask("import", "w", costs, "--table", "costs", "--replace", status=1)["warnings"])
    assert main(["--home", str(tmp_path), "import", "w", str(april), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "stage 1" in out and "import 1" in out
    workspaces.close_all()


def test_the_same_bytes_are_refused_as_before(ws, tmp_path):
    path = export(tmp_path / "march.csv", {1: ("New", "10")})
    import_file(ws, path, table="opportunities")
    with pytest.raises(Refused) as refused:
        load(ws, planned(ws, path))
    assert refused.value.code == "file_again"
