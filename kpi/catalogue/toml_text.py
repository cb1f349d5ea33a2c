"""Blocks of definitions as TOML text, and where in a text a key stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")


def block_text(id_: str, block: Mapping[str, Any]) -> str:
    """`[id]` with its keys, tables of tables under heads of their own; what `tomllib` reads back is `block`."""
    lines = [f"[{_key(id_)}]"]
    below: list[str] = []
    for key, value in block.items():
        if key in ("parts", "beside") and isinstance(value, Mapping) and _tables(value.values()):
            for name, each in value.items():
                below += ["", f"[{_key(id_)}.{key}.{_key(name)}]", *_lines(each)]
        elif key == "variants" and isinstance(value, list) and _tables(value):
            for each in value:
                below += ["", f"[[{_key(id_)}.variants]]", *_lines(each)]
        elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
            lines += [f"{_key(key)} = [", *(f"  {_value(each)}," for each in value), "]"]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return "\n".join([*lines, *below])


def _tables(values: Iterable[Any]) -> bool:
    return all(isinstance(each, Mapping) for each in values)


def _lines(block: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in block.items()]


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return str(value)


def place_of(text: str, key: str) -> tuple[int, int]:
    """Line and column (from 1) of the value of `key` (id.key, id.parts.name.key, id.variants[0].key); of the block's
    head where the key has no line of its own, (1, 1) where there is no such block."""
    path = [each for each in re.split(r"\.|\[|\]", key) if each]
    head, seen, found = [], {}, (1, 1)
    for number, line in enumerate(text.splitlines(), 1):
        table = _HEAD.match(line)
        if table and "=" not in table[2]:
            head = [each.strip("\"' ") for each in table[2].split(".")]
            if table[1] == "[[":
                seen[table[2]] = seen.get(table[2], -1) + 1
                head.append(str(seen[table[2]]))
            if head[:1] == path[:1] and path[: len(head)] == head:
                found = (number, 1)
            continue
        named = re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=\s*[\"']*", line)
        if named and path[: len(head)] == head and path[len(head) : len(head) + 1] == [named[1]]:
            return number, named.end() + 1
    return found
