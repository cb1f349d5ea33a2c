"""Tables and columns are recognised by name and value; what cannot be told is asked, never guessed silently."""

from __future__ import annotations

import json

import pytest

from kpi import model
from kpi import workspace as workspaces
from kpi.errors import Refused, Unknown
from kpi.intake import inspect, lexicon, options, presets, preview
from kpi.intake.names import plain
from kpi.text import Texts
from tests.crm_exports import EXPORTS
from tests.intake_files import codes, import_file, places, write_csv


@pytest.mark.parametrize("export", EXPORTS, ids=[each.file for each in EXPORTS])
def test_exports_of_the_crms(export, tmp_path):
    """Every column goes where the key says, or nowhere where it says so; nothing is asked."""
    (plan,) = inspect(None, [export.write(tmp_path)])
    assert plan.table == export.table and not plan.questions
    found = places(plan)
    # a column may also name what it points to: the account of a deal makes a customer
    wrong = {
        header: (found.get(header), field)
        for header, (_, field) in export.columns.items()
        if (field not in found.get(header, "").split("+") if field else header in found)
    }
    assert not wrong


def test_each_proposal_has_a_confidence_and_a_reason_in_words(tmp_path):
    (plan,) = inspect(None, [EXPORTS[0].write(tmp_path)])
    for lang in ("en", "fa", "uk"):
        for _, _, confidence, why in plan.mapping():
            assert 0.5 <= confidence <= 1 and why and all(each.text(Texts(lang)) for each in why)
    json.dumps(plan.plain())  # serialisable


def test_recognition_is_deterministic(tmp_path):
    path = EXPORTS[3].write(tmp_path)
    assert inspect(None, [path]) == inspect(None, [path])


def test_a_file_that_could_be_anything_is_asked_about(tmp_path):
    path = write_csv(tmp_path / "data.csv", ["a", "b"], [[i, f"x{i}"] for i in range(9)])
    (plan,) = inspect(None, [path])
    assert plan.table is None and [q.option for q in plan.questions] == ["--table TABLE"]


def test_a_column_whose_values_do_not_fit_its_name_is_not_mapped(tmp_path):
    rows = [[f"O{i}", "C1", "2024-01-01", ["red", "blue"][i % 2]] for i in range(9)]
    (plan,) = inspect(
        None, [write_csv(tmp_path / "orders.csv", ["order_id", "customer_id", "order date", "amount"], rows)]
    )
    assert plan.table == "orders" and plan.unmapped == ("amount",)


def test_a_share_is_no_amount_of_discount(tmp_path):
    rows = [[f"O{i}", "2024-01-01", 100 + i, 0.2] for i in range(9)]
    (plan,) = inspect(
        None, [write_csv(tmp_path / "orders.csv", ["order_id", "order date", "amount", "discount"], rows)]
    )
    assert "discount" in plan.unmapped


def test_who_is_never_named_twice_is_no_colleague(tmp_path):
    """The same word may be a rep or the new customer: a rep stands in many lines."""
    one_each = [[f"L{i}", f"s{i}", "2024-01-01"] for i in range(80)]
    few = [[f"L{i}", f"s{i % 4}", "2024-01-01"] for i in range(80)]
    for rows, field in ((one_each, "leads.customer_id"), (few, "leads.owner_employee_id")):
        (plan,) = inspect(None, [write_csv(tmp_path / "won.csv", ["lead id", "seller_id", "won date"], rows)])
        assert places(plan)["seller_id"] == field


def test_ids_known_in_the_workspace_or_beside_are_evidence(tmp_path):
    first = write_csv(
        tmp_path / "leads.csv", ["lead_id", "source", "created"], [[f"x{i}", "web", "2024-01-01"] for i in range(9)]
    )
    second = write_csv(tmp_path / "won.csv", ["lead_id", "won date"], [[f"x{i}", "2024-02-01"] for i in range(5)])
    beside = inspect(None, [second, first])[0]
    ws = workspaces.create(tmp_path, "w")
    import_file(ws, first)
    loaded = inspect(ws, [second])[0]
    workspaces.close_workspace(tmp_path, "w")
    for plan in (beside, loaded):
        assert any(m.code == "why_known_ids" for _, _, _, why in plan.mapping() for m in why)


def test_rial_or_toman_is_asked_and_answered_by_header_or_option(tmp_path):
    rows = [[str(i), f"1403/01/{i + 1:02d}", f"{i + 1}00000"] for i in range(9)]
    path = write_csv(tmp_path / "a.csv", ["شماره سفارش", "تاریخ سفارش", "مبلغ"], rows)
    assert [q.option for q in inspect(None, [path])[0].questions] == ["--set currency=IRR|IRT"]
    assert not inspect(None, [path], options(sets=["currency=IRT"]))[0].questions
    named = write_csv(tmp_path / "b.csv", ["شماره سفارش", "تاریخ سفارش", "مبلغ (ریال)"], rows)
    (plan,) = inspect(None, [named])
    assert not plan.questions and plan.main.fill("currency").value == "IRR"


def test_the_kind_of_a_survey_is_asked_where_nothing_tells_it(tmp_path):
    path = write_csv(
        tmp_path / "survey.csv", ["response id", "score", "date"], [[i, i % 6, "2024-01-01"] for i in range(9)]
    )
    assert [q.option for q in inspect(None, [path])[0].questions] == ["--set survey_type=nps|csat|ces"]
    (plan,) = inspect(None, [path], options(sets=["survey_type=csat"]))
    assert not plan.questions
    assert (plan.main.fill("scale_min").value, plan.main.fill("scale_max").value) == ("0", "5")


