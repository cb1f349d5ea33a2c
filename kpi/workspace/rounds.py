"""Rounds of rating: when people were asked, and what one person answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kpi.workspace.workspace import Workspace

SCALE = 5


@dataclass(frozen=True)
class Round:
    """A round in which people rate. closed: it takes no more ratings."""

    id: str
    name: str
    closed: bool = False


@dataclass(frozen=True)
class Answer:
    """What one person said to one instrument: 1 to 5, and why."""

    score: float
    comment: str | None = None


def rounds(workspace: Workspace) -> list[Round]:
    """All rounds, the oldest first; those that only ratings name (from a file) are open and carry their id as name."""
    sql = (
        "select coalesce(r.round_id, a.round_id), coalesce(r.name, r.round_id, a.round_id), "
        "coalesce(r.closed_at <= ?, false) from state.rating_rounds r full join "
        "(select round_id, min(assessed_at) as first from state.assessments where round_id is not null group by 1) a "
        "on a.round_id = r.round_id order by coalesce(r.opened_at, a.first), 1"
    )
    return [Round(*row) for row in workspace.rows(sql, [datetime.now()])]


def rate(workspace: Workspace, round_name: str, rater: str, role: str | None, answers: Mapping[str, Answer]) -> Round:
    """Store what one person answered in a round, all or nothing; the round is opened where no open one has that name.

    Answers of the same person in the same round give way to the new ones, instrument by instrument.
    """
    now = datetime.now()
    found = next((r for r in rounds(workspace) if not r.closed and round_name in (r.id, r.name)), None)
    this = found or Round(f"{now:%Y%m%d%H%M%S%f}", round_name)
    columns = "instrument_id, round_id, assessed_at, respondent_role, respondent_id, score, scale_max, comment"
    with workspace.write() as cur:
        if found is None:
            sql = "insert into state.rating_rounds (round_id, name, opened_at) values (?, ?, ?)"
            cur.execute(sql, [this.id, this.name, now]).fetchall()
        for instrument, answer in answers.items():
            same = "delete from state.assessments where instrument_id = ? and round_id = ? and respondent_id = ?"
            cur.execute(same, [instrument, this.id, rater]).fetchall()
            values = [instrument, this.id, now, role, rater, answer.score, SCALE, answer.comment or None]
            cur.execute(f"insert into state.assessments ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", values).fetchall()
    return this
