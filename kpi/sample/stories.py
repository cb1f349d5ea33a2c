"""The stories planted in the sample: when each begins, whom it concerns, how strong it is.

Everything a test or a reader has to know about a story stands here and in data/README.md; the other files ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.sample.clock import day_of
from kpi.sample.dice import Dice


@dataclass(frozen=True)
class LeakingStage:
    """Deals of one source stop at one stage."""

    source: str = "website"
    stage: str = "Proposal"
    since: int = day_of(date(2026, 4, 1))
    factor: float = 0.5  # of the usual share that moves on


@dataclass(frozen=True)
class QuietSegment:
    """Customers of one industry in one region order less and less."""

    region: str = "Danube"
    industry: str = "Hospitality"
    since: int = day_of(date(2026, 3, 1))
    steps: tuple[float, ...] = (0.6, 0.35, 0.12)  # share of the usual orders in the 1st, 2nd and every later month


@dataclass(frozen=True)
class HurriedAgent:
    """One agent takes more and more calls and ends them sooner; his customers notice."""

    employee: str = "E16"
    since: int = day_of(date(2026, 3, 1))
    share: float = 2.2  # of the calls he would take otherwise
    length: float = 0.55  # of the usual handling time
    satisfaction: float = -0.55  # points of the answer


@dataclass(frozen=True)
class LateDeliveries:
    """The share delivered on time wanders and dips; sales follow two months later."""

    lag: int = 2
    usual: float = 0.90
    swing: float = 0.055  # of the on-time share, per unit of service quality
    effect: float = 0.062  # of the month's sales, per unit of service quality
    dips: tuple[tuple[int, float], ...] = ((19, -1.9), (20, -1.2), (39, -2.1), (57, -2.2), (58, -2.4), (59, -1.4))


@dataclass(frozen=True)
class CheapCampaign:
    """A prize draw: very many leads at a low price, and hardly anyone buys."""

    name: str = "Spring prize draw"
    channel: str = "social"
    since: int = day_of(date(2026, 3, 2))
    until: int = day_of(date(2026, 6, 1))
    leads: int = 420
    monthly: int = 650
    qualify: float = 0.06


@dataclass(frozen=True)
class EatenMargin:
    """Discounts on one product line grow until they eat its margin."""

    category: str = "Office furniture"
    since: int = day_of(date(2026, 1, 1))
    discount: float = 0.19


@dataclass(frozen=True)
class RegionalNps:
    """Customers of one region stop recommending the company."""

    region: str = "Black Sea"
    since: int = day_of(date(2026, 5, 1))
    shift: float = -0.75  # points of the answer


@dataclass(frozen=True)
class FadingLogins:
    """After its lead left, one team logs in to the CRM on fewer and fewer days."""

    team: str = "Inside sales"
    since: int = day_of(date(2026, 5, 1))
    share: float = 0.38  # of the usual days


@dataclass(frozen=True)
class OverdueIndustry:
    """Customers of one industry pay their invoices very late."""

    industry: str = "Construction"
    since: int = day_of(date(2026, 3, 1))  # issued from then on
    share: float = 0.72
    days: int = 62


@dataclass(frozen=True)
class FasterAnswers:
    """Two new agents: the first answer comes much sooner."""

    since: int = day_of(date(2025, 10, 1))
    factor: float = 0.55


@dataclass(frozen=True)
class EasierSelfService:
    """A portal for requests: customers report less effort."""

    since: int = day_of(date(2026, 2, 1))
    shift: float = -1.0  # points of effort


@dataclass(frozen=True)
class NewStream:
    """A subscription begins and grows month by month."""

    stream: str = "Subscription"
    since: int = day_of(date(2025, 11, 1))
    joining: float = 7.0  # customers a month


@dataclass(frozen=True)
class Bundles:
    """Bundles in the web shop: more complementary products in the baskets."""

    since: int = day_of(date(2026, 3, 1))
    before: float = 0.075  # share of repeat lines that are cross-sales
    after: float = 0.135


@dataclass(frozen=True)
class StockOuts:
    """One manufacturer does not deliver; its products run out."""

    manufacturer: str = "Torvald Paper"
    since: int = day_of(date(2026, 7, 1))
    share: float = 0.42  # of the counts that find nothing


LEAK = LeakingStage()
QUIET = QuietSegment()
HURRIED = HurriedAgent()
LATE = LateDeliveries()
DRAW = CheapCampaign()
MARGIN = EatenMargin()
NPS_DROP = RegionalNps()
LOGINS = FadingLogins()
OVERDUE = OverdueIndustry()
ANSWERS = FasterAnswers()
PORTAL = EasierSelfService()
STREAM = NewStream()
BUNDLES = Bundles()
STOCK = StockOuts()


def service_quality(seed: int, months: int) -> list[float]:
    """How well the company delivers, month by month: about 0 on average, with the planted dips."""
    dice = Dice(seed, "service quality")
    dips = dict(LATE.dips)
    level, series = 0.0, []
    for index in range(months):
        level = 0.2 * level + 0.85 * dice.normal()
        value = dips[index] + 0.2 * dice.normal() if index in dips else level
        series.append(max(-2.6, min(1.5, value)))
    return series


def quiet_factor(since_months: int) -> float:
    """The share of their usual orders that the quiet segment still places, months after the start."""
    steps = QUIET.steps
    return steps[min(since_months, len(steps) - 1)]
