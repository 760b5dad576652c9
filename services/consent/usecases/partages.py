"""A named professional of the file signs what is shared, and ends it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import end_of_day
from chassis.ids import new_id
from services.consent import accueil
from services.consent.domain.partage import (
    EndReason,
    NotOfTheFile,
    Partage,
    PartageRefused,
    Signer,
)
from services.consent.domain.question import Situation
from services.consent.events import PartageEnded, PartageSigned
from services.consent.persistence import UnitOfWork
from services.consent.usecases.access import agent_of, check_may_read, membership

#: The due work that ends a partage the day after its last one.
END_OF_PARTAGE = "end_of_partage"


def sign(uow: UnitOfWork, *, by: Caller, personne_id: UUID, **terms: Any) -> Partage:
    """Share given elements. Fails closed when dsu or accueil does not answer.

    Raises NotOfTheFile (403) for anyone but the référent and the associated professionals,
    PartageRefused naming the condition that does not hold.
    """
    today = uow.today
    signer, dossier_id = _signer(uow, by, personne_id)
    situation = accueil.situation_of(uow.neighbours, personne_id, today=today)
    _check_situation(situation)
    partage = Partage(
        id=new_id(),
        personne_id=personne_id,
        dossier_id=dossier_id,
        signer=signer,
        signed_at=uow.now,
        **terms,
    )
    _check(uow, partage, situation)
    uow.hold_persons([personne_id])
    uow.personnes.set_minor_until(personne_id, situation.minor_until)
    uow.partages.add(partage)
    uow.schedule(END_OF_PARTAGE, partage.id, end_of_day(partage.ends_on))
    uow.publish(_signed(partage))
    return partage


def read(uow: UnitOfWork, *, by: Caller, partage_id: UUID) -> Partage:
    """One partage, for the DPO or a professional of the file."""
    partage = uow.partages.get(partage_id)
    check_may_read(uow, by, partage.personne_id)
    return partage


def end(uow: UnitOfWork, *, by: Caller, partage_id: UUID) -> Partage:
    """End it before its term. For a professional of the file or the DPO."""
    check_may_read(uow, by, uow.partages.get(partage_id).personne_id)
    return close(uow, partage_id, EndReason.ACT)


def close(uow: UnitOfWork, partage_id: UUID, reason: EndReason) -> Partage:
    """End it, whoever decided so. The second time changes nothing."""
    uow.hold_persons([uow.partages.get(partage_id).personne_id])
    partage = uow.partages.get(partage_id)
    if partage.end(uow.now, reason):
        uow.unschedule(END_OF_PARTAGE, partage.id)
        uow.publish(
            PartageEnded(
                partage_id=partage.id,
                personne_ids=(partage.personne_id,),
                partenaire=partage.partenaire,
                ended_on=uow.today,
            )
        )
    return partage


def _signer(uow: UnitOfWork, by: Caller, personne_id: UUID) -> tuple[Signer, UUID]:
    agent_id, place = agent_of(by), membership(uow, by, personne_id)
    if place is None:
        raise NotOfTheFile()
    signer = Signer(
        agent_id=agent_id,
        role=place.role,
        mission=place.mission,
        profession=accueil.profession_of(uow.neighbours, agent_id),
        mds=place.mds,
        site=place.site,
    )
    return signer, place.dossier_id


def _check_situation(situation: Situation) -> None:
    if situation.is_protected:
        raise PartageRefused("Fiche protégée : aucun partage par flux.", field="/personne_id")
    if situation.is_deceased:
        raise PartageRefused("Personne décédée : le secret demeure.", field="/personne_id")


def _check(uow: UnitOfWork, partage: Partage, situation: Situation) -> None:
    partenaire = uow.partenaires.find(partage.partenaire)
    today = uow.today
    if partenaire is None or not partenaire.is_active(today):
        raise PartageRefused("Aucun contrat en cours avec ce partenaire.", field="/partenaire")
    partage.check(partenaire.contract, today)
    if partage.consentement_id is not None:
        consentement = uow.consentements.find(partage.consentement_id)
        partage.check_consent(consentement, today, minor=situation.is_minor(today))


def _signed(partage: Partage) -> PartageSigned:
    return PartageSigned(
        partage_id=partage.id,
        personne_ids=(partage.personne_id,),
        partenaire=partage.partenaire,
        purpose=partage.purpose,
        basis=partage.basis,
        agent_id=partage.signer.agent_id,
        ends_on=partage.ends_on,
        mds=partage.signer.mds,
        site=partage.signer.site,
    )
