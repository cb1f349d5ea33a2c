"""Files of another shape: event logs, stage histories, columns of months, a column per question, names in two columns."""

from __future__ import annotations

import pytest

from kpi import workspace as workspaces
from kpi.intake import inspect, options, periods
from tests.intake_files import codes, import_file, places, said, write_csv


@pytest.fixture
def ws(tmp_path):
    yield workspaces.create(tmp_path, "w")
    workspaces.close_workspace(tmp_path, "w")


STEPS = ("New", "In Progress", "Resolved", "Closed")


def events(steps=STEPS, n=40):
    """Each ticket goes through the steps, one a day; every fifth stays open."""
    rows = []
    for i in range(n):
        for place, state in enumerate(steps if i % 5 else steps[:2]):
            rows.append([f"T{i}", state, f"2024-05-{1 + place:02d} 10:{i % 60:02d}:00", f"agent {place}"])
    return rows


def test_a_log_of_tickets_makes_tickets_and_their_history(ws, tmp_path):
    path = write_csv(tmp_path / "log.csv", ["Case ID", "Activity", "Timestamp", "Resource"], events())
    report = import_file(ws, path)
    assert report.plan.table == "tickets" and report.rows_read == report.rows_loaded == 144
    assert ws.rows("SELECT count(*), count(resolved_at), count(closed_at) FROM tickets") == [(40, 32, 32)]
    assert ws.rows(
        "SELECT opened_at::VARCHAR, resolved_at::VARCHAR, closed_at::VARCHAR, status FROM tickets WHERE ticket_id = 'T1'"
    ) == [("2024-05-01 10:01:00", "2024-05-03 10:01:00", "2024-05-04 10:01:00", "closed")]
    changes = ws.rows(
        "SELECT entity, field, old_value, new_value, changed_at::DATE::VARCHAR FROM field_changes WHERE record_id = 'T1' ORDER BY changed_at"
    )
    assert changes == [
        ("ticket", "status", None, "New", "2024-05-01"),
        ("ticket", "status", "New", "In Progress", "2024-05-02"),
        ("ticket", "status", "In Progress", "Resolved", "2024-05-03"),
        ("ticket", "status", "Resolved", "Closed", "2024-05-04"),
    ]
    assert "log_found" in codes(report.warnings)


def test_states_without_a_legend_end_nothing_until_they_are_told(ws, tmp_path):
    numbered = [[case, str(1 + STEPS.index(state)), at] for case, state, at, _ in events()]
    path = write_csv(tmp_path / "log.csv", ["CaseID", "ActivityID", "CompleteTimestamp"], numbered)
    (plan,) = inspect(None, [path])
    assert plan.table == "tickets" and not plan.main.fill("resolved_at")
    assert "log_without_end" in codes(plan.warnings)
    report = import_file(ws, path, words=["tickets.status:3=resolved", "tickets.status:4=closed"])
    assert ws.rows("SELECT count(resolved_at) FROM tickets") == [(32,)]
    assert "log_without_end" not in codes(report.warnings)


def test_lines_that_repeat_a_state_change_nothing(ws, tmp_path):
    rows = [[f"T{i // 4}", ["New", "New", "Open", "Open"][i % 4], f"2024-05-{1 + i % 4:02d}"] for i in range(80)]
    import_file(ws, write_csv(tmp_path / "log.csv", ["ticket id", "status", "date"], rows))
    assert ws.rows("SELECT count(*) FROM field_changes") == [(40,)]


def test_times_that_fall_are_asked_about(tmp_path):
    rows = events()[::-1]
    (plan,) = inspect(None, [write_csv(tmp_path / "x.csv", ["Case ID", "Activity", "Timestamp", "Resource"], rows)])
    assert [each.about for each in plan.questions] == ["shape"]
    (log,) = inspect(None, [tmp_path / "x.csv"], plan.options.answered("shape", "log"))
    (as_is,) = inspect(None, [tmp_path / "x.csv"], options(shape="as_is"))
    assert not log.questions and any(t.table == "field_changes" for t in log.targets)
    assert all(t.table != "field_changes" for t in as_is.targets) and as_is.format.reshape is None


def test_orders_and_activities_are_no_logs(tmp_path):
    orders = [[f"O{i // 3}", f"2024-05-{1 + i // 9:02d}", f"P{i % 7}", 2, "paid"] for i in range(90)]
    (plan,) = inspect(
        None,
        [write_csv(tmp_path / "o.csv", ["order id", "order date", "product id", "quantity", "order status"], orders)],
    )
    assert plan.table == "order_lines" and plan.format.reshape is None
    done = [
        [f"D{i // 4}", ["call", "email", "meeting"][i % 3], "Ann Lee", f"2024-05-{1 + i % 4:02d}"] for i in range(80)
    ]
    (plan,) = inspect(
        None,
        [write_csv(tmp_path / "activities.csv", ["deal id", "activity type", "assigned to", "activity date"], done)],
    )
    assert plan.table == "activities" and plan.format.reshape is None


