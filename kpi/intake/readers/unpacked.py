"""The files in a packed file, each read by its own reader; what is no table there, and what cannot be read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from kpi.errors import Refused
from kpi.intake.messages import say
from kpi.intake.options import Options
from kpi.intake.raw import Format, Raw
from kpi.intake.readers.packed import Inside, Room
from kpi.intake.readers.parts import Parts, Unread, renamed, within

Unpack = Callable[[Path, Path, str | None, Room], list[Inside]]
ReadEach = Callable[[Path, Options, Format | None, Room], Parts]
NO_TABLE = ("not_a_table", "file_binary", "json_no_table", "archive_no_table")
NO_ROWS = ("file_empty", "file_no_rows")
NAMED = 12


@dataclass(frozen=True)
class Packing:
    """kind: as in Format. many: may hold several files. named: the file's own suffix says that it is packed. data:
    suffixes of files that should be tables."""

    kind: str
    unpack: Unpack
    many: bool
    named: bool
    data: frozenset[str]


def read(
    path: Path, packing: Packing, options: Options, format: Format | None, room: Room, read_each: ReadEach
) -> Parts:
    """The tables in a packed file and the files in it that cannot be read; Refused where there is no table at all."""
    if room.levels == 0:
        raise Refused("archive_deep", file=path.name)
    wanted = format.sheet if format else options.sheet
    found: list[Raw] = []
    unread: list[Unread] = []
    with tempfile.TemporaryDirectory(prefix="kpi-unpacked-") as folder, room.deeper():
        inside = packing.unpack(path, Path(folder), wanted, room)
        for each in inside:
            shown = f"{path.name}/{each.name}" if each.name else path.name
            raws, bad = _inner(each, shown, options, format, room, read_each)
            parts = [within(part, each.name, packing.kind, shown) for part in (*raws, *bad)]
            found += [part for part in parts if isinstance(part, Raw)]
            unread += [part for part in parts if isinstance(part, Unread)]
    if wanted is not None and packing.many:
        found, unread = _only(wanted, path, found, unread)
    if not found:
        _refuse(path, packing, inside, unread)
    return _aside(packing, found, unread)


def _inner(each: Inside, shown: str, options: Options, format: Format | None, room: Room, read_each: ReadEach) -> Parts:
    if each.path is None:
        return [], [Unread(None, each.error or Refused("file_unreadable", file=shown))]
    wanted = format.sheet if format else options.sheet
    rest = _rest(wanted, each.name) if each.name else wanted
    layout = None
    if format:
        layout = replace(format, sheet=rest, within=(format.within or "").partition("/")[2] or None)
    try:
        return read_each(each.path, replace(options, sheet=rest), layout, room)
    except Refused as error:
        return [], [Unread(None, renamed(error, shown))]


def _rest(wanted: str | None, name: str) -> str | None:
    """What is left of the name of a wanted part inside the file `name`: its sheet."""
    last = PurePosixPath(name)
    for each in (name, last.name, last.stem):
        if wanted is not None and wanted.startswith(f"{each}/"):
            return wanted[len(each) + 1 :]
    return None


def _only(wanted: str, path: Path, found: list[Raw], unread: list[Unread]) -> tuple[list[Raw], list[Unread]]:
    """The parts of the wanted name: a whole path, the last part of one, with its suffix or without."""

    def fits(name: str | None) -> bool:
        parts = PurePosixPath(name or "").parts
        return f"/{wanted}/" in f"/{name}/" or any(PurePosixPath(each).stem == wanted for each in parts)

    kept = [raw for raw in found if fits(raw.format.sheet)]
    bad = [each for each in unread if fits(each.name)]
    for raw in found:
        if raw not in kept:
            raw.close()
    if not kept and not bad:
        names = [*(raw.format.sheet or "" for raw in found), *(each.name or "" for each in unread)]
        raise Refused("sheet_unknown", file=path.name, sheet=wanted, known=_listed(names))
    return kept, bad


def _refuse(path: Path, packing: Packing, inside: list[Inside], unread: list[Unread]) -> None:
    """Raises what stands in the way of the only file, or says that none is a table."""
    real = [each for each in unread if each.error.code not in (*NO_TABLE, *NO_ROWS)]
    if len(real) > 1:
        return
    if not real and not packing.named:
        raise Refused("file_binary", file=path.name)
    if real or len(inside) == 1 or not packing.many:
        raise (real or unread)[0].error
    raise Refused("archive_no_table", file=path.name, known=_listed(each.name for each in inside) or "–")


def _aside(packing: Packing, found: list[Raw], unread: list[Unread]) -> Parts:
    """Pictures, letters and empty tables beside tables are no failures; the first table tells of them."""
    aside = [each for each in unread if _is_aside(each, packing)]
    if aside and found:
        said = say("files_left_out", n=len(aside), files=_listed(each.name or "" for each in aside))
        found[0].notes = (*found[0].notes, said)
        return found, [each for each in unread if each not in aside]
    return found, unread


def _is_aside(each: Unread, packing: Packing) -> bool:
    code = each.error.code
    return code in NO_ROWS or (code in NO_TABLE and PurePosixPath(each.name or "").suffix.lower() not in packing.data)


def _listed(names: Iterable[str]) -> str:
    found = [name for name in names if name]
    return ", ".join(found[:NAMED]) + (" …" if len(found) > NAMED else "")
