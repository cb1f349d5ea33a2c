"""Files read for a plan stay at hand until it is carried out, so that nobody reads them twice."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

from kpi.errors import Refused
from kpi.intake import histories, profile, readers, reshape
from kpi.intake.plan import Plan
from kpi.intake.raw import Raw

MOST = 12  # files
MOST_ROWS = 3_000_000  # of all of them, the newest aside
_lock = threading.Lock()
_kept: OrderedDict[tuple, Raw] = OrderedDict()


def _key(plan: Plan) -> tuple:
    return plan.path, plan.sha256, plan.format


def keep(plan: Plan, raw: Raw) -> None:
    """Remembers what was read for `plan`; the oldest goes when there are many."""
    with _lock:
        old = _kept.pop(_key(plan), None)
        _kept[_key(plan)] = raw
        dropped = [old] if old is not None and old is not raw else []
        while len(_kept) > MOST or (
            len(_kept) > 1 and sum(each.rows for each in _kept.values() if not each.sampled) > MOST_ROWS
        ):
            dropped.append(_kept.popitem(last=False)[1])
    for each in dropped:
        each.close()


def take(plan: Plan) -> Raw:
    """The file of a plan as it was read, or read again. The caller owns it from now on and closes it."""
    with _lock:
        raw = _kept.pop(_key(plan), None)
    if raw is not None:
        return raw
    found = readers.read(Path(plan.path), plan.options, replace(plan.format, reshape=None))
    if len(found) != 1:
        raise Refused("sheet_unknown", file=plan.file, sheet=plan.sheet or "", known="")
    raw = reshape.again(found[0], plan.format.reshape)
    return histories.again(raw, profile.columns(raw), plan.options, plan.format.reshape) if plan.format.reshape else raw
