"""The sample in a real workspace: one transaction, an import a family, visible and undoable; the command line."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from kpi import model
from kpi.cli import main
from kpi.errors import Refused
from kpi.sample import fill
from kpi.sample.loading import FAMILIES
from kpi.workspace import close_workspace, create, open_workspace
from kpi.workspace.imports import imports
from tests.sample_rows import rows


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    workspace = create(home, "demo")
    counts = fill(workspace)
    yield workspace, counts
    close_workspace(home, "demo")


def test_families_hold_every_table_once():
    names = [name for family in FAMILIES.values() for name in family]
    assert sorted(names) == sorted(model.tables())


def test_everything_arrives_in_one_revision(filled):
    workspace, counts = filled
    assert counts == {name: len(rows()[name]) for name in counts}
    assert workspace.revision == 2  # 1: the new workspace itself
    for name, count in counts.items():
        assert workspace.rows(f'select count(*) from rows."{name}"') == [(count,)]
    assert workspace.as_of() == date(2026, 11, 15)


def test_each_family_is_an_import(filled):
    workspace, counts = filled
    found = imports(workspace)
    assert [each.file.rpartition(" ")[2] for each in found] == list(FAMILIES)
    for each in found:
        assert each.rows_read == each.rows_loaded == sum(each.tables.values()) > 0
        assert each.rows_rejected == 0
    lines = workspace.rows("select count(*), count(distinct _line), min(_line) from rows.orders")
    assert lines == [(counts["orders"], counts["orders"], 2)]


def test_values_survive(filled):
    workspace, _ = filled
    row = next(r for r in rows()["orders"] if r["discount_amount"] > 0)
    found = workspace.rows(
        "select amount, discount_amount, ordered_at, channel from orders where order_id = ?", [row["order_id"]]
    )[0]
    assert [float(found[0]), float(found[1]), *found[2:]] == [
        row["amount"],
        row["discount_amount"],
        row["ordered_at"],
        row["channel"],
    ]


def test_derived_columns_follow(filled):
    workspace, _ = filled
    won = sum(row["stage"] == "Won" for row in rows()["opportunities"])
    assert workspace.rows("select count(*) from opportunities where outcome = 'won'") == [(won,)]
    converted = sum(row["status"] == "converted" for row in rows()["leads"])
    assert workspace.rows("select count(*) from leads where converted_at is not null") == [(converted,)]
    new = workspace.rows("select count(*) filter (sale_type = 'new'), count(*) from order_lines")[0]
    assert 0 < new[0] < new[1]
    assert dict(workspace.rows("select status, count(*) from customers group by 1")).keys() == {
        "active",
        "inactive",
        "lost",
    }


def test_decisions_and_settings_arrive(filled):
    workspace, _ = filled
    for name, found in rows().items():
        if name.startswith("state."):
            assert workspace.rows(f"select count(*) from {name}") == [(len(found),)], name
    assert workspace.settings.currency == "EUR"
    assert workspace.settings.new_revenue_stream == "Subscription"


def test_a_workspace_with_data_is_refused(filled):
    workspace, _ = filled
    with pytest.raises(Refused) as caught:
        fill(workspace)
    assert caught.value.code == "sample_not_empty"
    assert workspace.revision == 2


def _command(home, *words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = main(["--home", str(home), *words], out=out, err=err)
    return status, out.getvalue(), err.getvalue()


def test_command_line(tmp_path):
    status, out, _ = _command(tmp_path, "sample", "demo", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["as_of"] == "2026-11-15"
    assert {each["table"] for each in answer["tables"]} == set(model.tables())

    status, out, err = _command(tmp_path, "sample", "demo")
    assert (status, out) == (1, "")
    assert "already holds data" in err

    _, out, _ = _command(tmp_path, "imports", "demo", "--json")
    listed = json.loads(out)["imports"]
    assert len(listed) == len(FAMILIES)
    surveys = next(each["id"] for each in listed if each["file"].endswith("surveys"))
    assert _command(tmp_path, "undo", "demo", surveys)[0] == 0
    workspace = open_workspace(tmp_path, "demo")
    assert workspace.rows("select count(*) from rows.surveys") == [(0,)]
    assert workspace.rows("select count(*) > 0 from rows.orders") == [(True,)]
    close_workspace(tmp_path, "demo")
