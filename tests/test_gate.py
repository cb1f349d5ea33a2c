"""What a newcomer meets first: pinned packages, links that lead somewhere, no traces of one machine."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.sources import ROOT

PIN = re.compile(r"^([\w.-]+)(?:\[\w+\])?==([\w.]+)$")


def _pins(name: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line and not line.startswith("-r "):
            match = PIN.match(line)
            assert match, f"{name}: {line!r} is not pinned to one version"
            found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return found


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_direct_requirements_are_pinned_as_in_the_whole_set():
    whole = _pins("constraints.txt")
    direct = _pins("requirements.txt") | _pins("requirements-dev.txt")
    assert direct
    assert {name: whole.get(name) for name in direct} == direct


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))])
def test_links_of_the_docs_lead_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if not re.match(r"[a-z]+:", link)]
    dead = [link for link in links if not ((ROOT / page).parent / link).exists()]
    assert not dead


def test_the_scripts_of_the_readme_can_be_started():
    for name in ("run", "check", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, name


def test_nothing_names_an_index_or_somebodys_machine():
    """Addresses of package indexes and home folders belong to a machine, not to the project."""
    traces = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host|pypi\S*/simple|/(home|root|Users)/\w")
    found = []
    for name in _tracked():
        if not name.endswith((".woff2", ".png", ".parquet", ".xlsx")) and name != "tests/test_gate.py":
            found += [name] if traces.search((ROOT / name).read_text("utf-8", errors="replace")) else []
    assert not found
