"""Early warning (F45) and the short-calls warning (F10): what fires, what is a hint, nothing twice."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kpi.analysis.alerts import Threshold, untold, watch, worsening
from kpi.analysis.progress import Target, progress
from kpi.analysis.short_calls import moved, short_calls
from kpi.core import LANGUAGES
from kpi.text import Texts
from kpi.text.locale import read as read_locale
from tests.bench.companies import months, series

CALM = 50 + np.tile([0.0, 1.5, -1.0, 0.5, -1.5, 1.0, -0.5], 8)


def higher(values, id_="csat"):
    return series(id_, np.asarray(values, dtype=float))


def lower(values, id_="complaints_count"):
    made = series(id_, np.asarray(values, dtype=float))
    return replace(made, kpi=replace(made.kpi, better="lower"))


def grown(full, least=25):
    """The series as it stood month by month."""
    for n in range(least, len(full.values) + 1):
        yield replace(full, values=full.values[:n], periods=full.periods[:n])


# F45


def test_f45_three_worsening_points_inside_the_limits_are_a_hint_and_no_alert():
    found = watch(higher([*CALM[:30], 51, 50.6, 50.2, 49.8]))
    assert found.hint == "worsening" and found.events == ()
    assert watch(higher([*CALM[:30], 49.8, 50.2, 50.6, 51])).hint == ""
    assert watch(lower([*CALM[:30], 49.8, 50.2, 50.6, 51])).hint == "worsening"
    assert not worsening(higher([3, 2, 1])) and not worsening(higher([4, 3, None, 1]))


def test_f45_a_point_beyond_the_limits_is_an_alert_for_the_worse_alone():
    down, up = [*CALM[:30], 35], [*CALM[:30], 65]
    (event,) = watch(higher(down)).events
    assert (event.rule, event.code, event.lasting) == ("signal", "signal_down", True)
    assert event.since == months(31)[30]
    assert watch(higher(up)).events == ()
    assert [e.code for e in watch(lower(up)).events] == ["signal_up"]
    assert watch(lower(down)).events == ()


def test_a_kpi_that_is_neither_better_high_nor_low_has_no_worse_side():
    made = higher([*CALM[:30], 35])
    found = watch(replace(made, kpi=replace(made.kpi, better="target")))
    assert found.events == () and found.hint == "" and found.blind is None


def test_one_event_is_told_once_however_long_it_lasts():
    full = higher([*CALM[:30], 35, 34, 49, 36, 33, 35, 34, 36])
    told: set[str] = set()
    fired = []
    for each in grown(full):
        new = untold(watch(each, frozen=24).events, told)
        told |= {event.id for event in new}
        fired += [event.since for event in new]
    assert fired == [months(38)[30]]
    (event,) = watch(full, frozen=24).events
    assert event.last == months(38)[37] and event.lasting


def test_an_event_whose_beginning_moves_back_is_not_told_again():
    (first,) = watch(higher([*CALM[:31], 35]), frozen=24).events
    (corrected,) = watch(higher([*CALM[:30], 34, 35]), frozen=24).events
    assert corrected.id != first.id
    assert untold([corrected], {first.id}) == []
    assert untold([corrected], {first.id.replace("csat", "nps")}) == [corrected]
    assert untold([corrected], set()) == [corrected] and untold([], {first.id}) == []


def test_after_a_recovery_the_next_fall_is_an_event_of_its_own():
    full = higher([*CALM[:30], 35, 51, 52, 51, 35])
    events = watch(full, frozen=24).events
    assert [e.since for e in events] == [months(35)[30], months(35)[34]]
    assert len({e.id for e in events}) == 2
    assert [e.lasting for e in events] == [False, True]


def test_what_is_long_past_is_no_news():
    full = higher([*CALM[:24], 20, *CALM[:20]])
    assert watch(full).events == ()
    assert len(watch(full, recent=24).events) == 1


def test_no_event_is_told_twice_whatever_the_series_and_the_rules():
    rng = np.random.default_rng(6)
    for _ in range(25):
        x = 50 + np.cumsum(rng.normal(size=60)) * rng.choice([0, 0.4]) + rng.normal(size=60)
        told: dict[str, object] = {}
        for each in grown(higher(x), 36):
            for event in untold(watch(each, frozen=36, thresholds=[Threshold(False, 48.5)]).events, told):
                told[event.id] = event.since
        # Every event of the whole is one that was told on the way.
        last = watch(higher(x), frozen=36, thresholds=[Threshold(False, 48.5)], recent=24)
        assert {event.id for event in last.events} <= set(told)


def test_thresholds_cross_once():
    made = higher([*CALM[:20], 44, 43, 51, 44, 52])
    events = watch(made, thresholds=[Threshold(False, 45), Threshold(True, 100)]).events
    assert [(e.code, e.since) for e in events if e.rule == "threshold"] == [
        ("threshold_below", months(25)[20]),
        ("threshold_below", months(25)[23]),
    ]
    assert [e.lasting for e in events if e.rule == "threshold"] == [False, False]
    assert dict(events[0].params)["value"] == 45


@pytest.mark.parametrize(
    ("actual", "today", "code"), [(70, 1, "target_missed"), (70, 0, None), (96, 0, None), (10, 0, "target_off")]
)
def test_a_missed_target_is_an_event_and_one_on_pace_is_none(actual, today, code):
    target = Target("csat", None, date(2022, 1, 1), date(2023, 1, 1), 50, 90)
    day = date(2023, 1, 1) if today else date(2022, 7, 2)
    events = watch(higher(CALM[:12]), progress=progress(target, actual, day)).events
    assert [e.code for e in events] == ([code] if code else [])
    assert [e.id for e in events] == [
        e.id for e in watch(higher(CALM[:13]), progress=progress(target, actual, day)).events
    ]


def test_too_little_says_why_it_is_blind():
    assert watch(higher([50, 40, 30])).blind.why == "few"
    assert watch(higher([5] * 40)).blind.why == "constant"
    assert watch(higher([])).events == () and watch(higher([])).hint == ""
    assert watch(higher([None] * 30)).blind.n == 0


# F10


def calls(volume=0.0, length=0.0, outcome=0.0, n=18, seed=9):
    """12 stable periods and 6 shifted by so many standard deviations."""
    rng = np.random.default_rng(seed)
    late = np.arange(n) >= n - 6
    return (
        series("calls_answered", 40 + rng.normal(size=n) + volume * late),
        lower(6 + 0.3 * rng.normal(size=n) + 0.3 * length * late, "average_handling_time"),
        [series("csat", 80 + rng.normal(size=n) + outcome * late)],
    )


def test_f10_more_and_shorter_calls_with_a_worse_outcome_are_an_alert():
    (event,) = short_calls(*calls(4, -4, -4))
    assert (event.rule, event.kpi, event.lasting) == ("short_calls", "calls_answered", True)
    assert dict(event.params)["outcome"] == "csat"


@pytest.mark.parametrize("shifts", [(4, -4, 4), (4, -4, 0), (4, 4, -4), (-4, -4, -4), (0, 0, 0), (4, 0, -4)])
def test_f10_without_all_three_movements_there_is_none(shifts):
    assert short_calls(*calls(*shifts)) == []


def test_f10_two_noisy_periods_are_none():
    volume, length, (outcome,) = calls()
    for each, step in ((volume, 2.0), (length, -0.6), (outcome, -2.0)):
        values = [*each.values[:-2], *(v + step for v in each.values[-2:])]
        object.__setattr__(each, "values", tuple(values))
    assert short_calls(volume, length, [outcome]) == []
    assert short_calls(*calls(4, -4, -4, n=12)) == []  # six before and six after are too few


def test_f10_is_told_once_while_it_lasts():
    volume, length, (outcome,) = calls(4, -4, -4, n=36, seed=10)
    told: set[str] = set()
    times = 0
    for n in range(31, 37):
        cut = [replace(s, values=s.values[:n], periods=s.periods[:n]) for s in (volume, length, outcome)]
        new = untold(short_calls(cut[0], cut[1], [cut[2]]), told)
        times += len(new)
        told |= {event.id for event in new}
    assert times == 1


def test_movements_over_six_periods():
    assert moved(calls(4)[0], 12) == "up" and moved(calls(-4)[0], 12) == "down"
    assert moved(calls(0)[0], 12) == ""
    assert moved(higher([5] * 30), 12) == ""
    assert moved(higher(CALM[:10]), 12) == ""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_event_can_be_said(lang):
    texts = Texts(lang)
    target = Target("csat", None, date(2022, 1, 1), date(2023, 1, 1), 50, 90)
    events = [
        *watch(higher([*CALM[:30], 35]), thresholds=[Threshold(False, 45), Threshold(True, 20)]).events,
        *watch(lower([*CALM[:30], 65])).events,
        *watch(higher(CALM[:12]), progress=progress(target, 70, date(2023, 1, 1))).events,
        *watch(higher(CALM[:12]), progress=progress(target, 10, date(2022, 7, 2))).events,
        *short_calls(*calls(4, -4, -4)),
    ]
    for event in events:
        assert texts.t(f"alerts.{event.code}", name="X", **dict(event.params))
    assert texts.t("alerts.worsening", name="X")
    codes = {f"alerts.{e.code}" for e in events} | {"alerts.worsening"}
    assert codes == {key for key in read_locale("en").texts if key.startswith("alerts.")}
