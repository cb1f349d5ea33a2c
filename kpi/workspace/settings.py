"""The settings of a workspace: typed, with defaults, read and written as text KEY=VALUE."""

from __future__ import annotations

import contextlib
import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytz

from kpi import model
from kpi.core import Text
from kpi.errors import BadDefinition, Refused, Unknown

NONE = "none"
DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")


@dataclass(frozen=True)
class Setting:
    """One setting: its type, its default and what may be written.

    optional: "none" may be written and is None. values: the choices, or the names of the weights.
    low, high: bounds of a number, inclusive.
    """

    name: str
    type: str
    default: Any
    about: Text
    group: str
    values: tuple[str, ...] = ()
    optional: bool = False
    low: float | None = None
    high: float | None = None

    def parse(self, text: str) -> Any:
        """The typed value of `text`; Refused with what may be written."""
        text = str(text).strip()
        if self.optional and text.lower() in (NONE, ""):
            return None
        try:
            value = PARSERS[self.type](self, text)
        except (ValueError, KeyError) as error:
            raise self._refused(text) from error
        if self.low is not None and value < self.low or self.high is not None and value > self.high:
            raise self._refused(text)
        return value

    def write(self, value: Any) -> str:
        """`value` as the text that `parse` reads."""
        if value is None:
            return NONE
        if self.type == "flag":
            return "on" if value else "off"
        if self.type == "list":
            return ", ".join(value)
        if self.type == "weights":
            return ", ".join(f"{name} {number:g}" for name, number in value.items())
        if self.type == "day":
            return f"{value[0]:02}-{value[1]:02}"
        return f"{value:g}" if self.type == "number" else str(value)

    @property
    def allowed(self) -> str:
        """What may be written, in short."""
        bounds = f" {self.low:g}…{self.high:g}" if self.low is not None and self.high is not None else ""
        bounds = bounds or (f" ≥ {self.low:g}" if self.low is not None else "")
        said = {
            "choice": " | ".join(self.values),
            "flag": "on | off",
            "list": "a, b, c" if not self.values else ", ".join(self.values),
            "weights": ", ".join(f"{name} 1" for name in self.values),
            "day": "MM-DD",
            "zone": "Asia/Tehran, Europe/Kyiv, UTC …",
            "currency": "EUR, USD, UAH, IRR, IRT …",
            "integer": "1, 2, 3 …",
            "number": "0.5",
        }.get(self.type, "…")
        return said + bounds + (f" | {NONE}" if self.optional else "")

    def _refused(self, text: str) -> Refused:
        return Refused("setting_value", key=self.name, value=text, allowed=self.allowed)


def _choice(setting: Setting, text: str) -> str:
    if text.lower() not in setting.values:
        raise ValueError(text)
    return text.lower()


def _flag(_: Setting, text: str) -> bool:
    return {"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}[text.lower()]


def _number(_: Setting, text: str) -> float:
    value = float(text.translate(DIGITS))
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError(text)
    return value


def _list(setting: Setting, text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.replace("،", ",").split(",") if part.strip())
    if setting.values and not set(found) <= set(setting.values):
        raise ValueError(text)
    return found


def _weights(setting: Setting, text: str) -> dict[str, float]:
    """`a 4, b 3`, or the bare numbers in the order of the names."""
    parts = [part.rsplit(maxsplit=1) for part in _list(Setting("", "list", "", setting.about, ""), text)]
    if all(len(part) == 1 for part in parts):
        parts = [[name, part[0]] for name, part in zip(setting.values, parts, strict=True)]
    found = {name.strip().replace(" ", "_"): _number(setting, number) for name, number in parts}
    if set(found) != set(setting.values) or min(found.values()) < 0:
        raise ValueError(text)
    return {name: found[name] for name in setting.values}


def _day(_: Setting, text: str) -> tuple[int, int]:
    month, day = (int(part) for part in text.translate(DIGITS).split("-"))
    return date(2024, month, day).month, day


def _zone(_: Setting, text: str) -> str:
    return str(pytz.timezone(text).zone)


def _currency(_: Setting, text: str) -> str:
    if not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.upper()


PARSERS = {
    "text": lambda _, text: text,
    "choice": _choice,
    "integer": lambda _, text: int(text.translate(DIGITS)),
    "number": _number,
    "flag": _flag,
    "list": _list,
    "weights": _weights,
    "day": _day,
    "zone": _zone,
    "currency": _currency,
}


@functools.cache
def known_settings() -> dict[str, Setting]:
    """All settings by name, from definitions/settings.toml, in its order."""
    blocks = tomllib.loads((model.DEFINITIONS / "settings.toml").read_text(encoding="utf-8"))
    found = {}
    for name, block in blocks.items():
        spec: dict[str, Any] = dict(block)
        default, about = spec.pop("default"), Text(**spec.pop("about"))
        if spec.get("type") not in PARSERS:
            raise BadDefinition("settings.toml", name, f"unknown type {spec.get('type')!r}")
        spec["values"] = tuple(spec.get("values", ()))
        setting = Setting(name, default=None, about=about, **spec)
        try:
            typed = setting.parse(default)
        except Refused as error:
            raise BadDefinition("settings.toml", name, f"default {default!r} cannot be read") from error
        found[name] = Setting(**(vars(setting) | {"default": typed}))
    return found


def known_setting(name: str) -> Setting:
    """The setting `name`; Unknown with a suggestion where there is none."""
    if name not in known_settings():
        raise Unknown("setting", name, known_settings())
    return known_settings()[name]


class Settings(Mapping[str, Any]):
    """The settings in force: `settings.currency`, `settings["currency"]`, `settings.get("currency")`."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        """given: the stored texts; names that this version does not know are passed over."""
        self.given = {name: text for name, text in (given or {}).items() if name in known_settings()}
        self._values: dict[str, Any] = {name: setting.default for name, setting in known_settings().items()}
        for name, text in self.given.items():
            with contextlib.suppress(Refused):  # a value that this version no longer allows must not lock a workspace
                self._values[name] = known_settings()[name].parse(text)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._values:
            raise AttributeError(name)
        return self._values[name]

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def text(self, name: str) -> str:
        """The value of `name` as it is written on the command line."""
        return known_setting(name).write(self[name])


def parse_assignments(assignments: list[str]) -> dict[str, str]:
    """KEY=VALUE texts as {key: normalised text}; Unknown for a key, Refused for a value that cannot be read."""
    found = {}
    for text in assignments:
        key, sign, value = text.partition("=")
        if not sign:
            raise Refused("setting_form", text=text)
        setting = known_setting(key.strip().lower())
        found[setting.name] = setting.write(setting.parse(value))
    return found
