"""What a definition gives while it is being written: value, course, rows behind it, SQL; or its mistakes with their place."""

from __future__ import annotations

from kpi.compile.mistakes import BadExpression
from kpi.core import Row
from kpi.errors import KpiError
from kpi.measure.trial import Trial, last_whole
from pages.parts.cards import spark
from pages.parts.frame import Frame
from pages.parts.markup import esc, value


def mistake_html(here: Frame, mistake: KpiError, named: bool = False) -> str:
    """A mistake in words; of an expression with the text and a caret under the place. named: behind its key, where no
    field stands above it."""
    if not isinstance(mistake, BadExpression):
        return f'<div class="k-mistake" role="alert"><p>{esc(here.texts.error(mistake))}</p></div>'
    key = str(mistake.params["key"]).partition(".")[2] if named else ""
    words = f"<p>{f'<code>{esc(key)}</code> ' if key else ''}{esc(mistake.said(here.texts))}</p>"
    if not mistake.text:
        return f'<div class="k-mistake" role="alert">{words}</div>'
    line, at, length = _line(mistake)
    marked = f"{esc(line[:at])}<mark>{esc(line[at : at + length])}</mark>{esc(line[at + length :])}"
    caret = " " * at + "^" * length
    return f'<div class="k-mistake" role="alert">{words}<pre dir="ltr">{marked}\n{caret}</pre></div>'


def _line(mistake: BadExpression) -> tuple[str, int, int]:
    """The line of the expression in which the mistake stands, its place there, and how much of it is meant."""
    begin = mistake.text.rfind("\n", 0, mistake.at) + 1
    line = mistake.text[begin:].split("\n", 1)[0]
    at = mistake.at - begin
    return line, at, max(1, min(mistake.length, len(line) - at))


def preview_html(here: Frame, tried: Trial | None) -> str:
    """The live panel. None: nothing to try yet."""
    if tried is None:
        return _quiet(here.t("live_nothing"))
    if tried.mistakes:
        return _quiet(here.t("live_mistakes", n=len(tried.mistakes)))
    if tried.failed:
        code, params = tried.failed
        return f'<div class="k-mistake" role="alert"><p>{esc(here.t(code, **params))}</p></div>'
    if tried.result and tried.result.missing:
        columns = " ".join(f"<code>{esc(column)}</code>" for column in tried.result.missing)
        return f'<div class="k-live"><p class="k-caption">{esc(here.t("live_missing"))} {columns}</p></div>'
    return _numbers(here, tried)


def _quiet(text: str) -> str:
    return f'<div class="k-live"><p class="k-caption">{esc(text)}</p></div>'


def _numbers(here: Frame, tried: Trial) -> str:
    kpi, rows = tried.own.kpi, tried.rows
    last = last_whole(rows)
    if last is None:
        return _quiet(here.t("live_empty"))
    running = not rows[-1].period.complete
    line = spark([row.value for row in rows], open_end=running)
    why = "" if last.value is not None else f'<p class="k-caption">{esc(here.t("live_undefined"))}</p>'
    lines = [_told(here.t("live_period"), here.texts.period(last.period, "month")), *_behind(here, tried, last)]
    return (
        f'<div class="k-live" role="status">{value(here.value(last.value, kpi.unit))}{why}{line}'
        f'<div class="k-proof"><dl>{"".join(lines)}</dl></div></div>'
    )


def sql_html(here: Frame, tried: Trial | None) -> str:
    """The SQL of the last whole period; nothing while there is none."""
    sql = tried.proof.sql if tried and tried.proof else ""
    shown = f'<summary>{esc(here.t("live_sql"))}</summary><pre tabindex="0">{esc(sql)}</pre>'
    return f'<details class="k-more" open>{shown}</details>' if sql else ""


def _behind(here: Frame, tried: Trial, last: Row) -> list[str]:
    number = here.texts.number
    lines = []
    if last.denominator is not None:
        division = f"{number(last.numerator, short=True)} / {number(last.denominator, short=True)}"
        lines.append(_told(here.t("live_division"), division, ' dir="ltr"'))
    lines.append(_told(here.t("live_n"), number(last.n)))
    for part in tried.proof.parts[:1] if tried.proof else ():
        lines += [
            _told(here.t("live_read"), number(part.read)),
            *(_told(here.t(f"proof.{reason}"), number(n)) for reason, n in part.left_out),
        ]
    return lines


def _told(name: str, shown: str, way: str = "") -> str:
    return f"<dt>{esc(name)}</dt><dd><bdi{way}>{esc(shown)}</bdi></dd>"
