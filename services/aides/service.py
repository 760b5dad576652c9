"""The HTTP face of aides: each route loads, calls one use case, and dumps."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.web.api import Api
from chassis.web.pages import Page
from chassis.web.route import Call, route
from chassis.web.schemas import Period
from services import roles
from services.aides.accueil import AgeUnknown
from services.aides.domain import activite, decision, demande, enveloppe, paiement, reglement
from services.aides.persistence import UnitOfWork
from services.aides.schemas import activity as figures
from services.aides.schemas import decisions as rulings
from services.aides.schemas import demandes as files
from services.aides.schemas import enveloppes as budgets
from services.aides.schemas import paiements as payments
from services.aides.schemas import reglements as rules
from services.aides.usecases import decisions, demandes, enveloppes, paiements, reglements

_DECIDERS = frozenset({roles.RESPONSABLE, roles.DIRECTION})
_BUDGET = frozenset({roles.DIRECTION, roles.FINANCE})
_EXAMINERS = roles.PROFESSIONNELS | {roles.DIRECTION}
_READERS = roles.AGENTS | _BUDGET
_FILES, _MONEY, _RULES = "Demandes", "Enveloppes", "Règlement"


class AidesService(Api):
    """Financial aid."""

    name = "aides"

    @route(
        "POST",
        "/v1/reglements",
        allow=frozenset({roles.DIRECTION, roles.ADMIN}),
        body=rules.ReglementIn,
        reply=rules.ReglementOut,
        status=201,
        idempotent=True,
        tag=_RULES,
        summary="Charger une version du règlement des aides",
        problems=(reglement.UnlawfulReglement, reglement.ReglementAlreadyInForce),
    )
    def adopt_reglement(self, uow: UnitOfWork, call: Call) -> reglement.Reglement:
        return reglements.adopt_reglement(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/reglements",
        allow=_READERS | {roles.ADMIN},
        reply=rules.ReglementsOut,
        tag=_RULES,
        summary="Lister les versions du règlement",
    )
    def list_reglements(self, uow: UnitOfWork, _: Call) -> dict[str, Any]:
        return {"reglements": uow.reglements.all()}

    @route(
        "POST",
        "/v1/enveloppes",
        allow=_BUDGET,
        body=budgets.EnveloppeIn,
        reply=budgets.EnveloppeOut,
        status=201,
        idempotent=True,
        tag=_MONEY,
        summary="Ouvrir une enveloppe",
        problems=(enveloppe.NatureAlreadyCovered,),
    )
    def open_enveloppe(self, uow: UnitOfWork, call: Call) -> enveloppe.Enveloppe:
        return enveloppes.open_enveloppe(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/enveloppes",
        allow=_BUDGET | {roles.RESPONSABLE},
        query=budgets.EnveloppesQuery,
        reply=budgets.EnveloppesOut,
        tag=_MONEY,
        summary="Lire les enveloppes d’un exercice",
    )
    def list_enveloppes(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        return {"enveloppes": uow.enveloppes.of_year(call.query["year"])}

    @route(
        "GET",
        "/v1/enveloppes/{enveloppe_id}",
        allow=_BUDGET | {roles.RESPONSABLE},
        reply=budgets.EnveloppeOut,
        tag=_MONEY,
        summary="Lire une enveloppe",
    )
    def read_enveloppe(self, uow: UnitOfWork, _: Call, enveloppe_id: UUID) -> enveloppe.Enveloppe:
        return uow.enveloppes.get(enveloppe_id)

    @route(
        "GET",
        "/v1/enveloppes/{enveloppe_id}/ledger",
        allow=_BUDGET,
        reply=budgets.LedgerLineOut,
        many="lines",
        tag=_MONEY,
        summary="Lire le grand livre d’une enveloppe",
    )
    def read_ledger(self, uow: UnitOfWork, call: Call, enveloppe_id: UUID) -> Page[Any]:
        return enveloppes.read_ledger(uow, enveloppe_id, page=call.page)

    @route(
        "POST",
        "/v1/demandes",
        allow=roles.AGENTS,
        body=files.DemandeIn,
        reply=files.DemandeOut,
        status=201,
        etag=True,
        idempotent=True,
        tag=_FILES,
        summary="Déposer une demande d’aide",
        problems=(
            reglement.NoReglement,
            demande.ReasonIncomplete,
            demandes.PersonneDeceased,
            demandes.DossierClosed,
            demandes.AgeOutOfRange,
            AgeUnknown,
        ),
    )
    def file_demande(self, uow: UnitOfWork, call: Call) -> demande.Demande:
        return demandes.file_demande(uow, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/demandes",
        allow=_READERS,
        query=files.DemandesQuery,
        reply=files.DemandeOut,
        many="demandes",
        tag=_FILES,
        summary="Lister les demandes de ses MDS",
    )
    def list_demandes(self, uow: UnitOfWork, call: Call) -> Page[demande.Demande]:
        return demandes.worklist(uow, by=call.caller, page=call.page, **call.query)

    @route(
        "GET",
        "/v1/demandes/{demande_id}",
        allow=_READERS,
        reply=files.DemandeOut,
        etag=True,
        tag=_FILES,
        summary="Lire une demande",
    )
    def read_demande(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> demande.Demande:
        return demandes.visible(uow, demande_id, by=call.caller)

    @route(
        "POST",
        "/v1/demandes/{demande_id}/instruction",
        allow=roles.PROFESSIONNELS,
        body=files.InstructionIn,
        reply=files.DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_FILES,
        summary="Instruire une demande",
        problems=(
            demande.ActionNotAllowed,
            paiement.PayeeIncomplete,
            demandes.ProposalTooHigh,
            demandes.SituationIncoherent,
            demandes.PersonneDeceased,
            demandes.AgentRequired,
        ),
    )
    def instruct(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> demande.Demande:
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
        allow=_EXAMINERS,
        reply=files.InstructionOut,
        tag=_FILES,
        summary="Lire l’instruction et l’examen règle par règle",
    )
    def read_instruction(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> demande.Demande:
        return demandes.visible(uow, demande_id, by=call.caller)

    @route(
        "POST",
        "/v1/demandes/{demande_id}/decision",
        allow=_DECIDERS,
        body=rulings.DecisionIn,
        reply=files.DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_FILES,
        summary="Décider, par délégation ou en commission",
        problems=(
            demande.ActionNotAllowed,
            demande.InstructorCannotDecide,
            decision.DecisionIncoherent,
            decision.DelegationExceeded,
            decision.CommissionRequired,
            decision.WrongCommission,
            decision.RefusalByRuleAlone,
            decision.NotGrantable,
            decision.IncompleteFile,
            enveloppe.EnveloppeExhausted,
            enveloppe.NoEnveloppe,
            paiement.InstalmentsDoNotSum,
            AgeUnknown,
        ),
    )
    def decide(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> demande.Demande:
        return decisions.decide(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )

    @route(
        "GET",
        "/v1/demandes/{demande_id}/decisions",
        allow=_EXAMINERS,
        reply=rulings.DecisionsOut,
        tag=_FILES,
        summary="Lire les décisions, leur explication et les voies de recours",
    )
    def read_decisions(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> dict[str, Any]:
        seen = demandes.visible(uow, demande_id, by=call.caller)
        return {"decisions": uow.decisions.of(seen.id)}

    @route(
        "POST",
        "/v1/demandes/{demande_id}/budget",
        allow=frozenset({roles.DIRECTION}),
        body=rulings.BudgetIn,
        reply=files.DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_FILES,
        summary="Autoriser le paiement d’une prestation légale en attente de crédits",
        problems=(demande.ActionNotAllowed, enveloppe.NoEnveloppe),
    )
    def authorise_budget(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> demande.Demande:
        return decisions.authorise_budget(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )

    @route(
        "POST",
        "/v1/demandes/{demande_id}/payments",
        allow=frozenset({roles.FINANCE}),
        body=payments.PaiementIn,
        reply=payments.PaiementOut,
        status=201,
        idempotent=True,
        tag=_FILES,
        summary="Enregistrer le paiement d’une échéance",
        problems=(
            demande.ActionNotAllowed,
            demande.DeciderCannotPay,
            paiement.InstalmentNotPayable,
            paiement.PaymentReferenceUsed,
            paiement.PaymentHeld,
        ),
    )
    def pay(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> paiement.Paiement:
        return paiements.pay(uow, demande_id, by=call.caller, **call.body)

    @route(
        "GET",
        "/v1/demandes/{demande_id}/payments",
        allow=_READERS,
        reply=payments.PaiementsOut,
        tag=_FILES,
        summary="Lire les paiements d’une demande",
    )
    def read_payments(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> dict[str, Any]:
        seen = demandes.visible(uow, demande_id, by=call.caller)
        return {
            "held": paiements.is_held(uow, seen),
            "paiements": uow.paiements.of(seen.id),
        }

    @route(
        "POST",
        "/v1/demandes/{demande_id}/withdraw",
        allow=roles.AGENTS | {roles.DIRECTION},
        body=files.WithdrawalIn,
        reply=files.DemandeOut,
        etag=True,
        if_match=True,
        idempotent=True,
        tag=_FILES,
        summary="Arrêter une demande",
        problems=(demande.ActionNotAllowed,),
    )
    def withdraw(self, uow: UnitOfWork, call: Call, demande_id: UUID) -> demande.Demande:
        return demandes.withdraw(
            uow,
            demande_id,
            by=call.caller,
            expected_version=call.expected_version,
            **call.body,
        )

    @route(
        "GET",
        "/v1/activity",
        allow=roles.STATISTIQUES | {roles.FINANCE},
        query=Period,
        reply=figures.ActivityOut,
        tag="Activité",
        summary="Lire l’activité d’une période, par MDS",
    )
    def activity(self, uow: UnitOfWork, call: Call) -> dict[str, Any]:
        first: date = call.query["first_day"]
        last: date = call.query["last_day"]
        rows = activite.report(uow.activity.tally(first, last))
        return {"first_day": first, "last_day": last, "rows": rows}
