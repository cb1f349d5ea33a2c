"""Settings and fixtures for all tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from kpi.workspace import workspace
from kpi.workspace.names import DATABASE

# A busy machine is slow, not wrong: no test fails by the time an example takes.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

_connect = workspace._connect


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
