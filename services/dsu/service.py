"""The HTTP face of dsu: each route reads the request, runs a use case, gives its answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.web.pages import Page
from chassis.web.route import Call, route
from services import roles
from services.dsu.domain import errors
from services.dsu.domain.dossier import Association, Dossier
from services.dsu.domain.nomenclature import Nomenclature
from services.dsu.persistence import UnitOfWork
from services.dsu.schemas.dossiers import (
    AssociationIn,
    AssociationOut,
    CloseIn,
    DossierIn,
    DossierOut,
    DossiersQuery,
    DossierSummaryOut,
    ImportIn,
    ImportOut,
    ReferentIn,
    ReopenIn,
)
from services.dsu.schemas.interventions import (
    InterventionIn,
    InterventionOut,
    NomenclatureOut,
    NomenclatureQuery,
    TimelineOut,
)
from services.dsu.schemas.oversight import (
    ActivityOut,
    ActivityQuery,
    OfPersonnesIn,
    OfPersonnesOut,
    ProfessionalsOut,
    ReadingOut,
    VerificationOut,
)
from services.dsu.usecases import (
    figures,
    followup,
    imports,
    interventions,
    neighbours,
    opening,
    oversight,
    reading,
)
from services.dsu.usecases.gate import Entry

_DOSSIERS = "Dossiers"
_INTERVENTIONS = "Interventions"
_JOURNAL = "Journal des lectures"
_INTERNAL = "Lectures internes"
#: The head of a MDS names the act that brings them in.
_PURPOSE = (
    "Le responsable ou l’adjoint de la MDS nomme son acte dans l’en-tête `X-Purpose` :"
    " VALIDATION, IP ou COMMISSION. Chaque lecture est journalisée."
)


def _entry(call: Call) -> Entry:
    return Entry(caller=call.caller, purpose=call.headers.get("X-Purpose"))


class DsuService:
    """The single social case file."""

    name = "dsu"

    @route(
        "POST",
        "/v1/dossiers",
        allow=roles.PROFESSIONNELS,
        body=DossierIn,
        reply=DossierOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_DOSSIERS,
        summary="Ouvrir un dossier, d’une orientation ou directement",
        problems=(
            errors.PersonneAlreadyFollowed,
            errors.PersonneProtected,
            errors.NotAReferent,
            errors.OrientationMismatch,
        ),
    )
    def open_dossier(self, uow: UnitOfWork, call: Call) -> Dossier:
        return opening.open_dossier(uow, caller=call.caller, asked=opening.Opening(**call.body))

    @route(
        "POST",
        "/v1/dossiers/imports",
        allow=frozenset({roles.ADMIN}),
        body=ImportIn,
        reply=ImportOut,
        tag=_DOSSIERS,
        summary="Reprendre des dossiers existants (200 au plus, chaque ligne a son issue)",
        description="Rejouable : une référence déjà reprise à l’identique répond EXISTING.",
        problems=(errors.PersonneAlreadyFollowed, errors.ReferenceAlreadyUsed),
    )
    def import_dossiers(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        rows = [imports.Row(**row) for row in call.body["dossiers"]]
        return {"outcomes": imports.import_dossiers(uow, rows)}

    @route(
        "GET",
        "/v1/dossiers",
        allow=roles.PROFESSIONNELS,
        query=DossiersQuery,
        reply=DossierSummaryOut,
        many="dossiers",
        tag=_DOSSIERS,
        summary="Les dossiers dont l’appelant est le référent",
    )
    def list_dossiers(self, uow: UnitOfWork, call: Call) -> Page[Dossier]:
        page = reading.PageAsked(limit=call.limit, after=call.after)
        return reading.list_mine(uow, entry=_entry(call), status=call.query["status"], page=page)

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}",
        allow=roles.PROFESSIONNELS,
        reply=DossierOut,
        etag=True,
        tag=_DOSSIERS,
        summary="Lire un dossier",
        description=_PURPOSE,
        problems=(errors.DossierNotFound,),
    )
    def read_dossier(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        return reading.read_dossier(uow, dossier_id, entry=_entry(call))

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/referent",
        allow=roles.PROFESSIONNELS,
        body=ReferentIn,
        reply=DossierOut,
        etag=True,
        if_match=True,
        tag=_DOSSIERS,
        summary="Désigner un autre référent, à compter d’aujourd’hui",
        description=_PURPOSE,
        problems=(errors.NotAReferent, errors.ReferentAlreadyAssigned, errors.StatusForbids),
    )
    def change_referent(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        target = followup.Target(dossier_id=dossier_id, version=call.expected_version)
        return followup.change_referent(uow, target, entry=_entry(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/associations",
        allow=roles.PROFESSIONNELS,
        body=AssociationIn,
        reply=AssociationOut,
        status=201,
        idempotent=True,
        tag=_DOSSIERS,
        summary="Associer un professionnel pour une mission et une période",
        description=_PURPOSE,
        problems=(errors.AgentUnknown, errors.AlreadyAssociated, errors.StatusForbids),
    )
    def associate(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Association:
        return followup.associate(uow, dossier_id, entry=_entry(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/associations/{association_id}/end",
        allow=roles.PROFESSIONNELS,
        reply=AssociationOut,
        tag=_DOSSIERS,
        summary="Mettre fin à une association, à compter d’aujourd’hui",
        description=_PURPOSE,
        problems=(errors.AssociationNotFound, errors.StatusForbids),
    )
    def end_association(
        self, uow: UnitOfWork, call: Call, dossier_id: UUID, association_id: UUID
    ) -> Association:
        return followup.end_association(uow, dossier_id, association_id, entry=_entry(call))

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/close",
        allow=roles.PROFESSIONNELS,
        body=CloseIn,
        reply=DossierOut,
        etag=True,
        if_match=True,
        tag=_DOSSIERS,
        summary="Clore un dossier aujourd’hui",
        description=_PURPOSE,
        problems=(errors.StatusForbids,),
    )
    def close_dossier(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        target = followup.Target(dossier_id=dossier_id, version=call.expected_version)
        return followup.close_dossier(uow, target, entry=_entry(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/reopen",
        allow=roles.PROFESSIONNELS,
        body=ReopenIn,
        reply=DossierOut,
        etag=True,
        if_match=True,
        tag=_DOSSIERS,
        summary="Rouvrir un dossier clos",
        description=_PURPOSE,
        problems=(errors.StatusForbids, errors.PersonneAlreadyFollowed, errors.NotAReferent),
    )
    def reopen_dossier(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> Dossier:
        target = followup.Target(dossier_id=dossier_id, version=call.expected_version)
        return followup.reopen_dossier(uow, target, entry=_entry(call), **call.body)

    @route(
        "POST",
        "/v1/dossiers/{dossier_id}/interventions",
        allow=roles.PROFESSIONNELS,
        body=InterventionIn,
        reply=InterventionOut,
        status=201,
        idempotent=True,
        tag=_INTERVENTIONS,
        summary="Consigner une intervention",
        problems=(errors.UnknownCode, errors.SeparateFile, errors.NotAMember),
    )
    def record_intervention(
        self, uow: UnitOfWork, call: Call, dossier_id: UUID
    ) -> dict[str, Any]:
        asked = interventions.Recording(**call.body)
        return interventions.record_intervention(uow, dossier_id, asked, entry=_entry(call))

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/interventions",
        allow=roles.PROFESSIONNELS,
        reply=InterventionOut,
        many="interventions",
        tag=_INTERVENTIONS,
        summary="Les interventions, de la plus récente à la plus ancienne",
        description=_PURPOSE,
        problems=(errors.DossierNotFound,),
    )
    def list_interventions(
        self, uow: UnitOfWork, call: Call, dossier_id: UUID
    ) -> Page[dict[str, Any]]:
        page = reading.PageAsked(limit=call.limit, after=call.after)
        return interventions.list_interventions(uow, dossier_id, entry=_entry(call), page=page)

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/timeline",
        allow=roles.PROFESSIONNELS,
        reply=TimelineOut,
        tag=_DOSSIERS,
        summary="Les faits du dossier : aides décidées, rendez-vous, clôtures, décès",
        description=_PURPOSE,
        problems=(errors.DossierNotFound,),
    )
    def read_timeline(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> dict[str, Any]:
        return {"lines": reading.read_timeline(uow, dossier_id, entry=_entry(call))}

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/readings",
        allow=frozenset({roles.DPO}),
        reply=ReadingOut,
        many="readings",
        tag=_JOURNAL,
        summary="Qui a lu ce dossier, quand et pourquoi",
        problems=(errors.DossierNotFound,),
    )
    def list_readings(
        self, uow: UnitOfWork, call: Call, dossier_id: UUID
    ) -> Page[dict[str, Any]]:
        page = reading.PageAsked(limit=call.limit, after=call.after)
        return oversight.list_readings(uow, dossier_id, entry=_entry(call), page=page)

    @route(
        "GET",
        "/v1/dossiers/{dossier_id}/readings/verification",
        allow=frozenset({roles.DPO}),
        reply=VerificationOut,
        tag=_JOURNAL,
        summary="Vérifier que le journal des lectures n’a pas été altéré",
        problems=(errors.DossierNotFound,),
    )
    def verify_readings(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> dict[str, Any]:
        return oversight.verify_readings(uow, dossier_id)

    @route(
        "GET",
        "/v1/nomenclature",
        allow=roles.AGENTS | roles.STATISTIQUES,
        query=NomenclatureQuery,
        reply=NomenclatureOut,
        tag=_INTERVENTIONS,
        summary="La nomenclature des interventions en vigueur un jour donné",
        problems=(errors.UnknownCode,),
    )
    def read_nomenclature(self, uow: UnitOfWork, call: Call) -> Nomenclature:
        return figures.read_nomenclature(uow, **call.query)

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES,
        query=ActivityQuery,
        reply=ActivityOut,
        tag="Activité",
        summary="Dossiers et interventions par MDS",
        description="STOCK compte les dossiers ouverts au jour `on`, dernier jour par défaut.",
    )
    def read_activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return figures.read_activity(uow, **call.query)

    @route(
        "GET",
        "/internal/dossiers/{dossier_id}/professionals",
        allow=frozenset({roles.SERVICE}),
        reply=ProfessionalsOut,
        tag=_INTERNAL,
        summary="Qui suit ce dossier aujourd’hui",
        problems=(errors.DossierNotFound,),
    )
    def read_professionals(self, uow: UnitOfWork, call: Call, dossier_id: UUID) -> dict[str, Any]:
        return neighbours.professionals_of(uow, dossier_id)

    @route(
        "POST",
        "/internal/dossiers/of-personnes",
        allow=frozenset({roles.SERVICE}),
        body=OfPersonnesIn,
        reply=OfPersonnesOut,
        tag=_INTERNAL,
        summary="Dossiers ouverts de ces personnes, et qui les suit",
    )
    def find_of_personnes(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"dossiers": neighbours.of_personnes(uow, **call.body)}
