"""A workspace's own and changed KPIs: found by id like any other, checked, used everywhere, carried, taken back."""

from __future__ import annotations

import json
import tomllib
from datetime import date

import pytest

from kpi.analysis.lint import hints
from kpi.analysis.matching import match
from kpi.catalogue import kpi, kpis
from kpi.catalogue.blocks import read
from kpi.catalogue.own import change_of, copy_of
from kpi.catalogue.toml_text import block_text, place_of
from kpi.cli import main
from kpi.compile.mistakes import BadExpression
from kpi.core import Query
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.measure import board, explain, run
from kpi.measure.carry import carried_out, looked_through, put_back, take_in
from kpi.measure.scorecard import card_of
from kpi.measure.trial import trial
from kpi.workspace import close_all, create
from kpi.workspace.choices import Selection, select_kpis, selected_kpis
from kpi.workspace.own_goals import Tag, goals_of, own_goals, save_goal
from kpi.workspace.own_kpis import delete_kpi, kpi_of, kpis_of, own_kpis, restore_kpi, save_kpi
from tests.workspaces import load

WON = {
    "name": "Big deals won", "unit": "currency", "from": "opportunities", "date": "closed_at",
    "where": "outcome = 'won' and amount > 50", "value": "sum(amount)",
    "goals": [{"goal": "increase_sales", "role": "direct", "reason": "the big ones carry the year"}],
}  # fmt: skip
SHARE = {
    "name": {"en": "Share of big deals", "fa": "سهم معامله‌های بزرگ"}, "unit": "percent", "value": "own_won / all_won",
    "parts": {"all_won": {"from": "opportunities", "date": "closed_at", "where": "outcome = 'won'", "value": "sum(amount)"}},
}  # fmt: skip
MARCH = Query(("own_won",), date(2026, 3, 1), date(2026, 4, 1))
DEALS = [
    {"opportunity_id": "1", "amount": "300", "created_at": "2026-01-05", "closed_at": "2026-03-02", "outcome": "won"},
    {"opportunity_id": "2", "amount": "100", "created_at": "2026-01-05", "closed_at": "2026-03-31", "outcome": "won"},
    {"opportunity_id": "3", "amount": "40", "created_at": "2026-01-05", "closed_at": "2026-03-31", "outcome": "won"},
    {"opportunity_id": "4", "amount": "900", "created_at": "2026-01-05", "closed_at": "2026-03-09", "outcome": "lost"},
]


@pytest.fixture
def ws(tmp_path):
    workspace = create(tmp_path, "shop")
    load(workspace, {"opportunities": DEALS})
    yield workspace
    close_all()


def test_an_own_kpi_stands_wherever_a_kpi_does(ws):
    saved = save_kpi(ws, "own_won", WON, new=True)
    assert saved.kpi.origin == "own" and kpi_of(ws, "own_won").name.get("uk") == "Big deals won"
    assert list(kpis_of(ws))[-1] == "own_won" and list(kpis_of(ws))[:-1] == list(kpis())
    row = run(ws, MARCH)["own_won"].rows[0]
    assert (row.value, row.n) == (400.0, 2)
    proof = explain(ws, MARCH)
    assert proof.parts[0].read == 4 and dict(proof.parts[0].left_out) == {"not_meant": 2}
    assert "outcome" in proof.sql and "$1" not in proof.sql
    found = next(m for m in match(["increase_sales"], ws.columns(), goals_of(ws), kpis_of(ws)) if m.kpi.id == "own_won")
    assert (found.role, found.computable) == ("direct", True)
    assert hints(["own_won"], kpis=kpis_of(ws))
    assert board(ws, ["own_won", "close_rate"], ["increase_sales"])[0].role == "direct"
    with pytest.raises(Unknown) as told:
        kpi_of(ws, "own_wo")
    assert "own_won" in told.value.near