def test_a_column_told_to_be_the_score_still_tells_its_kind(tmp_path):
    path = write_csv(tmp_path / "x.csv", ["no", "NPS", "date"], [[i, i % 11, "2024-01-01"] for i in range(20)])
    for given in ({}, {"maps": ["surveys.score=NPS"]}, {"table": "surveys", "maps": ["score=NPS"]}):
        (plan,) = inspect(None, [path], options(**given))
        assert (plan.table, plan.main.fill("survey_type").value, plan.questions) == ("surveys", "nps", ())


def test_of_two_sheets_the_one_that_is_no_table_of_ours_is_left_out(tmp_path):
    from tests.test_intake_readers import book

    deals = [
        ["opportunity_id", "deal stage", "amount", "created_at"],
        *([f"D{i}", "Won", i, "2024-01-01"] for i in range(5)),
    ]
    pivot = [["Row Labels", "Sum of x"], ["a", 1], ["b", 2]]
    plans = inspect(None, [book(tmp_path / "a.xlsx", {"Deals": deals, "Pivot": pivot})])
    assert [(p.table, bool(p.questions)) for p in plans] == [("opportunities", False), (None, False)]
    assert "sheet_left_out" in codes(plans[1].warnings)


def test_several_files_each_take_what_fits_of_the_options(tmp_path):
    one = write_csv(tmp_path / "orders.csv", ["order_id", "order date", "weird"], [["1", "2024-01-01", "5"]])
    two = write_csv(tmp_path / "customers.csv", ["customer_id", "name"], [["c1", "Ann"]])
    plans = inspect(None, [one, two], options(maps=["orders.amount=weird"], sets=["orders.currency=EUR"]))
    assert places(plans[0])["weird"] == "orders.amount" and plans[1].table == "customers"
    with pytest.raises(Refused) as refused:
        inspect(None, [one, two], options(maps=["orders.amount=nowhere"]))
    assert refused.value.code == "map_column_missing"


def test_the_preview_shows_cells_beside_values(tmp_path):
    rows = [["O1", "05/02/2024", "1,5"], ["O2", "31/01/2024", "x"], ["O3", "01/02/2024", "2,5"]]
    (plan,) = inspect(None, [write_csv(tmp_path / "orders.csv", ["order_id", "order date", "amount"], rows)])
    shown = preview(None, plan)
    amount = next(each for each in shown.columns if each.field == "orders.amount")
    assert shown.lines == (2, 3, 4) and shown.rejected == 1
    assert [value for _, value in amount.values] == [1.5, None, 2.5] and amount.rejected == 1
    assert amount.reason.code == "bad_number"


def test_words_of_the_definitions_are_in_the_model():
    """Synonyms name columns that exist, words name values that exist."""
    assert set(lexicon.names()) == set(model.tables())
    for table in model.tables().values():
        for field in table.fields.values():
            if field.values:
                assert set(lexicon.words(field.path).values()) <= set(field.values), field.path
    assert presets.presets()
    for names in lexicon.names().values():
        fields = model.table(names.table).fields
        assert not names.date or fields[names.date].type == "time"
        assert all(name in fields for need in names.needs for name in need), names.table
        assert names.needs, names.table


def test_options_are_checked():
    with pytest.raises(Unknown):
        options(table="oders")
    with pytest.raises(Unknown):
        options(maps=["orders.amout=x"])
    with pytest.raises(Unknown):
        options(maps=["amout=x"])
    for wrong in ({"maps": ["amount"]}, {"dates": "dym"}, {"decimal": ";"}, {"delimiter": "ab"}):
        with pytest.raises(Refused):
            options(**wrong)
    assert options(delimiter="tab").delimiter == "\t"
    assert options(table="orders", maps=["amount=x"]).maps == (("orders", "amount", "x"),)


def test_a_mapping_that_leads_nowhere_is_refused(tmp_path):
    path = write_csv(tmp_path / "customers.csv", ["customer_id", "name", "x"], [["1", "a", "2"]])
    for given in ({"maps": ["calls.direction=x"]}, {"sets": ["calls.direction=in"]}, {"maps": ["customers.city=nope"]}):
        with pytest.raises(Refused):
            inspect(None, [path], options(table="customers", **given))


def test_questions_can_be_answered_one_by_one(tmp_path):
    """As a page does it: each question says what may be answered, the answer goes into the options."""
    header = ["شماره سفارش", "تاریخ", "مبلغ", "مبلغ"]
    rows = [[str(i), "01/02/2024", f"{i + 1},250", f"{i + 2},250"] for i in range(9)]
    path = write_csv(tmp_path / "x.csv", header, rows)
    told, answered = options(), []
    for _ in range(6):
        (plan,) = inspect(None, [path], told)
        if not plan.questions:
            break
        question = plan.questions[0]
        answer = {"table": "orders", "dates": "dmy", "decimal": ".", "set currency": "IRT"}.get(question.about)
        told = told.answered(question.about, answer or question.answers[1])
        answered.append(question.about)
    assert set(answered) >= {"dates", "decimal", "set currency", "map orders.amount"} and not plan.questions
    assert places(plan)["مبلغ (2)"] == "orders.amount" and plan.main.fill("currency").value == "IRT"


def test_headers_in_plain_form():
    assert plain("Deal - Creation_date*") == plain("dealCreationDate") == "deal creation date"
    assert (
        plain("مبلغ (تومان)") == "مبلغ تومان"
        and plain("№ Операції") == "no операції"
        and plain("شماره ي۱") == "شماره ی1"
    )
