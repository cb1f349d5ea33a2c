"""Analyses on real public files, where they stand beside the checkout; expected counts as published with them."""

import csv

import pytest

from kpi.analysis.funnel import funnel
from kpi.analysis.voice import nps
from tests.support import SHARED, memory_workspace

DATA = SHARED / "data"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.exists(), reason="the real files are not beside the checkout"),
]


def read(name):
    with (DATA / name).open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def test_airport_survey_of_2017():
    """39.84 points of 2,746 answers; 84 answers coded 11 (blank) and one left empty."""
    rows = [
        {"survey_id": i, "survey_type": "nps", "score": row["NETPRO"].strip() or None, "responded_at": "2017-06-01"}
        for i, row in enumerate(read("sfo_customer_survey/2017_SFO_Customer_Survey_20250817.csv"))
    ]
    found = nps(memory_workspace({"surveys": rows}))
    (row,) = found.rows
    assert (row.n, row.promoters, row.detractors) == (2746, 1436, 342)
    assert row.score == pytest.approx(39.84, abs=0.005)
    assert (found.outside, found.blank) == (84, 1)


def test_marketplace_leads():
    """842 of 8,000 leads converted, one of them before its first contact."""
    won = {row["mql_id"]: row["won_date"] for row in read("olist_partial/olist_closed_deals_dataset.csv")}
    leads = [
        {
            "lead_id": row["mql_id"],
            "created_at": row["first_contact_date"],
            "first_contacted_at": row["first_contact_date"],
            "converted_at": won.get(row["mql_id"]),
        }
        for row in read("olist_partial/olist_marketing_qualified_leads_dataset.csv")
    ]
    found = funnel(memory_workspace({"leads": leads}))
    created, converted = found.steps
    assert (created.entered, converted.entered) == (8000, 842)
    assert created.rate == pytest.approx(0.10525)
    assert dict(found.notes)["analysis.funnel_converted_before_contact"] == (("n", 1),)


def test_sales_pipeline_without_history():
    """8,800 deals: 4,238 won, 2,473 lost, the rest open."""
    outcomes = {"Won": "won", "Lost": "lost"}
    deals = [
        {
            "opportunity_id": row["opportunity_id"],
            "stage": row["deal_stage"],
            "outcome": outcomes.get(row["deal_stage"], "open"),
        }
        for row in read("maven_crm_opportunities/sales_pipeline.csv")
    ]
    created, won = funnel(memory_workspace({"opportunities": deals}), "opportunities").steps
    assert (created.entered, created.advanced, created.lost, created.open) == (8800, 4238, 2473, 2089)
    assert won.entered == 4238
    assert created.advanced / (created.advanced + created.lost) == pytest.approx(0.6315, abs=5e-5)