def test_own_kpis_may_name_each_other_and_lead_in_no_circle(ws):
    save_kpi(ws, "own_won", WON)
    save_kpi(ws, "own_share", SHARE)
    query = Query(("own_share", "close_rate"), date(2026, 3, 1), date(2026, 4, 1))
    assert run(ws, query)["own_share"].rows[0].value == pytest.approx(400 / 440)
    with pytest.raises(BadExpression):
        save_kpi(ws, "own_won", {"name": "x", "value": "own_share * 2"})
    with pytest.raises(Refused) as told:
        delete_kpi(ws, "own_won")
    assert told.value.code == "kpi_in_use" and "own_won" in own_kpis(ws)
    power = {"own_a0": {"name": "a", "value": "own_won + 0"}}
    for n in range(1, 12):  # each ten times the one before: a formula that would never end
        power[f"own_a{n}"] = {"name": "a", "value": " + ".join([f"own_a{n - 1}"] * 10)}
    with pytest.raises(BadExpression) as circle:
        for id_, block in power.items():
            save_kpi(ws, id_, block)
    assert circle.value.mistake == "circle" and len(own_kpis(ws)) < 6


def test_a_built_in_one_is_never_changed_in_silence(ws):
    with pytest.raises(BadExpression) as told:
        save_kpi(ws, "close_rate", {"name": "Close rate", "value": "1"})
    assert told.value.mistake == "taken"
    before = run(ws, Query(("close_rate",), date(2026, 3, 1), date(2026, 4, 1)))["close_rate"].rows[0].value
    save_kpi(ws, "close_rate", {**change_of("close_rate"), "per": "count(*) + 1"})
    changed = kpi_of(ws, "close_rate")
    after = run(ws, Query(("close_rate",), date(2026, 3, 1), date(2026, 4, 1)))["close_rate"].rows[0].value
    assert changed.origin == "changed" and list(kpis_of(ws)) == list(kpis())
    assert (before, after) == (0.75, 0.6)
    delete_kpi(ws, "close_rate")
    assert kpis_of(ws)["close_rate"] is kpi("close_rate")


def test_what_rests_on_a_changed_kpi_follows_it_and_is_told_what_it_needs(ws):
    base = next(each for each in kpis().values() if each.computations and "clv /" in each.computations[0].formula)
    save_kpi(ws, "clv", {"changed": True, "name": "CLV", "unit": "currency", "from": "opportunities",
                         "date": "closed_at", "value": "sum(amount)"})  # fmt: skip
    needs = kpis_of(ws)[base.id].computations[0].needs
    assert "opportunities(amount)" in needs or base.needs


def test_deleting_takes_it_off_the_board_and_undo_brings_both_back(ws):
    save_kpi(ws, "own_won", WON)
    select_kpis(ws, [Selection("own_won", "increase_sales", owner="Ann"), Selection("close_rate")])
    save_goal(ws, "Win more", [Tag("own_won", "direct"), Tag("close_rate", "direct")])
    before = selected_kpis(ws)
    removed = delete_kpi(ws, "own_won")
    assert [each.kpi for each in selected_kpis(ws)] == ["close_rate"]
    assert "own_won" not in kpis_of(ws) and [k.kpi for k in own_goals(ws)["own_win_more"].kpis] == ["close_rate"]
    restore_kpi(ws, removed)
    assert selected_kpis(ws) == before and run(ws, MARCH)["own_won"].rows[0].value == 400.0


def test_a_definition_that_cannot_be_computed_spoils_nothing(ws):
    save_kpi(ws, "own_won", WON)
    save_kpi(
        ws, "own_odd", {"name": "Odd", "from": "opportunities", "date": "closed_at", "value": "sum(outcome || '')"}
    )
    with ws.write() as cur:  # as an update of the product would leave it
        cur.execute(
            "update state.own_kpis set block = replace(block, 'sum(amount)', 'sum(amout)') where kpi_id = 'own_won'"
        ).fetchall()
    result = run(ws, Query(("own_won", "own_odd", "close_rate"), date(2026, 3, 1), date(2026, 4, 1)))
    assert result["close_rate"].rows[0].value == 0.75
    assert result["own_won"].rows == () and own_kpis(ws)["own_won"].mistakes
    assert result["own_odd"].notes[0][0] == "note.query_failed"


