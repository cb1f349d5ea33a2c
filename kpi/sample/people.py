"""Employees, and who is on duty when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from kpi.sample.clock import day_of
from kpi.sample.dice import Dice
from kpi.sample.world import Row, World, facts

ENDLESS = 10**6


@dataclass(frozen=True)
class Employee:
    """One employee; days count from the start of the sample, `left` is the first day without them."""

    id: str
    name: str
    email: str
    role: str
    team: str
    region: str
    title: str
    crm_user: bool
    manager: bool
    cost: float
    hired: int
    left: int
    skill: float  # of a seller: shifts the share of deals won

    def on_duty(self, day: int) -> bool:
        return self.hired <= day < self.left


class Staff:
    """All employees, and who works for whom on a given day."""

    def __init__(self, everyone: list[Employee]) -> None:
        self.everyone = everyone
        self.by_id = {e.id: e for e in everyone}

    def team(self, team: str, day: int) -> list[Employee]:
        """Who of the team is on duty, its lead left out where others are there."""
        present = [e for e in self.everyone if e.team == team and e.on_duty(day)]
        return [e for e in present if not e.manager] or present

    def seller(self, dice: Dice, region: str, size: float, day: int) -> str:
        """Who sells to a customer of this region and size."""
        team = "Key accounts" if size > 3.2 else ("Field sales" if size > 0.55 else "Inside sales")
        present = self.team(team, day)
        local = [e for e in present if e.region == region]
        return dice.one(local or present).id


SKILL = {"E04": 0.07, "E13": 0.05, "E05": 0.02, "E09": 0.02, "E07": -0.03, "E11": -0.04, "E26": -0.02, "E12": -0.02}


def _moment(text: str) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time()) if text else None


def employees(world: World) -> None:
    """Fills `employees`; the staff stands in `world.things["staff"]`."""
    everyone: list[Employee] = []
    rows: list[Row] = []
    for line in facts()["staff"]["people"]:
        key, name, slug, role, team, region, title, manager, is_key, is_manager, crm_user, cost, hired, left = line
        email = f"{slug}@lindenport.example"
        everyone.append(
            Employee(
                *(key, name, email, role, team, region, title, crm_user, is_manager, cost),
                hired=day_of(date.fromisoformat(hired)),
                left=day_of(date.fromisoformat(left)) + 1 if left else ENDLESS,
                skill=SKILL.get(key, 0.0),
            )
        )
        rows.append(
            {
                "employee_id": key,
                "name": name,
                "email": email,
                "role": role,
                "team": team,
                "region": region or None,
                "job_title": title,
                "manager_id": manager or None,
                "is_key": is_key,
                "is_manager": is_manager,
                "crm_user": crm_user,
                "hourly_cost": cost,
                "hired_at": _moment(hired),
                "left_at": _moment(left),
            }
        )
    world.add("employees", rows)
    world.things["staff"] = Staff(everyone)
