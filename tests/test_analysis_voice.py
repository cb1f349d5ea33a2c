"""NPS, CSAT and CES by period and group (features F70, F73, F74, F101)."""

from datetime import date, timedelta

import pytest

from kpi.analysis.voice import ces, csat, nps, nps_against_rest
from kpi.core import Period
from kpi.errors import Refused
from kpi.stats import adjusted_wald, wilson
from tests.support import memory_workspace

DAY0 = date(2024, 1, 1)
MONTHS = [Period(date(2024, m, 1), date(2024, m + 1, 1)) for m in (1, 2, 3)]


def survey(kind, scores, **more):
    return [
        {"survey_id": f"{kind}{more.get('topic', '')}{i}", "survey_type": kind, "score": s, "responded_at": DAY0 + timedelta(i), **more}
        for i, s in enumerate(scores)
    ]  # fmt: skip


def test_f70_bands_and_score():
    found = nps(memory_workspace({"surveys": survey("nps", [10, 9, 8, 7, 6, 0, 11, -1, None])}))
    (row,) = found.rows
    assert (row.promoters, row.passives, row.detractors, row.n, row.score) == (2, 2, 2, 6, 0)
    assert (found.outside, found.blank) == (2, 1)
    assert found.notes == (("analysis.nps_outside", (("n", 2),)),)
    assert (row.low, row.high) == pytest.approx(tuple(100 * x for x in adjusted_wald(2, 2, 6)))
    assert row.small and row.period == Period(date(2024, 1, 1), date(2024, 1, 7))


def test_f70_oracle_distribution():
    """oracles/nps_r_NPS.json A: 130 promoters, 50 passives, 20 detractors: .55; interval as in nps_adjusted_wald.csv."""
    counts = [2, 0, 1, 1, 2, 6, 8, 20, 30, 50, 80]
    scores = [s for s, times in enumerate(counts) for _ in range(times)]
    (row,) = nps(memory_workspace({"surveys": survey("nps", scores)})).rows
    assert (row.promoters, row.passives, row.detractors, row.n) == (130, 50, 20, 200)
    assert row.score == pytest.approx(55)
    assert (row.low, row.high) == pytest.approx((44.93177831, 63.44260592))
    assert not row.small


def test_f73_bands_are_whole_in_every_period_and_group():
    scores = [(7 * i) % 11 for i in range(80)]
    rows = survey("nps", scores)
    for i, each in enumerate(rows):
        each["topic"] = ("service", "product", None)[i % 3]
    found = nps(memory_workspace({"surveys": rows}), MONTHS, split="topic")
    assert len(found.rows) == 9
    for row in found.rows:
        assert row.promoters + row.passives + row.detractors == row.n > 0
    assert sum(row.n for row in found.rows) == 80
    assert [row.group for row in found.rows[:3]] == ["not recorded", "product", "service"]
    total = nps(memory_workspace({"surveys": rows}), MONTHS)
    for i, whole in enumerate(total.rows):
        assert sum(part.n for part in found.rows[3 * i : 3 * i + 3]) == whole.n


def test_f73_a_period_without_answers_is_not_zero():
    found = nps(memory_workspace({"surveys": survey("nps", [9, 9, 3])}), MONTHS)
    assert [(row.n, row.score, row.low) for row in found.rows[1:]] == [(0, None, None)] * 2


def test_f73_latest_answer_per_customer_is_a_setting():
    rows = survey("nps", [0, 0, 10], customer_id="c1") + survey("nps", [5, 5], topic="other")
    (every,) = nps(memory_workspace({"surveys": rows})).rows
    (latest,) = nps(memory_workspace({"surveys": rows}, settings={"nps_answers": "latest"})).rows
    assert every.n == 5
    assert (latest.n, latest.promoters, latest.detractors) == (3, 1, 2)  # answers without a customer all count


def test_undated_answers_are_left_out_and_counted():
    rows = [*survey("nps", [9, 9]), {"survey_id": "x", "survey_type": "nps", "score": 0}]
    found = nps(memory_workspace({"surveys": rows}))
    assert found.undated == 1 and found.rows[0].n == 2