def test_a_trial_stores_nothing_and_tells_value_rows_and_mistakes(ws):
    tried = trial(ws, "own_won", WON)
    assert tried.sound and tried.rows[-1].value == 400.0 and tried.proof and tried.proof.parts[0].used == 2
    assert not own_kpis(ws) and ws.rows("select count(*) from state.own_kpis") == [(0,)]
    assert not trial(ws, "own_won", {**WON, "value": "sum(outcome)"}).sound
    wrong = trial(ws, "own_won", {**WON, "value": "sum(amout)"})
    assert isinstance(wrong.mistakes[0], BadExpression) and wrong.mistakes[0].at == 4


def test_every_built_in_kpi_can_be_changed_and_all_but_the_analyses_copied(ws):
    for id_, each in kpis().items():
        block = read("kpis", each.file)[id_]
        assert tomllib.loads(block_text(id_, block))[id_] == block, id_
        changed = trial_block(ws, id_, change_of(id_))
        assert not changed.mistakes, (id_, [str(m) for m in changed.mistakes])
        if "function" not in block and not any("function" in v for v in block.get("variants", ())):
            copied = trial_block(ws, "own_copy", copy_of(id_, "fa"))
            assert not copied.mistakes, (id_, [str(m) for m in copied.mistakes])


def trial_block(ws, id_, block):
    from kpi.workspace.own_kpis import check_block

    return check_block(ws, id_, block)


FILE = """# carried
[own_won]
name = "Big deals won"
from = "opportunities"
date = "closed_at"
where = "outcome = 'won' and amount > 50"
value = "sum(amount)"

[own_share]
name = { en = "Share", fa = "سهم" }
unit = "percent"
value = "own_won / all_won"
goals = [{ goal = "win_more", role = "guardrail" }]
[own_share.parts.all_won]
from = "opportunities"
date = "closed_at"
value = "sum(amount)"

[win_more]
name = "Win more"
kpis = [{ kpi = "own_share", role = "direct", reason = "it says so" }]
"""


def test_definitions_are_carried_from_one_workspace_to_another(ws, tmp_path):
    taken = take_in(ws, looked_through(ws, FILE, "a.toml"))
    assert set(taken.ids) == {"own_won", "own_share", "win_more"} and "own_share" in kpis_of(ws)
    text = carried_out(ws)
    other = create(tmp_path, "other")
    load(other, {"opportunities": DEALS})
    take_in(other, looked_through(other, text, "b.toml"))
    assert carried_out(other) == text
    assert run(other, MARCH)["own_won"].rows[0].value == 400.0
    again = looked_through(ws, FILE, "a.toml")
    assert not again.clashes and set(again.same) == set(taken.ids) and take_in(ws, again).ids == ()
    put_back(ws, taken)
    assert not own_kpis(ws) and not own_goals(ws)


def test_a_clash_is_asked_and_undone(ws):
    take_in(ws, looked_through(ws, FILE, "a.toml"))
    other = looked_through(ws, FILE.replace("> 50", "> 200"), "b.toml")
    assert other.clashes == ("own_won",)
    with pytest.raises(Refused) as told:
        take_in(ws, other)
    assert told.value.code == "definitions_clash"
    assert take_in(ws, other, skipping=("own_won",)).ids == () and run(ws, MARCH)["own_won"].rows[0].value == 400.0
    taken = take_in(ws, other, replacing=("own_won",))
    assert run(ws, MARCH)["own_won"].rows[0].value == 300.0
    put_back(ws, taken)
    assert run(ws, MARCH)["own_won"].rows[0].value == 400.0


def test_every_mistake_of_a_file_is_named_with_its_place_and_nothing_is_loaded(ws):
    text = FILE.replace('value = "sum(amount)"\n\n[own_share]', 'value = "sum(amout)"\nvaule = 3\n\n[own_share]')
    text = text.replace('role = "direct"', 'role = "main"')
    found = looked_through(ws, text, "a.toml")
    places = {(str(m.error.params["key"]), m.line, m.column) for m in found.mistakes}
    assert ("own_won.vaule", 8, 9) in places
    assert any(key == "win_more.kpis[0]" and line == 22 for key, line, _ in places)
    with pytest.raises(Exception, match="a.toml"):
        take_in(ws, found)
    text = FILE.replace('value = "sum(amount)"\n\n[own_share]', 'value = "sum(amout)"\n\n[own_share]')
    assert ("own_won.value", 7, 14) in {(str(m.error.params["key"]), m.line, m.column) for m in looked_through(ws, text, "a.toml").mistakes}  # fmt: skip
    assert not own_kpis(ws) and not own_goals(ws)
    for broken in ("[own_won", "a = " + "[" * 20_000, "", "[increase_sales]\nname = 'x'\nkpis = []"):
        try:
            assert looked_through(ws, broken, "a.toml").mistakes
        except Refused as refused:
            assert refused.code in ("toml_unreadable", "definitions_number")


