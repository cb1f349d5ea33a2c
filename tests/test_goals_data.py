"""The goals and the scorecard as data: complete, as specified, and readable in three languages."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.definition_files import assert_complete, kpis, load

EXPECTED = Path(__file__).parent / "expected" / "goals.txt"
ROLES = ("direct", "supporting", "guardrail")
GROUPS = ("sales", "marketing", "service", "customer", "money", "foundations")
SEED_TALK = re.compile(r"\b00[0-4]\b|\bseeds?\b|\bkey metric\b|\bpair \d|\bthe text\b|\bitem \d|^same\b|^its\b", re.I)
GOALS = load("goals.toml")
SCORECARD = load("scorecard.toml")


def expected_goals() -> dict[str, list[tuple[str, str]]]:
    """Goal id to its (KPI, role) list, from the compact listing beside the tests."""
    found = {}
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            goal, lists = line.split(":")
            found[goal] = [
                (kpi, role) for role, ids in zip(ROLES, lists.split("|"), strict=True) for kpi in ids.split()
            ]
    return found


def test_there_are_31_goals_with_419_links():
    assert len(GOALS) == 31
    assert sum(len(goal["kpis"]) for goal in GOALS.values()) == 419


def test_f04_kpis_and_roles_of_every_goal_are_as_specified():
    actual = {id_: [(link["kpi"], link["role"]) for link in goal["kpis"]] for id_, goal in GOALS.items()}
    assert list(actual) == list(expected_goals())
    assert actual == expected_goals()


@pytest.mark.parametrize("id_", GOALS)
def test_f04_no_kpi_stands_before_one_of_a_stronger_role(id_):
    strengths = [ROLES.index(link["role"]) for link in GOALS[id_]["kpis"]]
    assert strengths == sorted(strengths)


@pytest.mark.parametrize("id_", GOALS)
def test_kpis_of_a_goal_exist_and_stand_once(id_):
    counts = Counter(link["kpi"] for link in GOALS[id_]["kpis"])
    assert counts.keys() <= kpis().keys()
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("id_", GOALS)
def test_texts_of_a_goal_are_complete_in_three_languages(id_):
    goal = GOALS[id_]
    for key in ("name", "about", "question"):
        assert_complete(goal[key], f"{id_}.{key}")
    assert all(goal["question"][lang].endswith(mark) for lang, mark in (("en", "?"), ("fa", "؟"), ("uk", "?")))
    for link in goal["kpis"]:
        assert_complete(link["reason"], f"{id_}.{link['kpi']}")


@pytest.mark.parametrize("id_", GOALS)
def test_visible_texts_speak_to_a_manager_and_the_sources_are_kept(id_):
    goal = GOALS[id_]
    assert goal["sources"]
    visible = [goal["about"]["en"], goal["question"]["en"], *(link["reason"]["en"] for link in goal["kpis"])]
    assert [text for text in visible if SEED_TALK.search(text)] == []
    for link in goal["kpis"]:
        assert link.get("said") != link["reason"]["en"]


def test_every_goal_has_a_group_and_every_group_a_goal():
    assert {goal["group"] for goal in GOALS.values()} == set(GROUPS)


def test_f95_quick_picks():
    quick = {goal["quick"]: id_ for id_, goal in GOALS.items() if "quick" in goal}
    assert quick == {1: "grow_revenue_per_rep", 2: "cut_acquisition_cost", 3: "cut_response_time"}


def test_f107_scorecard_has_4_perspectives_19_factors_19_subjective_and_38_objective_slots():
    factors = SCORECARD["factors"]
    assert list(SCORECARD["perspectives"]) == ["organisation", "customer", "process", "infrastructure"]
    assert len(factors) == 19
    assert sum(len(factor["subjective"]) for factor in factors.values()) == 19
    assert sum(len(factor["objective"]) for factor in factors.values()) == 38
    assert Counter(factor["perspective"] for factor in factors.values()) == {
        "organisation": 3,
        "customer": 3,
        "process": 3,
        "infrastructure": 10,
    }


def test_f107_empty_slots_and_the_shared_instrument():
    factors = SCORECARD["factors"]
    assert [id_ for id_, factor in factors.items() if not factor["subjective"]] == ["shareholder_value"]
    assert [id_ for id_, factor in factors.items() if not factor["objective"]] == ["loyalty"]
    subjective = Counter(kpi for factor in factors.values() for kpi in factor["subjective"])
    assert len(subjective) == 18
    assert [kpi for kpi, uses in subjective.items() if uses > 1] == ["perceived_loyalty"]


def test_scorecard_instruments_exist_and_its_texts_are_complete():
    for id_, factor in SCORECARD["factors"].items():
        assert {*factor["subjective"], *factor["objective"]} <= kpis().keys(), id_
        assert_complete(factor["name"], id_)
        if "remark" in factor:
            assert_complete(factor["remark"], f"{id_}.remark")
    for id_, perspective in SCORECARD["perspectives"].items():
        assert_complete(perspective["name"], id_)
