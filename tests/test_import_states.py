"""Import, update, undo, redo, remap and merge in any order end in the state that the remaining imports define."""

from __future__ import annotations

import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kpi import workspace as workspaces
from kpi.intake import inspect, load, options
from kpi.intake.remap import remap, undo
from tests.intake_files import write_csv

IDS = st.lists(st.integers(1, 6), min_size=1, max_size=5, unique=True)
WORDS = st.sampled_from(["north", "south", ""])
# Two ways to read each file: what a person may change with a remap.
CUSTOMERS = (["customer_id=id", "name=name", "region=place"], ["customer_id=id", "name=name", "city=place"])
ORDERS = (
    ["order_id=no", "customer_id=who", "amount=sum", "ordered_at=day"],
    ["order_id=no", "customer_id=who", "gross_amount=sum", "ordered_at=day"],
)
COMPARED = {
    "customers": "customer_id, name, region, city, first_order_at, _stub",
    "orders": "order_id, customer_id, amount, gross_amount, ordered_at",
    "customer_aliases": "alias_id, source, customer_id",
}


def state(workspace) -> dict[str, list[tuple]]:
    """What queries see, whatever the numbers of the imports."""
    return {
        table: sorted(workspace.rows(f"SELECT {columns} FROM main.{table}"), key=repr)
        for table, columns in COMPARED.items()
    }


class Imports(RuleBasedStateMachine):
    """A workspace beside a list of what was done to it."""

    @initialize()
    def begin(self):
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name)
        self.workspace = workspaces.create(self.path / "home", "w")
        self.done: dict[int, tuple[Path, str, tuple, int]] = {}  # number → file, table, ways to read it, the way
        self.out: set[int] = set()
        self.names = itertools.count(1)

    def teardown(self):
        if hasattr(self, "folder"):
            self.same()
            workspaces.close_workspace(self.path / "home", "w")
            self.folder.cleanup()

    def bring(self, table: str, header: list[str], rows: list[list], ways: tuple, way: int = 0) -> None:
        number = next(self.names)
        path = write_csv(self.path / f"{table}{number}.csv", header, rows)
        self.done[self.take(self.workspace, path, table, ways[way])] = (path, table, ways, way)

    @staticmethod
    def take(workspace, path: Path, table: str, maps: list[str]) -> int:
        (plan,) = inspect(workspace, [path], options(table=table, maps=maps, again=True))
        assert not plan.questions, plan.questions
        report = load(workspace, plan)
        assert report.rows_read == report.rows_loaded + report.rows_rejected and report.id
        return report.id

    @rule(ids=IDS, place=WORDS, way=st.integers(0, 1))
    def customers(self, ids, place, way):
        """Overlapping keys: the newest value that is there counts."""
        self.bring("customers", ["id", "name", "place"], [[f"C{i}", f"Firm {i}", place] for i in ids], CUSTOMERS, way)

    @rule(ids=IDS, by_name=st.booleans(), amount=st.integers(1, 99), day=st.integers(1, 28))
    def orders(self, ids, by_name, amount, day):
        """Orders that name their customer by its id or by its name."""
        who = [f"Firm {i}" if by_name else f"C{i}" for i in ids]
        rows = [[f"O{i}", w, amount, f"2024-01-{day:02}"] for i, w in zip(ids, who, strict=True)]
        self.bring("orders", ["no", "who", "sum", "day"], rows, ORDERS)

    @rule(old=st.integers(1, 6), new=st.integers(1, 6))
    def merge(self, old, new):
        """Two customers that are one."""
        if old != new:
            ways = (["alias_id=alias", "customer_id=customer"],) * 2
            self.bring("customer_aliases", ["alias", "customer"], [[f"C{old}", f"C{new}"]], ways)

    def pick(self, data, numbers: list[int]) -> int:
        return data.draw(st.sampled_from(sorted(numbers)))

    @precondition(lambda self: len(self.done) > len(self.out))
    @rule(data=st.data())
    def undo(self, data):
        number = self.pick(data, [n for n in self.done if n not in self.out])
        undo(self.workspace, number)
        self.out.add(number)

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def redo(self, data):
        number = self.pick(data, list(self.out))
        remap(self.workspace, number)
        self.out.discard(number)

    @precondition(lambda self: len(self.done) > len(self.out))
    @rule(data=st.data())
    def read_otherwise(self, data):
        number = self.pick(data, [n for n in self.done if n not in self.out])
        path, table, ways, way = self.done[number]
        report = remap(self.workspace, number, options(table=table, maps=ways[1 - way], again=True))
        assert report.id == number
        self.done[number] = (path, table, ways, 1 - way)

    @invariant()
    def counts(self):
        """Every line of every import that stands is in the log, as loaded or as rejected."""
        if not hasattr(self, "workspace"):
            return
        rows = self.workspace.rows("SELECT count(*) FROM state.imports WHERE rows_read <> rows_loaded + rows_rejected")
        assert rows == [(0,)]

    def same(self):
        """A fresh workspace loaded with the imports that stand, in their order, looks the same."""
        fresh = workspaces.create(self.path / "home", "fresh")
        for number in sorted(self.done):
            if number not in self.out:
                path, table, ways, way = self.done[number]
                self.take(fresh, path, table, ways[way])
        try:
            assert state(self.workspace) == state(fresh)
        finally:
            workspaces.close_workspace(self.path / "home", "fresh")


TestImports = Imports.TestCase
TestImports.settings = settings(
    max_examples=5, stateful_step_count=8, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
