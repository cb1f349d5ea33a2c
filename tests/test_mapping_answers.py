"""The recogniser against the answer keys of the real files: the level that was reached is held.

The short form: of yearly files the first two. All of them: `python -m tests.bench.mapping`.
"""

from __future__ import annotations

import pytest

from kpi import model
from tests.bench.mapping import DATA, answers, keys, scores

LEAST_RIGHT = 0.94  # of the columns that mean something in the model, untouched; of all files 0.952
skipped = pytest.mark.skipif(not DATA.exists(), reason="the real files are not beside the checkout")


def test_the_keys_name_columns_of_the_model():
    for folder, name, block in keys():
        for table in answers(block["table"]) - {""}:
            assert table in model.tables(), (folder, name, table)
        for column, text in block["columns"].items():
            for path in answers(text) - {""}:
                assert model.field(path), (folder, name, column)


@pytest.mark.data
@skipped
def test_columns_of_real_files_go_where_the_keys_say():
    found = scores(short=True)
    right, mappable = (sum(getattr(each, name) for each in found) for name in ("right", "mappable"))
    wrong = [(each.name, fault) for each in found if each.wrong or each.misled for fault in each.faults]
    assert sum(each.wrong + each.misled for each in found) == 0, wrong
    assert right >= LEAST_RIGHT * mappable, (right, mappable)


@pytest.mark.data
@skipped
def test_every_file_outside_messy_has_a_key():
    kinds = (".csv", ".txt", ".parquet", ".xls", ".xlsx", ".sqlite", ".gz")
    files = {p.name for p in DATA.rglob("*") if p.suffix in kinds and "messy" not in p.parts}
    assert files <= {name.partition("#")[0] for _, name, _ in keys()}
