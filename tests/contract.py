"""For tests of the command line's contract: a small real workspace, command lines run in this process."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kpi import cli, workspace

START = date(2024, 1, 1)
KINDS = {"text": str, "number": (int, float), "count": int, "flag": bool, "list": list, "object": dict}


class Shell:
    """Runs command lines over a home of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *argv: str) -> tuple[int, str, str]:
        """(exit status, stdout, stderr)"""
        out, err = io.StringIO(), io.StringIO()
        status = cli.main(["--home", str(self.home), *argv], out=out, err=err, cwd=self.home)
        return status, out.getvalue(), err.getvalue()

    def ask(self, *argv: str, status: int = 0) -> dict[str, Any]:
        """The one JSON object of a command line that ends with `status`."""
        found, out, err = self.run(*argv, "--json")
        assert found == status, err
        answer = json.loads(out)
        assert isinstance(answer, dict) and isinstance(answer["warnings"], list)
        assert all(isinstance(each, str) for each in answer["warnings"])
        return answer

    def refuse(self, *argv: str) -> tuple[int, str]:
        """(exit status, the one line on stderr); checks that nothing else was said, with and without --json."""
        status, out, err = self.run(*argv)
        assert status in (1, 2) and out == "", (status, out)
        line = err.strip().splitlines()
        assert len(line) == 1 and "Traceback" not in err, err
        again, told, _ = self.run(*argv, "--json")
        answer = json.loads(told)
        assert again == status and answer["error"]["message"] and answer["warnings"] == []
        return status, line[0]


def opened(factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell over a home with the filled workspace `shop`, for the tests of one module."""
    shell = Shell(factory.mktemp("contract"))
    fill(shell)
    shell.ask("goals", "shop", "--choose", "increase_sales")
    aim = ("--baseline", "1000", "--target", "36600", "--goal", "increase_sales", "--source", "the plan")
    shell.ask("target", "shop", "total_revenue", *aim, "--from", "2024-01-01", "--until", "2025-01-01")
    yield shell
    workspace.close_workspace(shell.home, "shop")


def check(rows: Iterable[dict], /, **keys: str) -> None:
    """Every row has these keys with a value of this kind; a kind with `?` may be null. Further keys are free."""
    rows = list(rows)
    assert rows
    for row in rows:
        for key, kind in keys.items():
            assert key in row, f"{key} is missing in {row}"
            wanted, value = kind.rstrip("?"), row[key]
            if value is None:
                assert kind.endswith("?"), f"{key} is null"
            elif wanted == "day":
                date.fromisoformat(value)
            else:
                assert isinstance(value, KINDS[wanted]), f"{key}: {value!r} is no {wanted}"
                assert wanted == "flag" or not isinstance(value, bool), f"{key}: {value!r} is no {wanted}"


def write(path: Path, columns: str, rows: Iterable[Iterable[object]]) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split())
        writer.writerows(rows)
    return path


def orders() -> Iterator[list[object]]:
    """73 orders of 30 customers in 2024, by two channels; with a column outside the model."""
    number = 0
    for c in range(30):
        for k in range(1 + c % 4):
            number += 1
            day = START + timedelta(days=(7 * number + 11 * k) % 360)
            yield [f"o{number}", f"c{c}", day, f"{10 + number * 3}.50", ("web", "shop")[c % 2], "x"]


def leads() -> Iterator[list[object]]:
    """40 leads: 20 qualified, 10 converted."""
    for n in range(40):
        day = START + timedelta(days=n * 3)
        qualified = day + timedelta(days=5) if n % 2 else ""
        yield [f"l{n}", day, qualified, day + timedelta(days=20) if n % 4 == 1 else "", ("web", "fair")[n % 3 == 0]]


def surveys() -> Iterator[list[object]]:
    """NPS answers: 8 of promoters, 8 passive, 8 of detractors, and 4 that are off the scale."""
    for n, score in enumerate([10, 9, 8, 7, 6, 0, 11] * 4):
        day = START + timedelta(days=n * 9)
        yield [f"s{n}", "nps", f"c{n}", score, day, ("service", "product")[n % 2]]


def fill(shell: Shell) -> dict[str, Any]:
    """The workspace `shop` from three files; the answer of the import."""
    files = [
        write(shell.home / "orders.csv", "order_id customer_id ordered_at amount channel memo", orders()),
        write(shell.home / "leads.csv", "lead_id created_at qualified_at converted_at source_channel", leads()),
        write(shell.home / "surveys.csv", "survey_id survey_type customer_id score responded_at topic", surveys()),
    ]
    return shell.ask("import", "shop", *(file.name for file in files))
