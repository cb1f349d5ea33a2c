"""What happened along a trend: notes, actions, imports."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from kpi.errors import Refused
from kpi.workspace.annotations import annotate, events, forget_note
from tests.support_app import errors, html, start
from tests.workspaces import at as moment
from tests.workspaces import load

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def workspace(acme):
    rows = [{"order_id": str(m), "ordered_at": moment(f"2026-{m:02}-10"), "amount": 100} for m in range(1, 7)]
    load(acme, {"orders": rows})
    return acme


def notes(workspace, kpi="total_revenue", span=YEAR):
    return [(e.day, e.kind, e.text) for e in events(workspace, kpi, *span) if e.kind != "import"]


def test_notes_concern_one_kpi_or_all(workspace):
    annotate(workspace, date(2026, 3, 1), "  new   prices ", "total_revenue", "Olena")
    annotate(workspace, date(2026, 2, 1), "a fair")
    annotate(workspace, date(2026, 2, 2), "phones down", "nps")
    annotate(workspace, date(2027, 1, 1), "later", "total_revenue")
    assert notes(workspace) == [(date(2026, 2, 1), "note", "a fair"), (date(2026, 3, 1), "note", "new prices")]
    first = next(e for e in events(workspace, "total_revenue", *YEAR) if e.text == "a fair")
    forget_note(workspace, first.id)
    assert notes(workspace) == [(date(2026, 3, 1), "note", "new prices")]
    with pytest.raises(Refused):
        annotate(workspace, date(2026, 3, 1), " ")


def test_actions_and_imports_stand_among_them(workspace):
    with workspace.write() as cur:
        sql = "insert into state.action_log (action_id, kpi_id, action, owner, started_at) values (1, ?, ?, ?, ?)"
        cur.execute(sql, ["total_revenue", "call old customers", "Olena", datetime(2026, 4, 2, 9)]).fetchall()
    assert notes(workspace) == [(date(2026, 4, 2), "action", "call old customers")]
    today = date.today()
    found = events(workspace, "nps", today, date(today.year + 1, 1, 1))
    assert [(e.kind, e.day) for e in found] == [("import", today)]


def test_the_page_shows_them_with_their_numbers(workspace):
    annotate(workspace, date(2026, 3, 1), "<i>new</i> prices", "total_revenue")
    at = start("explore/kpi", kpi="total_revenue")
    assert not errors(at)
    assert "&lt;i&gt;new&lt;/i&gt; prices" in html(at) and "1 Mar 2026" in html(at)
    at.text_input(key="note_text_total_revenue").set_value("a fair")
    at = at.button(key="note_save_total_revenue").click().run()
    assert not errors(at) and [e[2] for e in notes(workspace)] == ["<i>new</i> prices", "a fair"]
