"""From a reading to targets: the rows that each line makes in the main table and in those it points to."""

from __future__ import annotations

from dataclasses import replace

from kpi import model
from kpi.intake import lexicon
from kpi.intake.guesses import NAMED, Guess
from kpi.intake.messages import say
from kpi.intake.plan import Fill, Target
from kpi.intake.profile import Column
from kpi.intake.raw import Raw
from kpi.intake.tables import Reading

NATURAL = {"customers": ("email", "name"), "contacts": ("email", "name")}  # what stands for a missing id, best first


def build(reading: Reading, columns: tuple[Column, ...]) -> list[Target]:
    """The targets of a file, the main one first."""
    own = [g for g in reading.taken if g.table == reading.table and not g.via]
    scores = [g for g in own if g.table == "surveys" and g.field == "score"]
    scores.sort(key=lambda g: (not g.form, bool(g.question)))  # what says its kind stands for the line
    own = [g for g in own if g not in scores[1:]]  # one answer a row: the others make rows of their own
    main = Target(reading.table, "main", tuple(_fill(g) for g in own))
    main = _typed(main, own)
    used = {g.column for g in reading.taken}
    if len(scores) > 1 and scores[0].question and not main.fill("question"):
        main = main.with_fill(Fill("question", value=columns[scores[0].column].header, why=scores[0].why))
    main = _dated(_keyed(main), columns, used)
    parent = _parent(main, reading)
    if parent:
        parent = _dated(parent, columns, used)
        name = parent.via
        given = main.fill(name) or Fill(name, form="line", why=(say("why_line_id"),))
        if parent.fills:
            main, parent = main.with_fill(given), parent.with_fill(given)
        else:
            parent = None
    main, parent = _whole_name(main, columns, used), parent and _whole_name(parent, columns, used)
    owners = {reading.table: main} | ({parent.table: parent} if parent else {})
    reached = _reached(reading, owners)
    reached = [_whole_name(each, columns, used) for each in reached]
    surveys = _surveys(reading, owners[reading.table], columns)
    return [*owners.values(), *reached, *surveys]


def _whole_name(target: Target, columns: tuple[Column, ...], used: set[int]) -> Target:
    """First and last name as one, where they stand in two columns."""
    name = target.fill("name")
    if name is None or name.column is None or name.more is not None:
        return target
    parts = lexicon.shared()["name_parts"]
    header = columns[name.column].plain
    first = next((word for word in parts["first"] if header.endswith(word)), None)
    if first is None:
        return target
    rest = {header.removesuffix(first) + last for last in parts["last"]}
    last = next((c for c in columns if c.plain in rest and c.index not in used and c.filled), None)
    if last is None:
        return target
    joined = {"more": last.index, "why": (*name.why, say("why_name_parts"))}
    fills = (replace(f, **joined) if f.column == name.column and f.form != "id" else f for f in target.fills)
    return replace(target, fills=tuple(fills))


def _typed(main: Target, own: list[Guess]) -> Target:
    """The kind of survey that the name of the answers tells."""
    kind = next((g.form for g in own if g.table == "surveys" and g.field == "score" and g.form), None)
    if main.table != "surveys" or kind is None or main.fill("survey_type"):
        return main
    return main.with_fill(Fill("survey_type", value=kind, why=(say("why_survey", kind=kind.upper()),)))


def whose_amount(raw: Raw, targets: list[Target]) -> list[Target]:
    """An amount that is the same on every line of an order, and not quantity times price, is the order's."""
    main = targets[0]
    orders = next((i for i, t in enumerate(targets) if t.table == "orders" and t.kind == "distinct"), None)
    amount, order = main.fill("line_amount"), main.fill("order_id")
    if (
        orders is None
        or targets[orders].fill("amount")
        or not amount
        or amount.column is None
        or amount.confidence == 1
    ):
        return targets
    if order is None or order.column is None:
        return targets
    a, o = f"c{amount.column}", f"c{order.column}"
    several, same = raw.query(
        f"SELECT count(*) FILTER (lines > 1), count(*) FILTER (lines > 1 AND amounts = 1) FROM "
        f"(SELECT count(*) AS lines, count(DISTINCT {a}) AS amounts FROM raw WHERE {o} IS NOT NULL GROUP BY {o})"
    )[0]
    if several < 5 or same < 0.98 * several or _is_product(raw, main, a):
        return targets
    moved = replace(amount, field="amount", why=(*amount.why, say("why_order_amount")))
    changed = list(targets)
    changed[0] = replace(main, fills=tuple(f for f in main.fills if f.field != "line_amount"))
    changed[orders] = targets[orders].with_fill(moved)
    return changed


