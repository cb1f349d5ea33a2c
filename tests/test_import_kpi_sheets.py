"""Sheets of KPI values, as people keep them: every shape becomes values that stand where a KPI cannot be computed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi import intake
from kpi.catalogue import kpis
from kpi.core import Query
from kpi.intake.kpi_names import names_of
from kpi.intake.names import plain
from kpi.measure import run
from kpi.text import Texts
from kpi.workspace import Workspace, create

SHEETS = {
    "a column per KPI": """Month,NPS,Churn rate,Total revenue
2025-01,24,4.5%,120000
2025-02,26,4.1%,125000
""",
    "a column per month": """KPI,Jan 2025,Feb 2025
Net Promoter Score,24,26
Churn rate,4.5,4.1
Total revenue,120000,125000
""",
    "a line per value": """Показник;Період;Значення;Відповідальний
NPS;01.2025;24;Оля
NPS;02.2025;26;Оля
Коефіцієнт відтоку клієнтів;01.2025;4,5%;Ігор
Коефіцієнт відтоку клієнтів;02.2025;4,1%;Ігор
Загальний дохід;01.2025;120000;Ігор
Загальний дохід;02.2025;125000;Ігор
""",
    "ids": """kpi_id,period_start,period_end,value
nps,2025-01-01,2025-01-31,24
nps,2025-02-01,2025-02-28,26
churn_rate,2025-01-01,2025-01-31,0.045
churn_rate,2025-02-01,2025-02-28,0.041
total_revenue,2025-01-01,2025-01-31,120000
total_revenue,2025-02-01,2025-02-28,125000
""",
}
VALUES = {"nps": [24, 26], "churn_rate": [0.045, 0.041], "total_revenue": [120_000, 125_000]}


def loaded(folder: Path, text: str, name: str = "sheet.csv") -> tuple[Workspace, intake.ImportReport]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    workspace = create(folder / "home", "w")
    return workspace, intake.load(workspace, intake.inspect(workspace, [path])[0])


def monthly(workspace: Workspace, kpi: str, since: str, until: str, by: str = "month", calendar: str = ""):
    query = Query((kpi,), date.fromisoformat(since), date.fromisoformat(until), by, calendar)
    return run(workspace, query)[kpi].rows


@pytest.mark.parametrize("shape", SHEETS)
def test_every_shape_of_a_monthly_sheet(tmp_path: Path, shape: str) -> None:
    workspace, report = loaded(tmp_path, SHEETS[shape])
    assert report.rows_rejected == 0
    for kpi, values in VALUES.items():
        rows = monthly(workspace, kpi, "2025-01-01", "2025-03-01")
        assert [row.value for row in rows] == pytest.approx(values)
        assert {row.entered for row in rows} == {"sheet"}


def test_persian_months_are_jalali_months(tmp_path: Path) -> None:
    text = "ماه,شاخص خالص ترویج‌دهندگان,نرخ ریزش مشتری\nفروردین ۱۴۰۳,۲۴,۴٫۵\nاردیبهشت ۱۴۰۳,۲۶,۳٫۵\n"
    workspace, _ = loaded(tmp_path, text)
    rows = monthly(workspace, "nps", "2024-03-20", "2024-05-21", calendar="jalali")
    assert [(row.period.since.isoformat(), row.value) for row in rows] == [("2024-03-20", 24), ("2024-04-20", 26)]
    rows = monthly(workspace, "churn_rate", "2024-03-20", "2024-05-21", calendar="jalali")
    assert [row.value for row in rows] == pytest.approx([0.045, 0.035])


def test_weeks_stay_weeks(tmp_path: Path) -> None:
    text = "Week,Leads generated,Close rate\n2025-01-06,12,40\n2025-01-13,15,38\n2025-01-20,9,42\n"
    workspace, _ = loaded(tmp_path, text)
    assert [r.value for r in monthly(workspace, "leads_generated", "2025-01-06", "2025-01-27", "week")] == [12, 15, 9]
    assert [r.value for r in monthly(workspace, "leads_generated", "2025-01-01", "2025-02-01")] == [None]


def test_an_unknown_name_is_set_aside_and_the_rest_loads(tmp_path: Path) -> None:
    text = "KPI,Period,Value\nNPS,2025-01,24\nGross national happiness,2025-01,3\nChurn rate,2025-01,4%\n"
    workspace, report = loaded(tmp_path, text)
    assert (report.rows_read, report.rows_loaded, report.rows_rejected) == (3, 2, 1)
    assert report.rejects[0].row == 3 and "Gross national happiness" in str(report.rejects[0])
    assert [row.value for row in monthly(workspace, "nps", "2025-01-01", "2025-02-01")] == [24]


def test_a_column_that_names_no_kpi_is_told_and_set_aside_cell_by_cell(tmp_path: Path) -> None:
    text = (
        "Month,NPS,Churn rate,Close rate,Sunshine,Remark\n"
        "2025-01,24,4%,20%,7,\n2025-02,26,5%,21%,,good\n2025-03,27,5%,22%,9,\n"
    )
    workspace, report = loaded(tmp_path, text)
    assert (report.rows_loaded, report.rows_rejected) == (9, 2)
    assert {each.row for each in report.rejects} == {2, 4}
    assert all("Sunshine" in str(each) for each in report.rejects)
    said = " ".join(each.text(Texts("en")) for each in report.warnings)
    assert "Sunshine, Remark" in said
    assert "--word" in said
    assert [row.value for row in monthly(workspace, "nps", "2025-01-01", "2025-04-01")] == [24, 26, 27]


def test_few_known_names_are_enough_where_the_user_says_what_the_sheet_is(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("Month,NPS,Sunshine,Snowfall\n2025-01,24,7,1\n2025-02,26,6,2\n2025-03,27,9,0\n", encoding="utf-8")
    workspace = create(tmp_path / "home", "w")
    assert intake.inspect(workspace, [path])[0].questions
    report = intake.load(workspace, intake.inspect(workspace, [path], intake.Options(table="kpi_values"))[0])
    assert (report.rows_loaded, report.rows_rejected) == (3, 6)


def test_a_name_near_to_a_kpi_is_asked_and_the_answer_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("Month,NPS,Churn rate,Win or close rates\n2025-01,24,4%,20%\n2025-02,26,5%,22%\n", encoding="utf-8")
    workspace = create(tmp_path / "home", "w")
    plan = intake.inspect(workspace, [path])[0]
    (question,) = plan.questions
    assert (question.about, question.answers[0]) == ("word kpi_values.kpi_id:Win or close rates", "close_rate")
    assert question.option == "--word 'kpi_id:Win or close rates=close_rate|'"
    left = intake.inspect(workspace, [path], plan.options.answered(question.about, ""))[0]
    assert left.questions == ()
    named = intake.inspect(workspace, [path], plan.options.answered(question.about, "close_rate"))[0]
    assert named.questions == ()
    assert intake.load(workspace, named).rows_rejected == 0
    assert [row.value for row in monthly(workspace, "close_rate", "2025-01-01", "2025-03-01")] == [0.20, 0.22]
    path.write_text("Month,NPS,Churn rate,Win or close rates\n2025-03,24,4%,25%\n", encoding="utf-8")
    assert intake.inspect(workspace, [path])[0].questions == ()


def test_names_near_to_kpis_count_for_what_the_sheet_is(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    header, values = "ماه,NPS,نرخ ریزش مشتریان,درآمد کل,ساعت آموزش", "فروردین ۱۴۰۳,۳۱,۴٫۱٪,۱۲۰۰۰۰,۱۰"
    path.write_text(f"{header}\n{values}\n", encoding="utf-8")
    (plan,) = intake.inspect(create(tmp_path / "home", "w"), [path])
    assert plan.table == "kpi_values"
    assert [question.answers[0] for question in plan.questions[:2]] == ["churn_rate", "total_revenue"]


def test_names_with_words_in_brackets_are_known_in_every_way() -> None:
    names = names_of(kpis())
    for said in ("First call (contact) resolution", "First call resolution", "First contact resolution", "FCR"):
        assert names[plain(said)] == "fcr"


def test_loading_the_next_month_updates_and_adds(tmp_path: Path) -> None:
    workspace, _ = loaded(tmp_path, "Month,NPS,Churn rate\n2025-01,24,4%\n2025-02,26,5%\n")
    path = tmp_path / "sheet2.csv"
    path.write_text("Month,NPS,Churn rate\n2025-02,27,5%\n2025-03,30,6%\n", encoding="utf-8")
    intake.load(workspace, intake.inspect(workspace, [path])[0])
    assert [row.value for row in monthly(workspace, "nps", "2025-01-01", "2025-04-01")] == [24, 27, 30]


@pytest.mark.parametrize(
    "text",
    [
        "order_id,order_date,customer,total\n1,2025-01-03,Ann,30\n2,2025-01-04,Bob,40\n3,2025-01-04,Cy,50\n",
        "Month,Net sales,COGS,Operating expenses,Net profit\n2025-01,100,50,20,30\n2025-02,110,55,20,35\n",
        "survey_id,survey_type,customer_id,score,responded_at\n1,nps,a,9,2025-01-03\n2,csat,b,4,2025-01-04\n3,nps,c,2,2025-01-09\n",
        "Date,NPS,CSAT\n2025-01-03,9,4\n2025-01-04,10,5\n2025-01-09,2,1\n2025-01-12,7,3\n",
        "lead_id,created_at,source\n1,2025-01-03,web\n2,2025-01-05,fair\n3,2025-01-09,web\n",
    ],
)
def test_other_files_are_no_sheets_of_kpis(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    plan = intake.inspect(create(tmp_path / "home", "w"), [path])[0]
    assert plan.table != "kpi_values"
