"""What a foreign file may cost: definitions/intake/limits.toml."""

from __future__ import annotations

import functools
import tomllib

from kpi import model
from kpi.sandbox import Limits


@functools.cache
def _all() -> dict[str, dict[str, int]]:
    return tomllib.loads((model.DEFINITIONS / "intake" / "limits.toml").read_text(encoding="utf-8"))


def process() -> Limits:
    """The limits of the process that parses one hostile file."""
    return Limits(**_all()["process"])


def unpacked() -> dict[str, int]:
    """mb, ratio, ratio_from_mb, files, levels of archives."""
    return _all()["unpacked"]


def json_levels() -> int:
    """How many levels of nested objects become columns."""
    return _all()["json"]["levels"]
