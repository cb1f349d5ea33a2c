"""Will a target be reached: chance, state, what each remaining period must bring; never a number without a basis."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kpi.analysis.outlook import said, target_outlook
from kpi.analysis.progress import Target
from kpi.core import LANGUAGES
from kpi.text import Texts
from kpi.text.locale import read as read_locale
from tests.bench.companies import months, series

ALL = months(72)  # January 2020 to December 2025
T = np.arange(72)
SALES = 100 + 20 * np.sin(T * np.pi / 6) + 3 * np.random.default_rng(1).normal(size=72)
YEAR = Target("total_revenue", None, date(2024, 1, 1), date(2025, 1, 1), None, None)
KNOWN = 54  # to June 2024


def ask(value=None, low=None, high=None, values=SALES, known=KNOWN, flow=True, better="higher", target=YEAR, until=60):
    made = series("total_revenue", np.asarray(values, dtype=float)[:known], "currency")
    made = replace(made, kpi=replace(made.kpi, better=better))
    return target_outlook(made, replace(target, value=value, low=low, high=high), ALL[known:until], flow)


def test_a_sum_is_foretold_from_what_is_done_and_the_rest_of_the_year():
    found = ask(1200)
    done = SALES[48:54].sum()
    assert found.done == pytest.approx(done) and found.left == 6
    assert found.at_least == pytest.approx((1200 - done) / 6) and found.at_most is None
    assert found.recent == pytest.approx(SALES[48:54].mean())
    expected, low, high = found.expected
    assert low < SALES[48:60].sum() < high and expected == pytest.approx(SALES[48:60].sum(), rel=0.05)


def test_the_chance_falls_with_the_aim_and_names_the_state():
    chances = [ask(aim).chance for aim in (1000, 1150, 1200, 1250, 1400)]
    assert chances == sorted(chances, reverse=True) and chances[0] == 0.99 and chances[-1] == 0.01
    assert [ask(aim).state for aim in (1000, 1400)] == ["on_track", "corrective_action_needed"]
    near = ask(ask(1200).expected[0] - 1)
    assert near.state == "at_risk" and 0.5 <= near.chance < 0.8


def test_less_is_better_turns_the_chance_around():
    more, less = ask(1200), ask(1200, better="lower")
    assert more.chance + less.chance == pytest.approx(1, abs=0.02)
    assert less.at_least is None and less.at_most == pytest.approx(more.at_least)


def test_a_band_is_reached_between_its_ends():
    middle = ask(1200).expected[0]
    band = ask(low=middle - 10, high=middle + 10)
    assert band.chance == pytest.approx(ask(middle - 10).chance - ask(middle + 10).chance, abs=1e-9)
    assert band.at_least < band.at_most and band.came_true() is None
    assert ask(low=2000, high=3000).state == "corrective_action_needed"


def test_a_rate_is_foretold_at_its_last_period():
    rate = 60 + 0.1 * T + np.random.default_rng(2).normal(size=72)
    found = ask(66, values=rate, flow=False)
    assert found.done == pytest.approx(rate[53]) and 0.01 <= found.chance <= 0.99
    assert found.at_least == pytest.approx((66 - rate[53]) / 6)
    assert found.recent == pytest.approx(np.diff(rate[47:54]).mean())
    assert found.expected[0] == pytest.approx(found.outlook.points[-1])


def test_what_is_decided_needs_no_chance():
    assert (ask(300).state, ask(300).chance) == ("reached", None)
    assert ask(300, better="lower").state == "corrective_action_needed"
    over = ask(1500, known=60, until=60)
    assert (over.state, over.chance, over.little.why) == ("corrective_action_needed", None, "past")
    assert ask(1000, known=60, until=60).state == "reached"
    assert ask(low=1100, high=1300, known=60, until=60).state == "reached"


def test_too_little_gives_what_is_needed_and_no_number():
    short = ask(1200, values=[*([np.nan] * 49), *SALES[49:]])
    assert (short.chance, short.state, short.little.why, short.little.n) == (None, "needs_data", "few", 5)
    assert short.at_least > 0 and short.recent > 0 and short.expected is None
    still = ask(1200, values=np.full(72, 90.0))
    assert (still.chance, still.little.why) == (None, "constant")
    nothing = ask(1200, values=np.full(72, np.nan))
    assert nothing.chance is None and nothing.recent is None and nothing.state == "needs_data"
    assert ask(None).state == "needs_data" and ask(None).chance is None
    rate = ask(66, values=[np.nan] * 72, flow=False)
    assert rate.done is None and rate.at_least is None and rate.state == "needs_data"


def test_periods_cut_by_the_target_count_by_their_share():
    half = replace(YEAR, since=date(2024, 1, 16), until=date(2024, 12, 16))
    found = ask(1200, target=half)
    assert found.done == pytest.approx(SALES[48] * 16 / 31 + SALES[49:54].sum())
    assert found.left == pytest.approx(5 + 15 / 31)
    assert found.outlook.expected == pytest.approx(sum(found.outlook.points))
    assert found.outlook.points[-1] < 0.7 * ask(1200).outlook.points[-1]


def test_how_right_such_chances_were_is_told():
    found = ask(1200)
    hits, of = found.came_true()
    assert 0 <= hits <= of == found.outlook.checked.of and of >= 20
    assert {fact.code for fact in said(found)} >= {"checked", "came_true", "flow_at_least"}
    few = ask(1200, values=[*([np.nan] * 44), *SALES[44:]])
    assert "unchecked" in {fact.code for fact in said(few)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_can_be_said(lang):
    texts = Texts(lang)
    rng = np.random.default_rng(3)
    rate = 60 + 0.1 * T + rng.normal(size=72)
    walk = 300 + 5 * np.cumsum(rng.normal(size=72))
    season = 100 + 40 * np.sin(T * np.pi / 6) + rng.normal(size=72)
    asked = [
        ask(1000), ask(1200), ask(1400), ask(300), ask(1500, known=60, until=60), ask(1200, better="lower"),
        ask(66, values=rate, flow=False), ask(66, values=rate, flow=False, better="lower"), ask(1200, values=walk),
        ask(ask(1200).expected[0]), ask(1200, values=[*([np.nan] * 49), *SALES[49:]]), ask(1200, values=np.full(72, 9.0)),
        ask(1200, values=[*([np.nan] * 44), *SALES[44:]]), ask(1200, values=season),
    ]  # fmt: skip
    told = {fact.code: fact.said() for found in asked for fact in said(found)}
    for code, params in told.items():
        assert texts.t(f"outlook.{code}", **params)
    known = {key.removeprefix("outlook.") for key in read_locale("en").texts if key.startswith("outlook.")}
    assert set(told) <= known
    rare = {code for code in known - set(told) if not code.startswith("method_")}
    assert rare <= {"no_forecast_gaps"}


def test_every_method_has_its_name():
    from kpi.stats.forecast import METHODS

    assert {f"outlook.method_{name}" for name in METHODS} <= set(read_locale("en").texts)
