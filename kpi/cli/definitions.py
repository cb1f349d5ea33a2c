"""Every definition file read by the part that uses it, each mistake named with file and key."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kpi.catalogue import kpis, mistakes, sets, settings_of
from kpi.errors import BadDefinition, KpiError, Unknown
from kpi.model import DEFINITIONS, field, tables

# What a reader that checks nothing itself trips over: a key that is missing, a value of another type, a pattern.
WRONG = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def every_mistake() -> list[BadDefinition]:
    """All mistakes of all definition files; [] when they are right. A file that is no TOML is told, and nothing else."""
    found = _tried("model.toml", mistakes)
    if not found:
        for file, read in readers().items():
            found += _tried(file, read)
        found += _tried("kpis", _settings_named)
    if found:
        found = list(_unreadable()) or found
    return list({(each.params["file"], each.params["key"], str(each)): each for each in found}.values())


def _unreadable() -> Iterator[BadDefinition]:
    for path in sorted(DEFINITIONS.rglob("*.toml")):
        try:
            tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            yield BadDefinition(str(path.relative_to(DEFINITIONS)), "", str(error))


def _tried(file: str, read: Callable[[], Any]) -> list[BadDefinition]:
    """The mistakes that `read` tells or trips over; what it returns is a list of further ones, or anything else."""
    try:
        told = read()
    except BadDefinition as error:
        return [error]
    except KpiError as error:
        return [BadDefinition(file, str(error.params.get("name", "")), str(error))]
    except WRONG as error:
        key = str(error.args[0]) if isinstance(error, KeyError) and error.args else ""
        return [BadDefinition(file, key, f"cannot be read: {type(error).__name__}: {error}")]
    return [each for each in told if isinstance(each, BadDefinition)] if isinstance(told, list) else []


def readers() -> Mapping[str, Callable[[], Any]]:
    """Definition file (or folder) → what reads it. Those that the catalogue itself checks are not among them."""
    from kpi.analysis import evidence_rules, lint_rules, rules, segments, thresholds
    from kpi.analysis.card import read_card
    from kpi.intake import by_hand, lexicon, written
    from kpi.intake.readers import limits, shape
    from kpi.measure import filtering
    from kpi.quality import checks
    from kpi.quality import rules as quality
    from kpi.workspace import known_settings
    from kpi.workspace.storage import state_tables

    return {
        "sets.toml": sets,
        "settings.toml": known_settings,
        "state.toml": state_tables,
        "evidence.toml": evidence_rules.rules,
        "lint.toml": lint_rules.rules,
        "rules.toml": rules.rules,
        "alerts.toml": lambda: _known_kpis("alerts.toml", [(each.kpi, each.kpi) for each in thresholds.proposed()]),
        "segments.toml": segments.segment_map,
        "scorecard.toml": lambda: _instruments(read_card()),
        "filters.toml": filtering.offered,
        "findings.toml": lambda: (checks.checks(), checks.judgements()),
        "quality.toml": quality.rules,
        "intake/tables": lexicon.names,
        "intake/shared.toml": lexicon.shared,
        "intake/words.toml": lambda: _words(lexicon),
        "intake/aliases.toml": lambda: (lexicon.stage_order(), lexicon.adjustments(), _aliases()),
        "intake/mapping.toml": lambda: (lexicon.said_by_yes(), *map(lexicon.limits, _blocks("intake/mapping.toml") - {"flags"})),
        "intake/presets": _presets,
        "intake/by_hand.toml": lambda: (by_hand.tables(), by_hand.most_rows()),
        "intake/limits.toml": lambda: (limits.process(), limits.unpacked(), limits.json_levels()),
        "intake/shape.toml": lambda: (shape.words(), shape.units()),
        "intake/values.toml": lambda: [read() for read in (written.currencies, written.multipliers, written.durations,
            written.pieces, written.half_days, written.zones, written.in_dates, written.languages,
            written.missing_words, written.missing_among_values, written.missing_numbers, written.missing_days)],
    }  # fmt: skip


def _presets() -> list[BadDefinition]:
    from kpi.intake.presets import preset_of

    paths = sorted((DEFINITIONS / "intake" / "presets").glob("*.toml"))
    found = []
    for path in paths:
        found += _tried(f"intake/presets/{path.name}", functools.partial(_preset, preset_of, path))
    return found


def _preset(read: Callable[[Path], Any], path: Path) -> None:
    made = read(path)
    if made.table not in tables():
        raise BadDefinition(f"intake/presets/{path.name}", "table", f"no table {made.table!r} in the model")


@functools.cache
def _blocks(file: str) -> frozenset[str]:
    return frozenset(tomllib.loads((DEFINITIONS / file).read_text(encoding="utf-8")))


def _known_kpis(file: str, named: list[tuple[str, str]]) -> list[BadDefinition]:
    return [BadDefinition(file, key, str(Unknown("kpi", id_, kpis()))) for key, id_ in named if id_ not in kpis()]


def _instruments(card: Any) -> list[BadDefinition]:
    sides = [(f"factors.{f.id}", id_) for f in card.factors.values() for id_ in (*f.objective, *f.subjective)]
    return _known_kpis("scorecard.toml", sides)


def _words(lexicon: Any) -> list[BadDefinition]:
    """Words for values: every block is a column (or what `aliases` leads to), every value one of the model's."""
    file = "intake/words.toml"
    blocks = tomllib.loads((DEFINITIONS / file).read_text(encoding="utf-8"))
    columns = [each for table in tables().values() for each in table.fields.values() if each.values]
    led: dict[str, set[str]] = {}
    for each in columns:
        for block in {each.path, each.name, _aliases().get(each.path, each.name)}:
            led.setdefault(block, set()).update(each.values)
    found = []
    for block, values in blocks.items():
        if block == "flag":
            lexicon.flags()
        elif block not in led:
            found.append(BadDefinition(file, block, "no column of the model has such values"))
        else:
            odd = sorted(set(values) - led[block])
            found += [BadDefinition(file, f"{block}.{value}", "is no value of the model") for value in odd]
    return found


@functools.cache
def _aliases() -> Mapping[str, str]:
    """Column of the model → the block of words that it uses."""
    listed = tomllib.loads((DEFINITIONS / "intake" / "aliases.toml").read_text(encoding="utf-8"))["words"]
    for path in listed:
        field(path)
    return listed


def _settings_named() -> list[BadDefinition]:
    """Settings that KPIs name must be there."""
    known = _blocks("settings.toml")
    return [
        BadDefinition(each.file, f"{each.id}.settings", f"names the unknown setting {name!r}")
        for each in kpis().values()
        for name in settings_of(each)
        if name not in known
    ]
