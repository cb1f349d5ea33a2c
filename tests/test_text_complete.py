"""Every text exists in three languages, translates the English of today, and is asked for by someone."""

from __future__ import annotations

import functools
import re
import tomllib

import pytest

import kpi.text.marks as marks
from kpi.core import LANGUAGES
from kpi.text.locale import mark, read
from kpi.text.placeholders import names
from tests.sources import calls, literals, patterns, product, strings, where

ENGLISH = read("en").texts
# Families whose keys come from data, not from the sources; [error] has a test of its own.
FAMILIES = ("error.", "kind.")
CLASSES = ("Refused", "KpiError")


def test_texts_are_complete_fresh_and_have_the_same_placeholders():
    """Language files and definitions: each wrong entry is named with file and key."""
    found = [str(finding) for finding in marks.check()]
    assert not found, "\n".join(found)


def test_all_languages_say_how_they_write_numbers_and_dates():
    def shape(block, path=""):
        for key, value in block.items():
            yield (f"{path}{key}", len(value) if isinstance(value, list) else 0)
            if isinstance(value, dict) and key != "signs":
                yield from shape(value, f"{path}{key}.")

    wanted = set(shape(read("en").meta))
    for lang in LANGUAGES:
        assert set(shape(read(lang).meta)) == wanted, lang


def test_ukrainian_words_for_a_number_have_their_forms():
    """{n|…} in English has two forms, in Ukrainian at least three (one, few, many)."""
    for lang, least in (("en", 2), ("uk", 3)):
        for key, text in read(lang).texts.items():
            for part in text.split("{")[1:]:
                name, _, words = part.split("}")[0].partition("|")
                if words:
                    assert words.count("|") + 1 >= least, f"{lang}.toml: {key}: {name} needs {least} forms"


def _keys(path):
    """(place, key) of every text asked for by a literal; a key without a dot belongs to the page of the file."""
    pages = [name for call in calls(path, "page") for name in literals(call.args[0] if call.args else None)]
    for call in calls(path, "t"):
        for key in literals(call.args[0] if call.args else None):
            yield call, key if "." in key or not pages else f"{pages[0]}.{key}"


def _choices(path):
    """The beginning of the texts of every choice of a page: `here.choice("by", …)` says `<page>.by_<code>`."""
    pages = [name for call in calls(path, "page") for name in literals(call.args[0] if call.args else None)]
    for call in calls(path, "choice"):
        for key in literals(call.args[0] if call.args else None):
            yield from (f"{page}.{key}" for page in pages)


def test_every_text_that_is_asked_for_exists():
    wrong = []
    for path in product():
        for call, key in _keys(path):
            known = key in ENGLISH if "." in key else any(each.endswith(f".{key}") for each in ENGLISH)
            if not known:
                wrong.append(f"{where(path, call)}: no text {key!r}")
    assert not wrong, "\n".join(wrong)


def test_every_text_gets_its_placeholders():
    wrong = []
    for path in product():
        for call, key in _keys(path):
            given = {keyword.arg for keyword in call.keywords}
            if key in ENGLISH and None not in given and not names(ENGLISH[key]) <= given:
                wrong.append(f"{where(path, call)}: {key!r} needs {sorted(names(ENGLISH[key]) - given)}")
    assert not wrong, "\n".join(wrong)


def _errors(path):
    """(place, code, given params) of every error that is made with a literal code."""
    for call in calls(path, *CLASSES):
        for code in literals(call.args[0] if call.args else None):
            yield call, code, {keyword.arg for keyword in call.keywords}


def test_every_error_has_a_text_and_fills_it():
    wrong = []
    for path in product():
        for call, code, given in _errors(path):
            text = ENGLISH.get(f"error.{code}")
            if text is None:
                wrong.append(f"{where(path, call)}: no text 'error.{code}'")
            elif None not in given and not names(text) <= given:
                wrong.append(f"{where(path, call)}: 'error.{code}' needs {sorted(names(text) - given)}")
    assert not wrong, "\n".join(wrong)


def test_every_text_is_used():
    """By its key or its last part as a literal, or by an f-string that can become either."""
    said: set[str] = set()
    forms: set[str] = set()
    for path in product():
        said.update(strings(path))
        said.update(key for _, key in _keys(path))
        forms.update(patterns(path))
        # `here.choice("by", …)` of a page asks for by_month, by_year … (pages/parts/frame.py).
        choices = [each for call in calls(path, "choice") for each in literals(call.args[0] if call.args else None)]
        forms.update(f"{re.escape(each)}_[a-z0-9]+" for each in choices)
    made = re.compile("|".join(sorted(forms)))
    unused = [
        key
        for key in ENGLISH
        if not key.startswith(FAMILIES)
        and not {key, key.partition(".")[2]} & said
        and not any(made.fullmatch(each) for each in (key, key.partition(".")[2]))
    ]
    assert not unused, "\n".join(unused)