def test_f73_groups_are_tested_against_the_rest_with_correction():
    rows = survey("nps", [10] * 60 + [0] * 20, topic="service") + survey("nps", [10] * 30 + [0] * 50, topic="product")
    rows += survey("nps", [10] * 45 + [0] * 35, topic="support")
    found = {a.group: a for a in nps_against_rest(nps(memory_workspace({"surveys": rows}), split="topic").rows)}
    assert found["service"].difference == pytest.approx(50 - (-6.25))
    assert found["service"].p < 0.001 < 0.3 < found["support"].p
    assert all(a.tests == 3 for a in found.values())
    single = nps(memory_workspace({"surveys": survey("nps", [9, 1], topic="service")}), split="topic").rows
    assert nps_against_rest(single) == []


def test_f74_four_point_scale():
    scores = [4] * 4 + [3] * 3 + [2] * 2 + [1]
    found = csat(memory_workspace({"surveys": survey("csat", scores, scale_min=1, scale_max=4)}))
    (row,) = found.rows
    assert (row.n, row.value, row.mean, row.scale) == (10, 0.7, 3.0, (1, 4))
    assert (row.low, row.high) == pytest.approx(wilson(7, 10))
    assert row.counts == ((1, 1), (2, 2), (3, 3), (4, 4)) and row.small


@pytest.mark.parametrize(
    ("counts", "scale", "top2", "mean"),
    [([5, 10, 25, 40, 20], 5, 0.6, 3.6), ([5, 15, 50, 30], 4, 0.8, 3.05)],
)
def test_f74_worked_examples(counts, scale, top2, mean):
    """oracles/definitions_worked.json csat and csat4."""
    scores = [i + 1 for i, times in enumerate(counts) for _ in range(times)]
    (row,) = csat(memory_workspace({"surveys": survey("csat", scores, scale_min=1, scale_max=scale)})).rows
    assert (row.value, row.mean) == pytest.approx((top2, mean))


def test_scales_are_never_mixed_and_direction_counts():
    rows = survey("csat", [5, 4, 3, 1], scale_min=1, scale_max=5, topic="service")
    rows += survey("csat", [1, 2, 4], scale_min=1, scale_max=4, higher_is_better="false", topic="product")
    rows += survey("csat", [9], scale_min=1, scale_max=5, topic="other")
    found = csat(memory_workspace({"surveys": rows}))
    assert [(row.scale, row.higher_is_better, row.n) for row in found.rows] == [((1, 5), True, 4), ((1, 4), False, 3)]
    assert [row.value for row in found.rows] == pytest.approx([2 / 4, 2 / 3])
    assert found.outside == 1 and ("analysis.voice_scales", (("n", 2),)) in found.notes


def test_f101_mean_effort_and_the_mirrored_scale():
    (row,) = ces(memory_workspace({"surveys": survey("ces", [1, 3, 5], scale_min=1, scale_max=7)})).rows
    assert (row.value, row.median, row.share) == (3, 3, pytest.approx(1 / 3))
    assert (row.low, row.high) == pytest.approx((3 - 4.968275, 3 + 4.968275), abs=1e-5)  # t(2) = 4.302653, sd 2
    mirrored = survey("ces", [1, 3, 5], scale_min=1, scale_max=7, higher_is_better="true")
    assert ces(memory_workspace({"surveys": mirrored})).rows[0].value == 8 - 3
    (unscaled,) = ces(memory_workspace({"surveys": survey("ces", [1, 3, 5])})).rows
    assert unscaled.scale == (1, 7) and unscaled.value == 3


def test_satisfaction_by_month():
    rows = survey("csat", [1 + i % 4 for i in range(60)], scale_min=1, scale_max=4)
    found = csat(memory_workspace({"surveys": rows}), MONTHS)
    assert [(row.period, row.n) for row in found.rows] == [(MONTHS[0], 31), (MONTHS[1], 29), (MONTHS[2], 0)]
    assert found.rows[2].value is None and found.rows[2].mean is None


def test_without_surveys_it_is_refused():
    for ask in (nps, csat, ces):
        with pytest.raises(Refused):
            ask(memory_workspace({}))
    assert nps(memory_workspace({"surveys": survey("csat", [3])})).rows == ()
    assert csat(memory_workspace({"surveys": survey("nps", [3])})).rows == ()
