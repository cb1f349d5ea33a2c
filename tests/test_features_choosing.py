"""Choosing goals and KPIs: the test lines of F03, F05, F11, F12, F25, F36, F79, F88, F92 and F106."""

from __future__ import annotations

from datetime import date

import pytest

from kpi.analysis.lint import hints, unused
from kpi.analysis.lint_rules import rules
from kpi.analysis.matching import outcome_halves, serves
from kpi.analysis.shelves import groups_for, shelves, use_areas
from kpi.catalogue import goals, kpi, kpi_set, kpis, needs_of
from kpi.errors import Unknown
from kpi.text import Texts
from tests.asking import value
from tests.support import memory_workspace

FIVE_SUCCESSES = ["total_revenue", "new_customers", "close_rate", "average_deal_size", "sales_count"]


def codes(selected) -> list[str]:
    return [hint.code for hint in hints(selected)]


def test_f03_leads_do_not_serve_collecting_receivables_and_days_outstanding_do():
    assert not serves("leads_generated", ["collect_receivables"])
    assert serves("days_sales_outstanding", ["collect_receivables"])
    assert serves("leads_generated", ["collect_receivables", "generate_more_leads"])


def test_f03_relevance_falls_with_a_kpi_that_serves_no_goal():
    def relevance(*selected: str) -> float | None:
        rows = [
            {"kpi_id": id_, "goal_id": "collect_receivables" if serves(id_, ["collect_receivables"]) else None}
            for id_ in selected
        ]
        tables = {"state.goal_plans": [{"goal_id": "collect_receivables"}], "state.kpi_selections": rows}
        return value(memory_workspace(tables, as_of=date(2026, 6, 30)), "kpi_goal_relevance")

    assert relevance("days_sales_outstanding") == 1
    assert relevance("days_sales_outstanding", "leads_generated") == 0.5


@pytest.mark.parametrize("pair", kpi_set("pairs").groups, ids=lambda pair: pair.id)
def test_f05_the_volume_alone_suggests_its_outcome_and_the_outcome_nothing(pair):
    assert outcome_halves([pair.volume]) == {pair.volume: pair.outcome}
    assert outcome_halves([pair.outcome]) == {}
    assert outcome_halves([pair.volume, pair.outcome]) == {}


def test_f05_all_volumes_give_one_suggestion_each():
    volumes = [pair.volume for pair in kpi_set("pairs").groups]
    assert list(outcome_halves(volumes)) == volumes and len(volumes) == 6


def test_f11_an_activity_without_its_outcome_is_flagged():
    flagged = hints(["emails_sent"])[0]
    assert (flagged.code, flagged.about) == ("activity_alone", ("emails_sent",))
    assert set(flagged.offered) == {"close_rate", "lead_conversion_rate"}
    assert "activity_alone" not in codes(["emails_sent", "close_rate"])
    assert "activity_alone" in codes(["emails_sent", "csat"]), "an outcome that emails do not serve is no answer"


def test_f11_every_activity_kpi_names_the_outcomes_it_serves():
    alone = [each.id for each in kpis().values() if each.nature == "activity" and not each.serves]
    assert not alone
    assert all(id_ in kpis() for each in kpis().values() for id_ in each.serves)


def test_f12_five_successes_ask_for_a_loss_and_complaints_clear_it():
    assert {kpi(each).better for each in FIVE_SUCCESSES} == {"higher"}
    found = next(hint for hint in hints(FIVE_SUCCESSES) if hint.code == "success_only")
    assert found.offered == rules().losses
    assert rules().losses == (
        "complaints_count",
        "churn_rate",
        "churn_risk_customers",
        "lost_opportunities",
        "loss_reasons",
    )
    assert {kpi(each).polarity for each in rules().losses} == {"loss"}
    assert "success_only" not in codes([*FIVE_SUCCESSES, "complaints_count"])


def test_f25_loaded_tables_that_no_selected_kpi_uses():
    receivables = [link.kpi for link in goals()["collect_receivables"].kpis if link.role == "direct"]
    loaded = ["web_visits", "invoices", "payments"]
    assert unused(loaded, receivables) == ["web_visits"]
    assert unused(loaded, [*receivables, "website_visits"]) == []
    assert unused(loaded, []) == loaded


def test_f25_every_kpi_says_how_it_is_displayed():
    assert [each.id for each in kpis().values() if not each.display] == []


def test_f36_every_measure_has_a_definition_in_every_language():
    bare = [each.id for each in kpis().values() if not each.formula or not all(map(each.about.get, ("en", "fa", "uk")))]
    assert bare == []


def test_f04_what_is_missing_can_be_said_in_words():
    """A KPI without its data is shown as "needs data: …": every column that any KPI may need has a name."""
    needed = {c for each in kpis().values() for way in (None, *each.computations) for c in needs_of(each, way).columns}
    assert needed
    assert [column for column in sorted(needed) if not Texts("en").has(f"field.{column.partition('.')[2]}")] == []


def test_f79_the_main_goal_puts_its_group_first():
    assert [each.id for each in groups_for(["increase_sales"])][0] == "marketing_and_sales"
    assert [each.id for each in groups_for(["improve_service"])][0] == "customer_service"
    assert [each.id for each in groups_for(["improve_service", "increase_sales"])][:2] == [
        "customer_service",
        "marketing_and_sales",
    ]
    assert [each.id for each in groups_for([])] == [each.id for each in kpi_set("crm_groups").groups]
    assert shelves(["improve_service"])[0].id == "crm_groups.customer_service"


def test_f88_five_areas_lead_to_their_goals():
    assert [area.goals for area in use_areas()] == [
        ("generate_more_leads", "improve_lead_conversion"),
        ("grow_customer_value",),
        ("improve_campaign_return",),
        ("deliver_on_promise",),
        ("improve_service",),
    ]
    assert all(goal in goals() for area in use_areas() for goal in area.goals)


def test_f92_a_board_with_only_business_kpis_is_flagged():
    flagged = next(hint for hint in hints(["total_revenue", "lost_opportunities"]) if hint.code == "lens_missing")
    assert flagged.about == ("user_adoption", "customer_perception")
    whole = ["total_revenue", "active_crm_users", "nps"]
    assert [kpi(each).lens for each in whole] == ["business_performance", "user_adoption", "customer_perception"]
    assert "lens_missing" not in codes(whole)


def test_f106_the_four_come_after_the_essentials():
    names = [shelf.id for shelf in shelves()]
    assert names.index("further") == names.index("essentials") + 1
    assert {shelf.id: shelf.kpis for shelf in shelves()}["further"] == (
        "campaign_roi",
        "clv",
        "sales_cycle_length",
        "cac",
    )


def test_an_empty_board_and_an_unknown_kpi():
    assert hints([]) == []
    with pytest.raises(Unknown):
        hints(["total_revenu"])
