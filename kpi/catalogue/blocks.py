"""Reading definition files: one place for the shapes they share."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from kpi.core import Text
from kpi.errors import BadDefinition
from kpi.model import DEFINITIONS


def read(*parts: str) -> dict[str, Any]:
    """The TOML file under kpi/definitions; BadDefinition with the place where it cannot be read."""
    path = Path(DEFINITIONS, *parts)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(path.name, "", str(error)) from None


def text(value: Any, file: str, key: str) -> Text:
    """A Text from `{ en, fa, uk, of }`."""
    if not isinstance(value, dict) or not value.get("en"):
        raise BadDefinition(file, key, "needs a text with `en`")
    return Text(value["en"], value.get("fa", ""), value.get("uk", ""), value.get("of", ""))


def optional_text(value: Any, file: str, key: str) -> Text | None:
    return None if value is None else text(value, file, key)


def names(value: Any, file: str, key: str) -> tuple[str, ...]:
    """A list of strings."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise BadDefinition(file, key, "must be a list of strings")
    return tuple(value)


def choice(block: dict[str, Any], key: str, allowed: tuple[str, ...], file: str, owner: str) -> str:
    """A value out of a closed list."""
    value = block.get(key)
    if value not in allowed:
        raise BadDefinition(file, f"{owner}.{key}", f"{value!r} is not one of {', '.join(allowed)}")
    return value