def test_places_in_a_file():
    assert place_of(FILE, "own_share.parts.all_won.value") == (17, 10)
    assert place_of(FILE, "own_share.nothing") == (9, 1) and place_of(FILE, "absent.value") == (1, 1)


def test_the_command_line_lists_adds_removes_and_writes(ws, tmp_path, capsys):
    def kpi_cli(*argv: str) -> tuple[int, dict]:
        status = main(["--home", str(tmp_path), *argv, "--json"])
        return status, json.loads(capsys.readouterr().out)

    (tmp_path / "a.toml").write_text(FILE, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(FILE.replace("sum(amount)", "sum(amout)"), encoding="utf-8")
    status, answer = kpi_cli("own", "shop", "--add", str(tmp_path / "bad.toml"))
    assert status == 1 and {"file", "key", "line", "column", "mistake"} == set(answer["mistakes"][0])
    assert kpi_cli("own", "shop")[1]["kpis"] == []
    status, answer = kpi_cli("own", "shop", "--add", str(tmp_path / "a.toml"))
    assert status == 0 and answer["added"] == ["own_won", "own_share", "win_more"]
    assert kpi_cli("compute", "shop", "own_won", "--from", "2026-03-01", "--to", "2026-04-01")[1]["results"][0]["rows"][0]["value"] == 400.0  # fmt: skip
    assert kpi_cli("explain", "shop", "own_share")[1]["kpi"] == "own_share"
    listed = {each["id"]: each for each in kpi_cli("kpis", "shop", "--goal", "win_more")[1]["kpis"]}
    assert listed["own_share"]["origin"] == "own" and listed["own_share"]["computable"]
    status, _ = kpi_cli(
        "target", "shop", "own_won", "--baseline", "1", "--target", "9", "--from", "2026-01-01", "--until", "2027-01-01"
    )
    assert status == 0
    (tmp_path / "a.toml").write_text(FILE.replace("> 50", "> 200"), encoding="utf-8")
    assert kpi_cli("own", "shop", "--add", str(tmp_path / "a.toml"))[1]["error"]["code"] == "definitions_clash"
    assert kpi_cli("own", "shop", "--add", str(tmp_path / "a.toml"), "--keep")[1]["added"] == []
    assert kpi_cli("own", "shop", "--add", str(tmp_path / "a.toml"), "--replace")[1]["added"] == ["own_won"]
    assert kpi_cli("own", "shop", "--out", str(tmp_path / "out.toml"), "--only", "own_won")[0] == 0
    assert list(tomllib.loads((tmp_path / "out.toml").read_text("utf-8"))) == ["own_won"]
    assert kpi_cli("own", "shop", "--remove", "own_won")[1]["error"]["code"] == "kpi_in_use"
    for id_ in ("win_more", "own_share", "own_won"):
        assert kpi_cli("own", "shop", "--remove", id_)[1].get("removed") == id_
    assert kpi_cli("own", "shop", "--remove", "own_won")[0] == 2
    assert kpi_cli("own", "shop", "--keep")[1]["error"]["code"] == "own_option"


def test_with_a_factor_it_is_an_instrument_of_the_scorecard(ws):
    def instruments():
        (factor,) = (each for each in card_of(ws).factors if each.factor == "acquisition")
        return {each.id: each for each in factor.instruments}

    before = instruments()
    save_kpi(ws, "own_won", WON)
    assert instruments() == before, "without a factor it stays outside"
    save_kpi(ws, "own_won", {**WON, "factor": "acquisition"})
    assert instruments().keys() == {*before, "own_won"} and instruments()["own_won"].state == "no_target"
    with pytest.raises(BadDefinition) as told:
        save_kpi(ws, "own_won", {**WON, "factor": "acquisitoin"})
    assert told.value.params["key"] == "own_won.factor"
