"""What comes from a former tool, and what of its past can be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import DomainError
from services.protection import PersonneNotFound
from services.rendezvous.domain.booking import Ground, Wish, check_links, named
from services.rendezvous.domain.errors import (
    AgentUnknown,
    CollectiveMotif,
    MotifUnknown,
    NotStarted,
    SiteUnknown,
)
from services.rendezvous.domain.motif import Motif, Shape
from services.rendezvous.domain.occupation import Claim, claims_of
from services.rendezvous.domain.rendezvous import (
    CancelledBy,
    CancelReason,
    Links,
    Place,
    Rendezvous,
    Status,
)
from services.rendezvous.domain.resource import ResourceKind


class Transferred(StrEnum):
    """What a file holds."""

    OPENINGS = "plages"
    ABSENCES = "absences"
    RENDEZVOUS = "rendezvous"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a file, read and checked for its form."""

    line: int
    reference: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a line: done, already done before, or refused."""

    line: int
    reference: str | None
    already: bool = False
    refusal: DomainError | None = None


def resources_of(entries: Sequence[Entry]) -> set[UUID]:
    """Everybody and every room that lines take, to be locked before any is looked at."""
    found: set[UUID] = set()
    for entry in entries:
        values = entry.values
        found.update(values.get("agent_ids", ()), values.get("personne_ids", ()))
        found.update(values[name] for name in ("agent_id", "room_id") if values.get(name))
    return found


def ended(
    rendezvous_id: UUID,
    wish: Wish,
    links: Links,
    ground: Ground,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> tuple[Rendezvous, list[Claim]]:
    """A rendezvous that has ended, and the time it took. Raises what cannot be believed.

    Delays, openings and professions are not looked at: they are those of another time. Buffers
    are not counted either. Nobody is in two places at once, then as now.
    """
    personne_ids = tuple(values["personne_ids"])
    motif = _motif(wish, ground)
    check_individual(motif)
    _check(wish, ground, personne_ids)
    check_links(personne_ids, motif, links, ground)
    place = _place(wish, motif, ground, values.get("ends_at"))
    made = Rendezvous(
        id=rendezvous_id,
        personne_ids=personne_ids,
        place=place,
        motif_id=motif.id,
        motif=motif.code,
        kind=motif.kind,
        modality=motif.modality,
        discreet=motif.discreet,
        booked_by="import",
        booked_at=values.get("booked_at") or min(place.starts_at, now),
        dossier_id=links.dossier_id,
        orientation_id=links.orientation_id,
        closed_at=min(place.ends_at, now),
        **_end(values, place, now),
    )
    if made.status is Status.CANCELLED:
        return made, []
    shape = Shape(duration=place.ends_at - place.starts_at)
    return made, claims_of(place, shape, personne_ids)


def _place(wish: Wish, motif: Motif, ground: Ground, ends_at: datetime | None) -> Place:
    return Place(
        site=wish.site,
        mds=ground.site.mds if ground.site else "",
        agent_ids=wish.agent_ids,
        room_id=wish.room_id,
        starts_at=wish.starts_at,
        ends_at=ends_at or wish.starts_at + motif.shape.duration,
        outside_opening=wish.outside_opening,
    )


def _end(values: Mapping[str, Any], place: Place, now: datetime) -> dict[str, Any]:
    """How it ended. Only a cancelled one may have ended before its time."""
    status = values["status"]
    if status is Status.CANCELLED:
        by, reason = values.get("cancelled_by"), values.get("cancel_reason")
        return {
            "status": status,
            "cancelled_by": by or CancelledBy.AGENT,
            "cancel_reason": reason or CancelReason.OTHER,
        }
    if now < place.starts_at:
        raise NotStarted("Un rendez-vous à venir est pris (BOOKED) ou annulé.")
    excused = bool(values.get("excused")) if status is Status.MISSED else None
    return {"status": status, "excused": excused}


def _motif(wish: Wish, ground: Ground) -> Motif:
    if ground.motif is None:
        raise MotifUnknown(f"{wish.motif} n’est pas valide ce jour-là.", field="/motif")
    return ground.motif


def check_individual(motif: Motif) -> None:
    """Raise CollectiveMotif: a line says nothing of who came to a session."""
    if motif.is_collective:
        raise CollectiveMotif("Un rendez-vous collectif ne s’importe pas.", field="/motif")


def _check(wish: Wish, ground: Ground, personne_ids: tuple[UUID, ...]) -> None:
    """Who and where exist. A site may have closed since, a person died."""
    if ground.site is None:
        raise SiteUnknown("Vérifiez le code du site.", field="/site")
    named(wish, ground, ResourceKind.ROOM)
    if any(agent_id not in ground.agents for agent_id in wish.agent_ids):
        raise AgentUnknown("Sans poste ce jour-là : vérifiez l’annuaire.", field="/agent_ids")
    if any(personne_id not in ground.personnes for personne_id in personne_ids):
        raise PersonneNotFound()
