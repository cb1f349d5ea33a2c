"""Clusters of customers on top of RFM (feature F66, second view). The number of clusters is fixed, never found."""

from datetime import date, timedelta

import pytest

from kpi.analysis.clusters import clusters
from kpi.errors import Refused
from tests.support import memory_workspace

AS_OF = date(2024, 6, 30)


def three_kinds(reverse=False):
    """Customers of three plain kinds: often, now and then, once long ago."""
    rows = []
    for i in range(40):
        kinds = (("a", i % 10, 10, 50 + i), ("b", 90 + i, 4, 30 + i), ("c", 400 + i, 1, 10 + i))
        for kind, last, times, amount in kinds:
            rows += [
                {"customer_id": f"{kind}{i:02}", "ordered_at": AS_OF - timedelta(days=last + 5 * n), "amount": amount}
                for n in range(times)
            ]
    return memory_workspace({"orders": rows[::-1] if reverse else rows})


def test_f66_clusters_follow_the_kinds_of_customers():
    found = clusters(three_kinds(), k=3)
    assert found.as_of == AS_OF and found.k == 3
    assert {(c[0], n) for c, n in found.customers.itertuples(index=False)} == {("a", 1), ("b", 2), ("c", 3)}
    assert [p.n for p in found.profiles] == [40, 40, 40]
    assert found.profiles[0].name == ("recent", "frequent", "high_value")
    assert found.profiles[2].name == ("quiet", "infrequent", "low_value")
    assert found.profiles[2].frequency == 1
    assert found.tried[0].silhouette > 0.5 and found.notes == (("analysis.clusters_choice", ()),)


def test_f66_clusters_do_not_depend_on_row_order():
    a, b = clusters(three_kinds(), k=4), clusters(three_kinds(reverse=True), k=4)
    assert a.customers.equals(b.customers) and a.profiles == b.profiles


def test_f66_clusters_choose_a_number_and_show_what_others_are_worth():
    found = clusters(three_kinds())
    assert [q.k for q in found.tried] == [2, 3, 4, 5]
    assert 2 <= found.k <= 5 and set(found.customers["cluster"]) == set(range(1, found.k + 1))


def test_f66_clusters_refuse_what_cannot_be_clustered():
    few = memory_workspace({"orders": [{"customer_id": f"{i}", "ordered_at": AS_OF, "amount": i} for i in range(24)]})
    alike = memory_workspace({"orders": [{"customer_id": f"{i}", "ordered_at": AS_OF, "amount": 5} for i in range(40)]})
    no_money = memory_workspace({"orders": [{"customer_id": f"{i}", "ordered_at": AS_OF} for i in range(40)]})
    for workspace, k, code in (
        (few, 2, "too_few_customers"),
        (alike, 2, "customers_alike"),
        (no_money, 2, "needs_columns"),
        (three_kinds(), 9, "clusters_number"),
        (three_kinds(), 1, "clusters_number"),
    ):
        with pytest.raises(Refused) as refused:
            clusters(workspace, k=k)
        assert refused.value.code == code
