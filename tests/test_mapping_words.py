"""Words of closed lists, presets, stage order, and columns that are asked about."""

from __future__ import annotations

import csv

import pytest

from kpi import model
from kpi import workspace as workspaces
from kpi.errors import BadDefinition, Refused, Unknown
from kpi.intake import inspect, lexicon, options, presets
from kpi.intake.names import plain
from kpi.text import Texts
from tests.intake_files import codes, import_file, places, write_csv


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


def test_every_value_of_every_closed_list_is_known_by_a_word():
    for table in model.tables().values():
        for field in table.fields.values():
            words = lexicon.words(field.path)
            assert set(words.values()) == set(field.values), field.path
            assert all(words[plain(value)] == value for value in field.values), field.path


@pytest.mark.parametrize(
    "path, word, value",
    [
        ("stages.kind", "Closed Won", "won"),
        ("stages.kind", "Успішно реалізовано", "won"),
        ("stages.kind", "Успешно реализовано", "won"),
        ("stages.kind", "موفق", "won"),
        ("stages.kind", "Закрыто и не реализовано", "lost"),
        ("stages.kind", "ناموفق", "lost"),
        ("leads.status", "Кваліфікований", "qualified"),
        ("leads.status", "تبدیل شده", "converted"),
        ("orders.status", "پرداخت شده", "paid"),
        ("orders.status", "Скасовано", "cancelled"),
        ("orders.status", "Отменён", "cancelled"),
        ("tickets.status", "Вирішено", "resolved"),
        ("tickets.status", "در حال بررسی", "open"),
        ("tickets.priority", "Срочный", "critical"),
        ("calls.direction", "вхідний", "in"),
        ("customers.customer_type", "حقوقی", "company"),
        ("contracts.status", "Чинний", "active"),
    ],
)
def test_words_in_four_languages(path, word, value):
    assert lexicon.words(path)[plain(word)] == value


def test_an_unknown_word_is_reported_and_can_be_given_a_meaning(ws, tmp_path):
    rows = [[f"O{i}", f"2024-05-{i + 1:02d}", 5, ["paid", "Frozen"][i % 2]] for i in range(10)]
    path = write_csv(tmp_path / "orders.csv", ["order_id", "order date", "amount", "status"], rows)
    report = import_file(ws, path)
    (said,) = [each for each in report.warnings if each.code == "unmapped_words"]
    for lang in ("en", "fa", "uk"):
        text = said.text(Texts(lang))
        assert "--word" in text and "orders.status" in text and "Frozen (5)" in text
    assert ws.rows("SELECT count(status), count(*) FROM orders") == [(5, 10)]
    import_file(ws, path, words=["orders.status:frozen=cancelled"], again=True)
    assert ws.rows("SELECT status, count(*)::INT FROM orders GROUP BY 1 ORDER BY 1") == [("cancelled", 5), ("paid", 5)]


def test_words_of_options_are_checked():
    assert options(words=["orders.status:on ice=open"]).words == (("orders.status", "on ice", "open"),)
    assert options(table="orders", words=["status:a:b=open"]).words == (("orders.status", "a:b", "open"),)
    assert options(words=["tickets.reopened:ja=true"]).meanings("tickets.reopened") == {"ja": "true"}
    for wrong in ("orders.status=open", "orders.status:x=frozen", "orders.status:=open", "orders.amount:x=1"):
        with pytest.raises(Refused):
            options(words=[wrong])
    with pytest.raises(Unknown):
        options(words=["orders.nowhere:x=open"])


def test_a_yes_means_what_the_header_says(ws, tmp_path):
    rows = [[f"C{i}", f"Org {i}", ["Yes", "No"][i % 2]] for i in range(10)]
    import_file(ws, write_csv(tmp_path / "customers.csv", ["customer id", "name", "Churn"], rows))
    assert ws.rows("SELECT status, count(*)::INT FROM customers GROUP BY 1 ORDER BY 1") == [("active", 5), ("lost", 5)]
    leads = [[f"L{i}", "web", f"2024-05-{i + 1:02d}", i % 2] for i in range(10)]
    report = import_file(ws, write_csv(tmp_path / "leads.csv", ["lead id", "source", "created", "Converted"], leads))
    assert ws.rows("SELECT status, count(*)::INT FROM leads GROUP BY 1 ORDER BY 1 NULLS LAST") == [
        ("converted", 5),
        (None, 5),
    ]
    assert "unmapped_words" not in codes(report.warnings)


STAGED = ["deal id", "deal stage", "amount", "created at"]


def stages(ws) -> list[str]:
    return [name for (name,) in ws.rows("SELECT stage FROM stages ORDER BY position")]


def deals(names, *more):
    return [
        [f"D{i}", names[i % len(names)], i, f"2024-05-{1 + i % 28:02d}", *(each(i) for each in more)] for i in range(40)
    ]


def test_stages_in_the_order_of_their_numbers(ws, tmp_path):
    names = ["3. Angebot", "1. Kontakt", "2. Termin", "Won"]
    report = import_file(ws, write_csv(tmp_path / "deals.csv", STAGED, deals(names)))
    assert stages(ws) == ["1. Kontakt", "2. Termin", "3. Angebot", "Won"]
    assert "why_stages_numbers" in codes(report.warnings)


