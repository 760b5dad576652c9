"""The files of a transfer: CSV and JSON Lines, read and written a line at a time."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from marshmallow.fields import Nested

from chassis.web.fields import List
from chassis.web.schemas import Refused, load
from services.rendezvous.domain.transfer import Entry, Transferred
from services.rendezvous.schemas.transfer import SCHEMAS

#: A longer line is no line of ours.
MAX_LINE = 256 * 1024
_CHUNK = 1024 * 1024
_REPORT = ("ligne", "reference", "champ", "code", "raison")

#: Line, reference, field, code and reason.
Refusal = tuple[int, str | None, str, str, str]
Refuse = Callable[[int, str | None, str, str, str], None]


class FileRefused(Exception):
    """The file as a whole cannot be read. French; quotes no line."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: what it says, or what is wrong with its form (pointer, reason). `end`: its last
    byte in the file."""

    number: int
    end: int
    reference: str | None = None
    entry: Entry | None = None
    faults: Sequence[tuple[str, str]] = ()


def digest_of(file: Path) -> str:
    """What names a file's content."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def lines_of(what: Transferred, file: Path) -> Iterator[Line]:
    """Every line that is not blank, numbered as in the file. Raises FileRefused."""
    reader = _json_documents if _is_json(file) else _csv_documents
    with file.open("rb") as opened:
        for number, end, document in reader(what, opened):
            yield _line(what, number, end, document)


@contextmanager
def row_writer(what: Transferred, file: Path) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Writes rows in the form the suffix says, with the columns an import reads."""
    names, as_json, of_lists = columns(what), _is_json(file), _lists_of(what)
    file.touch(mode=0o600)  # it says who meets the social service
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, names, lineterminator="\n")
        if not as_json:
            writer.writeheader()

        def write(row: dict[str, Any]) -> None:
            told = {name: _plain(row.get(name)) for name in names} | of_lists(row)
            told["reference"] = str(row["id"])
            if as_json:
                opened.write(json.dumps(told, separators=(",", ":")) + "\n")
            else:
                writer.writerow({name: _cell(value) for name, value in told.items()})

        yield write


@contextmanager
def report_writer(file: Path) -> Iterator[Refuse]:
    """The report of what is refused: line, reference, field, code and reason; never a value."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(_REPORT)

        def refuse(line: int, reference: str | None, field: str, code: str, why: str) -> None:
            writer.writerow([line, reference or "", field.lstrip("/"), code, why])

        yield refuse


def columns(what: Transferred) -> list[str]:
    """The columns of a file, in order."""
    return list(SCHEMAS[what].fields)


def _line(what: Transferred, number: int, end: int, document: Any) -> Line:
    if isinstance(document, FileRefused):
        return Line(number=number, end=end, faults=[("", str(document))])
    try:
        values = load(SCHEMAS[what], document)
    except Refused as refusal:
        faults = [(error["pointer"], error["detail"]) for error in refusal.errors]
        return Line(number=number, end=end, faults=faults)
    except OverflowError:
        return Line(number=number, end=end, faults=[("", "Valeur hors limites.")])
    reference = values.pop("reference")
    entry = Entry(line=number, reference=reference, values=values)
    return Line(number=number, end=end, reference=reference, entry=entry)


def _json_documents(what: Transferred, opened: BinaryIO) -> Iterator[tuple[int, int, Any]]:
    for number, end, text in _text_lines(opened):
        if isinstance(text, FileRefused):
            yield number, end, text
        elif text.strip():
            try:
                yield number, end, json.loads(text)
            except (ValueError, RecursionError):
                yield number, end, FileRefused("Objet JSON attendu, un par ligne.")


def _csv_documents(what: Transferred, opened: BinaryIO) -> Iterator[tuple[int, int, Any]]:
    """No cell of ours holds a line break: a line of the file is a line of the table."""
    header: list[str] = []
    separator = ","
    for number, end, text in _text_lines(opened):
        if isinstance(text, FileRefused):
            yield number, end, text
        elif not header:
            separator = ";" if ";" in text else ","
            header = _header(what, _cells(text, separator))
        elif text.strip():
            cells = _cells(text, separator)
            if len(cells) > len(header):
                yield number, end, FileRefused("Plus de valeurs que de colonnes.")
            else:
                yield number, end, _document(what, dict(zip(header, cells, strict=False)))


def _text_lines(opened: BinaryIO) -> Iterator[tuple[int, int, Any]]:
    number = end = 0
    while raw := opened.readline(MAX_LINE + 1):
        number, end = number + 1, end + len(raw)
        if len(raw) > MAX_LINE:
            while raw and not raw.endswith(b"\n"):
                raw = opened.readline(MAX_LINE)
                end += len(raw)
            yield number, end, FileRefused("Ligne trop longue.")
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            yield number, end, FileRefused("Texte UTF-8 attendu.")
        else:
            yield number, end, text.replace("\x00", "")


def _header(what: Transferred, cells: list[str]) -> list[str]:
    header = [cell.strip() for cell in cells]
    known = columns(what)
    if not set(header) <= set(known) or len(set(header)) != len(header):
        raise FileRefused(f"Première ligne : colonnes attendues parmi {', '.join(known)}.")
    return header


def _cells(text: str, separator: str) -> list[str]:
    return next(csv.reader([text.rstrip("\r\n")], delimiter=separator), [])


def _document(what: Transferred, cells: dict[str, str]) -> dict[str, Any]:
    """An empty cell is an absent member; a list is separated by blanks, one of objects is JSON."""
    fields = SCHEMAS[what].fields
    given = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    return {name: _read_cell(fields[name], cell) for name, cell in given.items()}


def _read_cell(field: Any, cell: str) -> Any:
    if not isinstance(field, List):
        return cell
    if not isinstance(field.inner, Nested):
        return cell.split()
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def _lists_of(what: Transferred) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Tells the objects a row has under it, their members in order, those without value left out:
    they come as JSON from the database."""
    lists = {
        name: list(field.inner.schema.fields)
        for name, field in SCHEMAS[what].fields.items()
        if isinstance(field, List) and isinstance(field.inner, Nested)
    }

    def of_lists(row: dict[str, Any]) -> dict[str, Any]:
        return {
            name: [
                {member: one[member] for member in members if one.get(member) is not None}
                for one in row[name] or ()
            ]
            for name, members in lists.items()
        }

    return of_lists


def _is_json(file: Path) -> bool:
    if file.suffix not in (".csv", ".jsonl"):
        raise FileRefused("Le nom du fichier finit par .csv ou .jsonl.")
    return file.suffix == ".jsonl"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _cell(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
