"""What an expression may be made of: a closed list of nodes, functions and casts, and limits on its size.

An expression is read as SQL and then checked node by node, argument by argument. What is not listed here cannot be
said: no subquery, no table, no window, no function beside these, no comment. What is printed afterwards is printed
from the checked tree, never from the text, so two readings of one text cannot differ.
"""

from __future__ import annotations

import functools
import re
from datetime import datetime

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token

from kpi.compile.mistakes import BadExpression
from kpi.compile.source import HEAD, Source, near, place
from kpi.compile.tokens import DEEPEST, end_of_first, tokens_of

MOST_KNOWN = 2000  # expressions kept as read; what people type is more than that in the end
LONGEST_WORD, MOST_JOINED = 200, 8
AGGREGATES = (exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Median)
SPANS = ("days_between", "hours_between", "minutes_between")  # ours, in the words of the field
CASTS = {"DATE": "date", "TIMESTAMP": "timestamp", "DOUBLE": "double", "TEXT": "varchar", "BIGINT": "bigint"}
UNITS = ("day", "week", "month", "quarter", "year", "hour", "minute", "second")
FUNCTIONS = (
    "count", "sum", "avg", "median", "min", "max",
    "coalesce", "nullif", "least", "greatest", "abs", "round", "lower", "upper", "trim", "if", *SPANS,
)  # fmt: skip
# What people write for something that is said another way here.
INSTEAD = {
    "average": "avg", "mean": "avg", "countif": "count(*) filter (where …)", "sumif": "sum(…) filter (where …)",
    "count_if": "count(*) filter (where …)", "ifnull": "coalesce", "nvl": "coalesce", "iif": "case when … then … end",
    "now": "period.now", "today": "period.now", "current_date": "period.now", "current_timestamp": "period.now",
    "datediff": "days_between", "date_diff": "days_between", "age": "days_between", "distinct": "count(distinct …)",
    "countd": "count(distinct …)", "isnull": "… is null", "regexp_matches": "like", "contains": "like",
}  # fmt: skip
# The arguments of each node; whatever else a node carries is refused.
_TWO = ("this", "expression")
_MANY = ("this", "expressions")
_NODES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Column: ("this", "table"), exp.Identifier: ("this", "quoted"), exp.Literal: ("this", "is_string"),
    exp.Boolean: ("this",), exp.Null: (), exp.Star: (), exp.Paren: ("this",), exp.Tuple: ("expressions",),
    exp.And: _TWO, exp.Or: _TWO, exp.Not: ("this",), exp.EQ: _TWO, exp.NEQ: _TWO, exp.GT: _TWO, exp.GTE: _TWO,
    exp.LT: _TWO, exp.LTE: _TWO, exp.In: _MANY, exp.Between: ("this", "low", "high"), exp.Is: _TWO,
    exp.Like: _TWO, exp.ILike: _TWO, exp.DPipe: (*_TWO, "safe"), exp.Add: _TWO, exp.Sub: _TWO, exp.Mul: _TWO,
    exp.Div: _TWO, exp.Neg: ("this",), exp.Case: ("this", "ifs", "default"), exp.If: ("this", "true", "false"),
    exp.Coalesce: _MANY, exp.Nullif: _TWO, exp.Least: (*_MANY, "ignore_nulls"), exp.Greatest: (*_MANY, "ignore_nulls"),
    exp.Abs: ("this",), exp.Round: ("this", "decimals"), exp.Lower: ("this",), exp.Upper: ("this",),
    exp.Trim: ("this",), exp.Cast: ("this", "to"), exp.TryCast: ("this", "to", "safe"),
    exp.DataType: ("this", "nested"), exp.Interval: ("this", "unit"), exp.Var: ("this",),
    exp.Count: ("this", "big_int"), exp.Sum: ("this",), exp.Avg: ("this",), exp.Min: ("this",), exp.Max: ("this",),
    exp.Median: ("this",), exp.Distinct: ("expressions",), exp.Filter: _TWO, exp.Where: ("this",),
    exp.Anonymous: _MANY,
}  # fmt: skip
_HOLDERS = {exp.Star: exp.Count, exp.Where: exp.Filter, exp.Distinct: AGGREGATES, exp.Var: exp.Interval}
_NUMBER = re.compile(r"\d{1,18}(\.\d{0,12})?([eE][+-]?\d{1,2})?|\.\d{1,12}")


def read_one(source: Source) -> exp.Expr:
    """The tree of the one expression that the text is; BadExpression where it is anything else."""
    known = _known()  # definitions say the same again and again: `count(*)`
    tree = known.get(source.text)
    if tree is None:
        tree = _read_one(source)
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[source.text] = tree
    return tree.copy()


@functools.cache
def _known() -> dict[str, exp.Expr]:
    """Expressions that were read, by their text."""
    return {}


def _read_one(source: Source) -> exp.Expr:
    tokens = tokens_of(source)
    flat = re.sub(r"\s", " ", source.text)
    try:
        statements = sqlglot.parse(HEAD + flat, read="duckdb")
    except SqlglotError as error:
        raise _unread(source, tokens, error) from None
    except RecursionError:
        raise source.mistake("deep", most=DEEPEST) from None
    only = statements[0] if len(statements) == 1 else None
    if not isinstance(only, exp.Select) or len(only.expressions) != 1 or {k for k, v in only.args.items() if v} != {
        "expressions"
    }:  # fmt: skip
        at, length = end_of_first(tokens)
        raise source.mistake("one", at, length)
    return only.expressions[0]


