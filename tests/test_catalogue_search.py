"""KPIs found by words in three languages, in spite of how people write; the ready-made groups as filters."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from kpi.analysis.facets import FACETS, Entry, Shelves, departments, groups
from kpi.analysis.matching import catalogue
from kpi.analysis.search import Index, plain
from kpi.catalogue import goals, kpi_set, kpis
from kpi.core import LANGUAGES, ROLES

INDEX = Index(kpis().values())
PRESENT = frozenset({"orders.order_id", "orders.customer_id", "orders.ordered_at", "orders.amount"})
SHELVES = Shelves(Entry(each, each.kpi.id in ("total_revenue", "csat")) for each in catalogue(PRESENT))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kpi_is_found_by_its_name_first_or_among_names_that_begin_so(lang: str) -> None:
    for kpi in kpis().values():
        found = INDEX.search(kpi.name.get(lang))
        assert kpi.id in found, kpi.id
        assert found[0] == kpi.id or plain(kpi.name.get(lang)) in plain(kpis()[found[0]].name.get(lang)), kpi.id


def test_every_alias_and_every_id_finds_its_kpi() -> None:
    for kpi in kpis().values():
        for word in (*kpi.aliases, kpi.id, kpi.id.upper(), kpi.id.replace("_", " ")):
            assert kpi.id in INDEX.search(word), (kpi.id, word)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("churn rate", "churn_rate"),
        ("CHURN RATE", "churn_rate"),
        ("chrun rate", "churn_rate"),  # letters swapped
        ("churn rat", "churn_rate"),  # still being typed
        ("calls answerd", "calls_answered"),  # a letter is missing
        ("نرخ ریزش مشتری", "churn_rate"),
        ("نرخ ريزش مشتري", "churn_rate"),  # Arabic letters
        ("نرخ ریزس", "churn_rate"),  # a wrong letter
        ("تعداد سرنخ های شناسایی شده", "leads_generated"),  # spaces for half-spaces
        ("تعداد سرنخهای شناساییشده", "leads_generated"),  # written together
        ("конверсія лідів", "lead_conversion_rate"),
        ("КОНВЕРСІЯ ЛІДІВ", "lead_conversion_rate"),
        ("конверсія лідив", "lead_conversion_rate"),
        ("Відтік", "churn_rate"),
    ],
)
def test_found_as_people_write_it(asked: str, expected: str) -> None:
    assert expected in INDEX.search(asked)[:3]


def test_words_of_the_formula_find_what_is_computed_from_them() -> None:
    found = INDEX.search("handed_to_sales_at")
    assert found and all("handed_to_sales_at" in kpis()[id_].formula for id_ in found)


def test_every_word_must_be_found_and_nonsense_finds_nothing() -> None:
    assert "nps" in INDEX.search("nps") and not INDEX.search("nps zzzzqqqq")
    assert INDEX.search("   ") == [] and INDEX.search("§§ !!") == [] and INDEX.search("zzzzqqqqxx") == []


def test_a_right_word_is_never_taken_for_a_typo_of_another() -> None:
    assert all("cost" in plain(" ".join((kpis()[i].name.en, kpis()[i].formula, kpis()[i].about.en, *kpis()[i].aliases, i)))
               for i in INDEX.search("cost"))  # fmt: skip


def test_a_kpi_of_ones_own_is_found_too() -> None:
    own = replace(kpis()["nps"], id="own_thing", name=replace(kpis()["nps"].name, en="Bicycles lent", fa="", uk=""))
    assert Index([*kpis().values(), own]).search("bicycles")[0] == "own_thing"


def test_a_search_takes_far_less_than_a_blink() -> None:
    began = time.process_time()
    for word in ("churn", "chrun rate", "درآمد", "customer"):
        INDEX.search(word)
    assert time.process_time() - began < 0.4


# Filters


def ids(words: str = "", **chosen: str) -> list[str]:
    return [each.id for each in SHELVES.find(words, chosen)]


def test_f94_departments_in_the_order_of_their_lists() -> None:
    assert ids(department="marketing") == list(departments()["marketing"])
    assert [len(ids(department=d)) for d in ("marketing", "sales", "service")] == [12, 11, 8]
    assert ids(department="sales")[:2] == ["prospects_count", "new_customers"]
    assert ids(department="service")[-1] == "average_handling_time"


def test_f78_the_three_crm_groups_have_5_4_and_3() -> None:
    found = [ids(set=f"crm_groups.{g.id}") for g in kpi_set("crm_groups").groups]
    assert [len(each) for each in found] == [5, 4, 3]
    assert found[0][0] == "leads_generated_by_crm" and found[2][-1] == "crm_user_training"


def test_f58_five_families_none_empty() -> None:
    families = [g for g in groups() if g.id.startswith("families.")]
    assert [g.id for g in families] == [f"families.{f}" for f in ("clv", "cac", "rfm", "nps", "csat")]
    for group in families:
        assert ids(set=group.id) == list(group.kpis) != []


def test_f99_seven_essentials_and_f106_four_after_them_in_order() -> None:
    assert ids(set="essentials") == [
        "churn_rate", "nps", "ces", "renewal_rate", "customer_retention_cost", "ancillary_revenue", "fcr",
    ]  # fmt: skip
    assert ids(set="further") == ["campaign_roi", "clv", "sales_cycle_length", "cac"]
    assert [g.id for g in groups()][:2] == ["essentials", "further"]


def test_f05_the_six_pairs_are_a_group_of_twelve() -> None:
    assert len(ids(set="pairs")) == 12 and ids(set="pairs")[:2] == ["leads_generated", "sales_qualified_leads"]


def test_f80_the_sales_tree_is_a_group_with_parents_before_children() -> None:
    found = ids(set="sales_effectiveness")
    assert found[:3] == ["leads_generated", "leads_per_channel", "cost_per_lead"] and len(found) == 10


def test_f81_every_stage_filters_and_f92_every_kpi_has_one_lens() -> None:
    stages = [group.id for group in kpi_set("stages").groups]
    assert len(stages) == 5 and all(ids(stage=stage) for stage in stages)
    assert sum(len(ids(lens=group.id)) for group in kpi_set("lenses").groups) == len(kpis())


def test_goals_show_direct_kpis_before_supporting_and_guardrails() -> None:
    found = ids(goal="increase_sales")
    roles = {link.kpi: link.role for link in goals()["increase_sales"].kpis}
    assert set(found) == set(roles)
    ranks = [ROLES.index(roles[id_]) for id_ in found]
    assert ranks == sorted(ranks)


def test_data_board_and_scorecard_filter() -> None:
    assert "total_revenue" in ids(data="computable") and "nps" in ids(data="blocked")
    assert set(ids(data="computable")) | set(ids(data="blocked")) == set(kpis())
    assert set(ids(board="chosen")) == {"total_revenue", "csat"}
    assert set(ids(place="customer/loyalty")) == {k.id for k in kpis().values() if k.factor == "loyalty"}
    assert set(ids(place="organisation")) == {
        k.id for k in kpis().values() if k.perspective == "organizational_performance"
    }


def test_counts_say_what_an_option_would_leave() -> None:
    counts = SHELVES.counts("", {"department": "service"})
    assert set(counts) == set(FACETS)
    assert counts["department"]["marketing"] == 12  # its own facet is left aside
    for lens in kpi_set("lenses").groups:
        assert counts["lens"][lens.id] == len(ids(department="service", lens=lens.id))


def test_words_and_filters_go_together_in_the_order_of_the_words() -> None:
    found = ids("churn", lens="customer_perception")
    assert found[0] == "churn_rate"
    assert set(found) <= set(INDEX.search("churn"))
