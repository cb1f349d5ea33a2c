"""An import loaded anew: by another mapping, after it was taken back, in place of another; the order keeps its sense."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi import intake, model
from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import Options, inspect, load, options
from kpi.workspace import imports, rejects
from tests.intake_files import import_file, write_csv


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def state(ws, log=True) -> dict:
    """Every row of the workspace with its import and line, what queries see, and the log without its clock."""
    found = {}
    for name in model.tables():
        found[f"rows.{name}"] = sorted(map(str, ws.rows(f'SELECT * FROM rows."{name}"')))
        found[name] = sorted(map(str, ws.rows(f'SELECT * FROM main."{name}"')))
    if log:
        found["imports"] = [
            (each.id, each.file, each.table, each.rows_loaded, each.rows_rejected, str(each.mapping), each.undone_at)
            for each in imports(ws)
        ]
        found["rejects"] = [rejects(ws, each.id) for each in imports(ws)]
    return found


DEALS = ["Deal ID", "Account", "Stage", "Value", "Budget", "Created"]


def deals(tmp_path, name="deals.csv", n=12, first=0):
    rows = [
        [
            f"D{i}",
            f"Acme {i % 4}",
            ("New", "Offer", "Won", "Lost")[i % 4],
            f"{i}.50",
            f"{100 + i}",
            f"2024-02-{1 + i:02d}",
        ]
        for i in range(first, first + n)
    ]
    rows[1][3] = "a lot"
    return write_csv(tmp_path / name, DEALS, rows)


def accounts(tmp_path):
    return write_csv(
        tmp_path / "accounts.csv",
        ["Account ID", "Account Name", "Country"],
        [[f"A{i}", f"Acme {i}", "Iran"] for i in range(4)],
    )


def test_remap_to_the_same_options_changes_nothing(ws, tmp_path):
    first = import_file(ws, deals(tmp_path), table="opportunities")
    import_file(ws, accounts(tmp_path), table="customers")
    import_file(ws, deals(tmp_path, "later.csv", 4, 8), table="opportunities")
    before, revision = state(ws), ws.revision
    again = intake.remap(ws, first.id)
    assert (again.rows_loaded, again.rows_rejected) == (first.rows_loaded, first.rows_rejected) == (11, 1)
    assert state(ws) == before and ws.revision == revision + 1
    assert imports(ws)[0].before == []


def test_another_mapping_takes_the_place_of_the_old_one(ws, tmp_path):
    first = import_file(ws, deals(tmp_path), table="opportunities", maps=["amount=Value"])
    newer = import_file(ws, deals(tmp_path, "later.csv", 4, 8), table="opportunities", maps=["amount=Value"])
    at = imports(ws)[0].imported_at
    report = intake.remap(ws, first.id, options(table="opportunities", maps=["amount=Budget"]))
    assert report.id == first.id and (report.rows_loaded, report.rows_rejected) == (12, 0)
    amounts = dict(ws.rows("SELECT opportunity_id, amount FROM opportunities"))
    assert amounts["D1"] == 101 and amounts["D7"] == 107
    assert amounts["D8"] == 8.5, "the newer import still wins"
    log, _ = imports(ws)
    assert log.imported_at == at and log.undone_at is None
    (was,) = log.before
    assert (was["rows_loaded"], was["rows_rejected"]) == (11, 1) and was["until"]
    assert {"column": "Value", "field": "opportunities.amount"}.items() <= next(
        each for each in was["mapping"] if each["field"] == "opportunities.amount"
    ).items()
    assert rejects(ws, first.id) == [] and newer.id == 2


@pytest.mark.parametrize("wrong", ["fields", "stop", "question"])
def test_what_fails_leaves_the_old_rows(ws, tmp_path, wrong, monkeypatch):
    first = import_file(ws, deals(tmp_path), table="opportunities", maps=["amount=Value"])
    before, revision = state(ws), ws.revision
    if wrong == "fields":  # no line can be loaded
        report = intake.remap(ws, first.id, options(table="opportunities", maps=["created_at=Account"]))
        assert report.id is None and report.rows_rejected == 12
    elif wrong == "stop":
        monkeypatch.setattr(intake.loading, "record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            intake.remap(ws, first.id, options(table="opportunities", maps=["amount=Budget"]))
    else:
        with pytest.raises(Refused) as refused:
            intake.remap(ws, first.id, options(table="surveys", maps=["score=Value"]))
        assert refused.value.code == "plan_open"
    assert state(ws) == before and ws.revision == revision
    assert list(ws.spool.iterdir()) == []


def test_a_dry_run_writes_nothing(ws, tmp_path):
    first = import_file(ws, deals(tmp_path), table="opportunities", maps=["amount=Value"])
    before = state(ws)
    report = intake.remap(ws, first.id, options(table="opportunities", maps=["amount=Budget"]), dry_run=True)
    assert report.id is None and (report.rows_loaded, report.rows_rejected) == (12, 0) and state(ws) == before


def test_undone_and_loaded_again_is_as_before(ws, tmp_path):
    first = import_file(ws, deals(tmp_path), table="opportunities")
    import_file(ws, accounts(tmp_path), table="customers")
    before = state(ws)
    intake.undo(ws, first.id)
    assert ws.rows("SELECT count(*) FROM opportunities") == [(0,)]
    intake.remap(ws, first.id)
    assert state(ws) == before


def test_what_an_import_replaced_stands_again_when_it_is_undone(ws, tmp_path):
    first = import_file(ws, deals(tmp_path), table="opportunities")
    before = state(ws)
    (plan,) = inspect(ws, [deals(tmp_path, "next.csv", 6, 4)], options(table="opportunities"))
    second = load(ws, plan, taking_back=[first.id])
    assert ws.rows("SELECT count(*) FROM opportunities") == [(5,)]
    assert [each.undone_at is None for each in imports(ws)] == [False, True] and imports(ws)[1].replaces == [first.id]
    with pytest.raises(Refused) as refused:
        intake.remap(ws, first.id)
    assert refused.value.code == "import_replaced"
    done, again = intake.undo(ws, second.id)
    assert done.undone_at and [each.id for each in again] == [first.id]
    now = state(ws)
    for key in before:
        if key not in ("imports", "rejects"):
            assert now[key] == before[key], key
    assert now["imports"][0] == before["imports"][0]


def test_names_and_ids_in_their_order(ws, tmp_path):
    """A list of names loaded before the ids keeps the names as ids when it is loaded anew: an alias leads on."""
    first = import_file(ws, deals(tmp_path), table="opportunities")
    second = import_file(ws, accounts(tmp_path), table="customers")
    assert ws.rows("SELECT count(*) FROM customer_aliases")[0][0] == 4
    before = state(ws)
    for number in (first.id, second.id, first.id):
        intake.remap(ws, number)
        assert state(ws) == before


def test_errors(ws, tmp_path):
    with pytest.raises(Refused) as refused:
        intake.remap(ws, 7)
    assert refused.value.code == "import_missing"
    first = import_file(ws, deals(tmp_path), table="opportunities")
    for path in ws.originals.iterdir():
        path.unlink()
    with pytest.raises(Refused) as refused:
        intake.remap(ws, first.id)
    assert refused.value.code == "original_missing"
    done, again = intake.undo(ws, first.id)
    assert done.undone_at and again == []
    with pytest.raises(Refused) as refused:
        intake.undo(ws, first.id)
    assert refused.value.code == "import_undone"


def test_an_import_of_an_older_version_is_recognised_again(ws, tmp_path):
    first = import_file(ws, deals(tmp_path))
    with ws.write() as cur:
        cur.execute("UPDATE state.imports SET plan = NULL, before = NULL, replaces = NULL").fetchall()
    assert (imports(ws)[0].plan, imports(ws)[0].before, imports(ws)[0].replaces) == ({}, (), ())
    before = state(ws, log=False)
    intake.remap(ws, first.id)
    assert state(ws, log=False) == before


def test_the_kept_plan_is_the_plan(ws, tmp_path):
    (plan,) = inspect(ws, [deals(tmp_path)], options(table="opportunities", maps=["amount=Value"], dates="ymd"))
    back = intake.kept.plan_of(json.loads(json.dumps(intake.kept.kept(plan))))
    assert back.targets == plan.targets and back.options == plan.options and back.format == plan.format
    assert "Acme" not in json.dumps(intake.kept.kept(plan)), "no cells in the log"


STEPS = st.lists(
    st.tuples(st.sampled_from(["undo", "redo", "remap", "back"]), st.integers(0, 2)), min_size=1, max_size=7
)


@settings(max_examples=5, deadline=None)
@given(STEPS)
def test_any_order_ends_in_what_the_remaining_imports_define(tmp_path_factory, steps):
    """Undo, redo and remap in any order: as if only the imports that stand had been loaded, by their mappings."""
    home = tmp_path_factory.mktemp("home")
    files = [
        (accounts(home), "customers"),
        (deals(home), "opportunities"),
        (deals(home, "b.csv", 6, 8), "opportunities"),
    ]
    other = {"customers": ["country="], "opportunities": ["amount=Budget"]}
    usual = {"customers": ["country=Country"], "opportunities": ["amount=Value"]}

    def asked(place, plain):
        table = files[place][1]
        return options(table=table, maps=usual[table] if plain else other[table])

    ws = workspaces.create(home, "w")
    stands, plain = [True] * 3, [True] * 3
    for place, (path, _) in enumerate(files):
        (plan,) = inspect(ws, [path], asked(place, True))
        load(ws, plan)
    for step, place in steps:
        if step == "undo" and stands[place]:
            intake.undo(ws, place + 1)
            stands[place] = False
        elif step == "redo" and not stands[place]:
            intake.remap(ws, place + 1)
            stands[place] = True
        elif step in ("remap", "back"):
            plain[place] = step == "back"
            intake.remap(ws, place + 1, asked(place, plain[place]))
            stands[place] = True
    seen = {name: sorted(map(str, ws.rows(f'SELECT * FROM main."{name}"'))) for name in model.tables()}
    fresh = workspaces.create(home, "fresh")
    for place, (path, _) in enumerate(files):
        if stands[place]:
            (plan,) = inspect(fresh, [path], asked(place, plain[place]))
            load(fresh, plan)
    expected = {name: sorted(map(str, fresh.rows(f'SELECT * FROM main."{name}"'))) for name in model.tables()}
    assert seen == expected
    workspaces.close_all()


def test_on_the_command_line(ws, tmp_path, capsys):
    from kpi.cli import main

    first = import_file(ws, deals(tmp_path), table="opportunities", maps=["amount=Value"])
    assert (
        main(
            ["--home", str(tmp_path), "remap", "w", "1", "--table", "opportunities", "--map", "amount=Budget", "--json"]
        )
        == 0
    )
    (entry,) = json.loads(capsys.readouterr().out)["imports"]
    assert (entry["id"], entry["rows_loaded"], entry["rows_rejected"]) == ("1", 12, 0)
    assert main(["--home", str(tmp_path), "imports", "w", "--json"]) == 0
    (logged,) = json.loads(capsys.readouterr().out)["imports"]
    assert "plan" not in logged and logged["before"][0]["rows_loaded"] == first.rows_loaded
    assert main(["--home", str(tmp_path), "remap", "w", "9"]) == 1
    assert "9" in capsys.readouterr().err
    assert datetime.fromisoformat(logged["imported_at"])
    assert Options() == intake.options()
