"""Definition files read plainly, without the code under test: tests of the data itself start here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

DEFINITIONS = Path(__file__).parents[1] / "kpi" / "definitions"
LANGUAGES = ("en", "fa", "uk")


def load(name: str) -> dict[str, Any]:
    """One file of kpi/definitions as it stands."""
    return tomllib.loads((DEFINITIONS / name).read_text(encoding="utf-8"))


def kpis() -> dict[str, dict[str, Any]]:
    """All KPI blocks by id; an id that stands in two files is an error."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((DEFINITIONS / "kpis").glob("*.toml")):
        for id_, block in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert id_ not in found, f"{id_} stands twice, the second time in {path.name}"
            found[id_] = block
    return found


def assert_complete(text: dict[str, str], where: str) -> None:
    """The text exists in all three languages, each in its own script."""
    missing = [lang for lang in LANGUAGES if not text.get(lang, "").strip()]
    assert not missing, f"{where}: no text in {missing}"
    # A name such as "CRM" may stand in Latin letters; a whole sentence left in English may not.
    assert any("\u0600" <= c <= "\u06ff" for c in text["fa"]), f"{where}: not Persian: {text['fa']}"
    assert any("\u0400" <= c <= "\u04ff" for c in text["uk"]), f"{where}: not Ukrainian: {text['uk']}"
    assert not set(text["fa"]) & set("يك0123456789?,;%"), f"{where}: foreign letters or marks: {text['fa']}"
    assert not set(text["uk"]) & set("ыэёъ'"), f"{where}: foreign letters or marks: {text['uk']}"
