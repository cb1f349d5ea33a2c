"""Helpers for tests of the pages that load: files made and dropped, buttons, choosers, the work behind them."""

from __future__ import annotations

import csv
import io
import time

import pytest

from kpi.text import Texts
from pages.parts import click as clicks
from tests.support_app import html

DEALS = ["Deal ID", "Deal Name", "Stage", "Amount", "Created", "Warehouse"]


def table(header, rows) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode()


def deals(numbers=range(12), stage=("New", "Offer", "Won"), wrong=(), amount="{i}.5") -> bytes:
    rows = [
        [
            f"D{i}",
            f"Deal {i}",
            stage[i % len(stage)],
            "a lot" if i in wrong else amount.format(i=i),
            f"2024-03-{i % 28 + 1:02d}",
            f"W{i % 3}",
        ]
        for i in numbers
    ]
    return table(DEALS, rows)


def drop(at, *files):
    """Files dropped on the page: (name, bytes)."""
    at.file_uploader[0].set_value([(name, data, "text/csv") for name, data in files])
    return at.run()


def click(at, key):
    """A button whose key begins so."""
    (button,) = [each for each in at.button if (each.key or "").startswith(key)]
    button.click().run()
    return wait(at)


def wait(at):
    """Until what runs in the background is done."""
    for _ in range(200):
        if "import_job" not in at.session_state or at.session_state["import_job"].finished:
            break
        time.sleep(0.05)
    return at.run()


def pick(at, key, value):
    (box,) = [each for each in at.selectbox if each.key == key or (each.key or "").startswith(key)]
    box.set_value(value).run()
    return at


def field(at, column):
    """The chooser of a column's field."""
    label = Texts("en").t("import.goes_to_of", column=column)
    return next(each for each in at.selectbox if each.label == label)


def picked(at, what, place="imports_log"):
    """The click of a reader on an action, here of the import log: what the browser reports for `data-pick`."""
    assert f'data-pick="{what}"' in html(at)
    shown, waiting = clicks.show, [what]

    def show(body, key):
        real = shown(body, key)
        return waiting.pop() if key.startswith(place) and waiting else real

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clicks, "show", show)
        at.run()
        return wait(at)
