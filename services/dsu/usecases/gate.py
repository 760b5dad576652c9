"""The one door to a dossier: decides by the matrix in force, and journals who came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from services import roles
from services.dsu.domain import journal
from services.dsu.domain.access import Access, Asker, Purpose, decide, matrix_on, purpose_from
from services.dsu.domain.annuaire import Personne
from services.dsu.domain.dossier import Act, Dossier
from services.dsu.domain.errors import DossierNotFound
from services.dsu.persistence import UnitOfWork
from services.dsu.usecases import annuaire


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks for a dossier, and the act they name in `X-Purpose`, if any."""

    caller: Caller
    purpose: str | None = None


def enter(uow: UnitOfWork, dossier: Dossier | None, act: Act, asking: Asking) -> Access:
    """Let the caller in for one act, journaled. Raises DossierNotFound, ActNotAllowed.

    Unavailable when the annuaire does not know the agent and accueil does not answer.
    """
    purpose = purpose_from(asking.purpose)
    if asking.caller.has(roles.RESPONSABLE):
        # Before anything else: an accueil that is away must not tell which dossiers exist.
        _asker(uow, asking.caller, purpose)
    if dossier is None or not _has_a_place(uow, dossier, asking.caller):
        raise DossierNotFound()
    granted = enter_all(uow, [dossier], act, asking=asking, purpose=purpose)
    if dossier.dossier_id not in granted:
        raise DossierNotFound()
    return granted[dossier.dossier_id]


def enter_all(
    uow: UnitOfWork,
    dossiers: Sequence[Dossier],
    act: Act,
    *,
    asking: Asking,
    purpose: Purpose | None = None,
) -> dict[UUID, Access]:
    """Let the caller into each of these dossiers that is not closed to them, or into none."""
    asker = _asker(uow, asking.caller, purpose)
    known = annuaire.personnes(uow, {key for one in dossiers for key in one.personne_ids})
    day = uow.today
    granted = {
        dossier.dossier_id: decide(
            dossier, act, asker=asker, day=day, protected=is_protected(dossier, known)
        )
        for dossier in dossiers
        if not _is_closed(dossier, known, asking.caller)
    }
    uow.journal.append(
        [
            _entry(uow, dossier_id, act, asking=asking, access=access, purpose=purpose)
            for dossier_id, access in granted.items()
        ]
    )
    return granted


def check_not_closed(uow: UnitOfWork, dossier: Dossier | None, caller: Caller) -> None:
    """Refuse a dossier that does not exist, or is closed to the caller. Raises DossierNotFound."""
    if dossier is None or _is_closed(
        dossier, annuaire.personnes(uow, dossier.personne_ids), caller
    ):
        raise DossierNotFound()


def journal_other(
    uow: UnitOfWork, dossier_id: UUID, act: Act, *, asking: Asking, quality: str
) -> None:
    """Journal a read that the matrix does not decide: an opening, the journal itself."""
    entry = journal.Entry(
        dossier_id=dossier_id,
        at=uow.now,
        agent_id=asking.caller.agent_id,
        subject=asking.caller.subject,
        roles=_roles(asking.caller),
        quality=quality,
        purpose=None,
        what=act,
        matrix_version=matrix_on(uow.today).version,
    )
    uow.journal.append([entry])


def is_protected(dossier: Dossier, known: dict[UUID, Personne]) -> bool:
    """Whether one of the personnes is protected; someone accueil lost counts as protected."""
    return any(key not in known or known[key].protection.protected for key in dossier.personne_ids)


def _is_closed(dossier: Dossier, known: dict[UUID, Personne], caller: Caller) -> bool:
    """Whether it is about the caller or a relative, as accueil says: closed whatever their rank."""
    members = (known[key] for key in dossier.personne_ids if key in known)
    return any(one.protection.is_closed_to(caller.agent_id) for one in members)


def _has_a_place(uow: UnitOfWork, dossier: Dossier, caller: Caller) -> bool:
    """Cheap first look, so that a stranger's request asks nothing of accueil."""
    if caller.agent_id is None:
        return False
    return (
        caller.agent_id == dossier.referent_agent_id
        or bool(dossier.missions_of(caller.agent_id, uow.today))
        or caller.has(roles.RESPONSABLE)
    )


def _asker(uow: UnitOfWork, caller: Caller, purpose: Purpose | None) -> Asker:
    agent_id = caller.agent_id
    agent = annuaire.agents_today(uow, [agent_id]).get(agent_id) if agent_id else None
    if agent is None:
        raise DossierNotFound()
    return Asker(agent=agent, is_responsable=caller.has(roles.RESPONSABLE), purpose=purpose)


def _entry(
    uow: UnitOfWork,
    dossier_id: UUID,
    act: Act,
    *,
    asking: Asking,
    access: Access,
    purpose: Purpose | None,
) -> journal.Entry:
    return journal.Entry(
        dossier_id=dossier_id,
        at=uow.now,
        agent_id=access.agent_id,
        subject=asking.caller.subject,
        roles=_roles(asking.caller),
        quality=access.quality,
        purpose=purpose,
        what=act,
        matrix_version=access.matrix_version,
    )


def _roles(caller: Caller) -> str:
    return " ".join(sorted(caller.roles))
