"""The stand-in workspace behaves as analyses expect of a real one."""

from datetime import date

import pytest

from kpi import model
from kpi.errors import Unknown
from tests.support import memory_workspace


def test_all_tables_and_columns_exist():
    workspace = memory_workspace({})
    for table in model.tables().values():
        assert workspace.rows(f'select * from "{table.name}"') == []
        assert list(workspace.frame(f'select * from "{table.name}"')) == [*table.fields, "_extra", "_stub"]
    assert workspace.columns() == frozenset()
    assert workspace.as_of() is None


def test_rows_are_typed_and_columns_reported():
    workspace = memory_workspace(
        {
            "orders": [
                {"order_id": 7, "amount": "12.50", "ordered_at": "2024-03-01 10:00:00", "_extra": {"shop": "a"}},
                {"order_id": "8", "ordered_at": date(2024, 3, 2), "status": None},
            ],
            "contracts": [{"contract_id": "c", "ends_at": date(2030, 1, 1)}],
        }
    )
    assert workspace.rows("select order_id, amount::double, _extra->>'shop' from orders order by 1") == [
        ("7", 12.5, "a"),
        ("8", None, None),
    ]
    assert "orders.amount" in workspace.columns() and "orders.status" not in workspace.columns()
    assert workspace.as_of() == date(
        2024, 3, 2
    )  # a contract's end is planned and says nothing about how far data reach


def test_unknown_column_is_refused():
    with pytest.raises(Unknown):
        memory_workspace({"orders": [{"amuont": 1}]})


def test_memo_remembers():
    workspace = memory_workspace({})
    assert workspace.memo("k", lambda: 1) == 1
    assert workspace.memo("k", lambda: 2) == 1
