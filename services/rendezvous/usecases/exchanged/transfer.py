"""Takes over agendas and rendezvous from a former tool, through the rules of every day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import Any
from uuid import UUID

from chassis.clock import instant_of, paris_day
from chassis.errors import DomainError, Unavailable
from chassis.ids import new_id
from services.rendezvous.domain.errors import AgentUnknown, SerieUnknown, SiteUnknown
from services.rendezvous.domain.planning import Absence, Opening
from services.rendezvous.domain.rendezvous import Status
from services.rendezvous.domain.resource import Resource
from services.rendezvous.domain.serie import SerieKind
from services.rendezvous.domain.transfer import (
    Entry,
    Made,
    Outcome,
    Transferred,
    id_in,
    refused_fields,
    resources_of,
    tell_nothing,
)
from services.rendezvous.persistence import UnitOfWork
from services.rendezvous.usecases.booked.seating import learn_agent
from services.rendezvous.usecases.exchanged.transfer_rendezvous import import_rendezvous
from services.rendezvous.usecases.exchanged.transfer_series import import_serie
from services.rendezvous.usecases.supply.absences import absences_recorded
from services.rendezvous.usecases.waiting.freeing import time_opened


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
    outcomes = []
    for entry in entries:
        if entry.line in done or entry.reference in known:
            outcomes.append(_outcome(entry, already=True))
            continue
        try:
            with uow.transfers.attempt():
                target_id, tell = _IMPORTERS[kind](uow, _named(entry))
        except Unavailable:
            raise
        except DomainError as refusal:
            fields = tuple(refused_fields(refusal, entry.values))
            outcomes.append(_outcome(entry, refusal=refusal, fields=fields))
            continue
        tell()
        uow.transfers.note(digest, kind, entry, target_id, uow.now)
        known |= {entry.reference: target_id} if entry.reference else {}
        outcomes.append(_outcome(entry))
    if not apply:
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


def _named(entry: Entry) -> dict[str, Any]:
    """The line, and the id of what it becomes."""
    return {**entry.values, "id": id_in(entry.reference) or new_id()}


def _outcome(entry: Entry, **more: Any) -> Outcome:
    return Outcome(line=entry.line, reference=entry.reference, **more)


def _opening(uow: UnitOfWork, values: Mapping[str, Any]) -> Made:
    _check_post(uow, values)
    site = uow.knowns.site(values["site"])
    if site is None or not (site.open or values["ends_at"] <= uow.now):
        raise SiteUnknown("Vérifiez le code du site.", field="/site")
    opening = Opening(
        id=values["id"],
        agent_id=values["agent_id"],
        site=site.site,
        mds=site.mds,
        starts_at=values["starts_at"].astimezone(UTC),
        ends_at=values["ends_at"].astimezone(UTC),
        kinds=frozenset(values["kinds"]),
        motifs=frozenset(values["motifs"]),
        **_occurrence(uow, values, {SerieKind.OPENING}),
    )
    uow.plannings.add_openings([opening])
    return opening.id, partial(time_opened, uow, [opening])


def _absence(uow: UnitOfWork, values: Mapping[str, Any]) -> Made:
    _check_post(uow, values)
    absence = Absence(
        id=values["id"],
        agent_id=values["agent_id"],
        kind=values["kind"],
        starts_at=values["starts_at"].astimezone(UTC),
        ends_at=values["ends_at"].astimezone(UTC),
        **_occurrence(uow, values, {SerieKind.ABSENCE, SerieKind.WORK}),
    )
    uow.plannings.add_absences([absence])
    is_over = absence.ends_at <= uow.now
    return absence.id, tell_nothing if is_over else partial(absences_recorded, uow, [absence])


def _resource(uow: UnitOfWork, values: Mapping[str, Any]) -> Made:
    if uow.knowns.site(values["site"]) is None:
        raise SiteUnknown("Vérifiez le code du site.", field="/site")
    made = Resource(**values)
    uow.resources.add(made)
    return made.id, tell_nothing


def _serie(uow: UnitOfWork, values: Mapping[str, Any]) -> Made:
    first_day = values["first_day"]
    _check_post(uow, {**values, "starts_at": instant_of(first_day)})
    return import_serie(uow, values)


def _occurrence(
    uow: UnitOfWork, values: Mapping[str, Any], kinds: set[SerieKind]
) -> dict[str, Any]:
    """Of an occurrence: its series, which is the same agent's, and its day in it."""
    reference = values["serie"]
    if reference is None:
        return {}
    known = uow.transfers.known(Transferred.SERIES, [reference]).get(reference)
    serie = uow.series.get(known) if known else None
    if serie is None or serie.agent_id != values["agent_id"] or serie.kind not in kinds:
        raise SerieUnknown("Importez d’abord les séries ; vérifiez l’agent.")
    day = {"occurrence_on": values["occurrence_on"], "edited": values["edited"]}
    return {"serie_id": serie.id, **day}


def _check_post(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    agent_id = values["agent_id"]
    day = paris_day(values["starts_at"])
    post = uow.knowns.assignment_on(agent_id, day) or learn_agent(uow, agent_id)
    if post is None or not post.active:
        raise AgentUnknown("Sans poste ce jour-là : vérifiez l’annuaire.", field="/agent_id")


_IMPORTERS: dict[Transferred, Callable[[UnitOfWork, Mapping[str, Any]], Made]] = {
    Transferred.RESOURCES: _resource,
    Transferred.SERIES: _serie,
    Transferred.OPENINGS: _opening,
    Transferred.ABSENCES: _absence,
    Transferred.RENDEZVOUS: import_rendezvous,
}
