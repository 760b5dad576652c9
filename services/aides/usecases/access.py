"""Who may know that a demande exists. Everything that touches one passes here first."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import NotFound
from chassis.web.pages import Page, PageAsked
from services import roles
from services.aides.domain.demande import Demande
from services.aides.domain.lecture import RANKS, Reading, What, is_handled_by
from services.aides.persistence import UnitOfWork
from services.aides.usecases.protection import protections
from services.protection import Protection

#: Somebody accueil has lost counts as protected.
_LOST = Protection(protected=True)


def visible(
    uow: UnitOfWork, demande_id: UUID, what: What, *, by: Caller, lock: bool = False
) -> Demande:
    """The demande, for whoever may know it exists. Raises NotFound otherwise, Unavailable.

    Its MDS, whoever filed or instructed it, the direction (which holds the commission) and the
    finance department; none of them when it is about themselves or a relative; of a protected
    personne, its instructor, and a rank for its act, journaled.
    """
    demande = uow.demandes.get(demande_id, lock=lock)
    if not _has_a_place(demande, by) or not open_among(uow, [demande], what, by=by):
        raise NotFound("Aucune demande à cet identifiant.")
    return demande


def open_among(
    uow: UnitOfWork, demandes: Sequence[Demande], what: What, *, by: Caller
) -> list[Demande]:
    """Those of these demandes that the protection of their personnes opens to the caller."""
    known = protections(uow, {key for demande in demandes for key in demande.personne_ids})
    seen, by_rank = [], []
    for demande in demandes:
        files = [known.get(key, _LOST) for key in demande.personne_ids]
        if any(file.is_closed_to(by.agent_id) for file in files):
            continue
        if any(file.protected for file in files) and not is_handled_by(demande, files, by.agent_id):
            if not by.has(*RANKS):
                continue
            by_rank.append(demande)
        seen.append(demande)
    uow.readings.add([_reading(uow, demande, what, by=by) for demande in by_rank])
    return seen


def list_readings(uow: UnitOfWork, demande_id: UUID, *, page: PageAsked) -> Page[Reading]:
    """Who saw a protected personne's demande by rank, oldest first. Raises NotFound."""
    uow.demandes.get(demande_id)
    after = page.after[0] if page.after else 0
    found = uow.readings.of(demande_id, after=after, limit=page.sought)
    return page.of(found, lambda reading: (reading.number,))


def _has_a_place(demande: Demande, by: Caller) -> bool:
    if by.has(roles.DIRECTION, roles.FINANCE) or demande.mds in by.mds:
        return True
    return by.agent_id is not None and by.agent_id in (demande.filed_by, *demande.instructor_ids)


def _reading(uow: UnitOfWork, demande: Demande, what: What, *, by: Caller) -> Reading:
    return Reading(
        demande_id=demande.id,
        at=uow.now,
        agent_id=by.agent_id,
        subject=by.subject,
        roles=" ".join(sorted(by.roles)),
        what=what,
    )
