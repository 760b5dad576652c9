"""Open a visite, move it through the queue, end it, say later who it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from services.accueil.domain.annuaire import Site
from services.accueil.domain.personne import Personne
from services.accueil.domain.visite import Action, Outcome, Visite, VisiteNotFound
from services.accueil.events import VisiteClosed, VisiteOpened
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.access import attachable_file, viewer
from services.accueil.usecases.annuaire import find_site, known_site


def open_visite(uow: UnitOfWork, *, by: Caller, values: Mapping[str, Any]) -> Visite:
    """Someone comes, calls or writes; nobody has to say who they are.

    Raises SiteUnknown, SiteClosed, PersonneNotFound, SecretFileNeverAttached.
    """
    site = known_site(uow, values["site"])
    site.receive()
    if values["personne_id"] is not None:
        attachable_file(uow, by=by, personne_id=values["personne_id"])
    visite = _new_visite(uow, site, by, values)
    uow.visites.add(visite)
    uow.publish(
        VisiteOpened(**_about(visite), channel=visite.channel.value, origin=visite.origin.value)
    )
    return visite


def find_visite(uow: UnitOfWork, *, by: Caller, visite_id: UUID) -> Visite:
    """One visite, the person masked when their file is hidden from the caller."""
    return _shown(uow, _existing(uow, visite_id), by=by)


def read_queue(uow: UnitOfWork, *, by: Caller, site: str) -> dict[str, Any]:
    """Those who are at a site, first come first, with the name to call when one may see it."""
    find_site(uow, site)
    visites = uow.visites.queue(site)
    identified = {v.personne_id for v in visites if v.personne_id}
    names = uow.personnes.visible_among(identified, viewer(by)) if identified else {}
    return {"site": site, "visites": [_queue_line(v, names) for v in visites]}


def move(
    uow: UnitOfWork, *, by: Caller, visite_id: UUID, action: Action, outcome: Outcome | None = None
) -> Visite:
    """One step in the queue. Raises VisiteNotFound, VisiteStateRefuses, OutcomeReserved."""
    visite = _existing(uow, visite_id, lock=True)
    match action:
        case Action.WAIT:
            visite.wait(uow.now)
        case Action.INTERVIEW:
            visite.interview(uow.now, by.agent_id)
        case Action.LEAVE:
            visite.leave(uow.now)
        case Action.CLOSE:
            visite.close(uow.now, outcome or Outcome.ANSWERED)
    visite.version += 1
    if visite.outcome is not None:
        uow.publish(VisiteClosed(**_about(visite), outcome=visite.outcome.value))
    return _shown(uow, visite, by=by)


def attach(uow: UnitOfWork, *, by: Caller, visite_id: UUID, personne_id: UUID) -> Visite:
    """Say who came, now or long after. Counts nothing twice: it is the same visite.

    Raises VisiteNotFound, PersonneNotFound, VisiteAlreadyAttached, SecretFileNeverAttached.
    """
    visite = _existing(uow, visite_id, lock=True)
    attachable_file(uow, by=by, personne_id=personne_id)
    if visite.attach(uow.now, personne_id):
        visite.version += 1
    return visite


def _new_visite(uow: UnitOfWork, site: Site, by: Caller, values: Mapping[str, Any]) -> Visite:
    names = (
        "channel",
        "origin",
        "personne_id",
        "declared_name",
        "language",
        "interpreter_needed",
    )
    return Visite(
        visite_id=new_id(),
        mds=site.mds,
        site=site.code,
        arrived_at=uow.now,
        registered_by=by.agent_id,
        **{name: values[name] for name in names},
    )


def _existing(uow: UnitOfWork, visite_id: UUID, *, lock: bool = False) -> Visite:
    visite = uow.visites.get(visite_id, lock=lock)
    if visite is None:
        raise VisiteNotFound("Aucune visite à cet identifiant.")
    return visite


def _shown(uow: UnitOfWork, visite: Visite, *, by: Caller) -> Visite:
    """The visite as the caller may see it; a masked one is a copy, never kept."""
    one = visite.personne_id
    if one is None or one in uow.personnes.visible_among([one], viewer(by)):
        return visite
    return _masked(visite)


def _masked(visite: Visite) -> Visite:
    return replace(visite, personne_id=None, declared_name=None)


def _queue_line(visite: Visite, names: Mapping[UUID, Personne]) -> dict[str, Any]:
    personne = names.get(visite.personne_id) if visite.personne_id else None
    shown = visite if personne or not visite.personne_id else _masked(visite)
    name = f"{personne.family_name} {personne.first_names}" if personne else shown.declared_name
    values = {field: getattr(shown, field) for field in Visite.__dataclass_fields__}
    return values | {"display_name": name}


def _about(visite: Visite) -> dict[str, Any]:
    return {
        "visite_id": visite.visite_id,
        "personne_ids": visite.personne_ids,
        "mds": visite.mds,
        "site": visite.site,
    }
