"""What the command line refuses: one kind line on stderr, the right exit status, nothing on stdout, never a traceback."""

from __future__ import annotations

import pytest

from kpi import workspace
from tests.contract import opened

REVENUE = ("compute", "shop", "total_revenue")
AIM = ("target", "shop", "total_revenue", "--from", "2024-01-01", "--until", "2025-01-01")


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    yield from opened(tmp_path_factory)


MISSPELT = {
    ("compue", "shop"): "compute",
    ("compute", "shop", "total_revenu"): "total_revenue",
    ("compute", "shop", "total_revenue'; drop table orders; --"): "total_revenue",
    ("explain", "shop", "close_rat"): "close_rate",
    ("kpis", "shop", "--goal", "increase_sale"): "increase_sales",
    ("goals", "shop", "--choose", "improve_servic"): "improve_service",
    ("template", "order", "--out", "x.xlsx"): "orders",
    ("import", "shop", "orders.csv", "--table", "ordrs"): "orders",
    (*REVENUE, "--split", "chanel"): "channel",
    (*REVENUE, "--split", "orders.chanel"): "orders.channel",
    (*REVENUE, "--filter", "chanel=web"): "channel",
    (*REVENUE, "--spilt", "channel"): "--split",
    ("rate", "shop", "perceived_loyaltie", "3"): "perceived_loyalty",
    ("target", "shop", "total_revenu", *AIM[3:], "--target", "1"): "total_revenue",
    (*AIM, "--target", "1", "--goal", "increase_sale"): "increase_sales",
    ("settings", "shop", "calender=jalali"): "calendar",
    ("--lang", "ukr", "goals"): "uk",
}
WRONG = [
    ("compute",),
    ("compute", "shop"),
    ("import", "shop"),
    (*REVENUE, "--by", "decade"),
    (*REVENUE, "--calendar", "mayan"),
    (*REVENUE, "--compare", "luck"),
    (*REVENUE, "--split", "channel; drop table orders"),
    ("funnel", "shop", "--kind", "tickets"),
    ("funnel", "shop", "--split", "nonsense"),
    ("nps", "shop", "--split", "nonsense"),
    ("clusters", "shop", "--k", "many"),
    ("explain", "shop", "total_revenue", "new_customers"),
    ("goals", "--lang"),
    ("goals", "--home"),
    ("workspaces", "crate", "x"),
    ("catalogue", "chek"),
    (*AIM, "--target", "nan"),
    (*AIM, "--target", "inf"),
    ("target", "shop", "total_revenue", "--target", "1", "--until", "2025-01-01"),
]
UNMET = [
    (*REVENUE, "--from", "2024-13-01"),
    (*REVENUE, "--from", "01.02.2024"),
    (*REVENUE, "--from", "1403-01-01"),
    (*REVENUE, "--from", "2024-05-01", "--to", "2024-05-01"),
    (*REVENUE, "--from", "2024-05-01", "--to", "2024-04-01"),
    (*REVENUE, "--by", "day", "--from", "1900-01-01", "--to", "2300-01-01"),
    (*REVENUE, "--filter", "channel"),
    ("explain", "shop", "total_revenue", "--to", "soon"),
    ("funnel", "shop", "--from", "2024-05-01", "--to", "2024-04-01"),
    ("funnel", "shop", "--kind", "quotes"),
    ("nps", "shop", "--from", "2024-05-01", "--to", "2024-04-01"),
    ("nps", "shop", "--by", "year", "--from", "x"),
    ("rfm", "shop", "--as-of", "yesterday"),
    ("clusters", "shop", "--k", "1"),
    ("clusters", "shop", "--k", "99"),
    ("scorecard", "shop", "--as-of", "x"),
    ("rate", "shop", "perceived_loyalty", "9"),
    ("rate", "shop", "perceived_loyalty", "nan"),
    (*AIM,),
    (*AIM, "--target", "1", "--low", "1"),
    (*AIM, "--low", "5", "--high", "1"),
    ("target", "shop", "total_revenue", "--target", "1", "--from", "2025-01-01", "--until", "2024-01-01"),
    ("goals", "--choose", "increase_sales"),
    ("import", "shop", "none.csv"),
    ("import", "shop", "."),
    ("template", "orders", "--out", "no/such/folder/x.xlsx"),
    ("catalogue", "docs", "--out", "no/such/folder/x.md"),
    ("undo", "shop", "99"),
    ("undo", "shop", "1; drop"),
    ("settings", "shop", "language=de"),
    ("settings", "shop", "language"),
    ("delete", "shop"),
    ("compute", "nowhere", "total_revenue"),
    ("create", "shop"),
]
NAMES = ["../etc", "a/b", "..", ".", "", "x" * 300, "a\x00b", "-x", "C:\\x", "shop\n", "<script>"]


def said(argv) -> str:
    return " ".join(argv)[:60]


@pytest.mark.parametrize(("argv", "near"), MISSPELT.items(), ids=map(said, MISSPELT))
def test_a_name_that_does_not_exist_is_2_with_did_you_mean(shell, argv, near):
    status, line = shell.refuse(*argv)
    assert status == 2 and "Did you mean" in line
    assert near in line.split("Did you mean")[1]


@pytest.mark.parametrize("argv", WRONG, ids=said)
def test_a_command_line_that_is_wrong_is_2(shell, argv):
    assert shell.refuse(*argv)[0] == 2


@pytest.mark.parametrize("argv", UNMET, ids=said)
def test_a_request_that_cannot_be_met_is_1(shell, argv):
    status, line = shell.refuse(*argv)
    assert status == 1 and "inside the program" not in line


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", ["tables", "create", "check", "settings"])
def test_names_of_workspaces_lead_nowhere_else(shell, command, name):
    before = sorted(shell.home.parent.rglob("*"))
    status, line = shell.refuse(command, name)
    assert status in (1, 2) and "inside the program" not in line
    assert sorted(shell.home.parent.rglob("*")) == before
    assert workspace.names(shell.home) == ["shop"]


@pytest.mark.parametrize("lang", ["fa", "uk"])
def test_refusals_speak_the_language(shell, lang):
    for argv in (("compute", "shop", "total_revenu"), (*REVENUE, "--from", "x"), ("tables", "../x"), ("compue",)):
        english, other = shell.refuse(*argv)[1], shell.refuse("--lang", lang, *argv)[1]
        assert english != other and not other.isascii()


def test_nothing_was_changed_by_what_was_refused(shell):
    """Last in the file: what was refused above has left the data and the target as they were."""
    tables = {each["table"]: each["rows"] for each in shell.ask("tables", "shop")["tables"]}
    assert (tables["orders"], tables["leads"], tables["surveys"]) == (73, 40, 28)
    span = ("--from", "2024-01-01", "--to", "2025-01-01")
    row = shell.ask(*REVENUE, *span, "--compare", "target")["results"][0]["rows"][0]
    assert row["target"] == pytest.approx(36600)
