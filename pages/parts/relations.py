"""Relations: which KPIs go together, as sentences, a matrix by lens, a network, and a table."""

from __future__ import annotations

from kpi import charts
from kpi.analysis.relations import RANKED, Relation
from kpi.core import Kpi
from kpi.measure.relations import LENSES, Related
from kpi.stats import TooLittle
from pages.parts.frame import Frame
from pages.parts.items import bare_name, short_name
from pages.parts.markup import esc
from pages.parts.views import Cell, Column, Table

STEPS = (0.3, 0.4, 0.5, 0.6)  # |r| from which a cell is a shade darker
NARROW = "\u202f"
SPLIT = "~"  # between the two KPIs of a pick


def pick_of(one: str, two: str) -> str:
    """How a pair stands in the address."""
    return SPLIT.join((one, two))


def finding_of(here: Frame, told: Related, only: bool) -> str:
    """How many pairs go together beyond chance, and the clearest, where there are periods enough to say so."""
    if len(told.kpis) < 2:
        return here.t("one_is_none")
    found = [each for each in told.found.told if each.across or not only]
    if not found:
        return here.t("nothing_told" if _untold(told, only) else "one_lens")
    hits = [each for each in found if each.significant]
    if not hits:
        return here.t("none_of", n=len(found))
    best = next((each for each in told.found.strongest() if each in hits), None)
    text = here.t("some_of", n=len(hits), all=len(found))
    return (
        f"{text} {here.t('clearest', pair=in_words(here, told, best, short=True))}"
        if best
        else f"{text} {here.t('not_ranked', n=RANKED)}"
    )


def periods_lacking(here: Frame, told: Related, only: bool) -> str:
    """How many periods the longest pair has, and how many it takes; "" where any pair has enough."""
    short = [little for _, _, little in _untold(told, only) if little.n < little.needs]
    if not short or any(each.across or not only for each in told.found.told):
        return ""
    longest = max(short, key=lambda each: each.n)
    unit = f"lag_{told.by}"
    return here.t("periods_lacking", most=here.t(unit, n=longest.n), needs=here.t(unit, n=longest.needs))


def _untold(told: Related, only: bool) -> list[tuple[str, str, TooLittle]]:
    """The pairs without a coefficient; only: those across lenses."""
    return [each for each in told.found.untold if not only or _lens(told, each[0]) != _lens(told, each[1])]


def in_words(here: Frame, told: Related, each: Relation, short: bool = False) -> str:
    """Which moves first, by how much, and which way: "A moves 2 months before B, the opposite way"; short: the way only
    where it is the opposite."""
    names = {kpi.id: bare_name(here, kpi) for kpi in told.kpis}
    both = {"first": names[each.first], "second": names[each.second]}
    if each.lag:
        text = here.t("before", lag=here.t(f"lag_{told.by}", n=each.lag), **both)
    else:
        text = here.t("together", **both)
    if short and each.r > 0:
        return text
    return here.t("with_way", text=text, way=here.t("way_same" if each.r > 0 else "way_opposite"))


def facts(here: Frame, told: Related, each: Relation) -> list[str]:
    """Coefficient with interval, n and coverage, correction, and what is to be kept in mind."""
    texts = here.texts
    share = told.coverage(each.first, each.second)
    known = {"periods": here.t(f"lag_{told.by}", n=each.n), "share": texts.percent(share, decimals=0)}
    said = [
        here.t(
            "coefficient",
            r=equals(here, "r", number(here, each.r)),
            low=number(here, each.low),
            high=number(here, each.high),
        ),
        here.t("behind", **known),
        here.t(
            "corrected" if each.significant else "corrected_not",
            p=equals(here, "p", p_value(here, each.p)),
            m=told.found.tests,
        ),
    ]
    if each.lag:
        said.append(here.t("same_period", r=equals(here, "r", number(here, each.same)), unit=here.t(f"in_{told.by}")))
    if each.exploratory:
        said.append(here.t("exploratory"))
    elif each.n < RANKED:
        said.append(here.t("unranked", n=RANKED))
    return said


def lacks(here: Frame, little: TooLittle) -> str:
    """Why a pair has no coefficient."""
    return here.t(f"lacks_{little.why}", n=little.n, needs=little.needs)


def number(here: Frame, r: float) -> str:
    """A coefficient with its sign."""
    return here.texts.change(r, None, short=False, decimals=2)


def p_value(here: Frame, p: float) -> str:
    """A probability; below a thousandth as that."""
    text = here.texts.number(max(p, 0.001), decimals=3)
    return here.texts.ltr(f"<{NARROW}{_bare(text)}") if p < 0.001 else text


def equals(here: Frame, name: str, value: str) -> str:
    """r = +0.51, p < 0.001: from left to right in every language."""
    bare = _bare(value)
    return here.texts.ltr(f"{name}{NARROW}{bare}" if bare.startswith("<") else f"{name} = {bare}")


def _bare(text: str) -> str:
    """Without the marks of an island."""
    return text.strip("\u2066\u2069")