def test_stages_in_the_order_of_their_probability(ws, tmp_path):
    names = ["Charlie", "Alpha", "Bravo", "Lost", "Won"]
    chance = {"Alpha": 10, "Bravo": 30, "Charlie": 60, "Won": 100, "Lost": 0}
    rows = deals(names, lambda i: chance[names[i % len(names)]])
    report = import_file(ws, write_csv(tmp_path / "deals.csv", [*STAGED, "probability"], rows))
    assert stages(ws) == ["Alpha", "Bravo", "Charlie", "Won", "Lost"]
    assert "why_stages_probability" in codes(report.warnings)


def test_stages_in_the_order_that_deals_took(ws, tmp_path):
    way = ["Zulu", "Mike", "Alpha"]
    rows = [[f"D{i}", stage, f"2024-0{1 + k}-{1 + i:02d}"] for i in range(20) for k, stage in enumerate(way)]
    report = import_file(
        ws, write_csv(tmp_path / "stage history.csv", ["deal id", "deal stage", "date"], rows[::-1]), shape="log"
    )
    assert stages(ws) == way and "why_stages_history" in codes(report.warnings)


def test_stages_in_their_usual_order(ws, tmp_path):
    names = ["Negotiation", "Qualification", "Proposal", "Closed Won", "Closed Lost"]
    report = import_file(ws, write_csv(tmp_path / "deals.csv", STAGED, deals(names)))
    assert stages(ws) == ["Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"]
    (said,) = [each for each in report.warnings if each.code == "stages_proposed"]
    for lang in ("en", "fa", "uk"):
        assert "Qualification → Proposal → Negotiation" in said.text(Texts(lang))


VALUES = {"time": "2024-05-{d:02d} 10:00", "money": "{n}.5", "number": "{k}", "integer": "{k}", "flag": "yes"}


def cell(path: str, i: int) -> str:
    """A plausible value of a field."""
    field = model.field(path)
    if field.values:
        return field.values[i % len(field.values)]
    if field.name in ("email", "contact_email"):
        return f"a{i}@example.com"
    if field.name == "country":
        return ("Ukraine", "Poland", "Iran")[i % 3]
    many = field.refers is not None or field.type == "text"
    form = VALUES.get(field.type, f"{field.name[:3]}{{s}}" if many else f"{field.name[:3]}{{i}}")
    return form.format(i=i, s=i % 9, d=1 + i % 28, n=100 + i * 7, k=1 + i % 50)


@pytest.mark.parametrize("preset", presets.presets(), ids=[each.name for each in presets.presets()])
def test_a_preset_is_recognised_with_some_of_its_columns_and_others(preset, tmp_path):
    """All columns that lead somewhere else, a subset of them, and custom fields besides: the preset's answers hold."""
    first: dict[str, str] = {}  # of the languages of a preset the first
    for header, table, field in preset.columns:
        first.setdefault(f"{table}.{field}", header)
    chosen = {header: path for path, header in first.items()}
    signature = sorted(preset.needs | preset.signature)
    headers = list(dict.fromkeys([*chosen, *signature, "custom field 17"]))
    known = {header: f"{table}.{field}" for header, table, field in preset.columns}
    rows = [[cell(known[h], i) if h in known else f"x{i % 5}" for h in headers] for i in range(60)]
    path = write_csv(tmp_path / "export.csv", headers, rows)
    with path.open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == headers
    (plan,) = inspect(None, [path])
    assert plan.table == preset.table
    found = places(plan)
    wrong = {h: (found.get(h), p) for h, p in chosen.items() if p not in found.get(h, "").split("+")}
    assert not wrong, wrong
    assert "custom field 17" in plan.unmapped


def test_mistakes_in_a_preset_are_named(tmp_path):
    for text in (
        'columns = {}\nname = "x"\ntable = "orders"',
        'needs = ["a"]\nname = "x"\ntable = "orders"\n[columns]\n"a" = "orders.nope"',
    ):
        path = tmp_path / "p.toml"
        path.write_text(text, "utf-8")
        with pytest.raises(BadDefinition):
            presets.preset_of(path)


def test_a_column_taken_with_little_confidence_is_asked_about(tmp_path, monkeypatch):
    rows = [[f"O{i}", f"2024-05-{i + 1:02d}", 5] for i in range(10)]
    path = write_csv(tmp_path / "orders.csv", ["order_id", "order date", "Total"], rows)
    limits = lexicon.limits
    monkeypatch.setattr(
        lexicon, "limits", lambda block: {**limits(block), "asked": 0.93} if block == "columns" else limits(block)
    )
    (plan,) = inspect(None, [path])
    asked = {each.about: each for each in plan.questions}
    assert set(asked["column Total"].answers) == {"orders.amount", ""}
    (plan,) = inspect(None, [path], options().answered("column Total", "orders.amount"))
    assert "column Total" not in {each.about for each in plan.questions}
    assert places(plan)["Total"] == "orders.amount"
