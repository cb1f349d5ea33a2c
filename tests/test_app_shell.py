"""The shell of the app: every page opens in every language, choices survive, errors stay kind, HTML stays harmless."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

import app as entry
from kpi import workspace as workspaces
from kpi.charts import DARK, LIGHT
from kpi.core import LANGUAGES
from kpi.text import Texts
from pages.parts import (
    Action,
    Bar,
    BlockedKpi,
    Cell,
    Change,
    Column,
    KpiCard,
    Leader,
    Leaderboard,
    Proof,
    ProofPart,
    State,
    Table,
    Value,
    bar_rows,
    blocked_kpi,
    empty_state,
    kpi_card,
    leaderboard,
    markup,
    proof_card,
    section,
    spark,
    steps,
    table,
)
from pages.parts.shell import LOOK
from tests.support_app import ROOT, errors, html, start, switch_language

PAGES = [f"{section}/{name}" for section, names in entry.SECTIONS.items() for name in names]
EVIL = '<script>alert("1")</script>&\'<img src=x onerror=alert(1)>'


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    yield tmp_path
    for name in workspaces.names(tmp_path):
        workspaces.close_workspace(tmp_path, name)


def test_the_entry_is_a_server_app_when_imported_and_a_script_when_run():
    """`streamlit run` finds `app`; that is what prepares a cold server for deep links."""
    from streamlit.web.server.app_discovery import discover_asgi_app

    assert discover_asgi_app(ROOT / "app.py").import_string == "app:app"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_an_empty_workspace(page, lang):
    at = start(page, lang=lang)
    assert not errors(at)
    assert "k-finding" in html(at), "every page has its sentence"


def test_pages_are_one_file_each_and_all_in_the_navigation():
    files = {path.relative_to(ROOT / "pages").with_suffix("").as_posix() for path in (ROOT / "pages").glob("*/*.py")}
    assert {file for file in files if not file.startswith("parts/")} == set(PAGES)


def test_a_fresh_installation_has_a_workspace(home):
    at = start()
    assert workspaces.names(home) == ["main"]
    assert at.selectbox(key="workspace").value == "main"


def test_language_and_workspace_come_from_the_address(home):
    workspaces.create(home, "Acme")
    workspaces.create(home, "Zebra")
    at = start(lang="uk", workspace="Zebra")
    assert at.session_state["lang"] == "uk"
    assert at.selectbox(key="workspace").value == "Zebra"
    assert at.selectbox(key="workspace").label == Texts("uk").t("app.workspace")


@pytest.mark.parametrize("lang", ["xx", "", EVIL])
def test_a_language_that_does_not_exist_is_passed_over(lang):
    at = start(lang=lang)
    assert not errors(at)
    assert at.session_state["lang"] in LANGUAGES


@pytest.mark.parametrize("name", ["Acmee", "../../etc", EVIL])
def test_a_link_to_a_workspace_that_is_gone_says_so(home, name):
    workspaces.create(home, "Acme")
    at = start(workspace=name)
    assert not at.exception
    assert len(errors(at)) == 1 and "<script" not in html(at)
    assert at.selectbox(key="workspace").value == "Acme"
    assert not errors(at.run()), "said once"


def test_the_workspace_says_the_language_where_nobody_has_chosen(home):
    workspaces.create(home, "main").change_settings({"language": "uk"})
    assert start().session_state["lang"] == "uk"
    assert start(lang="fa").session_state["lang"] == "fa"


def _choices() -> None:
    from pages.parts import frame, sidebar

    here = frame.page("parts")
    sidebar.show(here.texts)
    here.choice("rows", ("read", "used", "left_out"), label=here.t("parts.state"))


def test_a_language_switch_loses_no_choice():
    at = AppTest.from_function(_choices, default_timeout=30).run()
    at.button_group(key="parts_rows").set_value("left_out").run()
    for lang in ("fa", "uk", "en"):
        switch_language(at, lang)
        assert at.session_state["lang"] == lang
        assert at.button_group(key="parts_rows").value == "left_out"
        assert at.button_group(key="parts_rows").options[0] == Texts(lang).t("parts.rows_read")


def _refused() -> None:
    from kpi.errors import Unknown
    from pages.parts import guard
    from pages.parts.state import texts

    with guard(texts()):
        raise Unknown("table", "<b>ordres</b>", ["orders"])


def _broken() -> None:
    from pages.parts import guard
    from pages.parts.state import texts

    with guard(texts()):
        raise ZeroDivisionError("secret of the house")


def test_a_typed_error_is_shown_in_its_own_words():
    at = AppTest.from_function(_refused).run(timeout=30)
    assert not at.exception
    assert Texts("en").t("app.refused") in html(at)
    assert "&lt;b&gt;ordres&lt;/b&gt;" in html(at), "what somebody typed stays text"


def test_any_other_error_gets_a_reference_that_is_in_the_log(caplog):
    at = AppTest.from_function(_broken).run(timeout=30)
    assert not at.exception
    shown = html(at)
    assert "secret" not in shown and "ZeroDivision" not in shown and "Traceback" not in shown
    reference = re.search(r"\b([0-9a-f]{8})\b", shown)[1]
    logged = [record for record in caplog.records if reference in record.getMessage()]
    assert logged and logged[0].exc_info[0] is ZeroDivisionError


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


TEXTS = Texts("en")
BUILT = {
    "card": kpi_card(KpiCard(EVIL, EVIL, Value(EVIL, EVIL, EVIL), State("on_track", EVIL), Change(EVIL, "up", "better"), (1, 2), 1, EVIL, label=EVIL)),
    "blocked": blocked_kpi(TEXTS, BlockedKpi(EVIL, (EVIL,), EVIL, Action(EVIL, EVIL))),
    "section": section(EVIL, EVIL),
    "empty": empty_state(EVIL, EVIL, Action(EVIL, EVIL), Action(EVIL, EVIL)),
    "steps": steps((EVIL,) * 5, 2),
    "leaders": leaderboard(TEXTS, Leaderboard((EVIL,) * 4, (Leader(EVIL, EVIL, EVIL, 1, 0, 2, 1, Change(EVIL), False, EVIL),), Leader(EVIL, EVIL, EVIL), 1)),
    "proof": proof_card(TEXTS, Proof(EVIL, EVIL, EVIL, ((EVIL, EVIL),), (ProofPart(EVIL, EVIL, EVIL, EVIL, EVIL, ((EVIL, EVIL),), EVIL),), (EVIL,))),
    "bars": bar_rows([Bar(EVIL, 0.5, EVIL, EVIL, Change(EVIL), pick=EVIL)], (EVIL,) * 4),
    "table": table(Table((Column(EVIL), Column(EVIL, number=True)), ((EVIL, Cell(EVIL, EVIL, action=Action(EVIL, EVIL))),), (EVIL, EVIL), EVIL)),
}  # fmt: skip


@pytest.mark.parametrize("name", BUILT)
def test_builders_escape_every_text(name):
    read = _Reader(BUILT[name])
    assert not [tag for tag, _ in read.tags if tag in ("script", "img")]
    assert not [attr for _, attrs in read.tags for attr in attrs if attr.startswith("on")]
    assert 'alert("1")' in "".join(read.words), "the text itself is still there"


def test_key_words_of_a_sentence_are_marked_and_nothing_else():
    assert markup.rich("<worse>63%</worse> & <b>x</b> <i>y</i>") == (
        '<b class="k-worse">63%</b> &amp; <b>x</b> &lt;i&gt;y&lt;/i&gt;'
    )


def test_a_change_within_noise_has_neither_arrow_nor_colour():
    noise = markup.change(Change("+2", "up", "noise"))
    signal = markup.change(Change("+2", "up", "worse"))
    assert "k-arrow" not in noise and "k-worse" not in noise and "k-better" not in noise
    assert "k-arrow up" in signal and "k-worse" in signal


def test_a_spark_line_shows_13_periods_and_breaks_at_a_gap():
    drawn = spark(tuple(float(i) for i in range(20)), target=5.0)
    assert drawn.count("L") == 12 and drawn.count("M") == 1
    gap = spark((1.0, 2.0, None, 3.0, 4.0))
    assert gap.count("M") == 2 and gap.count("L") == 2, "no line over a period that is not defined"
    assert "svg" not in spark((None, None)), "nothing defined: nothing drawn"
    assert "k-dot" not in spark((1.0, None)), "no dot where the last period is not defined"
    assert 'class="open"' in spark((1.0, 2.0, 3.0), open_end=True)


def test_a_flat_line_stays_in_the_picture():
    assert "nan" not in spark((2.0, 2.0, 2.0), target=2.0)


def test_a_group_that_is_too_small_is_grey_and_has_no_part():
    rows = (Leader("few", "3", "50%", 0.5, 0.1, 0.9, -0.2, Change("−0.2", "down", "worse"), few=True),)
    drawn = leaderboard(TEXTS, Leaderboard(("a", "n", "v", "p"), rows, Leader("All", "3", "50%")))
    assert "class=few" in drawn and TEXTS.t("parts.too_few") in drawn and "−0.2" not in drawn


# The look: one set of tokens, readable on every ground.


def _tokens() -> dict[str, tuple[str, str]]:
    css = LOOK.read_text("utf-8")
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    return {name: (light.upper(), dark.upper()) for name, light, dark in found}


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT = 4.5
MARK = 3.0
PAIRS = (
    *((ink, ground, TEXT) for ink in ("ink", "ink2", "ink3", "accent", "better", "worse") for ground in ("paper", "sunk")),
    ("ink", "accent-soft", TEXT),
    ("ink2", "accent-soft", TEXT),
    ("ink", "worse-soft", TEXT),
    ("on-accent", "accent", TEXT),
    ("mute", "paper", MARK),
    *(("ink", f"heat{step}", TEXT) for step in range(4)),
    *(("paper", f"heat{step}", TEXT) for step in (4, 5)),
)  # fmt: skip


@pytest.mark.parametrize("theme", (0, 1), ids=("light", "dark"))
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_contrast(front, ground, least, theme):
    tokens = _tokens()
    assert _contrast(tokens[front][theme], tokens[ground][theme]) >= least


def test_charts_and_style_sheet_have_the_same_colours():
    tokens = _tokens()
    for name in LIGHT:
        assert tokens[name] == (LIGHT[name].upper(), DARK[name].upper()), name


def test_the_style_sheet_mirrors_by_itself():
    """Logical properties only: left and right would have to be said twice. What stays left to right is named."""
    css = re.sub(r"/\*.*?\*/", "", LOOK.read_text("utf-8"), flags=re.S)
    kept = (
        ".k-spark", ".k-plot", ".k-more pre", 'html[dir="rtl"] pre', ".k-score .k-plot", ".k-mistake pre",
        '.k-detail [dir="ltr"]', "html[dir] .stApp .st-key-as_typed",
    )  # fmt: skip
    wrong = []
    for rule in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        physical = re.search(r"(?<![\w-])(margin|padding|border)-(left|right)|(?<![\w-])(left|right)\s*:", rule[1])
        if (physical or "text-align: left" in rule[1]) and not rule[0].strip().startswith(kept):
            wrong.append(rule[0].strip())
    assert not wrong
