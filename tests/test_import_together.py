"""Files that belong together: a zip, a folder, a workbook or a database of a whole CRM through the command line."""

from __future__ import annotations

import io
import json

import pytest

from kpi import cli
from kpi import workspace as workspaces
from kpi.errors import Refused
from kpi.intake import in_order, inspect, readers
from kpi.workspace import Workspace, create
from tests.foreign_files import database, zipped
from tests.intake_files import codes
from tests.support import SHARED

CUSTOMERS = [("C1", "Acme"), ("C2", "Globex"), ("C3", "Initech")]
PRODUCTS = [("P1", "Desk Lamp"), ("P2", "Office Chair")]


def text(header: str, rows) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def export() -> dict[str, str]:
    """A CRM's export: what others refer to comes last in it, as the alphabet has it."""
    lines = [(f"L{i}", f"O{i // 2}", PRODUCTS[i % 2][1], 1 + i % 3, 10) for i in range(20)]
    orders = [(f"O{i}", CUSTOMERS[i % 3][0], f"2024-01-{i + 1:02d}", 50) for i in range(10)]
    return {
        "crm/a_order_lines.csv": text("order_line_id,order_id,product,quantity,unit_price", lines),
        "crm/b_orders.csv": text("order_id,customer_id,ordered_at,amount", orders),
        "crm/customers.csv": text("customer_id,customer name", CUSTOMERS),
        "crm/products.csv": text("product_id,product name", PRODUCTS),
        "crm/README.txt": "Dear all,\nplease find the export.\nBest,\nAnn\n",
        "__MACOSX/crm/._customers.csv": "\0\5",
    }


@pytest.fixture
def home(tmp_path):
    yield tmp_path / "home"
    for name in workspaces.names(tmp_path / "home"):
        workspaces.close_workspace(tmp_path / "home", name)


@pytest.fixture
def kpi(home):
    """Runs a command line with --json: (exit status, answer, stderr)."""

    def run(*argv: object):
        out, err = io.StringIO(), io.StringIO()
        status = cli.main(["--home", str(home), "--json", *map(str, argv)], out=out, err=err)
        assert "Traceback" not in err.getvalue()
        return status, json.loads(out.getvalue()), err.getvalue()

    return run


def whole(ws: Workspace) -> None:
    """The export lies in the workspace as it should: products by their ids, nothing twice."""
    assert ws.rows("SELECT count(*), count(DISTINCT product_id) FROM order_lines") == [(20, 2)]
    assert ws.rows("SELECT product_id, name FROM products ORDER BY 1") == PRODUCTS
    assert ws.rows("SELECT customer_id, name FROM customers ORDER BY 1") == CUSTOMERS
    assert ws.rows("SELECT DISTINCT product_id FROM order_lines ORDER BY 1") == [("P1",), ("P2",)]
    assert ws.rows("SELECT count(*) FROM orders") == [(10,)]


def test_a_zip_of_an_export_through_the_command_line(kpi, home, tmp_path):
    path = zipped(tmp_path / "export.zip", export())
    status, answer, said = kpi("import", "w", path)
    assert status == 0, said
    entries = {each["sheet"]: each for each in answer["imports"]}
    assert {sheet: each["table"] for sheet, each in entries.items()} == {
        "crm/a_order_lines.csv": "order_lines",
        "crm/b_orders.csv": "orders",
        "crm/customers.csv": "customers",
        "crm/products.csv": "products",
    }
    for each in answer["imports"]:
        assert each["file"] == "export.zip" and each["id"] and each["format"]["within"] == "zip"
        assert each["rows_read"] == each["rows_loaded"] + each["rows_rejected"] and not each["rows_rejected"]
    assert "README.txt" in said
    whole(workspaces.open_workspace(home, "w"))
    _, listed, _ = kpi("imports", "w")
    assert len(listed["imports"]) == 4
    status, _, said = kpi("import", "w", path)
    assert status == 1 and "loaded already" in said
    whole(workspaces.open_workspace(home, "w"))


