"""Routes of demandes: filing, instruction, reading, withdrawal."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import Conflict
from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.aides.accueil import AgeUnknown
from services.aides.domain.demande import ActionNotAllowed, Demande, ReasonIncomplete
from services.aides.domain.dossier import DossierClosed, DossierMismatch
from services.aides.domain.lecture import Reading, What
from services.aides.domain.paiement import PayeeIncomplete
from services.aides.domain.reglement import NoReglement
from services.aides.persistence import UnitOfWork
from services.aides.schemas.demandes import (
    DemandeIn,
    DemandeOut,
    DemandesQuery,
    InstructionIn,
    InstructionOut,
    WithdrawalIn,
)
from services.aides.schemas.readings import ReadingOut
from services.aides.service import allowed
from services.aides.usecases import access, demandes
from services.aides.usecases.demandes import (
    AgentRequired,
    AgeOutOfRange,
    PersonneDeceased,
    PlaceUnknown,
    ProposalTooHigh,
    SituationIncoherent,
)
from services.protection import PersonneNotFound

_TAG = "Demandes"


class DemandeRoutes:
    """A demande, from its filing on."""

    @route(
        "POST",
        "/v1/demandes",
        allow=roles.AGENTS,
        body=DemandeIn,
        reply=DemandeOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_TAG,
        summary="Déposer une demande d’aide",
        problems=(
            NoReglement,
            ReasonIncomplete,
            PersonneNotFound,
            PlaceUnknown,
            PersonneDeceased,
            DossierMismatch,
            DossierClosed,
            AgeOutOfRange,
            AgeUnknown,
        ),
    )
    def file_demande(self, uow: UnitOfWork, call: Call) -> Demande:
        return demandes.file_demande(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/demandes",
        allow=allowed.READERS,
        query=DemandesQuery,
        reply=DemandeOut,
        many="demandes",
        tag=_TAG,
        summary="Lister les demandes de ses MDS",
    )
    def list_demandes(self, uow: UnitOfWork, call: Call) -> Page[Demande]:
        return demandes.worklist(uow, by=call.caller, page=call.page, **call.query)

    @route(
        "GET",
        "/v1/demandes/{demande_id}",
        allow=allowed.READERS,
        reply=DemandeOut,
        etag=True,
        tag=_TAG,
        summary="Lire une demande",
    )
    def read_demande(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Demande:
        return access.visible(uow, demande_id, What.READ, by=call.caller)

    @route(
        "POST",
        "/v1/demandes/{demande_id}/instruction",
        allow=roles.PROFESSIONNELS,
        body=InstructionIn,
        reply=DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_TAG,
        summary="Instruire une demande",
        problems=(
            ActionNotAllowed,
            PayeeIncomplete,
            ProposalTooHigh,
            SituationIncoherent,
            PersonneDeceased,
            AgentRequired,
            Conflict,
        ),
    )
    def instruct(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Demande:
        return demandes.instruct(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )

    @route(
        "GET",
        "/v1/demandes/{demande_id}/instruction",
        allow=allowed.EXAMINERS,
        reply=InstructionOut,
        tag=_TAG,
        summary="Lire l’instruction et l’examen règle par règle",
    )
    def read_instruction(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Demande:
        return access.visible(uow, demande_id, What.READ_INSTRUCTION, by=call.caller)

    @route(
        "POST",
        "/v1/demandes/{demande_id}/withdraw",
        allow=roles.AGENTS | {roles.DIRECTION},
        body=WithdrawalIn,
        reply=DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_TAG,
        summary="Arrêter une demande",
        problems=(ActionNotAllowed,),
    )
    def withdraw(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Demande:
        return demandes.withdraw(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )

    @route(
        "GET",
        "/v1/demandes/{demande_id}/readings",
        allow=frozenset({roles.DPO}),
        reply=ReadingOut,
        many="readings",
        tag=_TAG,
        summary="Qui a vu, par son rang, la demande d’une personne protégée, et pour quel acte",
    )
    def list_readings(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> Page[Reading]:
        return access.list_readings(uow, demande_id, page=call.page)
