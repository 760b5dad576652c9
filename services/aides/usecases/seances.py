"""Sessions of the commissions: registered once held, with their agenda; then looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.web.pages import Page, PageAsked
from services.aides import accueil
from services.aides.domain.demande import Demande
from services.aides.domain.seance import Seance, SeanceIncoherent, WrongCommission
from services.aides.persistence import UnitOfWork


def register_seance(uow: UnitOfWork, *, by: Caller, **command: Any) -> Seance:
    """Put a session held on record, with who sat and its agenda.

    Raises SeanceIncoherent, SeanceAlreadyRegistered at commit, Unavailable without accueil.
    """
    seance = Seance(
        id=new_id(),
        instance=command["instance"],
        session_on=command["session_on"],
        reference=command["reference"],
        agent_ids=tuple(dict.fromkeys(command["agent_ids"])),
        bodies=tuple(sorted(set(command["bodies"]))),
        registered_by=by.subject,
    )
    seance.check(uow.today)
    for index, agent_id in enumerate(command["agent_ids"]):
        if not accueil.knows_agent(uow.neighbours, agent_id):
            raise SeanceIncoherent(
                "L’annuaire ne connaît pas cet agent.", field=f"/agent_ids/{index}"
            )
    uow.seances.add(seance)
    _put(uow, seance, command["demande_ids"])
    return seance


def complete_agenda(uow: UnitOfWork, seance_id: UUID, *, demande_ids: Sequence[UUID]) -> Seance:
    """Add files the session saw; nothing is taken off. Raises NotFound, SeanceIncoherent."""
    seance = read_seance(uow, seance_id)
    _put(uow, seance, demande_ids)
    return seance


def read_seance(uow: UnitOfWork, seance_id: UUID) -> Seance:
    """One session. Raises NotFound."""
    seance = uow.seances.get(seance_id)
    if seance is None:
        raise NotFound("Aucune séance à cet identifiant.")
    return seance


def list_seances(uow: UnitOfWork, *, page: PageAsked) -> Page[Seance]:
    """Sessions, the last registered first."""
    found = uow.seances.page(after=page.after_id, limit=page.sought)
    return page.of(found, lambda seance: (seance.id,))


def seance_of(uow: UnitOfWork, demande: Demande, seance_id: UUID) -> Seance:
    """The session that saw a demande. Raises WrongCommission."""
    seance = uow.seances.get(seance_id)
    if seance is None or not uow.seances.has_on_agenda(seance_id, demande.id):
        raise WrongCommission(
            "Aucune séance enregistrée ne porte cette demande à son ordre du jour.",
            field="/seance_id",
        )
    return seance


def _put(uow: UnitOfWork, seance: Seance, demande_ids: Sequence[UUID]) -> None:
    files = uow.demandes.files(demande_ids)
    for index, demande_id in enumerate(demande_ids):
        field = f"/demande_ids/{index}"
        if demande_id not in files:
            raise SeanceIncoherent("Aucune demande à cet identifiant.", field=field)
        nature, filed_on = files[demande_id]
        seance.check_file(nature, filed_on, field=field)
    uow.seances.put_on_agenda(seance.id, files)
