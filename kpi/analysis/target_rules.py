"""What a target must be to be stored, and what is said of one that says less than it could."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kpi.analysis.evidence import Fact
from kpi.analysis.progress import PACES, ROLLUPS, Target
from kpi.core import Kpi
from kpi.errors import Refused, Unknown

ODD_SHARE = 5.0  # a share of 500 % and more is rather a percentage that was typed as it is spoken
TINY = 0.02  # of the last value: a number below it was rather meant in other units


def check_target(target: Target, kpi: Kpi, last: float | None = None, as_given: bool = False) -> None:
    """Refused, or Unknown, where `target` cannot hold.

    last: the KPI's last value, as_given: numbers that look like percent typed as shares (or the other way round) are
    meant as they are.
    """
    if target.value is None and target.band is None:
        raise Refused("target_missing")
    if target.band and target.band[0] > target.band[1]:
        raise Refused("target_band_order")
    if target.since >= target.until:
        raise Refused("days_in_wrong_order", since=target.since, until=target.until)
    if target.pace not in PACES:
        raise Unknown("pace", target.pace, PACES)
    if target.rollup and target.rollup not in ROLLUPS:
        raise Unknown("rollup", target.rollup, ROLLUPS)
    if kpi.unit == "percent":
        _check_shares(target, kpi, last, as_given)


def _check_shares(target: Target, kpi: Kpi, last: float | None, as_given: bool) -> None:
    """40 for 40 %, and 0.4 % for 40 %: asked, not guessed."""
    given = [x for x in (target.baseline, target.value, target.low, target.high) if x is not None]
    over = [x for x in given if kpi.proportion and x > 1]
    if over and (as_given or over[0] > 100):
        raise Refused("share_above_one", value=over[0])
    odd = over or [x for x in given if abs(x) >= ODD_SHARE]
    if odd and not as_given:
        raise Refused("percent_or_share", value=odd[0], percent=odd[0], share=odd[0] / 100)
    aims = [x for x in (target.value, target.low, target.high) if x is not None]
    tiny = [x for x in aims if last and 0 < x < last * TINY and x * 100 <= 1]
    if tiny and not as_given:
        raise Refused("share_very_small", value=100 * tiny[0], usual=100 * (last or 0.0))


def remarks(target: Target, kpi: Kpi, now: date, values: Iterable[float | None] = ()) -> list[Fact]:
    """What should be known about a target that holds all the same (`target.<code>` of the locales).

    now: the day after the last known day; values: the KPI's whole periods.
    """
    told = []
    if target.baseline is None:
        told.append(Fact("no_baseline"))
    elif target.baseline == target.value:
        told.append(Fact("equals_baseline"))
    elif target.value is not None and kpi.better != "target" and _backwards(target, kpi):
        told.append(Fact(f"backwards_{kpi.better}"))
    if target.until <= now:
        told.append(Fact("past"))
    if target.since > now:
        told.append(Fact("ahead"))
    return told


def _backwards(target: Target, kpi: Kpi) -> bool:
    """Whether the aim is worse than where it starts."""
    assert target.baseline is not None and target.value is not None
    return (target.value < target.baseline) == (kpi.better == "higher")
