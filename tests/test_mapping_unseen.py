"""The recogniser on exports it was not built on: no column goes to a wrong field, and most go to the right one."""

from __future__ import annotations

import pytest

from kpi.intake import inspect
from tests.bench.mapping import Score, judge
from tests.made_up_english import ENGLISH
from tests.made_up_others import OTHERS

MADE = (*ENGLISH, *OTHERS)
LEAST_RIGHT = 0.9  # of all columns that mean something, over all systems


@pytest.fixture(scope="module")
def scores(tmp_path_factory) -> dict[str, tuple[str | None, Score]]:
    found = {}
    for each in MADE:
        (plan,) = inspect(None, [each.write(tmp_path_factory.mktemp("made"))])
        key = {header: answer for header, _, answer in each.columns}
        found[each.system] = (plan.table, judge(each.system, plan, key))
    return found


@pytest.mark.parametrize("export", MADE, ids=[each.system for each in MADE])
def test_nothing_goes_to_a_wrong_field(export, scores):
    table, score = scores[export.system]
    assert table in (export.table, None), score.faults
    assert (score.wrong, score.misled) == (0, 0), score.faults


def test_most_columns_go_where_they_belong(scores):
    right, mappable = (sum(getattr(score, name) for _, score in scores.values()) for name in ("right", "mappable"))
    missed = {system: score.faults for system, (_, score) in scores.items() if score.faults}
    assert right >= LEAST_RIGHT * mappable, (right, mappable, missed)