def _unread(source: Source, tokens: list[Token], error: SqlglotError) -> BadExpression:
    """The place at which reading stopped: the end of the text, or a word that does not fit there."""
    first = (getattr(error, "errors", None) or [{}])[0]
    word, col = str(first.get("highlight") or ""), first.get("col")
    if not isinstance(col, int) or not tokens:
        return source.mistake("read", 0, len(source.text), word="")
    at = col - len(HEAD) - len(word)
    if at + len(word) >= len(source.text.rstrip()):
        return source.mistake("ends", max(at, 0), len(word), word=word)
    return source.mistake("read", at, len(word), word=word)


def check_nodes(tree: exp.Expr, source: Source, *, aggregate: bool) -> None:
    """BadExpression at the first node that is not on the list, or whose arguments are not."""
    joined = 0
    for node in tree.walk():
        allowed = _NODES.get(type(node))
        if allowed is None or any(value for key, value in node.args.items() if key not in allowed):
            raise _not_listed(node, source)
        holder = _HOLDERS.get(type(node))
        if holder and not isinstance(node.parent, holder):
            raise _not_listed(node, source)
        joined += isinstance(node, exp.DPipe)
        if joined > MOST_JOINED:
            raise source.of(node, "joined", most=MOST_JOINED)
        _CHECKS.get(type(node), lambda _node, _source: None)(node, source)
        if isinstance(node, AGGREGATES):
            _check_aggregate(node, source, aggregate)


def _not_listed(node: exp.Expr, source: Source) -> BadExpression:
    over = re.search(r"\bover\b", source.text, re.IGNORECASE) if isinstance(node, exp.Window) else None
    if over:
        return source.mistake("not_listed", over.start(), len(over[0]), what=over[0])
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary):
        at, length = _called(node, source)
        name = source.text[at : at + length].lower()
        if name in FUNCTIONS:
            return source.mistake("arguments", at, length, name=name)
        return source.mistake("function", at, length, _instead(name), name=name)
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return source.of(node, "query")
    at, length = place(node)
    return source.mistake("not_listed", at, length, what=source.text[at : at + length] or type(node).__name__)


def _called(node: exp.Expr, source: Source) -> tuple[int, int]:
    """Where the name of a function stands: at its place, else before the bracket around its first known part."""
    at, length = place(node)
    name = re.match(r"[^\W\d]\w*", source.text[at:])
    if name and source.text[at + len(name[0]) :].lstrip().startswith("("):
        return at, len(name[0])
    before = re.search(r"([^\W\d]\w*)\s*\(\s*$", source.text[:at])
    if before:
        return before.start(1), len(before[1])
    return at, len(name[0]) if name else length


def _instead(name: str) -> str:
    return INSTEAD.get(name) or near(name, FUNCTIONS)


def _check_aggregate(node: exp.Expr, source: Source, aggregate: bool) -> None:
    if not aggregate:
        raise source.of(node, "aggregate", name=node.key)
    outer = node.parent
    while outer is not None:
        if isinstance(outer, (*AGGREGATES, exp.Where)):
            raise source.of(node, "nested", name=node.key)
        outer = outer.parent


def _check_anonymous(node: exp.Expr, source: Source) -> None:
    name = str(node.this).lower()
    at, _ = place(node)
    if name not in SPANS:
        raise source.mistake("function", at, len(name), _instead(name), name=name)
    if len(node.expressions) != 2:
        raise source.mistake("two_times", at, len(name), name=name)


def _check_cast(node: exp.Expr, source: Source) -> None:
    kind = getattr(node.args["to"].this, "value", "")
    if kind not in CASTS:
        raise source.of(node, "cast", ", ".join(CASTS.values()), name=str(kind).lower())
    if kind in ("DATE", "TIMESTAMP") and isinstance(node.this, exp.Literal):
        try:
            datetime.fromisoformat(node.this.this)
        except ValueError:
            raise source.of(node.this, "day", text=node.this.this) from None


def check_literal(node: exp.Expr, source: Source) -> None:
    """A text of bounded length, or a number that fits every type it may meet."""
    if node.args.get("is_string"):
        if len(node.this) > LONGEST_WORD:
            raise source.of(node, "word", most=LONGEST_WORD)
    elif not _NUMBER.fullmatch(node.this):
        raise source.of(node, "number", text=node.this[:LONGEST_WORD])


def _check_interval(node: exp.Expr, source: Source) -> None:
    unit = node.args.get("unit")
    if not isinstance(unit, exp.Var) or str(unit.this).lower().removesuffix("s") not in UNITS:
        raise source.of(node, "interval", ", ".join(UNITS))


def _check_in(node: exp.Expr, source: Source) -> None:
    if not node.expressions:
        raise source.of(node, "list")


def _check_filter(node: exp.Expr, source: Source) -> None:
    if not isinstance(node.this, AGGREGATES):
        raise source.of(node, "filter")


_CHECKS = {
    exp.Anonymous: _check_anonymous,
    exp.Cast: _check_cast,
    exp.TryCast: _check_cast,
    exp.Literal: check_literal,
    exp.Interval: _check_interval,
    exp.In: _check_in,
    exp.Filter: _check_filter,
}
