"""Every page over the sample company, in every language: it opens, says something, and says it in that language."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

import app as entry
from kpi import model
from kpi import workspace as workspaces
from kpi.catalogue import kpis
from kpi.compile import facts
from kpi.core import LANGUAGES
from kpi.text import Texts
from kpi.text.locale import read
from tests.filled import NAME, copy_of_sample
from tests.seen import finding, texts_seen
from tests.support_app import errors, html, start, switch_language
from tests.workspaces import load

PAGES = [f"{section}/{name}" for section, names in entry.SECTIONS.items() for name in names]
ENGLISH = re.compile(r"\b[a-z]{3,}\b")  # a word, not a name and not an abbreviation
ISOLATES = re.compile("[\u2066-\u2069]")
SECTIONS = sorted({key.partition(".")[0] for key in read("en").texts})
KEY = re.compile(rf"^(?:{'|'.join(SECTIONS)})\.\w+$")


@dataclass(frozen=True)
class Seen:
    """One page as one reader saw it."""

    errors: list[str]
    finding: str
    texts: list[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = copy_of_sample(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_HOME", str(folder))
        yield folder
        for name in workspaces.names(folder):
            workspaces.close_workspace(folder, name)


@pytest.fixture(scope="module")
def seen(home) -> dict[tuple[str, str], Seen]:
    """Every page in every language, each language one visit."""
    found = {}
    for lang in LANGUAGES:
        at = start(lang=lang, workspace=NAME)
        for page in PAGES:
            at.switch_page(f"pages/{page}.py").run()
            found[page, lang] = Seen(errors(at), finding(at), texts_seen(at))
    return found


@pytest.fixture(scope="module")
def data_words(home) -> frozenset[str]:
    """Every text in the data, and what people wrote down here: the same in every language."""
    workspace = workspaces.open_workspace(home, NAME)
    words = {NAME, *(each.file for each in workspaces.imports(workspace))}
    for name, table in model.tables().items():
        for field in table.fields.values():
            if field.sql_type == "VARCHAR":
                words.update(
                    word for (word,) in workspace.rows(f'select distinct "{field.name}" from "{name}"') if word
                )
    for column in (
        "annotations.note", "goal_plans.strategy", "goal_plans.tactic", "action_log.action", "targets.source",
    ):  # fmt: skip
        table, _, name = column.partition(".")
        words.update(word for (word,) in workspace.rows(f"select distinct {name} from state.{table}") if word)
    return frozenset(words)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_something_about_the_sample(seen, page, lang):
    shown = seen[page, lang]
    assert not shown.errors
    assert shown.finding
    assert len(shown.texts) > 5
    assert not [text for text in shown.texts if KEY.match(text)], "a key instead of its text"


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left(seen, data_words, page, lang):
    """What stands word for word in the English page too is a name from the data, a number or code."""
    english = {ISOLATES.sub("", text) for text in seen[page, "en"].texts}
    here = {ISOLATES.sub("", text) for text in seen[page, lang].texts}
    code = {text for text in here if re.search(r"[()=<>]", text)} | set(facts())  # expressions and what they count over
    assert not {text for text in here & english - code if ENGLISH.search(text) and text not in data_words}
    assert seen[page, lang].finding != seen[page, "en"].finding


def test_the_findings_name_numbers_and_no_blanks(seen):
    for (page, lang), shown in seen.items():
        assert "–." not in shown.finding and "{" not in shown.finding and "None" not in shown.finding, (page, lang)


# One KPI, of every kind there is.

KINDS = {
    "a ratio with an interval": "close_rate",
    "a sum": "total_revenue",
    "a count": "complaints_count",
    "a level at the end of the period": "accounts_receivable",
    "a value for each group": "leads_per_channel",
    "a share for each group": "loss_reasons",
    "a function": "days_sales_outstanding",
    "a cohort": "lead_conversion_rate",
    "a correlation": "delivery_sales_correlation",
    "a rating by people": "satisfaction_rating",
    "a score": "nps",
}


def _open_kpi(kpi_id: str, lang: str, **params: str) -> AppTest:
    at = start("explore/kpi", lang=lang, **params)
    at.query_params["kpi"] = kpi_id
    return at.run()


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_one_kpi(home, kind):
    kpi = kpis()[KINDS[kind]]
    at = _open_kpi(kpi.id, "fa", workspace=NAME)
    assert not errors(at)
    assert finding(at)
    assert kpi.name.get("fa") in html(at)


def test_a_kpi_that_the_data_cannot_answer_says_what_it_needs(home):
    workspace = workspaces.create(home, "orders only")
    load(workspace, {"orders": [{"order_id": "1", "customer_id": "a", "ordered_at": "2024-06-01", "amount": 10}]})
    at = _open_kpi("nps", "uk", workspace="orders only")
    assert not errors(at)
    assert "surveys.score" in html(at) and Texts("uk").t("parts.needs") in html(at)


# Choices.


def test_a_language_switch_keeps_what_was_chosen_on_a_page(home):
    at = start("explore/board", lang="en", workspace=NAME)
    at.button_group(key="board_by").set_value("quarter").run()
    assert "Q3 2026" in html(at)
    for lang in ("uk", "fa", "en"):
        switch_language(at, lang)
        assert not errors(at)
        assert at.button_group(key="board_by").value == "quarter"
    at.switch_page("pages/explore/funnel.py").run()
    at.switch_page("pages/explore/board.py").run()
    assert at.button_group(key="board_by").value == "quarter", "and so does a visit to another page"


def test_goals_are_one_choice_wherever_they_are_shown(home):
    """A quick pick stands in its group too: both show and change the same goal; a search loses none."""
    at = start("plan/goals", lang="en", workspace=NAME)
    quick, group = at.button_group(key="goals_pick_quick"), at.button_group(key="goals_pick_service")
    assert quick.value == group.value == ["cut_response_time"]
    group.set_value([]).run()
    assert at.button_group(key="goals_pick_quick").value == []
    assert "5 goals" in finding(at)
    at.text_input(key="goals_search").set_value("lead").run()
    assert "5 goals" in finding(at), "goals out of sight stay chosen"
    switch_language(at, "fa")
    at.text_input(key="goals_search").set_value("").run()
    assert "increase_sales" in at.button_group(key="goals_pick_sales").value
    assert not errors(at)


def test_other_goals_bring_proposals_of_their_own(home):
    """KPIs that nobody has decided on yet are ticked for a goal that the board does not serve so far."""
    workspace = workspaces.create(home, "ticks")
    load(
        workspace,
        {
            "orders": [{"order_id": "1", "customer_id": "a", "ordered_at": "2024-06-01", "amount": 10}],
            "surveys": [{"survey_id": "1", "survey_type": "nps", "score": 9, "responded_at": "2024-06-02"}],
        },
    )
    at = start("plan/goals", lang="en", workspace="ticks")
    at.button_group(key="goals_pick_sales").set_value(["increase_sales"]).run()
    at.button(key="goals_go").click().run()
    first = {box.key.rpartition("_")[0] for box in at.checkbox if box.value}
    assert "kpis_match_total_revenue" in first and "kpis_match_nps" not in first
    at.button(key="kpis_go").click().run()
    at.switch_page("pages/plan/goals.py").run()
    at.button_group(key="goals_pick_customer").set_value(["build_loyalty"]).run()
    at.button(key="goals_go").click().run()
    second = {box.key.rpartition("_")[0] for box in at.checkbox if box.value}
    assert "kpis_match_nps" in second and "kpis_match_total_revenue" in second
