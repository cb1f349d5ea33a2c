"""argparse made to fit: it never exits or prints by itself, speaks the user's language, suggests near names."""

from __future__ import annotations

import argparse
import functools
import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from kpi.core import LANGUAGES
from kpi.errors import KpiError, Unknown
from kpi.text import Texts


class Misuse(KpiError):
    """The command line is wrong (exit status 2)."""

    exit_status = 2


class Help(Exception):
    """--help was asked for; the text is the first argument."""


@dataclass(frozen=True)
class Common:
    """The frame's own options, which may stand before or after the command."""

    home: str | None
    lang: str
    json: bool
    rest: tuple[str, ...]


def common(argv: Iterable[str]) -> Common:
    """Takes --home, --lang and --json out of a command line; what follows `--` is left alone."""
    given: dict[str, str] = {}
    json, rest = False, []
    words = iter(argv)
    for word in words:
        name, sign, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
        elif word == "--json":
            json = True
        elif name in ("--home", "--lang"):
            found = value if sign else next(words, None)
            if not found or (not sign and found.startswith("--")):
                raise Misuse("option_value", option=name)
            given[name] = found
        else:
            rest.append(word)
    lang = given.get("--lang", LANGUAGES[0])
    if lang not in LANGUAGES:
        raise Unknown("language", lang, LANGUAGES)
    return Common(given.get("--home"), lang, json, tuple(rest))


class Parser(argparse.ArgumentParser):
    """An argument parser that raises Misuse and Help instead of exiting."""

    def __init__(self, *args, texts: Texts, **kwargs) -> None:
        self.texts = texts
        layout = functools.partial(argparse.HelpFormatter, max_help_position=28)
        super().__init__(*args, allow_abbrev=False, formatter_class=layout, **kwargs)

    def add_subparsers(self, **kwargs):
        """Commands speak the language of their parent."""
        made = functools.partial(Parser, texts=self.texts)
        return super().add_subparsers(parser_class=made, **kwargs)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        raise Misuse("usage", message=message, program=self.prog)

    def print_help(self, file=None) -> NoReturn:
        raise Help(self.format_help())

    def _get_formatter(self) -> argparse.HelpFormatter:
        formatter = super()._get_formatter()
        formatter._get_help_string = self._help_text  # type: ignore[method-assign]
        return formatter

    def _help_text(self, action: argparse.Action) -> str:
        """Help texts are keys of the locales where such a key exists."""
        said = action.help or ""
        return self.texts.t(said) if self.texts.has(said) else said


def build(families: Mapping[str, Iterable[str]], texts: Texts, only: str = "") -> tuple[Parser, dict[str, Parser]]:
    """The parser with the commands of all families, and the parsers of the commands by name.

    only: of this command alone is known what it takes, the others are but listed: their families are not loaded.
    """
    parser = Parser(prog="python -m kpi", description="[--home DIR] [--lang en|fa|uk] COMMAND … [--json]", texts=texts)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for family, names in families.items():
        if not only or only in names:
            importlib.import_module(f"kpi.cli.commands_{family}").register(subparsers)
        else:
            for name in names:
                subparsers.add_parser(name, help=f"cli.help_{name}")
    return parser, subparsers.choices


def parse(parser: Parser, commands: dict[str, Parser], argv: Iterable[str]) -> argparse.Namespace:
    """The arguments of a command line; Unknown for a command or an option that does not exist."""
    argv = list(argv)
    if not argv:
        parser.print_help()
    if not argv[0].startswith("-") and argv[0] not in commands:
        raise Unknown("command", argv[0], commands)
    args, extra = parser.parse_known_args(argv)
    if extra:
        chosen = commands.get(args.command, parser)
        options = [name for action in chosen._actions for name in action.option_strings]
        if extra[0].startswith("-"):
            raise Unknown("option", extra[0].partition("=")[0], options)
        raise Misuse("extra_words", words=" ".join(extra), program=chosen.prog)
    if args.command is None:
        parser.print_help()
    return args
