"""A rendezvous as a line of a file tells it: booked as any other, then what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.errors import Invalid
from services.protection import PersonneNotFound
from services.rendezvous.domain.booking import Ground, Wish, check_links, named
from services.rendezvous.domain.errors import (
    AgentUnknown,
    CollectiveMotif,
    MotifChangesNature,
    MotifUnknown,
    NobodyCame,
    NotCollective,
    NotStarted,
    SiteUnknown,
    ZoneUnknown,
)
from services.rendezvous.domain.motif import Motif, Shape
from services.rendezvous.domain.occupation import Claim, claims_of
from services.rendezvous.domain.participation import Participation, opened
from services.rendezvous.domain.rendezvous import (
    STATUS_LABELS,
    CancelledBy,
    CancelReason,
    Links,
    Marks,
    Place,
    Rendezvous,
    Status,
    booked,
)
from services.rendezvous.domain.resource import ResourceKind
from services.rendezvous.domain.transfer import personnes_of
from services.rendezvous.events import RendezvousFact

#: Who booked what a former tool says nobody did.
_IMPORT = "import"
#: What a rendezvous keeps of its motif as it was when it was booked.
_OF_MOTIF = ("kind", "modality", "discreet", "capacity")
_OVERRIDE = ("override_reason", "override_by", "override_at")
#: What a participation can be, by what the whole is.
TOGETHER: Mapping[Status, frozenset[Status]] = {
    Status.BOOKED: frozenset({Status.BOOKED, Status.CANCELLED}),
    Status.HONOURED: frozenset({Status.HONOURED, Status.MISSED, Status.CANCELLED}),
    Status.MISSED: frozenset({Status.MISSED, Status.CANCELLED}),
    Status.CANCELLED: frozenset({Status.CANCELLED}),
}


@dataclass(frozen=True, kw_only=True)
class History:
    """A rendezvous with who took part, and the facts that would tell it."""

    rendezvous: Rendezvous
    participations: Sequence[Participation]
    facts: Sequence[RendezvousFact]


def motif_told(wish: Wish, ground: Ground, values: Mapping[str, Any]) -> Motif:
    """The version in force that day, with what the rendezvous keeps of the one it was booked by.

    Raises MotifUnknown, MotifChangesNature.
    """
    motif = ground.motif
    if motif is None:
        raise MotifUnknown(f"{wish.motif} n’est pas valide ce jour-là.", field="/motif")
    kept = {name: values[name] for name in _OF_MOTIF if values[name] is not None}
    told = replace(motif, **kept)
    if told.is_collective != motif.is_collective:
        raise MotifChangesNature("Donnez le nombre de places du motif, ou aucun.")
    return told


def past_place(wish: Wish, motif: Motif, ground: Ground, values: Mapping[str, Any]) -> Place:
    """Where an ended rendezvous was held: who and what existed is looked at, not what was allowed.

    A site may have closed since, or be of another MDS. Delays, openings, professions and travel
    are those of another time.
    """
    if ground.site is None:
        raise SiteUnknown("Vérifiez le code du site.", field="/site")
    if any(agent_id not in ground.agents for agent_id in wish.agent_ids):
        raise AgentUnknown("Sans poste ce jour-là : vérifiez l’annuaire.", field="/agent_ids")
    if wish.zone is not None and not motif.is_away:
        raise ZoneUnknown("Une zone se donne pour une visite à domicile.", field="/zone")
    place = Place(
        site=wish.site,
        mds=values["mds"] or ground.site.mds,
        agent_ids=wish.agent_ids,
        room_id=named(wish, ground, ResourceKind.ROOM),
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + motif.shape.duration,
        outside_opening=wish.outside_opening,
        outside_delay=wish.outside_delay,
        vehicle_id=named(wish, ground, ResourceKind.VEHICLE),
        zone=wish.zone,
    )
    return place_told(place, motif, values)


def place_told(place: Place, motif: Motif, values: Mapping[str, Any]) -> Place:
    """The place with its own end and travel, which no later change of a table touches."""
    told: dict[str, Any] = {}
    if values["ends_at"] is not None:
        told["ends_at"] = values["ends_at"]
    if motif.is_away and values["travel_minutes"] is not None:
        told["travel_minutes"] = values["travel_minutes"]
    return replace(place, **told)


def history(
    rendezvous_id: UUID,
    motif: Motif,
    place: Place,
    ground: Ground,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> History:
    """What a line tells. Raises what cannot be believed."""
    _check_people(motif, ground, values)
    links = Links(dossier_id=values["dossier_id"], orientation_id=values["orientation_id"])
    seated = _seated(values)
    check_links(seated, motif, links, ground)
    by, at = values["booked_by"] or _IMPORT, values["booked_at"] or min(place.starts_at, now)
    made, fact = booked(
        rendezvous_id=rendezvous_id,
        motif=motif,
        place=place,
        personne_ids=seated,
        links=links,
        by=by,
        now=at,
        marks=Marks(origin=values["origin"], aggression_risk=values["aggression_risk"]),
    )
    _, facts = opened(made, fact, by=by, now=at)
    _check_attendance(values)
    told = {name: values[name] for name in (*_OVERRIDE, "late_minutes")}
    _check_late(made, values, now)
    became = replace(made, **told, **_end(values, place, now))
    participations = [_participation(became, one, now) for one in values["participations"]]
    return History(rendezvous=became, participations=participations, facts=facts)


def past_claims(ended: Rendezvous) -> list[Claim]:
    """The time an ended rendezvous took, buffers left out: nobody was in two places at once."""
    if ended.status is Status.CANCELLED:
        return []
    place = ended.place
    shape = Shape(duration=place.ends_at - place.starts_at)
    return overridden(ended, claims_of(place, shape, ended.personne_ids))


def overridden(told: Rendezvous, claims: Sequence[Claim]) -> list[Claim]:
    """Claims that let a person's other rendezvous overlap, if it was decided so: the other may be
    on a later line. It is still seen under lock by whoever books."""
    if told.override_reason is None:
        return list(claims)
    return [replace(one, overridden=one.kind == "personne") for one in claims]


def _check_people(motif: Motif, ground: Ground, values: Mapping[str, Any]) -> None:
    if motif.is_collective and values["personne_ids"]:
        raise CollectiveMotif(
            "Donnez les personnes dans « participations ».", field="/personne_ids"
        )
    if not motif.is_collective and values["participations"]:
        raise NotCollective("Donnez les personnes dans « personne_ids ».")
    if any(personne_id not in ground.personnes for personne_id in personnes_of(values)):
        raise PersonneNotFound("Vérifiez l’identifiant auprès de l’accueil.")


def _seated(values: Mapping[str, Any]) -> tuple[UUID, ...]:
    """Those received; of a collective one, those who did not leave."""
    enrolled = values["participations"]
    return (
        *values["personne_ids"],
        *(one["personne_id"] for one in enrolled if one["status"] is not Status.CANCELLED),
    )


def _check_attendance(values: Mapping[str, Any]) -> None:
    """Each participation is one that the whole can have."""
    whole, enrolled = values["status"], values["participations"]
    for rank, one in enumerate(enrolled):
        if one["status"] not in TOGETHER[whole]:
            raise Invalid(
                f"Impossible dans un rendez-vous {STATUS_LABELS[whole]}.",
                field=f"/participations/{rank}/status",
            )
    states = {one["status"] for one in enrolled}
    if whole is Status.HONOURED and Status.MISSED in states and Status.HONOURED not in states:
        raise NobodyCame("Dites que le rendez-vous n’a pas été honoré.")


def _check_late(made: Rendezvous, values: Mapping[str, Any], now: datetime) -> None:
    if values["late_minutes"] is not None and (made.is_collective or now < made.place.starts_at):
        raise Invalid(
            "Un retard se dit d’un rendez-vous individuel commencé.", field="/late_minutes"
        )


def _participation(of: Rendezvous, one: Mapping[str, Any], now: datetime) -> Participation:
    return Participation(
        rendezvous_id=of.id,
        personne_id=one["personne_id"],
        joined_by=one["joined_by"] or of.booked_by,
        joined_at=one["joined_at"] or of.booked_at,
        **_end(one, of.place, now),
    )


def _end(values: Mapping[str, Any], place: Place, now: datetime) -> dict[str, Any]:
    """What became of the whole, or of one participation. Only what is cancelled may have ended
    before its time."""
    status = values["status"]
    if status is Status.BOOKED:
        return {"status": status}
    ended = {"status": status, "closed_at": values["closed_at"] or min(place.ends_at, now)}
    if status is Status.CANCELLED:
        by, reason = values["cancelled_by"], values["cancel_reason"]
        return ended | {
            "cancelled_by": by or CancelledBy.AGENT,
            "cancel_reason": reason or CancelReason.OTHER,
        }
    if now < place.starts_at:
        raise NotStarted("Un rendez-vous à venir est pris (BOOKED) ou annulé.")
    return ended | {"excused": bool(values["excused"]) if status is Status.MISSED else None}
