"""One filled sample company for all tests of a run: made once, copied by those who open it.

It is never opened where it was made: the processes of a run would wait for each other.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from kpi import workspace as workspaces
from kpi.sample import fill

NAME = "main"
PATIENCE = 180  # seconds


def _sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder whose workspace "main" holds the sample; closed. The processes of one run share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, ready = shared / "sample-home", shared / "sample-ready"
    try:
        home.mkdir()
    except FileExistsError:
        _wait_for(ready)
        return home
    fill(workspaces.create(home, NAME))
    workspaces.close_workspace(home, NAME)
    ready.touch()
    return home


def copy_of_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of one's own with the sample in it."""
    copy = tmp_path_factory.mktemp("sample") / "home"
    shutil.copytree(_sample_home(tmp_path_factory), copy)
    return copy


def _wait_for(ready: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not ready.exists():
        if time.monotonic() > until:
            raise TimeoutError("the process that fills the sample did not finish")
        time.sleep(0.2)