def test_every_error_text_belongs_to_an_error():
    said = {text for path in product() for text in strings(path)}
    unused = [key for key in ENGLISH if key.startswith("error.") and key.partition(".")[2] not in said | {"other"}]
    assert not unused, "\n".join(unused)


# The stamping itself, on copies


@pytest.fixture
def copies(tmp_path):
    (tmp_path / "en.toml").write_text(
        '[meta]\nname = "English"\n[a]\none = "One {n}"\ntwo = "Two"\ntricky = "Say of"\n', "utf-8"
    )
    (tmp_path / "fa.toml").write_text(
        "# head\n[meta]\nname = 'فارسی'\n\n[a]  \n"
        'one = { t = "یک {n}", of = "" }   # kept\n'
        'two = { t = "", of = "" }\n'
        'tricky = { t = \'of = ""\', of = "" }\n',
        "utf-8",
    )
    return tmp_path


def test_stamping_fills_empty_marks_and_leaves_every_other_byte(copies):
    path = copies / "fa.toml"
    before = path.read_text("utf-8")
    english = read("en", copies).texts
    assert marks.stamp_locale(path, english) == 2
    after = path.read_text("utf-8")
    expected = before.replace(', of = "" }   # kept', f', of = "{mark("One {n}")}" }}   # kept')
    expected = expected.replace('\', of = "" }', f'\', of = "{mark("Say of")}" }}')
    assert after == expected
    assert marks.stamp_locale(path, english) == 0
    assert [(f.key, f.what) for f in marks.check_locale("fa", copies)] == [("a.two", "empty")]


def test_a_changed_missing_or_orphaned_text_is_found(copies):
    marks.stamp_locale(copies / "fa.toml", read("en", copies).texts)
    english = (copies / "en.toml").read_text("utf-8")
    (copies / "en.toml").write_text(english.replace("One {n}", "Just {m}").replace("two", "three"), "utf-8")
    found = {finding.key: finding.what for finding in marks.check_locale("fa", copies) if "stale" not in finding.what}
    stale = [finding.key for finding in marks.check_locale("fa", copies) if "stale" in finding.what]
    assert stale == ["a.one"]
    assert found == {
        "a.one": "placeholders ['n'] are not ['m']",
        "a.two": "orphan: there is no such English text",
        "a.three": "missing",
    }


def test_definitions_are_stamped_in_their_lines(tmp_path):
    path = tmp_path / "kpis.toml"
    line = 'name = { en = "A \\"B\\" {x}", fa = "آ {x}", uk = "А {x}", of = "" }\n'
    half = 'about = { en = "C", fa = "", uk = "Ц", of = "" }\n'
    inside = 'list = [\n  { kpi = "k", reason = { en = "D", fa = "د", uk = "Д", of = "" } },\n]\n'
    path.write_text(f"[k]\n{line}{half}{inside}", "utf-8")
    assert marks.stamp_definitions(path) == 2
    stamped = tomllib.loads(path.read_text("utf-8"))["k"]
    assert stamped["name"]["of"] == mark('A "B" {x}')
    assert stamped["list"][0]["reason"]["of"] == mark("D")
    assert half in path.read_text("utf-8")
    assert [str(finding) for finding in marks.check_definitions(path)] == ["kpis.toml: k.about: empty: fa"]
    path.write_text(path.read_text("utf-8").replace('en = "D"', 'en = "E"').replace("А {x}", "А"), "utf-8")
    assert [(f.key, f.what) for f in marks.check_definitions(path)] == [
        ("k.name", "placeholders of uk are not those of en"),
        ("k.about", "empty: fa"),
        ("k.list.k.reason", "stale: the English text is now 'E'"),
    ]


def test_the_command_stamps_and_checks(copies, capsys):
    (copies / "uk.toml").write_text((copies / "fa.toml").read_text("utf-8"), "utf-8")
    main = functools.partial(marks.main, folder=copies, definitions=copies / "none")
    assert main([]) == 0
    assert capsys.readouterr().out == "4 marks stamped\n"
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "fa.toml: a.two: empty\nuk.toml: a.two: empty\n"
    for name in ("fa.toml", "uk.toml"):
        text = (copies / name).read_text("utf-8").replace('t = "", of = ""', f't = "دو", of = "{mark("Two")}"')
        (copies / name).write_text(text, "utf-8")
    assert main(["--check"]) == 0
    assert main(["--what"]) == 2
    assert "usage" in capsys.readouterr().err
