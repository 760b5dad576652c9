"""From filing to instruction, reading and withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.errors import Conflict, Forbidden, Invalid
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from chassis.web.pages import Page, PageAsked
from services import roles
from services.aides import accueil, events
from services.aides.domain.demande import Action, Demande, Status, age_on, check_reason
from services.aides.domain.dossier import check_dossier
from services.aides.domain.examen import Evaluation, Examination, Situation
from services.aides.domain.lecture import What
from services.aides.domain.nature import REGIMES
from services.aides.domain.paiement import Payee, PayeeKind
from services.aides.domain.reglement import NoReglement, Reglement
from services.aides.domain.regles import evaluate
from services.aides.persistence import UnitOfWork
from services.aides.usecases import enveloppes
from services.aides.usecases.access import open_among, visible
from services.aides.usecases.protection import check_open
from services.aides.usecases.told import dossier_of, mds_of


class PersonneDeceased(Conflict):
    """The applicant, or the person to pay, has died."""

    code = "personne-decedee"
    title = "La personne est décédée"


class AgeOutOfRange(Invalid):
    """The FAJ is for the young (CASF L263-3)."""

    code = "age-hors-condition"
    title = "L’âge ne permet pas cette aide"


class PlaceUnknown(Invalid):
    """accueil has no such site, or another MDS has it."""

    code = "territoire-inconnu"
    title = "MDS ou site inconnu"


class AgentRequired(Forbidden):
    """The act must be signed by an agent of the annuaire."""

    code = "agent-requis"
    title = "Cet acte est signé par un agent de l’annuaire"


class ProposalTooHigh(Invalid):
    """More is proposed than was asked."""

    code = "proposition-superieure-a-la-demande"
    title = "La proposition dépasse le montant demandé"


class SituationIncoherent(Invalid):
    """More children than people at home."""

    code = "situation-incoherente"
    title = "Composition du foyer incohérente"


def file_demande(uow: UnitOfWork, *, by: Caller, **command: Any) -> Demande:
    """Receive a demande under the règlement in force today."""
    today = uow.today
    check_reason(command["reason"], command.get("partner"))
    personne_ids = _unique((command["demandeur_id"], *command["foyer_ids"]))
    check_open(uow, personne_ids, by=by)
    _check_place(uow, mds=command["mds"], site=command["site"])
    _check_alive(uow, personne_ids[:1])
    dossier_id = command.get("dossier_id")
    if dossier_id is not None:
        check_dossier(dossier_of(uow, dossier_id), personne_ids)
    reglement = uow.reglements.in_force(today)
    if reglement is None:
        raise NoReglement("Chargez le règlement des aides (POST /v1/reglements).")
    demande = Demande(
        id=new_id(),
        nature=command["nature"],
        personne_ids=personne_ids,
        mds=command["mds"],
        site=command["site"],
        reason=command["reason"],
        partner=command.get("partner"),
        requested_cents=command["requested_cents"],
        urgent=command["urgent"],
        filed_on=today,
        filed_by=by.agent_id,
        reglement_id=reglement.id,
        dossier_id=dossier_id,
        orientation_id=command.get("orientation_id"),
    )
    _check_age_at_filing(uow, demande, reglement)
    uow.demandes.add(demande)
    _tell_filed(uow, demande)
    return demande


def instruct(
    uow: UnitOfWork, demande_id: UUID, *, by: Caller, expected_version: int | None, **command: Any
) -> Demande:
    """Record the budget diagnosis, the note and the proposal; explain what the règlement says.

    A file the commission must see has its money set aside when the envelope still allows it.
    """
    demande = visible(uow, demande_id, What.INSTRUCT, by=by, lock=True)
    expect_version(demande.version, expected_version)
    demande.act(Action.INSTRUCT)
    if by.agent_id is None:
        raise AgentRequired("Votre jeton ne désigne aucun agent de l’annuaire.")
    payee = _payee(demande, command["payee"])
    concerned = (demande.demandeur_id, payee.personne_id or demande.demandeur_id)
    _check_alive(uow, _unique(concerned))
    proposed = command["proposed_cents"]
    if proposed > demande.requested_cents:
        raise ProposalTooHigh("Proposez au plus le montant demandé.", field="/proposed_cents")
    demande.situation = _situation(command["situation"])
    demande.social_note = command["social_note"]
    demande.missing_documents = tuple(command["missing_documents"])
    demande.payee, demande.proposed_cents = payee, proposed
    demande.instructor_ids = _unique((*demande.instructor_ids, by.agent_id))
    demande.instructed_on = uow.today
    # After an adjournment the decision is open again; the adjournment itself stays on record.
    demande.decided_by = demande.decided_on = None
    _explain_and_reserve(uow, demande, by=by)
    return demande


def _situation(values: Mapping[str, Any]) -> Situation:
    situation = Situation(**values)
    if situation.children >= situation.persons:
        raise SituationIncoherent(
            "Le foyer compte au moins une personne de plus que d’enfants.",
            field="/situation/children",
        )
    return situation


def _payee(demande: Demande, wanted: Mapping[str, Any]) -> Payee:
    payee = Payee(**wanted)
    if payee.kind is PayeeKind.PERSONNE and payee.personne_id is None:
        payee = replace(payee, personne_id=demande.demandeur_id)
    payee.check(demande.personne_ids)
    return payee


def _explain_and_reserve(uow: UnitOfWork, demande: Demande, *, by: Caller) -> None:
    today = uow.today
    enveloppes.release_reservation(uow, demande, by=by.subject)
    enveloppe = uow.enveloppes.covering(demande.nature, today.year)
    evaluation = examine(
        uow,
        demande,
        uow.reglements.get(demande.reglement_id),
        amount_cents=demande.requested_cents,
        age=demande.age_at_filing,
        available_cents=enveloppe.balance_cents if enveloppe else None,
    )
    demande.explanation = evaluation.data()
    demande.needs_commission = evaluation.needs_commission
    if evaluation.needs_commission and enveloppe is not None:
        locked = uow.enveloppes.get(enveloppe.id, lock=True)
        enveloppes.reserve(uow, demande, locked, demande.proposed_cents or 0, by=by.subject)


def examine(
    uow: UnitOfWork,
    demande: Demande,
    reglement: Reglement,
    *,
    amount_cents: int,
    age: int | None,
    available_cents: int | None,
) -> Evaluation:
    """Apply the règlement of the filing day to what is known today."""
    if demande.situation is None:
        raise Conflict("La demande n’est pas instruite.")
    today = uow.today
    history = uow.demandes.granted_to(
        demande.personne_ids, since=date(today.year, 1, 1), excluding=demande.id
    )
    examination = Examination(
        nature=demande.nature,
        amount_cents=amount_cents,
        situation=demande.situation,
        on=today,
        age=age,
        history=history,
        available_cents=available_cents,
    )
    return evaluate(examination, reglement)


def withdraw(
    uow: UnitOfWork, demande_id: UUID, *, by: Caller, expected_version: int | None, **command: Any
) -> Demande:
    """The demande goes no further; money set aside or committed goes back to its envelope."""
    demande = visible(uow, demande_id, What.WITHDRAW, by=by, lock=True)
    expect_version(demande.version, expected_version)
    demande.act(Action.WITHDRAW)
    enveloppes.release_reservation(uow, demande, by=by.subject)
    enveloppes.release_commitment(uow, demande, by=by.subject)
    demande.withdrawal_reason = command["reason"]
    return demande


def worklist(
    uow: UnitOfWork,
    *,
    by: Caller,
    mds: str | None,
    status: Status | None,
    page: PageAsked,
) -> Page[Demande]:
    """Demandes by age, of the caller's MDS; of all for the direction and the finance department.

    Those the protection of their personnes hides are left out: a page may be shorter than asked.
    """
    sees_all = by.has(roles.DIRECTION, roles.FINANCE)
    allowed: Sequence[str] | None = None if sees_all else by.mds
    if mds is not None:
        allowed = (mds,) if allowed is None or mds in allowed else ()
    found = uow.demandes.page(mds=allowed, status=status, after=page.after_id, limit=page.sought)
    whole = page.of(found, lambda demande: (demande.id,))
    return Page(open_among(uow, whole.items, What.LIST, by=by), whole.next)


def _check_age_at_filing(uow: UnitOfWork, demande: Demande, reglement: Reglement) -> None:
    """Read wherever the règlement sets an age. Only the law's own stops the filing: of another,
    the decision says so with its reasons and the ways of appeal."""
    rules = reglement.rules_of(demande.nature)
    if rules.ages is None:
        return
    age = demande.age_at_filing = age_of(uow, demande)
    if REGIMES[demande.nature].age_required and age not in rules.ages:
        raise AgeOutOfRange(
            f"Le FAJ s’adresse aux jeunes de {rules.age_min} à {rules.age_max} ans "
            "(CASF L263-3) ; une autre aide peut convenir.",
            field="/demandeur_id",
        )


def age_of(uow: UnitOfWork, demande: Demande) -> int:
    """The applicant's age on the day of filing, as accueil knows it now."""
    born_on = accueil.born_on(uow.neighbours, demande.demandeur_id)
    return age_on(born_on, demande.filed_on)


def _check_place(uow: UnitOfWork, *, mds: str, site: str) -> None:
    """Figures are counted by MDS: one that does not exist would be a territory of its own."""
    known = mds_of(uow, site)
    if known is None:
        raise PlaceUnknown("Aucun site ne porte ce code.", field="/site")
    if known != mds:
        raise PlaceUnknown("Ce site relève d’une autre MDS.", field="/mds")


def _check_alive(uow: UnitOfWork, personne_ids: Sequence[UUID]) -> None:
    if uow.knowns.any_deceased(personne_ids):
        raise PersonneDeceased("Aucune aide ne peut être instruite au nom d’une personne décédée.")


def _unique(ids: Sequence[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


def about(demande: Demande) -> dict[str, Any]:
    """What every fact about a demande carries."""
    return {
        "demande_id": demande.id,
        "personne_ids": demande.personne_ids,
        "mds": demande.mds,
        "site": demande.site,
        "nature": demande.nature,
    }


def _tell_filed(uow: UnitOfWork, demande: Demande) -> None:
    uow.publish(
        events.DemandeFiled(
            **about(demande),
            dossier_id=demande.dossier_id,
            orientation_id=demande.orientation_id,
            filed_on=demande.filed_on,
        )
    )