STAGES = ("Qualified", "Offer", "Closed Won")


def test_a_stage_history_makes_deals_and_their_history(ws, tmp_path):
    """The shape of HubSpot: one line per stage that a deal entered."""
    rows = [
        [f"90{i}", f"Deal {i}", stage, f"2024-0{1 + place}-11 09:00", "Web", 100 + i, "Ann Lee"]
        for i in range(30)
        for place, stage in enumerate(STAGES if i % 3 else STAGES[:2])
    ]
    header = ["Record ID", "Deal Name", "Deal Stage", "Date entered stage", "Original Source", "Amount", "Deal owner"]
    report = import_file(ws, write_csv(tmp_path / "stage history.csv", header, rows))
    assert report.plan.table == "opportunity_stage_history" and report.rows_rejected == 0
    assert ws.rows("SELECT count(*) FROM opportunity_stage_history") == [(80,)]
    assert ws.rows(
        "SELECT name, stage, amount::INT, created_at::DATE::VARCHAR, closed_at::DATE::VARCHAR, outcome FROM opportunities "
        "WHERE opportunity_id IN ('901', '903') ORDER BY 1"
    ) == [
        ("Deal 1", "Closed Won", 101, "2024-01-11", "2024-03-11", "won"),
        ("Deal 3", "Offer", 103, "2024-01-11", None, "open"),
    ]
    assert ws.rows("SELECT stage, kind FROM stages ORDER BY position") == [
        ("Qualified", "open"),
        ("Offer", "open"),
        ("Closed Won", "won"),
    ]


def test_columns_of_months_become_lines(ws, tmp_path):
    header = ["Category", "Jan 2024", "Feb 2024", "Mar 2024"]
    rows = [["Ads", 100, 110, ""], ["Rent", 50, 50, 50]]
    report = import_file(ws, write_csv(tmp_path / "costs.csv", header, rows))
    assert report.plan.table == "costs" and report.rows_read == report.rows_loaded == 5
    assert ws.rows("SELECT category, incurred_at::DATE::VARCHAR, amount::INT FROM costs ORDER BY 1, 2") == [
        ("Ads", "2024-01-01", 100),
        ("Ads", "2024-02-01", 110),
        ("Rent", "2024-01-01", 50),
        ("Rent", "2024-02-01", 50),
        ("Rent", "2024-03-01", 50),
    ]
    assert any("3 columns named after periods" in text for text in said(report))


def test_a_file_in_months_is_read_again_as_it_was(ws, tmp_path):
    from kpi.intake import load, staging

    path = write_csv(tmp_path / "costs.csv", ["Category", "Jan 2024", "Feb 2024", "Mar 2024"], [["Ads", 1, 2, 3]])
    (plan,) = inspect(None, [path])
    staging.take(plan).close()  # as after a restart: nothing is at hand
    assert load(ws, plan).rows_loaded == 3
    events_ = write_csv(tmp_path / "log.csv", ["Case ID", "Activity", "Timestamp", "Resource"], events())
    (plan,) = inspect(None, [events_])
    staging.take(plan).close()
    load(ws, plan)
    assert ws.rows("SELECT count(resolved_at) FROM tickets") == [(32,)]


def test_a_statement_in_months_makes_periods(ws, tmp_path):
    header = ["", "Січень 2024", "Лютий 2024", "Березень 2024"]
    rows = [["Чистий дохід", 900, 910, 920], ["Собівартість", 400, 410, 420], ["Чистий прибуток", 90, 91, 92]]
    report = import_file(ws, write_csv(tmp_path / "фінанси.csv", header, rows, ";"))
    assert report.plan.table == "finance_periods"
    assert ws.rows(
        "SELECT period_start::DATE::VARCHAR, period_end::DATE::VARCHAR, net_sales::INT, cogs::INT, net_profit::INT "
        "FROM finance_periods ORDER BY 1"
    ) == [
        ("2024-01-01", "2024-02-01", 900, 400, 90),
        ("2024-02-01", "2024-03-01", 910, 410, 91),
        ("2024-03-01", "2024-04-01", 920, 420, 92),
    ]