def test_one_file_of_a_zip_by_its_name_and_undo(kpi, home, tmp_path):
    path = zipped(tmp_path / "export.zip", export())
    status, answer, _ = kpi("import", "w", path, "--sheet", "customers.csv")
    assert status == 0 and [each["sheet"] for each in answer["imports"]] == ["crm/customers.csv"]
    ws = workspaces.open_workspace(home, "w")
    assert ws.rows("SELECT count(*) FROM customers") == [(3,)]
    status, answer, _ = kpi("import", "w", path, "--sheet", "products.csv")  # another part of the same bytes
    assert status == 0 and ws.rows("SELECT count(*) FROM products") == [(2,)]
    kpi("undo", "w", answer["imports"][0]["id"])
    assert ws.rows("SELECT count(*) FROM products") == [(0,)]
    assert ws.rows("SELECT count(*) FROM customers") == [(3,)]


def test_a_folder_and_a_database_say_the_same(kpi, home, tmp_path):
    for name, content in export().items():
        target = tmp_path / "folder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    assert kpi("import", "folder", tmp_path / "folder" / "crm")[0] in (0, 1)  # the letter in it is refused
    whole(workspaces.open_workspace(home, "folder"))
    made = {}
    for name, content in export().items():
        if name.endswith(".csv") and name.startswith("crm"):
            head, *rows = (line.split(",") for line in content.splitlines())
            made[name[4:-4]] = ([f'"{each}"' for each in head], rows)
    status, answer, said = kpi("import", "db", database(tmp_path / "crm.sqlite", made))
    assert status == 0, said
    assert {each["format"]["kind"] for each in answer["imports"]} == {"sqlite"}
    whole(workspaces.open_workspace(home, "db"))


def test_a_part_that_cannot_be_read_has_its_own_entry(kpi, home, tmp_path):
    broken = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 90
    path = zipped(tmp_path / "export.zip", export() | {"crm/deals.xls": broken})
    status, answer, said = kpi("import", "w", path)
    assert status == 1 and "export.zip/crm/deals.xls" in said
    assert len(answer["imports"]) == 5
    last = answer["imports"][-1]
    assert (last["file"], last["sheet"]) == ("export.zip", "crm/deals.xls") and "not a readable workbook" in last[
        "error"
    ]
    whole(workspaces.open_workspace(home, "w"))


def test_the_order_of_loading_follows_the_references(tmp_path):
    path = zipped(tmp_path / "export.zip", export())
    plans = inspect(None, [path])
    assert [plan.table for plan in plans] == ["order_lines", "orders", "customers", "products"]
    tables = [plan.table for plan in in_order(plans)]
    assert tables.index("products") < tables.index("order_lines") and tables.index("customers") < tables.index("orders")
    assert codes(plans[0].warnings)[:1] == ["files_left_out"]


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason="the real files are not beside the checkout")
def test_a_music_shop_in_one_database(kpi, home):
    status, answer, said = kpi("import", "w", SHARED / "data" / "chinook" / "Chinook_Sqlite.sqlite")
    assert status == 0, said
    entries = {each["sheet"]: each for each in answer["imports"]}
    assert len(entries) == 11
    for sheet, table, rows in (
        ("Customer", "customers", 59),
        ("Invoice", "orders", 412),
        ("InvoiceLine", "order_lines", 2240),
    ):
        assert (entries[sheet]["table"], entries[sheet]["rows_loaded"]) == (table, rows)
    ws = workspaces.open_workspace(home, "w")
    assert ws.rows("SELECT count(*), sum(amount)::DOUBLE FROM orders") == [(412, 2328.6)]
    assert ws.rows("SELECT count(*) FROM order_lines JOIN orders USING (order_id)") == [(2240,)]
    assert ws.rows("SELECT count(*) FROM customers WHERE NOT _stub") == [(59,)]


def test_a_folder_without_files_or_with_workspaces_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused) as refused:
        readers.files([tmp_path / "empty"])
    assert refused.value.code == "folder_without_files"
    create(tmp_path / "home", "acme")
    (tmp_path / "home" / "deals.csv").write_text("id,name\n1,a\n")
    with pytest.raises(Refused) as refused:
        readers.files([tmp_path])
    assert refused.value.code == "folder_of_workspaces"