def _is_product(raw: Raw, main: Target, amount: str) -> bool:
    """Whether `amount` is quantity times unit price on nearly all lines."""
    quantity, price = main.fill("quantity"), main.fill("unit_price")
    if not quantity or not price or quantity.column is None or price.column is None:
        return False
    q, p, a = (
        f"try_cast(replace({c}, ',', '.') AS DOUBLE)" for c in (f"c{quantity.column}", f"c{price.column}", amount)
    )
    n, fit = raw.query(f"SELECT count({q} * {p} * {a}), count(*) FILTER (abs({q} * {p} - {a}) < 0.02) FROM raw")[0]
    return bool(n) and fit > 0.9 * n


def _fill(guess: Guess) -> Fill:
    form = guess.form if guess.form in ("id", "name") else ""
    if guess.form.startswith("yes "):
        yes, _, no = guess.form.removeprefix("yes ").partition("|")
        said = tuple((word, yes if flag else no) for word, flag in lexicon.flags().items())
        return Fill(guess.field, guess.column, round(guess.confidence, 2), guess.why, words=said)
    return Fill(guess.field, guess.column, round(guess.confidence, 2), guess.why, form)


def _keyed(target: Target) -> Target:
    """Names that stand for ids: as key of what is named, and kept as its name."""
    key = model.table(target.table).key
    if target.table not in NAMED or len(key) != 1:
        return target
    found, name = target.fill(key[0]), target.fill("name")
    if found and found.form == "name" and not name:
        return target.with_fill(replace(found, field="name", form=""))
    if found:
        return target
    for field in NATURAL.get(target.table, ("name",)):
        given = target.fill(field)
        if given and given.column is not None:
            why = (*given.why, say("why_name_is_id"))
            return target.with_fill(Fill(key[0], given.column, given.confidence, why, _stands(field)))
    return target


def _dated(target: Target, columns: tuple[Column, ...], used: set[int]) -> Target:
    """The main date where no column is named like it: another date that can stand in, else the only date there is."""
    names = lexicon.names()[target.table]
    if not names.date:
        return target
    if not target.fill(names.date):
        for field in names.stand_in:
            given = target.fill(field)
            if given:
                kept = tuple(each for each in target.fills if each.field != field)
                moved = replace(given, field=names.date, confidence=0.75, why=(*given.why, say("why_stand_in")))
                return replace(target, fills=(*kept, moved))
    times = {f.name for f in model.table(target.table).fields.values() if f.type == "time"}
    dated = [c for c in columns if c.date > 0.9 and c.index not in used]
    if used and len(dated) == 1 and not any(target.fill(field) for field in times):
        target = target.with_fill(Fill(names.date, dated[0].index, 0.6, (say("why_only_date"),)))
    return _with_clock(target, columns, used, times)


def _with_clock(target: Target, columns: tuple[Column, ...], used: set[int], times: set[str]) -> Target:
    """A column with the time of day joins the date that has none."""
    clocks = [
        c
        for c in columns
        if c.clock > 0.9 and c.index not in used and c.plain.split()[-1:] and c.plain in lexicon.shared()["time_of_day"]
    ]
    dates = [
        f
        for f in target.fills
        if f.field in times and f.column is not None and not any(":" in value for value in columns[f.column].values)
    ]
    if len(clocks) == 1 and dates:
        main = next((f for f in dates if f.field == lexicon.names()[target.table].date), dates[0])
        return target.with_fill(replace(main, clock=clocks[0].index))
    return target


