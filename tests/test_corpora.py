"""The corpora of broken files, a sample of them: `python -m tests.bench.corpora` runs them all."""

from __future__ import annotations

import pytest

pytest.importorskip("clevercsv", reason="only requirements-dev.txt brings it")

from tests.bench import compared, corpora, watchdog

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not corpora.MESSY.exists(), reason="the corpora are not beside the checkout"),
]


def test_most_polluted_files_are_read_exactly_right_and_no_other_goes_unsaid(tmp_path):
    score = corpora.compare(tmp_path, "pollock_polluted", short=True, who=("ours",))["ours"]
    assert score.outcomes.keys() == {"done"} and score.slowest < watchdog.SECONDS
    assert score.right >= 0.9 * score.all
    assert all(told for _, told in score.wrong)


@pytest.mark.parametrize("archive", corpora.OTHERS)
def test_every_other_file_loads_or_gets_a_clear_error(tmp_path, archive):
    found = list(corpora.load_all(tmp_path, archive, short=True))
    assert found and {outcome for _, outcome, _, _ in found} <= {"loaded", "refused"}


def _work(item: str) -> str:
    if item == "raise":
        raise ValueError(item)
    while item == "hang":
        pass
    return item


def test_the_watchdog_outlives_what_it_watches():
    found = list(watchdog.each(_work, ["a", "raise", "hang", "b"], seconds=1.0))
    assert [outcome for _, outcome, _ in found] == ["done", "error", "hang", "done"]


def test_what_counts_as_read_exactly_right():
    true = compared.Truth(["id", "", "x", "x"], [["1", "a b", "2", ""]], True)
    good = compared.Table(["id", "column 2", "x", "x (2)"], [[" 1", "a  b", "2", ""], ["", "", "", ""]])
    assert compared.same(good, true)
    assert compared.same(compared.Table(["id", "Unnamed: 1", "x", "x.1"], good.rows), true)
    for names, rows in (
        (["id", "", "x", "y"], good.rows),
        (good.names, [["1", "a b", "3", ""]]),
        (good.names, [*good.rows, ["2", "", "", ""]]),
        (None, good.rows),
    ):
        assert not compared.same(compared.Table(names, rows), true)
