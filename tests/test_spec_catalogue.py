"""Every column of the list of KPIs, the goals with their roles and the settings, against the product's definitions.

The list lies beside the checkout. What differs on purpose is named below with its reason; all else must be equal.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable

import pytest

from kpi.catalogue import goals, kpis, sets
from kpi.core import LANGUAGES, ROLES, Kpi
from kpi.workspace import known_settings
from tests.support import SHARED

SPEC, FEATURES = SHARED / "spec" / "kpis.csv", SHARED / "spec" / "features.md"
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="the list of KPIs is not beside the checkout")


def listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def plain(text: str) -> str:
    return text


def headline(kpi: Kpi) -> str:
    return kpi.headline.en if kpi.headline else ""


def goals_of(kpi: Kpi) -> tuple[str, ...]:
    """Goals that name the KPI, direct ones first, then supporting, then guardrails."""
    found = [(ROLES.index(link.role), goal.id) for goal in goals().values() for link in goal.kpis if link.kpi == kpi.id]
    return tuple(id_ for _, id_ in sorted(found, key=lambda each: each[0]))


# column of the list: (how it is read, what the product holds)
COLUMNS: dict[str, tuple[Callable[[str], object], Callable[[Kpi], object]]] = {
    "name_en": (plain, lambda k: k.name.en),
    "name_fa": (plain, lambda k: k.name.fa),
    "name_uk": (plain, lambda k: k.name.uk),
    "seeds": (listed, lambda k: k.seeds),
    # A group is the name of a file here: "customer value" is customer_value.
    "group": (lambda text: text.replace(" ", "_"), lambda k: k.group),
    "lens": (plain, lambda k: k.lens),
    "scorecard_perspective": (plain, lambda k: k.perspective),
    "scorecard_factor": (plain, lambda k: k.factor),
    "measure_kind": (plain, lambda k: k.kind),
    "formula": (plain, lambda k: k.formula),
    "unit": (plain, lambda k: k.unit),
    "better": (plain, lambda k: k.better),
    "required": (plain, lambda k: k.needs),
    "refines": (plain, lambda k: k.refines),
    "threshold": (plain, lambda k: k.threshold),
    "stage": (plain, lambda k: k.stage),
    "notes": (plain, lambda k: k.notes),
    "nature": (plain, lambda k: k.nature),
    "timing": (plain, lambda k: k.timing),
    "polarity": (plain, lambda k: k.polarity),
    "proportion": (lambda text: text == "true", lambda k: k.proportion),
    "guardrails": (listed, lambda k: k.guardrails),
    "serves": (listed, lambda k: k.serves),
    "display": (plain, lambda k: k.display),
    "headline": (plain, headline),
    "about_en": (plain, lambda k: k.about.en),
    "aliases": (listed, lambda k: k.aliases),
    # Within a role the order of goals is that of the list of goals; the sets of each role are compared below.
    "goals": (lambda text: frozenset(listed(text)), lambda k: frozenset(goals_of(k))),
}
# (KPI, column): why the product differs from the list.
DELIBERATE: dict[tuple[str, str], str] = {}


def rows() -> list[dict[str, str]]:
    with SPEC.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_list_has_no_column_that_is_not_compared() -> None:
    assert set(rows()[0]) == {"id", *COLUMNS}


@pytest.mark.parametrize("column", COLUMNS)
def test_every_row_is_as_listed(column: str) -> None:
    read, held = COLUMNS[column]
    assert {row["id"] for row in rows()} == set(kpis()) and len(rows()) == 222
    differ = {
        row["id"]: (read(row[column]), held(kpis()[row["id"]]))
        for row in rows()
        if (row["id"], column) not in DELIBERATE and read(row[column]) != held(kpis()[row["id"]])
    }
    assert differ == {}


def test_what_differs_on_purpose_still_differs() -> None:
    held = {row["id"]: row for row in rows()}
    for id_, column in DELIBERATE:
        read, product = COLUMNS[column]
        assert read(held[id_][column]) != product(kpis()[id_])


# Goals: section 4 of the features.


def section(start: str, end: str) -> str:
    text = FEATURES.read_text(encoding="utf-8")
    return text[text.index(start) : text.index(end)]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def goal_rows() -> dict[str, list[str]]:
    head = section("\n## 4. Goals", "\n### `")
    return {found[0].strip("`"): found[1:] for line in head.splitlines() if (found := cells(line))[0].startswith("`")}


def test_goals_are_as_listed() -> None:
    listed_goals = goal_rows()
    assert set(listed_goals) == set(goals()) and len(listed_goals) == 31
    for id_, (en, fa, uk, seeds, source, aliases) in listed_goals.items():
        goal = goals()[id_]
        assert (goal.name.en, goal.name.fa, goal.name.uk) == (en, fa, uk)
        assert (goal.seeds, goal.source, goal.aliases) == (listed(seeds), source, listed(aliases)), id_


def test_roles_of_every_goal_are_as_listed_and_in_that_order() -> None:
    parts = re.split(r"\n### `(\w+)`", section("\n## 4. Goals", "\n## 5"))[1:]
    stated = dict(zip(parts[::2], parts[1::2], strict=True))
    assert set(stated) == set(goals())
    for id_, text in stated.items():
        table = [cells(line) for line in text.splitlines() if line.startswith("| `")]
        ranked = sorted(((row[0].strip("`"), row[1]) for row in table), key=lambda row: ROLES.index(row[1]))
        assert [(link.kpi, link.role) for link in goals()[id_].kpis] == ranked, id_


# Settings: the head of section 1.

# Settings whose default is written otherwise than in the list, with the same meaning.
WRITTEN = {
    "churn_gap_days": ("365 (or 3 x the Kaplan-Meier median, `model.md`)", "365"),  # the choice: setting churn_rule
    "crm_training_topics": ("topics that contain 'crm'", "crm"),  # the words that a topic contains
    "lead_score_weights": ("1, 1, 1, 1", "interest_level 1, contact_influence 1, need_level 1, sales_stage 1"),
    "risk_weights": (
        "closing 4, contract question 3, complaint 2, frequency 1",
        "closing 4, contract_question 3, complaint 2, frequency 1",
    ),
}


def stated_settings() -> dict[str, str]:
    line = re.search(r"Settings named in formulas \(name = default\): (.*)\.\n", FEATURES.read_text(encoding="utf-8"))
    assert line
    return dict(re.findall(r"`(\w+)` = (.*?)(?:; (?=`)|$)", line[1]))


def test_every_setting_exists_with_its_default() -> None:
    stated = stated_settings()
    assert len(stated) == 54
    for name, default in stated.items():
        setting = known_settings()[name]
        expected = WRITTEN[name][1] if name in WRITTEN else default
        if name in WRITTEN:
            assert default == WRITTEN[name][0]
        assert setting.write(setting.default) == expected, name


# Texts.


def same(text: str) -> str:
    """What a reader takes for the same name: without case, half-spaces, marks and Arabic variants of letters."""
    return re.sub(r"[\W_]+", "", text.casefold().replace("ي", "ی").replace("ك", "ک"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_kpis_share_a_name(lang: str) -> None:
    counts = Counter(same(kpi.name.get(lang)) for kpi in kpis().values())
    assert {name for name, n in counts.items() if n > 1} == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_a_kpi_is_there_and_is_no_copy_of_the_english_one(lang: str) -> None:
    for kpi in kpis().values():
        for text in filter(None, (kpi.name, kpi.about, kpi.headline)):
            assert getattr(text, lang), kpi.id
            assert lang == "en" or getattr(text, lang) != text.en, kpi.id
        assert len(kpi.about.get(lang)) > 40, kpi.id


def test_departments_stand_on_the_kpis_they_list() -> None:
    groups = sets()["departments"].groups
    for group in groups:
        assert set(group.kpis) == {kpi.id for kpi in kpis().values() if group.id in kpi.departments}
    assert sum(bool(kpi.departments) for kpi in kpis().values()) == 31
