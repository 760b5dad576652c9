"""What a file of agendas and rendezvous holds, and what of a told past can be believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import DomainError
from services.protection import PersonneNotFound
from services.rendezvous.domain import errors


class Transferred(StrEnum):
    """What a file holds, in the order files are imported: each rests on those before. Absences
    come last: what was agreed before one was declared stands, here as there."""

    RESOURCES = "ressources"
    SERIES = "series"
    OPENINGS = "plages"
    RENDEZVOUS = "rendezvous"
    ABSENCES = "absences"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a file, read and checked for its form."""

    line: int
    reference: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a line: done, already done before, or refused, with what is wrong (pointer,
    reason)."""

    line: int
    reference: str | None
    already: bool = False
    refusal: DomainError | None = None
    fields: Sequence[tuple[str, str]] = ()


#: The id of what a line became, and what then tells it.
Made = tuple[UUID, Callable[[], object]]


def tell_nothing() -> None:
    """An agenda and the past are no news."""


def id_in(reference: str | None) -> UUID | None:
    """The id that a reference is, when it is one of this platform: what one installation exported
    keeps its ids in another, and services that know them still find it."""
    try:
        read = UUID(reference)
    except (TypeError, ValueError):
        return None
    return read if str(read) == reference else None


def resources_of(entries: Sequence[Entry]) -> set[UUID]:
    """Everybody, every room and every vehicle that lines name, to be locked before any is looked
    at."""
    found: set[UUID] = set()
    for entry in entries:
        values = entry.values
        found.update(values.get("agent_ids", ()), personnes_of(values))
        names = ("agent_id", "room_id", "vehicle_id")
        found.update(values[name] for name in names if values.get(name))
    return found


def personnes_of(values: Mapping[str, Any]) -> tuple[UUID, ...]:
    """Everybody a line names, those who left a collective rendezvous included."""
    enrolled = (one["personne_id"] for one in values.get("participations", ()))
    return (*values.get("personne_ids", ()), *enrolled)


#: What a refusal that names no field is about: the first of these fields that the line has.
_FIELDS: Mapping[type[DomainError], tuple[str, ...]] = {
    PersonneNotFound: ("participations", "personne_ids"),
    errors.PersonneDeceased: ("participations", "personne_ids"),
    errors.SlotTaken: ("starts_at",),
    errors.NotOpen: ("starts_at",),
    errors.Closed: ("starts_at",),
    errors.OpeningOverlaps: ("starts_at", "rule"),
    errors.AgentAbsent: ("agent_ids",),
    errors.BinomeRequired: ("agent_ids",),
    errors.ProfessionNotAllowed: ("agent_ids",),
    errors.NotStarted: ("status",),
    errors.NotTied: ("dossier_id", "orientation_id"),
    errors.MotifChangesNature: ("capacity",),
    errors.SessionFull: ("participations",),
    errors.NobodyCame: ("participations",),
    errors.NotCollective: ("participations",),
    errors.SerieUnknown: ("serie", "continues"),
    errors.OccurrenceExists: ("occurrence_on",),
    errors.RoomExists: ("name",),
    errors.VehicleExists: ("name",),
}


def refused_fields(refusal: DomainError, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pointer and reason of what is refused of a line."""
    told = getattr(refusal, "errors", ())
    for error in told:
        yield error["pointer"], error["detail"]
    if not told:
        names = _FIELDS.get(type(refusal), ())
        name = next((name for name in names if values.get(name)), "".join(names[-1:]))
        yield f"/{name}" if name else "", refusal.detail
