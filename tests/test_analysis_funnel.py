"""The funnel of leads, opportunities and quotes (features F55, F56; contract of the command line)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpi.analysis.funnel import funnel
from kpi.errors import Refused, Unknown
from kpi.stats import wilson
from tests.support import memory_workspace

DAY0 = date(2024, 1, 1)


def day(n):
    return DAY0 + timedelta(days=n)


def codes(found):
    return {code.removeprefix("analysis."): dict(params) for code, params in found.notes}


def row(step):
    return step.entered, step.advanced, step.lost, step.moved_back, step.open


def leads():
    rows = [
        {"lead_id": i, "created_at": day(i % 30), "source_channel": "web" if i % 2 else "fair"} for i in range(1000)
    ]
    for i in range(200):
        rows[i]["qualified_at"] = day(i % 30 + 10)
    for i in range(50):
        rows[i]["converted_at"] = day(i % 30 + 30)
    for i in range(300, 400):
        rows[i]["lost_at"] = day(60)
    return rows


def test_f55_three_levels():
    created, qualified, converted = funnel(memory_workspace({"leads": leads()})).steps
    assert [s.step for s in (created, qualified, converted)] == ["created", "qualified", "converted"]
    assert row(created) == (1000, 200, 100, 0, 700)
    assert row(qualified) == (200, 50, 0, 0, 150)
    assert row(converted) == (50, 50, 0, 0, 0)
    assert (created.rate, qualified.rate, converted.rate) == (0.2, 0.25, None)
    assert (created.overall, qualified.overall, converted.overall) == (1, 0.2, 0.05)
    assert (created.low, created.high) == wilson(200, 1000)
    assert created.median_days_completed == 10 and qualified.median_days_completed == 20
    assert created.median_days is None  # more than half never got there


def test_f55_levels_never_increase_by_source_and_parts_add_up():
    workspace = memory_workspace({"leads": leads()})
    found = funnel(workspace, split="source_channel")
    assert found.groups == ["fair", "web"]
    for group in found.groups:
        entered = [s.entered for s in found.steps if s.group == group]
        assert entered == sorted(entered, reverse=True)
    for i, whole in enumerate(funnel(workspace).steps):
        parts = [s for s in found.steps if s.step == whole.step]
        assert tuple(map(sum, zip(*(row(p) for p in parts), strict=True))) == row(funnel(workspace).steps[i])


def test_f55_period_is_half_open_and_by_creation():
    workspace = memory_workspace({"leads": leads()})
    a, b = funnel(workspace, since=day(0), until=day(10)), funnel(workspace, since=day(10), until=day(30))
    assert a.steps[0].entered + b.steps[0].entered == 1000
    assert a.steps[0].entered == sum(1 for i in range(1000) if i % 30 < 10)
    assert codes(funnel(workspace, since=day(500))) == {"funnel_empty": {}}


def test_f55_conversion_before_first_contact_counts_and_is_reported():
    rows = [
        {
            "lead_id": 1,
            "created_at": day(5),
            "first_contacted_at": day(9),
            "qualified_at": day(6),
            "converted_at": day(7),
        },
        {"lead_id": 2, "created_at": day(5), "qualified_at": day(8), "converted_at": day(2)},
        {"lead_id": 3, "created_at": day(5)},
    ]
    found = funnel(memory_workspace({"leads": rows}))
    assert found.steps[2].entered == 2
    assert codes(found) == {"funnel_converted_before_contact": {"n": 1}, "funnel_dates_reversed": {"n": 1}}
    assert found.steps[0].median_days_completed == 1  # of lead 1 alone


def test_f55_skipped_levels_are_filled_and_moving_back_is_told():
    rows = [
        {"lead_id": 1, "created_at": day(0), "converted_at": day(3)},
        {"lead_id": 2, "created_at": day(0), "qualified_at": day(1), "status": "working"},
        {"lead_id": 3, "created_at": day(0), "qualified_at": day(1), "status": "lost"},
        {"lead_id": 4, "created_at": day(0), "status": "qualified"},
        {"lead_id": 5, "created_at": day(0), "status": "converted"},
    ]
    found = funnel(memory_workspace({"leads": rows}))
    assert [row(s) for s in found.steps] == [(5, 5, 0, 0, 0), (5, 2, 1, 1, 1), (2, 2, 0, 0, 0)]
    assert codes(found) == {"funnel_converted_without_date": {"n": 1}}


def test_f55_without_qualification_two_levels():
    rows = [{"lead_id": i, "created_at": day(0), "converted_at": day(4) if i < 3 else None} for i in range(10)]
    found = funnel(memory_workspace({"leads": rows}))
    assert [(s.step, s.entered) for s in found.steps] == [("created", 10), ("converted", 3)]
    assert found.steps[0].rate == 0.3 and "funnel_no_qualification" in codes(found)


def test_f55_ids_known_only_by_reference_are_no_leads():
    rows = [{"lead_id": 1, "created_at": day(0), "_stub": False}, {"lead_id": 2, "_stub": True}]
    assert funnel(memory_workspace({"leads": rows})).steps[0].entered == 1


def test_lost_cases_leave_the_waiting_when_they_are_lost():
    rows = [{"lead_id": 1, "created_at": day(0), "qualified_at": day(10)}]
    rows += [{"lead_id": n, "created_at": day(0), "lost_at": day(n)} for n in (2, 3)]
    rows += [{"lead_id": 4, "created_at": day(0), "status": "lost"}]
    found = funnel(memory_workspace({"leads": rows}, as_of=day(20)))
    assert found.steps[0].median_days == 10  # nobody else was waiting any more


STAGES = [
    {"entity": "opportunity", "stage": name, "position": place, "kind": kind}
    for place, (name, kind) in enumerate(
        [("talk", "open"), ("offer", "open"), ("haggle", "open"), ("signed", "won"), ("gone", "lost")]
    )
]


def deal(id_, outcome, stage, path, closed=None):
    deals = {"opportunity_id": id_, "outcome": outcome, "stage": stage, "created_at": day(0), "closed_at": closed}
    return deals, [{"opportunity_id": id_, "stage": s, "entered_at": day(d)} for s, d in path]


DEALS = [
    deal("a", "won", "signed", [("talk", 0), ("offer", 2), ("haggle", 5), ("signed", 9)], day(9)),
    deal("b", "won", "signed", [("talk", 0), ("signed", 4)], day(4)),  # skips two stages
    deal("c", "lost", "Gone", [("talk", 0), ("OFFER ", 3), ("gone", 8)], day(8)),
    deal("d", "open", "talk", [("talk", 0), ("offer", 1), ("haggle", 2), ("talk", 6)]),  # moved back
    deal("e", "open", "offer", [("talk", 0), ("offer", 7)]),
    deal("f", "open", "talk", []),  # no history of its own
    deal("g", "lost", "gone", [], day(3)),
]


def deals_workspace(stages=STAGES, history=True):
    return memory_workspace(
        {
            "opportunities": [d for d, _ in DEALS],
            "opportunity_stage_history": [h for _, path in DEALS for h in path] if history else [],
            "stages": stages,
        },
        as_of=day(20),
    )


def test_opportunity_stages_add_up_by_hand():
    found = funnel(deals_workspace(), "opportunities")
    assert [s.step for s in found.steps] == ["talk", "offer", "haggle", "won"]
    assert [row(s) for s in found.steps] == [(7, 5, 1, 0, 1), (5, 3, 1, 0, 1), (3, 2, 0, 1, 0), (2, 2, 0, 0, 0)]
    assert found.notes == ()
    talk, offer, haggle, _ = found.steps
    assert talk.median_days_completed == 3  # 2, 4 (skipped to signed), 3, 1, 7
    assert talk.median_days == 4  # five moved on, lost on day 3, waiting 20
    assert offer.median_days_completed == 1  # 3, 0, 1
    assert haggle.rate == pytest.approx(2 / 3)


def test_first_entry_counts_where_a_stage_is_entered_twice():
    one, path = deal("z", "open", "haggle", [("talk", 0), ("offer", 1), ("talk", 3), ("offer", 9), ("haggle", 12)])
    workspace = memory_workspace(
        {"opportunities": [one], "opportunity_stage_history": path[::-1], "stages": STAGES}, as_of=day(20)
    )
    assert [s.median_days for s in funnel(workspace, "opportunities").steps] == [1, 11, None, None]


def test_opportunities_without_history_say_only_created_and_won():
    found = funnel(deals_workspace(history=False), "opportunities")
    assert [(s.step, row(s)) for s in found.steps] == [("created", (7, 2, 2, 0, 3)), ("won", (2, 2, 0, 0, 0))]
    assert found.steps[0].rate == pytest.approx(2 / 7)
    assert codes(found) == {"funnel_no_history": {}}


def test_opportunity_stages_without_positions_are_put_in_order():
    found = funnel(deals_workspace(stages=[]), "opportunities")
    assert [s.step for s in found.steps] == ["talk", "offer", "haggle", "won"]
    assert "funnel_order_inferred" in codes(found)


def test_opportunity_stages_of_several_pipelines():
    stages = [
        {"entity": "opportunity", "pipeline": pipeline, "stage": stage, "position": place, "kind": "open"}
        for pipeline, names in (("new", ["talk", "offer"]), ("renewal", ["remind"]))
        for place, stage in enumerate(names)
    ]
    rows = [
        {"opportunity_id": "a", "pipeline": "new", "stage": "offer", "outcome": "open", "created_at": day(0)},
        {"opportunity_id": "b", "pipeline": "renewal", "stage": "remind", "outcome": "won", "created_at": day(0)},
    ]
    history = [{"opportunity_id": "a", "stage": "nowhere", "entered_at": day(1)}]
    workspace = memory_workspace({"opportunities": rows, "opportunity_stage_history": history, "stages": stages})
    found = funnel(workspace, "opportunities", split="pipeline")
    assert [(s.group, s.step, s.entered) for s in found.steps] == [
        ("new", "talk", 1), ("new", "offer", 1), ("new", "won", 0), ("renewal", "remind", 1), ("renewal", "won", 1),
    ]  # fmt: skip
    assert codes(funnel(workspace, "opportunities")) == {
        "funnel_several_pipelines": {"n": 2},
        "funnel_unknown_stages": {"n": 1},
    }


def test_f56_quotes_sent_accepted_invoiced():
    quotes = [{"quote_id": f"q{i}", "sent_at": day(0), "status": "sent"} for i in range(40)]
    quotes.append({"quote_id": "draft", "sent_at": day(0), "status": "draft"})
    for i in range(16):
        quotes[i] |= {"status": "accepted", "order_id": f"o{i}"}
    quotes[16]["status"] = "accepted"
    quotes[17]["status"], quotes[18]["status"] = "rejected", "expired"
    orders = [{"order_id": f"o{i}", "ordered_at": day(3)} for i in range(16)]
    orders[15]["status"] = "cancelled"
    invoices = [{"invoice_id": f"i{i}", "order_id": f"o{i}", "issued_at": day(5)} for i in range(9)]
    invoices.append({"invoice_id": "i9", "quote_id": "q16", "issued_at": day(5)})
    invoices.append({"invoice_id": "void", "quote_id": "q30", "issued_at": day(5), "status": "void"})
    workspace = memory_workspace({"quotes": quotes, "orders": orders, "invoices": invoices})
    found = funnel(workspace, "quotes")
    assert [(s.step, row(s)) for s in found.steps] == [
        ("sent", (40, 16, 3, 0, 21)),  # the order of q15 was cancelled
        ("accepted", (16, 10, 0, 0, 6)),
        ("invoiced", (10, 10, 0, 0, 0)),
    ]
    assert found.steps[2].overall == 0.25  # F56: 40 quotes, 10 invoiced
    assert found.steps[0].median_days_completed == 3 and found.steps[1].median_days_completed == 2


def test_what_cannot_be_answered_is_refused():
    workspace = memory_workspace({"leads": leads()})
    for kind, split, error in (
        ("tickets", None, Unknown),
        ("leads", "colour", Unknown),
        ("opportunities", None, Refused),
        ("quotes", None, Refused),
    ):
        with pytest.raises(error):
            funnel(workspace, kind, split)


def test_groups_come_from_tables_that_the_fact_leads_to():
    rows = leads()[:4]
    for i, each in enumerate(rows):
        each["campaign_id"] = "c1" if i else None
    workspace = memory_workspace({"leads": rows, "campaigns": [{"campaign_id": "c1", "channel": "mail"}]})
    assert funnel(workspace, split="campaigns.channel").groups == ["mail", "not recorded"]


lead = st.fixed_dictionaries(
    {
        "created_at": st.none() | st.integers(0, 40).map(day),
        "qualified_at": st.none() | st.integers(0, 60).map(day),
        "converted_at": st.none() | st.integers(0, 80).map(day),
        "lost_at": st.none() | st.integers(0, 80).map(day),
        "status": st.sampled_from([None, "new", "working", "qualified", "converted", "lost"]),
    }
)


@settings(max_examples=10)
@given(st.lists(lead, min_size=1, max_size=15), st.randoms(use_true_random=False))
def test_any_leads_add_up_in_any_order(rows, random):
    rows = [{**r, "lead_id": i} for i, r in enumerate(rows)]
    found = funnel(memory_workspace({"leads": rows}, as_of=day(90)))
    for s in found.steps:
        assert s.entered == s.advanced + s.lost + s.moved_back + s.open
        assert min(row(s)) >= 0
        assert s.rate is None or 0 <= s.low <= s.rate <= s.high <= 1
    entered = [s.entered for s in found.steps]
    assert entered == sorted(entered, reverse=True) and entered[0] == len(rows)
    assert [s.advanced for s in found.steps[:-1]] == entered[1:]
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert funnel(memory_workspace({"leads": shuffled}, as_of=day(90))).steps == found.steps
