"""The ready-made sets of KPIs as data: contents and order as specified, every id a KPI of the catalogue."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.definition_files import assert_complete, kpis, load

SETS = load("sets.toml")
KPIS = kpis()


def ids(block: dict) -> list[str]:
    """All KPI ids that a set or a group names."""
    return [*block.get("kpis", ()), *(block[key] for key in ("kpi", "volume", "outcome") if key in block)]


def members(name: str) -> dict[str, list[str]]:
    return {id_: group["kpis"] for id_, group in SETS[name]["groups"].items()}


@pytest.mark.parametrize("name", SETS)
def test_every_id_of_a_set_exists_and_stands_once(name):
    for block in (SETS[name], *SETS[name].get("groups", {}).values()):
        counts = Counter(ids(block))
        assert counts.keys() <= KPIS.keys()
        assert set(counts.values()) <= {1}


@pytest.mark.parametrize("name", SETS)
def test_texts_of_a_set_are_complete_in_three_languages(name):
    block = SETS[name]
    assert_complete(block["name"], name)
    assert_complete(block["about"], f"{name}.about")
    for part in ("groups", "places"):
        for id_, group in block.get(part, {}).items():
            assert_complete(group["question"] if name == "pairs" else group["name"], f"{name}.{id_}")
            if "about" in group:
                assert_complete(group["about"], f"{name}.{id_}.about")


def test_f78_three_groups_of_5_4_3():
    assert members("crm_groups") == {
        "marketing_and_sales": [
            "leads_generated_by_crm",
            "lead_conversion_rate",
            "average_deal_size",
            "deal_closing_time",
            "crm_roi",
        ],
        "customer_service": ["csat", "complaints_count", "issue_resolution_time", "average_wait_time"],
        "productivity": ["crm_records", "crm_usage_frequency", "crm_user_training"],
    }


def test_f79_the_main_goal_names_its_group():
    groups = SETS["crm_groups"]["groups"]
    goal_of = {group["goal"]: id_ for id_, group in groups.items() if "goal" in group}
    assert goal_of == {"increase_sales": "marketing_and_sales", "improve_service": "customer_service"}
    goals = load("goals.toml")
    for goal, group in goal_of.items():
        direct = {link["kpi"] for link in goals[goal]["kpis"] if link["role"] == "direct"}
        assert set(groups[group]["kpis"]) <= direct


def test_f58_each_family_is_filled():
    families = members("families")
    assert list(families) == ["clv", "cac", "rfm", "nps", "csat"]
    assert all(families.values())
    for family, found in families.items():
        named = [id_ for id_ in KPIS if id_ == family or id_.startswith(f"{family}_")]
        assert named
        assert set(named) <= set(found), family


def test_f99_seven_essentials_in_order():
    assert SETS["essentials"]["kpis"] == [
        "churn_rate",
        "nps",
        "ces",
        "renewal_rate",
        "customer_retention_cost",
        "ancillary_revenue",
        "fcr",
    ]


def test_f106_four_further_measures():
    assert SETS["further"]["kpis"] == ["campaign_roi", "clv", "sales_cycle_length", "cac"]


def test_f94_department_lists_in_order():
    departments = SETS["departments"]["groups"]
    assert members("departments") == {
        "marketing": [
            "campaigns_count",
            "campaign_responses",
            "campaign_orders",
            "campaign_revenue",
            "campaign_new_customers",
            "referral_customers",
            "web_page_visits",
            "time_per_website_visit",
            "clv",
            "cross_sell_rate",
            "up_sell_rate",
            "email_list_growth_rate",
        ],
        "sales": [
            "prospects_count",
            "new_customers",
            "retained_customers",
            "close_rate",
            "sales_calls_made",
            "sales_calls_per_opportunity",
            "new_revenue",
            "open_opportunities",
            "sale_duration",
            "sales_cycle_length",
            "proposals_given",
        ],
        "service": [
            "tickets_handled",
            "same_day_tickets",
            "fcr",
            "average_calls_per_day",
            "complaint_resolution_time",
            "customer_call_supporters",
            "sla_compliance_rate",
            "average_handling_time",
        ],
    }
    # Cross- and up-sell are one entry of the list: 12 ids, 11 entries.
    entries = {id_: len(d["kpis"]) - max(len(d.get("together", ())) - 1, 0) for id_, d in departments.items()}
    assert entries == {"marketing": 11, "sales": 11, "service": 8}
    assert departments["marketing"]["together"] == ["cross_sell_rate", "up_sell_rate"]


def test_f80_five_parents_with_their_children():
    tree = {group["kpi"]: group["kpis"] for group in SETS["sales_effectiveness"]["groups"].values()}
    assert list(tree.items()) == [
        ("leads_generated", ["leads_per_channel", "cost_per_lead"]),
        ("lead_conversion_rate", ["lead_conversion_time"]),
        ("average_deal_size", ["sales_roi"]),
        ("repeat_purchases", ["repeat_purchase_frequency"]),
        ("csat", []),
    ]


def test_f81_five_stages_and_only_lead_generation_is_measured_outside_the_crm():
    stages = SETS["stages"]
    groups = stages["groups"]
    assert [group["value"] for group in groups.values()] == [
        "lead generation",
        "qualification",
        "lead management",
        "closing",
        "after-sales",
    ]
    outside = {id_: [p for p in group["places"] if p != "crm"] for id_, group in groups.items()}
    assert outside.pop("lead_generation") == ["website", "social_networks", "advertising_campaigns"]
    assert not any(outside.values())
    assert {place for group in groups.values() for place in group["places"]} == set(stages["places"])


def test_f81_every_stage_of_a_kpi_is_one_of_the_five_and_each_has_kpis():
    values = {group["value"] for group in SETS["stages"]["groups"].values()}
    assert {kpi[SETS["stages"]["by"]] for kpi in KPIS.values() if kpi.get("stage")} == values


def test_f92_every_kpi_has_exactly_one_lens():
    lenses = [group["value"] for group in SETS["lenses"]["groups"].values()]
    assert lenses == ["business_performance", "user_adoption", "customer_perception"]
    assert len(KPIS) == 222
    held = {id_: lenses.count(kpi.get(SETS["lenses"]["by"])) for id_, kpi in KPIS.items()}
    assert {id_: count for id_, count in held.items() if count != 1} == {}
    assert {kpi["lens"] for kpi in KPIS.values()} == set(lenses)


def test_f86_outcome_strip_of_four():
    assert SETS["outcomes"]["kpis"] == ["sales_count", "average_deal_size", "sales_service_cost", "csat"]


def test_f05_exactly_six_pairs():
    pairs = [(pair["volume"], pair["outcome"]) for pair in SETS["pairs"]["groups"].values()]
    assert pairs == [
        ("leads_generated", "sales_qualified_leads"),
        ("opportunity_creation_growth_rate", "opportunity_conversion_rate"),
        ("cost_per_lead", "cost_per_opportunity"),
        ("leads_per_campaign", "campaign_relative_efficiency"),
        ("quotes_sent", "quote_to_order_rate"),
        ("customer_contacts", "cycle_advancing_activities"),
    ]
    for pair in SETS["pairs"]["groups"].values():
        assert [pair["question"][lang][-1] for lang in ("en", "fa", "uk")] == ["?", "؟", "?"]