def test_months_beside_many_other_columns_are_asked_about(tmp_path):
    header = ["customer id", "name", "city", "phone", "segment", "Jan 2024", "Feb 2024", "Mar 2024"]
    rows = [[f"C{i}", f"Org {i}", "Kyiv", f"+38050123456{i}", "a", i, i + 1, i + 2] for i in range(9)]
    path = write_csv(tmp_path / "customers.csv", header, rows)
    (plan,) = inspect(None, [path])
    assert [each.about for each in plan.questions] == ["shape"]
    (plan,) = inspect(None, [path], options(shape="as_is"))
    assert plan.table == "customers" and not plan.questions


@pytest.mark.parametrize(
    "header, start, end",
    [
        ("Jan 2024", "2024-01-01", "2024-02-01"),
        ("2024-12", "2024-12-01", "2025-01-01"),
        ("01.2024", "2024-01-01", "2024-02-01"),
        ("2024-01-01 00:00:00", "2024-01-01", "2024-02-01"),
        ("Q4 2023", "2023-10-01", "2024-01-01"),
        ("2024 Q1", "2024-01-01", "2024-04-01"),
        ("1 кв 2024", "2024-01-01", "2024-04-01"),
        ("січень 2024 р.", "2024-01-01", "2024-02-01"),
        ("декабрь 2023", "2023-12-01", "2024-01-01"),
        ("فروردین ۱۴۰۳", "1403-01-01", "1403-02-01"),
        ("اسفند 1402", "1402-12-01", "1403-01-01"),
        ("Sep-23", "2023-09-01", "2023-10-01"),
        ("2022", "2022-01-01", "2023-01-01"),
    ],
)
def test_periods_in_headers(header, start, end):
    found = periods.of(header)
    assert found and (found.start(), found.end()) == (start, end)


@pytest.mark.parametrize("header", ["May orders", "Amount 2024", "13.2024", "Market", "Decision", "12", "Q5 2024", ""])
def test_headers_that_are_no_periods(header):
    assert periods.of(header) is None


def answers(n=60):
    """Answers that go together: a satisfied person answers high everywhere; the last column is an age group."""
    return [
        [f"R{i}", *(min(5, max(1, 1 + i % 5 + (1 if (i * q) % 7 == 3 else 0))) for q in (1, 2, 3)), 1 + (i * 7) % 4]
        for i in range(n)
    ]


def test_a_column_per_question_makes_a_row_per_answer(ws, tmp_path):
    header = ["Response ID", "Q1 Speed", "Q1 Staff", "Q1 Price", "Q9 Group"]
    path = write_csv(tmp_path / "survey.csv", header, answers())
    (plan,) = inspect(None, [path])
    assert plan.table == "surveys" and [each.about for each in plan.questions] == ["set surveys.survey_type"]
    assert "Q9 Group" in plan.unmapped
    report = import_file(ws, path, sets=["surveys.survey_type=csat"])
    assert report.rows_loaded == 60
    assert ws.rows(
        "SELECT question, count(*), min(scale_min)::INT, max(scale_max)::INT FROM surveys GROUP BY 1 ORDER BY 1"
    ) == [
        ("Q1 Price", 60, 1, 5),
        ("Q1 Speed", 60, 1, 5),
        ("Q1 Staff", 60, 1, 5),
    ]


def test_a_code_above_the_scale_is_no_answer_once_the_scale_is_told(ws, tmp_path):
    rows = [
        [r[0], *(6 if (i + place) % 9 == 0 else v for place, v in enumerate(r[1:4]))] for i, r in enumerate(answers())
    ]
    path = write_csv(tmp_path / "csat.csv", ["Response ID", "Q1 Speed", "Q1 Staff", "Q1 Price"], rows)
    (plan,) = inspect(None, [path])
    assert [each.about for each in plan.questions] == ["set surveys.scale_max"]
    assert plan.questions[0].answers == ("5", "6")
    report = import_file(ws, path, sets=["surveys.scale_max=5"])
    given = sum(v != 6 for row in rows for v in row[1:])
    assert report.rows_rejected == 0
    assert ws.rows("SELECT count(score), max(score)::INT FROM surveys") == [(given, 5)]


def test_first_and_last_name_are_one_name(ws, tmp_path):
    header = ["Customer Id", "First Name", "Last Name", "Email"]
    rows = [[str(i), f"Ann{i}", "Lee" if i else "", f"a{i}@x.ua"] for i in range(5)]
    report = import_file(ws, write_csv(tmp_path / "customers.csv", header, rows))
    assert not report.plan.unmapped and places(report.plan)["Last Name"] == "customers.name"
    assert ws.rows("SELECT name FROM customers ORDER BY customer_id LIMIT 2") == [("Ann0",), ("Ann1 Lee",)]
