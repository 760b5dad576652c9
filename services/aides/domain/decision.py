"""The decision: who may take it, within which amount, and with which reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Invalid
from services.aides.domain.demande import Demande, Outcome
from services.aides.domain.enveloppe import EnveloppeExhausted, NoEnveloppe
from services.aides.domain.examen import Evaluation, Line, LineOutcome, Rule
from services.aides.domain.nature import REGIMES, RULE_ONLY_REASONS, DecisionReason, Instance
from services.aides.domain.reglement import Act, NatureRules, Reglement
from services.aides.domain.regles import euros
from services.aides.domain.seance import Seance


class Path(StrEnum):
    """How a decision was taken."""

    DELEGATION = "DELEGATION"
    COMMISSION = "COMMISSION"


class DelegationExceeded(Forbidden):
    """Beyond what this role grants alone: the commission decides."""

    code = "delegation-depassee"
    title = "Décision hors de votre délégation"
    members: ClassVar = {"delegation_cents": ("Votre délégation, en centimes.", 50000)}


class CommissionRequired(Conflict):
    """A limit is exceeded: the individual evaluation belongs to the commission."""

    code = "commission-requise"
    title = "Cette demande relève de la commission"
    members: ClassVar = {"regles": ("Les règles qui l’envoient en commission.", ["PLAFOND"])}


class RefusalByRuleAlone(Conflict):
    """A prestation légale is neither refused nor put off by a cap, a cumul or a budget."""

    code = "refus-par-la-seule-regle"
    title = "Une prestation légale ne se refuse ni ne s’ajourne par la seule limite"
    members: ClassVar = {"motif": ("Le motif donné, qui ne suffit pas.", "ENVELOPPE_EPUISEE")}


class NotGrantable(Conflict):
    """The règlement or the law stops this aid."""

    code = "aide-non-accordable"
    title = "Les règles ne permettent pas d’accorder cette aide"
    members: ClassVar = {"regles": ("Les règles qui s’y opposent.", ["RESIDENCE"])}


class DecisionIncoherent(Invalid):
    """Outcome, amount and reason contradict each other."""

    code = "decision-incoherente"
    title = "Décision incohérente"


class IncompleteFile(Conflict):
    """Documents are missing: adjourn, or decide an urgent file."""

    code = "dossier-incomplet"
    title = "Des pièces manquent au dossier"
    members: ClassVar = {"pieces": ("Les pièces manquantes.", ["AVIS_IMPOSITION"])}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the decider says. Amount in cents; reason and text for anything but a full grant.

    `seance`: the session that saw the demande, if one did.
    """

    outcome: Outcome
    amount_cents: int
    reason: DecisionReason | None
    text: str | None
    seance: Seance | None


@dataclass(eq=False, kw_only=True)
class Decision:
    """A decision as taken: path, explanation, voies et délais. Never changed afterwards."""

    id: UUID
    demande_id: UUID
    rank: int
    outcome: Outcome
    amount_cents: int
    decided_on: date
    decided_by: UUID
    path: Path
    seance_id: UUID | None
    instance: Instance | None
    session_on: date | None
    session_reference: str | None
    act: Act | None
    reason: DecisionReason | None
    text: str | None
    reglement_id: UUID
    explanation: Sequence[Mapping[str, Any]]
    voies: Mapping[str, Any] | None
    to_regularise: bool
    awaits_budget: bool


def check_coherent(verdict: Verdict, requested_cents: int) -> None:
    """Outcome and amount agree, and anything but a full grant is reasoned. Raises
    DecisionIncoherent (motivation: CRPA L211-2)."""
    expected = {
        Outcome.GRANTED: verdict.amount_cents == requested_cents,
        Outcome.PARTLY: 0 < verdict.amount_cents < requested_cents,
        Outcome.REFUSED: verdict.amount_cents == 0,
        Outcome.ADJOURNED: verdict.amount_cents == 0,
    }
    if not expected[verdict.outcome]:
        raise DecisionIncoherent(
            "Le montant doit être celui demandé (GRANTED), moindre et non nul (PARTLY), "
            "ou nul (REFUSED, ADJOURNED).",
            field="/amount_cents",
        )
    if verdict.outcome is not Outcome.GRANTED and verdict.reason is None:
        raise DecisionIncoherent("Motivez la décision : choisissez un motif.", field="/reason")
    if verdict.outcome is not Outcome.GRANTED and not (verdict.text or "").strip():
        raise DecisionIncoherent("Motivez la décision : écrivez pourquoi.", field="/text")


def check_motive(demande: Demande, verdict: Verdict) -> None:
    """A prestation légale is refused, even in part, or put off, on its own evaluation only.

    Adjourned for want of credits it could wait for ever: an empty envelope sends it to the
    commission, and its payment to the budget authority. Raises RefusalByRuleAlone (CASF L223-1;
    CE 29/05/2019 n° 417467).
    """
    says_no = verdict.outcome is not Outcome.GRANTED
    if says_no and REGIMES[demande.nature].is_legal and verdict.reason in RULE_ONLY_REASONS:
        raise RefusalByRuleAlone(
            "Évaluez la situation particulière de la famille (CASF L223-1 ; CE 29/05/2019 "
            "n° 417467) et motivez par elle, ou transmettez à la commission.",
            extra={"motif": str(verdict.reason)},
        )


