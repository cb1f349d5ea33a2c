"""Whatever is not on the list of what a user's own KPI may say is refused, with its place and without harm."""

from __future__ import annotations

import pytest

from kpi.catalogue import goals, kpis
from kpi.catalogue.own import own_kpi
from kpi.compile import parse_aggregate, parse_condition, parse_formula, scope
from kpi.compile.mistakes import BadExpression
from kpi.core import LANGUAGES
from kpi.errors import Refused
from kpi.text import Texts
from kpi.workspace import known_settings
from kpi.workspace.timed import rows_within
from tests.own_attacks import ATTACKS
from tests.support import memory_workspace

WHERE = ("own", "x.value")
SETTINGS = dict.fromkeys(known_settings(), 1)


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_is_refused_with_its_place(text):
    asked = (
        lambda: parse_aggregate(text, scope("opportunities"), WHERE, SETTINGS),
        lambda: parse_condition(text, scope("opportunities"), WHERE, SETTINGS),
        lambda: parse_formula(text, WHERE),
    )
    for number, ask in enumerate(asked):
        if text in ("amount",) and number or text == "settings.__class__" and number == 2:
            continue  # a bare name is a condition of its own, and any name may be part of a formula
        try:
            ask()
        except BadExpression as mistake:
            assert 0 <= mistake.at <= len(text) and mistake.length >= 1
            for lang in LANGUAGES:
                assert mistake.said(Texts(lang))
        else:
            # a formula has no tables: names it does not know are refused when it is put together
            block = {"name": "x", "value": text}
            found = own_kpi("own_x", block, kpis(), goals(), known_settings())
            assert number == 2 and found.mistakes, text


@pytest.mark.parametrize(
    "text",
    ["count(*) filter (where stage = '۱۲، “x”')", "count(*) filter (where outcome in ('won', 'gone'))",
     "sum(case when outcome = stage then 1 end)", "count(distinct stage)", "max(amount)"],
)  # fmt: skip
def test_what_is_right_is_not_refused_with_it(text):
    assert parse_aggregate(text, scope("opportunities"), WHERE, SETTINGS)


def test_there_are_many_attacks():
    assert len(ATTACKS) >= 60 and len(set(ATTACKS)) == len(ATTACKS)


@pytest.mark.parametrize(
    ("text", "at", "near"),
    [
        ("sum(amout)", 4, "amount"),
        ("sum(amount) + mean(amount)", 14, "avg"),
        ("sum(customers.regon)", 4, "customers.region"),
        ("sum(region)", 4, "customers.region"),
        ("sum(amount", 3, ""),
        ("max(amount", 3, ""),  # the reader of SQL lets it pass
        ("min(", 3, ""),
        ("sum(amount) * ۱۲٫۵", 14, "12.5"),
        ("count(*) filter (where outcome = “won”)", 33, "'"),
        ("sum(amount) − 1", 12, "-"),
        ("sum(stage)", 4, "count(distinct stage)"),
        ("sum(case when outcome = 'win' then 1 end)", 24, "won"),
        ("count(*) filter (where outcome in ('win', 'lots'))", 35, "won"),
        ("sum(amount) over ()", 12, ""),
        ("sum(amount) ^ 2", 0, ""),
        ("max(amount, 3)", 0, ""),
        ("sum(amount))", 11, ""),
        ("count(*) filter (where closed_at < now())", 35, "period.now"),
        ("count(*) filter (where status_ = 1)", 23, ""),
        ("sum(amount);", 11, ""),
        ("sum(amount) filter (where period.sinc > 1)", 26, "period.since, period.until, period.now"),
    ],
)
def test_a_mistake_names_its_place_and_what_may_be_meant(text, at, near):
    with pytest.raises(BadExpression) as told:
        parse_aggregate(text, scope("opportunities"), WHERE, SETTINGS)
    assert (told.value.at, told.value.near) == (at, near)
    said = Texts("en").error(told.value)
    assert f"character {at + 1}" in said and (not near or f"Did you mean {near}?" in said)


@pytest.mark.parametrize(
    ("block", "key"),
    [
        ({"function": "rfm.champions"}, "function"),
        ({"function": "../../etc"}, "function"),
        ({"value": "1", "from": "state.settings"}, "from"),
        ({"value": "count(*)", "from": "duckdb_tables()"}, "from"),
        ({"value": "count(*)", "from": "opportunities", "date": "amount"}, "date"),
        ({"value": "count(*)", "from": "opportunities", "date": "closed_at) or (1=1"}, "date"),
        ({"value": "count(*)", "from": "opportunities", "over": "x; drop table y"}, "over"),
        ({"value": "count(*)", "from": "opportunities", "splits": ["(select 1)"]}, "splits"),
        ({"value": "count(*)", "from": "opportunities", "matures": "(select 1)"}, "matures"),
        ({"value": "count(*)", "from": "opportunities", "empty": "settings.__class__"}, "empty"),
        ({"value": "count(*)", "from": "opportunities", "where": "settings.nothing = 1"}, "where"),
        ({"value": "count(*)", "from": "opportunities", "needs": "state.settings(value)"}, "needs"),
        ({"value": "count(*)", "from": "opportunities", "file": "/etc/passwd"}, "file"),
        ({"value": "count(*)", "from": "opportunities", "unit": "EUR"}, "unit"),
        ({"value": ["count(*)"], "from": "opportunities"}, "value"),
        ({"value": "trailing(total_revenue, 1000000000)"}, "value"),
        ({"value": "prev(prev(prev(prev(total_revenue))))"}, "value"),
        ({"value": "own_x + 1"}, "value"),
        (
            {"value": "a / b", "parts": {"a": {"from": "leads", "value": "count(*)"}, "b": {"value": "count(*)"}}},
            "parts.b.from",
        ),
    ],
)
def test_a_block_names_the_key_of_its_mistake(block, key):
    found = own_kpi("own_x", {"name": "x", **block}, kpis(), goals(), known_settings())
    assert f"own_x.{key}" in [mistake.params["key"] for mistake in found.mistakes]
    assert found.kpi.computations == ()


def test_a_query_that_takes_too_long_is_stopped():
    workspace = memory_workspace({})
    with pytest.raises(Refused) as told:
        rows_within(workspace, "select count(*) from range(100000000000) a, range(1000) b", (), 0.2)
    assert told.value.code == "query_too_long"
    with pytest.raises(Refused) as told:
        rows_within(workspace, "select sum('x')", (), 5)
    assert told.value.code == "query_failed"
    assert rows_within(workspace, "select ? + 1", (1,), 5) == [(2,)]
