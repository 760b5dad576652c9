"""The decision, by delegation or by commission, and the budget authority's answer."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.caller import Caller
from chassis.ids import new_id
from chassis.unit_of_work import expect_version
from services.aides import events
from services.aides.domain.decision import (
    Decision,
    Path,
    Verdict,
    check_coherent,
    check_grantable,
    check_motive,
    check_reasoned,
    choose_path,
)
from services.aides.domain.demande import ActionNotAllowed, Demande, Outcome, Status
from services.aides.domain.enveloppe import Enveloppe, Movement, NoEnveloppe
from services.aides.domain.examen import Evaluation, Line
from services.aides.domain.lecture import What
from services.aides.domain.nature import REGIMES
from services.aides.domain.paiement import plan
from services.aides.domain.reglement import Act, Reglement
from services.aides.domain.voies import voies_et_delais
from services.aides.persistence import UnitOfWork
from services.aides.usecases import enveloppes
from services.aides.usecases.access import visible
from services.aides.usecases.demandes import about, age_of, examine
from services.aides.usecases.seances import seance_of

#: What a session gave, by how the decision was taken.
_ACT = {Path.COMMISSION: Act.DECISION, Path.DELEGATION: Act.AVIS}


def decide(
    uow: UnitOfWork, demande_id: UUID, *, by: Caller, expected_version: int | None, **command: Any
) -> Demande:
    """Grant, grant in part, refuse or adjourn. Who instructs does not decide.

    Locks, in this order: the demande, the household, the envelope; none waits in a circle.
    """
    demande = visible(uow, demande_id, What.DECIDE, by=by, lock=True)
    decider = demande.check_decider(by.agent_id)
    expect_version(demande.version, expected_version)
    verdict = _verdict(uow, demande, command)
    demande.check_can(verdict.outcome)
    check_coherent(verdict, demande.requested_cents)
    check_motive(demande, verdict)
    reglement = uow.reglements.get(demande.reglement_id)
    # Accueil is asked before anything others wait for is locked.
    age = _age(uow, demande, reglement, verdict)
    enveloppe = _hold_everything(uow, demande, verdict, by=by)
    evaluation = _evaluate(uow, demande, reglement, verdict, age=age, enveloppe=enveloppe)
    if verdict.outcome.grants:
        check_grantable(demande, evaluation)
    path, line = choose_path(
        demande, verdict, evaluation, reglement, decider=decider, roles=by.roles
    )
    check_reasoned(verdict, evaluation)
    decision = _write(uow, demande, verdict, evaluation, decider=decider, path=path, line=line)
    decision.awaits_budget = verdict.outcome.grants and not _can_pay(enveloppe, verdict)
    _settle(uow, demande, decision, enveloppe, by=by, instalments=command["instalments"])
    uow.decisions.add(decision)
    return demande


def authorise_budget(
    uow: UnitOfWork, demande_id: UUID, *, by: Caller, expected_version: int | None, **command: Any
) -> Demande:
    """The budget authority lets a granted prestation légale be paid.

    What the envelope lacks becomes a named OVERRUN line: never overspent in silence.
    """
    demande = visible(uow, demande_id, What.AUTHORISE_BUDGET, by=by, lock=True)
    expect_version(demande.version, expected_version)
    if demande.status is not Status.AWAITING_BUDGET:
        raise ActionNotAllowed("Cette demande n’attend pas l’autorité budgétaire.")
    enveloppe = uow.enveloppes.covering(demande.nature, uow.today.year, lock=True)
    if enveloppe is None:
        raise NoEnveloppe("Ouvrez l’enveloppe de l’année (POST /v1/enveloppes).")
    missing = demande.granted_cents - enveloppe.balance_cents
    if missing > 0:
        enveloppe.authorise(missing)
        enveloppes.record(
            uow,
            enveloppe,
            Movement.OVERRUN,
            missing,
            by=by.subject,
            demande_id=demande.id,
            reference=command["reference"],
        )
    demande.authorise()
    enveloppes.commit(uow, demande, enveloppe, by=by.subject)
    return demande


def _verdict(uow: UnitOfWork, demande: Demande, command: dict[str, Any]) -> Verdict:
    seance_id = command.get("seance_id")
    return Verdict(
        outcome=command["outcome"],
        amount_cents=command["amount_cents"],
        reason=command.get("reason"),
        text=command.get("text"),
        seance=seance_of(uow, demande, seance_id) if seance_id else None,
    )


def _hold_everything(
    uow: UnitOfWork, demande: Demande, verdict: Verdict, *, by: Caller
) -> Enveloppe | None:
    """Nobody else decides for this household nor draws on this envelope until we are done."""
    year = uow.today.year
    if not verdict.outcome.grants:
        enveloppes.release_reservation(uow, demande, by=by.subject)
        return uow.enveloppes.covering(demande.nature, year)
    uow.demandes.lock_household(demande.personne_ids)
    enveloppes.release_reservation(uow, demande, by=by.subject)
    return uow.enveloppes.covering(demande.nature, year, lock=True)


def _evaluate(
    uow: UnitOfWork,
    demande: Demande,
    reglement: Reglement,
    verdict: Verdict,
    *,
    age: int | None,
    enveloppe: Enveloppe | None,
) -> Evaluation:
    """For a prestation légale limits are held against what was *asked*: granting just the cap
    would be refusing the rest by the cap alone (CE 29/05/2019 n° 417467)."""
    is_measured_by_grant = verdict.outcome.grants and not REGIMES[demande.nature].is_legal
    return examine(
        uow,
        demande,
        reglement,
        amount_cents=verdict.amount_cents if is_measured_by_grant else demande.requested_cents,
        age=age,
        available_cents=enveloppe.balance_cents if enveloppe else None,
    )


def _age(uow: UnitOfWork, demande: Demande, reglement: Reglement, verdict: Verdict) -> int | None:
    """Read again before a grant: a birth date may have been corrected since the filing."""
    if reglement.rules_of(demande.nature).ages is not None and verdict.outcome.grants:
        return age_of(uow, demande)
    return demande.age_at_filing


def _can_pay(enveloppe: Enveloppe | None, verdict: Verdict) -> bool:
    return enveloppe is not None and enveloppe.balance_cents >= verdict.amount_cents


def _write(
    uow: UnitOfWork,
    demande: Demande,
    verdict: Verdict,
    evaluation: Evaluation,
    *,
    decider: UUID,
    path: Path,
    line: Line,
) -> Decision:
    seance, today = verdict.seance, uow.today
    is_adjourned = verdict.outcome is Outcome.ADJOURNED
    return Decision(
        id=new_id(),
        demande_id=demande.id,
        rank=demande.decisions_count + 1,
        outcome=verdict.outcome,
        amount_cents=verdict.amount_cents,
        decided_on=today,
        decided_by=decider,
        path=path,
        seance_id=seance.id if seance else None,
        instance=seance.instance if seance else None,
        session_on=seance.session_on if seance else None,
        session_reference=seance.reference if seance else None,
        act=_ACT[path] if seance else None,
        reason=verdict.reason,
        text=verdict.text,
        reglement_id=demande.reglement_id,
        explanation=[*evaluation.data(), line.data()],
        # An adjournment settles nothing: there is nothing to contest yet.
        voies=None if is_adjourned else voies_et_delais(demande.nature, today),
        to_regularise=seance is None
        and demande.urgent
        and verdict.outcome.grants
        and evaluation.needs_commission,
        awaits_budget=False,
    )


def _settle(
    uow: UnitOfWork,
    demande: Demande,
    decision: Decision,
    enveloppe: Enveloppe | None,
    *,
    by: Caller,
    instalments: list[dict[str, Any]],
) -> None:
    """Move the demande, plan its payments, bind the money, tell the outcome."""
    demande.decide(
        decision.outcome,
        decision.amount_cents,
        by=decision.decided_by,
        on=decision.decided_on,
        awaits_budget=decision.awaits_budget,
    )
    if decision.outcome.grants:
        wanted: list[tuple[date, int]] = [(i["due_on"], i["amount_cents"]) for i in instalments]
        demande.instalments = plan(decision.amount_cents, wanted, decided_on=decision.decided_on)
        if enveloppe is not None and not decision.awaits_budget:
            enveloppes.commit(uow, demande, enveloppe, by=by.subject)
    uow.publish(
        events.DemandeDecided(
            **about(demande),
            demandeur_id=demande.demandeur_id,
            dossier_id=demande.dossier_id,
            outcome=decision.outcome,
            amount_cents=decision.amount_cents,
            decided_on=decision.decided_on,
        )
    )
