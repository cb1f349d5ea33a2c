"""Settings and fixtures for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kpi import workspace as workspaces
from kpi.workspace import Workspace, workspace
from kpi.workspace.names import DATABASE

# A busy machine is slow, not wrong: no test fails by the time an example takes.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

_connect = workspace._connect

# What takes longest, longest first. A long file that begins last keeps one worker busy while the others have nothing left.
LONGEST = (
    "browser/test_shell.py", "test_real_data.py", "test_pages.py", "browser/test_journeys.py", "test_kpis_independent.py",
    "test_proof_all.py", "test_pages_catalogue.py", "test_import_remap.py", "test_engine_shortcuts.py",
    "test_kpi_properties.py", "test_cases.py", "browser/test_catalogue.py", "test_relations.py", "test_own_fuzz.py",
    "test_import_round_trip.py", "test_board_pages.py", "browser/test_filters.py", "test_import_template.py",
    "test_workspace_sharing.py", "test_app_shell.py", "test_import_large.py", "browser/test_kpi.py", "test_pages_import.py",
    "browser/test_import_journey.py", "test_spec_needs.py", "test_definitions_check.py", "test_features_pages.py",
    "browser/test_own_kpi.py", "test_pages_by_hand.py", "browser/test_quality.py", "test_own_kpis.py",
    "test_import_states.py", "test_sample_patterns.py", "test_stories_found.py", "test_pages_targets.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files in the order of LONGEST, then the others; ./check hands them out so, one file to one worker."""
    place = {f"tests/{name}": i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def _new_workspaces_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new workspace starts with the file of one that the product made before: four times as fast, and so many are made.

    Opening brings the copy up to date as it does any workspace; `made_from_nothing` is for tests of the making.
    """
    first: list[Path] = []

    def connect(folder: Path, originals: Path, spool: Path):
        if not (folder / DATABASE).exists():
            if not first:
                first.append(_made(tmp_path_factory.mktemp("first")))
            shutil.copyfile(first[0], folder / DATABASE)
        return _connect(folder, originals, spool)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace, "_connect", connect)
        yield


def _made(home: Path) -> Path:
    """The database file of a workspace as the product makes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace, "_connect", _connect)
        made = workspace.Workspace(home, "w")
        made.close()
    return made.folder / DATABASE


@pytest.fixture
def made_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workspaces are made as the product makes them, table by table."""
    monkeypatch.setattr(workspace, "_connect", _connect)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The workspace with the sample company in it, open for a whole file: to read."""
    from tests.filled import NAME, copy_of_sample  # the sample takes numpy with it, and most tests do not want it

    home = copy_of_sample(tmp_path_factory)
    yield workspaces.open_workspace(home, NAME)
    workspaces.close_workspace(home, NAME)


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A new workspace "Acme", the only one in the home folder that the pages show."""
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield workspaces.create(tmp_path, "Acme")
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for workspaces."""
    yield tmp_path
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)
