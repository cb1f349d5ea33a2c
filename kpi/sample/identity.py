"""Made-up people and firms: names in three scripts, places, e-mail addresses, phones."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from kpi.sample.dice import Dice, Weights
from kpi.sample.world import facts


@dataclass(frozen=True)
class Identity:
    """Who somebody is: a firm with a person in it, or a person alone."""

    region: str
    country: str
    city: str
    postal_code: str
    language: str
    industry: str
    is_person: bool
    name: str  # of the firm, or of the person
    person: str
    gender: str
    slug: str  # Latin name for addresses
    email: str
    phone: str
    tax: int


@functools.cache
def _regions() -> Weights:
    return Weights((region["name"], region["share"]) for region in facts()["regions"])


@functools.cache
def _places(region: str) -> tuple[Weights, Weights]:
    """(countries, industries) of a region."""
    block: dict[str, Any] = next(r for r in facts()["regions"] if r["name"] == region)
    return Weights((c["name"], c["share"]) for c in block["countries"]), Weights(block["industries"])


@functools.cache
def _country(name: str) -> dict[str, Any]:
    return next(c for r in facts()["regions"] for c in r["countries"] if c["name"] == name)


def _spelled(entry: Any) -> tuple[str, str]:
    """(name, Latin spelling); Latin names are their own spelling."""
    return (entry, entry.lower()) if isinstance(entry, str) else (entry[0], entry[1])


def person(dice: Dice, language: str) -> tuple[str, str, str]:
    """(full name, Latin address part, gender) of somebody."""
    names = facts()["names"][language]
    *first, gender = dice.one(names["people"])
    given, given_slug = first[0], first[-1].lower()
    family, family_slug = _spelled(dice.one(names["surnames"]))
    return f"{given} {family}", f"{given_slug}.{family_slug}", gender


def identity(dice: Dice, number: int) -> Identity:
    """Somebody new; `number` keeps addresses apart."""
    region = dice.drawn(_regions())
    countries, industries = _places(region)
    country = _country(dice.drawn(countries))
    city = dice.one(list(country["cities"]))
    industry = dice.drawn(industries)
    language = country["language"]
    full, address, gender = person(dice, language)
    is_person = dice.chance(0.14)
    phone = f"{country['phone']} {number // 100:02d} {number % 100:02d}"
    if is_person:
        name, slug, email = full, address, f"{address}{number}@mail.example"
    else:
        names = facts()["names"][language]
        word, slug = _spelled(dice.one(names["words"]))
        family, _ = _spelled(dice.one(names["surnames"]))
        name = dice.one(names["firms"][industry]).format(word=word, surname=family)
        if dice.chance(0.3) and language == "latin":
            name = f"{name} {city}"
        email = f"{address}@{slug}{number}.example"
    return Identity(
        *(region, country["name"], city, country["cities"][city], language, industry, is_person),
        *(name, full, gender, slug, email, phone, country["tax"]),
    )
