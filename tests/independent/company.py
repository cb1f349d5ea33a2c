"""The raw rows of a company as frames, its derived columns filled anew by the rules of the canonical model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd
from pandas import DataFrame as Frame
from pandas import Series as Column

DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A half-open period."""

    since: pd.Timestamp
    until: pd.Timestamp

    @classmethod
    def of(cls, since: date, until: date) -> Span:
        return cls(pd.Timestamp(since), pd.Timestamp(until))

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    def holds(self, moments: Column) -> Column:
        """Which of the moments lie in it; a missing one never does."""
        return (moments >= self.since) & (moments < self.until)

    def before(self) -> Span:
        """The period before: the same number of whole months where it begins and ends with a month, else of days."""
        if self.since.day == 1 and self.until.day == 1:
            months = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month
            return Span(self.since - pd.DateOffset(months=months), self.since)
        return Span(self.since - (self.until - self.since), self.since)


def lookup(keys: Column, values: Column) -> Column:
    """The value of each key, as the values are, also where there is no key."""
    return pd.Series(values.reindex(keys).to_numpy(), keys.index, dtype=values.dtype)


class Company:
    """Raw frames by name; `read` gives the rows of one table, `state` those of one state table."""

    def __init__(
        self,
        read: Callable[[str], Frame],
        state: Callable[[str], Frame],
        as_of: date,
        settings: Mapping[str, object],
    ) -> None:
        self._read, self._state = read, state
        self._known: dict[str, Frame] = {}
        self.months: dict[Span, tuple[float, float] | None] = {}  # delivery and revenue, which several periods ask for
        self.settings = settings
        self.as_of = pd.Timestamp(as_of)
        self.now = self.as_of + DAY  # as_of is inclusive

    def raw(self, table: str) -> Frame:
        if table not in self._known:
            self._known[table] = self._read(table)
        return self._known[table]

    def state(self, table: str) -> Frame:
        return self._state(table)

    def known_days(self, span: Span) -> int:
        """The days of the period; of a running one those up to as_of."""
        return (self.now - span.since).days if span.since < self.now < span.until else span.days

    @cached_property
    def orders(self) -> Frame:
        """Every order with `sold` (not cancelled) and `first` (the first one of its customer)."""
        orders = self.raw("orders").copy()
        orders["sold"] = (orders.status != "cancelled") & orders.cancelled_at.isna()
        named = orders[orders.sold & orders.customer_id.notna()].sort_values(["ordered_at", "order_id"])
        first = named.drop_duplicates("customer_id")
        given = first.customer_id.map(self.raw("customers").set_index("customer_id").first_order_at)
        loaded = ~(given.dt.normalize() < first.ordered_at.dt.normalize())  # else the first one lies before the file
        orders["first"] = orders.order_id.isin(first[loaded].order_id)
        return orders

    @cached_property
    def sold(self) -> Frame:
        """Orders that were not cancelled."""
        return self.orders[self.orders.sold]

    @cached_property
    def lines(self) -> Frame:
        """Lines of orders that were not cancelled, with the order's columns; sale_type by the model's rule."""
        orders = self.sold[["order_id", "customer_id", "ordered_at", "owner_employee_id", "first"]]
        lines = self.raw("order_lines").merge(orders, on="order_id")
        derived = lines["first"].map({True: "new", False: "repeat"}).where(lines.customer_id.notna())
        lines["sale_type"] = lines.sale_type.where(lines.sale_type.notna(), derived)
        lines["margin"] = lines.line_amount - lines.quantity * lines.unit_cost  # missing where the cost is
        return lines

    @cached_property
    def customers(self) -> Frame:
        """With first_order_at, churned_at, start (the earlier of first order and first contract)."""
        people = self.raw("customers").copy()
        named = self.sold[self.sold.customer_id.notna()]
        bought = named.groupby("customer_id").ordered_at.agg(["min", "max"])
        mapped = people.customer_id.map
        people["first_order_at"] = people.first_order_at.fillna(mapped(bought["min"]))
        contracts = self.contracts
        people["start"] = pd.concat(
            [people.first_order_at, mapped(contracts.groupby("customer_id").started_at.min())], axis=1
        ).min(axis=1)
        people["churned_at"] = people.churned_at.fillna(self._left_contract(people)).fillna(
            self._silent(people, mapped(bought["max"]))
        )
        return people

    def _left_contract(self, people: Frame) -> Column:
        """The day on which the last contract of a customer ended without a renewal, once its time of grace is past."""
        contracts = self.contracts
        last = contracts.sort_values(["end", "contract_id"]).drop_duplicates("customer_id", keep="last")
        over = last[~last.renewed & (last.end + self.grace < self.now)]
        return people.customer_id.map(over.set_index("customer_id").end)

    def _silent(self, people: Frame, last_order: Column) -> Column:
        """Without a contract: last order + gap, once as_of is past it."""
        gap = pd.Timedelta(days=int(self.settings["churn_gap_days"]))
        due = last_order + gap
        return due.where((due < self.now) & ~people.customer_id.isin(self.contracts.customer_id))

    @property
    def grace(self) -> pd.Timedelta:
        return pd.Timedelta(days=int(self.settings["renewal_grace_days"]))

    @cached_property
    def contracts(self) -> Frame:
        """With `end` (the earlier of its end and its cancellation) and `renewed`."""
        contracts = self.raw("contracts").copy()
        contracts["end"] = contracts[["ends_at", "cancelled_at"]].min(axis=1)
        contracts["renewed"] = (
            contracts.renewed_at.notna() | (contracts.status == "renewed") | self._followed(contracts)
        )
        return contracts

    def _followed(self, contracts: Frame) -> Column:
        """Another contract of the customer, for the same product where that is recorded, starts within the grace."""
        own = contracts[["contract_id", "customer_id", "product_id", "started_at", "ends_at"]]
        pairs = own.merge(own, on="customer_id", suffixes=("", "_next"))
        pairs = pairs[pairs.contract_id != pairs.contract_id_next]
        same = (pairs.product_id == pairs.product_id_next) | pairs.product_id.isna() | pairs.product_id_next.isna()
        wait = (pairs.started_at_next - pairs.ends_at).abs()
        later = pairs.started_at_next > pairs.started_at
        return contracts.contract_id.isin(pairs[same & later & (wait <= self.grace)].contract_id)

    @cached_property
    def opportunities(self) -> Frame:
        """With outcome by the kind of the stage."""
        deals = self.raw("opportunities").copy()
        stages = self.raw("stages")
        kind = stages[stages.entity == "opportunity"].set_index(["pipeline", "stage"]).kind
        keys = pd.MultiIndex.from_frame(deals[["pipeline", "stage"]])
        found = pd.Series(kind.reindex(keys).to_numpy(), index=deals.index)
        deals["outcome"] = deals.outcome.where(deals.outcome.notna(), found)
        return deals

    @cached_property
    def leads(self) -> Frame:
        """With converted_at: given, else the first won deal of the lead, else the customer's first order after it."""
        leads = self.raw("leads").copy()
        won = self.opportunities[self.opportunities.outcome == "won"]
        deal = leads.lead_id.map(won.groupby("lead_id").closed_at.min())
        joined = leads[["lead_id", "customer_id", "created_at"]].merge(
            self.sold[["customer_id", "ordered_at"]].dropna(), on="customer_id"
        )
        bought = joined[joined.ordered_at >= joined.created_at].groupby("lead_id").ordered_at.min()
        leads["converted_at"] = leads.converted_at.fillna(deal).fillna(leads.lead_id.map(bought))
        return leads

    @cached_property
    def stays(self) -> Frame:
        """The stage history with left_at: the next entry of the same opportunity."""
        history = self.raw("opportunity_stage_history").sort_values(["opportunity_id", "entered_at"], kind="stable")
        following = history.groupby("opportunity_id").entered_at.shift(-1)
        return history.assign(left_at=history.left_at.fillna(following))

    @cached_property
    def tickets(self) -> Frame:
        """With durations in minutes and the flags of both SLAs; an open ticket has no resolution."""
        tickets = self.raw("tickets").copy()
        resolved = tickets.resolved_at.fillna(tickets.closed_at)
        tickets["resolved_at"] = resolved.where(~tickets.status.isin(["open", "pending"]))
        for start, moment, due in (
            ("first_response", "first_response_at", "response_due_at"),
            ("resolution", "resolved_at", "resolution_due_at"),
        ):
            minutes = (tickets[moment] - tickets.opened_at).dt.total_seconds() / 60
            tickets[f"{start}_minutes"] = tickets[f"{start}_minutes"].fillna(minutes)
            flag = f"{'response' if start == 'first_response' else start}_sla_met"
            met = (tickets[moment] <= tickets[due]).astype(object).where(tickets[moment].notna() & tickets[due].notna())
            overdue = tickets[moment].isna() & (tickets[due] < self.now)
            tickets[flag] = tickets[flag].where(tickets[flag].notna(), met.mask(overdue, False))
        return tickets
