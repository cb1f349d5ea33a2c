"""The glossary: what each KPI means and how it is computed, as a table for people, in one language or in all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kpi.catalogue import goals as built_in_goals
from kpi.catalogue import kpi_set, settings_of
from kpi.catalogue import kpis as built_in
from kpi.core import LANGUAGES, ROLES, Goal, Kpi, Text
from kpi.quality.download import as_csv, as_xlsx, harmless
from kpi.text import Texts, bare

KINDS = ("xlsx", "csv", "md")
MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "md": "text/markdown",
}
TEXTS = ("name", "about", "headline")  # said in every language asked for


@dataclass(frozen=True)
class Glossary:
    """Heads and rows, one row a KPI; the texts of `TEXTS` once for each language."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right_to_left: bool = False

    def file(self, kind: str) -> bytes:
        """As xlsx, csv or md; nothing in it that a spreadsheet would run."""
        if kind == "xlsx":
            return as_xlsx(self.heads, self.rows, self.right_to_left)
        return as_csv(self.heads, self.rows) if kind == "csv" else self._markdown().encode("utf-8")

    def _markdown(self) -> str:
        cells = [[_in_cell(cell) for cell in line] for line in (self.heads, *self.rows)]
        lines = [cells[0], ["---"] * len(self.heads), *cells[1:]]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _in_cell(cell: str) -> str:
    """A cell of a Markdown table: one line, nothing that ends the cell or becomes markup."""
    text = str(harmless(" ".join(cell.split())))
    for sign in "\\|`*_<>[]":
        text = text.replace(sign, f"\\{sign}")
    return text


def glossary(
    wanted: Iterable[Kpi],
    texts: Texts,
    languages: Sequence[str] = (),
    goals: Mapping[str, Goal] | None = None,
    kpis: Mapping[str, Kpi] | None = None,
) -> Glossary:
    """The KPIs of `wanted` in their order. texts: the language of heads and of words such as units and roles;
    languages: those of names and explanations (that of `texts` where none is given). goals, kpis: by id, where a
    workspace has its own."""
    said = tuple(languages) or (texts.lang,)
    columns = _columns(texts, goals or built_in_goals(), kpis or built_in())
    heads: list[str] = [texts.t("glossary.id")]
    for name in (*TEXTS, *columns):
        several = name in TEXTS and len(said) > 1
        heads += [_head(texts, name, lang if several else "") for lang in (said if name in TEXTS else ("",))]
    rows = []
    for kpi in wanted:
        told = [text.get(lang) if (text := getattr(kpi, name)) else "" for name in TEXTS for lang in said]
        rows.append((kpi.id, *told, *(bare(read(kpi)) for read in columns.values())))
    return Glossary(tuple(heads), tuple(rows), texts.direction == "rtl")


def _head(texts: Texts, name: str, lang: str) -> str:
    head = texts.t(f"glossary.{name}")
    return texts.t("glossary.in_language", column=head, language=Texts(lang).language) if lang else head


def _columns(texts: Texts, goals: Mapping[str, Goal], kpis: Mapping[str, Kpi]) -> dict[str, Callable[[Kpi], str]]:
    """Everything beside the texts: column → how it is read."""
    lang, several = texts.lang, "; ".join

    def named(ids: Iterable[str]) -> str:
        return several(kpis[id_].name.get(lang) for id_ in ids if id_ in kpis)

    def of(set_id: str, value: str) -> str:
        names = {each.value or each.id: each.name for each in kpi_set(set_id).groups}
        return _said(names.get(value), lang)

    def roles(kpi: Kpi) -> str:
        held = [
            (ROLES.index(k.role), g.name.get(lang), k.role) for g in goals.values() for k in g.kpis if k.kpi == kpi.id
        ]
        return several(f"{name} ({texts.t(f'role.{role}')})" for _, name, role in sorted(held, key=lambda r: r[0]))

    return {
        "aliases": lambda k: several(k.aliases),
        "area": lambda k: texts.t(f"kpi_group.{k.group}"),
        "departments": lambda k: several(of("departments", each) for each in k.departments),
        "lens": lambda k: of("lenses", k.lens),
        "stage": lambda k: of("stages", k.stage),
        "factor": lambda k: k.factor,
        "unit": lambda k: texts.t(f"catalogue.unit_{k.unit}"),
        "better": lambda k: texts.t(f"catalogue.better_{k.better}"),
        "nature": lambda k: texts.t(f"kpis.nature_{k.nature}"),
        "timing": lambda k: texts.t(f"catalogue.timing_{k.timing}"),
        "formula": lambda k: k.formula,
        "needs": lambda k: k.needs,
        "refines": lambda k: k.refines,
        "threshold": lambda k: k.threshold,
        "settings": lambda k: several(settings_of(k)),
        "guardrails": lambda k: named(k.guardrails),
        "serves": lambda k: named(k.serves),
        "goals": roles,
        "seeds": lambda k: several(k.seeds),
    }


def _said(text: Text | None, lang: str) -> str:
    return text.get(lang) if text else ""


def languages_of(asked: str) -> tuple[str, ...]:
    """The languages that a word of the command line means: one of them, or `all`."""
    return LANGUAGES if asked == "all" else (asked,)
