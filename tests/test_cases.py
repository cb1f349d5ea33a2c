"""Every KPI against hand-counted cases: small tables, the value counted by a person.

A case stands in tests/cases/<group>.toml:

    [[close_rate]]
    why = "two won, one lost in March; the open one and the one lost in April do not count"
    since = 2026-03-01
    until = 2026-04-01
    value = 0.6666666667        # left out: not defined
    n = 3                       # optional
    groups = { web = 1.0 }      # optional, with split = "source_channel"
    previous = 0.5              # optional: compared with the period before
    as_of = 2026-04-30          # optional; settings = { churn_gap_days = "90" } too
    [close_rate.tables]
    opportunities = [ { opportunity_id = "1", closed_at = "2026-03-02", outcome = "won" }, … ]
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kpi.catalogue import kpis
from kpi.core import Query
from kpi.measure import run
from tests.support import memory_workspace

CASES = [
    (f"{path.stem}:{kpi}:{n}", kpi, case)
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
    for kpi, cases in tomllib.loads(path.read_text(encoding="utf-8")).items()
    for n, case in enumerate(cases)
]


@pytest.mark.parametrize(("kpi", "case"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_hand_counted(kpi: str, case: dict) -> None:
    workspace = memory_workspace(case["tables"], case.get("settings"), case.get("as_of"))
    query = Query(
        (kpi,),
        case["since"],
        case["until"],
        split=case.get("split"),
        filters=tuple(case.get("filters", {}).items()),
        compare="previous" if "previous" in case else None,
    )
    result = run(workspace, query)[kpi]
    assert not result.missing, f"{kpi} needs {result.missing}"
    if "groups" in case:
        found = {row.group: row.value for row in result.rows}
        assert found == pytest.approx(case["groups"])
    else:
        assert [row.value for row in result.rows] == [pytest.approx(case["value"]) if "value" in case else None]
    if "n" in case:
        assert [row.n for row in result.rows] == [case["n"]]
    if "previous" in case:
        assert result.rows[0].compared == pytest.approx(case["previous"])
    for row in result.rows:
        if row.low is not None and row.value is not None:
            assert row.low - 1e-9 <= row.value <= row.high + 1e-9


def test_every_case_names_a_kpi() -> None:
    assert {kpi for _, kpi, _ in CASES} <= set(kpis())
