"""Hand a need over with a deadline; hear that it was taken up, or that nobody did."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Invalid
from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services.accueil.domain.annuaire import Site
from services.accueil.domain.orientation import (
    OVERDUE_KIND,
    DueInThePast,
    Orientation,
    OrientationAlreadyAnswered,
    OrientationNotFound,
    Target,
    TargetUnnamed,
    Unanswered,
)
from services.accueil.domain.visite import Visite, VisiteNotFound
from services.accueil.events import (
    OrientationAnswered,
    OrientationOverdue,
    OrientationRequested,
)
from services.accueil.persistence import UnitOfWork
from services.accueil.usecases.access import attachable_file, viewer, visible_file
from services.accueil.usecases.agents import find_agent
from services.accueil.usecases.annuaire import known_site
from services.protection import PersonneNotFound

_NAMED = (Target.POLE, Target.PARTENAIRE)


class OrientationIncoherent(Invalid):
    """The orientation and its visite disagree, or neither says where it comes from."""

    code = "orientation-incoherente"
    title = "Orientation incohérente"


def request_orientation(uow: UnitOfWork, *, by: Caller, values: Mapping[str, Any]) -> Orientation:
    """Ask someone to take a need up by a day.

    Raises DueInThePast, TargetUnnamed, OrientationIncoherent, VisiteNotFound, PersonneNotFound,
    SecretFileNeverAttached, AgentNotFound, SiteUnknown.
    """
    _check(uow, values)
    visite = _visite(uow, values["visite_id"])
    personne_id = _personne(uow, visite, values["personne_id"], by=by)
    site = _site(uow, visite, values.get("site"))
    orientation = Orientation(
        orientation_id=new_id(),
        mds=site.mds,
        site=site.code,
        personne_id=personne_id,
        requested_at=uow.now,
        requested_by=by.agent_id,
        **{n: values[n] for n in ("visite_id", "target", "target_agent_id", "target_code")},
        **{n: values[n] for n in ("reason", "due_on")},
    )
    uow.orientations.add(orientation)
    uow.schedule(OVERDUE_KIND, orientation.orientation_id, orientation.overdue_from)
    uow.publish(
        OrientationRequested(
            **_about(orientation),
            visite_id=orientation.visite_id,
            target=orientation.target.value,
            target_agent_id=orientation.target_agent_id,
            due_on=orientation.due_on,
        )
    )
    return orientation


def find_orientation(
    uow: UnitOfWork, *, by: Caller, orientation_id: UUID, lock: bool = False
) -> Orientation:
    """One orientation. Raises OrientationNotFound, also when the person's file is hidden."""
    orientation = uow.orientations.get(orientation_id, lock=lock)
    if orientation is None:
        raise OrientationNotFound("Aucune orientation à cet identifiant.")
    if orientation.personne_id is not None:
        try:
            visible_file(uow, by=by, personne_id=orientation.personne_id)
        except PersonneNotFound:
            raise OrientationNotFound("Aucune orientation à cet identifiant.") from None
    return orientation


def list_orientations(
    uow: UnitOfWork,
    *,
    by: Caller,
    filters: Mapping[str, Any],
    page: PageAsked,
) -> Page[Orientation]:
    """By deadline; those of a file hidden from the caller are left out."""
    found = uow.orientations.listed(filters, viewer(by), after=page.after, limit=page.sought)
    return page.of(found, lambda one: (one.due_on, one.orientation_id))


def answer_orientation(uow: UnitOfWork, *, by: Caller, orientation_id: UUID) -> Orientation:
    """An agent takes it up, in time or late. Raises OrientationAlreadyAnswered."""
    orientation = find_orientation(uow, by=by, orientation_id=orientation_id, lock=True)
    # Never the token's subject: an issuer may put an address there, and this is published.
    if not _answer(uow, orientation, str(by.agent_id) if by.agent_id else "accueil"):
        raise OrientationAlreadyAnswered(
            "Quelqu’un l’a déjà prise en charge.", extra={"answered_by": orientation.answered_by}
        )
    return orientation


def answer_from_service(
    uow: UnitOfWork, *, orientation_id: UUID, service: str, personne_ids: Collection[UUID]
) -> Unanswered | None:
    """A service took it up (a rendezvous, a dossier, a demande). A second answer changes nothing.

    The id was typed by whoever called that service: it answers only what was asked, for the
    person it was asked for. Says why it does not.
    """
    orientation = uow.orientations.get(orientation_id, lock=True)
    if orientation is None:
        return Unanswered.UNKNOWN
    concerned = _concerned(uow, orientation)
    mismatch = orientation.mismatch(service, personne_ids, concerned=concerned)
    if mismatch is None:
        _answer(uow, orientation, service)
    return mismatch


def fall_overdue(uow: UnitOfWork, orientation_ids: Collection[UUID]) -> None:
    """Tell, once each, the orientations that nobody took up by their deadline."""
    for orientation in uow.orientations.lock_many(orientation_ids):
        if orientation.fall_overdue(uow.now):
            orientation.version += 1
            uow.publish(OrientationOverdue(**_about(orientation), due_on=orientation.due_on))


def _answer(uow: UnitOfWork, orientation: Orientation, by: str) -> bool:
    if not orientation.answer(uow.now, by):
        return False
    orientation.version += 1
    uow.unschedule(OVERDUE_KIND, orientation.orientation_id)
    uow.publish(OrientationAnswered(**_about(orientation), answered_by=by))
    return True


def _check(uow: UnitOfWork, values: Mapping[str, Any]) -> None:
    if values["due_on"] < uow.today:
        raise DueInThePast("Choisissez aujourd’hui ou un jour à venir.", field="/due_on")
    if values["target"] in _NAMED and not (values["target_code"] or values["target_agent_id"]):
        raise TargetUnnamed("Nommez le pôle, le partenaire ou l’agent.", field="/target_code")
    if values["target_agent_id"] is not None:
        find_agent(uow, values["target_agent_id"])


def _visite(uow: UnitOfWork, visite_id: UUID | None) -> Visite | None:
    if visite_id is None:
        return None
    visite = uow.visites.get(visite_id)
    if visite is None:
        raise VisiteNotFound("Aucune visite à cet identifiant.")
    return visite


def _personne(
    uow: UnitOfWork, visite: Visite | None, personne_id: UUID | None, *, by: Caller
) -> UUID | None:
    come = visite.personne_id if visite else None
    if personne_id and come and personne_id != come:
        raise OrientationIncoherent("La visite est celle d’une autre personne.", field="/visite_id")
    concerned = personne_id or come
    if concerned is not None:
        attachable_file(uow, by=by, personne_id=concerned)
    return concerned


def _concerned(uow: UnitOfWork, orientation: Orientation) -> UUID | None:
    """The person of an orientation, or of its visite when they were named later."""
    if orientation.personne_id or orientation.visite_id is None:
        return orientation.personne_id
    visite = uow.visites.get(orientation.visite_id)
    return visite.personne_id if visite else None


def _site(uow: UnitOfWork, visite: Visite | None, code: str | None) -> Site:
    named = code or (visite.site if visite else None)
    if named is None:
        raise OrientationIncoherent("Donnez le site, ou la visite.", field="/site")
    return known_site(uow, named)


def _about(orientation: Orientation) -> dict[str, Any]:
    return {
        "orientation_id": orientation.orientation_id,
        "personne_ids": orientation.personne_ids,
        "mds": orientation.mds,
        "site": orientation.site,
    }
