"""Takes over agendas and rendezvous from a former tool, through the rules of every day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import Any
from uuid import UUID

from chassis.clock import paris_day
from chassis.errors import DomainError, Unavailable
from chassis.ids import new_id
from services import roles
from services.rendezvous.domain.booking import (
    Ground,
    Wish,
    check_links,
    check_personnes,
    place_of,
)
from services.rendezvous.domain.errors import AgentUnknown, SiteUnknown, SlotTaken
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.rendezvous import Links, Status, booked
from services.rendezvous.domain.rights import Viewer
from services.rendezvous.domain.transfer import (
    Entry,
    Outcome,
    Transferred,
    check_individual,
    ended,
    resources_of,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.absences import absences_recorded
from services.rendezvous.usecases.booking import store
from services.rendezvous.usecases.freeing import time_opened
from services.rendezvous.usecases.seating import learn_agent, read_ground, seat_of, take_or_refuse

#: Who takes over: an operator, for all MDS.
_OPERATOR = Viewer(
    subject="import", roles=roles.AGENTS, agent_id=None, personne_id=None, mds=frozenset()
)


def import_batch(
    uow: UnitOfWork, *, kind: Transferred, digest: str, entries: Sequence[Entry], apply: bool
) -> list[Outcome]:
    """Do these lines, each by itself; a dry run then forgets it all, facts included.

    Everything they may take is locked before the first is looked at: line by line, the rooms of
    one would be locked after the agents of another, across a booking that does the reverse.

    Raises Unavailable when an owner cannot be asked: the line is not refused, the run stops.
    """
    uow.transfers.lock(_taken(uow, entries))
    done = uow.transfers.done(digest, [entry.line for entry in entries])
    known = uow.transfers.known(kind, [e.reference for e in entries if e.reference])
    outcomes, made = [], []
    for entry in entries:
        if entry.line in done or entry.reference in known:
            outcomes.append(_outcome(entry, already=True))
            continue
        try:
            with uow.transfers.attempt():
                target_id, tell = _IMPORTERS[kind](uow, entry.values)
        except Unavailable:
            raise
        except DomainError as refusal:
            outcomes.append(_outcome(entry, refusal=refusal))
            continue
        tell()
        made.append((entry, target_id))
        known |= {entry.reference} if entry.reference else set()
        outcomes.append(_outcome(entry))
    if apply:
        uow.transfers.note(digest, kind, made, uow.now)
    else:
        uow.rollback()
    return outcomes


def _taken(uow: UnitOfWork, entries: Sequence[Entry]) -> set[UUID]:
    """Whom and what these lines may take, the rooms and vehicles they would be given included."""
    choosing = {
        (entry.values["site"], entry.values["motif"])
        for entry in entries
        if entry.values.get("status") is Status.BOOKED
    }
    chosen = uow.resources.to_choose_from(choosing) if choosing else set()
    return resources_of(entries) | chosen


def _outcome(entry: Entry, **more: Any) -> Outcome:
    return Outcome(line=entry.line, reference=entry.reference, **more)


def _opening(uow: UnitOfWork, values: Mapping[str, Any]) -> _Made:
    _check_post(uow, values)
    site = uow.knowns.site(values["site"])
    if site is None or not site.open:
        raise SiteUnknown("Vérifiez le code du site.", field="/site")
    opening = Opening(
        id=new_id(),
        agent_id=values["agent_id"],
        site=site.site,
        mds=site.mds,
        starts_at=values["starts_at"].astimezone(UTC),
        ends_at=values["ends_at"].astimezone(UTC),
        kinds=frozenset(values["kinds"]),
        motifs=frozenset(values["motifs"]),
    )
    uow.plannings.add_openings([opening])
    return opening.id, partial(time_opened, uow, [opening])


def _absence(uow: UnitOfWork, values: Mapping[str, Any]) -> _Made:
    _check_post(uow, values)
    absence = Absence(
        id=new_id(),
        agent_id=values["agent_id"],
        kind=values["kind"],
        starts_at=values["starts_at"].astimezone(UTC),
        ends_at=values["ends_at"].astimezone(UTC),
    )
    uow.plannings.add_absences([absence])
    is_over = absence.ends_at <= uow.now
    return absence.id, _tell_nothing if is_over else partial(absences_recorded, uow, [absence])


def _rendezvous(uow: UnitOfWork, values: Mapping[str, Any]) -> _Made:
    """To come: booked as by an agent, and told. Ended: written as it was, and told to nobody."""
    wish = Wish(
        motif=values["motif"],
        site=values["site"],
        agent_ids=tuple(values["agent_ids"]),
        starts_at=values["starts_at"].astimezone(UTC),
        room_id=values["room_id"],
        outside_opening=values["outside_opening"],
        outside_delay=True,  # agreed elsewhere, in time or not
    )
    personne_ids, dossier_id = tuple(values["personne_ids"]), values["dossier_id"]
    links = Links(dossier_id=dossier_id, orientation_id=values["orientation_id"])
    ground = read_ground(uow, wish, personne_ids, dossier_id=dossier_id)
    if values["status"] is Status.BOOKED:
        return _to_come(uow, wish, links, ground, values)
    made, claims = ended(new_id(), wish, links, ground, values, now=uow.now)
    if not uow.agendas.add(made, claims):
        raise SlotTaken("Un agent, la salle ou la personne est déjà pris à cet horaire.")
    return made.id, _tell_nothing


def _to_come(
    uow: UnitOfWork, wish: Wish, links: Links, ground: Ground, values: Mapping[str, Any]
) -> _Made:
    personne_ids = tuple(values["personne_ids"])
    motif, place = place_of(wish, ground, _OPERATOR, now=uow.now)
    check_individual(motif)
    if values["ends_at"]:
        place = replace(place, ends_at=values["ends_at"].astimezone(UTC))
    check_personnes(personne_ids, motif, ground, _OPERATOR)
    check_links(personne_ids, motif, links, ground)
    made, fact = booked(
        rendezvous_id=new_id(),
        motif=motif,
        place=place,
        personne_ids=personne_ids,
        links=links,
        by=_OPERATOR.subject,
        now=values["booked_at"] or uow.now,
    )
    seat = seat_of(wish, motif, place, ground, personne_ids=personne_ids)
    take_or_refuse(uow, seat, partial(store, uow, made), locked=True)
    return made.id, partial(uow.publish, fact)


def _check_post(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    agent_id = values["agent_id"]
    day = paris_day(values["starts_at"])
    post = uow.knowns.assignment_on(agent_id, day) or learn_agent(uow, agent_id)
    if post is None or not post.active:
        raise AgentUnknown("Sans poste ce jour-là : vérifiez l’annuaire.", field="/agent_id")


def _tell_nothing() -> None:
    """The past is no news."""


#: The id of what a line became, and what then tells it.
_Made = tuple[UUID, Callable[[], object]]
_IMPORTERS: dict[Transferred, Callable[[UnitOfWork, Mapping[str, Any]], _Made]] = {
    Transferred.OPENINGS: _opening,
    Transferred.ABSENCES: _absence,
    Transferred.RENDEZVOUS: _rendezvous,
}
