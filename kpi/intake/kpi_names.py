"""What people call KPIs in their sheets: the names that are known, and which KPI a name that is none may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz import fuzz, process

from kpi.core import LANGUAGES, Kpi
from kpi.intake import lexicon
from kpi.intake.messages import say
from kpi.intake.names import plain
from kpi.intake.options import Options
from kpi.intake.plan import Question

KEY = "kpi_id"
PATH = f"kpi_values.{KEY}"
NEAR = 3  # KPIs that an unknown name may mean
_ASIDE = re.compile(r"\(([^()]*)\)")  # "First call (contact) resolution"


def names_of(kpis: Mapping[str, Kpi]) -> dict[str, str]:
    """Every name of every KPI, in all languages, aliases and ids → its id; names that two KPIs share are left out."""
    found: dict[str, set[str]] = {}
    for id_, kpi in kpis.items():
        for name in (id_, *kpi.aliases, *(kpi.name.get(lang) for lang in LANGUAGES)):
            for said in filter(None, map(plain, _said(name))):
                found.setdefault(said, set()).add(id_)
    whole = {plain(text): id_ for id_, kpi in kpis.items() for text in (id_, *(kpi.name.get(x) for x in LANGUAGES))}
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1} | whole


def _said(name: str) -> Iterator[str]:
    """The ways to say a name with words in brackets: with them, without them, and they alone or for the word before."""
    yield name
    yield _ASIDE.sub(" ", name)
    for found in _ASIDE.finditer(name):
        before, after = name[: found.start()], name[found.end() :]
        yield found[1] if not after.strip() else f"{before.rstrip().rpartition(' ')[0]} {found[1]} {after}"


def asks(unknown: Iterable[str], kpis: Mapping[str, Kpi], options: Options) -> tuple[Question, ...]:
    """Which KPI is meant by a name that is none, where it is near to one."""
    names, told = names_of(kpis), options.meanings(PATH)
    found = []
    for name in unknown:
        likely = near(name, names)
        if likely and plain(name) not in told:
            rest, option = sorted(kpis.keys() - set(likely)), f"--word '{KEY}:{name}={'|'.join(likely)}|'"
            found.append(Question(say("ask_kpi", name=name), option, f"word {PATH}:{name}", (*likely, "", *rest)))
    return tuple(found)


def near(name: str, names: Mapping[str, str]) -> list[str]:
    """The KPIs that a name of none may mean, the likeliest first."""
    least = 100 * lexicon.limits("kpis")["near"]
    found = process.extract(plain(name), list(names), scorer=fuzz.token_sort_ratio, limit=NEAR, score_cutoff=least)
    return list(dict.fromkeys(names[each] for each, *_ in found))
