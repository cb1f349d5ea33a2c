"""`catalogue check`: every definition file is read, a mistake in any of them is named with file and key, and it is quick."""

from __future__ import annotations

import functools
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
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


ALONE = (
    "kpis/",
    "measures.",
    "goals.",
    "model.",
    "facts.",
    "segments.",
    "intake/limits.",
)  # hide the mistakes of others


def rounds() -> list[list[int]]:
    """The lines of SPOILT that one check can tell together: of each file one, and those that hide others alone."""
    found: list[list[int]] = []
    for i, (file, *_) in enumerate(SPOILT):
        open_ = [] if file.startswith(ALONE) else [each for each in found if not alone(each)]
        fitting = next((each for each in open_ if file not in [SPOILT[j][0] for j in each]), None)
        if fitting is None:
            found.append([i])
        else:
            fitting.append(i)
    return found


def alone(batch: list[int]) -> bool:
    return any(SPOILT[i][0].startswith(ALONE) for i in batch)


@pytest.fixture(scope="module")
def told(copy: Path) -> Callable[[int], tuple[int, list[dict]]]:
    """Status and mistakes of the check in which a line of SPOILT was tried; each round is run once."""
    together = {i: tuple(batch) for batch in rounds() for i in batch}

    @functools.cache
    def run(batch: tuple[int, ...]) -> tuple[int, list[dict]]:
        right = {}
        for i in batch:
            file, old, new, _ = SPOILT[i]
            path = copy / "kpi" / "definitions" / file
            right[path] = text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1) if old else text + "\n" + new, encoding="utf-8")
        try:
            return check(copy)[:2]
        finally:
            for path, text in right.items():
                path.write_text(text, encoding="utf-8")

    return lambda i: run(together[i])


@pytest.mark.parametrize("i", range(len(SPOILT)), ids=[f"{s[0]}:{s[3] or s[2][:12]}" for s in SPOILT])
def test_a_mistake_is_named_with_its_file_and_key(told: Callable[[int], tuple[int, list[dict]]], i: int) -> None:
    file, _, _, key = SPOILT[i]
    status, found = told(i)
    assert status == 1 and found
    named = [each for each in found if Path(each["file"]).name in (Path(file).name, Path(file).parent.name)]
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
