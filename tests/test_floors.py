"""The house stands on its floors: docs/architecture.md says which part lies where, the imports obey."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.sources import ROOT, calls, files, product, tree, where

# The one step up: an error says its message in words, and only then needs the texts.
STEPS_UP = {("kpi/errors.py", "kpi/text/")}
ONLY_IN = {
    "streamlit": ("app.py", "pages/"),
    "altair": ("kpi/charts/",),
    "duckdb": ("kpi/engine/", "kpi/workspace/", "kpi/intake/"),
    "sqlglot": ("kpi/compile/", "kpi/catalogue/"),
}
LONGEST = 350
# fmt: off
SHOWN = (
    "altair_chart", "button", "caption", "checkbox", "date_input", "download_button", "error", "expander",
    "feedback", "file_uploader", "form_submit_button", "header", "info", "link_button", "markdown", "metric",
    "multiselect", "number_input", "page_link", "pills", "popover", "radio", "segmented_control", "select_slider",
    "selectbox", "slider", "spinner", "status", "subheader", "success", "tabs", "text", "text_area", "text_input",
    "title", "toast", "toggle", "warning", "write",
)
# fmt: on
SHOWN_BY_NAME = ("label", "body", "help", "placeholder", "caption", "text", "title")


def _floors() -> dict[str, int]:
    """Part of the checkout → floor, as the table of the architecture says."""
    found = {}
    for line in (ROOT / "docs" / "architecture.md").read_text("utf-8").splitlines():
        row = re.match(r"\|\s*(\d+)\s*\|([^|]+)\|", line)
        for part in re.findall(r"`([^`]+)`", row[2]) if row else ():
            found[part.replace("<section>/", "")] = int(row[1])
    return found


FLOORS = _floors()


def _part(file: str) -> str | None:
    """The part of the house that a file belongs to: the longest name that fits."""
    fits = [part for part in FLOORS if file == part or (part.endswith("/") and file.startswith(part))]
    return max(fits, key=len) if fits else None


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _file(module: str) -> str | None:
    """The file of a module of ours, None for anything else."""
    path = ROOT / module.replace(".", "/")
    for each in (path.with_suffix(".py"), path / "__init__.py"):
        if each.is_file():
            return _name(each)
    return None


def _imports(path: Path, top_only: bool = False):
    """(node, module) of each import, `from a import b` as a.b where b is a module."""
    nodes = tree(path).body if top_only else ast.walk(tree(path))
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = path.relative_to(ROOT).with_suffix("").parts[: -node.level]
                base = ".".join([*package, *([base] if base else [])])
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield node, inner if _file(inner) else base


def test_every_file_has_a_floor():
    homeless = [_name(path) for path in product() if _part(_name(path)) is None and path.name != "__init__.py"]
    assert not homeless, f"docs/architecture.md names no floor for {homeless}"


def test_imports_only_go_down():
    wrong = []
    for path in product():
        here = _part(_name(path))
        for node, module in _imports(path):
            target = _file(module)
            there = _part(target) if target else None
            if here is None or there is None or here == there or (_name(path), there) in STEPS_UP:
                continue
            if FLOORS[there] > FLOORS[here]:
                wrong.append(f"{where(path, node)}: {here} (floor {FLOORS[here]}) imports {there} ({FLOORS[there]})")
    assert not wrong, "\n".join(wrong)


def _cycle(graph: dict[str, set[str]]) -> list[str]:
    """One cycle of the graph, empty where there is none."""
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for target in sorted(graph.get(node, ())):
            if found := walk(target, [*path, node]):
                return found
        done.add(node)
        return []

    for start in sorted(graph):
        if found := walk(start, []):
            return found
    return []


def test_neither_parts_nor_files_import_in_circles():
    between: dict[str, set[str]] = {}
    within: dict[str, set[str]] = {}
    for path in product():
        here = _name(path)
        for _, module in _imports(path, top_only=True):
            target = _file(module)
            if target is None or target == here:
                continue
            if path.name != "__init__.py":
                within.setdefault(here, set()).add(target)
            if (part := _part(here)) and (other := _part(target)) and part != other:
                between.setdefault(part, set()).add(other)
    assert not _cycle(between)
    assert not _cycle(within)


def test_a_circle_would_be_found():
    assert _cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert _cycle({"a": {"b", "c"}, "b": {"c"}}) == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_libraries_stay_where_they_belong(library):
    wrong = []
    for path in product():
        if not _name(path).startswith(ONLY_IN[library]):
            wrong += [where(path, node) for node, module in _imports(path) if module.partition(".")[0] == library]
    assert not wrong, f"{library} belongs into {ONLY_IN[library]}, not into {wrong}"


def test_no_page_lies_directly_under_pages():
    """Streamlit would run it past app.py on a deep link."""
    assert not list((ROOT / "pages").glob("*.py"))


def test_no_file_is_longer_than_one_can_read():
    long = {
        _name(path): count
        for path in files("kpi", "pages", "tests", "data", "app.py")
        if (count := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert not long


def _worded(node: ast.AST | None) -> bool:
    """Whether an argument is a text for people, written here: a literal with letters that is no icon and no markup."""
    if isinstance(node, ast.IfExp):
        return _worded(node.body) or _worded(node.orelse)
    pieces = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(piece.value) for piece in pieces if isinstance(piece, ast.Constant))
    text = re.sub(r":material/\w+:|<[^>]*>|&\w+;", "", text)
    return bool(re.search(r"[^\W\d_]", text)) and "<" not in text


def _streamlit_words(path: Path) -> list[str]:
    wrong = []
    for call in calls(path, *SHOWN):
        shown = [call.args[0]] if call.args else []
        shown += [keyword.value for keyword in call.keywords if keyword.arg in SHOWN_BY_NAME]
        to_log = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in ("log", "logging")
        if isinstance(call.func, ast.Attribute) and not to_log and any(_worded(each) for each in shown):
            wrong.append(where(path, call))
    return wrong


def test_pages_hold_no_texts():
    wrong = [place for path in files("pages", "app.py") for place in _streamlit_words(path)]
    assert not wrong, "texts belong into kpi/locales: " + ", ".join(wrong)


def test_a_text_in_a_page_would_be_found():
    source = 'st.write("Hello"); st.button(t("x")); c.metric(f"{n} sales", 1); st.info("x" if y else "")'
    found = [call for call in ast.walk(ast.parse(source)) if isinstance(call, ast.Call) and call.args]
    assert [_worded(call.args[0]) for call in found if isinstance(call.func, ast.Attribute)] == [
        True,
        False,
        True,
        True,
    ]
    assert not _worded(ast.parse('":material/add:"', mode="eval").body)
    assert not _worded(ast.parse('"<br>&nbsp;"', mode="eval").body)
