"""The KPIs of the catalogue as rows, as a matrix of stages and places, and as the sales tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpi.analysis.facets import Entry
from kpi.catalogue import kpi_set
from kpi.core import Row
from pages.parts import markup
from pages.parts.frame import Frame
from pages.parts.head import section
from pages.parts.items import kpi_name
from pages.parts.markup import esc
from pages.parts.views import Action

Values = Mapping[str, Row | None]


def listing(here: Frame, entries: Sequence[Entry], values: Values, grouped: bool, areas: Mapping[str, str]) -> str:
    """Rows; grouped: under the name of their area, in which they must stand together."""
    if not grouped:
        return _rows(here, entries, values)
    parts = []
    for area, name in areas.items():
        held = [each for each in entries if each.match.kpi.group == area]
        if held:
            parts.append(section(name) + _rows(here, held, values))
    return "".join(parts)


def _rows(here: Frame, entries: Sequence[Entry], values: Values) -> str:
    return f'<ul class="k-cat">{"".join(_row(here, each, values) for each in entries)}</ul>'


def _row(here: Frame, entry: Entry, values: Values) -> str:
    kpi, lang = entry.match.kpi, here.texts.lang
    about = f'<p class="k-small">{esc(_first_sentence(kpi.about.get(lang)))}</p>'
    if not entry.match.computable:
        about = blocked(here, entry)
    marks = here.t("marks", nature=here.t(f"kpis.nature_{kpi.nature}"), timing=here.t(f"timing_{kpi.timing}"))
    return (
        f'<li class="k-cat-row"><div class="k-cat-name"><button type="button" data-pick="open:{esc(kpi.id)}">'
        f"{esc(kpi_name(here, kpi))}</button>{about}</div>"
        f'<div class="k-cat-value">{value(here, entry, values)}</div><span class="k-cat-marks">{esc(marks)}</span>'
        f'<div class="k-cat-do">{board_button(here, entry)}</div></li>'
    )


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".") + "."


def blocked(here: Frame, entry: Entry) -> str:
    """What the KPI waits for: the columns, and the way to load them."""
    columns = " ".join(f"<code>{esc(column)}</code>" for column in entry.match.missing)
    load = markup.action(Action(here.t("to_load"), "load"))
    return f'<p class="k-small k-cat-blocked">{esc(here.t("blocked_by"))} {columns} {load}</p>'


def value(here: Frame, entry: Entry, values: Values) -> str:
    """The value of the last whole month; a place kept free while it is still being computed."""
    if not entry.match.computable:
        mark = '<i class="k-mark" aria-hidden="true"></i>'
        return f'<span class="k-state needs_data">{mark}{esc(here.t("blocked"))}</span>'
    if entry.id not in values:
        return f'<span class="k-cat-wait" title="{esc(here.t("computing"))}">…</span>'
    row = values[entry.id]
    return markup.value(here.value(row.value if row else None, entry.match.kpi.unit)) + entered(here, row)


def entered(here: Frame, row: Row | None) -> str:
    """Where a value came from that was entered, not computed."""
    if row is None or not row.entered:
        return ""
    return f'<small class="k-small">{esc(here.t("card.entered", source=row.entered))}</small>'


def board_button(here: Frame, entry: Entry) -> str:
    """Put the KPI on the board, or take it off."""
    name = kpi_name(here, entry.match.kpi)
    word, label = ("drop", "drop_label") if entry.chosen else ("add", "add_label")
    on = f'<span class="k-cat-on">{esc(here.t("on_board"))}</span> ' if entry.chosen else ""
    return (
        f'{on}<button type="button" class="k-btn link" data-pick="{word}:{esc(entry.id)}" '
        f'aria-label="{esc(here.t(label, name=name))}">{esc(here.t(word))}</button>'
    )


def matrix(here: Frame, entries: Mapping[str, Entry], values: Values) -> str:
    """Where in the process to measure: five stages, the places in which their numbers arise, and the gaps."""
    stages, lang = kpi_set("stages"), here.texts.lang
    heads = "".join(f'<th scope="col">{esc(name.get(lang))}</th>' for _, name in stages.places)
    body = []
    for stage in stages.groups:
        held = [entries[id_] for id_ in stage.kpis if id_ in entries]
        cells, run = "", 0
        places = [place for place, _ in stages.places]
        for n, place in enumerate(places):
            if place in stage.places:
                run += 1
                if n + 1 == len(places) or places[n + 1] not in stage.places:
                    cells += f'<td colspan="{run}">{_cell(here, stage.id, held, values)}</td>'
                    run = 0
            else:
                cells += '<td class="none" aria-hidden="true"></td>'
        name = stage.name.get(lang) if stage.name else stage.id
        where = here.t("measured_in", places=[p.get(lang) for id_, p in stages.places if id_ in stage.places])
        body.append(f'<tr><th scope="row">{esc(name)}<small>{esc(where)}</small></th>{cells}</tr>')
    return (
        f'<div class="k-stages" tabindex="0" role="group"><table><thead><tr><th scope="col">{esc(here.t("facet_stage"))}</th>'
        f"{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def gaps(entries: Mapping[str, Entry]) -> list[str]:
    """The stages without a KPI on the board."""
    return [
        stage.id
        for stage in kpi_set("stages").groups
        if not any(id_ in entries and entries[id_].chosen for id_ in stage.kpis)
    ]


def _cell(here: Frame, stage: str, held: Sequence[Entry], values: Values) -> str:
    chosen = [each for each in held if each.chosen]
    ready = sum(each.match.computable for each in held)
    every = markup.action(Action(here.t("stage_all", n=len(held), ready=ready), f"stage:{stage}"))
    if not chosen:
        gap = f'<span class="k-state needs_data"><i class="k-mark" aria-hidden="true"></i>{esc(here.t("gap"))}</span>'
        return f'<div class="k-gap">{gap}{every}</div>'
    return f'<ul class="k-chips">{"".join(f"<li>{_chip(here, each, values)}</li>" for each in chosen)}</ul>{every}'


def _chip(here: Frame, entry: Entry, values: Values) -> str:
    return (
        f'<button type="button" class="k-chip" data-pick="open:{esc(entry.id)}">{esc(kpi_name(here, entry.match.kpi))} '
        f"{value(here, entry, values)}</button>"
    )


def tree(here: Frame, entries: Mapping[str, Entry], values: Values) -> str:
    """Sales effectiveness: five measures, under each those that explain it."""
    whole, lang = kpi_set("sales_effectiveness"), here.texts.lang
    branches = []
    for group in whole.groups:
        children = "".join(f"<li>{_node(here, entries[id_], values)}</li>" for id_ in group.kpis if id_ in entries)
        below = f"<ul>{children}</ul>" if children else ""
        name = group.name.get(lang) if group.name else ""
        parent = _node(here, entries[group.parent], values, name) if group.parent in entries else ""
        branches.append(f'<li class="k-branch">{parent}{below}</li>')
    return f'<div class="k-tree"><p class="k-root">{esc(whole.name.get(lang))}</p><ul>{"".join(branches)}</ul></div>'


def _node(here: Frame, entry: Entry, values: Values, over: str = "") -> str:
    head = f"<small>{esc(over)}</small>" if over else ""
    needs = "" if entry.match.computable else blocked(here, entry)
    return (
        f'<div class="k-node"><button type="button" data-pick="open:{esc(entry.id)}">{head}'
        f"<b>{esc(kpi_name(here, entry.match.kpi))}</b></button>{value(here, entry, values)}{needs}"
        f'<div class="k-cat-do">{board_button(here, entry)}</div></div>'
    )
