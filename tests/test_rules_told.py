"""The settings that a number rests on are told with it: in `compute`, in its proof and on its page."""

from __future__ import annotations

import csv
import json
import re
from datetime import date

import pytest

from kpi import workspace as workspaces
from kpi.catalogue import kpis, settings_of
from kpi.catalogue.needs import choose
from kpi.cli import main
from kpi.core import LANGUAGES, Kpi, Query
from kpi.measure import run
from kpi.measure.rules import in_force
from kpi.text import Texts
from kpi.workspace import Settings, known_settings
from pages.parts.settings import GROUPS
from tests.support import SHARED, MemoryWorkspace, memory_workspace
from tests.support_app import errors, html, start
from tests.test_spec_needs import WAYS, _tables
from tests.workspaces import at as moment
from tests.workspaces import load

SPEC = SHARED / "spec" / "kpis.csv"
# A formula of the list names the setting, but the number does not rest on it, or says it in another way.
ELSEWHERE = {
    ("churn_rate", "churn_gap_days"): "told by the rule that made churned_at, with the days in force",
    ("net_customer_change", "churn_gap_days"): "as churn_rate",
    ("retention_rate", "churn_gap_days"): "as churn_rate",
    ("same_day_tickets", "calendar"): "the word, not the setting: a calendar day of the time zone, which is told",
    ("average_calls_per_day", "calendar"): "the word, not the setting: calendar days beside working days",
    ("crm_investment_cost", "hourly_cost"): "the column employees.hourly_cost, not the setting",
    ("recurring_issue_rate", "systemic_share"): "marks categories in the list of recurring issues, not in the rate",
    ("bad_data_hours", "minutes_per_bad_record"): "the estimate beside it stands on the quality page, with its setting",
}
# How periods, money and pages are shown is told by the number itself.
SHOWN = {"calendar", "week_start", "fiscal_year_start", "currency"}


@pytest.mark.skipif(not SPEC.exists(), reason="the list of KPIs is not beside the checkout")
def test_every_setting_that_a_formula_names_is_behind_its_kpi() -> None:
    missing = set()
    with SPEC.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            named = {word for word in re.findall(r"\w+", row["formula"]) if word in known_settings()}
            missing |= {(row["id"], name) for name in named - set(settings_of(kpis()[row["id"]]))}
    assert missing == set(ELSEWHERE)


class Watched(Settings):
    """Settings that remember which of them were read."""

    def __init__(self) -> None:
        super().__init__()
        self.__dict__["read"] = set()

    def __getattr__(self, name: str) -> object:
        if name in known_settings():
            self.__dict__["read"].add(name)
        return super().__getattr__(name)

    def __getitem__(self, name: str) -> object:
        self.__dict__["read"].add(name)
        return super().__getitem__(name)


def asked(id_: str, way: frozenset[str]) -> tuple[MemoryWorkspace, Query]:
    return memory_workspace(_tables(way), as_of=date(2026, 6, 30)), Query((id_,), date(2026, 1, 1), date(2026, 7, 1))


# One way to meet the needs of each computation that a KPI has is enough: the settings are those of the computation.
EACH = {
    (id_, choose(kpis()[id_], way)[0]): way
    for id_, _, way in WAYS
    if any(settings_of(kpis()[id_], c) for c in kpis()[id_].computations)
}


@pytest.mark.parametrize(("id_", "way"), [(k[0], way) for k, way in EACH.items()], ids=[k[0] for k in EACH])
def test_the_settings_in_force_are_told_with_the_number(id_: str, way: frozenset[str]) -> None:
    workspace, query = asked(id_, way)
    result = run(workspace, query)[id_]
    computation, _ = choose(kpis()[id_], workspace.columns())
    assert computation
    for name in settings_of(kpis()[id_], computation):
        code, params = in_force(workspace, name)
        assert (code, params) in result.notes
        assert f"{id_}: {Texts('en').t(code, **dict(params))}" in result.warnings
        assert known_settings()[name].about.en in Texts("en").t(code, **dict(params))


FUNCTIONS = [w for w in WAYS if any(c.function for c in kpis()[w[0]].computations)]


