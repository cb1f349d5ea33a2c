"""catalogue: whether the definitions are right, the page about the data model, the glossary as a file."""

from __future__ import annotations

from kpi.cli import Answer, Call
from kpi.core import LANGUAGES
from kpi.errors import Refused, Unknown
from kpi.text import Texts

OUT = {"docs": "docs/model.md", "glossary": "kpis.xlsx"}


def register(subparsers) -> None:
    """catalogue check · catalogue docs [--out F.md] · catalogue glossary [--out F] [W] [--languages L] [--goal G]… [--find WORDS]"""
    parser = subparsers.add_parser("catalogue", help="cli.help_catalogue")
    parser.add_argument("what", choices=("check", "docs", "glossary"), help="cli.help_what")
    parser.add_argument("workspace", nargs="?", metavar="W", help="cli.help_glossary_w")
    parser.add_argument("--out", metavar="FILE", help="cli.help_out")
    parser.add_argument("--languages", choices=(*LANGUAGES, "all"), help="cli.help_languages")
    parser.add_argument("--goal", metavar="GOAL", help="cli.help_goal")
    parser.add_argument("--find", metavar="WORDS", help="cli.help_find")
    parser.set_defaults(run=definitions)


def definitions(call: Call) -> Answer:
    """What is asked about the definitions."""
    return {"check": check, "docs": write_docs, "glossary": write_glossary}[call.args.what](call)


def check(call: Call) -> Answer:
    """Loads, type-checks and compiles every definition; names each mistake with file and key."""
    from kpi.catalogue import goals, kpis
    from kpi.cli.definitions import every_mistake

    mistakes = every_mistake()
    found = [{"file": m.params["file"], "key": m.params["key"], "mistake": m.params["why"]} for m in mistakes]
    lines = [f"{f['file']} · {f['key']}: {f['mistake']}" for f in found]
    if found:  # what cannot be read cannot be counted
        return Answer({"mistakes": found}, [*lines, call.texts.t("cli.catalogue_wrong", n=len(found))], status=1)
    counts = {
        "kpis": len(kpis()),
        "goals": len(goals()),
        "computed": sum(bool(k.computations) for k in kpis().values()),
    }
    return Answer({"mistakes": [], **counts}, [call.texts.t("cli.catalogue", mistakes=0, **counts)])


def write_docs(call: Call) -> Answer:
    """Writes docs/model.md anew from the definition of the canonical model."""
    from kpi.catalogue.docs import model_page

    return _written(call, call.args.out or OUT["docs"], model_page().encode("utf-8"))


def write_glossary(call: Call) -> Answer:
    """The KPIs (all, of a goal, those that words find) with what they mean, as .xlsx, .csv or .md."""
    from kpi.analysis.facets import Entry, Shelves
    from kpi.analysis.matching import catalogue
    from kpi.catalogue import goals, kpis
    from kpi.quality.glossary import KINDS, glossary, languages_of
    from kpi.workspace.own_goals import goals_of
    from kpi.workspace.own_kpis import kpis_of

    file = call.args.out or OUT["glossary"]
    kind = file.rpartition(".")[2].lower()
    if kind not in KINDS:
        raise Refused("glossary_kind", file=file, known=", ".join(f".{each}" for each in KINDS))
    known = kpis() if call.opened is None else kpis_of(call.workspace)
    aims = goals() if call.opened is None else goals_of(call.workspace)
    present = frozenset() if call.opened is None else call.workspace.columns()
    if call.args.goal and call.args.goal not in aims:
        raise Unknown("goal", call.args.goal, aims)
    shelves = Shelves(Entry(each, False) for each in catalogue(present, aims, known))
    found = shelves.find(call.args.find or "", {"goal": call.args.goal} if call.args.goal else {})
    wanted = [each.match.kpi for each in found] if call.args.find or call.args.goal else list(known.values())
    languages = languages_of(call.args.languages or call.texts.lang)
    texts = Texts(languages[0]) if len(languages) == 1 else call.texts
    made = _written(call, file, glossary(wanted, texts, languages, aims, known).file(kind))
    return Answer({**made.data, "kpis": [each.id for each in wanted]}, made.lines)


def _written(call: Call, file: str, content: bytes) -> Answer:
    path = call.path(file)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Refused("not_writable", file=str(path), why=error.strerror or "") from error
    return Answer({"documents": [{"file": str(path)}]}, [call.texts.t("cli.docs_done", file=str(path))])
