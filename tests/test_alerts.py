"""Early warning on a workspace (F45, F10): told once, limits frozen, bounds and targets, across restarts and corrections."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kpi import workspace as workspaces
from kpi.analysis.thresholds import proposed, thresholds
from kpi.catalogue import kpi
from kpi.core import LANGUAGES
from kpi.errors import Refused, Unknown
from kpi.measure.alert_words import said
from kpi.measure.alerts import alerts, notice, rebase, see, tell, watched_kpis
from kpi.text import Texts
from kpi.workspace.alert_rules import Rule, rules, set_rules
from kpi.workspace.limits import bases
from kpi.workspace.targets import set_target
from tests.watched import CALM, add, call_centre, first_day, last_day, watching
from tests.workspaces import load

LOW = 700.0
SIGNAL = f"total_revenue:signal_down:{first_day(48)}"


@pytest.fixture
def ws(tmp_path):
    made = workspaces.create(tmp_path, "main")
    watching(made)
    yield made
    workspaces.close_workspace(tmp_path, "main")


def ids(found):
    return [each.id for each in found]


# F45


def test_f45_three_worsening_months_inside_the_limits_are_a_hint_and_no_alert(ws):
    add(ws, [*CALM[:44], 1012, 1008, 1004, 1000])
    found = alerts(ws)
    assert found.hints == ("total_revenue",) and found.alerts == ()
    assert tell(ws).new == []


def test_f45_a_month_beyond_the_limits_is_an_alert(ws):
    add(ws, [*CALM[:48], LOW])
    (alert,) = tell(ws).new
    assert (alert.id, alert.event.rule, alert.severity, alert.seen) == (SIGNAL, "signal", "warning", False)
    assert alert.event.since.since == first_day(48)


def test_a_month_that_still_runs_says_nothing(ws):
    add(ws, CALM[:48])
    load(ws, {"orders": [{"order_id": "x", "customer_id": "c1", "ordered_at": first_day(48).isoformat(), "amount": 1}]})
    assert alerts(ws).alerts == ()


def test_an_event_is_told_once_however_long_it_lasts_and_whoever_asks(ws, tmp_path):
    add(ws, [*CALM[:48], LOW])
    assert ids(tell(ws).new) == [SIGNAL] and tell(ws).new == []
    workspaces.close_workspace(tmp_path, "main")
    again = workspaces.open_workspace(tmp_path, "main")
    assert tell(again).new == [] and ids(alerts(again).alerts) == [SIGNAL]
    for month in range(49, 54):
        add(again, [LOW], month)
        assert tell(again).new == []
    (alert,) = alerts(again).alerts
    assert alert.event.last.since == first_day(53) and not alert.new


def test_two_who_ask_at_once_are_told_once_together(ws):
    add(ws, [*CALM[:48], LOW])
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: len(tell(ws).new), range(8)))
    assert sum(told) == 1


@pytest.mark.parametrize(
    ("month", "amount"), [(47, LOW), (48, 1000), (20, 1010), (40, 985)], ids=["earlier", "later", "baseline", "between"]
)
def test_an_event_is_not_told_again_after_older_values_were_corrected(ws, month, amount):
    add(ws, [*CALM[:48], LOW, LOW])
    assert ids(tell(ws).new) == [SIGNAL]
    add(ws, [amount], month)
    assert tell(ws).new == []
    assert ids(alerts(ws).alerts) == [SIGNAL]  # under the name that it was told by


def test_what_comes_after_a_recovery_is_told_again(ws):
    add(ws, [*CALM[:48], LOW])
    tell(ws)
    add(ws, [1010, 1015, LOW], 49)
    assert ids(tell(ws).new) == [f"total_revenue:signal_down:{first_day(51)}"]


def test_limits_stay_frozen_until_a_change_is_declared(ws):
    add(ws, CALM[:48])
    tell(ws)
    frozen = bases(ws)["total_revenue"]
    assert frozen.until == first_day(36)
    add(ws, [990 - 8 * k for k in range(24)], 48)  # so slowly that limits that follow would never notice
    (alert,) = tell(ws).new
    assert alert.event.code == "signal_down" and bases(ws)["total_revenue"] == frozen
    add(ws, [800], 72)
    rebase(ws, "total_revenue", last_day(72))
    assert bases(ws)["total_revenue"].since == first_day(72)
    found = alerts(ws)
    assert found.alerts == () and dict(found.blind)["total_revenue"].why == "few"
    add(ws, [*(800 + 5 * (k % 5) for k in range(13)), 500], 73)
    (alert,) = tell(ws).new
    assert alert.event.since.since == first_day(86)
    assert bases(ws)["total_revenue"].until == first_day(84)  # a year after the change


def test_a_change_must_lie_in_the_data(ws):
    add(ws, CALM[:24])
    with pytest.raises(Refused, match="data end on"):
        rebase(ws, "total_revenue", last_day(30))
    with pytest.raises(Unknown):
        rebase(ws, "nothing", last_day(3))


def test_too_little_says_so_and_nothing_else_happens(ws):
    assert alerts(ws).alerts == () and tell(ws).new == []
    add(ws, CALM[:5])
    found = alerts(ws)
    assert found.alerts == () and dict(found.blind)["total_revenue"].n == 5
    notice(ws)
    assert bases(ws) == {}
    watching(ws, "nps")
    assert alerts(ws).alerts == ()


# Bounds


def test_a_bound_is_told_where_it_is_crossed_also_of_a_kpi_that_nobody_chose(ws):
    add(ws, [*CALM[:30], 1100])
    assert alerts(ws).alerts == ()
    set_rules(ws, Rule("sales_count", "below", 2), Rule("total_revenue", "above", 1099.5))
    assert watched_kpis(ws) == ["total_revenue", "sales_count"]
    told = {each.id: each for each in tell(ws).new}
    assert told.keys() == {
        f"total_revenue:threshold_above:1099.5:{first_day(30)}",
        f"sales_count:threshold_below:2.0:{first_day(0)}",
    }
    assert {each.severity for each in told.values()} == {"urgent"}
    set_rules(ws, Rule("sales_count", "below", None))
    assert {each.kpi.id for each in alerts(ws).alerts} == {"total_revenue"}


def test_a_bound_that_means_nothing_is_refused(ws):
    for bad, code in (
        (Rule("nps", "beside", 1), "rule_side"),  # type: ignore[arg-type]
        (Rule("nps", "above", float("nan")), "rule_number"),
    ):
        with pytest.raises(Refused) as told:
            set_rules(ws, bad)
        assert told.value.code == code
    set_rules(ws, Rule("nps", "above", 10))
    with pytest.raises(Refused) as told:
        set_rules(ws, Rule("nps", "below", 20))
    assert told.value.code == "rule_order" and rules(ws) == [Rule("nps", "above", 10)]


def test_proposed_bounds_are_those_that_the_catalogue_speaks_of_and_can_be_switched_off():
    for rule in proposed():
        said_of = kpi(rule.kpi).threshold
        number = (rule.value or 0) * (100 if kpi(rule.kpi).unit == "percent" else 1)
        assert f"{number:g}" in said_of
        (bound,) = thresholds(rule.kpi, [])
        assert (bound.above, bound.value) == (rule.side == "above", rule.value)
        assert thresholds(rule.kpi, [Rule(rule.kpi, rule.side, None)]) == ()
    assert [(b.above, b.value) for b in thresholds("fcr", [Rule("fcr", "below", 0.9), Rule("fcr", "above", 0.99)])] == [
        (True, 0.99),
        (False, 0.9),
    ]


# Targets


def aim(ws, value, since, until, **scope):
    from kpi.analysis.progress import Target

    set_target(ws, Target("total_revenue", None, since, until, 0, value, **scope))


def test_a_missed_target_is_told_once_and_a_reached_one_is_not(ws):
    add(ws, CALM[:26])
    aim(ws, 10_000, first_day(0), first_day(12))
    assert tell(ws).new == []
    aim(ws, 20_000, first_day(12), first_day(24))
    (alert,) = tell(ws).new
    assert (alert.event.rule, alert.event.code, alert.severity) == ("target", "target_missed", "urgent")
    assert tell(ws).new == []
    assert "31 Dec 2019" in said(ws, Texts("en"), alert)


def test_a_target_is_no_news_before_a_quarter_of_its_time_is_gone(ws):
    add(ws, CALM[:26])  # two months of the third year
    aim(ws, 100_000, first_day(24), first_day(36))
    assert tell(ws).new == []
    add(ws, [1000, 1000], 26)
    assert [each.event.code for each in tell(ws).new] == ["target_off"]


def test_the_target_of_a_person_names_them(ws):
    rows = [
        {"order_id": f"{who}{m}", "customer_id": "c", "ordered_at": last_day(m).isoformat(), "amount": 500, "owner_employee_id": who}
        for m in range(26)
        for who in ("E1", "E2")
    ]  # fmt: skip
    load(
        ws, {"orders": rows, "employees": [{"employee_id": "E1", "name": "Mira"}, {"employee_id": "E2", "name": "Jon"}]}
    )
    aim(ws, 9_000, first_day(12), first_day(24), scope="employee", scope_id="E1")
    (alert,) = tell(ws).new
    assert "Mira" in said(ws, Texts("en"), alert) and "Jon" not in said(ws, Texts("en"), alert)
    assert alert.event.id.split(":")[3:5] == ["employee", "E1"]


# Acknowledged


def test_what_was_seen_stays_and_no_longer_presses(ws):
    add(ws, [*CALM[:48], LOW])
    see(ws, [SIGNAL])
    found = alerts(ws)
    assert ids(found.alerts) == [SIGNAL] and found.alerts[0].seen and found.pressing == []
    assert ids(tell(ws).new) == [SIGNAL]  # a reader has seen it; the command line has not told it
    add(ws, [LOW], 49)
    assert alerts(ws).alerts[0].seen
    see(ws, [SIGNAL], seen=False)
    assert ids(alerts(ws).pressing) == [SIGNAL]
    with pytest.raises(Unknown) as told:
        see(ws, ["total_revenue:signal_down"])
    assert SIGNAL in str(told.value)


def test_looking_and_telling_change_no_number(ws):
    add(ws, [*CALM[:48], LOW])
    revision = ws.revision
    notice(ws)
    tell(ws)
    see(ws, [SIGNAL])
    assert ws.revision == revision


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_alert_has_its_sentence(ws, lang):
    add(ws, [*CALM[:48], LOW])
    set_rules(ws, Rule("total_revenue", "below", 800.25))
    aim(ws, 100_000, first_day(36), first_day(48))
    found = tell(ws).alerts
    assert {each.event.rule for each in found} == {"signal", "threshold", "target"}
    texts = Texts(lang)
    for each in found:
        sentence = said(ws, texts, each)
        assert kpi("total_revenue").name.get(lang).split(" (")[0] in sentence and "{" not in sentence


# F10


@pytest.fixture
def centre(tmp_path):
    made = workspaces.create(tmp_path, "main")
    watching(made, "calls_answered")
    yield lambda *shifts, **more: load(made, call_centre(*shifts, **more)) and made
    workspaces.close_workspace(tmp_path, "main")


def short(ws):
    return [each for each in tell(ws).new if each.event.rule == "short_calls"]


def test_f10_more_and_shorter_calls_with_less_satisfaction_are_an_alert(centre):
    ws = centre(12, -2, -0.2)
    told = {each.outcome.id: each for each in short(ws) if each.outcome}
    assert told.keys() == {"csat", "customer_experience"}
    alert = told["csat"]
    assert (alert.kpi.id, alert.severity) == ("calls_answered", "urgent")
    assert "Customer satisfaction" in said(ws, Texts("en"), alert)
    assert short(ws) == []


@pytest.mark.parametrize("shifts", [(12, -2, 0.1), (12, -2, 0), (12, 2, -0.2), (-12, -2, -0.2)])
def test_f10_with_better_satisfaction_or_without_all_three_there_is_none(centre, shifts):
    assert short(centre(*shifts)) == []


def test_f10_two_noisy_months_are_none(centre):
    assert short(centre(3, -0.3, -0.03, late=2)) == []


def test_f10_twice_the_people_answering_twice_the_calls_are_no_more_calls_for_anyone(centre):
    ws = centre(0, -2, -0.2)
    more = [
        {**call, "call_id": f"{call['call_id']}-{who}", "employee_id": who}
        for call in call_centre(0, -2, -0.2)["calls"]
        for who in ("E3", "E4")
        if call["dialled_at"] >= str(first_day(12)) and call["employee_id"] == "E1"
    ]
    load(ws, {"calls": more}, "more.csv")
    assert short(ws) == []