@pytest.mark.parametrize(("id_", "n", "way"), FUNCTIONS, ids=[f"{w[0]}:{w[1]}" for w in FUNCTIONS])
def test_what_a_function_reads_stands_in_its_definition(id_: str, n: int, way: frozenset[str]) -> None:
    workspace, query = asked(id_, way)
    watched = Watched()
    workspace.settings = watched
    function = next(c for c in kpis()[id_].computations if c.function)
    run(workspace, query)
    # Scores are made whole: those that are not asked for read the money's setting, too.
    aside = {"rfm_m"} if id_.startswith("rfm_") else set()
    assert watched.__dict__["read"] - SHOWN - aside <= set(settings_of(kpis()[id_], function))


def test_every_setting_that_a_definition_names_exists() -> None:
    for kpi in kpis().values():
        assert set(settings_of(kpi)) <= set(known_settings()), kpi.id


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", sorted({name for kpi in kpis().values() for name in settings_of(kpi)}))
def test_a_setting_is_told_in_words_set_or_not(name: str, lang: str) -> None:
    setting = known_settings()[name]
    texts = Texts(lang)
    given = {"": {}} | ({"none": {name: "none"}} if setting.optional else {})
    for stored in given.values():
        workspace = memory_workspace({}, settings=stored)
        code, params = in_force(workspace, name)
        said = texts.t(code, **dict(params))
        assert said.startswith(setting.about.get(lang)) and len(said) > len(setting.about.get(lang)) + 2
        assert "None" not in said and "{" not in said and "True" not in said


def test_what_a_setting_is_set_to_is_told() -> None:
    told = []
    for days in ("7", "14"):
        workspace = memory_workspace({}, settings={"advance_days": days, "weekend": "friday", "nps_answers": "latest"})
        told.append(
            [Texts("en").t(c, **dict(p)) for c, p in (in_force(workspace, n) for n in sorted(workspace.settings.given))]
        )
    assert told[0][0].endswith(": 7.") and told[1][0].endswith(": 14.")
    assert told[0][1].endswith(": the latest of each customer.") and told[0][2].endswith(": Friday.")


def test_every_setting_stands_on_the_settings_page() -> None:
    assert {setting.group for setting in known_settings().values()} <= set(GROUPS)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    made = workspaces.create(tmp_path, "Shop")
    opened = [{"ticket_id": str(n), "customer_id": "a", "category": "x", "opened_at": moment(f"2026-0{1 + n % 5}-1{n}")}
              for n in range(9)]  # fmt: skip
    load(made, {"tickets": opened})
    made.change_settings(workspaces.parse_assignments(["recurring_days=45"]))
    yield tmp_path
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)


RULE = "Days within which the same request again counts as recurring: 45."


def test_compute_and_explain_tell_them(shop, capsys) -> None:
    assert main(["--home", str(shop), "compute", "Shop", "recurring_issue_rate", "--json"]) == 0
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert answer["results"][0]["warnings"] == [f"recurring_issue_rate: {RULE}"]
    assert RULE in said.err
    assert main(["--home", str(shop), "explain", "Shop", "recurring_issue_rate"]) == 0
    assert RULE in capsys.readouterr().out.splitlines()
    assert main(["--home", str(shop), "--lang", "uk", "explain", "Shop", "recurring_issue_rate"]) == 0
    assert "За скільки днів таке саме звернення вважається повторним: 45." in capsys.readouterr().out.splitlines()


def test_the_page_of_the_kpi_tells_them(shop) -> None:
    at = start("explore/kpi", kpi="recurring_issue_rate")
    assert not errors(at)
    assert RULE in html(at)


def test_settings_of_a_kpi_that_another_one_names_count_too() -> None:
    assert "clv_max_lifetime_years" in settings_of(kpis()["clv_to_cac"])
    assert "loyalty_min_orders" in settings_of(kpis()["customer_loyalty"])
    # The fact counts orders for loyalty in a column that revenue does not use.
    assert "loyalty_min_orders" not in settings_of(kpis()["new_customer_revenue"])
    assert isinstance(kpis()["clv"], Kpi)