def matrix(here: Frame, told: Related, only: bool, chosen: str = "") -> str:
    """Every pair: sign, coefficient and lag; shade for strength, grey within chance. Blocks by lens."""
    kpis, many = told.kpis, len(told.kpis)
    heads = "".join(
        f'<th scope="col"{_edge(kpis, k)}><abbr title="{esc(short_name(here, kpi))}">{esc(here.texts.number(k + 1))}</abbr></th>'
        for k, kpi in enumerate(kpis[:-1])
    )
    body, lens = [], ""
    for row, kpi in enumerate(kpis):
        if kpi.lens != lens:
            lens = kpi.lens
            body.append(f'<tr class="k-lens"><th colspan="{many}">{esc(here.t(f"lens_{lens}"))}</th></tr>')
        cells = "".join(
            f"<td{_edge(kpis, k)}>{_cell(here, told, other, kpi, only, chosen)}</td>"
            for k, other in enumerate(kpis[:row])
        )
        empty = f'<td colspan="{many - 1 - row}"></td>' if row < many - 1 else ""
        name = f"{here.texts.number(row + 1)} {esc(short_name(here, kpi))}"
        body.append(f'<tr><th scope="row">{name}</th>{cells}{empty}</tr>')
    return (
        f'<div class="k-pairs" tabindex="0" role="group" aria-label="{esc(here.t("matrix"))}"><table><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _edge(kpis: tuple[Kpi, ...], k: int) -> str:
    """A wider gap where another lens begins."""
    return ' class="next"' if k and kpis[k].lens != kpis[k - 1].lens else ""


def _cell(here: Frame, told: Related, one: Kpi, two: Kpi, only: bool, chosen: str) -> str:
    if only and one.lens == two.lens:
        return '<span class="k-cell none"></span>'
    known = told.pair(one.id, two.id)
    label = f"{short_name(here, one)}, {short_name(here, two)}"
    if not isinstance(known, Relation):
        why = lacks(here, known) if known else ""
        return f'<span class="k-cell none" title="{esc(label)}: {esc(why)}">{esc(here.t("too_few"))}</span>'
    step = 1 + sum(abs(known.r) >= each for each in STEPS) if known.significant else 0
    arrow = f'<i class="k-arrow {"up" if known.r > 0 else "down"}" aria-hidden="true"></i>' if known.significant else ""
    lag = here.t(f"short_{told.by}", n=known.lag) if known.lag else here.t("short_none")
    both = {pick_of(one.id, two.id), pick_of(two.id, one.id)}
    pressed = ' aria-pressed="true"' if chosen in both else ""
    kind = f"k-cell s{step}" + ("" if known.significant else " chance")
    return (
        f'<button type="button" class="{kind}" data-pick="{esc(pick_of(known.first, known.second))}"{pressed} '
        f'aria-label="{esc(label)}: {esc(number(here, known.r))}, {esc(lag)}"><b>{arrow}{esc(number(here, known.r))}</b>'
        f"<span>{esc(lag)}</span></button>"
    )


def drawn(here: Frame, told: Related, only: bool) -> charts.Network:
    """The KPIs in the columns of their lenses, a line for each pair that goes together beyond chance."""
    lenses = [lens for lens in LENSES if any(kpi.lens == lens for kpi in told.kpis)]
    nodes = tuple(charts.Node(bare_name(here, kpi), lenses.index(kpi.lens)) for kpi in told.kpis)
    at = {kpi.id: k for k, kpi in enumerate(told.kpis)}
    edges = tuple(
        charts.Edge(at[e.first], at[e.second], abs(e.r), e.r < 0, f"{in_words(here, told, e)} · {number(here, e.r)}")
        for e in told.found.told
        if e.significant and (e.across or not only)
    )
    return charts.Network(tuple(here.t(f"lens_{lens}") for lens in lenses), nodes, edges)


def pairs_table(here: Frame, told: Related, only: bool, all_of_them: bool = False) -> Table:
    """The pairs that go together beyond chance, the strongest first; all_of_them: the others too."""
    names = {kpi.id: short_name(here, kpi) for kpi in told.kpis}
    heads = ("pair", "r", "interval", "n", "lag", "p", "verdict")
    columns = tuple(
        Column(here.t(f"head_{name}"), number=name in ("r", "n", "p"), secondary=name in ("interval", "p"))
        for name in heads
    )
    shown = [e for e in told.found.told if (e.across or not only) and (e.significant or all_of_them)]
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(names[e.first], names[e.second], strong=e.significant),
            number(here, e.r),
            here.t("interval", low=number(here, e.low), high=number(here, e.high)),
            here.texts.number(e.n),
            here.t(f"lag_{told.by}", n=e.lag) if e.lag else here.t("short_none"),
            p_value(here, e.p),
            verdict(here, e),
        )
        for e in sorted(shown, key=lambda e: (not e.significant, -abs(e.r)))
    ]
    if all_of_them:
        rows += [
            (Cell(names[a], names[b], grey=True), "–", "", here.texts.number(little.n), "", "", lacks(here, little))
            for a, b, little in _untold(told, only)
        ]
    return Table(columns, tuple(rows))


def verdict(here: Frame, each: Relation) -> str:
    """What may be said of a pair."""
    if not each.significant:
        return here.t("verdict_chance")
    return here.t("verdict_exploratory" if each.exploratory else "verdict_linked")


def _lens(told: Related, id_: str) -> str:
    return next(kpi.lens for kpi in told.kpis if kpi.id == id_)