def _parent(main: Target, reading: Reading) -> Target | None:
    """The orders that order lines belong to, where the file tells anything about them."""
    reference = lexicon.names()[main.table].parent
    if not reference:
        return None
    table = model.table(main.table).fields[reference].refers or ""
    found = [g for g in reading.taken if g.table == table and g.via == reference]
    return Target(table, "distinct", tuple(_fill(g) for g in found), via=reference)


def _reached(reading: Reading, owners: dict[str, Target]) -> list[Target]:
    """Customers, products, people … that the lines name. Adds to `owners` references that only a name gives."""
    found: list[Target] = []
    groups: dict[str, list[Guess]] = {}
    for guess in reading.taken:
        if "." in guess.via:
            groups.setdefault(guess.via, []).append(guess)
    for owner in list(owners):
        for fill in owners[owner].fills:
            field = model.table(owner).fields[fill.field]
            if field.refers in NAMED and fill.form == "name":
                groups.setdefault(f"{owner}.{fill.field}", [])
    for via, attributes in sorted(groups.items()):
        owner, _, reference = via.partition(".")
        made = _one(owners, owner, reference, attributes) if owner in owners else None
        found += [made] if made else []
    return found


def _one(owners: dict[str, Target], owner: str, reference: str, attributes: list[Guess]) -> Target | None:
    table = model.table(owner).fields[reference].refers or ""
    fills = tuple(_fill(g) for g in attributes)
    given = owners[owner].fill(reference)
    if given is None:
        for field in NATURAL.get(table, ("name",)):
            named = next((f for f in fills if f.field == field), None)
            if named:
                why = (*named.why, say("why_name_is_id"))
                given = replace(named, field=reference, form=_stands(field), why=why)
                owners[owner] = owners[owner].with_fill(given)
                break
        else:
            return None
    target = Target(table, "distinct", fills, via=f"{owner}.{reference}")
    target = target.with_fill(replace(given, field=model.table(table).key[0]))
    if given.form == "name" and not target.fill("name"):
        target = target.with_fill(replace(given, field="name", form=""))
    return target


def _stands(field: str) -> str:
    """The form of an id for which `field` stands."""
    return "email" if field == "email" else "name"


def _surveys(reading: Reading, main: Target, columns: tuple[Column, ...]) -> list[Target]:
    """One row a line and answer: beside a ticket its CSAT, beside the first question of a survey the others."""
    scores = [g for g in reading.taken if g.table == "surveys" and g.field == "score"]
    if main.table == "surveys":
        taken = main.fill("score")
        scores = [g for g in scores if taken is None or g.column != taken.column]
    context = _context(main)
    found = []
    for g in scores:
        said = [Fill("survey_type", value=g.form)] if g.form else []
        if main.table == "surveys":
            said.append(Fill("question", value=columns[g.column].header, why=g.why))
        shared = tuple(f for f in context if f.field not in {each.field for each in said})
        found.append(Target("surveys", "each", (_fill(g), *said, *shared), present="score", via=main.table))
    return found


def _context(main: Target) -> tuple[Fill, ...]:
    """What an answer beside another record shares with it: who, about what, when."""
    if main.table == "surveys":
        return tuple(
            f
            for f in main.fills
            if f.field not in ("survey_id", "score", "survey_type", "question", "scale_min", "scale_max")
        )
    fields = model.table("surveys").fields
    key = next(iter(model.table(main.table).key), "")
    shared = {}
    for fill in main.fills:
        refers = model.table(main.table).fields[fill.field].refers
        if fill.field == key and key in fields:
            shared[key] = fill
        elif refers == "employees" and "employee_id" not in shared:
            shared["employee_id"] = replace(fill, field="employee_id")
        elif refers and fill.field in fields and fill.field not in shared:
            shared[fill.field] = fill
    for field in ("resolved_at", "closed_at", "ended_at", "completed_at", lexicon.names()[main.table].date or ""):
        given = main.fill(field)
        if given:
            shared["responded_at"] = replace(given, field="responded_at", why=(say("why_answer_date", field=field),))
            break
    return tuple(shared.values())
