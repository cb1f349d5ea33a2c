"""The project's own Python files as syntax trees, for tests that read the sources."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def files(*folders: str) -> list[Path]:
    """The Python files of these folders (or files) of the checkout, sorted."""
    found = []
    for name in folders:
        path = ROOT / name
        found += [path] if path.is_file() else path.rglob("*.py")
    return sorted(found)


def product() -> list[Path]:
    """Everything that is shipped: kpi/, pages/, app.py."""
    return files("kpi", "pages", "app.py")


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def calls(path: Path, *names: str) -> Iterator[ast.Call]:
    """The calls of functions or methods of these names in one file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in names:
                yield node


def literals(node: ast.AST | None) -> list[str]:
    """The strings an argument can be: a literal, or either side of a choice between literals."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return literals(node.body) + literals(node.orelse)
    return []


def strings(path: Path) -> Iterator[str]:
    """All string literals of one file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def patterns(path: Path) -> Iterator[str]:
    """The f-strings of one file as regular expressions: nav\\..+ for f"nav.{page}"; those that say something."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(v.value)) if isinstance(v, ast.Constant) else "[a-z0-9_]+" for v in node.values]
            if any(re.search(r"[a-z]{2}", str(v.value)) for v in node.values if isinstance(v, ast.Constant)):
                yield "".join(parts)