def check_grantable(demande: Demande, evaluation: Evaluation) -> None:
    """Nothing stops the grant and nothing is missing.

    Raises IncompleteFile, EnveloppeExhausted, NoEnveloppe or NotGrantable.
    """
    if demande.missing_documents and not demande.urgent:
        raise IncompleteFile(
            "Pièces manquantes : ajournez, ou complétez l’instruction.",
            extra={"pieces": list(demande.missing_documents)},
        )
    stopped = {line.rule: line for line in evaluation.blocking}
    if envelope := stopped.get(Rule.ENVELOPPE):
        kind = NoEnveloppe if envelope.inputs["available_cents"] is None else EnveloppeExhausted
        raise kind(f"{kind.title}. {envelope.sentence}")
    if stopped:
        raise NotGrantable(
            " ".join(line.sentence for line in evaluation.blocking),
            extra={"regles": [str(line.rule) for line in evaluation.blocking]},
        )


def check_reasoned(verdict: Verdict, evaluation: Evaluation) -> None:
    """A grant outside the publics of the règlement says why. Raises DecisionIncoherent."""
    is_reasoned = verdict.reason is not None and (verdict.text or "").strip()
    if verdict.outcome.grants and evaluation.is_outside_publics and not is_reasoned:
        raise DecisionIncoherent(
            "La situation ne relève pas des publics du règlement : motivez l’accord par un motif "
            "et un texte.",
            field="/text",
        )


def choose_path(
    demande: Demande,
    verdict: Verdict,
    evaluation: Evaluation,
    reglement: Reglement,
    *,
    decider: UUID,
    roles: frozenset[str],
) -> tuple[Path, Line]:
    """By delegation or by commission, with the line that explains it.

    A session decides only where the règlement says so: after an avis the decider is still bound
    by their delegation. Raises QuorumNotReached, NotOfTheSeance, CommissionRequired,
    DelegationExceeded.
    """
    rules, seance = reglement.rules_of(demande.nature), verdict.seance
    limit = rules.delegation.limit_of(roles, urgent=demande.urgent)
    path = Path.DELEGATION
    if seance is not None:
        seance.check_quorum(rules.commission_quorum, without=demande.instructor_ids)
        if rules.commission_act is Act.DECISION:
            seance.check_recorder(decider, roles)
            path = Path.COMMISSION
    elif evaluation.needs_commission and _belongs_to_commission(demande, verdict, rules):
        raise CommissionRequired(
            "Une limite est dépassée : la commission évalue la situation.",
            extra={"regles": _sent_to_commission(evaluation)},
        )
    if path is Path.DELEGATION:
        _check_delegation(verdict, limit)
    return path, _path_line(path, verdict, reglement, rules, limit=limit, roles=roles)


def _check_delegation(verdict: Verdict, limit: int) -> None:
    if limit and verdict.amount_cents <= limit:
        return
    beyond = (
        "au-delà, la commission décide."
        if verdict.seance is None
        else "l’avis de la commission ne l’étend pas."
    )
    raise DelegationExceeded(
        f"Votre délégation va jusqu’à {euros(limit)} : {beyond}",
        extra={"delegation_cents": limit},
    )


def _belongs_to_commission(demande: Demande, verdict: Verdict, rules: NatureRules) -> bool:
    """Once a limit is exceeded: grants do, and refusals of a prestation légale.

    An urgent grant within its cap is taken at once and regularised at the next session.
    """
    if verdict.outcome.grants:
        return not (demande.urgent and verdict.amount_cents <= rules.delegation.urgent_cents)
    return verdict.outcome is Outcome.REFUSED and REGIMES[demande.nature].is_legal


def _sent_to_commission(evaluation: Evaluation) -> list[str]:
    return [
        str(line.rule) for line in evaluation.lines if line.outcome is LineOutcome.TO_COMMISSION
    ]


def _path_line(
    path: Path,
    verdict: Verdict,
    reglement: Reglement,
    rules: NatureRules,
    *,
    limit: int,
    roles: frozenset[str],
) -> Line:
    seance = verdict.seance
    return Line(
        rule="DELEGATION",
        reglement=reglement.label,
        article=rules.delegation.article,
        inputs={
            "amount_cents": verdict.amount_cents,
            "limit_cents": limit,
            "roles": sorted(roles),
            "seance": seance.reference if seance else None,
        },
        outcome=LineOutcome.RESPECTED if seance is None else LineOutcome.TO_COMMISSION,
        sentence=_sentence(path, seance, limit),
    )


def _sentence(path: Path, seance: Seance | None, limit: int) -> str:
    by_delegation = f"Décidé par délégation, dans la limite de {euros(limit)}"
    if seance is None:
        return f"{by_delegation}."
    session = f"la commission du {seance.session_on:%d/%m/%Y}"
    if path is Path.COMMISSION:
        return f"Décidé par {session}."
    return f"{by_delegation}, après l’avis de {session}."
