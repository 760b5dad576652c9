"""How rendezvous are counted: the raw rows, and the lines of the published tables.

Rules of the 2023 tables: the territory is where the rendezvous is held; *reçues en MDS* are
honoured in person at the MDS (home visits, telephone, permanences and visio excluded); first
receptions held by the plate-forme de premier accueil stand in the ASS rows, its CESF included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.rendezvous.domain.motif import Kind, Modality
from services.rendezvous.domain.rendezvous import Status

LINES = (
    "ass.premier_accueil_telephonique",
    "ass.premier_accueil_presentiel",
    "ass.accompagnement_presentiel",
    "ass.visites_a_domicile",
    "cesf.premier_accueil_presentiel",
    "cesf.accompagnement_presentiel",
    "cesf.visites_a_domicile",
)

_LINE_OF: dict[tuple[Kind, Modality], str] = {
    (Kind.PREMIER_ACCUEIL, Modality.TELEPHONE): "premier_accueil_telephonique",
    (Kind.PREMIER_ACCUEIL, Modality.PRESENTIEL): "premier_accueil_presentiel",
    (Kind.ACCOMPAGNEMENT, Modality.PRESENTIEL): "accompagnement_presentiel",
    (Kind.PREMIER_ACCUEIL, Modality.VAD): "visites_a_domicile",
    (Kind.ACCOMPAGNEMENT, Modality.VAD): "visites_a_domicile",
}


@dataclass(frozen=True, kw_only=True)
class ActivityRow:
    """Rendezvous of one kind. `profession`, `plateforme`: the lead agent's, at that date."""

    mds: str
    profession: str
    plateforme: bool
    kind: Kind
    modality: Modality
    status: Status
    count: int


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """One number of the published tables."""

    line: str
    mds: str
    count: int


@dataclass(frozen=True, kw_only=True)
class RenfortDays:
    """Days of volants accepted by an MDS, of one profession."""

    mds: str
    profession: str
    days: int


def published_line(row: ActivityRow) -> str | None:
    """The published line a row counts in; None when the tables have none for it."""
    line = _LINE_OF.get((row.kind, row.modality))
    if row.status is not Status.HONOURED or line is None:
        return None
    full = f"{_table_profession(row, line)}.{line}"
    return full if full in LINES else None


def published_table(rows: Iterable[ActivityRow]) -> list[TableCell]:
    """Fold raw rows into the published lines; an MDS with any row has its seven lines, 0 said."""
    rows = list(rows)
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        line = published_line(row)
        if line is not None:
            counts[line, row.mds] += row.count
    return [
        TableCell(line=line, mds=mds, count=counts[line, mds])
        for line in LINES
        for mds in sorted({row.mds for row in rows})
    ]


def _table_profession(row: ActivityRow, line: str) -> str:
    if row.plateforme and row.profession == "CESF" and line.startswith("premier_accueil"):
        return "ass"
    return row.profession.lower()
