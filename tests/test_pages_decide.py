"""Scorecard, ratings, settings and targets: what the pages show and what they store."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpi import workspace as workspaces
from kpi.analysis.card import OBJECTIVE, SUBJECTIVE
from kpi.analysis.progress import Target, targets_of
from kpi.analysis.ratings import Rated, read_assessments
from kpi.analysis.scorecard import scorecard
from kpi.analysis.scorecard_view import (
    farthest_apart,
    gap,
    missing,
    people_range,
    scored,
    side_state,
    weakest,
    weakest_factor,
)
from kpi.calendars import parse_day, write_day
from kpi.catalogue import kpi
from kpi.core import LANGUAGES
from kpi.errors import Refused
from kpi.measure.baseline import baseline_of
from kpi.measure.scorecard import card_of
from kpi.text import Texts
from kpi.workspace import imports, undo
from kpi.workspace.rounds import Answer, rate, rounds
from kpi.workspace.targets import set_target
from pages.parts.rating import questions
from tests.support_app import errors, html, start
from tests.workspaces import at, load

YEAR = (date(2026, 1, 1), date(2027, 1, 1))


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "Acme")
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)


@pytest.fixture
def trading(workspace):
    """Three orders of 100 a month for 2025, of 120 until June 2026, and tickets: 12 complaints in 2025, 3 in 2026."""
    months = [(y, m) for y in (2025, 2026) for m in range(1, 13) if (y, m) <= (2026, 6)]
    orders = [
        {
            "order_id": f"{y}-{m}-{n}",
            "customer_id": f"C{n}",
            "ordered_at": at(f"{y}-{m:02}-{10 + n}"),
            "amount": 100 if y == 2025 else 120,
        }
        for y, m in months
        for n in range(3)
    ]
    days = [f"2025-{m:02}-05" for m in range(1, 13)] + ["2026-01-05", "2026-02-05", "2026-03-05"]
    tickets = [{"ticket_id": d, "customer_id": "C1", "opened_at": at(d), "ticket_type": "complaint"} for d in days]
    load(workspace, {"orders": orders, "tickets": tickets})
    return workspace


# ---- reading a scorecard


def value_of(kpi_id):
    return {"csat": (0.5, 0.0, 1.0), "complaints_count": (5, 10, 0, None, None, "lower"), "close_rate": (0.5,)}.get(
        kpi_id
    )


RATED = {
    "satisfaction_rating": Rated("satisfaction_rating", 3, 90.0, 90.0, 20.0),
    "perceived_brand_value": Rated("perceived_brand_value", 3, 20.0, 20.0, 30.0),
    "perceived_loyalty": Rated("perceived_loyalty", 3, 60.0, 60.0, 0.0),
    "goal_precision": Rated("goal_precision", 2, None, None, None),
}


def test_what_holds_back_and_what_is_missing():
    card = scorecard(value_of, RATED)
    by_id = {f.factor: f for f in card.factors}
    assert gap(by_id["customer_retention"]) == pytest.approx(-40)
    assert gap(by_id["customer_value"]) == pytest.approx(30)
    assert gap(by_id["loyalty"]) is None
    assert people_range(by_id["customer_retention"]) == (70, 100)  # one spread up would be 110
    assert people_range(by_id["customer_value"]) == (0, 50)
    assert side_state(by_id["loyalty"], OBJECTIVE) == "no_slot"
    assert side_state(by_id["acquisition"], OBJECTIVE) == "no_target"  # one of six has at least a value
    assert side_state(by_id["expansion"], OBJECTIVE) == "no_data"
    assert side_state(by_id["culture.goal_precision"], SUBJECTIVE) == "few_raters"
    assert farthest_apart(card).factor == "customer_retention"
    assert scored(card, "customer") == (5, 5)
    assert scored(card) == (6, 57)  # perceived loyalty serves two factors
    assert card.score is None and weakest(card) is None
    assert weakest_factor(card, "customer").factor == "customer_value"


def test_what_is_missing_adds_up_to_what_is_not_covered():
    card = scorecard(value_of, RATED)
    gone = missing(card)
    assert sum(m.share for m in gone) == pytest.approx(1 - card.coverage)
    assert {m.state: m.n for m in gone} == {"no_data": 35, "not_rated": 14, "no_target": 1, "few_raters": 1}
    assert [m.share for m in gone] == sorted((m.share for m in gone), reverse=True)


# ---- rounds of rating


def test_a_round_is_opened_by_its_first_rating_and_a_person_counts_once(workspace):
    rate(workspace, "Spring", "Ada", "sales", {"goal_precision": Answer(2, "vague"), "reward_fit": Answer(4)})
    this = rate(workspace, "Spring", "Ada", "sales", {"goal_precision": Answer(5)})
    assert [(r.name, r.closed) for r in rounds(workspace)] == [("Spring", False)]
    held = {(r["instrument_id"], r["score"], r["comment"]) for r in read_assessments(workspace)}
    assert held == {("goal_precision", 5, None), ("reward_fit", 4, None)}
    with workspace.write() as cur:
        cur.execute("update state.rating_rounds set closed_at = timestamp '2020-01-01'").fetchall()
    again = rate(workspace, "Spring", "Ada", "sales", {"goal_precision": Answer(1)})
    assert again.id != this.id, "a closed round takes no more ratings"
    assert [r.closed for r in rounds(workspace)] == [True, False]


def test_f108_ratings_after_the_last_day_of_the_data_count(trading):
    for name, score in (("Ada", 4), ("Bo", 5), ("Cy", 3)):
        rate(trading, "Today", name, None, {"goal_precision": Answer(score)})
    factor = next(f for f in card_of(trading).factors if f.factor == "culture.goal_precision")
    assert (factor.subjective, factor.instruments[-1].n) == (75, 3)
    before = next(f for f in card_of(trading, trading.as_of()).factors if f.factor == "culture.goal_precision")
    assert before.subjective is None


# ---- the scorecard page


def row_of(page: str, name: str) -> str:
    return next(row for row in page.split("<tr")[1:] if f">{name}</button>" in row)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_missing_stands_in_words_and_has_no_dot(workspace, lang):
    app = start("decide/scorecard", lang=lang)
    assert not errors(app)
    page, texts = html(app), Texts(lang)
    rows = page.split("<tbody>")[1].split("</tbody>")[0]
    assert rows.count("data-pick=") == 19
    assert "k-dot" not in rows and "k-person" not in rows
    assert f">{texts.number(0.0, decimals=1)}<" not in rows
    for word in ("no_data", "not_rated", "no_slot"):
        assert texts.t(f"scorecard.state_{word}") in rows


def test_f107_data_and_people_stand_side_by_side(trading):
    set_target(trading, Target("complaints_count", None, *YEAR, 12, 6))
    for name in ("Ada", "Bo", "Cy"):
        rate(trading, "Now", name, None, {"perceived_brand_value": Answer(5)})
    page = html(start("decide/scorecard"))
    row = row_of(page, "Customer value")
    assert ">10.0<" in row and "k-person" in row
    measured = next(f for f in card_of(trading).factors if f.factor == "customer_value")
    assert f">{Texts('en').number(measured.objective / 10, decimals=1)}<" in row
    assert "No overall score" in page and "70%" in page


def test_a_factor_unfolds_into_its_instruments(trading):
    app = start("decide/scorecard")
    app.session_state["scorecard_factor"] = "customer_value"
    page = html(app.run())
    assert not errors(app)
    detail = page.split('<tr class="detail">')[1]
    assert "Customer complaints" in detail and "no target" in detail and "Set a target" in detail
    assert 'data-pick="kpi:complaints_count"' in detail and 'data-pick="rate"' in detail
    assert 'aria-expanded="true"' in row_of(page, "Customer value")
    app.session_state["scorecard_factor"] = "expansion"
    assert "needs " in html(app.run()).split('<tr class="detail">')[1], "what is missing is named"


# ---- the rating form


def rating_page():
    app = start("decide/scorecard")
    return app.button_group(key="scorecard_view").set_value("rate").run()


def answer(app, sheet: int, name: str, score: int):
    app.text_input(key=f"scorecard_rater_{sheet}").set_value(name)
    for id_ in ("goal_precision", "reward_fit"):
        app.button_group(key=f"scorecard_score_{id_}_{sheet}").set_value(score)
    app.text_input(key=f"scorecard_comment_goal_precision_{sheet}").set_value("because")
    return app.button(key="scorecard_save").click().run()


def test_f108_several_people_rate_and_the_mean_shows_from_three_on(workspace):
    assert sum(map(len, questions().values())) == 18
    app = rating_page()
    for sheet, (name, score) in enumerate((("Ada", 4), ("Bo", 5), ("Cy", 3))):
        app = answer(app, sheet, name, score)
        assert not errors(app)
        shown = html(app).split("Precision and clarity of goals</th>")[1].split("</tr>")[0]
        assert (">7.5<" in shown) == (sheet == 2)
        assert ("too few raters" in shown) == (sheet < 2)
    held = read_assessments(workspace)
    assert {(r["respondent_id"], r["score"], r["comment"]) for r in held if r["instrument_id"] == "goal_precision"} == {
        ("Ada", 4, "because"),
        ("Bo", 5, "because"),
        ("Cy", 3, "because"),
    }
    assert len({r["round_id"] for r in held}) == len(rounds(workspace)) == 1
    assert app.button_group(key="scorecard_score_goal_precision_3").value is None, "the next sheet is empty"


@pytest.mark.parametrize(("name", "score"), [("", 4), ("Ada", None)])
def test_a_rating_needs_a_person_and_an_answer(workspace, name, score):
    app = rating_page()
    app.text_input(key="scorecard_rater_0").set_value(name)
    if score:
        app.button_group(key="scorecard_score_reward_fit_0").set_value(score)
    app.button(key="scorecard_save").click().run()
    assert len(errors(app)) == 1
    assert not read_assessments(workspace)


# ---- settings


def test_settings_are_kept_and_only_what_changed_is_written(workspace):
    app = start("settings/settings")
    app.number_input(key="settings_Acme_churn_gap_days").set_value(200)
    app.selectbox(key="settings_Acme_calendar").set_value("fiscal")
    app.selectbox(key="settings_Acme_fiscal_year_start").set_value((7, 1))
    app.selectbox(key="settings_Acme_time_zone").set_value("Asia/Tehran")
    app.multiselect(key="settings_Acme_weekend").set_value(["friday"])
    app.button(key="settings_save").click().run()
    assert not errors(app)
    assert workspace.settings.given == {
        "churn_gap_days": "200",
        "calendar": "fiscal",
        "fiscal_year_start": "07-01",
        "time_zone": "Asia/Tehran",
        "weekend": "friday",
    }
    app.number_input(key="settings_Acme_risk_weights_complaint").set_value(7)
    app.number_input(key="settings_Acme_lead_horizon_days").set_value(30)
    app.multiselect(key="settings_Acme_weekend").set_value([])
    app.button(key="settings_save").click().run()
    assert workspace.settings.risk_weights["complaint"] == 7
    assert workspace.settings.lead_horizon_days == 30
    assert workspace.settings.weekend is None


def test_saving_nothing_writes_nothing(workspace):
    app, before = start("settings/settings"), workspace.revision
    app.button(key="settings_save").click().run()
    assert not errors(app)
    assert workspace.settings.given == {}
    assert workspace.revision == before


def test_the_language_of_the_workspace_is_read_on_at_once(workspace):
    app = start("settings/settings", lang="en")
    app.selectbox(key="settings_Acme_language").set_value("uk")
    app.button(key="settings_save").click().run()
    assert not errors(app)
    assert workspace.settings.given == {"language": "uk"}
    assert Texts("uk").t("settings.group_general") in html(app)


def test_a_setting_that_cannot_be_says_so_and_nothing_is_saved(workspace):
    app = start("settings/settings")
    app.multiselect(key="settings_Acme_handling_teams").set_value([])  # must name at least one
    app.number_input(key="settings_Acme_churn_gap_days").set_value(10)
    app.button(key="settings_save").click().run()
    assert len(errors(app)) == 1
    assert workspace.settings.given == {}


def test_imports_are_listed_and_those_taken_back_say_so(trading):
    page = html(start("settings/settings"))
    assert "a.csv" in page and 'data-pick="undo:1"' in page
    undo(trading, imports(trading)[0].id)
    page = html(start("settings/settings"))
    assert 'data-pick="undo:1"' not in page and "undone" in page


# ---- targets


def test_a_target_is_set_on_the_page_of_its_kpi(trading):
    app = start("explore/kpi", kpi="average_order_value")
    key = "target_Acme_average_order_value"
    assert app.number_input(key=f"{key}_baseline").value == 120  # the last whole month
    app.number_input(key=f"{key}_value").set_value(150.0)
    app.button(key=f"{key}_save").click().run()
    assert not errors(app)
    (held,) = targets_of(trading)
    assert held == Target("average_order_value", None, *YEAR, 120.0, 150.0)


def test_a_target_needs_something_to_be_reached(trading):
    app = start("explore/kpi", kpi="average_order_value")
    app.button(key="target_Acme_average_order_value_save").click().run()
    assert len(errors(app)) == 1
    assert not targets_of(trading)


def test_persian_readers_write_the_days_of_a_target_in_their_calendar(trading):
    app = start("explore/kpi", lang="fa", kpi="average_order_value")
    key = "target_Acme_average_order_value"
    app.number_input(key=f"{key}_value").set_value(150.0)
    app.text_input(key=f"{key}_since").set_value("۱۴۰۵-۰۱-۰۱")
    app.button(key=f"{key}_save").click().run()
    assert not errors(app)
    (held,) = targets_of(trading)
    assert (held.since, held.until) == (date(2026, 3, 21), date(2027, 3, 21))


def test_days_are_written_as_they_are_read():
    for n in range(0, 3000, 37):
        day = date(2020, 1, 1) + timedelta(days=n)
        for calendar in ("gregorian", "jalali", "fiscal"):
            assert parse_day(write_day(day, calendar), calendar) == day
    assert write_day(date(2026, 3, 21), "jalali") == "1405-01-01"


def test_f97_the_baseline_comes_from_the_data(trading):
    assert baseline_of(trading, kpi("average_order_value"), *YEAR, 120.0) == 120.0
    assert baseline_of(trading, kpi("total_revenue"), *YEAR, 360.0) == 0.0
    assert baseline_of(trading, kpi("complaints_count"), *YEAR, 1.0) == 12  # last year's sum is what must shrink
    with pytest.raises(Refused):
        parse_day("1405-13-01", "jalali")


def test_a_scorecard_without_a_score_leads_to_what_is_missing_most(trading):
    page = start("decide/scorecard")
    state = missing(card_of(trading))[0].state
    label = {"no_target": "Set a target: ", "no_data": "Which data", "not_rated": "Rate now"}[state]
    button = page.button(key="scorecard_way")
    assert not errors(page) and button.label.startswith(label)
    button.click().run()
    assert not errors(page)
    assert "scorecard_way" not in {each.key for each in page.button}
