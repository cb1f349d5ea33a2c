"""The proof of every KPI of the sample company, of an own one and of an entered value: whole, and true."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from math import isclose
from pathlib import Path

import pytest

from kpi import cli
from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.compile import facts
from kpi.core import LANGUAGES, Query
from kpi.measure import explain, run
from kpi.measure.behind import LEFT_OUT, REASONS, USED, listing
from kpi.measure.frame import recent
from kpi.measure.proof import Proof, parts_of
from kpi.measure.run import available, chosen
from kpi.model import tables
from kpi.text import Texts
from kpi.workspace.own_kpis import kpi_of, save_kpi
from tests.filled import NAME, copy_of_sample
from tests.workspaces import load

OWN = "big_orders"
ENTERED = "perceived_loyalty"  # nobody has rated in the sample: only what is entered can answer
LISTED = 3000  # rows up to which a list is read to its end


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The sample with an own KPI and an entered value, and its last whole quarter."""
    home = copy_of_sample(tmp_path_factory)
    made = workspaces.open_workspace(home, NAME)
    save_kpi(made, OWN, {"name": "Big orders", "from": "orders", "date": "ordered_at", "where": "amount > 1000 and coalesce(channel, '') <> 'it''s ?'",
                         "value": "count(*)"})  # fmt: skip
    since, until = recent(made, "quarter", whole=1, running=False)
    entry = {"kpi_id": ENTERED, "period_start": since, "period_end": until, "value": 71.5, "source": "old sheet"}
    load(made, {"kpi_values": [entry, {**entry, "period_start": date(2020, 1, 1), "period_end": date(2020, 4, 1)},
                               {**entry, "kpi_id": "nps", "value": 3}]})  # fmt: skip
    yield made, (since, until)
    workspaces.close_workspace(home, NAME)


@pytest.fixture(scope="module")
def board(company):
    """The value of every KPI as a board of all of them has it."""
    ws, span = company
    result = run(ws, Query((*kpis(), OWN), *span))
    return {each.kpi.id: each.rows[-1].value if each.rows else None for each in result.results}


def proof_of(company, id_: str) -> Proof:
    ws, span = company
    return explain(ws, Query((id_,), *span))


EVERY = [*kpis(), OWN]


def test_the_sample_answers_every_kpi(company):
    assert all(available(company[0], kpi) for kpi in kpis().values()) and len(EVERY) > 220


@pytest.mark.parametrize("id_", EVERY)
def test_the_proof_is_whole_and_true(company, board, id_):
    (ws, span), proof = company, proof_of(company, id_)
    kpi = proof.result.kpi
    # value, formula in words, definition, version, period
    assert same(proof.value, board[id_])
    assert kpi.formula and kpi.about.get("en")
    assert list(tomllib.loads(proof.block)) == [id_]
    assert len(proof.version) == 8 and set(proof.version) <= set("0123456789abcdef")
    assert proof.period and (proof.period.since, proof.period.until) == span
    # rows: each has one reason, all of the table are read, those listed are those counted
    assert proof.parts
    behind = parts_of(ws, proof.query, proof.period)
    for part, rows in zip(proof.parts, behind, strict=True):
        assert part.read == part.used + sum(n for _, n in part.left_out) == rows_of(ws, rows.rows)
        assert {reason for reason, _ in part.left_out} <= set(REASONS)
        assert part.period.since <= part.period.until  # at_start: a day
        if rows.leaf.measure.value.startswith("count(*)"):
            assert (part.value or 0) == part.used
        for reason, n in ((USED, part.used), (LEFT_OUT, part.read - part.used)):
            if n <= LISTED:
                assert len(listing(ws, rows.rows, reason, LISTED).rows) == n
    # the SQL as it is shown
    if id_ != ENTERED:
        assert_sql_gives(ws, proof)
    # the command
    assert same(repeated(proof.command), proof.value)


def assert_sql_gives(ws, proof: Proof) -> None:
    """Every statement runs as it stands, and gives the values of the parts where the parts are what it asks for."""
    computation, _ = chosen(ws, proof.result.kpi)
    assert computation and proof.sql
    given: list[float] = []
    for statement in proof.sql.split(";\n\n"):
        found = ws.rows(statement)
        columns = list(zip(*found, strict=True))[2:] if not computation.function else []
        given += [cell for column in columns for cell in column if cell is not None]
        # A measure of overlapping periods is asked in pieces that add up.
        given += [sum(cell or 0 for cell in column) for column in columns]
    if not computation.function and not computation.over:
        missing = [part.name for part in proof.parts if part.value and not any(same(part.value, x) for x in given)]
        assert not missing


def rows_of(ws, rows) -> int:
    """All rows of the table, counted by themselves."""
    head = "" if rows.table in tables() else f"with {rows.ctes} "
    return ws.rows(f"{head}select count(*) from {rows.table}")[0][0]


def repeated(command: str) -> float | None:
    """The value that the command of a proof gives."""
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "kpi"]
    out, err = io.StringIO(), io.StringIO()
    assert cli.main([*words[3:], "--json"], out=out, err=err) == 0, err.getvalue()
    (row,) = json.loads(out.getvalue())["results"][0]["rows"]
    return row["value"]


def same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and isclose(one, other, rel_tol=1e-9, abs_tol=1e-9))


def test_the_command_works_in_a_process_of_its_own(company):
    proof = proof_of(company, OWN)
    words = [sys.executable, *shlex.split(proof.command)[1:], "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    assert json.loads(done.stdout)["results"][0]["rows"][0]["value"] == proof.value > 0


def test_an_entered_value_shows_the_entry_it_was_taken_from(company):
    ws, _ = company
    proof = proof_of(company, ENTERED)
    assert proof.value == 71.5 and proof.result.rows[-1].entered == "old sheet"
    (part,) = proof.parts
    assert (part.table, part.used, part.value) == ("kpi_values", 1, 71.5)
    assert dict(part.left_out)["not_meant"] >= 1 <= dict(part.left_out)["outside_period"], "another KPI, another time"
    (rows,) = parts_of(ws, proof.query, proof.period)
    (row,) = listing(ws, rows.rows).rows
    assert ENTERED in row and 71.5 in map(float, (cell for cell in row if isinstance(cell, int | float)))


def test_a_filter_stands_in_the_sql_and_leaves_rows_out(company):
    ws, span = company
    asked = Query(("total_revenue",), *span, filters=(("customers.region", "it's ?"), ("customers.region", "Kyiv")))
    proof = explain(ws, asked)
    assert "'it''s ?'" in proof.sql and ws.rows(proof.sql) is not None
    (part,) = proof.parts
    assert dict(part.left_out)["filtered_out"] and part.read == part.used + sum(n for _, n in part.left_out)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_and_every_table_has_its_words(lang):
    texts = Texts(lang)
    assert all(texts.has(f"proof.{reason}") for reason in REASONS)
    assert all(texts.has(f"fact.{name}") for name in facts() if name not in tables())


def test_the_own_kpi_is_proved_by_its_own_definition(company):
    proof = proof_of(company, OWN)
    assert kpi_of(company[0], OWN).origin == "own" and "amount > 1000" in proof.block
    assert "it''s ?" in proof.sql
