"""How the CRM is used: logins, trainings, hours worked, records checked, outages."""

from __future__ import annotations

from kpi.sample.clock import DAY, DAYS, MONTHS, NOW, at, at_work, date_of, midnight
from kpi.sample.dice import Dice, Weights
from kpi.sample.people import Employee, Staff
from kpi.sample.stories import LOGINS
from kpi.sample.world import Row, World, facts

# share of the working days with a login, by role
LOGS_IN = {"sales": 0.80, "service": 0.93, "marketing": 0.62, "management": 0.33, "other": 0.55}
HOURS = {"data correction": (4, 9), "internal meetings": (10, 22)}
TOPICS = ("crm basics", "crm reports", "negotiation", "product knowledge", "complaint handling", "data protection")
AUDITS = 25  # a month


def logins(world: World) -> None:
    """Fills `crm_logins`."""
    dice = world.dice("logins")
    staff: Staff = world.things["staff"]
    modules = Weights(facts()["crm"]["modules"])
    users = [e for e in staff.everyone if e.crm_user]
    habit = {e.id: dice.between(0.9, 1.06) for e in users} | {"E02": 0.35}
    found: list[Row] = []
    for day in range(DAYS):
        if date_of(day).weekday() >= 5:
            continue
        for employee in users:
            if not employee.on_duty(day):
                continue
            share = min(0.97, LOGS_IN[employee.role] * habit[employee.id])
            if employee.team == LOGINS.team and day >= LOGINS.since:
                share *= LOGINS.share
            if not dice.chance(share):
                continue
            minute = day * DAY + 450 + int((dice.random() + dice.random()) * 90)
            found.append(_login(dice, employee, minute, dice.drawn(modules)))
            if dice.chance(0.12):
                found.append(_login(dice, employee, minute + dice.whole(120, 400), dice.drawn(modules)))
    found.sort(key=lambda row: (row["logged_in_at"], row["employee_id"]))
    world.add("crm_logins", found)


def _login(dice: Dice, employee: Employee, minute: int, module: str) -> Row:
    return {
        "employee_id": employee.id,
        "logged_in_at": at(minute),
        "session_minutes": float(int(95 * dice.spread(0.6))),
        "module": module,
    }


def trainings(world: World) -> None:
    """Fills `trainings`: CRM basics when somebody starts (not everybody), other topics now and then."""
    dice = world.dice("trainings")
    found: list[Row] = []
    for employee in world.things["staff"].everyone:
        first = max(employee.hired + dice.whole(7, 40), dice.whole(0, 60))
        if employee.crm_user and first < min(employee.left, DAYS) and employee.id not in ("E12", "E19"):
            found.append(_training(dice, employee.id, "crm basics", first, dice.chance(0.93)))
        for month in MONTHS[2::5]:
            if employee.on_duty(month.first) and dice.chance(0.4):
                topic = dice.one(TOPICS[1:])
                found.append(_training(dice, employee.id, topic, month.first + dice.whole(0, 12), dice.chance(0.9)))
    found.sort(key=lambda row: (row["trained_at"], row["employee_id"]))
    world.add("trainings", found)


def _training(dice: Dice, employee: str, topic: str, day: int, completed: bool) -> Row:
    return {
        "employee_id": employee,
        "topic": topic,
        "trained_at": midnight(min(day, DAYS - 1)),
        "days": dice.one((0.5, 1.0, 1.0, 2.0)),
        "completed": completed,
        "score": float(dice.whole(62, 98)) if completed and dice.chance(0.8) else None,
    }


def hours(world: World) -> None:
    """Fills `time_entries`: hours a month by person and kind of work."""
    dice = world.dice("hours")
    work = facts()["crm"]["work"]
    found: list[Row] = []
    for month in MONTHS:
        for employee in world.things["staff"].everyone:
            if not employee.on_duty(month.last):
                continue
            left = 150.0 * month.share
            own = [kind for kind in work[employee.role] if kind not in HOURS]
            for kind in work[employee.role]:
                if kind in HOURS:
                    low, high = HOURS[kind]
                    spent = dice.between(low, high) * month.share * (2.2 if employee.id == "E25" else 1.0)
                    left -= spent
                else:
                    spent = left / len(own) * dice.between(0.85, 1.0)
                found.append(
                    {
                        "employee_id": employee.id,
                        "worked_at": midnight(month.last),
                        "job_title": employee.title,
                        "category": kind,
                        "hours": round(spent, 1),
                    }
                )
    world.add("time_entries", found)


def audits(world: World) -> None:
    """Fills `record_audit` (records looked at by the data steward and others) and `system_incidents`."""
    dice = world.dice("audits")
    found: list[Row] = []
    kinds = (("customer", "customers", "customer_id"), ("lead", "leads", "lead_id"))
    kinds += (("opportunity", "opportunities", "opportunity_id"), ("order", "orders", "order_id"))
    for month in MONTHS:
        for _ in range(int(AUDITS * month.share)):
            entity, table, key = dice.one(kinds)
            action = dice.one(("create", "update", "update", "verify", "verify"))
            users = [e for e in world.things["staff"].everyone if e.crm_user and e.on_duty(month.first)]
            steward = "E25" if action == "verify" else dice.one(users).id
            found.append(
                {
                    "entity": entity,
                    "record_id": dice.one(world.tables[table])[key],
                    "action": action,
                    "employee_id": steward,
                    "acted_at": at(at_work(dice, dice.one(month.working))),
                    "source_system": dice.one(("CRM", "CRM", "ERP", "web shop")),
                    "verified_ok": dice.chance(0.94) if action == "verify" else None,
                }
            )
    found.sort(key=lambda row: (row["acted_at"], row["record_id"]))
    world.add("record_audit", found)
    world.add("system_incidents", _incidents(dice))


def _incidents(dice: Dice) -> list[Row]:
    found = []
    for month in MONTHS:
        for _ in range(dice.events(0.75)):
            start = at_work(dice, dice.one(month.working))
            severity = dice.one(("low", "low", "medium", "high"))
            length = int({"low": 25, "medium": 70, "high": 160}[severity] * dice.spread(0.6))
            if start + length <= NOW:
                found.append((start, start + length, severity))
    found.sort()
    return [
        {"incident_id": f"H{number:03d}", "started_at": at(start), "ended_at": at(end), "severity": severity}
        for number, (start, end, severity) in enumerate(found, 1)
    ]
