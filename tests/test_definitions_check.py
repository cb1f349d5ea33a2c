"""`catalogue check`: every definition file is read, a mistake in any of them is named with file and key, and it is quick."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kpi.catalogue import mistakes
from kpi.cli.definitions import every_mistake, readers
from kpi.model import DEFINITIONS

ROOT = Path(__file__).parents[1]
BY_THE_CATALOGUE = {"model.toml", "facts.toml", "measures.toml", "goals.toml"}


def test_the_shipped_definitions_hold_no_mistake() -> None:
    assert every_mistake() == []


def test_every_definition_file_has_a_reader() -> None:
    read = set(readers())
    for path in DEFINITIONS.rglob("*.toml"):
        name = str(path.relative_to(DEFINITIONS))
        folder = str(path.parent.relative_to(DEFINITIONS))
        assert name in read or folder in read or name in BY_THE_CATALOGUE or folder == "kpis", name


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product, to be spoilt."""
    folder = tmp_path_factory.mktemp("product")
    shutil.copytree(ROOT / "kpi", folder / "kpi", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def check(folder: Path) -> tuple[int, list[dict], str]:
    done = subprocess.run(
        [sys.executable, "-m", "kpi", "catalogue", "check", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)["mistakes"], done.stderr


# file, what stands there, what is put in its place, what the mistake names
SPOILT = [
    ("kpis/sales.toml", '[close_rate]\n', '[close_rate]\nnonsense = 1\n', "close_rate.nonsense"),
    ("kpis/service.toml", 'where = "cast(resolved_at', 'where = "cast(resolvd_at', "same_day_tickets"),
    ("kpis/service.toml", 'settings = ["min_n_agent"]', 'settings = ["min_n_agnt"]', "support_agent_performance.settings"),
    ("measures.toml", 'value = "sum(amount)"', 'value = "sum(amont)"', "acquisition_cost"),
    ("goals.toml", 'kpi = "csat"', 'kpi = "cssat"', "cssat"),
    ("sets.toml", '"churn_rate", "nps", "ces"', '"churn_rate", "nbs", "ces"', "nbs"),
    ("sets.toml", 'places = ["crm"]', 'places = ["moon"]', "places"),
    ("settings.toml", 'default = "gregorian"', 'default = "lunar"', "calendar"),
    ("state.toml", "", "[odd.columns]\nx = \"colour\"\n", "odd.x"),
    ("evidence.toml", "order = ", "order_ = ", "order"),
    ("alerts.toml", 'kpi = "fcr"', 'kpi = "fcrr"', "fcrr"),
    ("scorecard.toml", '"shareholder_value"', '"shareholder_worth"', ""),
    ("filters.toml", "dimensions = [", 'dimensions = ["customers.colour", ', "dimensions"),
    ("segments.toml", "[", "[[", ""),
    ("intake/presets/pipedrive_deals.toml", '"opportunities.amount"', '"opportunities.amuont"', ""),
    ("intake/presets/hubspot_deals.toml", 'table = "opportunities"', 'table = "opportunitys"', "table"),
    ("intake/words.toml", "won = [", "wonn = [", "wonn"),
    ("intake/tables/sales.toml", "[opportunities]\n", '[opportunities]\nnothing_there = ["x"]\n', "opportunities.nothing_there"),
    ("intake/limits.toml", "[", "[x", ""),
    ("model.toml", 'type = "id"', 'type = "idd"', ""),
    ("facts.toml", "select ", "selectt ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "key"), SPOILT, ids=[f"{s[0]}:{s[3] or s[2][:12]}" for s in SPOILT])
def test_a_mistake_is_named_with_its_file_and_key(copy: Path, file: str, old: str, new: str, key: str) -> None:
    path = copy / "kpi" / "definitions" / file
    right = path.read_text(encoding="utf-8")
    assert old in right
    path.write_text(right.replace(old, new, 1) if old else right + "\n" + new, encoding="utf-8")
    try:
        status, found, _ = check(copy)
    finally:
        path.write_text(right, encoding="utf-8")
    assert status == 1 and found
    named = [each for each in found if Path(each["file"]).name in (path.name, path.parent.name)]
    assert named, found
    assert all(each["mistake"] for each in found)
    assert not key or any(key in f"{each['key']} {each['mistake']}" for each in named), found


def test_the_catalogue_is_loaded_and_checked_in_under_a_second_of_work() -> None:
    """In a process of its own, cold; processor time, since a busy machine is slow, not wrong."""
    code = "from kpi.catalogue import mistakes; assert mistakes() == []"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 1.5  # 0.8 on a quiet machine


def test_it_is_loaded_once_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    import tomllib

    assert mistakes() == []
    monkeypatch.setattr(tomllib, "loads", lambda text: pytest.fail("a definition is read a second time"))
    assert mistakes() == []
