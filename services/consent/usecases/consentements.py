"""What people allow, take back and refuse. Taking back holds the person's lock alone, so that
nothing of theirs can be on its way out while it commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from services.consent import accueil
from services.consent.domain.consentement import Consentement, ConsentementRefused, Opposition
from services.consent.domain.elements import fields_of
from services.consent.events import ConsentGranted, ConsentWithdrawn, OppositionRegistered
from services.consent.persistence import UnitOfWork
from services.consent.usecases.access import agent_of, check_may_read


def grant(uow: UnitOfWork, *, by: Caller, **terms: Any) -> Consentement:
    """Record an agreement collected by a named professional. Raises ConsentementRefused.

    Who may agree depends on the person's age: fails closed when accueil does not answer.
    """
    agent_id, today = agent_of(by), uow.today
    partenaire = uow.partenaires.find(terms["partenaire"])
    if partenaire is None:
        raise ConsentementRefused("Partenaire inconnu.", field="/partenaire")
    if terms["purpose"] not in partenaire.contract.purposes:
        raise ConsentementRefused("Le contrat ne prévoit pas cette finalité.", field="/purpose")
    situation = accueil.situation_of(uow.neighbours, terms["personne_id"], today=today)
    consentement = Consentement(
        id=new_id(),
        minor=situation.is_minor(today),
        recorded_by=agent_id,
        granted_at=uow.now,
        mds=next(iter(by.mds), None),
        **terms,
    )
    consentement.check(today)
    uow.consentements.add(consentement)
    uow.publish(
        ConsentGranted(
            consentement_id=consentement.id,
            personne_ids=(consentement.personne_id,),
            partenaire=consentement.partenaire,
            purpose=consentement.purpose,
            categories=tuple(sorted(consentement.categories)),
            starts_on=consentement.starts_on,
            ends_on=consentement.ends_on,
        )
    )
    return consentement


def read(uow: UnitOfWork, *, by: Caller, consentement_id: UUID) -> Consentement:
    """One agreement, for the DPO or a professional of the file."""
    consentement = uow.consentements.get(consentement_id)
    check_may_read(uow, by, consentement.personne_id)
    return consentement


def withdraw(uow: UnitOfWork, *, consentement_id: UUID) -> Consentement:
    """Take back at once (RGPD art. 7.3): as easily as given, by any agent, no version asked.

    Once this commits nothing that rested on it leaves. The second click changes nothing.
    """
    uow.hold_persons([uow.consentements.get(consentement_id).personne_id])
    consentement = uow.consentements.get(consentement_id)
    if consentement.withdraw(uow.now):
        uow.publish(
            ConsentWithdrawn(
                consentement_id=consentement.id,
                personne_ids=(consentement.personne_id,),
                partenaire=consentement.partenaire,
                withdrawn_on=uow.today,
            )
        )
    return consentement


def oppose(uow: UnitOfWork, *, by: Caller, **terms: Any) -> Opposition:
    """Record a refusal, effective at once. Raises OppositionRefused."""
    opposition = Opposition(id=new_id(), recorded_by=by.agent_id, registered_at=uow.now, **terms)
    opposition.check(fields_of)
    uow.hold_persons([opposition.personne_id])
    uow.oppositions.add(opposition)
    uow.publish(
        OppositionRegistered(
            opposition_id=opposition.id,
            personne_ids=(opposition.personne_id,),
            scope=opposition.scope,
            partenaire=opposition.partenaire,
            registered_on=uow.today,
        )
    )
    return opposition


def lift(uow: UnitOfWork, *, by: Caller, opposition_id: UUID) -> Opposition:
    """The person changed their mind. For a professional of the file or the DPO."""
    opposition = uow.oppositions.get(opposition_id)
    check_may_read(uow, by, opposition.personne_id)
    uow.hold_persons([opposition.personne_id])
    opposition = uow.oppositions.get(opposition_id)
    opposition.lift(uow.now)
    return opposition


def of_personne(uow: UnitOfWork, *, by: Caller, personne_id: UUID) -> dict[str, Sequence[Any]]:
    """All that a person allowed, refused, and what was signed about them."""
    check_may_read(uow, by, personne_id)
    return {
        "consentements": uow.consentements.of_personne(personne_id),
        "oppositions": uow.oppositions.of_personne(personne_id),
        "partages": uow.partages.of_personne(personne_id),
    }
